"""Conversations from JSON and JSONL files, whatever layout they are in: each entry is known by what it holds.

Layouts: OpenAI's ``messages`` (role, content); ShareGPT's ``conversations`` (from, value); instructions with an answer,
as in Alpaca (instruction, input, output), Dolly (instruction, context, response) and Self-Instruct (instances); and
plain pairs (prompt and completion, question and answer). A file is one JSON array or has one entry a line, or is
Parquet with one a row. What cannot be used is a ``Fault`` with its file and line, and the rest is read on. Nothing here
knows tokens.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.data.one_hot import flag_of
from bigmodel_studio.core.data.plain_text import refuse_binary
from bigmodel_studio.core.data.records import is_parquet, is_unicode, place
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data import parquet

READ_CHARACTERS = 1 << 20
MOST_ENTRY_CHARACTERS = 64 << 20
"""A single entry that is longer is taken for damage."""
ROLES = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "model": "assistant", "bot": "assistant", "chatgpt": "assistant",
    "function_call": "assistant", "tool_call": "assistant",
    "tool": "tool", "function": "tool", "observation": "tool", "tool_response": "tool",
}  # fmt: skip
"""Who speaks, by what files call it. A call of a tool is said by the model, what came of it is told to it."""
_LISTS = ("messages", "conversations", "conversation")
_KINDS: dict[type, str] = {str: "a text", dict: "an object", int: "a number", float: "a number", bool: "true or false"}
_ASKED = ("instruction", "prompt", "question", "query")
_BESIDE = ("input", "context")
_ANSWERED = ("output", "response", "completion", "answer")

_MARKS = ("weight", "train", "training", "loss")
"""By which of them a file says that an answer is learnt (1, true) or only read (0, false)."""
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
"""What some put beside the content of an answer."""

_BETWEEN = re.compile(r"[\s,]*")

Message = dict[str, str]
"""``role`` (system, user, assistant, tool) and ``content``; with ``READ_ONLY`` where it is an answer not to learn."""
READ_ONLY = "read_only"


class Chat(NamedTuple):
    """One conversation, which ends with an answer, and where it stands."""

    messages: list[Message]
    file: str
    line: int

    @property
    def conversations(self) -> tuple[list[Message], ...]:
        """The conversation, alone."""
        return (self.messages,)


class Entry(NamedTuple):
    """What one entry of a file was found to be, and where it stands."""

    value: Any
    file: str
    line: int


class Fault(NamedTuple):
    """What cannot be used, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{place(self.file, self.line)}: {self.reason}"


def read_chats(path: Path, most: int = sys.maxsize) -> Iterator[Chat | Fault]:
    """Yield the conversations of a file in order, and faults among them, until ``most`` characters were said.

    Raises ``OSError``.
    """
    for found in read_entries(path, most, conversations_of):
        yield found if isinstance(found, Fault) else Chat(*found)


def read_entries(path: Path, most: int, convert: Callable[[object], Iterator[Any]]) -> Iterator[Entry | Fault]:
    """Yield what ``convert`` makes of each entry of a file, in order, until ``most`` characters were read; a ``Fault``
    where it raises ``ValueError``.

    Raises ``OSError``.
    """
    if not is_parquet(path):
        try:
            refuse_binary(path)
        except StudioError as error:
            yield Fault(str(path), 1, str(error).replace(f"{path} is", "the file is").removesuffix("."))
            return
    read = 0
    for line, value in READERS.get(path.suffix.lower(), _json_entries)(path):
        if read >= most:
            return
        read += 1
        if isinstance(value, Fault):
            yield value
            continue
        try:
            if not is_unicode(value):
                raise ValueError("its text is not UTF-8, or has half of a character (a lone surrogate)")
            for made in convert(value):
                read += _characters(made)
                yield Entry(made, str(path), line)
        except ValueError as error:
            yield Fault(str(path), line, str(error))


def _characters(made: Any) -> int:
    """Return the characters of the messages in a conversation, or in several."""
    return len(made["content"]) if isinstance(made, dict) else sum(map(_characters, made))


def conversations_of(entry: object) -> Iterator[list[Message]]:
    """Yield the conversations of one entry, several where an instruction has several instances.

    Raises ``ValueError`` with the reason where it is none.
    """
    if isinstance(entry, list):
        entry = {"messages": entry}
    if not isinstance(entry, dict):
        raise ValueError("it is no table with the fields of a conversation")
    for name in _LISTS:
        if isinstance(entry.get(name), list):
            yield _checked([*system_of(entry), *(message_of(each, n) for n, each in enumerate(entry[name], 1))])
            return
    asked = next((name for name in _ASKED if name in entry), None)
    if {"chosen", "rejected"} <= set(entry):
        raise ValueError("it has chosen and rejected answers, which the objective preference learns from")
    if asked is None:
        if (given := next((name for name in _LISTS if name in entry), None)) is not None:
            raise ValueError(f"its {given} is {_KINDS.get(type(entry[given]), 'null')}, and must be a list of messages")
        fields = ", ".join(map(str, list(entry)[:6])) or "none"
        raise ValueError(f"its fields are {fields}: it needs messages, conversations, or instruction and output")
    instances = entry.get("instances")
    for instance in instances if isinstance(instances, list) else [entry]:
        yield _checked(_instruction(entry, asked, instance))


def _instruction(entry: Mapping[str, Any], asked: str, instance: object) -> list[Message]:
    if not isinstance(instance, dict):
        raise ValueError("one of its instances is no table")
    answered = next((name for name in _ANSWERED if name in instance), None)
    if answered is None:
        raise ValueError(f"it has {asked}, and no answer ({', '.join(_ANSWERED)})")
    if isinstance(entry[asked], list) and isinstance(instance[answered], list):
        parts = [*entry[asked], *instance[answered]]
        return [*system_of(entry), *(message_of(each, number) for number, each in enumerate(parts, 1))]
    question = _question(entry, asked, instance)
    earlier: list[Message] = []
    history = entry.get("history")
    for pair in history if isinstance(history, list) else ():
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError("its history is not made of pairs")
        earlier += [
            make_message("user", text_of(pair[0], "history")),
            make_message("assistant", text_of(pair[1], "history")),
        ]
    answer = make_message("assistant", text_of(instance[answered], answered))
    return [*system_of(entry), *earlier, make_message("user", question), answer]


def asked_of(entry: Mapping[str, Any]) -> str | None:
    """Return the question of an instruction with what stands beside it, None where it has none.

    Raises ``ValueError``.
    """
    asked = next((name for name in _ASKED if entry.get(name) is not None), None)
    return None if asked is None else _question(entry, asked, entry)


def _question(entry: Mapping[str, Any], asked: str, beside: Mapping[str, Any]) -> str:
    more = [text_of(beside[name], name) for name in _BESIDE if beside.get(name)]
    return "\n\n".join(filter(None, [text_of(entry[asked], asked), *more]))


def system_of(entry: Mapping[str, Any]) -> list[Message]:
    """Return what is said before all: ``system``, and the ``tools`` that the model may call, as they are written."""
    tools = entry.get("tools")
    written = tools if isinstance(tools, str) else json.dumps(tools, ensure_ascii=False) if tools else ""
    words = [str(entry[name]) for name in ("system", "system_prompt") if isinstance(entry.get(name), str)]
    words += [written] if written.strip() not in {"", "[]"} else []
    return [make_message("system", "\n\n".join(filter(None, words)))] if any(words) else []


def message_of(value: object, number: int) -> Message:
    """Return a file's message in our words. Raises ``ValueError`` with the reason why not."""
    if not isinstance(value, dict):
        raise ValueError(f"its message {number} is no table")
    role = next((value[name] for name in ("role", "from") if isinstance(value.get(name), str)), None)
    if role is None:
        raise ValueError(f"its message {number} has no role (nor from)")
    if role.lower() not in ROLES:
        raise ValueError(f"its message {number} is by {role!r}, who is none of {', '.join(ROLES)}")
    if (thoughts := next((name for name in _THOUGHTS if value.get(name)), None)) is not None:
        raise ValueError(f"its message {number} has {thoughts}, which is not learnt: move it into content or remove it")
    content = next((value[name] for name in ("content", "value", "text") if value.get(name) is not None), None)
    calls = value.get("tool_calls") or value.get("function_call")
    text: str = "" if content is None and calls else text_of(content, f"message {number}")
    if calls:  # called after what was said beside
        text = "\n".join(filter(None, (text, json.dumps(calls, ensure_ascii=False))))
    made = make_message(ROLES[role.lower()], text)
    if made["role"] == "assistant" and not _is_marked_to_learn(value, number):
        made[READ_ONLY] = "yes"
    return made


def _is_marked_to_learn(message: Mapping[str, Any], number: int) -> bool:
    """Return whether no mark says that an answer is only read. Raises ``ValueError`` where one is neither 0 nor 1."""
    for name in _MARKS:
        mark = message.get(name)
        if mark is None:
            continue
        if (learnt := flag_of(str(mark))) is None:
            raise ValueError(f"its message {number} has {name} {str(mark)[:20]}: it can be 0 or 1")
        if not learnt:
            return False
    return True


def text_of(value: object, name: str) -> str:
    """Return a text, or the texts of a list of parts. Raises ``ValueError`` where it is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in value):
        return "".join(part["text"] for part in value)
    if isinstance(value, list):
        kinds = [part.get("type") for part in value if isinstance(part, dict) and not isinstance(part.get("text"), str)]
        if kind := next(filter(None, kinds), None):
            raise ValueError(f"its {name} has a part of the type {str(kind)[:40]!r}, and only text is learnt")
    raise ValueError(f"its {name} is no text")


def make_message(role: str, content: str) -> Message:
    """Return a message."""
    return {"role": role, "content": content}


def is_learnt(message: Message) -> bool:
    """Return whether it is an answer with something in it, and not marked as one that is only read."""
    return message["role"] == "assistant" and bool(message["content"].strip()) and READ_ONLY not in message


def _checked(messages: list[Message]) -> list[Message]:
    """Return up to the last answer that is learnt. Raises ``ValueError`` where there is none."""
    answers = [place for place, message in enumerate(messages) if is_learnt(message)]
    if not answers:
        raise ValueError("it has no answer")
    return messages[: answers[-1] + 1]


# ------------------------------------------------------------------------------- the files


def _json_entries(path: Path) -> Iterator[tuple[int, object]]:
    """Yield each entry with the line on which it begins; a ``Fault`` in place of one that is no JSON."""
    with open(path, encoding="utf-8-sig", errors="surrogateescape", newline="\n") as stream:
        first = ""
        while not first and (line := stream.readline(READ_CHARACTERS)):
            first = line.lstrip()[:1]
        stream.seek(0)
        if first == "[":
            yield from _of_array(path, stream)
        elif (whole := _of_one(path, stream)) is not None:
            yield 1, whole
        else:
            yield from _of_lines(path, stream)


def _of_one(path: Path, stream: Any) -> object | None:
    """Return the one entry of a file that has it over several lines; None where each line is an entry."""
    first = stream.readline(READ_CHARACTERS)
    stream.seek(0)
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        if path.stat().st_size > MOST_ENTRY_CHARACTERS:
            return None
    else:
        return None
    try:
        found: object = json.loads(stream.read())
    except (ValueError, RecursionError):
        stream.seek(0)
        return None
    return found


def _of_lines(path: Path, lines: Any) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, Fault(str(path), number, f"it is no JSON: {_reason(error)}")


def _of_array(path: Path, stream: Any) -> Iterator[tuple[int, object]]:
    """Yield the entries of an array, decoded one after the other as the file is read."""
    decoder, text = json.JSONDecoder(), stream.read(READ_CHARACTERS)
    at = text.index("[") + 1
    line = 1 + text.count("\n", 0, at)
    while True:
        between = _BETWEEN.match(text, at)
        begin = between.end() if between is not None else at
        line += text.count("\n", at, begin)
        if text.startswith("]", begin):
            return
        try:
            value, at = decoder.raw_decode(text, begin)
        except (ValueError, RecursionError) as error:
            left = len(text) - begin
            more = "" if left > MOST_ENTRY_CHARACTERS else stream.read(max(READ_CHARACTERS, left))
            if not more:
                line += text.count("\n", begin, getattr(error, "pos", begin))
                yield line, Fault(str(path), line, f"the array is damaged here: {_reason(error)}")
                return
            text, at = text[begin:] + more, 0
            continue
        yield line, value
        line += text.count("\n", begin, at)


def _reason(error: Exception) -> str:
    return error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"


READERS: dict[str, Callable[[Path], Iterator[tuple[int, object]]]] = {
    ".jsonl": _json_entries,
    ".json": _json_entries,
    ".parquet": parquet.records,
}
"""By the end of a file's name; what ends otherwise is taken for JSON."""
CHAT_SUFFIXES = tuple(READERS)
