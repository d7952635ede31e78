"""What is said of a GGUF model, against counts made by hand and against the same shape built in torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec.structs import replace
from transformers import LlamaConfig, LlamaForCausalLM

from bigmodel_studio.core.memory.plan import plan
from bigmodel_studio.engine.models.describe_gguf import describe_gguf
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Describe,
    Description,
    Device,
    Done,
    Failed,
    Layer,
    Load,
    PlanQuestion,
)
from tests.gguf_files import LLAMA, llama, llama_tensors, written
from tests.small_models import local


def said(tmp_path: Path, **changed: Any) -> Description:
    return describe_gguf(llama(tmp_path / "tiny.gguf", **changed), "tiny")


def of(layers: tuple[Layer, ...], *names: str) -> Layer:
    found = next(layer for layer in layers if layer.name == names[0])
    return of(found.children, *names[1:]) if names[1:] else found


def test_it_is_counted_as_the_same_shape_in_torch(tmp_path: Path) -> None:
    description = said(tmp_path)
    with torch.device("meta"):
        same = LlamaForCausalLM(
            LlamaConfig(
                hidden_size=256,
                intermediate_size=512,
                num_hidden_layers=2,
                num_attention_heads=8,
                num_key_value_heads=2,
                vocab_size=300,
                tie_word_embeddings=False,
            )
        )
    assert description.parameters == sum(parameter.numel() for parameter in same.parameters())
    layer = sum(parameter.numel() for parameter in same.model.layers[0].parameters())
    assert of(description.layers, "blk", "1").parameters == layer
    assert sum(layer.parameters for layer in description.layers) == description.parameters
    assert sum(kind.parameters for kind in description.kinds) == description.parameters
    matrices = sum(module.weight.numel() for module in same.modules() if isinstance(module, torch.nn.Linear))
    assert description.flops_per_token == 2 * matrices


def test_the_mix_of_types_stands_in_the_tree(tmp_path: Path) -> None:
    description = said(tmp_path)
    assert description.dtype == "Q4_K_M"
    value = of(description.layers, "blk", "0", "attn_v")
    assert (value.dtype, value.shape, value.type) == ("Q6_K", (64, 256), "Linear")
    norm = of(description.layers, "output_norm")
    assert (norm.dtype, norm.type) == ("float32", "Norm")
    assert of(description.layers, "token_embd").type == "Embedding"
    assert (description.kind, description.context_length, description.vocabulary) == ("causal-lm", 512, 300)
    assert description.weights_here


@pytest.mark.parametrize(
    ("heads", "shared", "window", "attention"),
    [
        (8, 8, None, "multi-head"),
        (8, 2, None, "grouped-query"),
        (8, 1, None, "multi-query"),
        (8, 2, 64, "grouped-query, sliding"),
    ],
)
def test_attention_is_named(tmp_path: Path, heads: int, shared: int, window: int | None, attention: str) -> None:
    changed: dict[str, Any] = {"llama.attention.head_count": heads, "llama.attention.head_count_kv": shared}
    if window:
        changed["llama.attention.sliding_window"] = window
    assert said(tmp_path, **changed).attention == attention


def test_of_experts_only_those_count_that_a_token_meets(tmp_path: Path) -> None:
    metadata = LLAMA | {"llama.expert_count": 4, "llama.expert_used_count": 2}
    tensors = llama_tensors(1) | {"blk.0.ffn_up_exps.weight": ((4, 512, 256), 12)}
    (tmp_path / "plain.gguf").write_bytes(written(LLAMA, llama_tensors(1)))
    (tmp_path / "experts.gguf").write_bytes(written(metadata, tensors))
    plain, experts = (describe_gguf(tmp_path / f"{name}.gguf", name) for name in ("plain", "experts"))
    assert plain.flops_per_token is not None
    assert experts.flops_per_token == plain.flops_per_token + 2 * 2 * 512 * 256
    assert of(experts.layers, "blk", "0", "ffn_up_exps").type == "Experts"


def test_a_name_of_many_dots_is_no_deep_tree(tmp_path: Path) -> None:
    (tmp_path / "m.gguf").write_bytes(written(LLAMA, {"a." * 120 + "weight": ((4, 4), 0), ".": ((4,), 0)}))
    assert describe_gguf(tmp_path / "m.gguf", "m").parameters == 20


def test_it_is_planned_as_the_same_shape_in_torch(tmp_path: Path) -> None:
    costs = said(tmp_path).costs
    assert costs is not None
    assert (costs.parameters, costs.decodes, costs.context_length, costs.vocabulary) == (1_268_992, True, 512, 300)
    assert costs.cache_floats.at(1, 100) == 2 * 2 * 2 * 32 * 100  # keys and values, layers, heads of 32 numbers
    device = Device(id="cpu", kind="cpu", name="", total_bytes=10**10, free_bytes=10**10, dtypes=("float32",))
    planned = plan(replace(costs, packed={}), PlanQuestion(context=100), device)
    assert planned.parts["weights"] == pytest.approx(4 * costs.parameters, rel=0.01)
    assert planned.parts["kv_cache"] == 4 * costs.cache_floats.at(1, 100)
    as_stored = plan(costs, PlanQuestion(context=100), device).parts["weights"]
    assert as_stored < costs.parameters  # blocks of four and six bits as they are


def test_what_is_no_such_decoder_has_no_plan(tmp_path: Path) -> None:
    """As many sizes as before, and other tensors."""
    (tmp_path / "m.gguf").write_bytes(written(LLAMA, llama_tensors(1)))
    assert describe_gguf(tmp_path / "m.gguf", "m").costs is None
    assert said(tmp_path, **{"llama.attention.head_count": 7}).costs is None
    assert said(tmp_path, **{"llama.block_count": 999_999}).costs is None
    assert said(tmp_path, **{"llama.embedding_length": 2**31}).costs is None


def test_a_file_is_described_as_any_model_is(tmp_path: Path, session: Session) -> None:
    file = llama(tmp_path / "folder" / "tiny.gguf")
    for path in (file, file.parent):
        *_, end = run_task(Describe(model=local(path)), session)
        assert isinstance(end, Done)
        assert isinstance(end.result, Description)
        assert (end.result.architecture, end.result.parameters) == ("llama", 1_268_992)
    file.write_bytes(file.read_bytes()[:-50])
    *_, end = run_task(Describe(model=local(file)), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "weights-truncated"
    *_, end = run_task(Load(model=local(llama(tmp_path / "whole.gguf", **{"llama.expert_count": 4}))), session)
    assert isinstance(end, Failed)
    assert end.problem.code == "gguf-run-experts"
    assert end.blame == "input"
