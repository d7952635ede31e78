"""The reasoning of a reply and its answer: what stands between ``<think>`` and ``</think>``, and what follows.

Some templates write the opening tag themselves, so that a reply has the closing one alone. It knows no widget.
"""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"


def split(text: str) -> tuple[str, str]:
    """Return reasoning ("" where there is none) and answer of a whole reply, or of one that was cut off in either."""
    start = text.lstrip()
    if start.startswith(OPEN):
        thoughts, _, answer = start.removeprefix(OPEN).partition(CLOSE)
        return thoughts.strip(), answer.lstrip()
    thoughts, closed, answer = text.partition(CLOSE)
    return (thoughts.strip(), answer.lstrip()) if closed else ("", text)


class ReasoningStream:
    """Tells reasoning from answer while a reply streams; a tag may come in pieces.

    ``thinking``: what comes now is reasoning.
    """

    def __init__(self) -> None:
        self.thinking = False
        self._begun = False
        self._waiting = ""
        """What may be a part of a tag, or space around one."""

    def push(self, piece: str) -> tuple[str, str]:
        """Return what the reasoning and what the answer gained."""
        text = self._waiting + piece
        self._waiting = ""
        thoughts = ""
        if not self._begun:
            start = text.lstrip()
            if OPEN.startswith(start):  # it may still be the tag
                self._waiting = text
                return "", ""
            self._begun = True
            self.thinking = start.startswith(OPEN)
            text = start.removeprefix(OPEN).lstrip() if self.thinking else text
        if self.thinking:
            thoughts, closed, text = text.partition(CLOSE)
            if not closed:
                kept = _beginning_of(CLOSE, thoughts)
                self._waiting = thoughts[len(thoughts) - kept :]
                return thoughts[: len(thoughts) - kept], ""
            self.thinking = False
            text = text.lstrip()
        return thoughts, text

    def rest(self) -> str:
        """Return what waited and was no tag, at the end of the reply."""
        waiting, self._waiting = self._waiting, ""
        return waiting


def _beginning_of(tag: str, text: str) -> int:
    """Return how many characters at the end of a text may be the beginning of a tag."""
    return next((n for n in range(min(len(tag) - 1, len(text)), 0, -1) if text.endswith(tag[:n])), 0)
