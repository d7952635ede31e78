"""What ``describe`` says, against counts made another way."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from bigmodel_studio.core.models.library import record
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Describe, Description, Done, Failed, Layer, Load
from tests.small_models import CONTEXT, local


def described(folder: Path, session: Session) -> Description:
    *_, end = run_task(Describe(model=local(folder)), session)
    assert isinstance(end, Done)
    assert isinstance(end.result, Description)
    return end.result


def leaves(layers: tuple[Layer, ...]) -> list[Layer]:
    return [leaf for layer in layers for leaf in (leaves(layer.children) if layer.children else [layer])]


def test_a_tied_head_counts_once(causal_folders: dict[str, Path], session: Session) -> None:
    folder = causal_folders["gpt2"]
    stored = sum(tensor.numel() for tensor in load_file(folder / "model.safetensors").values())
    result = described(folder, session)
    assert result.parameters == stored == record(local(folder)).parameters
    assert (result.kind, result.context_length, result.vocabulary) == ("causal-lm", CONTEXT, 257)
    assert {layer.name for layer in result.layers} == {"transformer", "lm_head"}
    kinds = {kind.type: kind.parameters for kind in result.kinds}
    assert sum(kinds.values()) == stored
    assert kinds["Embedding"] == (257 + CONTEXT) * 32
    assert kinds["LayerNorm"] == (2 * 2 + 1) * 2 * 32
    assert "Linear" not in kinds  # the head is the embedding


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [("gpt2", "n_inner", 96), ("llama", "intermediate_size", 96), ("llama", "vocab_size", 300), ("gpt2", "n_embd", 64)],
)
def test_a_config_whose_shapes_are_not_those_of_the_header_is_refused(
    causal_folders: dict[str, Path], tmp_path: Path, session: Session, name: str, field: str, value: int
) -> None:
    folder = Path(shutil.copytree(causal_folders[name], tmp_path / name))
    config = json.loads((folder / "config.json").read_text("utf-8")) | {field: value}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    *_, end = run_task(Describe(model=local(folder)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "tensors-mismatched"


def test_layers_beyond_the_config_and_tensors_that_are_not_there_are_refused(
    causal_folders: dict[str, Path], tmp_path: Path, session: Session
) -> None:
    folder = Path(shutil.copytree(causal_folders["llama"], tmp_path / "llama"))
    tensors, config = load_file(folder / "model.safetensors"), json.loads((folder / "config.json").read_text("utf-8"))
    fewer = config | {"num_hidden_layers": config["num_hidden_layers"] - 1}
    (folder / "config.json").write_text(json.dumps(fewer), "utf-8")
    for request in (Describe(model=local(folder)), Load(model=local(folder))):
        *_, end = run_task(request, session)
        assert isinstance(end, Failed)
        assert end.problem.code == "weights-more-layers"
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    save_file({n: t for n, t in tensors.items() if n != "model.norm.weight"}, folder / "model.safetensors")
    *_, end = run_task(Describe(model=local(folder)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "tensors-missing"


def test_a_base_model_without_its_head_is_compared_by_its_own_names(
    causal_folders: dict[str, Path], tmp_path: Path, session: Session
) -> None:
    folder = Path(shutil.copytree(causal_folders["llama"], tmp_path / "llama"))
    tensors = load_file(folder / "model.safetensors")
    plain = {name.removeprefix("model."): tensor for name, tensor in tensors.items() if name != "lm_head.weight"}
    save_file(plain, folder / "model.safetensors", {"format": "pt"})
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"vocab_size": 300}), "utf-8")
    *_, end = run_task(Describe(model=local(folder)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "tensors-mismatched"
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    described(folder, session)


def test_layers_count_what_is_in_them(causal_folders: dict[str, Path], session: Session) -> None:
    result = described(causal_folders["llama"], session)
    model = next(layer for layer in result.layers if layer.name == "model")
    assert model.parameters == sum(leaf.parameters for leaf in leaves((model,)))
    for leaf in leaves((model,)):
        assert leaf.parameters == (math.prod(leaf.shape) if leaf.shape else 0)


def test_a_token_costs_two_operations_for_each_weight_that_multiplies(
    causal_folders: dict[str, Path], session: Session
) -> None:
    result = described(causal_folders["llama"], session)
    multiplying = sum(leaf.parameters for leaf in leaves(result.layers) if leaf.type == "Linear")
    attention = 2 * 2 * 32 * 2  # queries by keys and weights by values, one position, two layers
    assert result.flops_per_token == pytest.approx(2 * multiplying + attention, abs=attention)
    assert result.flops_per_image is None


def test_statistics_of_a_batch_norm_are_no_parameters(picture_folder: Path, session: Session) -> None:
    result = described(picture_folder, session)
    assert result.parameters == record(local(picture_folder)).parameters
    assert result.flops_per_image is not None
    assert result.flops_per_token is None


@pytest.mark.shared
def test_published_counts(shared_assets: Path, session: Session) -> None:
    assert described(shared_assets / "stories260k-llama" / "hf", session).parameters == 260_032
    mobilenet = described(shared_assets / "vision-mobilenet" / "mobilenet-v2-1.0-224", session)
    assert mobilenet.parameters == 3_506_153  # 3.4 M of ImageNet's 1,000 classes, and one class more
    # 300 M multiply-adds: Sandler et al. 2018, MobileNetV2, table 4
    assert mobilenet.flops_per_image == pytest.approx(2 * 300e6, rel=0.02)
