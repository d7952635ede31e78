"""The tables of sentences: each code once, each template with arguments that a problem can have."""

from __future__ import annotations

import importlib
import pkgutil
import string

from bigmodel_studio.core.text import messages, sentences
from bigmodel_studio.core.text.sentences.commands import COMMANDS
from bigmodel_studio.protocol import Problem


def test_no_code_stands_in_two_tables() -> None:
    tables = [
        importlib.import_module(f"{sentences.__name__}.{found.name}").SENTENCES
        for found in pkgutil.iter_modules(sentences.__path__)
        if found.name != "commands"
    ]
    codes = [code for table in tables for code in table]
    assert len(codes) == len(set(codes))
    assert set(codes) == set(messages.SENTENCES)


def test_templates_name_their_arguments() -> None:
    for code, both in messages.SENTENCES.items():
        for template in both:
            names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
            assert all(name.isidentifier() for name in names), (code, names)


def test_only_the_command_line_names_commands() -> None:
    for code, both in messages.SENTENCES.items():
        assert not any(
            word in " ".join(both) for word in ("bigmodel-studio ", "pip install", "python3 ", "ollama pull")
        ), code
    assert set(COMMANDS) <= set(messages.SENTENCES)
    unknown = Problem(code="run-unknown", arguments={"run": "x"})
    assert messages.command(unknown) == "“bigmodel-studio runs” lists them."
    assert "bigmodel-studio" not in messages.hint(unknown)
    assert messages.command(Problem(code="prompt-empty")) == messages.hint(Problem(code="prompt-empty"))


def test_one_is_said_in_the_singular_with_the_same_arguments() -> None:
    one, two = (Problem(code="preview-rows", arguments={"count": count, "detail": "no class"}) for count in (1, 2))
    assert messages.sentence(one) == "1 row is invalid: no class."
    assert messages.sentence(two) == "2 rows are invalid: no class."
    for code, both in messages.SENTENCES.items():
        if code.endswith(":one"):
            names, plural = (
                {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}
                for texts in (both, messages.SENTENCES[code.removesuffix(":one")])
            )
            assert names <= plural, code
