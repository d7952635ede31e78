"""Homes that cannot be used or written: commands still work, every page opens, and the user is told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.pages import PAGES

KINDS = ["read-only", "a file", "below a file", "long name", "long path"]
UNUSABLE = KINDS[1:]


@pytest.fixture
def bad_home(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    file = tmp_path / "file"
    file.write_text("in the way")
    if request.param != "read-only":
        yield {
            "a file": file,
            "below a file": file / "home",
            "long name": tmp_path / ("x" * 300),
            "long path": tmp_path.joinpath(*["deep" * 20] * 60),
        }[request.param]
        return
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "none", str(disk)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    try:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _run(command: list[str], repository: Path, home: Path, temporary: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BIGMODEL_STUDIO_HOME": str(home), "TMPDIR": str(temporary)}
    return subprocess.run(
        command, cwd=repository, env=environment, capture_output=True, text=True, check=False, timeout=150
    )


@pytest.mark.skipif(sys.platform != "linux", reason="mount")
@pytest.mark.parametrize("bad_home", KINDS, indirect=True)
def test_commands_work_without_a_home(
    bad_home: Path, tmp_path: Path, repository: Path, request: pytest.FixtureRequest
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    commands = [["runs"], ["models"]]
    if request.node.callspec.params["bad_home"] in ("read-only", "a file"):  # one home that is kept, one replaced
        commands.append(["generate", "starter-gpt", "--prompt", "Hi", "--max-new-tokens", "2"])
    for words in commands:
        command = [sys.executable, "-m", "bigmodel_studio", *words]
        done = _run(command, repository, bad_home, temporary)
        assert done.returncode == 0, done.stderr
        assert done.stdout
        assert "Traceback" not in done.stderr
        if not os.path.ismount(bad_home):
            assert "can't be used" in done.stderr


_WINDOW = """
import sys
from bigmodel_studio import app
from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.pages import PAGES
start = app.instance.begin()
unusable = paths.settle()
from bigmodel_studio.protocol import Problem
if start.role == "homeless" and unusable is None:
    unusable = Problem(code="home-read-only")
made, told = app.Application([], start=start, unusable=unusable), []
made.studio.problem_reported.connect(lambda problem: told.append(problem.code))
def walk():
    for page in PAGES:
        made.window.show_page(page)
        made.application.processEvents()
        print("page", page, made.window.stack.currentWidget().page_id)
    print("unsaved", made.window.pages["chat"].unsaved.words.text())
    made.window.close()
made.window.painted.connect(lambda: app_timer(0, walk))
from PySide6.QtCore import QTimer
app_timer = QTimer.singleShot
status = made.run()
made.close()
start.close()
print("told", *sorted(set(told)))
print("status", status)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mount")
@pytest.mark.parametrize("bad_home", ["read-only", "a file", "long name"], indirect=True)
def test_every_page_opens_and_the_user_is_told(bad_home: Path, tmp_path: Path, repository: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [sys.executable, "-c", _WINDOW]
    done = _run(command, repository, bad_home, temporary)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[1:] for line in lines if line[0] == "page"] == [[page, page] for page in PAGES], done.stderr
    assert lines[-1] == ["status", "0"], done.stderr
    told = set(next(line for line in lines if line[0] == "told")[1:])
    assert ("home-read-only" if os.path.ismount(bad_home) else "home-unusable") in told
    unsaved = next(line for line in lines if line[0] == "unsaved")
    assert ("not saved" in " ".join(unsaved)) == os.path.ismount(bad_home)
    assert "page-broken" not in told
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="paths are limited otherwise")
@pytest.mark.parametrize("bad_home", UNUSABLE, indirect=True)
def test_a_home_that_cannot_be_a_folder_is_replaced_for_now_and_told(
    bad_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BIGMODEL_STUDIO_HOME", str(bad_home))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    problem = paths.settle()
    assert problem is not None
    assert problem.code == "home-unusable"
    assert str(paths.home()) == problem.arguments["instead"]
    assert paths.home().is_dir()
    assert paths.settle() is None
    shutil.rmtree(paths.home())
