"""Long work that reports how far it is, as events: it is done by a thread of its own, and reported from here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from bigmodel_studio.protocol import Progress
from bigmodel_studio.training.data.token_data import Say

_Value = TypeVar("_Value")
TURN_S = 0.2


class GivenUp(Exception):  # noqa: N818 - it is no error
    """Nobody waits for the work any longer."""


class ProgressReports(Generic[_Value]):
    """``work``, which gets what to report its progress to. ``progress`` ends when the work is done."""

    def __init__(self, work: Callable[[Say], _Value], what: str) -> None:
        self._work, self._last = work, Progress(what=what)
        self._over = False
        self._error: BaseException | None = None
        self._value: list[_Value] = []

    def progress(self) -> Iterator[Progress]:
        """Yield every ``TURN_S`` while the work runs. Closing the generator ends the work at its next report."""
        thread = threading.Thread(target=self._run, name="telling", daemon=True)
        thread.start()
        try:
            while thread.is_alive():
                yield self._last
                thread.join(TURN_S)
        finally:
            self._over = True
            thread.join()

    @property
    def value(self) -> _Value:
        """What came of it; raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._value[0]

    def _run(self) -> None:
        try:
            self._value = [self._work(self._say)]
        except BaseException as error:
            self._error = error

    def _say(self, what: str, done: int, total: int) -> None:
        if self._over:
            raise GivenUp
        self._last = Progress(what=what, done=done, total=total)
