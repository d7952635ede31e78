"""What a power cut, a clock that is set, a disk that fills and a second process leave of a run: all of it.

A power cut is made as a file system may leave one: names that were moved to their places without the bytes behind
them, and the end of a growing file full of zeros.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bigmodel_studio.core.runs import manifest, run_folder, run_queue
from bigmodel_studio.core.runs.reader import MetricsTail, in_order, summary
from bigmodel_studio.core.runs.run_folder import LOCK, MANIFEST, RunFolder, all_runs
from bigmodel_studio.core.system import locks
from bigmodel_studio.protocol import Problem
from bigmodel_studio.training.loop import run as training_run
from bigmodel_studio.training.loop.run import BAD_INPUT, FAILED, FINISHED, run
from bigmodel_studio.training.loop.telemetry import Records, StatusWriter
from bigmodel_studio.training.loop.trainer_state import TRAINER_TENSORS
from tests.training.conftest import losses

pytestmark = pytest.mark.timeout(340)
MakeRun = Callable[..., RunFolder]
HOURS = 3 * 3600.0


@pytest.fixture
def whole(make_run: MakeRun) -> RunFolder:
    """The same training, undisturbed."""
    folder = make_run(name="whole")
    assert run(folder.path, resume=False) == FINISHED
    return folder


# ---------------------------------------------------------------------------------------------- a power cut


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.parametrize("spoil", [emptied, zeroed])
def test_names_without_their_bytes_are_passed_over_and_the_rest_is_the_same(
    make_run: MakeRun, whole: RunFolder, capfd: pytest.CaptureFixture[str], spoil: Callable[[Path], None]
) -> None:
    folder = make_run()
    assert run(folder.path, resume=False) == FINISHED
    for path in folder.checkpoint_path(12).rglob("*"):
        if path.is_file():
            spoil(path)
    spoil(folder.checkpoint_path(8) / "model.safetensors")
    folder.ask("stop")
    for name in ("status.json", "control.json"):
        spoil(folder.path / name)
    with open(folder.path / "metrics.jsonl", "ab") as stream:
        stream.truncate(stream.tell() - 30)
        stream.write(bytes(500))
    with open(folder.path / "samples.jsonl", "ab") as stream:
        stream.write(bytes(100))

    assert folder.name in [each.name for each in all_runs()]
    line = summary(folder)
    assert (line.state, line.step, line.steps) == ("interrupted", 12, 12)
    assert len(folder.metrics()) == 11, "the record whose end is lost is the only one that is"
    assert sum(len(gained.columns["loss"][0]) for gained in MetricsTail(folder.path / "metrics.jsonl").read()) == 11

    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == losses(whole)
    tail = MetricsTail(folder.path / "metrics.jsonl")
    assert [gained.kept for gained in tail.read()][-1] == 4
    said = capfd.readouterr().out
    assert "step 12 is passed over" in said
    assert "step 8 is passed over" in said
    for step in (4, 8, 12):
        manifest.verify(folder.checkpoint_path(step))


@pytest.mark.skipif(sys.platform != "linux", reason="what a handle is of is read from /proc")
def test_a_checkpoint_is_on_the_disk_before_it_has_its_name(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(schedule={"steps": 1, "checkpoint_every": 1, "evaluate_every": 1})
    order: list[tuple[str, str]] = []
    fsync, rename = os.fsync, Path.rename

    def flushed(handle: int) -> None:
        order.append(("flushed", os.readlink(f"/proc/self/fd/{handle}")))
        fsync(handle)

    def renamed(self: Path, target: Path) -> Path:
        order.append(("renamed", str(self)))
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "rename", renamed)
    assert run(folder.path, resume=False) == FINISHED

    at = next(index for index, (what, path) in enumerate(order) if (what, "step-000001" in path) == ("renamed", True))
    temporary = Path(order[at][1])
    before = [path for what, path in order[:at] if what == "flushed"]
    saved = folder.checkpoint_path(1)
    files = [path for path in saved.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {MANIFEST, "model.safetensors", TRAINER_TENSORS}
    moved = {str(temporary / path.relative_to(saved)) for path in files}
    assert moved <= set(before), "a file was given its name before its bytes were on the disk"
    assert before.index(str(temporary / MANIFEST)) > max(map(before.index, moved - {str(temporary / MANIFEST)}))
    assert before[-1] == str(temporary)
    assert str(folder.path / "metrics.jsonl") in before, "a checkpoint is never ahead of the records"
    after = [path for _, path in order[at + 1 :]]
    assert after[:2] == [str(folder.checkpoints_path), str(folder.path)]


# ---------------------------------------------------------------------------------------------- a clock that is set


def test_a_clock_set_back_in_the_middle_changes_nothing(
    make_run: MakeRun, whole: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, now, seen = make_run(), time.time, []
    append = Records.append

    def set_back(records: Records, record: dict[str, Any]) -> None:
        append(records, record)
        if record.get("step") == 6:
            monkeypatch.setattr(time, "time", lambda: now() - HOURS)
        if record.get("step") in (5, 7):
            seen.append(folder.state_now())

    with monkeypatch.context() as patched:
        patched.setattr(Records, "append", set_back)
        assert run(folder.path, resume=False) == FINISHED
    status = folder.status()
    assert set(seen) == {"running"}
    assert status.updated < status.started, "the clock was not set back"
    assert losses(folder) == losses(whole)
    assert [record["seconds"] for record in folder.metrics()] == sorted(r["seconds"] for r in folder.metrics())


PROCESS_WITH_LOCK = """
import sys
from pathlib import Path
from bigmodel_studio.core.system import locks
with locks.lock(Path(sys.argv[1]), 10):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_process_whose_start_has_another_time_by_the_new_clock_lives(make_run: MakeRun) -> None:
    """The system counts a start from its boot, and moves that when the clock is set."""
    folder = make_run()
    command = [sys.executable, "-c", PROCESS_WITH_LOCK, str(folder.path / LOCK)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"held"
        started = run_folder.process_started(process.pid)
        writer = StatusWriter(folder, (process.pid, started - HOURS))
        writer.write(state="running")
        writer.close()
        assert folder.state_now() == "running"
        assert folder.at_work()
    finally:
        process.communicate()
    assert folder.state_now() == "interrupted"


def test_who_has_the_number_of_a_process_that_is_gone_is_not_it(make_run: MakeRun) -> None:
    folder = make_run()
    writer = StatusWriter(folder, (os.getpid(), run_folder.process_started(os.getpid()) - HOURS))
    writer.write(state="running")
    writer.close()
    (folder.path / LOCK).touch()
    assert folder.state_now() == "interrupted"


def test_who_comes_after_the_clock_was_set_back_still_waits_behind(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, now = make_run(name="first"), time.time
    monkeypatch.setattr(time, "time", lambda: now() - HOURS)
    second, third = make_run(name="second"), make_run(name="third")
    assert [run.name for run in run_queue.waiting()] == ["first", "second", "third"]
    assert [line.name for line in in_order(map(summary, (third, second, first)))] == ["first", "second", "third"]
    why = msgspec.convert({"code": "memory-wait", "arguments": {"figure": 1}}, Problem)
    run_queue._say_why(first, msgspec.structs.replace(first.status(), updated=now()), why)
    again = msgspec.structs.replace(why, arguments={"figure": 2})
    run_queue._say_why(first, msgspec.structs.replace(first.status(), updated=now()), again)
    assert first.status().waits == again, "its figures stood still until the clock had caught up"


# ------------------------------------------------------------------------------------- a disk, a second process


def filled(records: Records) -> None:
    """From now on the system itself answers that no space is left."""
    records.close()
    records._stream = open("/dev/full", "wb")  # noqa: SIM115 - closed by `close`


def made_read_only(records: Records) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS), "metrics.jsonl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize(("change", "said"), [(filled, "No space left"), (made_read_only, "Read-only file system")])
def test_a_disk_that_takes_no_more_in_the_middle_is_said_and_gone_on_from(
    make_run: MakeRun, whole: RunFolder, monkeypatch: pytest.MonkeyPatch, change: Callable[[Records], None], said: str
) -> None:
    folder, append = make_run(), Records.append

    def no_more(records: Records, record: dict[str, Any]) -> None:
        if record.get("step") == 6 and "loss" in record:
            change(records)
        append(records, record)

    with monkeypatch.context() as patched:
        patched.setattr(Records, "append", no_more)
        assert run(folder.path, resume=False) == FAILED
    status = folder.status()
    assert status.state == "failed"
    assert "couldn't be written" in status.message
    assert said in status.message
    assert folder.checkpoints() == [4]
    manifest.verify(folder.checkpoint_path(4))
    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == losses(whole)


def test_a_second_process_of_a_run_is_refused_and_writes_nothing(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = make_run()
    monkeypatch.setattr(training_run, "LOCK_WAIT_S", 0.2)
    with locks.lock(folder.path / LOCK, 1.0):
        before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
        assert run(folder.path, resume=True) == BAD_INPUT
        assert {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()} == before
    assert "already running" in capfd.readouterr().err
