"""Pause, save now and giving memory back: a run's own process obeys, and its losses are as if nobody had asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psutil
import pytest

from bigmodel_studio.core.runs import launch, manifest
from bigmodel_studio.core.runs.run_folder import LIVE, RunFolder, RunStatus, dump_status
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from bigmodel_studio.training.loop.telemetry import RunControl
from tests.training.conftest import ENDLESS, end_at, losses, wait_for

pytestmark = pytest.mark.timeout(1200)
MakeRun = Callable[..., RunFolder]
EVALUATED: dict[str, Any] = {**ENDLESS, "evaluate_every": 5, "warmup": 3, "decay": "constant"}


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_paused_saved_resumed_and_given_back_it_ends_with_the_same_losses(make_run: MakeRun) -> None:
    folder = make_run(schedule=EVALUATED)
    pid = launch.start_run(folder)
    process = psutil.Process(pid)
    wait_for(lambda: len(folder.metrics()) > 5)

    folder.ask("pause")
    wait_for(lambda: folder.status().state == "paused")
    status, lines, held = folder.status(), len(folder.metrics()), process.memory_info().rss
    wait_for(lambda: folder.status().updated - status.updated > 1.0)  # its heart beats
    assert len(folder.metrics()) == lines == folder.status().step
    assert process.memory_info().rss > 0.9 * held, "its memory was given back"
    assert not folder.checkpoints()

    folder.ask_to_save()
    wait_for(lambda: folder.checkpoints() == [lines])
    assert (folder.status().state, len(folder.metrics())) == ("paused", lines)

    folder.ask("run")
    wait_for(lambda: len(folder.metrics()) > lines)
    folder.ask_to_save()
    wait_for(lambda: len(folder.checkpoints()) == 2)
    assert folder.state_now() in LIVE

    folder.ask("pause", release=True)
    assert launch.exit_status(pid, wait_s=60) == STOPPED
    status = folder.status()
    assert (folder.state_now(), status.pid, folder.at_work()) == ("paused", None, False)
    assert folder.checkpoints()[-1] == status.step == len(folder.metrics())
    manifest.verify(folder.checkpoint_path())

    end_at(folder, status.step + 8)
    pid = launch.start_run(folder, resume=True)
    assert launch.exit_status(pid, wait_s=200) == FINISHED
    assert folder.status().exit_code == FINISHED
    undisturbed = make_run(name="undisturbed", schedule={**EVALUATED, "steps": status.step + 8})
    assert run(undisturbed.path, resume=False) == FINISHED
    ours, theirs, at = losses(folder), losses(undisturbed), status.step - 1
    assert (ours[:at], ours[at + 1 :]) == (theirs[:at], theirs[at + 1 :])
    assert ours[at][:2] == theirs[at][:2], "its evaluation may have been left, for to free the memory came first"


def test_asked_to_pause_and_give_back_before_it_began_it_does_and_begins_later(make_run: MakeRun) -> None:
    folder = make_run()
    folder.ask("pause", release=True)
    assert run(folder.path, resume=False) == STOPPED
    assert (folder.state_now(), folder.metrics()) == ("paused", [])
    folder.ask("run")
    assert run(folder.path, resume=True) == FINISHED


def test_a_save_that_was_asked_for_before_the_first_update_comes_after_it(make_run: MakeRun) -> None:
    folder = make_run(schedule={"steps": 3, "checkpoint_every": 10**6})
    folder.ask_to_save()
    assert run(folder.path, resume=False) == FINISHED
    assert folder.checkpoints() == [1, 3]


def test_a_wish_that_was_not_taken_up_is_not_lost_under_the_next(make_run: MakeRun) -> None:
    folder = make_run()
    wishes = RunControl(folder, 0)
    folder.ask_to_save()
    folder.ask("pause")
    assert (wishes.read(), wishes.save, wishes.want) == (2, True, "pause")
    wishes.save = False
    _acknowledge(folder, 2, "paused")
    folder.ask_to_save()  # of a paused run: it stays paused
    assert (wishes.read(), wishes.save, wishes.want, wishes.end) == (3, True, "pause", None)
    folder.ask("stop")
    folder.ask_to_save()  # after a stop that was not taken up yet: it stops
    assert (wishes.read(), wishes.end) == (5, "stopped")


def _acknowledge(folder: RunFolder, seq: int, state: Any) -> None:
    status = RunStatus(state=state, control_seq=seq, pid=1)
    (folder.path / "status.json").write_bytes(dump_status(status))
