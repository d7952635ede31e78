"""One conversation and the reply that is on its way: requests out, tokens in, everything kept on disk as it comes.

It holds what the page shows and knows no widget. A message that is sent before there is a model, or while the engine
loads, waits and is answered then. What streams is handed on in bundles, at most 30 a second, and kept in pieces, at
most four a second; a reply that is stopped or fails keeps what was said.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.chat.conversation_values import ChatSettings, Message, MessageState
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.protocol import (
    Done,
    End,
    Event,
    Failed,
    Generate,
    Generated,
    ModelRef,
    Notice,
    Problem,
    Progress,
    Sampling,
    Token,
    Turn,
)
from bigmodel_studio.ui.pages.chat.prompt_turns import MOST_TURNS, turns_of
from bigmodel_studio.ui.pages.chat.reply import Branch, Queued, Reply
from bigmodel_studio.ui.window.studio import Studio

log = logging.getLogger(__name__)

SHOW_MS = 33
KEEP_S = 0.25
KEPT_ALTERNATIVES = 5
"""What else each token could have been, as it is kept beside the reply."""


class Talk(QObject):
    """The conversation that is shown; ``conversation`` is 0 until its first message is sent."""

    message_added = Signal(object)
    """A ``Message`` at the end of the transcript (a reply comes with state "streaming" and no text)."""
    message_ended = Signal(object)
    """The ``Message`` as it is now: its whole text, how it ended, its facts."""
    text_added = Signal(int, str)
    """A message's id and what it gained."""
    named = Signal(int, str)
    """A reply that had waited for a model, and the name of the one that will give it."""
    counted = Signal(int, object)
    """The id of the reply that streams, and its ``ReplyFacts`` so far."""
    waiting = Signal(int, object)
    """A reply's id, and the ``Progress`` that it waits for."""
    busy_changed = Signal(bool)
    queue_changed = Signal()
    """What waits to be sent has changed."""
    listed = Signal()
    """The list of conversations has changed."""

    def __init__(self, studio: Studio, store: Conversations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self.store = store
        self.conversation = 0
        self.system = ""
        self.sampling = Sampling()
        self.settings = ChatSettings()
        """What a conversation that is begun is to go on with."""
        self.folder = ""
        """The folder that a conversation that is begun is put into; empty: none."""
        self.model: ModelRef | None = None
        self.draft_of: Callable[[ModelRef], ModelRef | None] = lambda _: None
        """The model that guesses ahead for another."""
        self._last: int | None = None
        self._continued = False
        self._reply: Reply | None = None
        self._job: Job | None = None
        self._show_timer = QTimer(self, interval=SHOW_MS)
        self._show_timer.timeout.connect(self._show)
        self._queue: list[Queued] = []

    @property
    def queue(self) -> list[str]:
        """What the user sent while a reply was on its way, oldest first."""
        return [waiting.text for waiting in self._queue]

    @property
    def busy(self) -> bool:
        """Whether a reply is on its way."""
        return self._reply is not None

    # ------------------------------------------------------------------------------- what the page asks for

    def open(self, conversation: int) -> None:
        """Go on with a conversation (0: a new one). A reply that is on its way in another is stopped."""
        self.shut()
        self.conversation = conversation
        self.reopen()

    def reopen(self) -> None:
        """Go on with the path that is shown now."""
        self._last = self.store.leaf(self.conversation)

    def choose_model(self, ref: ModelRef) -> None:
        """Choose the model that answers from now on; a message that waited for one is answered."""
        self.model = ref
        if self._reply is not None and self._job is None:
            self._reply.model = name_of(ref)
            self.named.emit(self._reply.message, self._reply.model)
            self._submit(ref)

    def send(self, text: str) -> bool:
        """Add what the user said and ask for the reply; while one is on its way, it waits for that one's end.

        False, and nothing done, where there are no words.
        """
        if not text.strip():
            return False
        if self.busy:
            written_on_its_path = self._reply is not None and self._last == self._reply.message
            self._queue.append(Queued(text, None if written_on_its_path else self._last))
            self.queue_changed.emit()
            return True
        return self._say(text, self._last)

    def withdraw(self, at: int) -> str:
        """Return what waits at a place of the queue, which is not sent any more."""
        text = self._queue.pop(at).text
        self.queue_changed.emit()
        return text

    def send_next(self) -> None:
        """Send what has waited longest, where no reply is on its way."""
        self._send_next(self._last)

    def _send_next(self, behind: int | None) -> None:
        """Send what has waited longest behind that message, or on the path on which it was written."""
        if not self._queue or self.busy:
            return
        first = self._queue.pop(0)
        after = first.after or behind
        for other in self._queue:
            target = other.after or behind
            other.after = None if target == after else target
        if not self._say(first.text, after):
            self._queue.insert(0, Queued(first.text, after))
        self.queue_changed.emit()

    def go_on(self, reply: Message) -> None:
        """Have the model go on with a reply that was cut off. One that was answered goes on as another version."""
        if self.busy or not reply.text:
            return
        if reply.id != self._last:
            self._last = self.store.add(
                self.conversation, "assistant", reply.text, parent=reply.parent, model=reply.model
            )
        assert self._last is not None
        self.store.resume(self._last)
        self._begin(continued=True)

    def branch(self, reply: Message, branch: Branch) -> bool:
        """Go on from a place of a reply with another token, as another version of it; not while one is on its way."""
        if self.busy:
            return False
        self._last = branch.keep(self.store, reply)
        self._begin(branch=branch)
        return True

    def edit(self, message: Message, text: str) -> bool:
        """Say a message in other words, beside the ones before, which are kept. What the user said is answered anew.

        False, and nothing done, while a reply is on its way or where there are no words.
        """
        if self.busy or not text.strip():
            return False
        if message.role == "user":
            return self._say(text, message.parent)
        try:
            self._last = self.store.add(
                self.conversation, "assistant", text, parent=message.parent, model=message.model
            )
        except sqlite3.Error as error:
            self._report_unwritable(error)
            return False
        self.message_added.emit(self._newest())
        self.listed.emit()
        return True

    def step(self, message: Message, by: int) -> bool:
        """Go to another version of a message; whether there is one. Not while a reply is on its way."""
        leaf = None if self.busy else self.store.show_version(message, by)
        if leaf is None:
            return False
        self._last = leaf
        return True

    def regenerate(self, reply: Message) -> None:
        """Make a reply again, beside the one before, which is kept."""
        if self.busy:
            return
        self.store.show(self.conversation, reply.parent)
        self._last = reply.parent
        self._answer(reply.parent)

    @Slot()
    def stop(self) -> None:
        """Stop the reply that is on its way; what was said stays."""
        if self._reply is None:
            return
        if self._job is None:
            self._finish("cancelled", None, None)
        else:
            self._job.cancel()

    def shut(self) -> None:
        """Stop, and keep what was said, without waiting for the engine. What waits to be sent is forgotten."""
        self._show_timer.stop()
        self._queue.clear()
        self.queue_changed.emit()
        if self._reply is not None:
            job, self._job = self._job, None
            if job is not None:
                job.cancel()
            self._finish("cancelled", None, None)

    # ------------------------------------------------------------------------------- the reply

    def _say(self, text: str, parent: int | None) -> bool:
        """Add what the user said behind ``parent`` and ask for the reply; whether it could be written."""
        try:
            if not self.conversation:
                self.conversation = self.store.begin(
                    text, system=self.system, settings=self.settings, folder=self.folder
                )
            self._last = self.store.add(self.conversation, "user", text, parent=parent)
        except sqlite3.Error as error:
            self._report_unwritable(error)
            return False
        self.message_added.emit(self._newest())
        self._answer(self._last)
        return True

    def _newest(self) -> Message:
        """Return the message that the shown path ends with, as it is kept."""
        return self.store.thread(self.conversation, limit=1)[0]

    def _answer(self, parent: int | None) -> None:
        model = name_of(self.model) if self.model is not None else ""
        self._last = self.store.add(self.conversation, "assistant", "", parent=parent, state="streaming", model=model)
        self._begin()

    def _begin(self, *, continued: bool = False, branch: Branch | None = None) -> None:
        """Ask for the reply that the shown path ends with, which is kept already."""
        begun = self._newest()
        self._reply = Reply(begun)
        self._continued = continued
        self.message_added.emit(begun)
        self.listed.emit()
        self.busy_changed.emit(True)
        model = branch.model if branch is not None else self.model
        if model is not None:
            self._submit(model, branch)
        else:
            self._wait_for("no-model")

    def _submit(self, model: ModelRef, branch: Branch | None = None) -> None:
        assert self._reply is not None
        begun = self._reply.begun_as
        before = self.store.thread(self.conversation, before=begun.id, limit=MOST_TURNS)
        system = self.system if branch is None else branch.system
        turns, self._reply.left_out = turns_of([*before, begun] if branch is None else before, system)
        request = Generate(
            model=model,
            draft=self.draft_of(model),
            turns=turns,
            continue_last=self._continued,
            sampling=self.sampling,
            alternatives=KEPT_ALTERNATIVES,
        )
        if branch is not None:
            request = msgspec.structs.replace(request, **branch.changes())
        self._reply.asked(request, system)
        warm = self._studio.facts is not None and self._studio.facts.model == model
        self._wait_for("engine" if warm else "loading")
        self._job = self._studio.submit(request)
        self._job.happened.connect(self._on_happened)
        self._job.ended.connect(self._on_ended)
        self._show_timer.start()

    def _wait_for(self, what: str) -> None:
        assert self._reply is not None
        self._reply.waits_for = Progress(what=what)
        self.waiting.emit(self._reply.message, self._reply.waits_for)

    def turns(self, reply: Message | None = None, text: str = "") -> tuple[tuple[Turn, ...], int]:
        """Return what was said, the newest that fit, and ``text`` as the user's next message; and how many messages
        were left out. Of a ``reply``: what was said before it, under the system prompt that it had.
        """
        before = reply.id if reply is not None else None
        path = self.store.thread(self.conversation, before=before, limit=MOST_TURNS) if self.conversation else []
        known = reply.facts.system if reply is not None else None
        return turns_of(path, self.system if known is None else known, text)

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        reply = self._reply
        if reply is None or self.sender() is not self._job:
            return
        if isinstance(event, Token):
            reply.take(event)
        elif isinstance(event, Progress):
            if reply.first_s is None:
                reply.waits_for = event
                self.waiting.emit(reply.message, event)
        elif isinstance(event, Notice):
            turns = event.problem.arguments.get("turns")
            if event.problem.code == "context-trimmed" and isinstance(turns, int):
                reply.left_out += turns
            else:
                self._studio.report(event.problem)

    @Slot()
    def _show(self) -> None:
        """Hand on what came since the last time, and keep it."""
        reply = self._reply
        if reply is None:
            self._show_timer.stop()
            return
        if reply.shown < len(reply.received):
            piece = reply.text(reply.shown)
            reply.shown = len(reply.received)
            if piece:
                self.text_added.emit(reply.message, piece)
            self.counted.emit(reply.message, reply.facts())
        now = time.monotonic()
        if reply.first_s is None and int(now - reply.begun) > reply.waited_s:
            reply.waited_s = int(now - reply.begun)
            self.waiting.emit(reply.message, reply.waits_for)
        if now - reply.kept_at > KEEP_S and reply.kept < reply.shown:
            reply.kept_at = now
            self._keep(reply)

    def flush(self) -> None:
        """Hand on and keep what has come so far of the reply that is on its way, as before the store is read."""
        if self._reply is not None:
            self._show()
            self._keep(self._reply)

    def _keep(self, reply: Reply) -> None:
        try:
            tokens = reply.received[reply.kept : reply.shown]
            self.store.append(reply.message, reply.text(reply.kept, reply.shown), tokens)
            reply.kept = reply.shown
        except sqlite3.Error:
            log.exception("a piece of a reply could not be kept; it is tried again with the next")

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        if self._reply is None or self.sender() is not self._job:
            return
        self._job = None
        if isinstance(end, Failed):
            self._finish("failed", None, end.problem)
        else:
            result = end.result if isinstance(end.result, Generated) else None
            self._finish("done" if isinstance(end, Done) else "cancelled", result, None)

    def _finish(self, state: MessageState, result: Generated | None, problem: Problem | None) -> None:
        reply = self._reply
        assert reply is not None
        self._show_timer.stop()
        self._reply = None
        text = reply.begun_as.text + (result.text if result is not None else reply.text())
        facts = reply.facts_of(result) if result is not None else reply.facts(problem)
        try:
            rest = reply.received[reply.kept :]
            self.store.finish(reply.message, text, state, facts, model=reply.model, tokens=rest)
        except sqlite3.Error as error:
            self._report_unwritable(error)
        self.message_ended.emit(
            msgspec.structs.replace(reply.begun_as, text=text, model=reply.model, state=state, facts=facts)
        )
        self.busy_changed.emit(False)
        self.listed.emit()
        if state != "failed":
            self._send_next(reply.message)

    def _report_unwritable(self, error: sqlite3.Error) -> None:
        log.error("the conversation could not be written: %s", error)
        self._studio.report(Problem(code="conversations-unwritable", arguments={"detail": str(error)}))
