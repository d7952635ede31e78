"""Pictures by a table of their paths: from wherever they lie, and every mistake named by file and line."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from bigmodel_studio.core.data import conll
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.faults import Faults
from bigmodel_studio.core.data.kinds import objective_of
from bigmodel_studio.core.data.picture_listing import check_pictures, look, pictures_in, read_listing
from bigmodel_studio.core.runs.launch import check_inputs
from bigmodel_studio.core.specs.spec import make_spec
from bigmodel_studio.core.text.messages import StudioError


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def table(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return str(path)


def told(*given: str, columns: Columns | None = None) -> list[tuple[str, str, int]]:
    found = pictures_in(given, columns or Columns())
    return [(each.path.resolve().name, each.label, each.line) for each in found]


def test_paths_begin_at_the_table_or_are_absolute_and_columns_go_by_their_names(tmp_path: Path) -> None:
    make(tmp_path, "pictures/a.png", "pictures/b.png", "elsewhere/c.png", "lists/d.png")
    elsewhere = tmp_path / "elsewhere" / "c.png"
    rows = f"label,image_path\nant,../pictures/a.png\nbee,{elsewhere}\n\nant,d.png\n"
    one = table(tmp_path / "lists" / "one.csv", rows)
    assert told(one) == [("a.png", "ant", 2), ("c.png", "bee", 3), ("d.png", "ant", 5)]
    two = table(tmp_path / "pictures" / "two.tsv", "a.png\tant\nb.png\tbee\n")
    assert told(two) == [("a.png", "ant", 1), ("b.png", "bee", 2)]
    lines = [json.dumps({"where": "a.png", "kind": 3}), json.dumps({"where": "b.png", "kind": 4})]
    three = table(tmp_path / "pictures" / "three.jsonl", "\n".join(lines))
    assert told(three, columns=Columns("where", "kind")) == [("a.png", "3", 1), ("b.png", "4", 2)]
    listing = read_listing([one], [two])
    assert listing.labels == ("ant", "bee")
    assert isinstance(listing.evaluation, list)
    assert str(listing.evaluation[1]) == f"{tmp_path / 'pictures' / 'b.png'} ({two}, line 2)"


def test_a_folder_with_a_table_beside_its_pictures_is_that_table_and_one_of_classes_is_not(tmp_path: Path) -> None:
    make(tmp_path / "flat", "images/a.png", "images/b.png")
    table(tmp_path / "flat" / "metadata.csv", "file_name,label\nimages/a.png,ant\nimages/b.png,bee\n")
    assert told(str(tmp_path / "flat")) == [("a.png", "ant", 2), ("b.png", "bee", 3)]
    make(tmp_path / "classes", "ant/a.png", "bee/b.png")
    table(tmp_path / "classes" / "notes.csv", "what,who\nthis,that\n")
    assert told(str(tmp_path / "classes")) == [("a.png", "ant", 0), ("b.png", "bee", 0)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("gone.png,bee", "line 3: there is no file"),
        ("inside,bee", "line 3: .*inside is no file"),
        ("b.png,", "line 3: it has no class"),
        (",bee", "line 3: it has no path of a picture"),
        ("b.png", "line 3: it has 1 columns"),
        ("https://example.org/b.png,bee", "line 3: https://example.org/b.png is an address"),
        (f"{'b' * 5000}.png,bee", "line 3: .* is no path"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_line(tmp_path: Path, row: str, reason: str) -> None:
    make(tmp_path, "a.png", "b.png", "inside/c.png")
    path = table(tmp_path / "list.csv", f"path,label\na.png,ant\n{row}\n")
    for use in (lambda: read_listing([path], 0.1), lambda: check_pictures([path], 0.1)):
        with pytest.raises(StudioError, match=reason) as caught:
            use()
        assert caught.value.problem.arguments["path"] == path


def test_a_class_that_is_not_learnt_and_a_single_class_are_refused(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "b.png")
    both = table(tmp_path / "both.csv", "path,label\na.png,ant\nb.png,bee\n")
    other = table(tmp_path / "other.csv", "path,label\na.png,ant\nb.png,newt\n")
    one = table(tmp_path / "one.csv", "path,label\na.png,ant\n")
    with pytest.raises(StudioError, match="missing from training: newt"):
        check_pictures([both], [other])
    with pytest.raises(StudioError, match=r"other\.csv, line 3: the class newt is missing from the training data"):
        read_listing([both], [other])
    for use in (check_pictures, read_listing):
        with pytest.raises(StudioError, match="have one class"):
            use([one], 0.1)
    with pytest.raises(StudioError, match="not a table of pictures"):
        check_pictures([str(tmp_path / "a.png")], 0.1)


def test_a_look_goes_only_as_far_as_it_is_told(tmp_path: Path) -> None:
    make(tmp_path, "a.png")
    path = table(tmp_path / "list.csv", "path,label\n" + "a.png,ant\n" * 50 + "gone.png,bee\n")
    assert look([path], most=20) == (("ant",), 20, True, False)
    assert look([path], most=50)[:2] == (("ant",), 50)
    (tmp_path / "more.parquet").write_bytes(b"never looked into")
    seen = look([str(tmp_path / "more.parquet")])
    assert (seen.labels, seen.pictures, seen.more, seen.all_classes) == ((), 0, True, False)
    check_pictures([str(tmp_path / "more.parquet")], 0.1)  # what is in it is for the training to say


def test_what_has_no_end_is_not_waited_for(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("there are no pipes with a name")
    for name in ("pipe.csv", "pipe.jsonl"):
        os.mkfifo(tmp_path / name)
        assert objective_of(tmp_path / name) is None
        for read in (look, conll.read_sentences):
            with pytest.raises(StudioError) as refused:
                read([str(tmp_path / name)])
            assert refused.value.problem.code == "data-missing"


def test_what_the_system_refuses_to_read_is_no_bug(tmp_path: Path) -> None:
    path = str(tmp_path / ("x" * 300 + ".csv"))
    spec = make_spec({"name": "pets", "objective": "classify-images", "data": {"train": [path]}})
    with pytest.raises(StudioError) as refused:
        check_inputs(spec)
    assert refused.value.problem.code == "data-unreadable"
    assert refused.value.problem.arguments["path"] == path


def test_a_class_whose_pictures_are_all_of_a_format_that_is_not_read_is_named(tmp_path: Path) -> None:
    make(tmp_path, "cat/1.jfif", "dog/1.avif", "dog/2.avif", "empty/notes.txt")
    left_out: list[StudioError] = []

    class Noting(Faults):
        def left_out(self, error: StudioError) -> None:
            left_out.append(error)

    found = list(pictures_in([str(tmp_path)], Columns(), Noting()))
    assert [(each.path.name, each.label) for each in found] == [("1.jfif", "cat")]
    assert [(Path(str(each.problem.arguments["path"])).name, each.problem.arguments["count"]) for each in left_out] == [
        ("dog", 2)
    ]
