"""Recovering conversations from a damaged file: every message that can still be read, in a new file.

The damaged file is set aside, never deleted, with its write-ahead log. The new one is built whole under another name
before it takes the old one's place, so that a kill at any moment leaves one of the two. It knows nothing of what is
shown.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bigmodel_studio.core.chat import conversation_file, sqlite_pages
from bigmodel_studio.core.chat.sqlite_pages import Row, Value
from bigmodel_studio.core.system.files import fsync_folder, replace
from bigmodel_studio.protocol import Problem

_Sealed = Callable[[Row], tuple[Value, ...]]
_SIDES = ("-wal", "-shm")
_NO_SETTINGS: tuple[Value, ...] = ("{}", "")
"""Settings and folder of a conversation."""
_STATES = ("streaming", "done", "cancelled", "failed", "interrupted")
_DAMAGED = '{"problem":{"code":"message-damaged","arguments":{}}}'
_LOST = '{"problem":{"code":"message-lost","arguments":{}}}'


@dataclass
class Recovered:
    """What a file still holds, by id. A value is a row of its table without its id and its checksum."""

    conversations: dict[int, list[Value]] = field(default_factory=dict)
    messages: dict[int, list[Value]] = field(default_factory=dict)
    pieces: dict[int, tuple[int, str]] = field(default_factory=dict)
    tokens: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    damaged: int = 0
    """Messages that were read, but differ from what was written."""


def read(path: Path) -> Recovered:
    """Read what the file and its log still hold. Raises ``OSError``; a missing file holds nothing."""
    found = Recovered()
    conversations: dict[int, list[Row]] = {}
    messages: dict[int, list[Row]] = {}
    for row in sqlite_pages.read_rows(path):
        if _is_conversation(row.values):
            conversations.setdefault(row.id, []).append(row)
        elif _is_message(row.values):
            messages.setdefault(row.id, []).append(row)
        elif len(row.values) == 3 and isinstance(row.values[1], int) and isinstance(row.values[2], str):
            found.pieces[row.id] = (row.values[1], row.values[2])
        elif len(row.values) == 3 and isinstance(row.values[1], int) and isinstance(row.values[2], bytes) and row.whole:
            found.tokens[row.id] = (row.values[1], row.values[2])
    for identity, versions in conversations.items():
        best, _ = _best(versions, lambda row: (row.id, *row.values[1:4], *row.values[10:]), 9)
        found.conversations[identity] = [*best.values[1:9], *(best.values[10:] or _NO_SETTINGS)]
    for identity, versions in messages.items():
        best, whole = _best(versions, lambda row: (row.id, *row.values[1:8]), 9)
        values = list(best.values[1:9])
        if not whole:
            found.damaged += 1
            values[2] = values[2] if values[2] in ("user", "assistant") else _role(values[2])
            values[5] = values[5] if values[5] in _STATES else "done"
            values[6] = _DAMAGED
        found.messages[identity] = values
    return found


def _is_conversation(values: tuple[Value, ...]) -> bool:
    return (
        len(values) in (9, 10, 12)
        and values[0] is None
        and all(isinstance(value, str) for value in (*values[1:4], *values[10:]))
        and isinstance(values[4], int | None)
        and isinstance(values[5], int | float)
        and isinstance(values[6], int | float)
        and isinstance(values[7], int)
    )


def _is_message(values: tuple[Value, ...]) -> bool:
    return (
        len(values) in (9, 10)
        and values[0] is None
        and isinstance(values[1], int)
        and isinstance(values[2], int | None)
        and all(isinstance(value, str) for value in values[3:8])
        and isinstance(values[8], int | float)
    )


def _best(versions: list[Row], sealed: _Sealed, place: int) -> tuple[Row, bool]:
    """Return the newest version that is what was written, else the newest; and which of the two it is."""

    def whole(row: Row) -> bool:
        if len(row.values) > place and row.values[place] is not None:
            return row.whole and row.values[place] == conversation_file.checksum(*sealed(row))
        return row.whole and len(row.values) == place and _is_plausible(row.values)

    versions.sort(key=lambda row: (whole(row), row.age, "streaming" not in row.values, len(str(row.values))))
    return versions[-1], whole(versions[-1])


def _is_plausible(values: tuple[Value, ...]) -> bool:
    """Return whether a row of schema 1, which had no checksums, can have been written so."""
    if not _is_message(values):
        return True
    try:
        msgspec.json.decode(str(values[7]))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return values[3] in ("user", "assistant") and values[6] in _STATES


def _role(word: Value) -> str:
    return "user" if len(str(word)) == len("user") else "assistant"


def write(found: Recovered, db: sqlite3.Connection) -> None:
    """Put what was recovered into the empty tables of ``db``, each message where its conversation shows it.

    A message whose predecessor is lost follows a note that says so; a conversation that is lost is titled by its
    first words.
    """
    pieces: dict[int, list[str]] = {}
    for _, (message, text) in sorted(found.pieces.items()):
        pieces.setdefault(message, []).append(text)
    of_it: dict[int, list[int]] = {}
    for identity, values in sorted(found.messages.items()):
        assert isinstance(values[0], int)
        of_it.setdefault(values[0], []).append(identity)
        if values[5] == "streaming":
            values[3] = str(values[3]) + "".join(pieces.get(identity, ()))
            values[5] = "interrupted"
    for conversation, messages in of_it.items():
        _connect(found, conversation, messages)
    with db:
        db.executemany(
            "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)", _with_ids(found.conversations)
        )
        db.executemany("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", _with_ids(found.messages))
        db.execute(f"UPDATE messages SET checksum = {conversation_file.MESSAGE_SUM}")
        db.execute(f"UPDATE conversations SET checksum = {conversation_file.CONVERSATION_SUM}")
        db.executemany("INSERT INTO reply_tokens VALUES (?, ?, ?)", _with_ids(found.tokens))
        db.execute("INSERT INTO unindexed SELECT id, 0 FROM messages")


def _with_ids(rows: Mapping[int, Sequence[Value]]) -> Iterable[tuple[Value, ...]]:
    return ((identity, *values) for identity, values in sorted(rows.items()))


def _connect(found: Recovered, conversation: int, messages: list[int]) -> None:
    """Make every message of a conversation reachable from the one that it ends with."""
    present = set(messages)
    for identity in list(messages):
        values = found.messages[identity]
        parent = values[1]
        if not isinstance(parent, int) or (parent in present and parent < identity):
            continue
        before = max((other for other in present if other < min(parent, identity)), default=None)
        if parent >= identity or parent in found.messages:
            values[1] = max((other for other in present if other < identity), default=None)
            continue
        role = "user" if values[2] == "assistant" else "assistant"
        found.messages[parent] = [conversation, before, role, "", "", "failed", _LOST, values[7]]
        present.add(parent)
    order = sorted(present)
    kept = found.conversations.get(conversation)
    if kept is None:
        first = next((found.messages[each] for each in order if found.messages[each][3]), found.messages[order[0]])
        times = [found.messages[each][7] for each in order]
        title = next((line.strip() for line in str(first[3]).splitlines() if line.strip()), "…")
        kept = found.conversations[conversation] = [
            title[:60],
            "",
            "",
            None,
            times[0],
            times[-1],
            0,
            None,
            *_NO_SETTINGS,
        ]
    leaf = kept[3] if isinstance(kept[3], int) and kept[3] in present else order[-1]
    children: dict[Value, int] = {found.messages[each][1]: each for each in order}
    while leaf in children:
        leaf = children[leaf]
    kept[3] = leaf


def recover(path: Path) -> Problem:
    """Replace a damaged file by one with everything that it still holds; say where the damaged one is kept.

    Raises ``OSError`` or ``sqlite3.Error`` where the disk does not let it; the damaged file is then where it was, or
    ``finish`` completes the exchange.
    """
    found = read(path)
    fresh = _fresh(path)
    for leftover in (fresh, *(fresh.with_name(fresh.name + side) for side in _SIDES)):
        leftover.unlink(missing_ok=True)
    building = fresh.with_name(fresh.name + ".part")
    building.unlink(missing_ok=True)
    os.close(os.open(building, os.O_CREAT | os.O_RDWR, 0o600))
    with contextlib.closing(sqlite3.connect(building)) as db:
        conversation_file.register(db)
        conversation_file.make_tables(db)
        write(found, db)
    replace(building, fresh)
    fsync_folder(path.parent)
    aside = set_aside(path)
    finish(path)
    arguments: dict[str, str | int | float] = {
        "path": str(aside),
        "messages": len([each for each in found.messages.values() if each[6] != _LOST]),
        "damaged": found.damaged,
    }
    return Problem(code="conversations-damaged", arguments=arguments)


def _fresh(path: Path) -> Path:
    return path.with_name(f"{path.stem}.recovered{path.suffix}")


def set_aside(path: Path) -> Path:
    """Move a file with its log and index to a name of its own, and return that. Raises ``OSError``.

    The log goes with the file that it belongs to: it can hold everything since the last start, and would be taken
    for the new file's.
    """
    stem = f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    names = (f"{stem}{number}{path.suffix}" for number in ("", *(f"-{n}" for n in range(2, 1000))))
    aside = next(path.with_name(name) for name in names if not path.with_name(name).exists())
    for side in ("", *_SIDES):
        beside = path.with_name(path.name + side)
        if beside.exists():
            replace(beside, aside.with_name(aside.name + side))
    return aside


def finish(path: Path) -> None:
    """Complete an exchange of files that a kill interrupted: the damaged file gone, the recovered one not in place."""
    fresh = _fresh(path)
    if not path.exists() and fresh.exists():
        if any(path.with_name(path.name + side).exists() for side in _SIDES):
            set_aside(path)
        replace(fresh, path)
        fsync_folder(path.parent)
