"""How much work something takes, counted instead of timed: the same on a busy machine as on a quiet one."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any


class Counted:
    """The calls of Python and C functions on this thread so far."""

    calls = 0


@contextlib.contextmanager
def counted() -> Iterator[Counted]:
    """Count the calls of functions, Python's and C's, that this thread makes inside."""
    found = Counted()

    def note(frame: Any, event: str, argument: Any) -> None:
        if event in ("call", "c_call"):
            found.calls += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(before)


def calls(work: Callable[[], object]) -> int:
    """Run ``work`` and return how many functions it called."""
    with counted() as found:
        work()
    return found.calls


@contextlib.contextmanager
def at_most(limit: int) -> Iterator[None]:
    """Raise ``AssertionError`` where more functions than that are called inside."""
    with counted() as found:
        yield
    assert found.calls <= limit, f"{found.calls:,} calls of functions"
