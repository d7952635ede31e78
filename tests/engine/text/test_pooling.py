"""A sentence-transformers folder's own pooling and length are followed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.text.pooling import Pooling, pooling_of

_STATES = torch.tensor([[[1.0, 0.0], [0.0, 2.0], [3.0, 1.0], [9.0, 9.0]]])
_MASK = torch.tensor([[1, 1, 1, 0]])


def _folder(path: Path, pooling: dict[str, Any], **length: Any) -> Path:
    modules = [
        {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (path / "1_Pooling").mkdir()
    (path / "modules.json").write_text(json.dumps(modules), "utf-8")
    (path / "1_Pooling" / "config.json").write_text(json.dumps(pooling), "utf-8")
    (path / "sentence_bert_config.json").write_text(json.dumps(length), "utf-8")
    return path


@pytest.mark.parametrize(
    ("mode", "vector"),
    [
        ("cls_token", [1.0, 0.0]),
        ("mean_tokens", [4 / 3, 1.0]),
        ("max_tokens", [3.0, 2.0]),
        ("mean_sqrt_len_tokens", [4 / 3**0.5, 3 / 3**0.5]),
        ("weightedmean_tokens", [10 / 6, 7 / 6]),
        ("lasttoken", [3.0, 1.0]),
    ],
)
def test_each_mode_is_what_its_name_says(tmp_path: Path, mode: str, vector: list[float]) -> None:
    modes = {f"pooling_mode_{name}": name == mode for name in ("cls_token", "mean_tokens", "max_tokens", mode)}
    pooling = pooling_of(_folder(tmp_path, modes, max_seq_length=8, do_lower_case=True))
    assert pooling == Pooling((mode,), 8, True)
    expected = F.normalize(torch.tensor([vector]), dim=-1)
    assert torch.allclose(pooling.vectors(_STATES, _MASK), expected)


def test_a_folder_that_says_nothing_has_the_mean(tmp_path: Path) -> None:
    assert pooling_of(tmp_path) == Pooling(("mean_tokens",))


def test_several_modes_are_joined_and_a_mode_may_be_a_name(tmp_path: Path) -> None:
    both = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}
    assert pooling_of(_folder(tmp_path, both)).vectors(_STATES, _MASK).shape == (1, 4)
    (tmp_path / "1_Pooling" / "config.json").write_text('{"pooling_mode": "cls"}', "utf-8")
    assert pooling_of(tmp_path).modes == ("cls_token",)
    (tmp_path / "1_Pooling" / "config.json").unlink()
    with pytest.raises(StudioError, match=r"1_Pooling/config\.json can't be used: it is missing"):
        pooling_of(tmp_path)


@pytest.mark.parametrize("damage", ["{", "{}", "[1]"])
def test_damaged_modules_are_refused_by_name(tmp_path: Path, damage: str) -> None:
    (tmp_path / "modules.json").write_text(damage, "utf-8")
    with pytest.raises(StudioError, match=r"modules\.json"):
        pooling_of(tmp_path)


def test_a_step_that_is_not_done_here_is_named(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text('[{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}]')
    with pytest.raises(StudioError) as refused:
        pooling_of(tmp_path)
    assert refused.value.problem.code == "embed-module"
