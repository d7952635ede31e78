"""What a template knows and does not know of messages is found out, and nothing that was said is lost."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.templates.conversation import render_conversation, takes_system
from tests.small_models import byte_tokenizer

_LISTS = (
    "{% for m in messages %}<{{ m.role }}>{% for part in m['content'] %}"
    "{% if part['type'] == 'text' %}{{ part['text'] }}{% endif %}{% endfor %}{% endfor %}"
)
_REFUSES = (
    "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    "<{{ m.role }}>{{ m.content }}{% endfor %}"
)
_DROPS = "{% for m in messages if m.role != 'system' %}<{{ m.role }}>{{ m.content }}{% endfor %}"
_USER = {"role": "user", "content": "Who?"}
_SYSTEM = {"role": "system", "content": "Be brief."}


def test_a_template_of_parts_is_given_parts() -> None:
    assert render_conversation(byte_tokenizer(_LISTS), [_SYSTEM, _USER]) == "<system>Be brief.<user>Who?"


def test_a_template_of_texts_is_given_texts() -> None:
    assert render_conversation(byte_tokenizer(), [_USER], ask=False) == "<user>Who?\n"


def test_a_system_message_that_is_refused_or_dropped_goes_into_the_first_message() -> None:
    for template in (_REFUSES, _DROPS):
        tokenizer = byte_tokenizer(template)
        assert not takes_system(tokenizer, [_SYSTEM, _USER])
        assert render_conversation(tokenizer, [_SYSTEM, _USER]) == "<user>Be brief.\n\nWho?"


def test_a_template_that_takes_a_system_message_has_it() -> None:
    tokenizer = byte_tokenizer()
    assert takes_system(tokenizer, [_SYSTEM, _USER])
    assert takes_system(byte_tokenizer(_REFUSES), [_USER])
    assert render_conversation(tokenizer, [_SYSTEM, _USER], ask=False) == "<system>Be brief.\n<user>Who?\n"


def test_a_template_that_leaves_out_the_user_or_has_no_default_is_refused() -> None:
    with pytest.raises(StudioError) as caught:
        render_conversation(byte_tokenizer("Hello"), [_USER])
    assert caught.value.problem.code == "template-drops"
    named = byte_tokenizer()
    named.chat_template = {"rag": "x", "tool_use": "y"}
    with pytest.raises(StudioError, match="rag, tool_use") as caught:
        render_conversation(named, [_USER])
    assert caught.value.problem.code == "template-no-default"
