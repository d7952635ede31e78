"""The command ``advise``: what it prints, and what it says of a mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigmodel_studio.cli import advise
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, hint


def test_the_best_comes_first_with_its_reason_and_plan(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    advise.advise_(task="recognise", memory="700MB", licence="free", json=True)
    found = json.loads(capsys.readouterr().out)
    assert found[0]["id"] == "starter-resnet"
    assert found[0]["plan"]["free_bytes"] == 700_000_000
    assert found[0]["plan"]["total_bytes"] == sum(found[0]["plan"]["parts"].values())
    assert "on this computer" in found[0]["reason"]
    scores = [advice["score"] for advice in found]
    assert scores == sorted(scores, reverse=True)
    large = next(advice for advice in found if advice["id"] == "google/vit-base-patch16-224")
    assert not large["plan"]["fits"]  # 86.6 M parameters in float32 and what a process takes
    assert numbers.size(large["plan"]["total_bytes"]) in large["reason"]


def test_a_table_says_the_same(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    advise.advise_(task="chat")
    header, first, *_ = capsys.readouterr().out.splitlines()
    assert header.split() == ["MODEL", "SCORE", "PARAMETERS", "MEMORY", "LICENSE"]
    assert first.startswith("starter-gpt")
    assert "on this computer" in first


def test_a_mistake_is_answered_with_what_it_may_be() -> None:
    for task, memory, words in (("juggle", "", "recognise"), ("chat", "much", "4GB")):
        with pytest.raises(StudioError) as caught:
            advise.advise_(task=task, memory=memory)
        assert words in hint(caught.value.problem)


@pytest.mark.parametrize(
    ("text", "size"), [("", 0), ("4GB", 4 * 10**9), ("512 mb", 512 * 10**6), ("1.5GiB", 1610612736), ("1000", 1000)]
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert advise.size_of(text) == size


@pytest.mark.parametrize("text", ["-4GB", "4 apples", "0", "9" * 40, "GB"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(StudioError):
        advise.size_of(text)
