"""Threads of the window's side: one that is woken for its work, and those that do one thing and end. Both are joined.

What a thread has to say it emits as a signal of a ``QObject`` whose slot is on the window's thread. Knows no Qt itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Worker:
    """A thread that does ``work`` each time that it is woken; calls of ``wake`` that come close together are one.

    What ``work`` returns is how many seconds later it is done again without being woken (None: not by itself). What
    escapes it is logged, and ends nothing.
    """

    def __init__(self, name: str, work: Callable[[], float | None]) -> None:
        self._closing = threading.Event()
        self._name = name
        self._work = work
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Have the work done, now or as soon as what is being done is over; the first call starts the thread."""
        if self.closing:
            return
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
            self._thread.start()

    @property
    def closing(self) -> bool:
        """Whether ``close`` was called: ``work`` may look, and a slot says nothing from then on."""
        return self._closing.is_set()

    def pause(self, seconds: float) -> None:
        """Take a breath in the middle of the work; it is over at once where the thread is to end."""
        self._closing.wait(seconds)

    @property
    def woken(self) -> bool:
        """Whether more work waits."""
        return self._wake.is_set()

    def close(self) -> None:
        """End the thread, and join it once the work in hand is done."""
        self._closing.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _loop(self) -> None:
        wait_s: float | None = None
        while True:
            self._wake.wait(wait_s)
            self._wake.clear()
            if self.closing:
                return
            try:
                wait_s = self._work()
            except Exception:
                log.exception("a turn of the thread %s failed", self._name)


class Errands:
    """Threads that each do one thing and end."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._threads: list[threading.Thread] = []

    def run(self, work: Callable[..., None], *arguments: object) -> None:
        """Have it done in a thread of its own."""
        thread = threading.Thread(target=work, args=arguments, name=self._name, daemon=True)
        self._threads = [each for each in self._threads if each.is_alive()] + [thread]
        thread.start()

    @property
    def busy(self) -> bool:
        """Whether any is under way."""
        return any(thread.is_alive() for thread in self._threads)

    def close(self, wait_s: float | None = None) -> None:
        """Wait for each that is under way, ``wait_s`` at most; None: until it is done."""
        for thread in self._threads:
            thread.join(wait_s)
