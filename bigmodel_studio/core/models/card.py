"""A model's card made fit to be shown: Markdown alone, without what would be loaded, in pieces that draw quickly.

Cards come with a head of YAML, with HTML around pictures and badges, and at any length. What is shown is the text:
pictures by what they say of themselves, tags left out, no more than ``MOST_CHARACTERS``. Nothing is loaded or run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_CHARACTERS = 60_000
PIECE_CHARACTERS = 2_000
"""A piece ends at the next blank line behind so many characters, or at twice as many."""

_TAGS = (
    "a|abbr|audio|b|big|blockquote|body|br|center|code|dd|details|div|dl|dt|em|figcaption|figure|font|h[1-6]|head|hr|"
    "html|i|iframe|img|kbd|li|link|meta|ol|p|picture|pre|script|section|small|source|span|strong|style|sub|summary|sup|"
    "svg|table|tbody|td|tfoot|th|thead|title|tr|tt|u|ul|video"
)
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"<(script|style|svg)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"<h([1-6])\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/h[1-6]|/div|/tr)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_PICTURE = re.compile(r"!\[([^\[\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)|\[[^\[\]\n]*\])")
_EMPTY_LINK = re.compile(r"\[\s*\]\([^()\n]*\)")
_FENCE = re.compile(r"\s{0,3}(```+|~~~+)")


def pieces(card: str) -> list[str]:
    """Return the card's text as Markdown, piece by piece; none where there is nothing to be read."""
    text = _HEAD.sub("", card[: MOST_CHARACTERS * 2], count=1)[:MOST_CHARACTERS]
    read = "".join(block if fenced else _readable(block) for fenced, block in _blocks(text.replace("\r\n", "\n")))
    return [piece for piece in _cut(read) if piece.strip()]


def _blocks(text: str) -> Iterator[tuple[bool, str]]:
    """Code between fences, and what is around it."""
    fence, lines = "", list[str]()
    for line in text.splitlines(keepends=True):
        found = _FENCE.match(line)
        if found and not fence:
            yield False, "".join(lines)
            fence, lines = found[1], [line]
        elif found and found[1].startswith(fence) and fence:
            yield True, "".join([*lines, line])
            fence, lines = "", []
        else:
            lines.append(line)
    yield bool(fence), "".join(lines)


def _readable(text: str) -> str:
    text = _HIDDEN.sub("", _COMMENT.sub("", text))
    text = _HEADING.sub(lambda found: f"\n\n{'#' * int(found[1])} ", text)
    text = _BREAK.sub("\n", _ITEM.sub("\n- ", text))
    text = _TAG.sub("", text)
    text = _PICTURE.sub(lambda found: f"*{found[1].strip()}*" if found[1].strip() else "", text)
    text = _EMPTY_LINK.sub("", text)
    lines = [line if line.strip() else "" for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _cut(text: str) -> Iterator[str]:
    lines, length, fence = list[str](), 0, ""
    for line in text.splitlines(keepends=True):
        for part in _parts(line):
            found = _FENCE.match(part)
            if found and not fence:
                fence = found[1]
            elif found and found[1].startswith(fence):
                fence = ""
            lines.append(part)
            length += len(part)
            at_blank = not part.strip() and not fence
            if length >= PIECE_CHARACTERS * (1 if at_blank else 2):
                yield "".join([*lines, f"{fence}\n"] if fence else lines)
                lines, length = [f"{fence}\n"] if fence else [], 0
    yield "".join(lines)


def _parts(line: str) -> Iterator[str]:
    """Yield a line; one that is longer than a piece, in parts."""
    for start in range(0, len(line), PIECE_CHARACTERS):
        yield line[start : start + PIECE_CHARACTERS]
