"""A conversation through a tokenizer's chat template: the template, its variables, and the file it stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bigmodel_studio.engine.templates.renderer import RENDERER

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_TEMPLATE_FILE, _TOKENIZER_FILE = "chat_template.jinja", "tokenizer_config.json"


def render_conversation(
    tokenizer: PreTrainedTokenizerBase, messages: Sequence[Mapping[str, Any]], *, ask: bool = True
) -> str:
    """The text that the tokenizer's template makes of ``messages``; ``ask``: up to where the model is to answer.

    Raises ``StudioError`` "template-broken", "template-slow" or "template-memory", which name the template's file.
    """
    variables = {name: str(token) for name, token in tokenizer.special_tokens_map.items() if not _several(token)}
    variables |= {"tools": None, "documents": None, "add_generation_prompt": ask}  # type: ignore[dict-item]
    template = tokenizer.get_chat_template()
    return RENDERER.render(template, messages, variables, file=_file_of(tokenizer))


def _several(token: object) -> bool:
    return isinstance(token, list | tuple | dict)


def _file_of(tokenizer: PreTrainedTokenizerBase) -> str:
    folder = Path(str(tokenizer.name_or_path or ""))
    return _TEMPLATE_FILE if (folder / _TEMPLATE_FILE).is_file() else _TOKENIZER_FILE
