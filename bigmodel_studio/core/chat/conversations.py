"""Conversations on disk: an SQLite file (WAL) that a kill at any moment leaves whole, with full-text search.

Messages form a tree (``parent``); a conversation's ``leaf`` says which path through it is shown, so that a reply made
again keeps the one before it. A reply is appended to in pieces while it streams and put together at its end. Every
call here is small enough for the window's thread: long texts are indexed for search a chunk at a time
(``index_some``), and the write-ahead log is folded in by a thread (``fold``). A damaged file is recovered
(``conversation_recovery``); where the file is locked, full or read-only, chatting goes on in memory
(``unsaved_conversations``) and ``retry`` saves it later. Knows nothing of Qt.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Sequence

import msgspec

from bigmodel_studio.core.chat import kept_tokens
from bigmodel_studio.core.chat.conversation_file import MESSAGE_SUM, seal_conversation, seal_message
from bigmodel_studio.core.chat.conversation_store import ConversationStore
from bigmodel_studio.core.chat.conversation_values import (
    ChatSettings,
    Conversation,
    Message,
    MessageState,
    ReplyFacts,
    Role,
    conversation_of,
    encoded,
    message_of,
    title_of,
)
from bigmodel_studio.core.chat.message_tree import Node, node_of
from bigmodel_studio.protocol import Token

log = logging.getLogger(__name__)

INDEX_CHARACTERS = 2000
"""Indexed in one call of ``index_some``; chunks overlap by a few characters, so that words on their edge are found."""
_OVERLAP = 32
OUTLINE_CHARACTERS = 200
"""Of each message, in the outline of a conversation."""
_TRIGRAM = 3
_LINE = "id, title, model, system, updated, pinned, settings, folder"


class Conversations(ConversationStore):
    """All conversations and their messages."""

    # ------------------------------------------------------------------------------- conversations

    def all(self) -> list[Conversation]:
        """Return all but the deleted: pinned first, then the newest first."""
        rows = self.read(
            f"SELECT {_LINE} FROM conversations WHERE deleted IS NULL ORDER BY pinned DESC, updated DESC, id DESC"
        )
        return [conversation_of(row) for row in rows]

    def get(self, conversation: int) -> Conversation | None:
        """Return one conversation, None where there is none (or it is deleted)."""
        rows = self.read(
            f"SELECT {_LINE} FROM conversations WHERE id = ? AND deleted IS NULL",
            (conversation,),
        )
        return conversation_of(rows[0]) if rows else None

    def begin(
        self, first_words: str, *, system: str = "", settings: ChatSettings | None = None, folder: str = ""
    ) -> int:
        """Return a new conversation, titled by its first words, in a folder (empty: in none)."""
        now = time.time()

        def write(db: sqlite3.Connection) -> int:
            made = db.execute(
                "INSERT INTO conversations (id, title, system, created, updated, settings, folder)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (self.next_id("conversations"), title_of(first_words), system, now, now, encoded(settings), folder),
            ).lastrowid
            assert made is not None
            seal_conversation(db, made)
            return made

        return self.write(write)

    def rename(self, conversation: int, title: str) -> None:
        """Give it a title; an empty one is not taken."""
        if title.strip():
            self.change(conversation, "title", title.strip())

    def pin(self, conversation: int, pinned: bool) -> None:
        """Keep it at the top of the list, or not."""
        self.change(conversation, "pinned", int(pinned))

    def set_system(self, conversation: int, system: str) -> None:
        """Set the system prompt of the replies to come."""
        self.change(conversation, "system", system)

    def set_settings(self, conversation: int, settings: ChatSettings) -> None:
        """Set the model and the sampling of the replies to come."""
        self.change(conversation, "settings", encoded(settings))

    def set_folder(self, conversation: int, folder: str) -> None:
        """List it in a folder (empty: in none)."""
        self.change(conversation, "folder", folder.strip())

    def delete(self, conversation: int) -> None:
        """Mark it as removed: it goes for good when this file is opened after ``trash_days`` days."""
        self.change(conversation, "deleted", time.time())

    def search(self, text: str) -> list[Conversation]:
        """Return the conversations whose title or messages hold every word of ``text``, in the list's order."""
        return [entry for entry, _ in self.find(text)]

    def find(self, text: str) -> list[tuple[Conversation, int | None]]:
        """Return what ``search`` returns, each with the first of its messages that hold the most of the words; None
        where only its title holds them.
        """
        words = text.split()
        found: set[int] | None = None
        held: dict[int, dict[int, int]] = {}
        """Of each conversation the number of words by message."""
        for word in words:
            titles, messages = self._containing(word)
            here = titles | set(messages.values())
            found = here if found is None else found & here
            for message, conversation in messages.items():
                counts = held.setdefault(conversation, {})
                counts[message] = counts.get(message, 0) + 1

        def best(conversation: int) -> int | None:
            counts = held.get(conversation, {})
            return max(counts, key=lambda message: (counts[message], -message), default=None)

        return [(entry, best(entry.id)) for entry in self.all() if found is None or entry.id in found]

    def _containing(self, word: str) -> tuple[set[int], dict[int, int]]:
        """Return the conversations whose title holds a word, and the messages that do, with their conversations."""
        titles = self.read("SELECT id FROM conversations WHERE title LIKE ? ESCAPE '\\'", (_like(word),))
        if len(word) < _TRIGRAM:  # too short for the index, as most Chinese words are
            sql, value = "SELECT id, conversation FROM messages WHERE text LIKE ? ESCAPE '\\'", _like(word)
        else:
            sql = "SELECT id, conversation FROM messages WHERE id IN (SELECT message FROM words WHERE words MATCH ?)"
            value = '"' + word.replace('"', '""') + '"'
        return {int(row[0]) for row in titles}, {int(row[0]): int(row[1]) for row in self.read(sql, (value,))}

    def find_in(self, conversation: int, text: str) -> list[int]:
        """Return the messages of the path that is shown which hold ``text``, first to last."""
        if not text:
            return []
        rows = self.read(
            "SELECT id FROM messages WHERE conversation = ? AND text LIKE ? ESCAPE '\\'", (conversation, _like(text))
        )
        found = {int(row[0]) for row in rows}
        return [message for message in self.shown_path(conversation) if message in found]

    def shown_path(self, conversation: int) -> list[int]:
        """Return the ids of the messages of the path that is shown, first to last."""
        rows = self.read(
            "WITH RECURSIVE path(id, depth) AS (SELECT (SELECT leaf FROM conversations WHERE id = ?), 0 UNION ALL"
            " SELECT m.parent, depth + 1 FROM path JOIN messages m ON m.id = path.id WHERE m.parent IS NOT NULL)"
            " SELECT id FROM path WHERE id IS NOT NULL ORDER BY depth DESC",
            (conversation,),
        )
        return [int(row[0]) for row in rows]

    def show_message(self, conversation: int, message: int) -> None:
        """Show a path that a message is on: the one that is shown, where that is; else with what was last said after
        it.
        """
        if message not in self.shown_path(conversation):
            self.show(conversation, self._newest_after(conversation, message))

    def leaf(self, conversation: int) -> int | None:
        """Return the message that the shown path ends with."""
        rows = self.read("SELECT leaf FROM conversations WHERE id = ?", (conversation,))
        return rows[0][0] if rows else None

    # ------------------------------------------------------------------------------- messages

    def add(
        self,
        conversation: int,
        role: Role,
        text: str,
        *,
        parent: int | None,
        state: MessageState = "done",
        model: str = "",
    ) -> int:
        """Return a message behind ``parent``; the conversation shows it from now on. A reply begins "streaming"."""
        now = time.time()

        def write(db: sqlite3.Connection) -> int:
            made = db.execute(
                "INSERT INTO messages (id, conversation, parent, role, text, model, state, created)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (self.next_id("messages"), conversation, parent, role, text, model, state, now),
            ).lastrowid
            assert made is not None
            seal_message(db, made)
            db.execute(
                "UPDATE conversations SET leaf = ?, updated = ?, model = CASE ? WHEN '' THEN model ELSE ? END"
                " WHERE id = ?",
                (made, now, model, model, conversation),
            )
            seal_conversation(db, conversation)
            if state == "done":
                db.execute("INSERT INTO unindexed VALUES (?, 0)", (made,))
            return made

        return self.write(write)

    def resume(self, message: int) -> None:
        """Have a reply stream again, from the text that it has."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("UPDATE messages SET state = 'streaming' WHERE id = ?", (message,))
            seal_message(db, message)

        self.write(write)

    def append(self, message: int, piece: str, tokens: Sequence[Token] = ()) -> None:
        """Append more of a reply that streams, and its tokens; what was appended is there after a kill."""

        def write(db: sqlite3.Connection) -> None:
            if piece:
                db.execute("INSERT INTO pieces (message, text) VALUES (?, ?)", (message, piece))
            add_tokens(db, message, tokens)

        if piece or tokens:
            self.write(write)

    def tokens(self, message: int) -> list[Token]:
        """Return the tokens of a reply, as far as they were kept: none of one that was written by hand or imported."""
        found: list[Token] = []
        for (block,) in self.read("SELECT tokens FROM reply_tokens WHERE message = ? ORDER BY id", (message,)):
            try:
                found += kept_tokens.decode(block)
            except (msgspec.DecodeError, TypeError):
                log.warning("tokens of message %d cannot be read", message)
        return found

    def finish(
        self,
        message: int,
        text: str,
        state: MessageState,
        facts: ReplyFacts,
        *,
        model: str = "",
        tokens: Sequence[Token] = (),
    ) -> None:
        """Record the end of a reply: its whole text, how it ended, what is known of it, who gave it, and the tokens
        that were not appended yet.
        """

        def write(db: sqlite3.Connection) -> None:
            add_tokens(db, message, tokens)
            db.execute("DELETE FROM pieces WHERE message = ?", (message,))
            db.execute(
                "UPDATE messages SET text = ?, state = ?, facts = ?, model = CASE ? WHEN '' THEN model ELSE ? END"
                " WHERE id = ?",
                (text, state, msgspec.json.encode(facts).decode(), model, model, message),
            )
            seal_message(db, message)
            row = db.execute("SELECT conversation FROM messages WHERE id = ?", (message,)).fetchone()
            if model and row is not None:
                db.execute("UPDATE conversations SET model = ? WHERE id = ?", (model, row[0]))
                seal_conversation(db, row[0])
            db.execute("INSERT OR REPLACE INTO unindexed VALUES (?, 0)", (message,))

        self.write(write)

    def thread(self, conversation: int, *, before: int | None = None, limit: int = 50) -> list[Message]:
        """Return the last ``limit`` messages of the path that is shown, oldest first (of those before message
        ``before``).

        A reply that streams comes with what was appended so far.
        """
        last = "SELECT leaf FROM conversations" if before is None else "SELECT parent FROM messages"
        rows = self.read(
            f"WITH RECURSIVE path(id, depth) AS (SELECT ({last} WHERE id = ?), 0 UNION ALL"
            " SELECT m.parent, depth + 1 FROM path JOIN messages m ON m.id = path.id"
            " WHERE m.parent IS NOT NULL AND depth + 1 < ?)"
            " SELECT m.id, m.conversation, m.parent, m.role, m.text || coalesce((SELECT group_concat(text, '') FROM"
            " (SELECT text FROM pieces WHERE message = m.id ORDER BY id)), ''), m.model, m.state, m.facts,"
            f" m.id IN (SELECT id FROM messages WHERE id = m.id AND checksum IS {MESSAGE_SUM})"
            " FROM path JOIN messages m ON m.id = path.id ORDER BY depth DESC",
            (conversation if before is None else before, limit),
        )
        versions = self._versions(conversation)
        return [message_of(row, versions.get(row[2], [row[0]])) for row in rows]

    def messages(self, conversation: int) -> list[Message]:
        """Return every message of a conversation, all versions, in the order in which they were said."""
        rows = self.read(
            "SELECT m.id, m.conversation, m.parent, m.role, m.text || coalesce((SELECT group_concat(text, '') FROM"
            " (SELECT text FROM pieces WHERE message = m.id ORDER BY id)), ''), m.model, m.state, m.facts,"
            f" m.id IN (SELECT id FROM messages WHERE id = m.id AND checksum IS {MESSAGE_SUM})"
            " FROM messages m WHERE m.conversation = ? ORDER BY m.id",
            (conversation,),
        )
        return [message_of(row, [row[0]]) for row in rows]

    def outline(self, conversation: int) -> list[Node]:
        """Return every message of a conversation with the beginning of its text, in the order they were said."""
        rows = self.read(
            "SELECT id, parent, role, substr(text, 1, ?), model, state FROM messages WHERE conversation = ?"
            " ORDER BY id",
            (OUTLINE_CHARACTERS, conversation),
        )
        return [node_of(row) for row in rows]

    def _versions(self, conversation: int) -> dict[int | None, list[int]]:
        """Return the messages that stand behind the same one, oldest first, wherever there are several."""
        rows = self.read(
            "SELECT parent, group_concat(id) FROM messages WHERE conversation = ? GROUP BY parent HAVING count(*) > 1",
            (conversation,),
        )
        return {parent: sorted(map(int, together.split(","))) for parent, together in rows}

    def show(self, conversation: int, leaf: int | None) -> None:
        """Set which message the shown path ends with."""
        self.change(conversation, "leaf", leaf)

    def show_version(self, message: Message, by: int) -> int | None:
        """Show the version of a message that is ``by`` further on, with what was last said after it.

        Returns the shown path's last message, None where there is no such version.
        """
        versions = self._versions(message.conversation).get(message.parent, [message.id])
        at = versions.index(message.id) + by
        if not 0 <= at < len(versions):
            return None
        leaf = self._newest_after(message.conversation, versions[at])
        self.show(message.conversation, leaf)
        return leaf

    def _newest_after(self, conversation: int, message: int) -> int:
        """Return the end of the path from ``message`` that takes the newest answer at every step."""
        answers = self.read(
            "SELECT parent, max(id) FROM messages WHERE conversation = ? AND parent IS NOT NULL GROUP BY parent",
            (conversation,),
        )
        newest = dict(answers)
        while message in newest:
            message = int(newest[message])
        return message

    def index_some(self) -> bool:
        """Index at most ``INDEX_CHARACTERS`` of what was said for search; whether there is more to do.

        Also the place where damage that a thread found is mended.
        """
        if self._behind is not None and self._behind.is_alive():
            return True
        if self._suspicious:
            self._recover()
        rows = self.read(
            "SELECT m.id, u.start, substr(m.text, u.start + 1, ?), length(m.text)"
            " FROM unindexed u JOIN messages m ON m.id = u.message LIMIT 1",
            (INDEX_CHARACTERS + _OVERLAP,),
        )
        if not rows:
            return False
        message, start, text, length = rows[0]
        following = start + INDEX_CHARACTERS

        def write(db: sqlite3.Connection) -> None:
            db.execute("INSERT INTO words (text, message) VALUES (?, ?)", (text, message))
            if following < length:
                db.execute("UPDATE unindexed SET start = ? WHERE message = ?", (following, message))
            else:
                db.execute("DELETE FROM unindexed WHERE message = ?", (message,))

        self.write(write)
        return True


def _like(text: str) -> str:
    """Return a pattern of SQL's LIKE for texts that contain ``text``; its escape is the backslash."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def add_tokens(db: sqlite3.Connection, message: int, tokens: Sequence[Token]) -> None:
    """Add tokens to those that are kept of a reply."""
    if tokens:
        block = kept_tokens.encode(tokens)
        db.execute("INSERT INTO reply_tokens (message, tokens) VALUES (?, ?)", (message, block))
