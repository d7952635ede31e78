"""What downloads left in the Hub's cache: found where it is left over, and only there; what is whole stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bigmodel_studio.core.hub import downloads, hub_leftovers
from bigmodel_studio.core.models import library, uses
from bigmodel_studio.core.system import locks
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.protocol import Download, ModelRef
from tests.hub_caches import cached, config, model_files

NAME = "org/model"
OTHER = "b" * 64


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(hub_leftovers, "QUIET_S", -1.0)  # what this test has just written is old enough
    return tmp_path / "hub"


def record_is_whole(name: str = NAME) -> bool:
    return library.record(ModelRef(source="hub", id=name)).problem is None


@pytest.mark.parametrize("part", [f"{OTHER}.studio.incomplete", f"{OTHER}.1a2b3c4d.incomplete", f"{OTHER}.incomplete"])
def test_a_part_in_a_whole_model_is_deleted_and_the_model_is_whole_again(cache: Path, part: str) -> None:
    folder = cached(cache, NAME)
    (folder / "blobs" / part).write_bytes(b"x" * 1000)
    assert not record_is_whole()
    (left,) = hub_leftovers.find()
    assert (left.id, left.bytes, [path.name for path in left.files]) == (NAME, 1000, [part])
    assert hub_leftovers.clean(left, Trash()) is None
    assert record_is_whole()
    assert hub_leftovers.find() == []


def test_a_file_that_no_revision_has_is_deleted(cache: Path) -> None:
    folder = cached(cache, NAME)
    (folder / "blobs" / OTHER).write_bytes(b"x" * 1000)
    before = {path.name for path in (folder / "blobs").iterdir()}
    (left,) = hub_leftovers.find()
    assert left.bytes == 1000
    hub_leftovers.clean(left, Trash())
    assert {path.name for path in (folder / "blobs").iterdir()} == before - {OTHER}
    assert record_is_whole()


def test_files_of_an_older_revision_stay(cache: Path) -> None:
    cached(cache, NAME, {**model_files(), "config.json": config(n_layer=3)}, commit="f" * 40)
    cached(cache, NAME)
    assert hub_leftovers.find() == []


def test_plain_files_in_place_of_links_are_not_taken_for_nobodys(cache: Path) -> None:
    folder = cached(cache, NAME, links=False)
    (folder / "blobs" / OTHER).write_bytes(b"x")
    assert hub_leftovers.find() == []


def test_what_never_became_a_model_goes_to_the_trash_and_comes_back(cache: Path) -> None:
    folder = cached(cache, NAME, {"config.json": config()})
    (folder / "blobs" / f"{OTHER}.incomplete").write_bytes(b"x" * 1000)
    (left,) = hub_leftovers.find()
    assert left.files == ()
    assert left.bytes == 1000 + len(config())
    trash = Trash()
    removed = hub_leftovers.clean(left, trash)
    assert removed is not None
    assert not folder.exists()
    trash.restore(removed)
    assert (folder / "blobs" / f"{OTHER}.incomplete").read_bytes() == b"x" * 1000


def test_a_broken_copy_without_parts_is_no_leftover(cache: Path) -> None:
    cached(cache, NAME, {"config.json": config()})
    assert hub_leftovers.find() == []


def test_what_somebody_is_at_work_on_stays(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cached(cache, NAME)
    part = folder / "blobs" / f"{OTHER}.studio.incomplete"
    part.write_bytes(b"x")
    (left,) = hub_leftovers.find()
    stream = locks.try_lock(cache / ".locks" / folder.name / f"{OTHER}.lock")
    assert stream is not None
    with stream:
        assert hub_leftovers.find() == []
        hub_leftovers.clean(left, Trash())  # it was found before somebody began
        assert part.exists()
    uses.note(ModelRef(source="hub", id=NAME), loaded=True)
    assert hub_leftovers.find() == []
    uses.note(ModelRef(source="hub", id=NAME), loaded=False)
    monkeypatch.setattr(hub_leftovers, "QUIET_S", 60.0)
    assert hub_leftovers.find() == []
    os.utime(part, (time.time() - 1000,) * 2)
    assert hub_leftovers.find() == []  # its name is new, whatever its time says


def test_a_download_that_is_paused_is_not_left_over(cache: Path) -> None:
    folder = cached(cache, NAME)
    (folder / "blobs" / f"{OTHER}.studio.incomplete").write_bytes(b"x")
    downloads.note([downloads.Begun(request=Download(id=NAME))])
    assert hub_leftovers.find() == []
    downloads.note([])
    assert len(hub_leftovers.find()) == 1
