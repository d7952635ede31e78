"""One window a home: who is first, who hands over, who waits no longer; with real processes where a kill is meant."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bigmodel_studio.core.system import instance

HOLD = """
import sys, time
from bigmodel_studio.core.system import instance
start = instance.begin()
print(start.role, flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(repository: Path, home: Path) -> subprocess.Popen[str]:
    """Another process that is this home's first, and answers nobody."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=repository, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "first"
    return process


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(10)
    assert process.stdout is not None
    process.stdout.close()


def _answer(start: instance.Start, heard: list[list[Path] | None]) -> None:
    assert start.listener is not None
    start.listener.setblocking(True)
    connection, _ = start.listener.accept()
    with connection, connection.makefile("rb") as lines:
        heard.append(instance.understood(lines.readline(), start.token))
        connection.sendall(b"taken\n")


def test_a_second_start_hands_over_absolute_paths(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = instance.begin()
    assert first.role == "first"
    heard: list[list[Path] | None] = []
    listening = threading.Thread(target=_answer, args=(first, heard))
    listening.start()
    monkeypatch.chdir(tmp_path)
    second = instance.begin([Path("cat.png"), Path("/elsewhere/模型")])
    listening.join(5)
    assert second.role == "handed"
    assert heard == [[tmp_path / "cat.png", Path("/elsewhere/模型")]]
    first.close()
    third = instance.begin()
    assert third.role == "first"
    third.close()
    assert [entry.name for entry in home.iterdir()] == ["window.lock"]


def test_one_that_hangs_is_asked_again_for_a_while_and_then_not_waited_for(
    holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def unanswered(paths: list[str], deadline: float) -> bool:
        asked.append(deadline)
        return False

    with monkeypatch.context() as patched:
        patched.setattr(instance, "_handed", unanswered)
        assert instance.begin(wait_s=0.5).role == "beside"
    assert len(asked) > 1
    assert instance.begin(wait_s=0.2).role == "beside"  # it takes the connection and never says a word
    _end(holder)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_what_a_killed_one_left_is_taken_over(holder: subprocess.Popen[str], home: Path) -> None:
    before = json.loads((home / "window.json").read_text())
    _end(holder)
    assert Path(before["address"]).exists()
    start = instance.begin()
    assert start.role == "first"
    assert json.loads((home / "window.json").read_text())["pid"] == os.getpid()
    start.close()


def test_who_does_not_know_the_word_is_not_heard(home: Path) -> None:
    start = instance.begin()
    said = {"token": start.token, "paths": ["/a"]}
    assert instance.understood(json.dumps(said).encode(), start.token) == [Path("/a")]
    for wrong in [{**said, "token": "0" * 32}, {"paths": []}, [], {**said, "paths": [3]}]:
        assert instance.understood(json.dumps(wrong).encode(), start.token) is None
    assert instance.understood(b"\xff{", start.token) is None
    start.close()


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
def test_only_this_user_can_read_the_word(home: Path) -> None:
    start = instance.begin()
    address = json.loads((home / "window.json").read_text())["address"]
    assert (home / "window.json").stat().st_mode & 0o077 == 0
    assert Path(address).stat().st_mode & 0o077 == 0
    start.close()


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_a_home_too_deep_for_a_socket_is_served_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 120)
    monkeypatch.setenv("BIGMODEL_STUDIO_HOME", str(deep))
    start = instance.begin()
    assert start.role == "first"
    assert start.listener is not None
    address = Path(start.listener.getsockname())
    assert address.exists()
    assert address.parent.stat().st_mode & 0o077 == 0
    start.close()
    assert not address.parent.exists()


def test_a_home_that_cannot_be_written_has_a_window_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("BIGMODEL_STUDIO_HOME", str(file))
    assert instance.begin().role == "homeless"
