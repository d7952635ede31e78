"""What the palette finds, and what it finds first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.text.fuzzy import fit

TEXTS = ["Settings…", "New run", "Open a folder…", "starter-gpt", "Command palette…", "与模型聊天", "Café notes"]


def _found(typed: str) -> list[str]:
    fits = [(fit(typed, text), text) for text in TEXTS]
    return [text for found, text in sorted(fits, key=lambda each: -(each[0].score if each[0] else 0)) if found]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("set", "Settings…"),
        ("GPT", "starter-gpt"),
        ("nr", "New run"),
        ("opfo", "Open a folder…"),
        ("folder open", "Open a folder…"),
        ("cafe", "Café notes"),
        ("模型", "与模型聊天"),
        ("run", "New run"),
    ],
)
def test_what_is_meant_comes_first(typed: str, first: str) -> None:
    assert _found(typed)[0] == first


def test_what_does_not_fit_is_left_out() -> None:
    assert _found("zebra") == []
    assert fit("nn", "New") is None
    found = fit("gpt", "starter-gpt")
    assert found is not None
    assert found.places == (8, 9, 10)


def test_nothing_typed_fits_everything() -> None:
    assert _found("  ") == TEXTS


@given(st.text(max_size=30), st.text(max_size=60))
def test_places_are_of_the_text_and_hold_what_was_typed(typed: str, text: str) -> None:
    found = fit(typed, text)
    if found is not None:
        assert all(0 <= place < len(text) for place in found.places)
        assert list(found.places) == sorted(set(found.places))
    assert fit(text[:20], text) is not None
