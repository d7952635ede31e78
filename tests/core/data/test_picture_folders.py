"""Which classes folders of pictures teach, in which order, and what is refused; goes by names alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bigmodel_studio.core.data.class_folders import split_of
from bigmodel_studio.core.data.picture_folders import (
    classes_of,
    count_pictures,
    pictures_of,
    unread_of,
)
from bigmodel_studio.core.data.picture_listing import check_pictures, read_listing
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.classifier_head import read_head
from bigmodel_studio.core.text.messages import StudioError, sentence


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


def test_splits_are_never_classes_whatever_else_is_there(tmp_path: Path) -> None:
    for name in ("seg_train/cat/1.jpg", "seg_train/dog/1.jpg", "seg_test/cat/1.jpg", "seg_pred/1.jpg", "more/x/1.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert split_of(tmp_path) == (tmp_path / "seg_train", tmp_path / "seg_test")
    with pytest.raises(StudioError) as caught:
        classes_of([str(tmp_path)])
    assert caught.value.problem.code == "data-split-folder"
    assert caught.value.problem.arguments["parts"] == "seg_test, seg_train"


def test_what_a_system_leaves_in_folders_is_no_class_and_no_picture(tmp_path: Path) -> None:
    for name in ("cat/1.jpg", "dog/1.jpg", "dog/._1.jpg", "__MACOSX/dog/._1.jpg", "__MACOSX/2.jpg", "cat/Thumbs.db"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert classes_of([str(tmp_path)]).labels == ("cat", "dog")
    found = [path.name for label in ("cat", "dog") for path in pictures_of([str(tmp_path)], label, [10**6])]
    assert found == ["1.jpg", "1.jpg"]


def test_pictures_that_are_not_read_are_counted_by_class(tmp_path: Path) -> None:
    for name in ("cat/1.jpg", "dog/1.jpg", "dog/2.HEIC", "dog/more/3.heic", "dog/4.avif", "dog/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(unread_of([str(tmp_path)], ("cat", "dog"), [10**6])) == [("dog", 3, "AVIF, HEIC")]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_class_whose_name_is_not_utf8_is_refused_before_anything_is_learnt(tmp_path: Path) -> None:
    os.mkdir(os.fsencode(tmp_path) + b"/d\xe9g")
    with pytest.raises(StudioError) as caught:
        classes_of([str(tmp_path)])
    assert caught.value.problem.code == "data-class-name"
    assert "d\\xe9g" in sentence(caught.value.problem)


@pytest.mark.parametrize(
    ("names", "code", "said"),
    [
        ("dataset/images/cat/a.jpg dataset/images/dog/b.jpg", "data-deeper", "dataset/images"),
        ("images/001.ant/a.jpg images/002.bee/b.jpg attributes/a.txt", "data-deeper", "images"),
        ("set/train/cat/a.jpg set/train/dog/b.jpg set/test/cat/c.jpg", "data-split-folder", "set contains test, train"),
        ("images/a.jpg labels/a.txt", "data-marks", "images, labels"),
        ("images/train/a.jpg images/val/b.jpg labels/train/a.txt labels/val/b.txt", "data-marks", "images, labels"),
        ("train/images/a.jpg train/labels/a.txt valid/images/b.jpg", "data-marks", "images, labels"),
        ("images/a.jpg masks/a.png", "data-marks", "images, masks"),
        ("JPEGImages/a.jpg Annotations/a.xml SegmentationClass/a.png", "data-marks", "SegmentationClass"),
        ("train2017/a.jpg val2017/b.jpg annotations/a.json", "data-split-flat", "train2017, val2017"),
        ("train/cat.1.jpg test1/2.jpg", "data-split-flat", "test1, train"),
        ("cat/train/a.jpg cat/test/b.jpg dog/train/c.jpg dog/test/d.jpg", "data-split-inside", "test, train"),
        ("cat/a.jpg dog/b.txt bird/c", "data-one-class-used", "bird: 1 not named as pictures (no ending); dog: 1"),
        ("cat/a.jpg dog/b.avif dog/c.avif", "data-one-class-used", "dog: 2 AVIF"),
        ("cat/a.heic dog/b.avif", "data-no-pictures-used", "cat: 1 HEIC; dog: 1 AVIF"),
        ("cat/a.jpg cat/b.jpg", "data-one-class", "(cat)"),
    ],
)
def test_layouts_that_are_no_folder_a_class_are_named(tmp_path: Path, names: str, code: str, said: str) -> None:
    data = make(tmp_path / "data", *names.split())
    for look in (lambda: check_pictures([data], 0.1), lambda: read_listing([data], 0.1)):
        with pytest.raises(StudioError) as caught:
            look()
        assert caught.value.problem.code == code
        assert said in str(caught.value)


@pytest.mark.parametrize(
    "names", ["train/a.jpg bus/b.jpg", "with_mask/a.jpg without_mask/b.jpg", "labels/a.jpg b/b.jpg"]
)
def test_classes_with_names_of_other_things_are_classes(tmp_path: Path, names: str) -> None:
    data = make(tmp_path / "data", *names.split())
    assert len(read_listing([data], 0.1).labels) == 2


def test_a_link_that_leads_back_is_no_class(tmp_path: Path) -> None:
    data = Path(make(tmp_path / "data", "cat/a.jpg", "dog/b.jpg"))
    (data / "back").symlink_to(tmp_path, target_is_directory=True)
    (data / "self").symlink_to(".", target_is_directory=True)
    assert classes_of([str(data)]).labels == ("cat", "dog")


def test_several_folders_may_have_one_class_each(tmp_path: Path) -> None:
    make(tmp_path, "one/cat/tabby/a.jpg", "one/cat/siam/b.jpg", "two/dog/c.jpg")
    assert read_listing([str(tmp_path / "one"), str(tmp_path / "two")], 0.1).labels == ("cat", "dog")
