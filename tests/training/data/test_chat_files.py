"""What of a conversation is learnt: calls of tools are, empty answers and those marked as read only are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
