"""The file of conversations beside a window that may have it open: read and added to, never put together or recovered.

A window's own store marks replies that were cut off, empties the trash and recovers a damaged file when it opens it.
A command must do none of that to a reply that is streaming.
"""

from __future__ import annotations

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
