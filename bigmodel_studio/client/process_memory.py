"""Memory of our processes, updated once a second at hardly any cost.

The true figure on Linux is a process's proportional share (PSS), in which a page that several share counts once; for a
process with torch it takes the kernel 5 to 30 ms to add up. So it is asked for seldom, one process at a time, and in
between it is carried on by the growth of the resident size, which is one short read.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bigmodel_studio.core.memory.device_memory import process_bytes

TREE_S = 5.0
"""How often children are looked for: the whole process table is read for it."""
COST_SHARE = 0.002
"""Of one core, for true figures."""


class _Known(NamedTuple):
    share_bytes: int
    resident_bytes: int
    """When the share was taken."""
    taken: float


class ProcessMemory:
    """Ask it on one thread. ``share``, ``resident`` and ``children`` are the system's, or a test's."""

    def __init__(
        self,
        *,
        share: Callable[[int], int] = process_bytes,
        resident: Callable[[int], int] | None = None,
        children: Callable[[int], Iterable[int]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
    ) -> None:
        self._share, self._clock, self._spent = share, clock, spent
        self._resident = resident or resident_bytes
        self._children = children or children_of
        self._known: dict[int, _Known] = {}
        self._roots: frozenset[int] = frozenset()
        self._tree: frozenset[int] = frozenset()
        self._looked = self._next = 0.0

    def measure(self, roots: Iterable[int]) -> dict[int, int]:
        """Return bytes of each of these processes and of those that they started; without those that are gone."""
        now = self._clock()
        known: dict[int, _Known] = {}
        measured: dict[int, int] = {}
        for pid in self._with_children(frozenset(roots), now):
            resident = self._resident(pid)
            if not resident:
                continue
            kept = self._known.get(pid) or _Known(self._share(pid), resident, now)
            known[pid] = kept
            measured[pid] = max(0, kept.share_bytes + resident - kept.resident_bytes)
        self._known = known
        if known and now >= self._next:
            self._take_share(min(known, key=lambda pid: known[pid].taken), now)
        return measured

    def _take_share(self, pid: int, now: float) -> None:
        before = self._spent()
        resident = self._resident(pid)
        self._known[pid] = _Known(self._share(pid), resident, now)
        self._next = now + (self._spent() - before) / COST_SHARE

    def _with_children(self, roots: frozenset[int], now: float) -> frozenset[int]:
        if roots != self._roots or now - self._looked >= TREE_S:
            self._roots, self._looked = roots, now
            self._tree = roots.union(*map(self._children, roots))
        return self._tree


def resident_bytes(pid: int) -> int:
    """Return a process's resident size; 0 where it is gone."""
    try:
        if sys.platform == "linux":
            with open(f"/proc/{pid}/statm", "rb") as stream:
                return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        import psutil

        return int(psutil.Process(pid).memory_info().rss)
    except (OSError, _psutil_error()):
        return 0


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they did."""
    import psutil

    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []


def _psutil_error() -> type[Exception]:
    import psutil

    return psutil.Error
