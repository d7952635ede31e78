"""Fields of strangers' configs that transformers uses unseen: each is refused by its name, what is right is used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models.checks import check_folder, check_processor
from bigmodel_studio.engine.models.fields import check_config_fields, check_tokenizer_config


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id2label", ["a", "b"]),
        ("id2label", {"a": 0, "b": 1}),
        ("dtype", "float99"),
        ("dtype", {"a": "float32"}),
        ("torch_dtype", "auto"),
        ("rope_scaling", "linear"),
        ("rope_scaling", {"rope_type": "banana", "factor": 2}),
        ("rope_scaling", {"type": "linear", "factor": 0}),
        ("rope_scaling", {"type": "linear", "factor": "2"}),
        ("rope_scaling", {"type": None}),
        ("rope_parameters", {"full_attention": {"rope_type": "default", "rope_theta": 0}}),
        ("rope_theta", 0),
    ],
)
def test_a_field_of_the_config_that_cannot_be_used_is_named(field: str, value: Any) -> None:
    with pytest.raises(StudioError) as caught:
        check_config_fields({field: value})
    assert (caught.value.problem.code, caught.value.problem.arguments["field"]) == ("config-field", field)


def test_fields_as_published_models_have_them_are_taken() -> None:
    scaled = {"rope_type": "llama3", "factor": 8.0, "original_max_position_embeddings": 8192}
    check_config_fields({"rope_scaling": scaled, "torch_dtype": "bfloat16", "id2label": {"0": "a", "1": None}})
    each = {"sliding_attention": {"rope_type": "default", "rope_theta": 1e4}, "full_attention": {"rope_type": "yarn"}}
    check_config_fields({"rope_parameters": each, "rope_scaling": None, "dtype": None})
    check_tokenizer_config({"eos_token": {"__type": "AddedToken", "content": "</s>"}})
    with pytest.raises(StudioError, match="eos_token"):
        check_tokenizer_config({"eos_token": {"content": "</s>"}})


@pytest.mark.parametrize("names", [{"0": "a", "2": "c"}, {str(n): "abcd"[n] for n in range(4)}, None])
def test_a_head_for_other_classes_than_the_config_has_is_said(tmp_path: Path, names: dict[str, str] | None) -> None:
    config = {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "id2label": names}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    save_file({"classifier.weight": torch.zeros(3, 8)}, tmp_path / "model.safetensors")
    with pytest.raises(StudioError) as caught:
        check_folder(tmp_path)
    assert caught.value.problem.code == "classes-mismatched"
    assert caught.value.problem.arguments["has"] == 3
    (tmp_path / "config.json").write_text(json.dumps(config | {"id2label": {"0": "a", "1": "b", "2": "c"}}), "utf-8")
    check_folder(tmp_path)


@pytest.mark.parametrize(
    "fields", [{"image_std": [0.5, 0, 0.5]}, {"image_processor_type": "ConvNextImageProcessor", "size": {"height": 64}}]
)
def test_a_preprocessor_that_cannot_work_is_refused_before_a_picture(tmp_path: Path, fields: dict[str, Any]) -> None:
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(fields), "utf-8")
    with pytest.raises(StudioError) as caught:
        check_processor(tmp_path)
    assert caught.value.problem.code == "processor-broken"
