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


@pytest.fixture(scope="module")
def strings() -> list[tuple[str, str]]:
    """Every string that a user reads and that is no docstring, with its place."""
    paths = [PACKAGE / place for place in READ]
    files = [file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))]
    return [(f"{file.relative_to(PACKAGE)}:{line}", text) for file in files for line, text in _strings(file)]


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    tree = ast.parse(path.read_text("utf-8"))
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.lineno, node.value


@pytest.mark.parametrize("phrase", FORBIDDEN)
def test_no_string_says_it_in_a_roundabout_way(strings: list[tuple[str, str]], phrase: str) -> None:
    said = re.compile(phrase, re.IGNORECASE)
    assert [f"{place}: {text!r}" for place, text in strings if said.search(text)] == []


def test_no_module_begins_with_what_as_a_subject() -> None:
    sources = {path: path.read_text("utf-8") for path in PACKAGE.rglob("*.py")}
    begun = {path: ast.parse(text) for path, text in sources.items() if re.search(r"[\"']\s*What ", text)}
    found = [str(path.relative_to(PACKAGE)) for path, tree in begun.items() if _docstring(tree).startswith("What ")]
    assert sorted(found) == []


def _docstring(tree: ast.Module) -> str:
    return ast.get_docstring(tree) or ""


def test_chinese_has_one_word_for_one_thing() -> None:
    text = (PACKAGE.parent / "resources" / "i18n" / "bigmodel_zh_CN.ts").read_text("utf-8")
    assert [word for word in ("图像", "聊天", "会话", "个运行", "此运行", "训练运行") if word in text] == []
