"""Settings, model and system prompt belong to the conversation: they change with it and come back with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.chat.presets import PRESETS
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import Load, Sampling, Turn
from bigmodel_studio.ui.pages.chat.named_values import NamedValues
from tests.ui.test_chat_page import OTHER, REF, Chat

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def chat(qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    made = Chat(qtbot, home, monkeypatch)
    made.wait_idle()
    yield made
    made.close()


def _open(chat: Chat, title: str) -> None:
    rows = chat.page.list
    at = [entry.title for entry in rows.rows.entries].index(title)
    place = rows.view.visualRect(rows.rows.index(at)).center()
    chat.qtbot.mouseClick(rows.view.viewport(), LEFT, pos=place)


def _loads(chat: Chat) -> int:
    return sum(isinstance(request, Load) for request in chat.lane.requests)


def test_a_conversation_brings_back_its_model_its_sampling_and_its_system_prompt(chat: Chat) -> None:
    page = chat.page
    page.system.setPlainText("Be brief.")
    chat.say("first")
    chat.wait_idle()
    page.sampling.rows["top_k"].field.setValue(7)
    chat.qtbot.mouseClick(page.new_button, LEFT)
    assert page.sampling.value().top_k == 7, "a new chat begins as the last one was"
    page.system.setPlainText("Be long.")
    page.picker.choose(OTHER)
    page.sampling.greedy.click()
    chat.say("second")
    chat.wait_idle()
    loads = _loads(chat)
    _open(chat, "first")
    assert (page.picker.ref(), page.system.toPlainText()) == (REF, "Be brief.")
    assert page.sampling.value() == Sampling(top_k=7)
    _open(chat, "second")
    assert (page.picker.ref(), page.system.toPlainText()) == (OTHER, "Be long.")
    assert page.sampling.value() == Sampling(top_k=7, greedy=True)
    _open(chat, "first")
    assert _loads(chat) == loads, "looking at conversations loads no model"
    chat.type("and")
    chat.wait_idle()
    assert _loads(chat) == loads + 1
    chat.say(" then")
    chat.wait_idle()
    request = chat.requests()[-1]
    assert (request.model, request.sampling, request.turns[0].content) == (REF, Sampling(top_k=7), "Be brief.")


def test_a_reply_is_kept_with_its_tokens_and_its_settings(chat: Chat) -> None:
    chat.page.sampling.rows["top_k"].field.setValue(9)
    chat.say("tell")
    chat.wait_idle()
    reply = chat.page.store.thread(chat.page.talk.conversation)[-1]
    assert [token.text for token in chat.page.store.tokens(reply.id)] == ["Once ", "upon ", "a ", "time."]
    assert (reply.facts.sampling, reply.facts.seed) == (Sampling(top_k=9), 1)
    assert chat.requests()[-1].alternatives == 5


def _choose(values: NamedValues, text: str) -> None:
    values.fill()
    values.menu.aboutToShow.emit()
    next(action for action in values.menu.actions() if text in action.text()).trigger()


def test_presets_are_chosen_saved_renamed_deleted_and_brought_back(chat: Chat) -> None:
    presets, sampling = chat.page.panel.presets, chat.page.sampling
    assert presets.current_name() == "Balanced"
    _choose(presets, "Precise")
    assert sampling.value() == PRESETS["precise"]
    sampling.rows["top_k"].field.setValue(3)
    assert presets.button.text() == "Custom"
    _choose(presets, "Save as preset")
    chat.qtbot.keyClicks(presets.name, "Mine")
    chat.qtbot.keyClick(presets.name, Qt.Key.Key_Return)
    assert presets.button.text() == "Mine"
    _choose(presets, "Rename")
    chat.qtbot.keyClicks(presets.name, "Narrow & low")
    chat.qtbot.keyClick(presets.name, Qt.Key.Key_Return)
    mine = {"Narrow & low": msgspec.structs.replace(PRESETS["precise"], top_k=3)}
    assert SettingsStore().values.presets == mine
    _choose(presets, "Start new chats")
    _choose(presets, "Delete")
    assert SettingsStore().values.presets == {}
    _choose(presets, "Undo")
    assert SettingsStore().values.presets == mine
    chat.say("first")
    chat.wait_idle()
    sampling.greedy.click()
    chat.qtbot.mouseClick(chat.page.new_button, LEFT)
    assert sampling.value() == mine["Narrow & low"], "a new chat begins with the preset chosen for it"
    _choose(presets, "Start new chats")
    sampling.greedy.click()
    chat.say("second")
    chat.wait_idle()
    chat.qtbot.mouseClick(chat.page.new_button, LEFT)
    assert sampling.value().greedy, "it begins as the last one was"


def test_system_prompts_come_from_a_library(chat: Chat) -> None:
    prompts, system = chat.page.panel.prompts, chat.page.system
    assert prompts.button.text() == "None"
    _choose(prompts, "Brief")
    assert system.toPlainText().startswith("Answer in one or two sentences.")
    system.setPlainText("Speak like a kite.")
    _choose(prompts, "Save this prompt")
    chat.qtbot.keyClicks(prompts.name, "Kite")
    chat.qtbot.keyClick(prompts.name, Qt.Key.Key_Escape)
    assert SettingsStore().values.system_prompts == {}
    _choose(prompts, "Save this prompt")
    chat.qtbot.keyClicks(prompts.name, "Kite")
    chat.qtbot.keyClick(prompts.name, Qt.Key.Key_Return)
    assert SettingsStore().values.system_prompts == {"Kite": "Speak like a kite."}
    _choose(prompts, "None")
    assert system.toPlainText() == ""
    _choose(prompts, "Kite")
    chat.say("go")
    chat.wait_idle()
    assert chat.requests()[-1].turns[0] == Turn("system", "Speak like a kite.")


def test_the_rarer_settings_unfold_and_are_sent(chat: Chat) -> None:
    form = chat.page.sampling
    assert not form.stop.isVisible()
    chat.qtbot.mouseClick(form.more, LEFT)
    assert form.stop.isVisible()
    chat.qtbot.keyClicks(form.stop, "END")
    chat.qtbot.keyClick(form.stop, Qt.Key.Key_Return)
    chat.qtbot.keyClicks(form.stop, "\\nUser:")
    form.rows["presence_penalty"].field.setValue(0.5)
    form.rows["frequency_penalty"].field.setValue(-0.2)
    form.rows["typical_p"].field.setValue(0.7)
    form.rows["beams"].field.setValue(3)
    assert not form.rows["temperature"].isEnabled()
    chat.say("go")
    chat.wait_idle()
    expected = Sampling(presence_penalty=0.5, frequency_penalty=-0.2, typical_p=0.7, beams=3, stop=("END", "\nUser:"))
    assert chat.requests()[-1].sampling == expected
    form.set_value(Sampling())
    form.set_value(expected)
    assert form.value() == expected
