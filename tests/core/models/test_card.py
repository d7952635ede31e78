"""Model cards: what is shown of them is their text, whatever they hold, in pieces that draw quickly."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.models.card import MOST_CHARACTERS, PIECE_CHARACTERS, pieces

CARD = """---
license: mit
tags: [a, b]
---
<div align="center"><img src="https://example.org/logo.png" width="60%" alt="Logo" /></div>
<!-- a note
over two lines -->
# A model

[![Badge](https://img.example.org/x.svg)](https://example.org/licence) <br> It uses `<pad>` and <s> tokens.
See <https://example.org/page>, or ![a plot of loss (small)](plot_(1).png).

<h2 id="use">Use it</h2><ul><li>one</li><li>two</li></ul>

```python
x = "<div>kept</div>"
```
"""


def test_the_text_stays_and_what_would_be_loaded_goes() -> None:
    text = "".join(pieces(CARD))
    assert text.lstrip().startswith("# A model")
    assert "license" not in text
    assert "a note" not in text
    for gone in ("<div align", "<img", "logo.png", "x.svg", "plot_(1)", "<h2", "</li>"):
        assert gone not in text, gone
    assert "[*Badge*](https://example.org/licence)" in text
    assert "`<pad>` and <s> tokens" in text
    assert "<https://example.org/page>" in text
    assert "*a plot of loss (small)*" in text
    assert "\n## Use it" in text
    assert "\n- one\n" in text
    assert '```python\nx = "<div>kept</div>"\n```' in text


def test_pieces_are_short_and_lose_nothing() -> None:
    paragraphs = [f"Paragraph {number}: " + "word " * 60 for number in range(60)]
    made = pieces("\n\n".join(paragraphs))
    assert len(made) > 5
    assert max(map(len, made)) <= 2 * PIECE_CHARACTERS + 100
    assert "".join(made).split() == " ".join(paragraphs).split()


def test_code_that_is_cut_stays_code_in_every_piece() -> None:
    made = pieces("```\n" + "print(1)\n" * 2000 + "```\n\nAfter it.\n")
    assert len(made) > 3
    assert all(piece.startswith("```\n") and piece.count("```") == 2 for piece in made[:-1])
    assert sum(piece.count("print(1)") for piece in made) == 2000
    assert "After it." in made[-1]


def test_a_long_card_is_cut_and_a_line_without_an_end_too() -> None:
    assert sum(map(len, pieces("x" * 10_000_000))) == MOST_CHARACTERS
    assert max(map(len, pieces("x" * 100_000))) <= 2 * PIECE_CHARACTERS


@pytest.mark.parametrize("card", ["", "---\na: b\n---\n", "<!-- never closed " * 3, "<style>body {}", " \n\n "])
def test_a_card_without_words_has_no_pieces(card: str) -> None:
    assert pieces(card) == []


@pytest.mark.parametrize("part", ["<a ", "<!--", "![", "[](", "<h1 ", "---\n", "```\n", "![a](((", "<li", "<script"])
def test_what_is_made_to_be_slow_comes_to_an_end(part: str) -> None:
    """An expression that goes back over what it has read would take longer than any test may."""
    assert sum(map(len, pieces(part * 30_000))) <= MOST_CHARACTERS
