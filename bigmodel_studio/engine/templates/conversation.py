"""A conversation through a tokenizer's chat template: the template, its variables, and the file it stands in.

Some templates go through a message's content part by part, and drop a text without a word; some refuse a system
message. Which of these a template is, is found out by giving it a probe, once for each template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bigmodel_studio.core.models.folder import read_json
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.templates.renderer import RENDERER

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_TEMPLATE_FILE, _TOKENIZER_FILE = "chat_template.jinja", "tokenizer_config.json"
_PROBE, _SYSTEM_PROBE = "kestrel", "pelican"

Message = Mapping[str, Any]


_CONTINUED = "CONTINUE_FINAL_MESSAGE_TAG "
"""Marks the end of a message that goes on, as transformers marks it."""


def render_continued(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> str:
    """Return the text of ``messages`` up to the end of the last one, which the model is to go on with.

    As transformers' ``continue_final_message`` has it. Raises ``StudioError`` "template-no-continue" where the template
    leaves the end of that message out, and as ``render_conversation`` does.
    """
    *before, last = messages
    text = render_conversation(tokenizer, [*before, {**last, "content": last["content"] + _CONTINUED}], ask=False)
    place = text.rfind(_CONTINUED.strip())
    if place < 0:
        raise StudioError("template-no-continue", file=_file_of(tokenizer))
    kept = text[place:].startswith(_CONTINUED)
    return text[:place] if kept else text[:place].rstrip()


def render_conversation(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message], *, ask: bool = True) -> str:
    """Return the text that the tokenizer's template makes of ``messages``; ``ask``: up to where the model is to answer.

    A template that knows contents only as lists of parts is given such; a system message that it cannot take stands
    before the first message of the user's. Raises ``StudioError`` "template-broken", "template-slow",
    "template-memory" or "template-drops", which name the template's file, and "template-no-default".
    """
    given = messages if takes_system(tokenizer, messages) else _without_system(messages)
    template, variables, file = _of(tokenizer)
    if _wants_parts(template, variables, file):
        given = [_in_parts(message) for message in given]
    text = RENDERER.render(template, given, {**dict(variables), **_asking(ask)}, file=file)
    if _drops_user(template, variables, file):
        raise StudioError("template-drops", file=file)
    return text


def takes_system(tokenizer: PreTrainedTokenizerBase, messages: Sequence[Message]) -> bool:
    """Return whether the template takes these messages' system message as it is (or they have none that could be
    moved).
    """
    if len(messages) < 2 or messages[0]["role"] != "system" or messages[1]["role"] != "user":
        return True
    return not _drops_system(*_of(tokenizer))


def refuse_template(folder: Path, messages: Sequence[Message]) -> None:
    """Refuse a folder whose chat template cannot render ``messages``, without its tokenizer being loaded.

    Where it does without a template, or a system message might have to be moved, nothing is said here. Raises
    ``StudioError`` as ``render_conversation`` does.
    """
    config = read_json(folder / _TOKENIZER_FILE) if (folder / _TOKENIZER_FILE).is_file() else {}
    file = _TEMPLATE_FILE if (folder / _TEMPLATE_FILE).is_file() else _TOKENIZER_FILE
    template = config.get("chat_template")
    if file == _TEMPLATE_FILE:
        template = (folder / file).read_text("utf-8", "replace")
    if not isinstance(template, str) or any(message["role"] == "system" for message in messages):
        return
    special = {name: _text_of(config.get(name)) for name in _SPECIAL}
    variables = {name: text for name, text in special.items() if text is not None} | _asking(True)
    try:
        RENDERER.render(template, messages, variables, file=file)
    except StudioError as error:
        if error.problem.code != "template-broken":
            raise
        RENDERER.render(template, [_in_parts(message) for message in messages], variables, file=file)


_SPECIAL = ("bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token")


def _text_of(token: object) -> str | None:
    """Return a special token as ``tokenizer_config.json`` has it: a text, or an object with one."""
    found = token.get("content") if isinstance(token, dict) else token
    return found if isinstance(found, str) else None


Variables = tuple[tuple[str, str], ...]


def _of(tokenizer: PreTrainedTokenizerBase) -> tuple[str, Variables, str]:
    special = tokenizer.special_tokens_map.items()
    variables = tuple((name, str(token)) for name, token in special if not _several(token))
    named = tokenizer.chat_template
    if isinstance(named, dict) and "default" not in named:
        raise StudioError("template-no-default", file=_file_of(tokenizer), names=", ".join(map(str, named))[:200])
    return tokenizer.get_chat_template(), variables, _file_of(tokenizer)


def _asking(ask: bool) -> dict[str, Any]:
    return {"tools": None, "documents": None, "add_generation_prompt": ask}


def _without_system(messages: Sequence[Message]) -> list[Message]:
    system, first, *rest = messages
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *rest]


def _in_parts(message: Message) -> Message:
    content = message["content"]
    return {**message, "content": [{"type": "text", "text": content}]} if isinstance(content, str) else message


@lru_cache(maxsize=64)
def _wants_parts(template: str, variables: Variables, file: str) -> bool:
    """Return whether a text is lost in the template, and a list with it is not."""
    user_message = {"role": "user", "content": _PROBE}
    if _PROBE in (_probed(template, [user_message], variables, file) or ""):
        return False
    return _PROBE in (_probed(template, [_in_parts(user_message)], variables, file) or "")


@lru_cache(maxsize=64)
def _drops_user(template: str, variables: Variables, file: str) -> bool:
    """Return whether the template does well with a user's message, and leaves out its text, however it is given."""
    user_message = {"role": "user", "content": _PROBE}
    made = _probed(template, [user_message], variables, file)
    return made is not None and _PROBE not in made and not _wants_parts(template, variables, file)


@lru_cache(maxsize=64)
def _drops_system(template: str, variables: Variables, file: str) -> bool:
    """Return whether the template refuses a system message, or leaves it out, and does well without it."""
    messages: list[Message] = [{"role": "system", "content": _SYSTEM_PROBE}, {"role": "user", "content": _PROBE}]
    if _wants_parts(template, variables, file):
        messages = [_in_parts(message) for message in messages]
    if _SYSTEM_PROBE in (_probed(template, messages, variables, file) or ""):
        return False
    return _PROBE in (_probed(template, messages[1:], variables, file) or "")


def _probed(template: str, messages: Sequence[Message], variables: Variables, file: str) -> str | None:
    """Return what the template makes of a probe, None where it refuses it."""
    try:
        return RENDERER.render(template, messages, {**dict(variables), **_asking(True)}, file=file)
    except StudioError as error:
        if error.problem.code != "template-broken":
            raise
        return None


def _several(token: object) -> bool:
    return isinstance(token, list | tuple | dict)


def _file_of(tokenizer: PreTrainedTokenizerBase) -> str:
    folder = Path(str(tokenizer.name_or_path or ""))
    return _TEMPLATE_FILE if (folder / _TEMPLATE_FILE).is_file() else _TOKENIZER_FILE
