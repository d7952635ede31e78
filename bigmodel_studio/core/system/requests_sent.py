"""Requests sent since the start, added up by host, and as a table that other programs read."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable
from typing import NamedTuple

from bigmodel_studio.protocol import NetworkRequest

HEAD = ("time", "host", "purpose", "method", "path", "status", "sent_bytes", "received_bytes", "seconds")


class HostTotal(NamedTuple):
    """All requests to one host: how many, how many had no good answer, and the bytes of their bodies."""

    host: str
    requests: int
    failed: int
    sent_bytes: int
    received_bytes: int


class Ledger:
    """What was sent, in the order of its leaving. A request is listed when it is sent and again when it is answered:
    the latter takes the place of the former."""

    def __init__(self) -> None:
        self._by_leaving: dict[tuple[float, str, str, str], NetworkRequest] = {}

    def add(self, requests: Iterable[NetworkRequest]) -> None:
        """Note these."""
        for each in requests:
            self._by_leaving[each.time, each.method, each.host, each.path] = each

    def requests(self) -> list[NetworkRequest]:
        """Return the first first."""
        return list(self._by_leaving.values())


def totals(requests: Iterable[NetworkRequest]) -> list[HostTotal]:
    """Return the totals by host, the one that sent most first."""
    found: dict[str, HostTotal] = {}
    for each in requests:
        before = found.get(each.host, HostTotal(each.host, 0, 0, 0, 0))
        found[each.host] = HostTotal(
            each.host,
            before.requests + 1,
            before.failed + (not 200 <= each.status < 400),
            before.sent_bytes + each.sent_bytes,
            before.received_bytes + each.received_bytes,
        )
    return sorted(found.values(), key=lambda total: (-total.received_bytes, total.host))


def as_csv(requests: Iterable[NetworkRequest]) -> str:
    """Return a line a request under ``HEAD``; times in UTC. A text that a spreadsheet would take for a formula is
    quoted.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEAD)
    for each in requests:
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(each.time))
        texts = [_harmless(text) for text in (each.host, each.purpose, each.method, each.path)]
        numbers = (each.status, each.sent_bytes, each.received_bytes, f"{each.seconds:.3f}")
        writer.writerow([at, *texts, *numbers])
    return stream.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
