"""The ledger: what each lane and run holds on each device, and whether one more run is let in, waits, or never can.

The entries are values, and the decisions pure functions of them. There is no second book beside the run folders:
``core.memory.reservations`` makes the entries from the folders, the processes that live, and what the devices say they
have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.memory.need import Need
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Problem

MARGIN_SHARE = 0.03
"""Of a device's memory, which is given to nobody: the system, and what estimates leave out."""
WHOLE_SHARE = 0.9
"""A run that by its estimate wants more is let in when this much of the device is free: estimates are no proof."""
SHORT_STEP_BYTES = 1_000_000
CACHE_SHARE = 0.25
"""Of what could be promised, for caches that are kept between the replies of conversations."""


class Reservation(NamedTuple):
    """What one process has on one device: bytes that were measured, and those that it is still going to take."""

    who: str
    kind: Literal["lane", "run"]
    device: str
    used_bytes: int
    promised_bytes: int = 0
    computes: bool = False
    """Whether it is a run at work: one that is paused keeps its memory, and leaves its turn to another."""


class Waiting(NamedTuple):
    """A run in the queue; ``needs`` names the device that it computes on first."""

    run: str
    needs: tuple[Need, ...]


class Verdict(NamedTuple):
    """``admit`` it now, ``queue`` it, or ``refuse`` it for ever, with the reason for the latter two."""

    action: Literal["admit", "queue", "refuse"]
    why: Problem | None = None


ADMIT = Verdict("admit")


def refusal(needs: Iterable[Need], rooms: Sequence[Room]) -> Problem | None:
    """Return why these needs can never be met on this machine: what was counted is more than a device has. None: they
    may.
    """
    for need in needs:
        room = _room(rooms, need.device)
        if room is not None and need.sure_bytes > room.total_bytes:
            total, sure = numbers.size(room.total_bytes), numbers.size(need.sure_bytes)
            return Problem(code="memory-never", arguments={"device": need.device, "needs": sure, "total": total})
    return None


def decide(needs: tuple[Need, ...], rooms: Sequence[Room], holdings: Sequence[Reservation], at_once: int) -> Verdict:
    """Return whether a run with nobody before it is let in now, beside those who hold something.

    ``at_once`` runs may compute at the same time on one device. A device that was not measured is not judged.
    """
    never = refusal(needs, rooms)
    if never is not None:
        return Verdict("refuse", never)
    busy = [
        reservation.who
        for reservation in holdings
        if reservation.computes and needs and reservation.device == needs[0].device
    ]
    if len(busy) >= at_once:
        return Verdict("queue", Problem(code="waits-for-runs", arguments={"runs": ", ".join(busy), "most": at_once}))
    for need in needs:
        room = _room(rooms, need.device)
        if room is None:
            continue
        free = free_bytes(room, holdings)
        if min(need.bytes, int(WHOLE_SHARE * room.total_bytes)) > free:
            arguments: dict[str, str | int | float] = {
                "device": need.device,
                "needs": numbers.size(need.bytes),
                "free": numbers.size(max(0, free)),
                "short_bytes": _rounded_up(min(need.bytes, int(WHOLE_SHARE * room.total_bytes)) - free),
            }
            return Verdict("queue", Problem(code="waits-for-memory", arguments=arguments))
    return ADMIT


def _rounded_up(short_bytes: int) -> int:
    """To whole steps, so that what is told does not change with every page that the system takes or frees."""
    return -(-short_bytes // SHORT_STEP_BYTES) * SHORT_STEP_BYTES


def evicts(waits: Problem, lane: Reservation) -> bool:
    """Return whether a lane's idle model goes for a run that waits: where the run lacks no more than that model
    holds.
    """
    short = waits.arguments.get("short_bytes", 0)
    same = waits.code == "waits-for-memory" and waits.arguments.get("device") == lane.device
    return same and isinstance(short, int) and 0 < short <= lane.used_bytes


def free_bytes(room: Room, holdings: Iterable[Reservation]) -> int:
    """Return what can be promised: what is free, less what those who are there will still take, less the margin."""
    promised = sum(reservation.promised_bytes for reservation in holdings if reservation.device == room.device)
    return room.free_bytes - promised - int(MARGIN_SHARE * room.total_bytes)


def kept_cache_bytes(room: Room, holdings: Iterable[Reservation], kept_bytes: int) -> int:
    """Return bytes of caches that an engine may keep between replies, where ``kept_bytes`` of ``room`` are kept
    already.
    """
    return max(0, int(CACHE_SHARE * (free_bytes(room, holdings) + kept_bytes)))


def decide_all(
    waiting: Sequence[Waiting], rooms: Sequence[Room], holdings: Sequence[Reservation], at_once: int
) -> list[Verdict]:
    """Return a verdict for each run in the queue, in its order: whoever waits is passed by nobody for the same device.

    A large run is not delayed forever by small ones behind it. One that can never be met holds up nobody.
    """
    book, verdicts = list(holdings), []
    first: dict[str, str] = {}
    for run in waiting:
        ahead = next((first[need.device] for need in run.needs[:1] if need.device in first), None)
        verdict = decide(run.needs, rooms, book, at_once)
        if verdict.action != "refuse" and ahead is not None:
            verdict = Verdict("queue", Problem(code="waits-behind", arguments={"run": ahead}))
        if verdict.action == "queue" and run.needs:
            first.setdefault(run.needs[0].device, run.run)
        if verdict.action == "admit":
            book += [
                Reservation(run.run, "run", need.device, 0, need.bytes, computes=number == 0)
                for number, need in enumerate(run.needs)
            ]
        verdicts.append(verdict)
    return verdicts


def _room(rooms: Sequence[Room], device: str) -> Room | None:
    return next((room for room in rooms if room.device == device), None)
