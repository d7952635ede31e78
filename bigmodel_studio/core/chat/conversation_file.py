"""The file of conversations: its tables, the checksum that each row bears, opening it, and migrating an older one.

A checksum tells a row that the disk has changed from one that was written so: SQLite itself notices damage to its
structure only. Every connection that writes rows needs ``register``. It knows nothing of what is shown.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import zlib
from pathlib import Path

from bigmodel_studio.core.chat import sqlite_pages
from bigmodel_studio.protocol import Problem

SCHEMA = 3
_LIKELY_VERSIONS = 1000
"""A version above is a damaged header, not a newer application."""
CHECKED_AT_ONCE_BYTES = 8 * 1024 * 1024
"""A file up to this size is checked whole when it is opened; a larger one in the background."""

TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL DEFAULT '', system TEXT NOT NULL DEFAULT '',
  leaf INTEGER, created REAL NOT NULL, updated REAL NOT NULL, pinned INTEGER NOT NULL DEFAULT 0, deleted REAL,
  checksum INTEGER, settings TEXT NOT NULL DEFAULT '{}', folder TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, parent INTEGER, role TEXT NOT NULL, text TEXT NOT NULL,
  model TEXT NOT NULL DEFAULT '', state TEXT NOT NULL, facts TEXT NOT NULL DEFAULT '{}', created REAL NOT NULL,
  checksum INTEGER
);
CREATE INDEX IF NOT EXISTS messages_of ON messages (conversation);
CREATE TABLE IF NOT EXISTS pieces (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS pieces_of ON pieces (message);
CREATE TABLE IF NOT EXISTS reply_tokens (id INTEGER PRIMARY KEY, message INTEGER NOT NULL, tokens BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS reply_tokens_of ON reply_tokens (message);
CREATE TABLE IF NOT EXISTS unindexed (message INTEGER PRIMARY KEY, start INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, message UNINDEXED, tokenize = 'trigram');
"""
_MERGING = (
    "INSERT INTO words (words, rank) VALUES ('automerge', 2)",
    "INSERT INTO words (words, rank) VALUES ('crisismerge', 64)",
)

MESSAGE_SUM = (
    "row_sum(id, conversation, parent, CAST(role AS BLOB), CAST(text AS BLOB), CAST(model AS BLOB),"
    " CAST(state AS BLOB), CAST(facts AS BLOB))"
)
_CONVERSATION_SUM_2 = "row_sum(id, CAST(title AS BLOB), CAST(model AS BLOB), CAST(system AS BLOB))"
CONVERSATION_SUM = _CONVERSATION_SUM_2[:-1] + ", CAST(settings AS BLOB), CAST(folder AS BLOB))"
_MIGRATIONS = {
    1: (
        "ALTER TABLE messages ADD COLUMN checksum INTEGER",
        "ALTER TABLE conversations ADD COLUMN checksum INTEGER",
        f"UPDATE messages SET checksum = {MESSAGE_SUM}",
        f"UPDATE conversations SET checksum = {_CONVERSATION_SUM_2}",
    ),
    2: (
        "ALTER TABLE conversations ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'",
        "ALTER TABLE conversations ADD COLUMN folder TEXT NOT NULL DEFAULT ''",
        f"UPDATE conversations SET checksum = {CONVERSATION_SUM}",
    ),
}
"""What brings a file of each older version to the next; tables that are new are made by ``make_tables``."""
_ADDED = {"checksum", "settings", "folder"}
_ADDED_TABLES = {"reply_tokens", "reply_tokens_of"}
"""Columns and tables that the first version had not."""


class DamagedError(Exception):
    """The file is not what was written, though SQLite may still open it."""


def checksum(*values: sqlite_pages.Value) -> int:
    """Return CRC-32 of a row's values, text as UTF-8."""
    parts = (value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value for value in values)
    return zlib.crc32(b"\x1f".join(part if isinstance(part, bytes) else repr(part).encode() for part in parts))


def register(db: sqlite3.Connection) -> None:
    """Give a connection ``row_sum``, and let it read text that is not UTF-8 any more."""
    db.create_function("row_sum", -1, checksum, deterministic=True)
    db.text_factory = lambda data: data.decode("utf-8", "replace")


def seal_message(db: sqlite3.Connection, message: int) -> None:
    """Put its checksum beside a message that was written."""
    db.execute(f"UPDATE messages SET checksum = {MESSAGE_SUM} WHERE id = ?", (message,))


def seal_conversation(db: sqlite3.Connection, conversation: int) -> None:
    """Put its checksum beside a conversation that was written."""
    db.execute(f"UPDATE conversations SET checksum = {CONVERSATION_SUM} WHERE id = ?", (conversation,))


def newer_version(path: Path) -> int | None:
    """Return the version of a file that a newer application wrote, None of any other. Nothing is touched; raises
    ``OSError``.
    """
    header = sqlite_pages.read_header(path)
    if header is None or not header.sane or not SCHEMA < header.user_version < _LIKELY_VERSIONS:
        return None
    return header.user_version


def is_older(path: Path) -> bool:
    """Return whether an earlier version wrote the file last. Raises ``OSError``."""
    header = sqlite_pages.read_header(path)
    return header is not None and header.sane and 0 < header.user_version < SCHEMA


def open_database(path: Path, *, wait_s: float) -> sqlite3.Connection:
    """Open the file for reading and writing, made or migrated where that is needed.

    Raises ``DamagedError``, ``sqlite3.Error`` or ``OSError``; nothing is lost then.
    """
    header = sqlite_pages.read_header(path)
    if header is not None and (not header.sane or header.user_version >= _LIKELY_VERSIONS):
        raise DamagedError("the header")
    if not sqlite_pages.is_whole(sqlite_pages.wal_path(path)):
        raise DamagedError("the write-ahead log")  # before SQLite has opened it, and thrown it away on closing
    if header is None:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=wait_s)
    try:
        register(db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")  # what was deleted cannot come back when a file is recovered
        db.execute("PRAGMA wal_autocheckpoint = 0")  # never in the middle of a chat: it waits for the disk
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        if header is not None and path.stat().st_size <= CHECKED_AT_ONCE_BYTES:
            check_structure(db)
        if header is not None and db.execute("SELECT 1 FROM sqlite_master").fetchone():
            check_schema(db)
            migrate(db, path)
        make_tables(db)
        if header is not None and path.stat().st_size <= CHECKED_AT_ONCE_BYTES:
            check_rows(db)
    except BaseException as error:
        db.close()
        if header is not None and _code(error) == sqlite3.SQLITE_ERROR:
            raise DamagedError(str(error)) from error  # our statements fit our tables
        raise
    return db


def make_tables(db: sqlite3.Connection) -> None:
    """Make the tables that are missing. It always writes: a file that cannot be written is noticed here."""
    fresh = not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'words'").fetchone()
    db.executescript(f"BEGIN; {TABLES} COMMIT;")
    with db:
        if fresh:
            for merging in _MERGING:
                db.execute(merging)
        db.execute(f"PRAGMA user_version = {SCHEMA}")


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring an older file to ``SCHEMA``, after making a copy of it beside it.

    Raises ``DamagedError`` where its rows are not what was written, ``sqlite3.Error`` or ``OSError``.
    """
    version = _version(db)
    if version == SCHEMA:
        return
    if version == 2:  # new checksums would hide what the old ones tell
        _check_sums(db, "conversations", _CONVERSATION_SUM_2)
    before = path.with_name(f"{path.stem}.schema-{version}{path.suffix}")
    copying = before.with_name(before.name + ".part")
    with contextlib.suppress(FileNotFoundError):
        copying.unlink()
    os.close(os.open(copying, os.O_CREAT | os.O_RDWR, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(copying)) as copy:
            db.backup(copy)
        os.replace(copying, before)
    except BaseException:
        with contextlib.suppress(OSError):
            copying.unlink()
        raise
    with db:
        db.execute("BEGIN IMMEDIATE")
        for step in range(version, SCHEMA):
            for statement in _MIGRATIONS[step]:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {SCHEMA}")


def _version(db: sqlite3.Connection) -> int:
    """Return the version of an open file, by its columns."""
    columns = {row[0] for row in db.execute("SELECT name FROM pragma_table_info('conversations')")}
    return 1 if "checksum" not in columns else 2 if "settings" not in columns else SCHEMA


def check_structure(db: sqlite3.Connection) -> None:
    """Have SQLite look through its pages. Raises ``DamagedError`` or ``sqlite3.Error``."""
    found = db.execute("PRAGMA quick_check(1)").fetchone()
    if found is None or found[0] != "ok":
        raise DamagedError(str(found))


def check_schema(db: sqlite3.Connection) -> None:
    """Compare the tables with those that this application makes: one whose name is damaged would be made anew, empty.

    Raises ``DamagedError`` or ``sqlite3.Error``.
    """
    with contextlib.closing(sqlite3.connect(":memory:")) as ours:
        ours.executescript(TABLES)
        expected, found = _columns(ours), _columns(db)
    for tables in (found, expected):
        for name in _ADDED_TABLES:
            tables.pop(name, None)
        for columns in tables.values():
            columns -= _ADDED
    if found != expected:
        raise DamagedError("the schema")


def _columns(db: sqlite3.Connection) -> dict[str, set[str]]:
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")]
    return {name: {row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))} for name in names}


def check_rows(db: sqlite3.Connection) -> None:
    """Compare every row with its checksum. Raises ``DamagedError`` or ``sqlite3.Error``."""
    for table, row_sum in (("messages", MESSAGE_SUM), ("conversations", CONVERSATION_SUM)):
        _check_sums(db, table, row_sum)


def _check_sums(db: sqlite3.Connection, table: str, row_sum: str) -> None:
    wrong = db.execute(f"SELECT id FROM {table} WHERE checksum IS NOT {row_sum} LIMIT 1").fetchone()
    if wrong is not None:
        raise DamagedError(f"{table} {wrong[0]}")


def check(db: sqlite3.Connection) -> None:
    """Look through a file that is open elsewhere. Raises ``DamagedError`` or ``sqlite3.Error``."""
    register(db)
    check_structure(db)
    check_rows(db)


def fold(db: sqlite3.Connection) -> None:
    """Fold the write-ahead log of a file that is open elsewhere into it. Raises ``sqlite3.Error``."""
    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def is_corruption(error: BaseException) -> bool:
    """Return whether SQLite says that the file is damaged: not that it is locked, full, or out of reach."""
    unreadable = isinstance(error, DamagedError | UnicodeDecodeError)  # SQLite quotes what it found in its messages
    return unreadable or _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


_LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_OUT_OF_REACH = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR)
_LEAST_FREE_BYTES = 64 * 1024
"""With less than this the log cannot be begun, which SQLite reports as a failure to open or to read."""


def problem_of(error: BaseException, path: Path) -> Problem | None:
    """Return what to report of a file that cannot be written now; None of an error that is no fault of its
    place.
    """
    code = _code(error)
    detail = (error.strerror if isinstance(error, OSError) else None) or str(error)
    if code in _LOCKED:
        return Problem(code="conversations-locked", arguments={"path": str(path)})
    out_of_reach = code in _OUT_OF_REACH or isinstance(error, OSError)
    no_space = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if code == sqlite3.SQLITE_FULL or no_space or (out_of_reach and _is_full(path)):
        return Problem(code="conversations-full", arguments={"path": str(path)})
    if out_of_reach:
        return Problem(code="conversations-read-only", arguments={"path": str(path), "detail": detail})
    return None


def _is_full(path: Path) -> bool:
    try:
        if os.access(path.parent, os.W_OK):  # a disk that is read-only is full as well, now and then
            return shutil.disk_usage(path.parent).free < _LEAST_FREE_BYTES
    except OSError:
        pass
    return False


def _code(error: BaseException) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
