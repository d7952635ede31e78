"""Removing models: what goes comes back as it was, what is in use or not ours to remove stays, and says why."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from bigmodel_studio.core.models import library, removal, uses
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, dump_status, own_process
from bigmodel_studio.core.specs.spec import DataSpec, ModelSpec, RunSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text.messages import StudioError, sentence
from tests.hub_caches import cached, model_files


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def record_of(name: str) -> ModelRecord:
    return library.record(library.parse_model(name))


def refused(record: ModelRecord) -> str:
    with pytest.raises(StudioError) as caught:
        removal.remove(record, Trash())
    assert "{" not in sentence(caught.value.problem)
    assert Trash().items() == []
    return caught.value.problem.code


def train_on(name: str, state: str = "running") -> RunFolder:
    run = RunFolder(paths.runs() / "tuning")
    run.path.mkdir(exist_ok=True)
    spec = RunSpec(name="tuning", data=DataSpec(train=("/x",)), model=ModelSpec(base=name))
    (run.path / "spec.toml").write_text(write_spec(spec))
    pid, started = own_process()
    status = RunStatus(state=state, pid=pid, process_started=started)  # type: ignore[arg-type]
    (run.path / "status.json").write_bytes(dump_status(status))
    return run


@pytest.mark.parametrize("links", [True, False])
def test_a_hub_model_goes_and_comes_back_whole(cache: Path, links: bool) -> None:
    files = model_files()
    folder = cached(cache, "org/model", files, links=links)
    before = record_of("org/model")
    removed = removal.remove(before, Trash())
    assert removed.bytes == sum(map(len, files.values()))
    assert not folder.exists()
    assert [record.id for record in library.records() if record.source == "hub"] == []
    removal.restore(removed, Trash())
    assert record_of("org/model") == before
    assert before.problem is None
    assert Trash().items() == []


def test_what_was_fetched_again_is_not_pushed_aside(cache: Path) -> None:
    cached(cache, "org/model")
    removed = removal.remove(record_of("org/model"), Trash())
    cached(cache, "org/model")
    with pytest.raises(StudioError) as caught:
        removal.restore(removed, Trash())
    assert caught.value.problem.code == "model-there-again"
    assert Trash().items() == [removed]


def test_a_copy_that_is_not_whole_can_go(cache: Path) -> None:
    folder = cached(cache, "org/model", {"README.md": b"x"})
    removal.remove(record_of("org/model"), Trash())
    assert not folder.exists()


def test_a_model_that_is_held_stays(cache: Path) -> None:
    folder = cached(cache, "org/model")
    record = record_of("org/model")
    uses.note(record.ref, loaded=True)
    assert refused(record) == "model-loaded"
    assert folder.is_dir()
    uses.note(record.ref, loaded=False)
    removal.remove(record, Trash())
    assert not folder.exists()


@pytest.mark.parametrize(("state", "kept"), [("running", True), ("paused", True), ("finished", False)])
def test_a_model_that_is_trained_on_stays(cache: Path, state: str, kept: bool) -> None:
    cached(cache, "org/model")
    cached(cache, "org/other")
    train_on("org/model", state)
    removal.remove(record_of("org/other"), Trash())
    if kept:
        assert removal.why_not(record_of("org/model")).arguments["run"] == "tuning"  # type: ignore[union-attr]
    else:
        removal.remove(record_of("org/model"), Trash())


def test_bundled_models_and_those_of_runs_stay(home: Path) -> None:
    assert refused(record_of("starter-gpt")) == "model-bundled"
    train_on("scratch", "finished")
    checkpoint = paths.runs() / "tuning" / "checkpoints" / "step-000001"
    checkpoint.mkdir(parents=True)
    (checkpoint / "MANIFEST.json").write_text("{}")
    assert refused(record_of("tuning")) == "model-of-run"


def test_an_opened_folder_only_leaves_the_list(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, data in model_files().items():
        (folder / name).write_bytes(data)
    assert refused(record_of(str(folder))) == "model-not-listed"
    library.remember(folder)
    removed = removal.remove(record_of(str(folder)), Trash())
    assert library.remembered() == []
    assert sorted(entry.name for entry in folder.iterdir()) == sorted(model_files())
    removal.restore(removed, Trash())
    assert library.remembered() == [folder]


def test_another_disk_is_said_and_nothing_is_touched(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cached(cache, "org/model")
    record = record_of("org/model")

    def other_disk(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", other_disk)
        assert refused(record) == "trash-other-disk"
    assert record_of("org/model") == record
    removal.delete(record)
    assert not folder.exists()


def test_half_of_a_deletion_is_no_whole_copy(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached(cache, "org/model")
    record = record_of("org/model")
    delete = shutil.rmtree
    calls: list[Path] = []

    def stops_at_the_blobs(path: Path) -> None:
        calls.append(path)
        if path.name == "blobs":
            raise OSError(errno.EIO, "the disk is gone")
        delete(path)

    monkeypatch.setattr("shutil.rmtree", stops_at_the_blobs)
    with pytest.raises(OSError, match="the disk is gone"):
        removal.delete(record)
    assert [path.name for path in calls] == ["refs", "snapshots", "blobs"]
    assert record_of("org/model").problem is not None
