"""Notes of the user on a run: a note and tags, by the run's name. They are kept in the home and not in the run's
folder, which only the run itself writes; a run that is removed and brought back has them still.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from bigmodel_studio.core.system import locks, paths
from bigmodel_studio.core.system.files import write_atomic

SCHEMA = 1
LOCK_WAIT_S = 5.0
LONGEST_NOTE = 20_000


class Note(msgspec.Struct, frozen=True):
    """Beside one run. Tags are single words, each once, in the order they were given."""

    text: str = ""
    tags: tuple[str, ...] = ()


class _File(msgspec.Struct):
    schema: int = SCHEMA
    runs: dict[str, Note] = {}


def read_notes() -> dict[str, Note]:
    """Return all of them, by run; empty where there are none yet or the file cannot be read."""
    try:
        return msgspec.json.decode(_path().read_bytes(), type=_File).runs
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return {}


def note_of(run: str) -> Note:
    """Return what stands beside a run."""
    return read_notes().get(run, Note())


def write_note(run: str, *, text: str | None = None, tags: Iterable[str] | None = None) -> Note:
    """Change a run's note, its tags, or both; what is then beside it. Raises ``OSError``."""
    with locks.lock(paths.home() / "run-notes.lock", LOCK_WAIT_S):
        notes = read_notes()
        before = notes.get(run, Note())
        after = Note(
            text=before.text if text is None else text.strip()[:LONGEST_NOTE],
            tags=before.tags if tags is None else tidied(tags),
        )
        if after == before:
            return after
        notes[run] = after
        if after == Note():
            del notes[run]
        write_atomic(_path(), msgspec.json.format(msgspec.json.encode(_File(runs=notes)), indent=1))
        return after


def forget(run: str) -> None:
    """Delete the notes of an old run, so a new one of that name begins without them. Raises ``OSError``."""
    if run in read_notes():
        write_note(run, text="", tags=())


def tidied(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as they are kept: without a # in front, commas or spaces, each once."""
    words = [word.lstrip("#") for tag in tags for word in tag.replace(",", " ").split()]
    return tuple(dict.fromkeys(word for word in words if word))


def matches(words: str, name: str, note: Note) -> bool:
    """Return whether each of the words is in the run's name, its tags or its note, whatever their case."""
    whole = " ".join((name, *(f"#{tag}" for tag in note.tags), note.text)).casefold()
    return all(word in whole for word in words.casefold().split())


def _path() -> Path:
    return paths.home() / "run-notes.json"
