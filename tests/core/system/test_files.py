"""What was written is on the disk before it takes the old file's place, and its new name is on the disk after."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bigmodel_studio.core.system import files


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, bytes]]:
    """What is asked of the system, in order: the call, the name, and what a file held by then."""
    calls: list[tuple[str, str, bytes]] = []
    fsync, replace = os.fsync, os.replace

    def name_of(handle: int) -> Path:
        found = os.fstat(handle)
        return next(
            path for path in watched() if (path.stat().st_dev, path.stat().st_ino) == (found.st_dev, found.st_ino)
        )

    def watched() -> list[Path]:
        folder = Path(os.environ["WATCHED"])
        return [folder, *folder.iterdir()]

    def fsyncing(handle: int) -> None:
        path = name_of(handle)
        calls.append(("fsync", path.name, path.read_bytes() if path.is_file() else b""))
        fsync(handle)

    def replacing(source: Path, target: Path) -> None:
        calls.append(("replace", Path(target).name, b""))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", fsyncing)
    monkeypatch.setattr(os, "replace", replacing)
    return calls


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be flushed there")
def test_a_durable_file_is_flushed_before_its_rename_and_the_folder_after(
    tmp_path: Path, done: list[tuple[str, str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setenv("WATCHED", str(folder))
    files.write_atomic(folder / "a.txt", b"the new text")
    assert [call[0] for call in done] == ["fsync", "replace", "fsync"]
    assert done[0][2] == b"the new text"
    assert done[1][1] == "a.txt"
    assert done[2][1] == "folder"
    assert [path.name for path in folder.iterdir()] == ["a.txt"]


def test_one_that_need_not_last_is_not_waited_for(
    tmp_path: Path, done: list[tuple[str, str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHED", str(tmp_path))
    files.write_atomic(tmp_path / "a.txt", b"the new text", durable=False)
    assert [call[0] for call in done] == ["replace"]
    assert (tmp_path / "a.txt").read_bytes() == b"the new text"
