"""The open file of conversations: kept usable whatever happens to it, so that its callers only read and write.

A damaged file is recovered (``conversation_recovery``). Where it is locked, full or read-only, what is written goes
into memory (``unsaved_conversations``) until ``retry`` can save it. The call during which it happened is tried again
and succeeds. Knows nothing of Qt.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from bigmodel_studio.core.chat import conversation_file, conversation_recovery, unsaved_conversations
from bigmodel_studio.core.chat.conversation_file import seal_conversation, seal_message
from bigmodel_studio.core.system import paths
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)

FOLD_AFTER_WRITES = 64
"""The write-ahead log stays at about a megabyte, however long the application runs: it is read whole after a kill."""
_T = TypeVar("_T")


class ConversationStore:
    """The file of conversations.

    ``problem`` says what was wrong with the file when it was opened, and later what is; ``saving`` whether what is
    said goes to disk. ``on_problem`` is called where something goes wrong after opening.
    """

    def __init__(self, path: Path | None = None, *, trash_days: float = 7, wait_s: float = 0.5) -> None:
        self.path = path or paths.conversations_file()
        self._trash_days = trash_days
        self._wait_s = wait_s
        self.problem: Problem | None = None
        self.on_problem: Callable[[Problem], None] | None = None
        self._seed: unsaved_conversations.Seed | None = None
        self._behind: threading.Thread | None = None
        self._suspicious = False
        self._writes = 0
        try:
            newer = conversation_file.newer_version(self.path)
            if newer is not None:
                self.problem = Problem(code="conversations-newer", arguments={"version": newer, "path": str(self.path)})
                self._db, self._seed = unsaved_conversations.in_memory(None)
                return
            self._db = self._opened()
        except (sqlite3.Error, OSError) as error:
            problem = conversation_file.problem_of(error, self.path)
            if problem is None:
                raise
            log.warning("the conversations cannot be written: %s", error)
            self.problem = problem
            self._db, self._seed = unsaved_conversations.in_memory(self.path)
        else:
            self._check_behind()

    @property
    def saving(self) -> bool:
        """Whether what is said goes to disk. Where not, ``problem`` says why, and ``retry`` tries again."""
        return self._seed is None

    def retry(self) -> bool:
        """Save what was kept in memory, where the file can be written again; whether it is ``saving`` now."""
        if self._seed is None or (self.problem is not None and self.problem.code == "conversations-newer"):
            return self.saving
        problem = self.problem
        try:
            db = self._opened(wait_s=0.0)  # it is tried again soon, and a window must not wait
            try:
                unsaved_conversations.save(self._db, self._seed, db)
                db.execute(f"PRAGMA busy_timeout = {int(self._wait_s * 1000)}")
            except BaseException:
                db.close()
                raise
        except (sqlite3.Error, OSError) as error:
            self.problem = conversation_file.problem_of(error, self.path) or problem
            return False
        self._db.close()
        self._db, self._seed = db, None
        if self.problem == problem:
            self.problem = None
        return True

    def close(self) -> None:
        """Save what can be saved, fold the log into the file and close it."""
        self.retry()
        self._join()
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def fold(self) -> None:
        """Have a thread fold the write-ahead log into the file, where there is something to fold."""
        if self.saving and (self._behind is None or not self._behind.is_alive()):
            self._run_behind(conversation_file.fold)

    def _check_behind(self) -> None:
        """Have a thread look through a file that is too large to be checked while the user waits."""
        if self.path.stat().st_size > conversation_file.CHECKED_AT_ONCE_BYTES:
            self._run_behind(conversation_file.check)

    def _run_behind(self, work: Callable[[sqlite3.Connection], None]) -> None:
        self._join()
        self._beside = sqlite3.connect(self.path, timeout=self._wait_s, check_same_thread=False)
        self._behind = threading.Thread(target=self._do_behind, args=(work, self._beside), name="conversations")
        self._behind.start()

    def _do_behind(self, work: Callable[[sqlite3.Connection], None], db: sqlite3.Connection) -> None:
        try:
            work(db)
        except (sqlite3.Error, UnicodeDecodeError, conversation_file.DamagedError) as error:
            self._suspicious = self._suspicious or conversation_file.is_corruption(error)
        finally:
            db.close()

    def _join(self) -> None:
        if self._behind is not None:
            with contextlib.suppress(sqlite3.ProgrammingError):  # it is done, and closed
                self._beside.interrupt()
            self._behind.join()
            self._behind = None

    def _opened(self, wait_s: float | None = None) -> sqlite3.Connection:
        """Return the file, open and whole. Where it was damaged, ``problem`` says what was recovered. Raises
        ``sqlite3.Error`` or ``OSError`` where it cannot be written now.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        conversation_recovery.finish(self.path)
        try:
            db = conversation_file.open_database(self.path, wait_s=self._wait_s if wait_s is None else wait_s)
        except (sqlite3.Error, UnicodeDecodeError, conversation_file.DamagedError) as error:
            if not conversation_file.is_corruption(error):
                raise
            log.warning("the file of conversations is damaged: %s", error)
            self.problem = conversation_recovery.recover(self.path)
            db = conversation_file.open_database(self.path, wait_s=self._wait_s if wait_s is None else wait_s)
        try:
            self._mend(db)
        except BaseException:
            db.close()
            raise
        return db

    def _mend(self, db: sqlite3.Connection) -> None:
        """Put together the replies that were cut off with the process, and empty the old trash."""
        with db:
            for (message,) in db.execute("SELECT id FROM messages WHERE state = 'streaming'").fetchall():
                pieces = db.execute("SELECT text FROM pieces WHERE message = ? ORDER BY id", (message,))
                text = "".join(row[0] for row in pieces)  # a reply that was continued has text before them
                db.execute("UPDATE messages SET text = text || ?, state = 'interrupted' WHERE id = ?", (text, message))
                seal_message(db, message)
                db.execute("DELETE FROM pieces WHERE message = ?", (message,))
                db.execute("INSERT OR REPLACE INTO unindexed VALUES (?, 0)", (message,))
            old = time.time() - self._trash_days * 86400
            gone = [row[0] for row in db.execute("SELECT id FROM conversations WHERE deleted < ?", (old,))]
            for conversation in gone:
                of_it = "(SELECT id FROM messages WHERE conversation = ?)"
                db.execute(f"DELETE FROM words WHERE message IN {of_it}", (conversation,))
                db.execute(f"DELETE FROM unindexed WHERE message IN {of_it}", (conversation,))
                db.execute(f"DELETE FROM reply_tokens WHERE message IN {of_it}", (conversation,))
                db.execute("DELETE FROM messages WHERE conversation = ?", (conversation,))
                db.execute("DELETE FROM conversations WHERE id = ?", (conversation,))

    def read(self, sql: str, arguments: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(sql, arguments).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._carry_on(error)
        return self._db.execute(sql, arguments).fetchall()

    def write(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        self._writes += 1
        if self._writes % FOLD_AFTER_WRITES == 0:
            self.fold()
        try:
            with self._db:
                return work(self._db)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._carry_on(error)
        with self._db:
            return work(self._db)

    def change(self, conversation: int, column: str, value: object) -> None:
        def write(db: sqlite3.Connection) -> None:
            db.execute(f"UPDATE conversations SET {column} = ? WHERE id = ?", (value, conversation))
            seal_conversation(db, conversation)

        self.write(write)

    def next_id(self, table: str) -> int | None:
        """Return the number of a new row: SQLite's choice in the file, far above the file's own in memory."""
        if self._seed is None:
            return None
        highest = self._db.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
        return int(max(highest + 1, self._seed.first))

    def _carry_on(self, error: sqlite3.Error | UnicodeDecodeError) -> None:
        """Have the call that failed work when it is tried again: on a recovered file, or in memory.

        Raises ``error`` where it is no fault of the file.
        """
        if self._seed is not None:
            raise error
        if conversation_file.is_corruption(error):
            self._recover()
            return
        problem = conversation_file.problem_of(error, self.path)
        if problem is None:
            raise error
        log.warning("the conversations cannot be written: %s", error)
        self._go_unsaved(problem, self._db)

    def _go_unsaved(self, problem: Problem, db: sqlite3.Connection | None) -> None:
        memory, self._seed = unsaved_conversations.in_memory(self.path, db)
        self._db.close()
        self._db = memory
        self._report(problem)

    def _recover(self) -> None:
        self._suspicious = False
        self._join()
        self._db.close()
        try:
            problem = conversation_recovery.recover(self.path)
            self._db = self._opened()
        except (sqlite3.Error, OSError) as error:
            found = conversation_file.problem_of(error, self.path)
            if found is None:
                raise
            self._go_unsaved(found, None)
        else:
            self._report(problem)

    def _report(self, problem: Problem) -> None:
        self.problem = problem
        if self.on_problem is not None:
            self.on_problem(problem)
