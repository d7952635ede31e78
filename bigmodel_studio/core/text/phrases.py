"""English words that come with a problem or stand in a run's folder, made ready to be said in another language.

A problem's arguments hold words now and then ("at most 100 characters"), and a run says on disk how far it is.
``numberless`` takes the figures out of such words, so that one translation serves them all. Translating is the
window's part.
"""

from __future__ import annotations

import re

from bigmodel_studio.core.runs.run_folder import UNKNOWN_WRITER

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
    """Return ``"1 to 65,536"`` as the template ``"{0} to {1}"`` and its figures."""
    figures: list[str] = []

    def kept(found: re.Match[str]) -> str:
        figures.append(found[0])
        return f"{{{len(figures) - 1}}}"

    return _NUMBER.sub(kept, text.replace("{", "{{").replace("}", "}}")), figures
