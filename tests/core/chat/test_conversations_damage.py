"""Conversations on a damaged disk: every message that is not on a damaged page is still there, and the user is told."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from bigmodel_studio.core.chat import conversation_store
from bigmodel_studio.core.chat.conversation_values import ReplyFacts
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.system import files
from bigmodel_studio.protocol import Problem

MESSAGES = 1000
PAGE_BYTES = 4096


def _text(number: int) -> str:
    long = 400 if number % 50 == 0 else 12
    return " ".join([f"<{number:04d}>", *(f"word{number:04d}" for _ in range(long))])


def _filled(path: Path, *, messages: int = MESSAGES) -> Conversations:
    store = Conversations(path)
    parent, conversation = None, 0
    for number in range(messages):
        if number % 100 == 0:
            conversation, parent = store.begin(f"talk {number // 100}"), None
        parent = store.add(conversation, "assistant" if number % 2 else "user", _text(number), parent=parent)
    return store


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "conversations.sqlite3"
    store = _filled(path)
    while store.index_some():
        pass
    store.close()
    return path


@pytest.fixture(scope="module")
def holding(thousand: Path) -> dict[int, set[int]]:
    """The pages that hold a part of a message, by its number."""
    data = thousand.read_bytes()
    with sqlite3.connect(thousand) as db:
        of_messages = {row[0] - 1 for row in db.execute("SELECT pageno FROM dbstat WHERE name = 'messages'")}
    db.close()
    found = {number: _pages(data, number) & of_messages for number in range(MESSAGES)}
    assert all(found.values())
    return found


def _readable(store: Conversations) -> set[str]:
    return {
        message.text
        for conversation in store.all()
        for message in store.thread(conversation.id, limit=10_000)
        if message.facts.problem is None
    }


def _pages(data: bytes | bytearray, number: int) -> set[int]:
    """The pages that hold a part of a message."""
    found, place, marker = set(), -1, f"{number:04d}".encode()
    while (place := data.find(marker, place + 1)) >= 0:
        found.add(place // PAGE_BYTES)
    return found


def _flip(data: bytearray, count: int, seed: int, start: int = 0) -> set[int]:
    """Flip bits; the pages that were damaged."""
    chance, damaged = random.Random(seed), set()
    for _ in range(count):
        place = chance.randrange(start, len(data))
        data[place] ^= 1 << chance.randrange(8)
        damaged.add(place // PAGE_BYTES)
    return damaged


@pytest.mark.parametrize("seed", range(6))
def test_two_hundred_bit_flips_cost_what_is_on_damaged_pages_only(
    thousand: Path, holding: dict[int, set[int]], tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "conversations.sqlite3"
    data = bytearray(thousand.read_bytes())
    damaged = _flip(data, 200, seed)
    path.write_bytes(data)
    store = Conversations(path)
    readable = _readable(store)
    expected = {_text(number) for number, pages in holding.items() if not pages & damaged}
    assert len(expected) > 50
    assert expected - readable == set()
    assert store.problem is not None
    assert store.problem.code == "conversations-damaged"
    assert Path(str(store.problem.arguments["path"])).read_bytes() == bytes(data)
    assert store.saving
    store.close()
    again = Conversations(path)
    assert again.problem is None
    assert _readable(again) == readable
    again.close()


def test_a_single_flipped_bit_in_a_message_or_a_title_is_noticed(thousand: Path, tmp_path: Path) -> None:
    original = thousand.read_bytes()
    for marker in (b"word0123", b"talk 3"):
        path = tmp_path / "conversations.sqlite3"
        data = bytearray(original)
        with sqlite3.connect(thousand) as db:
            table = "messages" if marker.startswith(b"word") else "conversations"
            pages = {row[0] - 1 for row in db.execute("SELECT pageno FROM dbstat WHERE name = ?", (table,))}
        db.close()
        place = next(
            found
            for page in sorted(pages)
            if (found := data.find(marker, page * PAGE_BYTES, (page + 1) * PAGE_BYTES)) >= 0
        )
        data[place + 2] ^= 1
        path.write_bytes(data)
        store = Conversations(path)
        assert store.problem is not None, marker
        assert store.problem.code == "conversations-damaged"
        assert len(_readable(store)) == MESSAGES - (1 if table == "messages" else 0)
        store.close()
        path.unlink()


@pytest.mark.parametrize("seed", range(20))
def test_one_flipped_bit_changes_nothing_in_silence(thousand: Path, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "conversations.sqlite3"
    data = bytearray(thousand.read_bytes())
    _flip(data, 1, 1000 + seed)
    path.write_bytes(data)
    store = Conversations(path)
    texts, titles = _readable(store), sorted(entry.title for entry in store.all())
    if store.problem is None:
        assert texts == {_text(number) for number in range(MESSAGES)}
        assert titles == sorted(f"talk {number}" for number in range(10))
    store.close()


@pytest.mark.parametrize("where", ["header", "frame", "anywhere"])
def test_a_damaged_log_costs_its_damaged_pages_only_and_is_kept_beside_its_file(tmp_path: Path, where: str) -> None:
    path, home = tmp_path / "conversations.sqlite3", tmp_path / "killed"
    home.mkdir()
    store = _filled(path, messages=300)
    for name in ("conversations.sqlite3", "conversations.sqlite3-wal"):
        shutil.copy(tmp_path / name, home / name)  # as a kill leaves them
    store.close()
    log = home / "conversations.sqlite3-wal"
    data = bytearray(log.read_bytes())
    assert len(data) > 200 * PAGE_BYTES
    if where == "header":
        data[20] ^= 4
    elif where == "frame":
        data[32 + 24 + 100] ^= 4
    else:
        _flip(data, 5, 3)
    log.write_bytes(data)
    again = Conversations(home / "conversations.sqlite3")
    assert again.problem is not None
    assert again.problem.code == "conversations-damaged"
    assert len(_readable(again)) >= (300 if where != "anywhere" else 270)
    aside = Path(str(again.problem.arguments["path"]))
    assert aside.with_name(aside.name + "-wal").read_bytes()[:4096] == bytes(data[:4096])
    again.close()


def test_what_only_the_log_holds_is_recovered_with_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log can hold everything since the last start: it goes with its file, and is never left for the new one."""
    monkeypatch.setattr(conversation_store, "FOLD_AFTER_WRITES", 1000)  # nothing is folded into the file meanwhile
    path = tmp_path / "conversations.sqlite3"
    store = _filled(path, messages=100)
    killed = tmp_path / "killed" / "conversations.sqlite3"
    killed.parent.mkdir()
    log = Path(str(path) + "-wal")
    shutil.copy(log, killed.with_name(killed.name + "-wal"))
    killed.write_bytes(b"\xff" * path.stat().st_size)
    store.close()
    again = Conversations(killed)
    assert again.problem is not None
    assert _readable(again) == {_text(number) for number in range(100)}
    aside = Path(str(again.problem.arguments["path"]))
    kept = sorted(file.name for file in killed.parent.iterdir() if file.name.startswith(aside.stem))
    assert kept[:2] == [aside.name, aside.name + "-wal"]
    again.close()
    last = Conversations(killed)
    assert last.problem is None
    assert len(_readable(last)) == 100
    last.close()


def test_messages_around_a_lost_one_are_still_shown(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    store = _filled(path, messages=100)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM messages WHERE id IN (30, 31, 60)")
        db.execute("DELETE FROM conversations")
    db.close()
    path.write_bytes(path.read_bytes()[:18] + b"\xff\xff" + path.read_bytes()[20:])
    again = Conversations(path)
    assert len(_readable(again)) == 97
    (conversation,) = again.all()
    assert conversation.title == _text(0)[:60].strip()
    notes = [m for m in again.thread(conversation.id, limit=200) if m.facts.problem is not None]
    assert [note.facts.problem.code for note in notes if note.facts.problem] == ["message-lost"] * 2
    again.close()


def test_a_recovery_that_was_killed_between_its_renames_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bigmodel_studio.core.chat import conversation_recovery

    path = tmp_path / "conversations.sqlite3"
    _filled(path, messages=20).close()
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with monkeypatch.context() as patch:
        patch.setattr(conversation_recovery, "finish", lambda path: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            conversation_recovery.recover(path)
    assert not path.exists()
    store = Conversations(path)
    assert len(_readable(store)) == 20
    store.close()


def test_a_recovery_that_was_killed_between_a_file_and_its_log_leaves_no_log_for_the_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bigmodel_studio.core.chat import conversation_recovery

    path, killed = tmp_path / "conversations.sqlite3", tmp_path / "killed" / "conversations.sqlite3"
    killed.parent.mkdir()
    monkeypatch.setattr(conversation_store, "FOLD_AFTER_WRITES", 1000)  # a log that was folded begins anew
    store = _filled(path, messages=100)
    log = killed.with_name(killed.name + "-wal")
    shutil.copy(Path(str(path) + "-wal"), log)
    killed.write_bytes(b"\xff" * path.stat().st_size)
    store.close()
    contents, replace = log.read_bytes(), files.replace

    def until_the_log(source: Path, target: Path) -> None:
        if source.name.endswith("-wal"):
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(conversation_recovery, "replace", until_the_log)
        with pytest.raises(KeyboardInterrupt):
            conversation_recovery.recover(killed)
    assert not killed.exists()
    assert log.read_bytes() == contents, "the old log lies where the new file will be"
    again = Conversations(killed)
    aside = [file for file in killed.parent.iterdir() if "damaged" in file.name and file.name.endswith("-wal")]
    assert [file.read_bytes() for file in aside] == [contents], "the log is kept, away from the new file"
    assert _readable(again) == {_text(number) for number in range(100)}
    again.close()


def test_a_message_that_does_not_match_its_checksum_is_marked_when_it_is_read(tmp_path: Path) -> None:
    store = _filled(tmp_path / "conversations.sqlite3", messages=3)
    with sqlite3.connect(store.path) as db:
        db.execute("UPDATE messages SET text = 'changed' WHERE id = 2")
    db.close()
    problems = [message.facts.problem for message in store.thread(1)]
    assert [problem.code if problem else "" for problem in problems] == ["", "message-damaged", ""]
    store.finish(2, "written again", "done", ReplyFacts())
    assert store.thread(1)[1].facts.problem is None
    store.close()


def test_damage_that_appears_while_the_file_is_open_is_mended(tmp_path: Path) -> None:
    store = _filled(tmp_path / "conversations.sqlite3", messages=200)
    store.close()
    store = Conversations(store.path)
    told: list[Problem] = []
    store.on_problem = told.append
    with sqlite3.connect(store.path) as other:
        other.execute("PRAGMA user_version = 2")  # a change by another: what was read is read again
    other.close()
    data = bytearray(store.path.read_bytes())
    for page in range(1, len(data) // PAGE_BYTES):
        if data[page * PAGE_BYTES] == 5:
            data[page * PAGE_BYTES] = 0x7F  # interior pages only: no message stands there
    with open(store.path, "r+b") as stream:
        stream.write(data)
    assert len(_readable(store)) == 200
    assert [problem.code for problem in told] == ["conversations-damaged"]
    assert store.saving
    store.close()
