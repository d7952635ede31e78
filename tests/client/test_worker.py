"""Threads of the window's side: woken for their work, joined at the end, and ended by nothing that escapes the work."""

from __future__ import annotations

import threading

import pytest

from bigmodel_studio.client.worker import Errands, Worker

PATIENCE_S = 30


def test_it_works_when_it_is_woken_and_is_joined() -> None:
    done = threading.Semaphore(0)
    names: list[str] = []

    def work() -> None:
        names.append(threading.current_thread().name)
        done.release()

    worker = Worker("sweeper", work)
    for _ in range(2):
        worker.wake()
        assert done.acquire(timeout=PATIENCE_S)
    worker.close()
    worker.wake()  # nothing comes of it
    assert names == ["sweeper", "sweeper"]
    assert not any(thread.name == "sweeper" for thread in threading.enumerate())


def test_it_comes_back_by_itself_after_as_long_as_it_says() -> None:
    done = threading.Semaphore(0)

    def work() -> float:
        done.release()
        return 0.001

    worker = Worker("sampler", work)
    worker.wake()
    assert all(done.acquire(timeout=PATIENCE_S) for _ in range(3))
    worker.close()


def test_what_escapes_the_work_is_logged_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Semaphore(0)

    def work() -> None:
        done.release()
        raise ValueError("a damaged file")

    worker = Worker("reader", work)
    for _ in range(2):
        worker.wake()
        assert done.acquire(timeout=PATIENCE_S)
    worker.close()
    assert len(caplog.records) == 2


def test_errands_are_waited_for() -> None:
    may_end = threading.Event()
    done: list[str] = []

    def end(what: str) -> None:
        may_end.wait(PATIENCE_S)
        done.append(what)

    errands = Errands("trash")
    errands.run(end, "a run")
    errands.close(0)
    assert done == []
    may_end.set()
    errands.close()
    assert done == ["a run"]
