"""A hostile ``tokenizer.json`` costs another process its time and memory, once; an ordinary one is tried once, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models import tokenizer_trial
from bigmodel_studio.engine.models.checks import check_tokenizer

_GROWING = [{"type": "Replace", "pattern": {"String": "a"}, "content": "a" * 10}] * 9
_BACKTRACKING = {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": False}


def _change(folder: Path, **fields: Any) -> None:
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), "utf-8")


def _refusal(folder: Path) -> str:
    with pytest.raises(StudioError) as refused:
        check_tokenizer(folder, "a model")
    return refused.value.problem.code


def test_what_grows_without_end_is_refused_and_remembered(gpt_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = (gpt_folder / "tokenizer.json").read_bytes()
    monkeypatch.setattr(limits, "TOKENIZER_MEMORY_BYTES", 96 << 20)
    _change(gpt_folder, normalizer={"type": "Sequence", "normalizers": _GROWING})
    assert _refusal(gpt_folder) == "tokenizer-memory"
    with monkeypatch.context() as none:
        none.setattr(tokenizer_trial, "HELPER", None)
        assert _refusal(gpt_folder) == "tokenizer-memory"
    (gpt_folder / "tokenizer.json").write_bytes(usual)
    check_tokenizer(gpt_folder, "a model")
    monkeypatch.setattr(tokenizer_trial, "HELPER", None)
    check_tokenizer(gpt_folder, "a model")


def test_what_takes_too_long_is_refused(gpt_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOKENIZER_S", 0.02)
    _change(gpt_folder, pre_tokenizer=_BACKTRACKING)
    assert _refusal(gpt_folder) == "tokenizer-slow"


def test_a_file_beyond_all_sizes_is_not_read(gpt_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TOKENIZER_BYTES", 1_000)
    with pytest.raises(StudioError, match=r"tokenizer\.json can't be used: it is .* bytes long, and at most 1,000"):
        check_tokenizer(gpt_folder, "a model")
