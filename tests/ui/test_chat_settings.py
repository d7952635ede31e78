"""Settings, model and system prompt belong to the conversation: they change with it and come back with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.protocol import Load, Sampling
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
