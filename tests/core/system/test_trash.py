"""The trash: what goes in comes back whole, a kill at any step loses nothing, and old things go by themselves."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.trash import DAY_S, Removed, Trash


@pytest.fixture
def run(home: Path) -> Path:
    folder = paths.runs() / "shakespeare"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "spec.toml").write_text("name = 'shakespeare'")
    return folder


def _aged(trash: Trash, removed: Removed, days: float) -> None:
    older = msgspec.structs.replace(removed, removed=removed.removed - days * DAY_S)
    (trash.folder / removed.id / "manifest.json").write_bytes(msgspec.json.encode(older))


def test_a_folder_goes_and_comes_back(run: Path) -> None:
    trash = Trash()
    removed = trash.put("run", "shakespeare", run)
    assert not run.exists()
    assert trash.items() == [removed]
    assert trash.restore(removed) == run
    assert (run / "spec.toml").read_text() == "name = 'shakespeare'"
    assert (run / "checkpoints").is_dir()
    assert trash.items() == []
    assert list(trash.folder.iterdir()) == []


def test_it_comes_back_beside_what_has_its_place_now(run: Path) -> None:
    trash = Trash()
    removed = trash.put("run", "shakespeare", run)
    run.mkdir()
    assert trash.restore(removed) == run.with_name("shakespeare-2")
    assert list(run.iterdir()) == []


def test_what_cannot_be_moved_stays(home: Path) -> None:
    trash = Trash()
    with pytest.raises(FileNotFoundError):
        trash.put("run", "none", home / "runs" / "none")
    assert trash.items() == []
    assert list(trash.folder.iterdir()) == []


def test_the_last_removed_comes_first_and_the_old_go(run: Path) -> None:
    trash = Trash()
    old = trash.put("run", "shakespeare", run)
    new = trash.note("conversation", "About kites", "12")
    _aged(trash, old, 8)
    assert [removed.name for removed in trash.items()] == ["About kites", "shakespeare"]
    assert [removed.name for removed in trash.purge(7)] == ["shakespeare"]
    assert trash.items() == [new]
    with pytest.raises(FileNotFoundError):
        trash.restore(old)


def test_a_kill_between_manifest_and_move_loses_nothing(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trash = Trash()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            trash.put("run", "shakespeare", run)
    assert (run / "spec.toml").is_file()
    assert trash.items() == []
    assert trash.purge(7) == []  # it may be one that is being removed now
    (half,) = trash.folder.iterdir()
    _aged(trash, msgspec.json.decode((half / "manifest.json").read_bytes(), type=Removed), 0.01)
    trash.purge(7)
    assert list(trash.folder.iterdir()) == []
    assert (run / "spec.toml").is_file()


def test_half_of_a_deletion_is_never_offered(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trash = Trash()
    removed = trash.put("run", "shakespeare", run)
    with monkeypatch.context() as patched:
        patched.setattr("shutil.rmtree", lambda *_, **__: None)
        trash.delete(removed)
    assert trash.items() == []
    trash.purge(7)
    assert list(trash.folder.iterdir()) == []


def test_strangers_in_the_folder_are_let_be(home: Path) -> None:
    trash = Trash()
    (trash.folder / "notes.txt").write_text("mine")
    (trash.folder / "odd").mkdir()
    (trash.folder / "odd" / "manifest.json").write_text("{")
    assert trash.items() == []
    assert trash.purge(0) == []
    assert (trash.folder / "odd" / "manifest.json").exists()
