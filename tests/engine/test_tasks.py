"""The contract of ``run_task``: whatever a task does, exactly one end, and nothing raised."""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable, Iterator
from typing import get_args

import pytest
import torch

from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.engine.failures import Stopped
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import TASKS, guarded, resolve, run_task
from bigmodel_studio.protocol import (
    Cancelled,
    DeviceReport,
    Devices,
    Done,
    Event,
    Failed,
    Progress,
    Request,
    Unload,
    decode_for_window,
    encode,
)
from bigmodel_studio.protocol import JobEvent as Envelope

STEP = Progress(what="step")


def raising(error: BaseException) -> Callable[[], Iterator[Event]]:
    def task() -> Iterator[Event]:
        yield STEP
        raise error

    return task


def test_every_request_has_its_task() -> None:
    """And what stands there is a generator that is there to be had."""
    assert set(TASKS) == set(get_args(Request))
    for place in TASKS.values():
        module, _, name = place.partition(":")
        assert inspect.isgeneratorfunction(getattr(importlib.import_module(module), name)), place
    assert callable(resolve(Unload()))


def test_a_problem_of_the_users_keeps_its_code() -> None:
    _, end = guarded(raising(StudioError("run-unknown", run="x")))
    assert isinstance(end, Failed)
    assert (end.problem.code, end.blame) == ("run-unknown", "input")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes"),
    ],
)
def test_memory_that_ran_out_is_said_so(error: Exception) -> None:
    _, end = guarded(raising(error))
    assert isinstance(end, Failed)
    assert (end.problem.code, end.blame) == ("out-of-memory", "work")


def test_a_fault_of_ours_has_an_id_that_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        _, end = guarded(raising(ZeroDivisionError("a/b")))
    assert isinstance(end, Failed)
    assert end.problem.code == "internal"
    assert "ZeroDivisionError" in sentence(end.problem)
    assert end.id in caplog.text
    assert "Traceback" in caplog.text


def test_a_task_without_an_end_is_a_fault() -> None:
    _, end = guarded(lambda: iter([STEP]))
    assert isinstance(end, Failed)


def test_what_a_task_says_after_its_end_is_not_heard() -> None:
    assert list(guarded(lambda: iter([Done(), STEP, Done()]))) == [Done()]


def test_stopping_a_task_that_knows_nothing_of_it_cancels() -> None:
    put_back = []

    def task() -> Iterator[Event]:
        try:
            while True:
                yield STEP
        finally:
            put_back.append(True)

    events = guarded(task)
    next(events)
    assert events.throw(Stopped()) == Cancelled()
    assert put_back == [True]


def test_what_a_stopped_task_has_to_show_is_kept() -> None:
    report = DeviceReport(torch="", cuda=None, threads=1, devices=())

    def task() -> Iterator[Event]:
        try:
            yield STEP
        except Stopped:
            yield STEP
            yield Done(result=report)

    events = guarded(task)
    next(events)
    assert events.throw(Stopped()) == Cancelled(result=report)


def test_a_task_that_fails_while_it_stops_has_failed() -> None:
    def task() -> Iterator[Event]:
        try:
            yield STEP
        finally:
            raise OSError("no")

    events = guarded(task)
    next(events)
    assert isinstance(events.throw(Stopped()), Failed)


def test_giving_up_puts_things_back() -> None:
    put_back = []

    def task() -> Iterator[Event]:
        try:
            yield STEP
        finally:
            put_back.append(True)

    events = guarded(task)
    next(events)
    events.close()
    assert put_back == [True]


def test_the_devices_are_told_and_can_be_sent(session: Session) -> None:
    *_, end = run_task(Devices(), session)
    assert isinstance(end, Done)
    assert isinstance(end.result, DeviceReport)
    cpu = end.result.devices[0]
    assert (cpu.id, cpu.dtypes[0]) == ("cpu", "float32")
    assert 0 < cpu.free_bytes <= cpu.total_bytes
    assert decode_for_window(encode(Envelope(1, end))) == Envelope(1, end)


def test_unloading_nothing_is_fine(session: Session) -> None:
    session.release()
    assert list(run_task(Unload(), session)) == [Done()]
