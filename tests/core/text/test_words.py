"""Words as models that tag them are given them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.text.words import places_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Anna (of U.S. Steel) didn't pay.", ["Anna", "(", "of", "U.S", ".", "Steel", ")", "didn't", "pay", "."]),
        ("$5", ["$", "5"]),
        ("@bob likes #paris, see http://t.co/a!", ["@bob", "likes", "#paris", ",", "see", "http://t.co/a", "!"]),
        ("我爱北京。Hello世界", ["我", "爱", "北", "京", "。", "Hello", "世", "界"]),
        (" \n", []),
    ],
)  # fmt: skip
def test_words_are_parted_where_people_part_them(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(st.text())
def test_nothing_is_lost_but_spaces(text: str) -> None:
    words = words_of(text)
    assert "".join(words) == "".join(text.split())
    assert [text[first:end] for first, end in places_of(words, text)] == words
