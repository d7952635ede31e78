"""The guard that fails a test for what it leaves running is itself worth a test."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]
CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")

LEAKS = """
import subprocess, sys, threading, time

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]

def test_clean():
    subprocess.run([sys.executable, "-c", "pass"], check=True)

def test_child():
    subprocess.Popen(SLEEP)

def test_detached():
    # The middle process ends at once, so that the sleeper is nobody's child.
    middle = f"import subprocess; subprocess.Popen({SLEEP!r}, start_new_session=True)"
    subprocess.run([sys.executable, "-c", middle], check=True)

def test_thread():
    threading.Thread(target=time.sleep, args=(2,), name="forgotten", daemon=True).start()
"""


def test_what_a_test_leaves_running_fails_it(
    pytester: pytest.Pytester, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{repository}{os.pathsep}{repository / 'packaging'}")
    there = CONFTEST.replace("Path(__file__).resolve().parent.parent", f"Path({str(repository)!r})")
    pytester.makeconftest(there.replace("GRACE_S = 5.0", "GRACE_S = 0.3"))
    pytester.makepyfile(LEAKS)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    report = "\n".join(result.outlines).partition("short test summary")[0]
    result.assert_outcomes(passed=4, errors=3)
    assert report.count("left running: process") == 2
    assert "left running: thread forgotten" in report
