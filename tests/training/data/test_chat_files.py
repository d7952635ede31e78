"""What of a conversation is learnt: calls of tools are, empty answers and those marked as read only are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.training.data.chat_files import Chat, Fault, read_chats
from bigmodel_studio.training.data.chat_spans import written
from tests.small_models import byte_tokenizer

_CALL = [{"function": {"name": "look", "arguments": "{}"}}]


def _learnt(path: Path, *messages: Any) -> list[str]:
    file = path / "d.jsonl"
    file.write_text(json.dumps({"messages": [{"role": "user", "content": "Hi"}, *messages]}), "utf-8")
    (chat,) = read_chats(file)
    assert isinstance(chat, Chat), str(chat)
    (text,) = written(byte_tokenizer(), chat.messages)
    return [text.text[begin:end].strip() for begin, end in text.spans]


def test_a_call_is_learnt_whether_or_not_a_text_stands_beside_it(tmp_path: Path) -> None:
    call = json.dumps(_CALL)
    for content, learnt in (("", call), (None, call), ("Let me look.", f"Let me look.\n{call}")):
        said = {"role": "assistant", "content": content, "tool_calls": _CALL}
        assert _learnt(tmp_path, said) == [learnt]


def test_answers_of_weight_0_and_empty_ones_are_read_and_not_learnt(tmp_path: Path) -> None:
    last: list[Any] = [{"role": "user", "content": "No."}, {"role": "assistant", "content": "Right.", "weight": 1}]
    marks: list[dict[str, Any]] = [
        {"content": "Wrong.", "weight": 0},
        {"content": "Wrong.", "train": False},
        {"content": ""},
    ]
    for mark in marks:
        assert _learnt(tmp_path, {"role": "assistant", **mark}, *last) == ["Right."]


def test_what_is_not_unicode_is_named_by_its_line(tmp_path: Path) -> None:
    good = json.dumps({"prompt": "a", "completion": "b"})
    file = tmp_path / "d.jsonl"
    for bad in (good.replace("b", "é").encode("latin-1"), good.replace("b", "\\ud83d").encode()):
        file.write_bytes(good.encode() + b"\n" + bad + b"\n")
        found = list(read_chats(file))
        assert [type(each) for each in found] == [Chat, Fault]
        assert found[1].line == 2


def test_one_entry_over_several_lines_is_read(tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    file.write_text(json.dumps({"prompt": "a", "completion": "b"}, indent=2), "utf-8")
    (chat,) = read_chats(file)
    assert isinstance(chat, Chat)
    assert chat.messages[-1] == {"role": "assistant", "content": "b"}


def _fault(path: Path, entry: object) -> str:
    file = path / "d.jsonl"
    file.write_text(json.dumps(entry), "utf-8")
    (fault,) = read_chats(file)
    assert isinstance(fault, Fault), str(fault)
    return fault.reason


@pytest.mark.parametrize("mark", [{"weight": "0"}, {"weight": 0.0}, {"training": False}, {"loss": False}])
def test_marks_of_other_tools_say_that_an_answer_is_only_read(tmp_path: Path, mark: dict[str, Any]) -> None:
    last = [{"role": "user", "content": "No."}, {"role": "assistant", "content": "Right.", "training": True}]
    assert _learnt(tmp_path, {"role": "assistant", "content": "Wrong.", **mark}, *last) == ["Right."]


def test_what_a_message_has_beside_its_text_is_named_and_not_lost(tmp_path: Path) -> None:
    asked = {"role": "user", "content": "Hi"}
    told: dict[str, Any] = {"role": "assistant", "content": "Hello"}
    for mistake, words in (
        ({"reasoning_content": "Hm."}, "reasoning_content, which is not learnt"),
        ({"weight": 0.5}, "weight 0.5: it can be 0 or 1"),
        ({"content": [{"type": "thinking", "thinking": "Hm."}]}, "a part of the type 'thinking'"),
        ({"content": [{"type": "image_url", "image_url": {}}]}, "a part of the type 'image_url'"),
    ):
        assert words in _fault(tmp_path, {"messages": [asked, told | mistake]})
    assert "has no role" in _fault(tmp_path, {"messages": [{"content": "Hi"}, told]})
    assert "messages is a text" in _fault(tmp_path, {"messages": json.dumps([asked, told])})
    assert "the objective preference" in _fault(tmp_path, {"prompt": "a", "chosen": "b", "rejected": "c"})
    file = tmp_path / "d.jsonl"
    file.write_text(json.dumps({"messages": [asked, told]}), "utf-16")
    assert [(type(each), str(each)) for each in read_chats(file)] == [
        (Fault, f"{file}, line 1: the file is UTF-16 or UTF-32")
    ]
