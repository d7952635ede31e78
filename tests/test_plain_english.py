"""Phrases that a reader has to read twice stay out of what the application says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bigmodel_studio

PACKAGE = Path(bigmodel_studio.__file__).parent
FORBIDDEN = (
    r"\bso that\b",
    r"\bgone on with\b",
    r"\bgo(es)? on with\b",
    r"\bsee to\b",
    r"\blearnt (by|from|as|more)\b",
    r"\bby heart\b",
    r"\bis had\b",
    r"\bwhat came\b",
    r"\bwithout a word\b",
    r"\bis not at work\b",
    r"\bgiven? (its )?memory back\b",
    r"\bit may be: ",
    r"\btokens a second\b",
    r"\bactivations twice\b",
    r"\bfor want of\b",
    r"\bhas its first value again\b",
    r"\bis to be said\b",
    r"\btaken for\b",
    r"\ba text a line\b",
    r"\bone a line\b",
)
"""Each has a plain word in its place."""
READ = ("ui", "cli", "core/text/sentences", "core/system/settings.py", "core/specs", "core/models/layer_cards.py")
"""Where the strings stand that a user reads."""


def _sources() -> Iterator[Path]:
    for place in READ:
        path = PACKAGE / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    """Every string that is no docstring, with its line."""
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


@pytest.mark.parametrize("phrase", FORBIDDEN)
def test_no_string_says_it_in_a_roundabout_way(phrase: str) -> None:
    said = re.compile(phrase, re.IGNORECASE)
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text!r}"
        for path in _sources()
        for line, text in _strings(path)
        if said.search(text)
    ]
    assert found == []


def test_no_module_begins_with_what_as_a_subject() -> None:
    sources = {path: ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "" for path in PACKAGE.rglob("*.py")}
    assert sorted(str(path.relative_to(PACKAGE)) for path, text in sources.items() if text.startswith("What ")) == []


def test_chinese_has_one_word_for_one_thing() -> None:
    text = (PACKAGE.parent / "resources" / "i18n" / "bigmodel_zh_CN.ts").read_text("utf-8")
    assert [word for word in ("图像", "聊天", "会话", "个运行", "此运行", "训练运行") if word in text] == []
