"""Conversations that cannot be written now: everything is there to read, chatting goes on, and is saved later."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bigmodel_studio.core.chat.conversation_file import SCHEMA
from bigmodel_studio.core.chat.conversation_values import ChatSettings, ReplyFacts
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.protocol import ModelRef, Problem, Sampling

MESSAGES = 1000
WRITTEN_BEFORE = Path(__file__).parent / "written_before"


def _filled(path: Path, *, messages: int = MESSAGES) -> Conversations:
    store = Conversations(path)
    parent, conversation = None, 0
    for number in range(messages):
        if number % 100 == 0:
            with contextlib.closing(sqlite3.connect(path)) as other:
                other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            conversation, parent = store.begin(f"talk {number // 100}"), None
        parent = store.add(conversation, "assistant" if number % 2 else "user", f"message {number}", parent=parent)
    return store


def _texts(store: Conversations) -> set[str]:
    return {m.text for entry in store.all() for m in store.thread(entry.id, limit=10_000)}


EXPECTED = {f"message {number}" for number in range(MESSAGES)}


def _names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.is_file())


def _chat(store: Conversations, words: str) -> int:
    """One exchange in a new conversation, as the page has it."""
    conversation = store.begin(words)
    asked = store.add(conversation, "user", words, parent=None)
    reply = store.add(conversation, "assistant", "", parent=asked, state="streaming", model="tiny")
    store.append(reply, "so ")
    assert store.thread(conversation)[-1].text == "so "
    store.finish(reply, f"answer to {words}", "done", ReplyFacts(new_tokens=1))
    while store.index_some():
        pass
    assert [entry.id for entry in store.search(f"answer to {words}")] == [conversation]
    return conversation


@contextlib.contextmanager
def _mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A small disk of its own in memory, where the user may make one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", *options, "none", str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"no disk can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _fill_to_the_last_byte(folder: Path) -> None:
    with open(folder / "filler", "wb", buffering=0) as stream:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while stream.write(b"x" * size):
                    pass
    assert shutil.disk_usage(folder).free == 0


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
@pytest.mark.parametrize("killed", [False, True])
def test_a_full_disk_costs_nothing_and_is_told_at_each_start(tmp_path: Path, killed: bool) -> None:
    with _mounted(tmp_path / "disk", "-o", "size=12m") as disk:
        path = disk / "conversations.sqlite3"
        if killed:
            elsewhere = _filled(tmp_path / "conversations.sqlite3")
            for side in ("", "-wal"):
                shutil.copy(str(elsewhere.path) + side, str(path) + side)
            elsewhere.close()
        else:
            _filled(path).close()
        _fill_to_the_last_byte(disk)
        for _ in range(3):
            store = Conversations(path)
            assert store.problem is not None
            assert store.problem.code == "conversations-full"
            assert not store.saving
            assert _texts(store) == EXPECTED
            _chat(store, "unsaved")
            store.close()
            assert sorted(file.name for file in disk.iterdir() if "damaged" in file.name) == []
        store = Conversations(path)
        conversation = _chat(store, "saved later")
        assert not store.retry()
        (disk / "filler").unlink()
        assert store.retry()
        assert store.saving
        assert store.problem is None
        assert store.thread(conversation)[-1].text == "answer to saved later"
        store.close()
        again = Conversations(path)
        assert again.problem is None
        assert _texts(again) == EXPECTED | {"saved later", "answer to saved later"}
        again.close()


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
def test_a_disk_that_becomes_full_during_a_reply_loses_none_of_it(tmp_path: Path) -> None:
    with _mounted(tmp_path / "disk", "-o", "size=40m") as disk:
        store = _filled(disk / "conversations.sqlite3", messages=100)
        told: list[Problem] = []
        store.on_problem = told.append
        asked = store.add(1, "user", "go on", parent=100)
        reply = store.add(1, "assistant", "", parent=asked, state="streaming")
        store.append(reply, "first ")
        _fill_to_the_last_byte(disk)
        piece = "many words " * 100_000
        for _ in range(4):
            store.append(reply, piece)
        assert store.thread(1)[-1].text == "first " + piece * 4
        assert [problem.code for problem in told] == ["conversations-full"]
        (disk / "filler").unlink()
        assert store.retry()
        store.append(reply, "last")
        store.finish(reply, "first " + piece * 4 + "last", "done", ReplyFacts())
        store.close()
        again = Conversations(store.path)
        assert again.problem is None
        assert again.thread(1)[-1].text == "first " + piece * 4 + "last"
        assert len(_texts(again)) == 102
        again.close()


_LOCKER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
if sys.argv[2] == "exclusive":
    db.execute("PRAGMA locking_mode = EXCLUSIVE")
db.execute("BEGIN EXCLUSIVE")
db.execute("UPDATE conversations SET pinned = pinned")
print("locked", flush=True)
sys.stdin.read()
db.execute("COMMIT")
db.close()
"""


@pytest.mark.parametrize("kind", ["write", "exclusive"])
def test_a_file_that_another_process_locks_is_read_and_written_once_it_is_free(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "conversations.sqlite3"
    _filled(path).close()
    command = [sys.executable, "-c", _LOCKER, str(path), kind]
    locker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert locker.stdin is not None
    assert locker.stdout is not None
    assert locker.stdout.readline() == b"locked\n"
    try:
        store = Conversations(path, wait_s=0.05)
        assert store.problem is not None
        assert store.problem.code == "conversations-locked"
        assert _texts(store) == EXPECTED
        _chat(store, "while it is locked")
        assert not store.retry()
    finally:
        locker.stdin.close()
        locker.wait()
        locker.stdout.close()
    assert store.retry()
    store.close()
    again = Conversations(path)
    assert again.problem is None
    assert _texts(again) == EXPECTED | {"while it is locked", "answer to while it is locked"}
    again.close()
    assert _names(tmp_path) == ["conversations.sqlite3"]


def test_a_lock_that_comes_during_a_chat_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    store = _filled(path, messages=100)
    store.close()
    store = Conversations(path, wait_s=0.05)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.rename(1, "renamed meanwhile")
        asked = store.add(1, "user", "one more", parent=100)
        assert store.problem is not None
        assert store.problem.code == "conversations-locked"
        assert store.thread(1)[-1].id == asked
        other.execute("COMMIT")
    assert store.retry()
    store.close()
    again = Conversations(path)
    assert [(entry.title, again.thread(entry.id)[-1].text) for entry in again.all()] == [
        ("renamed meanwhile", "one more")
    ]
    assert len(_texts(again)) == 101
    again.close()


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
@pytest.mark.parametrize("killed", [False, True])
def test_a_read_only_home_is_read_and_told_at_each_start(tmp_path: Path, killed: bool) -> None:
    with _mounted(tmp_path / "disk") as disk:
        elsewhere = _filled(tmp_path / "conversations.sqlite3")
        if not killed:
            elsewhere.close()
        for side in ("",) if not killed else ("", "-wal"):
            shutil.copy(str(elsewhere.path) + side, str(disk / "conversations.sqlite3") + side)
        if killed:
            elsewhere.close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for _ in range(2):
            store = Conversations(disk / "conversations.sqlite3")
            assert store.problem is not None
            assert store.problem.code == "conversations-read-only"
            assert _texts(store) == EXPECTED
            _chat(store, "unsaved")
            assert not store.retry()
            store.close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions say nothing to this user")
def test_a_home_without_permission_to_write_is_read(tmp_path: Path) -> None:
    path = tmp_path / "home" / "conversations.sqlite3"
    _filled(path).close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        store = Conversations(path)
        assert store.problem is not None
        assert store.problem.code == "conversations-read-only"
        assert _texts(store) == EXPECTED
        store.close()
    finally:
        path.parent.chmod(0o700)


@pytest.mark.parametrize("home", ["a-file/home", "x" * 300, "/".join(["deep" * 20] * 8)])
def test_a_home_that_cannot_be_made_still_has_a_chat(tmp_path: Path, home: str) -> None:
    (tmp_path / "a-file").write_text("not a folder")
    store = Conversations(tmp_path / home / "conversations.sqlite3")
    assert store.problem is not None
    assert store.problem.code == "conversations-read-only"
    assert store.all() == []
    _chat(store, "unsaved")
    store.close()


def test_an_older_file_is_migrated_after_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    before = (WRITTEN_BEFORE / "schema_1.sqlite3").read_bytes()
    path.write_bytes(before)
    store = Conversations(path)
    assert store.problem is None
    titles = {entry.title: entry for entry in store.all()}
    assert set(titles) == {"What is 2 + 2?", "残差网络是什么？", "Sing"}
    assert titles["Sing"].pinned
    assert titles["Sing"].system == "Be brief."
    said = [message.text for message in store.thread(titles["What is 2 + 2?"].id)]
    assert said == ["What is 2 + 2?", "4", "And 3 + 3?", "6, I think"]
    cut = store.thread(titles["Sing"].id)[-1]
    assert (cut.text, cut.state) == ("cut off", "interrupted")
    assert len(store.thread(titles["残差网络是什么？"].id)[-1].text) == len("它在每个块周围加一条捷径。 ") * 400
    assert [entry.title for entry in store.search("捷径")] == ["残差网络是什么？"]
    store.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "conversations.schema-1.sqlite3")) as copy:
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
        assert copy.execute("SELECT count(*) FROM messages").fetchone() == (10,)
    with contextlib.closing(sqlite3.connect(path)) as migrated:
        assert migrated.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
    again = Conversations(path)
    assert again.problem is None
    assert len(again.all()) == 3
    again.close()


def test_a_file_without_settings_is_migrated_and_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    shutil.copy(WRITTEN_BEFORE / "schema_2.sqlite3", path)
    store = Conversations(path)
    assert store.problem is None
    numbers = store.all()
    assert (numbers[0].pinned, numbers[0].system, numbers[0].settings) == (True, "Be brief.", ChatSettings())
    two = next(entry.id for entry in numbers if entry.title == "What is 2 + 2?")
    assert [m.text for m in store.messages(two)] == ["What is 2 + 2?", "4", "It is 4"]
    chosen = ChatSettings(model=ModelRef(source="builtin", id="starter-gpt"), sampling=Sampling(top_k=7))
    store.set_settings(two, chosen)
    store.set_folder(two, "sums")
    store.close()
    again = Conversations(path)
    assert again.problem is None
    kept = again.get(two)
    assert kept is not None
    assert (kept.settings.model, kept.settings.sampling, kept.folder) == (chosen.model, chosen.sampling, "sums")
    again.close()
    assert (tmp_path / "conversations.schema-2.sqlite3").exists()


def test_a_damaged_older_file_is_recovered_not_sealed_anew(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    shutil.copy(WRITTEN_BEFORE / "schema_2.sqlite3", path)
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE conversations SET system = 'Be brieg.' WHERE system <> ''")
    store = Conversations(path)
    assert store.problem is not None
    assert store.problem.code == "conversations-damaged"
    assert len(store.all()) == 3
    store.close()


def test_an_older_file_is_left_as_it_is_where_no_copy_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "conversations.sqlite3"
    shutil.copy(WRITTEN_BEFORE / "schema_1.sqlite3", path)

    def full(*arguments: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        store = Conversations(path)
        assert store.problem is not None
        assert store.problem.code == "conversations-full"
        assert len(store.all()) == 3
    store._db.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert _names(tmp_path) == ["conversations.sqlite3"]


def test_a_newer_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    _filled(path, messages=100).close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    before = path.read_bytes(), path.stat().st_mtime_ns
    store = Conversations(path)
    assert store.problem is not None
    assert store.problem.code == "conversations-newer"
    assert store.problem.arguments["version"] == SCHEMA + 1
    assert not store.saving
    assert store.all() == []
    _chat(store, "unsaved")
    assert not store.retry()
    store.close()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert _names(tmp_path) == [path.name]


def test_the_log_is_folded_in_while_the_application_runs(tmp_path: Path) -> None:
    store = _filled(tmp_path / "conversations.sqlite3", messages=50)
    assert b"message 49" not in store.path.read_bytes()
    store.fold()
    while store.index_some():  # it waits for the thread
        pass
    assert b"message 49" in store.path.read_bytes()
    store.close()
