"""Which pictures are meant by a drop."""

from pathlib import Path

from bigmodel_studio.core.data.pictures import find_pictures, pasted_file


def test_files_stay_in_the_order_given_and_folders_are_walked_by_name(tmp_path: Path) -> None:
    for name in ("b.png", "a.JPG", "notes.txt", "inner/c.webp", "inner/d.md"):
        (tmp_path / "folder" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "folder" / name).write_bytes(b"")
    single = tmp_path / "z.dat"
    single.write_bytes(b"")
    found = find_pictures([single, tmp_path / "folder"])
    names = [path.relative_to(tmp_path).as_posix() for path in found.pictures]
    assert names == ["z.dat", "folder/a.JPG", "folder/b.png", "folder/inner/c.webp"]
    assert not found.more


def test_too_many_are_cut_and_a_folder_without_any_is_named(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.png").write_bytes(b"")
    found = find_pictures([tmp_path], most=3)
    assert [path.name for path in found.pictures] == ["0.png", "1.png", "2.png"]
    assert found.more
    empty = tmp_path / "empty"
    empty.mkdir()
    assert find_pictures([empty]).empty == (empty,)


def test_links_that_go_round_end(tmp_path: Path) -> None:
    (tmp_path / "one.png").write_bytes(b"")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    assert len(find_pictures([tmp_path]).pictures) == 1


def test_pasted_pictures_never_take_a_name_twice() -> None:
    first = pasted_file()
    first.write_bytes(b"")
    assert pasted_file() != first
