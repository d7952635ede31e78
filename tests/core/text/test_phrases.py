"""Words in problems, made ready for another language."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.text.messages import SENTENCES, hint, sentence
from bigmodel_studio.core.text.phrases import numberless, recognised
from bigmodel_studio.protocol import Problem


@pytest.mark.parametrize(
    ("text", "template", "figures"),
    [
        ("1 to 65,536", "{0} to {1}", ["1", "65,536"]),
        ("at most 100 characters", "at most {0} characters", ["100"]),
        ("-1 (a twentieth), or 0 up", "{0} (a twentieth), or {1} up", ["-1", "0"]),
        ("{braces} and 0.5", "{{braces}} and {0}", ["0.5"]),
        ("nothing", "nothing", []),
    ],
)
def test_figures_are_taken_out_and_can_be_put_back(text: str, template: str, figures: list[str]) -> None:
    assert numberless(text) == (template, figures)
    assert template.format(*figures) == text


@pytest.mark.parametrize(
    "problem",
    [
        Problem(code="training-memory-least", arguments={"device": "CUDA 0", "needs": "3.1 GB"}),
        Problem(code="context-full", arguments={"tokens": 2048, "context": 1024}),
        Problem(code="disk-write", arguments={"path": "/a/b: c", "detail": "No space left on device"}),
    ],
)
def test_a_sentence_is_known_again(problem: Problem) -> None:
    """As a run leaves it in its folder: with and without the way out."""
    templates = SENTENCES[problem.code]
    whole = recognised(f"{sentence(problem)} {hint(problem)}")
    assert [part for part, _ in whole] == list(templates)
    assert whole[0][1] == problem.arguments
    assert recognised(sentence(problem)) == [(templates[0], problem.arguments)]


def test_other_text_is_not_known() -> None:
    assert recognised("anything at all") == []
