"""Which classes folders of pictures teach, in which order, and what is refused; goes by names alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bigmodel_studio.core.data.picture_folders import (
    classes_of,
    count_pictures,
    pictures_of,
    split_of,
)
from bigmodel_studio.core.data.picture_listing import check_pictures
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.classifier_head import read_head
from bigmodel_studio.core.text.messages import StudioError


def make(folder: Path, *names: str) -> str:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return str(folder)


def test_classes_are_the_folders_names_by_code_point_whatever_holds_their_pictures(tmp_path: Path) -> None:
    one = make(tmp_path / "one", "newt/a.png", "Zebra/deep/er/b.JPG", "ant/notes.txt", ".git/c.png")
    two = make(tmp_path / "two", "ant/d.webp", "äffin/e.bmp")
    found = classes_of([one, two])
    assert (found.labels, found.empty) == (("Zebra", "ant", "newt", "äffin"), ())
    assert classes_of([one]).empty == ("ant",)
    assert [path.name for path in pictures_of([one, two], "ant", [99])] == ["d.webp"]
    assert count_pictures([one, two], found.labels, 99) == (4, False)
    assert count_pictures([one, two], found.labels, 2)[1]


def test_a_folder_of_parts_is_seen_through_and_refused_as_classes(tmp_path: Path) -> None:
    parts = Path(make(tmp_path / "zoo", "train/ant/a.png", "train/bee/b.png", "val/ant/c.png", "val/bee/d.png"))
    assert split_of(parts) == (parts / "train", parts / "val")
    assert split_of(parts / "train") is None
    with pytest.raises(StudioError, match="contains train, val"):
        check_pictures([str(parts)], 0.1)
    check_pictures([str(parts / "train")], [str(parts / "val")])


def test_links_to_class_folders_count(tmp_path: Path) -> None:
    real = make(tmp_path / "real", "ant/a.png", "bee/b.png")
    (tmp_path / "linked").mkdir()
    for label in ("ant", "bee"):
        (tmp_path / "linked" / label).symlink_to(Path(real) / label, target_is_directory=True)
    assert classes_of([str(tmp_path / "linked")]).labels == ("ant", "bee")


def test_a_bundled_classifiers_parameters_for_other_classes() -> None:
    head = read_head(library.resolve(library.parse_model("starter-resnet")))
    assert (head.classes, head.per_class) == (10, 257)
    assert head.parameters_for(2) == head.parameters - 8 * 257
