"""Logs as the viewer reads them: levels, growth, rotation."""

from __future__ import annotations

import os
from pathlib import Path

from bigmodel_studio.core.system.log_reader import LAST_BYTES, LEVELS, LogTail, logs

STAMP = "2026-03-04 05:06:07,890"


def _texts(tail: LogTail) -> tuple[bool, list[str]]:
    void, lines = tail.read()
    return void, [line.text for line in lines]


def test_a_traceback_has_the_level_of_the_line_before_it(tmp_path: Path) -> None:
    path = tmp_path / "window.log"
    path.write_text(
        f"{STAMP} 12 INFO a.b: fine\nplain\n{STAMP} 12 ERROR a: broke\nTraceback (most recent call last):\n  File\n"
        f"{STAMP} WARNING engine.server: without a process\nTraceback (most recent call last):\n"
    )
    _, lines = LogTail(path).read()
    names = ["INFO", "INFO", "ERROR", "ERROR", "ERROR", "WARNING", "ERROR"]
    assert [line.level for line in lines] == [LEVELS[name] for name in names]


def test_what_comes_later_is_read_once_and_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    tail = LogTail(path)
    assert tail.read() == (False, [])
    path.write_text("one\ntw")
    assert _texts(tail) == (False, ["one"])
    with path.open("a") as stream:
        stream.write("o\nthree\n")
    assert _texts(tail) == (False, ["two", "three"])
    assert _texts(tail) == (False, [])


def test_another_file_of_that_name_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "window.log"
    path.write_text("old\n")
    tail = LogTail(path)
    tail.read()
    os.replace(path, tmp_path / "window.log.1")
    path.write_text("new and longer\n")
    assert _texts(tail) == (True, ["new and longer"])


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    path = tmp_path / "window.log"
    path.write_bytes(b"x" * 99 + b"\n" + b"".join(b"%07d\n" % n for n in range(LAST_BYTES // 4)))
    _, texts = _texts(LogTail(path))
    assert texts[-1] == f"{LAST_BYTES // 4 - 1:07d}"
    assert 0 < len(texts) <= LAST_BYTES // 8
    assert all(len(text) == 7 for text in texts)


def test_the_window_is_first_and_runs_are_last(home: Path) -> None:
    (home / "logs").mkdir()
    for name in ("engine-interactive.log", "window.log", "empty.log"):
        (home / "logs" / name).write_text("" if name == "empty.log" else "x\n")
    (home / "runs" / "shakespeare").mkdir(parents=True)
    (home / "runs" / "shakespeare" / "log.txt").write_text("x\n")
    assert [each.name for each in logs()] == ["window", "engine-interactive", "shakespeare"]
