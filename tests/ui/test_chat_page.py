"""The Chat page with a fake lane: real keys and clicks, and what is then on the screen and on disk."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import (
    Done,
    Event,
    Failed,
    Generate,
    Generated,
    Load,
    Loaded,
    ModelFacts,
    ModelRef,
    Notice,
    Problem,
    Progress,
    Request,
    Sampling,
    Token,
    Turn,
)
from bigmodel_studio.ui.pages.chat import message_view
from bigmodel_studio.ui.pages.chat.message_view import ReplyView
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.chat.transcript import LOADED_AT_ONCE, MOST_VIEWS
from bigmodel_studio.ui.widgets.rich_text import Segment
from bigmodel_studio.ui.window.studio import Studio
from tests.ui.settling import settle

REF = ModelRef(source="local", id="/models/tiny")
OTHER = ModelRef(source="local", id="/models/" + "a-very-long-name-of-a-model-" * 3)
WORDS = ["Once ", "upon ", "a ", "time."]


def _facts(ref: ModelRef, *, template: bool = True) -> ModelFacts:
    return ModelFacts(
        model=ref,
        name="tiny",
        kind="causal-lm",
        architecture="LlamaForCausalLM",
        parameters=260_032,
        weight_bytes=1_040_128,
        dtype="float32",
        device="cpu",
        context_length=512,
        has_chat_template=template,
        sampling=Sampling(temperature=0.65, top_k=40, top_p=0.95, min_p=0.0, repetition_penalty=1.0),
    )


def _token(text: str) -> Token:
    return Token(id=1, text=text, logprob=-1.0, processed_logprob=-1.0)


def _generated(text: str, **changes: object) -> Generated:
    made = Generated(
        text=text,
        prompt_tokens=208,
        new_tokens=4,
        finish_reason="stop",
        seed=1,
        time_to_first_token_s=0.014,
        tokens_per_second=187.0,
        template=True,
    )
    return msgspec.structs.replace(made, **changes)


def _answer(request: Request) -> Iterator[Event]:
    assert isinstance(request, Load | Generate)
    yield Progress(what="loading")
    yield Loaded(facts=_facts(request.model))
    if isinstance(request, Load):
        yield Done(result=_facts(request.model))
        return
    for word in WORDS:
        yield _token(word)
    yield Done(result=_generated("".join(WORDS)))


def _record(ref: ModelRef, name: str) -> ModelRecord:
    return ModelRecord(
        id=ref.id,
        kind="causal-lm",
        source=ref.source,
        path=ref.id,
        parameters=260_032,
        bytes=1_040_128,
        dtype="float32",
        name=name,
        architecture="LlamaForCausalLM",
        ref=ref,
    )


def _starter(home: Path) -> None:
    folder = home / "starters" / "starter-gpt"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"architectures": ["GPTNeoForCausalLM"]}')


class Chat:
    """A page in a window of its own, on a fake lane whose handler a test can change."""

    def __init__(
        self, qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch, *, models: bool = True, starter: bool = False
    ) -> None:
        self.qtbot = qtbot
        self.lane = FakeLane(_answer)
        self.library, self.runs = LibraryWatcher(), RunWatcher()
        self.problems: list[Problem] = []
        self.settings = SettingsStore()
        self.studio = Studio(settings=self.settings, interactive=self.lane, library=self.library, runs=self.runs)
        self.studio.problem_reported.connect(self.problems.append)
        monkeypatch.setattr(paths, "starters", lambda: home / "starters")
        if starter:
            _starter(home)
        if models:
            self.have_models()
        self.page = ChatPage(self.studio)
        self.page.resize(1280, 720)
        self.page.show()
        qtbot.waitExposed(self.page)

    def have_models(self) -> None:
        self.library._read.emit([_record(REF, "tiny"), _record(OTHER, "other")])

    def type(self, text: str) -> None:
        self.qtbot.keyClicks(self.page.composer.editor, text)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.page.composer.editor, key, modifier)

    def say(self, text: str) -> None:
        self.type(text)
        self.press(Qt.Key.Key_Return)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=10_000)

    def wait_idle(self) -> None:
        settle(self.qtbot, self.page, [self.lane])
        self.wait(lambda: not self.page.talk.busy and not self.lane.jobs)

    def shown(self) -> list[str]:
        """The texts on the screen, oldest first."""
        return [
            "\n".join(s.toPlainText() for s in view.findChildren(Segment) if not s.isHidden()).strip("\n")
            for view in self.page.transcript.views
        ]

    @property
    def reply(self) -> ReplyView:
        view = self.page.transcript.views[-1]
        assert isinstance(view, ReplyView)
        return view

    def requests(self) -> list[Generate]:
        return [request for request in self.lane.requests if isinstance(request, Generate)]

    def close(self) -> None:
        self.page.remember()
        self.page.shut()
        self.lane.close()
        self.library.close()
        self.runs.close()
        self.page.close()
        self.page.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    yield made
    made.close()


def test_a_model_is_loaded_at_once_and_said(chat: Chat) -> None:
    chat.wait_idle()
    assert chat.lane.requests == [Load(model=REF)]
    assert chat.page.welcome.title.text() == "Talk to tiny"
    assert "260 k parameters" in chat.page.welcome.state.text()
    assert chat.page.context.text() == "chat template · 0 of 512 tokens"


def test_the_starter_is_chosen_before_the_models_are_listed(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat(qtbot, home, monkeypatch, models=False, starter=True)
    chat.wait_idle()
    assert chat.lane.requests == [Load(model=ModelRef(source="builtin", id="starter-gpt"))]
    first = chat.page.welcome.first[0]
    chat.qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    chat.wait_idle()
    assert chat.shown() == [first.text(), "Once upon a time."]
    chat.close()


def test_a_reply_shows_how_many_drafts_were_accepted(chat: Chat) -> None:
    def drafted(request: Request) -> Iterator[Event]:
        assert isinstance(request, Load | Generate)
        yield Loaded(facts=_facts(request.model))
        if isinstance(request, Generate):
            yield _token("short")
            yield Done(result=_generated("short", drafted_tokens=40, accepted_tokens=33))
        yield Done()

    chat.wait_idle()
    chat.lane.handler = drafted
    chat.say("Repeat it")
    chat.wait_idle()
    assert chat.reply.facts.text().endswith(" · drafts 82%")
    assert chat.reply.facts.toolTip() == "Drafted tokens that were accepted: 33 of 40"


def test_enter_sends_and_the_reply_streams(chat: Chat) -> None:
    chat.say("Tell me a story")
    chat.wait_idle()
    assert chat.shown() == ["Tell me a story", "Once upon a time."]
    assert chat.page.composer.text() == ""
    assert chat.requests()[0].turns == (Turn("user", "Tell me a story"),)
    assert chat.reply.facts.text() == "4 tokens · 187 tokens/s · first token after 14 ms"
    assert chat.page.context.text() == "chat template · 212 of 512 tokens"
    kept = chat.page.store.thread(chat.page.talk.conversation)
    assert [(m.role, m.text, m.state) for m in kept] == [
        ("user", "Tell me a story", "done"),
        ("assistant", "Once upon a time.", "done"),
    ]
    assert [entry.title for entry in chat.page.list.rows.entries] == ["Tell me a story"]


def test_the_send_button_sends_the_whole_conversation(chat: Chat) -> None:
    chat.page.system.setPlainText("Be kind.")
    chat.say("one")
    chat.wait_idle()
    chat.type("two")
    chat.qtbot.mouseClick(chat.page.composer.button, Qt.MouseButton.LeftButton)
    chat.wait_idle()
    assert chat.requests()[1].turns == (
        Turn("system", "Be kind."),
        Turn("user", "one"),
        Turn("assistant", "Once upon a time."),
        Turn("user", "two"),
    )


def test_shift_enter_breaks_the_line_and_nothing_is_not_sent(chat: Chat) -> None:
    chat.press(Qt.Key.Key_Return)
    chat.type("a")
    chat.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    chat.type("b")
    chat.wait_idle()
    assert chat.page.composer.text() == "a\nb"
    assert chat.requests() == []
    chat.press(Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier)
    chat.wait_idle()
    assert chat.requests()[0].turns[0].content == "a\nb"
    assert chat.shown()[0] == "a\nb"


def test_enter_does_not_send_while_an_input_method_composes(chat: Chat) -> None:
    editor = chat.page.composer.editor
    chat.type("ni")
    QApplication.sendEvent(editor, QInputMethodEvent("hao", []))
    chat.press(Qt.Key.Key_Return)
    chat.wait_idle()
    assert chat.requests() == []
    commit = QInputMethodEvent("", [])
    commit.setCommitString("好")
    QApplication.sendEvent(editor, commit)
    chat.press(Qt.Key.Key_Return)
    chat.wait_idle()
    assert "好" in chat.requests()[0].turns[0].content


def _forever(request: Request) -> Iterator[Event]:
    assert isinstance(request, Load | Generate)
    yield Loaded(facts=_facts(request.model))
    if isinstance(request, Load):
        yield Done()
    while True:
        yield _token("more ")


@pytest.mark.parametrize("how", ["escape", "button"])
def test_a_reply_can_be_stopped_and_what_was_said_stays(chat: Chat, how: str) -> None:
    chat.lane.handler = _forever
    chat.say("go")
    chat.wait(lambda: "more" in chat.shown()[-1])
    assert chat.page.composer.button.text() == "Stop · Esc"
    if how == "escape":
        chat.press(Qt.Key.Key_Escape)
    else:
        chat.qtbot.mouseClick(chat.page.composer.button, Qt.MouseButton.LeftButton)
    chat.wait_idle()
    assert chat.shown()[-1].startswith("more more")
    assert chat.reply.note("end") == "Stopped. The partial reply is kept."
    assert chat.page.composer.button.text() == "Send"
    kept = chat.page.store.thread(chat.page.talk.conversation)[-1]
    assert (kept.state, kept.text.startswith("more more")) == ("cancelled", True)


def test_a_reply_that_streams_goes_on_when_the_transcript_is_built_anew(chat: Chat) -> None:
    chat.lane.handler = _forever
    chat.say("go")
    chat.wait(lambda: len(chat.shown()[-1]) > 50)
    chat.page.transcript.latest_wanted.emit()
    chat.wait(lambda: len(chat.page.transcript.views) == 2 and len(chat.shown()[-1]) > 50)
    chat.press(Qt.Key.Key_Escape)
    chat.wait_idle()
    assert set(chat.shown()[-1].split()) == {"more"}


def _loads_forever(request: Request) -> Iterator[Event]:
    while True:
        yield Progress(what="loading", done=1, total=4)


def test_a_wait_says_what_for_and_how_long_and_can_be_stopped(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_view, "SHOW_WAIT_AFTER_S", 1)
    chat = Chat(qtbot, home, monkeypatch, models=False)
    chat.lane.handler = _loads_forever
    chat.say("go")
    chat.have_models()
    chat.wait(lambda: chat.reply.facts.text() == "Loading tiny… 25% · 1 s")
    chat.press(Qt.Key.Key_Escape)
    chat.wait(lambda: not chat.page.talk.busy)
    assert chat.reply.note("end") == "Stopped before the first token."
    assert chat.reply.again.isVisible()
    chat.close()


def _fails(request: Request) -> Iterator[Event]:
    assert isinstance(request, Load | Generate)
    if isinstance(request, Load):
        yield Done()
        return
    yield _token("It trains worse, be")
    yield Failed(problem=Problem(code="out-of-memory", arguments={"device": "cuda:0"}), id="7")


def test_the_counts_of_a_reply_that_streams_are_never_cut(chat: Chat) -> None:
    cut: list[str] = []

    def look(_reply: int, _facts: object) -> None:
        words = chat.reply.facts
        if words.width() < words.sizeHint().width():
            cut.append(words.text())

    chat.lane.handler = _forever
    chat.page.talk.counted.connect(look)
    chat.say("go")
    chat.wait(lambda: chat.reply.facts.text()[:1].isdigit() and len(chat.shown()[-1]) > 100)
    chat.press(Qt.Key.Key_Escape)
    chat.wait_idle()
    assert cut == []


def test_a_failed_reply_says_why_and_can_be_made_again(chat: Chat) -> None:
    chat.wait_idle()
    chat.lane.handler = _fails
    chat.say("go")
    chat.wait_idle()
    assert chat.shown()[-1] == "It trains worse, be"
    assert "Out of memory on cuda:0" in chat.reply.note("end")
    chat.lane.handler = _answer
    chat.qtbot.mouseClick(chat.reply.again, Qt.MouseButton.LeftButton)
    chat.wait_idle()
    assert chat.shown() == ["go", "Once upon a time."]
    assert chat.requests()[-1].turns == (Turn("user", "go"),)
    assert chat.reply.note("end") == ""


def test_copy_takes_the_text_as_the_model_wrote_it(chat: Chat) -> None:
    chat.say("go")
    chat.wait_idle()
    chat.qtbot.mouseClick(chat.reply.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "Once upon a time."


def _trims(request: Request) -> Iterator[Event]:
    assert isinstance(request, Load | Generate)
    yield Loaded(facts=_facts(request.model, template=False))
    if isinstance(request, Generate):
        yield Notice(problem=Problem(code="context-trimmed", arguments={"turns": 6}))
        yield _token("short")
        yield Done(result=_generated("short", trimmed_turns=6, template=False, finish_reason="length"))
    yield Done()


def test_a_full_context_and_plain_continuation_are_said(chat: Chat) -> None:
    chat.wait_idle()
    chat.lane.handler = _trims
    chat.say("go")
    chat.wait_idle()
    assert "the oldest messages (6) were dropped" in chat.reply.note("trimmed")
    assert "length limit" in chat.reply.note("end")
    assert chat.page.context.text().startswith("plain continuation")
    assert "no chat template" in chat.page.panel.note.text()
    chat.say("on")
    chat.wait_idle()
    assert chat.reply.note("trimmed") == "", "the same messages were left out, which was said already"


def test_a_message_waits_for_a_model(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(qtbot, home, monkeypatch, models=False)
    chat.say("hello?")
    assert chat.requests() == []
    assert "Choose a model" in chat.reply.facts.text()
    chat.have_models()
    chat.wait_idle()
    assert chat.shown() == ["hello?", "Once upon a time."]
    chat.close()


def test_without_any_model_the_page_says_what_to_do(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(qtbot, home, monkeypatch, models=False)
    chat.library._read.emit([])
    assert chat.page.welcome.title.text() == "No model yet"
    assert "open one" in chat.page.welcome.state.text()
    assert chat.page.welcome.open.isVisible()
    chat.close()


def test_a_model_that_cannot_be_loaded_is_said_on_the_page(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(request: Request) -> Iterator[Event]:
        yield Failed(problem=Problem(code="weights-lfs", arguments={"file": "model.safetensors"}), id="1")

    chat = Chat(qtbot, home, monkeypatch, models=False)
    chat.lane.handler = refused
    chat.have_models()
    chat.wait_idle()
    assert "a Git LFS pointer" in chat.page.welcome.state.text()
    chat.close()


def test_another_model_is_chosen_from_the_menu(chat: Chat) -> None:
    chat.wait_idle()
    chat.page.picker.menu().aboutToShow.emit()
    names = [action.text() for action in chat.page.picker.menu().actions()]
    assert names[0] == "tiny\t260 k · 1.0 MB"
    assert names[-1] == "Open a folder…"
    chat.page.picker.menu().actions()[1].trigger()
    chat.wait_idle()
    assert chat.page.picker.ref() == OTHER
    assert chat.page.picker.sizeHint().width() <= 420
    assert chat.page.picker.toolTip().startswith("a-very-long-name")
    chat.say("go")
    chat.wait_idle()
    assert chat.requests()[-1].model == OTHER


def test_the_form_is_what_is_sent(chat: Chat) -> None:
    rows = chat.page.sampling.rows
    field = rows["temperature"].field
    field.selectAll()
    chat.qtbot.keyClicks(field, "0.35")
    chat.qtbot.keyClick(field, Qt.Key.Key_Return)
    rows["top_k"].slider.setValue(41)
    rows["max_new_tokens"].slider.setValue(99)
    chat.qtbot.keyClicks(chat.page.sampling.seed, "12x3")
    chat.say("go")
    chat.wait_idle()
    assert chat.requests()[-1].sampling == Sampling(temperature=0.35, top_k=40, max_new_tokens=99, seed=123)
    assert rows["temperature"].slider.value() == 8
    chat.page.panel.presets.fill()
    chat.page.panel.presets.menu.actions()[0].trigger()
    assert chat.page.sampling.value() == Sampling(seed=123)
    chat.page.sampling.greedy.click()
    assert not field.isEnabled()
    assert chat.page.sampling.value().greedy


def test_conversations_can_be_searched_renamed_deleted_and_brought_back(chat: Chat) -> None:
    for text in ("about kites", "about apples"):
        chat.qtbot.mouseClick(chat.page.new_button, Qt.MouseButton.LeftButton)
        chat.say(text)
        chat.wait_idle()
    entries = chat.page.list

    def titles() -> list[str]:
        return [entry.title for entry in entries.rows.entries]

    chat.wait(lambda: titles() == ["about apples", "about kites"])
    chat.qtbot.keyClicks(entries.search, "kites")
    chat.wait(lambda: titles() == ["about kites"])
    entries.search.clear()
    chat.wait(lambda: len(titles()) == 2)
    kites = entries.rows.entries[1].id
    entries.rows.setData(entries.rows.index(1), "Red kites")
    assert titles()[1] == "Red kites"
    rect = entries.view.visualRect(entries.rows.index(1))
    chat.qtbot.mouseClick(entries.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    chat.wait(lambda: len(chat.shown()) == 2)
    assert chat.shown()[0] == "about kites"
    chat.qtbot.keyClick(entries.view, Qt.Key.Key_Delete)
    assert titles() == ["about apples"]
    assert chat.page.talk.conversation == 0
    assert [(kept.kind, kept.name) for kept in chat.page.studio.removals.trash.items()] == [
        ("conversation", "Red kites")
    ]
    chat.page.studio.removals.undo()
    assert "Red kites" in titles()
    assert chat.page.studio.removals.trash.items() == []
    assert chat.page.talk.conversation == kites


def test_a_reply_is_kept_when_another_conversation_is_opened(chat: Chat) -> None:
    chat.lane.handler = _forever
    chat.say("go on")
    chat.wait(lambda: "more" in chat.shown()[-1])
    before = chat.page.talk.conversation
    chat.qtbot.mouseClick(chat.page.new_button, Qt.MouseButton.LeftButton)
    assert not chat.page.talk.busy
    assert chat.page.store.thread(before)[-1].text.startswith("more ")
    chat.lane.handler = _answer
    chat.say("else")
    chat.wait_idle()
    assert chat.shown() == ["else", "Once upon a time."]


def test_what_auto_comes_to_is_said_once_the_model_is_loaded(chat: Chat) -> None:
    chat.say("hello")
    chat.wait_idle()
    rows = chat.page.sampling.rows
    assert rows["temperature"].field.text() == "auto 0.65"
    assert rows["top_k"].field.text() == "auto 40"
    assert rows["temperature"].slider.value() == 14  # where 0.65 is, not at the left end
    assert rows["top_k"].slider.value() == 41
    assert chat.page.sampling.value().temperature is None
    chat.page.picker.choose(OTHER)
    chat.wait_idle()
    assert rows["temperature"].field.text() == "auto 0.65"


def test_thousands_of_messages_are_built_as_they_are_needed(chat: Chat) -> None:
    store, last = chat.page.store, None
    conversation = store.begin("long")
    for number in range(2_000):
        last = store.add(conversation, "user" if number % 2 == 0 else "assistant", f"message {number}", parent=last)
    chat.page.open_conversation(conversation)
    chat.wait(lambda: len(chat.page.transcript.views) == 10)
    assert chat.shown()[-1] == "message 1999"
    bar = chat.page.transcript.verticalScrollBar()
    chat.wait(lambda: bar.value() == bar.maximum() > 0)
    settle(chat.qtbot, chat.page)
    assert len(chat.page.transcript.views) == 10
    for _ in range(40):
        bar.setValue(0)
        settle(chat.qtbot, chat.page)
    assert len(chat.page.transcript.views) <= MOST_VIEWS + LOADED_AT_ONCE
    assert int(chat.shown()[0].split()[1]) < 1_960
    chat.page.transcript.latest_wanted.emit()
    chat.wait(lambda: chat.shown()[-1:] == ["message 1999"])


def test_messages_that_leave_room_are_joined_by_earlier_ones(chat: Chat) -> None:
    """Where nothing can be scrolled, nobody could ask for them."""
    store, last = chat.page.store, None
    conversation = store.begin("short ones")
    for number in range(100):
        last = store.add(conversation, "user", f"message {number}", parent=last)
    chat.page.resize(1200, 1600)
    chat.page.open_conversation(conversation)
    bar = chat.page.transcript.verticalScrollBar()
    chat.wait(lambda: bar.value() == bar.maximum() > 0)
    settle(chat.qtbot, chat.page)
    assert chat.shown()[-1] == "message 99"
    assert 10 < len(chat.page.transcript.views) < 100


def test_the_session_comes_back(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(qtbot, home, monkeypatch)
    chat.say("remember me")
    chat.wait_idle()
    chat.page.picker.choose(OTHER)
    chat.wait_idle()
    chat.type("half a th")
    chat.close()
    again = Chat(qtbot, home, monkeypatch)
    again.wait(lambda: len(again.shown()) == 2)
    assert again.shown() == ["remember me", "Once upon a time."]
    assert again.page.composer.text() == "half a th"
    assert again.page.picker.ref() == OTHER
    again.close()


def test_a_model_the_library_lost_does_not_stop_the_page(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Conversations()
    store.close()
    settings = SettingsStore()
    settings.change_session(models={"chat": ModelRef(source="local", id="/gone")}, conversation=99)
    chat = Chat(qtbot, home, monkeypatch)
    chat.wait_idle()
    assert chat.page.talk.conversation == 0
    assert chat.page.picker.ref() == ModelRef(source="local", id="/gone")
    chat.close()


def _locked(path: Path) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_locked_file_is_told_and_chatted_on_and_saved_once_it_is_free(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Chat(qtbot, home, monkeypatch)
    before.say("remember me")
    before.wait_idle()
    before.close()
    other = _locked(paths.conversations_file())
    chat = Chat(qtbot, home, monkeypatch)
    assert [problem.code for problem in chat.problems] == ["conversations-locked"]
    assert chat.page.unsaved.isVisible()
    assert "Another program is using" in chat.page.unsaved.words.text()
    chat.wait(lambda: len(chat.shown()) == 2)
    chat.say("meanwhile")
    chat.wait_idle()
    assert chat.shown()[-2:] == ["meanwhile", "Once upon a time."]
    other.close()
    chat.wait(lambda: not chat.page.unsaved.isVisible())
    chat.close()
    again = Chat(qtbot, home, monkeypatch)
    again.wait(lambda: len(again.shown()) == 4)
    assert again.problems == []
    assert again.shown() == ["remember me", "Once upon a time.", "meanwhile", "Once upon a time."]
    again.close()


def test_a_file_that_is_locked_during_a_chat_is_told_and_costs_nothing(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat(qtbot, home, monkeypatch)
    chat.wait_idle()
    assert not chat.page.unsaved.isVisible()
    other = _locked(paths.conversations_file())
    chat.say("hello")
    chat.wait_idle()
    assert chat.shown() == ["hello", "Once upon a time."]
    assert [problem.code for problem in chat.problems] == ["conversations-locked"]
    assert chat.page.unsaved.isVisible()
    other.close()
    chat.wait(lambda: not chat.page.unsaved.isVisible())
    with contextlib.closing(sqlite3.connect(paths.conversations_file())) as db:
        assert db.execute("SELECT count(*) FROM messages").fetchone() == (2,)
    chat.close()


def test_a_message_that_the_disk_changed_is_marked(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Chat(qtbot, home, monkeypatch)
    before.say("remember me")
    before.wait_idle()
    before.close()
    with contextlib.closing(sqlite3.connect(paths.conversations_file())) as db, db:
        db.execute("UPDATE messages SET text = 'remember ne' WHERE role = 'user'")
    chat = Chat(qtbot, home, monkeypatch)
    assert [problem.code for problem in chat.problems] == ["conversations-damaged"]
    chat.wait(lambda: len(chat.shown()) == 2)
    asked, reply = chat.page.transcript.views
    assert asked.note("end").startswith("This message was damaged on disk.")
    assert reply.note("end") == ""
    assert not chat.page.unsaved.isVisible()
    chat.close()


def _refuses_other(request: Request) -> Iterator[Event]:
    assert isinstance(request, Load | Generate)
    if request.model == OTHER:
        yield Failed(problem=Problem(code="weights-lfs", arguments={"file": "model.safetensors"}), id="1")
    else:
        yield from _answer(request)


def test_a_refused_model_is_told_and_the_one_that_worked_answers_on(chat: Chat) -> None:
    chat.wait_idle()
    chat.lane.handler = _refuses_other
    chat.page.picker.menu().aboutToShow.emit()
    chat.page.picker.menu().actions()[1].trigger()
    assert chat.page.picker.ref() == OTHER
    chat.wait(lambda: chat.page.picker.ref() == REF)
    chat.wait_idle()
    assert [problem.code for problem in chat.problems] == ["weights-lfs"]
    chat.say("go")
    chat.wait_idle()
    assert chat.requests()[-1].model == REF
    assert chat.shown() == ["go", "Once upon a time."]


def test_a_draft_stays_with_its_conversation(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat(qtbot, home, monkeypatch)
    chat.say("about kites")
    chat.wait_idle()
    chat.type("what of kites in rain?")
    chat.qtbot.mouseClick(chat.page.new_button, Qt.MouseButton.LeftButton)
    assert chat.page.composer.text() == ""
    chat.type("something new")
    rect = chat.page.list.view.visualRect(chat.page.list.rows.index(0))
    chat.qtbot.mouseClick(chat.page.list.view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert chat.page.composer.text() == "what of kites in rain?"
    chat.close()
    again = Chat(qtbot, home, monkeypatch)
    assert again.page.composer.text() == "what of kites in rain?"
    again.qtbot.mouseClick(again.page.new_button, Qt.MouseButton.LeftButton)
    assert again.page.composer.text() == "something new"
    again.close()


def test_delete_removes_the_conversation_that_was_just_renamed(chat: Chat) -> None:
    for text in ("about kites", "about apples"):
        chat.qtbot.mouseClick(chat.page.new_button, Qt.MouseButton.LeftButton)
        chat.say(text)
        chat.wait_idle()
    chat.qtbot.mouseClick(chat.page.new_button, Qt.MouseButton.LeftButton)
    view, rows = chat.page.list.view, chat.page.list.rows
    chat.wait(lambda: [entry.title for entry in rows.entries] == ["about apples", "about kites"])
    view.setFocus()
    view.setCurrentIndex(rows.index(1))
    view.edit(rows.index(1))
    field = view.viewport().findChild(QLineEdit)
    assert field is not None
    field.selectAll()
    chat.qtbot.keyClicks(field, "Red kites")
    chat.qtbot.keyClick(field, Qt.Key.Key_Return)
    chat.wait(lambda: rows.entries[1].title == "Red kites")
    assert QApplication.focusWidget() is view
    chat.qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert [entry.title for entry in rows.entries] == ["about apples"]


def test_a_model_on_the_reference_path_says_so_and_why(chat: Chat) -> None:
    slow = Problem(code="reference-unsupported", arguments={"reason": "No kernels for it."})

    def answer(request: Request) -> Iterator[Event]:
        assert isinstance(request, Load)
        yield Done(result=msgspec.structs.replace(_facts(request.model), reference=slow))

    assert "reference" not in chat.page.context.text()
    assert not chat.page.panel.reference.isVisible()
    chat.lane.handler = answer
    chat.page.picker.choose(OTHER)
    chat.wait(lambda: chat.page.panel.reference.isVisible())
    assert chat.page.panel.reference.text() == "This model runs on transformers, which is slower. No kernels for it."
    assert "transformers (slower)" in chat.page.context.text()
    assert chat.page.context.toolTip() == chat.page.panel.reference.text()


def test_a_draft_model_guesses_and_is_kept_with_the_chat(chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    smaller = msgspec.structs.replace(_record(OTHER, "smaller"), parameters=1_000)
    larger = msgspec.structs.replace(_record(ModelRef(source="local", id="/models/large"), "large"), parameters=10**9)
    slow_ref = ModelRef(source="local", id="/models/slow")
    slow = msgspec.structs.replace(_record(slow_ref, "slow"), parameters=500)
    monkeypatch.setattr(chat.studio, "models", lambda kind: [_record(REF, "tiny"), smaller, slow, larger])
    monkeypatch.setattr(chat.studio, "precisions", lambda ref: () if ref.id == slow_ref.id else (ref,))

    def answer(request: Request) -> Iterator[Event]:
        if isinstance(request, Generate):
            yield _token("Hello")
            yield Done(result=_generated("Hello", drafted_tokens=10, accepted_tokens=4))
        else:
            yield Done(result=_facts(REF))

    chat.lane.handler = answer
    chat.page.picker.choose(msgspec.structs.replace(REF, precision="4-bit"))
    box, note = chat.page.draft.box, chat.page.draft.note
    offered = ["None: look up in the chat", "smaller · 1 k", "slow · 500"]
    assert [box.itemText(at) for at in range(box.count())] == offered
    chat.say("Hi")
    chat.wait_idle()
    assert chat.requests()[-1].draft is None
    box.setCurrentIndex(1)
    box.activated.emit(1)
    chat.say("Again")
    chat.wait_idle()
    assert chat.requests()[-1].draft == msgspec.structs.replace(OTHER, precision="4-bit")
    assert note.text() == "Last reply: 40% of 10 drafted tokens accepted."
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert chat.page.draft.request_ref(msgspec.structs.replace(REF, precision="4-bit")) == slow_ref
    box.setCurrentIndex(1)
    box.activated.emit(1)
    kept = chat.page.store.get(chat.page.talk.conversation)
    assert kept is not None
    assert kept.settings.draft == OTHER
    first = kept.id
    chat.page.new_item()
    box.setCurrentIndex(0)
    box.activated.emit(0)
    chat.page.open_conversation(first)
    assert box.currentIndex() == 1
