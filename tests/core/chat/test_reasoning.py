"""Reasoning is told from the answer, whole and as it streams, wherever the pieces end."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.chat.reasoning import ReasoningStream, split

REPLIES = [
    ("<think>\nIt is 2.\n</think>\n\nTwo.", "It is 2.", "Two."),
    ("\n <think>a < b</think>c", "a < b", "c"),
    ("Only an answer with a < sign", "", "Only an answer with a < sign"),
    ("<think>cut off in the midd", "cut off in the midd", ""),
    ("<thin ice is thin", "", "<thin ice is thin"),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "thoughts", "answer"), REPLIES)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_reply_is_parted_whole_and_in_pieces(text: str, thoughts: str, answer: str, size: int) -> None:
    assert split(text) == (thoughts, answer)
    stream, found = ReasoningStream(), ["", ""]
    for at in range(0, len(text), size):
        for number, gained in enumerate(stream.push(text[at : at + size])):
            found[number] += gained
    found[0 if stream.thinking else 1] += stream.rest()
    assert [part.strip() for part in found] == [thoughts, answer.strip()]


def test_a_template_may_have_opened_the_reasoning() -> None:
    assert split("It is 2.\n</think>\nTwo.") == ("It is 2.", "Two.")
