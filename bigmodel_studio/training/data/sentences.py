"""Text as documents of sentences, the way BERT reads it (Devlin et al. 2018, appendix A.2): a file, or a stretch of it
between blank lines, is a document; a line, or what ends with a full stop inside one, is a sentence.

Nothing here knows tokens. The rule is a plain one: "Mr. Smith" is two sentences to it, which teaches no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_CHARACTERS = 2000
"""A longer sentence is cut at a space, so that a text without line ends is no single one."""
_END = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019)\]]*\s+|[\u3002\uff01\uff1f]+[\"\u201d\u2019\u300d\u300f\uff09]*\s*")


def sentences_of(line: str) -> Iterator[str]:
    """Yield the sentences of one line, without the white space around them; none of a blank line."""
    begin = 0
    for found in _END.finditer(line):
        yield from _bounded(line[begin : found.end()].strip())
        begin = found.end()
    yield from _bounded(line[begin:].strip())


def _bounded(sentence: str) -> Iterator[str]:
    while len(sentence) > MOST_CHARACTERS:
        cut = sentence.rfind(" ", 1, MOST_CHARACTERS) + 1 or MOST_CHARACTERS
        yield sentence[:cut].strip()
        sentence = sentence[cut:].strip()
    if sentence:
        yield sentence


def documents_in(chunks: Iterable[str]) -> Iterator[list[tuple[int, str]] | None]:
    """Yield, for each chunk, the sentences that it holds, each with its line (from 1), and ``None`` wherever a document
    ends.

    A chunk ends where a line does (``text_files.read_chunks``), or else amid a line without an end near.
    """
    first = 1
    for chunk in chunks:
        found: list[tuple[int, str]] = []
        for number, line in enumerate(chunk.removesuffix("\n").split("\n"), first):
            if line.strip():
                found += [(number, sentence) for sentence in sentences_of(line)]
                continue
            if found:
                yield found
                found = []
            yield None
        if found:
            yield found
        first += chunk.count("\n")
    yield None
