"""Any order of saying, branching, stopping and killing leaves the tree that a plain dictionary says it should be."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bigmodel_studio.core.chat.conversation_values import ReplyFacts
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.protocol import Token

PICK = st.integers(0, 10**6)
WORDS = st.text("ab 三<>\n'", min_size=1, max_size=8)


@dataclass
class Expected:
    """A message as it should be kept; ``tokens`` are ids."""

    parent: int | None
    text: str
    state: str = "done"
    tokens: list[int] = field(default_factory=list)


class Tree(RuleBasedStateMachine):
    """One conversation, its messages by id, and the message that its shown path ends with."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="tree")
        self.path = Path(self.folder.name) / "conversations.sqlite3"
        self.store = Conversations(self.path)
        self.conversation = self.store.begin("tree")
        self.messages: dict[int, Expected] = {}
        self.leaf: int | None = None
        self.streaming: int | None = None
        self.dead: list[Conversations] = []

    def _picked(self, pick: int) -> int | None:
        return [None, *self.messages][pick % (len(self.messages) + 1)]

    @precondition(lambda self: self.streaming is None)
    @rule(pick=PICK, words=WORDS)
    def say(self, pick: int, words: str) -> None:
        parent = self._picked(pick)
        self.leaf = self.store.add(self.conversation, "user", words, parent=parent)
        self.messages[self.leaf] = Expected(parent, words)

    @precondition(lambda self: self.streaming is None)
    @rule(pick=PICK)
    def ask(self, pick: int) -> None:
        parent = self._picked(pick)
        self.leaf = self.store.add(self.conversation, "assistant", "", parent=parent, state="streaming")
        self.messages[self.leaf] = Expected(parent, "", "streaming")
        self.streaming = self.leaf

    @precondition(lambda self: self.streaming is None and self.messages)
    @rule(pick=PICK)
    def go_on(self, pick: int) -> None:
        self.streaming = list(self.messages)[pick % len(self.messages)]
        self.store.resume(self.streaming)
        self.messages[self.streaming].state = "streaming"

    @precondition(lambda self: self.streaming is not None)
    @rule(words=WORDS, id_=st.integers(0, 99))
    def stream(self, words: str, id_: int) -> None:
        assert self.streaming is not None
        token = Token(id=id_, text=words, logprob=-1.0, processed_logprob=-1.0)
        self.store.append(self.streaming, words, [token])
        self.messages[self.streaming].text += words
        self.messages[self.streaming].tokens.append(id_)

    @precondition(lambda self: self.streaming is not None)
    @rule(state=st.sampled_from(["done", "cancelled", "failed"]))
    def end(self, state: str) -> None:
        assert self.streaming is not None
        text = self.messages[self.streaming].text
        self.store.finish(self.streaming, text, state, ReplyFacts())  # type: ignore[arg-type]
        self.messages[self.streaming].state, self.streaming = state, None

    @precondition(lambda self: self.streaming is None and self.messages)
    @rule(pick=PICK, by=st.sampled_from([-1, 1]))
    def step(self, pick: int, by: int) -> None:
        shown = self.store.thread(self.conversation, limit=1000)
        if not shown:
            return
        message = shown[pick % len(shown)]
        versions = sorted(each for each, kept in self.messages.items() if kept.parent == message.parent)
        at = versions.index(message.id) + by
        leaf = self.store.show_version(message, by)
        assert (leaf is not None) == (0 <= at < len(versions))
        if leaf is not None:
            self.leaf = leaf
            assert versions[at] in self.store.shown_path(self.conversation)

    @precondition(lambda self: self.messages)
    @rule(pick=PICK)
    def jump(self, pick: int) -> None:
        message = list(self.messages)[pick % len(self.messages)]
        self.store.show_message(self.conversation, message)
        self.leaf = self.store.leaf(self.conversation)
        assert message in self.store.shown_path(self.conversation)

    @rule()
    def kill(self) -> None:
        """Open the file as after a kill: nobody has closed it, and a reply that streamed was interrupted."""
        self.dead.append(self.store)
        self.store = Conversations(self.path)
        assert self.store.problem is None
        if self.streaming is not None:
            self.messages[self.streaming].state, self.streaming = "interrupted", None

    @invariant()
    def is_as_expected(self) -> None:
        if not hasattr(self, "messages"):
            return
        kept = {message.id: message for message in self.store.messages(self.conversation)}
        assert {each: (m.parent, m.text, m.state) for each, m in kept.items()} == {
            each: (m.parent, m.text, m.state) for each, m in self.messages.items()
        }
        path, at = list[int](), self.leaf
        while at is not None:
            path.append(at)
            at = self.messages[at].parent
        assert self.store.shown_path(self.conversation) == path[::-1]
        for each, message in self.messages.items():
            assert [token.id for token in self.store.tokens(each)] == message.tokens

    def teardown(self) -> None:
        assert self.store.read("PRAGMA integrity_check") == [("ok",)]
        for store in (*self.dead, self.store):
            store.close()
        self.folder.cleanup()


Tree.TestCase.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
TestTree = Tree.TestCase
