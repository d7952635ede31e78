"""Words in problems, made ready for another language."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.text.phrases import numberless


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
