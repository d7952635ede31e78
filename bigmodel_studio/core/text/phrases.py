"""English words that come with a problem or stand in a run's folder, made ready to be said in another language.

A problem's arguments hold words now and then ("at most 100 characters"), and a run leaves what happened to it as a
sentence on disk. ``numberless`` takes the figures out of such words, so that one translation serves them all, and
``recognised`` finds the entry of ``SENTENCES`` that a sentence was made from. Translating is the window's part.
"""

from __future__ import annotations

import functools
import re
import string

from bigmodel_studio.core.runs.run_folder import UNKNOWN_WRITER
from bigmodel_studio.core.text.messages import SENTENCES

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")

WORDS: tuple[str, ...] = (
    "Stopped after step 0.",
    "Paused, memory released, after step 0.",
    "vocabulary: 0%",
    "reading: 0%",
    "tokenizing: 0%",
    "reading pictures: 0%",
    "0 (greedy) to 100",
    "0 (off) or more",
    "0 to 1 (off)",
    "0 (off) to 1",
    "0.01 to 100, 1 being off",
    "0 or more",
    "1 (off) to 64",
    "queued",
    "running",
    "paused",
    "stopping",
    "stopped",
    "finished",
    "failed",
    "interrupted",
    "Choose a masked language model.",
    "Choose a text classifier.",
    "Choose a token classifier.",
    "Choose a text encoder.",
    "Choose an encoder-decoder such as T5, BART or Marian.",
    UNKNOWN_WRITER,
)
"""What runs and samplers say of themselves; rules of specs and literal arguments of problems come to these."""


def numberless(text: str) -> tuple[str, list[str]]:
    """``"1 to 65,536"`` as the template ``"{0} to {1}"`` and its figures."""
    figures: list[str] = []

    def kept(found: re.Match[str]) -> str:
        figures.append(found[0])
        return f"{{{len(figures) - 1}}}"

    return _NUMBER.sub(kept, text.replace("{", "{{").replace("}", "}}")), figures


def recognised(text: str) -> list[tuple[str, dict[str, str | int | float]]]:
    """The templates of ``SENTENCES`` that ``text`` was made from (what happened, the way out) with their arguments.

    Empty where it was not made from them.
    """
    for parts in _templates():
        found = _pattern(" ".join(parts)).fullmatch(text)
        if found:
            arguments: dict[str, str | int | float] = {
                name: _figure(value) for name, value in found.groupdict().items()
            }
            return [(part, arguments) for part in parts]
    return []


@functools.cache
def _templates() -> list[list[str]]:
    """Both parts of each entry, then the first alone; those with the most words of their own first, since one of few
    words ("{field} is {was}.") fits much that was made from others.
    """
    whole = [[sentence, hint] for sentence, hint in SENTENCES.values() if hint]
    alone = [[sentence] for sentence, _ in SENTENCES.values()]
    return [*sorted(whole, key=_own_words, reverse=True), *sorted(alone, key=_own_words, reverse=True)]


def _own_words(parts: list[str]) -> int:
    return sum(len(literal) for literal, *_ in string.Formatter().parse(" ".join(parts)))


def _figure(text: str) -> str | int | float:
    """A whole number as such, since templates group some."""
    return int(text.replace(",", "")) if re.fullmatch(r"\d{1,3}(,\d{3})*|\d+", text) else text


@functools.cache
def _pattern(template: str) -> re.Pattern[str]:
    pattern, seen = "", set()
    for literal, name, _, _ in string.Formatter().parse(template):
        pattern += re.escape(literal)
        if name is not None:
            pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.*)"
            seen.add(name)
    return re.compile(pattern, re.DOTALL)
