"""What the next start says of a window that was killed, crashed or closed; with real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bigmodel_studio.core.system import crashes, logs

LAST = """
import ctypes, logging, os, signal, sys
from bigmodel_studio.core.system import crashes, logs
crashes.begin("0.1.0")
logs.set_up("window")
logging.getLogger("bigmodel_studio.test").warning("the last word")
if sys.argv[1] == "close":
    crashes.end()
elif sys.argv[1] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
else:
    ctypes.string_at(0)
"""


def _last(repository: Path, how: str) -> None:
    subprocess.run([sys.executable, "-c", LAST, how], cwd=repository, timeout=60, check=False, capture_output=True)


def test_a_first_start_and_one_after_a_close_have_nothing_to_say(repository: Path) -> None:
    assert crashes.begin("0.1.0") is None
    crashes.end()
    _last(repository, "close")
    assert crashes.begin("0.1.0") is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_kill_is_told_apart_from_a_crash(repository: Path) -> None:
    _last(repository, "kill")
    report = crashes.begin("0.1.0")
    assert report is not None
    assert report.how == "gone"
    assert "the last word" in report.text
    assert report.started > 0


def test_a_crash_comes_with_its_stack_once(repository: Path) -> None:
    _last(repository, "crash")
    report = crashes.begin("0.1.0")
    assert report is not None
    assert report.how == "fault"
    assert "string_at" in report.text  # the frame that crashed, by the fault handler
    assert "the last word" in report.text
    crashes.end()
    assert logs.fault_file("window").stat().st_size == 0
    assert crashes.begin("0.1.0") is None


def test_damaged_files_are_no_reason_not_to_start(home: Path) -> None:
    crashes.begin("0.1.0")
    (home / "logs" / "window.open").write_bytes(b"\x00")
    (home / "logs" / "window.log").write_bytes(b"\xff\xfe\n")
    report = crashes.begin("0.1.0")
    assert report is not None
    assert report.how == "gone"
