"""The file of conversations beside a window that may have it open: read and added to, never put together or recovered.

A window's own store marks replies that were cut off, empties the trash and recovers a damaged file when it opens it.
A command must do none of that to a reply that is streaming.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from bigmodel_studio.core.chat import conversation_file
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError

_WAIT_S = 5.0


class ConversationsBeside(Conversations):
    """``Conversations`` for a command. Every call raises ``StudioError`` where the file cannot be read or written."""

    def __init__(self, path: Path | None = None) -> None:
        path = path or paths.conversations_file()
        newer = conversation_file.newer_version(path)
        if newer is not None:
            raise StudioError("conversations-newer", version=newer, path=str(path))
        if conversation_file.is_older(path) or not path.exists():
            Conversations(path).close()  # no window of this version has it open
        self.path, self.problem, self._seed, self._writes = path, None, None, 0
        self._db = sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_WAIT_S)
        conversation_file.register(self._db)

    def close(self) -> None:
        """Close it; the window folds the log."""
        self._db.close()

    def fold(self) -> None:
        """Leave that to the window."""

    def _carry_on(self, error: sqlite3.Error | UnicodeDecodeError) -> None:
        problem = conversation_file.problem_of(error, self.path)
        if problem is None:
            raise StudioError("conversations-beside", path=str(self.path), detail=str(error)) from None
        raise StudioError.of(problem) from None


def listed(most: int) -> list[tuple[int, str]]:
    """Return numbers and titles of the newest conversations, read beside whoever has the file open."""
    try:
        with contextlib.closing(_beside("ro")) as db:
            rows = db.execute(
                "SELECT id, title FROM conversations WHERE deleted IS NULL ORDER BY updated DESC LIMIT ?", (most,)
            )
            return [(int(row[0]), str(row[1])) for row in rows]
    except sqlite3.Error:
        return []  # there is no file yet, or it is not one of ours


def restore(conversation: int) -> None:
    """Undo ``Conversations.delete``, beside whoever has the file open. Raises ``sqlite3.Error``."""
    _mark_removed(conversation, None)


def expire(conversation: int) -> None:
    """Have a removed conversation go for good when the file is opened next. Raises ``sqlite3.Error``."""
    _mark_removed(conversation, 1.0)


def _mark_removed(conversation: int, when: float | None) -> None:
    if conversation_file.newer_version(paths.conversations_file()) is not None:
        raise sqlite3.OperationalError("the file was written by a newer version")
    with contextlib.closing(_beside("rw")) as db, db:
        db.execute("UPDATE conversations SET deleted = ? WHERE id = ? AND deleted IS NOT NULL", (when, conversation))


def _beside(mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{paths.conversations_file().as_uri()}?mode={mode}", uri=True, timeout=0.5)
