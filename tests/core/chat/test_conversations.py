"""Conversations: what was said is there again, also after a kill, and can be found."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bigmodel_studio.core.chat.conversation_values import ReplyFacts, title_of
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.chat.conversations_beside import expire, listed, restore
from bigmodel_studio.protocol import Alternative, Problem, Token


@pytest.fixture
def path(home: Path) -> Path:
    return home / "conversations.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Conversations]:
    made = Conversations(path)
    yield made
    made.close()


def _said(store: Conversations, question: str, answer: str) -> int:
    conversation = store.begin(question)
    asked = store.add(conversation, "user", question, parent=None)
    reply = store.add(conversation, "assistant", "", parent=asked, state="streaming", model="tiny")
    store.finish(reply, answer, "done", ReplyFacts(new_tokens=3, finish_reason="stop"))
    while store.index_some():
        pass
    return conversation


def test_a_conversation_comes_back_with_its_facts(store: Conversations, path: Path) -> None:
    conversation = _said(store, "What is 2 + 2?", "4, I think")
    store.close()
    again = Conversations(path)
    asked, reply = again.thread(conversation)
    assert (asked.role, asked.text, asked.parent) == ("user", "What is 2 + 2?", None)
    assert (reply.text, reply.state, reply.model, reply.parent) == ("4, I think", "done", "tiny", asked.id)
    assert reply.facts == ReplyFacts(new_tokens=3, finish_reason="stop")
    assert again.all()[0].model == "tiny"
    again.close()


def test_a_reply_that_streams_is_read_with_what_came_so_far(store: Conversations) -> None:
    conversation = store.begin("x")
    reply = store.add(conversation, "assistant", "", parent=None, state="streaming")
    for piece in ("one ", "two ", "", "三"):
        store.append(reply, piece)
    assert store.thread(conversation)[0].text == "one two 三"


def test_tokens_are_kept_with_a_reply_and_go_with_it(path: Path) -> None:
    store = Conversations(path)
    conversation = store.begin("x")
    reply = store.add(conversation, "assistant", "", parent=None, state="streaming")
    others = (Alternative(7, "三", -0.25, None), Alternative(8, " b", -2.5, -1.5))
    tokens = [
        Token(id=n, text=f"t{n}", logprob=-n / 3, processed_logprob=-n / 7, alternatives=others) for n in range(9)
    ]
    store.append(reply, "t0t1t2t3", tokens[:4])
    store.append(reply, "", tokens[4:6])
    store.finish(reply, "whole", "done", ReplyFacts(), tokens=tokens[6:])
    assert store.tokens(reply) == tokens
    store.delete(conversation)
    store.close()
    later = Conversations(path, trash_days=-1)
    assert later.tokens(reply) == []
    later.close()


def test_a_failed_reply_keeps_its_problem(store: Conversations) -> None:
    conversation = store.begin("x")
    reply = store.add(conversation, "assistant", "", parent=None, state="streaming")
    problem = Problem(code="out-of-memory", arguments={"device": "cuda:0"})
    store.finish(reply, "half", "failed", ReplyFacts(problem=problem))
    assert store.thread(conversation)[0].facts.problem == problem


def test_a_reply_made_again_keeps_the_one_before(store: Conversations) -> None:
    conversation = _said(store, "Sing", "la")
    asked, first = store.thread(conversation)
    second = store.add(conversation, "assistant", "lo", parent=asked.id)
    assert [m.text for m in store.thread(conversation)] == ["Sing", "lo"]
    store.show(conversation, first.id)
    assert [m.text for m in store.thread(conversation)] == ["Sing", "la"]
    assert second != first.id


def test_a_long_thread_is_read_in_parts(store: Conversations) -> None:
    conversation, last = store.begin("long"), None
    for number in range(120):
        last = store.add(conversation, "user", str(number), parent=last)
    end = store.thread(conversation, limit=50)
    assert [m.text for m in end] == [str(n) for n in range(70, 120)]
    before = store.thread(conversation, before=end[0].id, limit=50)
    assert [m.text for m in before] == [str(n) for n in range(20, 70)]
    assert len(store.thread(conversation, before=before[0].id, limit=50)) == 20


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", {"apples", "kites", "中文"}),
        ("shortcut", {"kites"}),
        ("KITE hill", {"kites"}),
        ("kite apples", set()),
        ("残差", {"中文"}),
        ("残差网络在", {"中文"}),
        ("100%", {"apples"}),
        ('"', set()),
        ("apples", {"apples"}),
    ],
)
def test_search(store: Conversations, words: str, found: set[str]) -> None:
    for title, answer in [
        ("apples", "they are 100% red"),
        ("kites", "A kite over the hill takes a shortcut."),
        ("中文", "残差网络在每个块周围加一条捷径"),
    ]:
        store.rename(_said(store, "question", answer), title)
    assert {entry.title for entry in store.search(words)} == found


def test_the_end_of_a_long_reply_is_found(store: Conversations) -> None:
    conversation = _said(store, "tell", "filler words here. " * 400 + "zebra crossing")
    assert [entry.id for entry in store.search("zebra")] == [conversation]


def test_order_pin_rename_and_delete_with_undo(store: Conversations) -> None:
    first, second = _said(store, "first", "a"), _said(store, "second", "b")
    assert [entry.id for entry in store.all()] == [second, first]
    store.pin(first, True)
    assert [entry.id for entry in store.all()] == [first, second]
    store.rename(second, "  renamed ")
    store.rename(second, "   ")
    assert store.all()[1].title == "renamed"
    store.delete(first)
    assert [entry.id for entry in store.all()] == [second]
    assert store.search("first") == []
    restore(first)
    assert store.get(first) is not None
    assert len(store.thread(first)) == 2


def test_old_trash_is_emptied_on_opening(store: Conversations, path: Path) -> None:
    old, new = _said(store, "old zebra", "a"), _said(store, "new", "b")
    store.delete(old)
    store.delete(new)
    store.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE conversations SET deleted = deleted - 8 * 86400 WHERE id = ?", (old,))
    db.close()
    again = Conversations(path)
    restore(old)
    restore(new)
    assert [entry.id for entry in again.all()] == [new]
    assert again.thread(old) == []
    again.close()


def test_titles_are_read_beside_the_open_file(store: Conversations) -> None:
    first, second = _said(store, "first", "a"), _said(store, "second", "b")
    assert listed(10) == [(second, "second"), (first, "first")]
    store.delete(second)
    assert listed(10) == [(first, "first")]
    expire(first)  # it was not removed, and must not go
    expire(second)
    store.close()
    again = Conversations(store.path)
    restore(second)
    assert [entry.id for entry in again.all()] == [first]
    again.close()


def test_there_are_no_titles_without_a_file(home: Path) -> None:
    assert listed(10) == []
    assert list(home.iterdir()) == []


_WRITER = """
import sys, time
from pathlib import Path
from bigmodel_studio.core.chat.conversations import Conversations
store = Conversations(Path(sys.argv[1]))
conversation = store.begin("count")
asked = store.add(conversation, "user", "count", parent=None)
reply = store.add(conversation, "assistant", "", parent=asked, state="streaming", model="tiny")
for number in range(50):
    store.append(reply, f"{number} ")
print("written", flush=True)
time.sleep(60)
"""


def test_a_kill_loses_nothing_that_was_appended(path: Path, repository: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, cwd=repository, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline().strip() == "written"
    writer.kill()
    writer.wait()
    writer.stdout.close()
    store = Conversations(path)
    reply = store.thread(store.all()[0].id)[-1]
    assert reply.text == "".join(f"{number} " for number in range(50))
    assert reply.state == "interrupted"
    assert store.problem is None
    store.close()


def test_a_damaged_file_is_moved_aside_and_said(path: Path) -> None:
    path.write_bytes(b"this is no database, but something else " * 100)
    store = Conversations(path)
    assert store.problem is not None
    assert Path(str(store.problem.arguments["path"])).read_bytes().startswith(b"this is no database")
    assert store.all() == []
    _said(store, "again", "yes")
    store.close()


@pytest.mark.parametrize(("said", "title"), [("\n\n Hello \nworld", "Hello"), ("x" * 100, "x" * 59 + "…"), ("", "")])
def test_titles(said: str, title: str) -> None:
    assert title_of(said) == title
