"""A docstring of a function begins with a verb. Ruff's D401 checks words that it knows; this test, the others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.import_graph import PACKAGE, ROOT

NO_VERBS = frozenset(
    re.findall(
        r"\w+",
        """
        a about after all an and another any around as at because before both but by each either every everything
        for from her his how if in inside into it its more most no nobody none nor not nothing of on once one only
        other otherwise over own some something such that the their them there these they this those through to two
        under until up upon usually we what when where whether which while who whole whose why with within without
        you your
        """,
    )
)
"""Words that begin a noun phrase or a clause."""
VERBS = frozenset({"Bring", "Embed", "Feed", "Focus", "Seed"})
"""Imperatives that end as participles and plurals do."""


def first_word(text: str) -> str:
    return re.split(r"[\s,;:.(]", text.strip(), maxsplit=1)[0]


def is_verb(word: str) -> bool:
    """Whether a first word may be an imperative: a capital, then letters; no third person or plural, no participle."""
    if not re.fullmatch(r"[A-Z][a-z]+", word) or word.lower() in NO_VERBS:
        return False
    if word in VERBS:
        return True
    return word.endswith("ss") or not word.endswith(("s", "ed", "ing"))


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the functions of a module and the methods of its classes that are public and no properties."""
    containers: list[ast.Module | ast.ClassDef] = [tree]
    while containers:
        for node in containers.pop().body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                containers.append(node)
            elif (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and not node.name.startswith("_")
                and not any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
            ):
                yield node


def test_every_public_function_says_in_the_imperative_what_it_does() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {text.splitlines()[0]}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in functions(ast.parse(path.read_text("utf-8")))
        if (text := ast.get_docstring(node)) and not is_verb(first_word(text))
    ]
    assert wrong == []


@pytest.mark.parametrize("word", ["Return", "Yield", "Compress", "Focus", "Bring", "Feed"])
def test_these_are_verbs(word: str) -> None:
    assert is_verb(word)


@pytest.mark.parametrize(
    "word", ["The", "Bytes", "Whether", "Raises", "``name``", "[rows]", "Sorted", "int64", "CRC-32"]
)
def test_these_are_none(word: str) -> None:
    assert not is_verb(word)
