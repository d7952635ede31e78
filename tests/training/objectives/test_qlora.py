"""QLoRA: adapters beside 4-bit matrices learn as beside the same ones dequantised; what results is a usual model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, PreTrainedModel

from bigmodel_studio.core.memory.need import need_of
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import MethodSpec, RunSpec, parse_spec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models.tensor_bytes import storage_bytes
from bigmodel_studio.engine.packed.frozen_linear import FrozenLinear, count_parameters
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from bigmodel_studio.training.models import packed_base
from bigmodel_studio.training.models.base_model import causal_model
from bigmodel_studio.training.models.lora import Adapters
from tests.training.conftest import with_changes
from tests.training.loop.test_run import stop_after

MakeRun = Callable[..., RunFolder]
FAMILIES = ["gpt2", "gpt-neo", "llama"]
QLORA: dict[str, Any] = {"kind": "qlora", "rank": 4}


def losses(folder: RunFolder) -> list[float]:
    return [record["loss"] for record in folder.metrics() if "loss" in record]


def tuned(make_run: MakeRun, base: Path, **changes: Any) -> RunFolder:
    return make_run(**{"model": {"base": str(base), "context": 32}, "method": QLORA} | changes)


def packed(folder: Path) -> PreTrainedModel:
    return causal_model(folder).load(packed=True)


def dequantised(folder: Path, tmp_path: Path) -> PreTrainedModel:
    """The model as a file holds it whose matrices are the packed ones', loaded by transformers alone."""
    place = tmp_path / "dequantised"
    place.mkdir()
    model = packed(folder)
    packed_base.write_unpacked(model, place, packed_base.unpacked_tensors(model))
    whole: PreTrainedModel = AutoModelForCausalLM.from_pretrained(str(place), dtype=torch.float32)
    return whole


def loss_of(model: PreTrainedModel) -> torch.Tensor:
    ids = torch.arange(5, 45).view(2, 20)
    logits = model(input_ids=ids, use_cache=False).logits
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids.roll(-1, 1).flatten())


@pytest.mark.parametrize("family", FAMILIES)
def test_the_base_is_the_file_rounded_to_four_bits(family: str, causal_folders: dict[str, Path]) -> None:
    folder = causal_folders[family]
    model = packed(folder)
    stored = load_file(folder / "model.safetensors")
    there = {
        name.removeprefix("transformer.").removeprefix("model."): tensor.float() for name, tensor in stored.items()
    }
    frozen = [name for name, module in model.named_modules() if isinstance(module, FrozenLinear)]
    assert frozen
    assert not any("head" in name for name in frozen)
    for name, tensor in packed_base.unpacked_tensors(model):
        expected = there[name.removeprefix("transformer.").removeprefix("model.")]
        if name.removesuffix(".weight") not in frozen:
            assert torch.equal(tensor, expected), name
            continue
        groups = (expected.t() if family == "gpt2" else expected).unfold(1, 32, 32)
        step = (groups.amax(dim=2).clamp(min=0) - groups.amin(dim=2).clamp(max=0)) / 15
        off = (tensor - expected).abs()
        off = (off.t() if family == "gpt2" else off).unfold(1, 32, 32).amax(dim=2)
        assert bool((off.max() > 0) and (off <= 0.51 * step + 1e-4).all()), name
    whole = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    assert count_parameters(model) == sum(parameter.numel() for parameter in whole.parameters())


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_are_those_of_lora_on_the_dequantised_base(
    family: str, causal_folders: dict[str, Path], spec: RunSpec, tmp_path: Path
) -> None:
    found = {}
    for kind, model in {
        "qlora": packed(causal_folders[family]),
        "lora": dequantised(causal_folders[family], tmp_path),
    }.items():
        adapters = Adapters(model, with_changes(spec, method={"kind": kind, "rank": 4, "alpha": 8.0}))
        torch.manual_seed(2)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if "lora_B" in name:  # begins at zero, where nothing comes through to A
                    parameter.copy_(torch.randn_like(parameter) / 10)
        loss = loss_of(model.train())
        loss.backward()  # type: ignore[no-untyped-call]
        trained = {n: p.grad for n, p in model.named_parameters() if p.requires_grad}
        merged = dict(adapters.merged())
        found[kind] = loss.item(), trained, merged
    assert found["qlora"][0] == pytest.approx(found["lora"][0], abs=1e-5)
    assert found["qlora"][1].keys() == found["lora"][1].keys()
    for name, gradient in found["qlora"][1].items():
        assert gradient is not None
        assert bool(gradient.any()), name
        torch.testing.assert_close(gradient, found["lora"][1][name], atol=1e-5, rtol=1e-4)
    for name, tensor in found["qlora"][2].items():
        torch.testing.assert_close(tensor, found["lora"][2][name], atol=1e-6, rtol=1e-5)


def test_backwards_keeps_no_dequantised_matrix(causal_folders: dict[str, Path]) -> None:
    """Saved for the backward pass is what a frozen layer saves: nothing of its matrix."""
    layer = FrozenLinear.of(torch.randn(96, 64), torch.randn(96))
    kept: list[torch.Tensor] = []

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        out = layer(torch.randn(3, 64, requires_grad=True))
    assert out.shape == (3, 96)
    assert not [tensor for tensor in kept if tensor.shape == (96, 64)]


def test_a_run_learns_and_its_checkpoint_is_the_merged_model(
    make_run: MakeRun, causal_folders: dict[str, Path]
) -> None:
    base = causal_folders["llama"]
    folder = tuned(make_run, base, schedule={"steps": 40}, optimizer={"learning_rate": 1e-2})
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    learnt = losses(folder)
    assert learnt[-1] < 0.8 * learnt[0]
    status = folder.status()
    whole = AutoModelForCausalLM.from_pretrained(str(base), dtype=torch.float32)
    full = sum(parameter.numel() for parameter in whole.parameters())
    assert status.parameters - status.trainable_parameters == full
    saved = folder.checkpoint_path()
    config = json.loads((saved / "adapter" / "adapter_config.json").read_text("utf-8"))
    assert (config["r"], config["base_model_name_or_path"]) == (4, str(base))
    merged: PreTrainedModel = AutoModelForCausalLM.from_pretrained(str(saved), dtype=torch.float32)
    assert type(merged).__name__ == "LlamaForCausalLM"
    begun = packed(base)
    adapted = Adapters(begun, folder_spec(folder))
    tensors = load_file(saved / "trainer.safetensors")
    adapted.restore({name: tensor for name, tensor in tensors.items() if name.startswith("adapter/")})
    ids = torch.arange(5, 45).view(2, 20)
    with torch.no_grad():
        expected = begun.eval()(input_ids=ids).logits
        torch.testing.assert_close(merged.eval()(input_ids=ids).logits, expected, atol=1e-5, rtol=1e-4)


def folder_spec(folder: RunFolder) -> RunSpec:
    spec = folder.spec()
    assert spec is not None
    return spec


@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_stopped_and_resumed_the_rest_is_the_same_bit_for_bit(
    make_run: MakeRun, causal_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, family: str
) -> None:
    whole, stopped = (tuned(make_run, causal_folders[family], method={**QLORA, "dropout": 0.1}) for _ in range(2))
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, 5)
        assert run(stopped.path, resume=False) == STOPPED
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)
    ours, theirs = (load_file(folder.checkpoint_path() / "model.safetensors") for folder in (stopped, whole))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())


def test_a_large_model_is_written_in_several_files(
    causal_folders: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed_base, "SHARD_BYTES", 20_000)
    whole = dequantised(causal_folders["llama"], tmp_path)
    files = sorted((tmp_path / "dequantised").glob("*.safetensors"))
    assert len(files) > 3
    assert files[0].name == f"model-00001-of-{len(files):05d}.safetensors"
    expected = dict(packed_base.unpacked_tensors(packed(causal_folders["llama"])))
    assert all(torch.equal(value, expected[name]) for name, value in whole.state_dict().items() if name in expected)


def test_a_tensor_that_is_not_in_the_file_is_named(causal_folders: dict[str, Path], tmp_path: Path) -> None:
    tensors = load_file(causal_folders["llama"] / "model.safetensors")
    for path in causal_folders["llama"].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    gone = next(name for name in tensors if name.endswith("1.mlp.up_proj.weight"))
    save_file(
        {name: t for name, t in tensors.items() if name != gone}, tmp_path / "model.safetensors", {"format": "pt"}
    )
    with pytest.raises(StudioError, match=r"1\.mlp\.up_proj\.weight"):
        packed(tmp_path)


def test_a_run_is_admitted_for_what_its_packed_base_takes(
    make_run: MakeRun, causal_folders: dict[str, Path], text: Path
) -> None:
    base = causal_folders["llama"]
    (found,) = need_of(folder_spec(tuned(make_run, base)))
    (plain,) = need_of(folder_spec(tuned(make_run, base, method={"kind": "lora"})))
    model = packed(base)
    counted = storage_bytes([*model.parameters(), *model.buffers()])
    norms = 4 * sum(parameter.numel() for parameter in model.parameters() if parameter.ndim < 2)
    weights = next(part.bytes for part in found.parts if part.name == "weights")
    assert weights == pytest.approx(counted, abs=norms + 1024)
    assert weights < 0.7 * next(part.bytes for part in plain.parts if part.name == "weights")
    assert next(part.bytes for part in found.parts if part.name == "gradients") == 0


def test_it_needs_a_base_and_is_for_text_alone(text: Path) -> None:
    scratch = f'name = "n"\nobjective = "causal-lm"\n[data]\ntrain = ["{text}"]\n[method]\nkind = "qlora"\n'
    with pytest.raises(StudioError) as caught:
        parse_spec(scratch, text.parent)
    assert caught.value.problem.code == "frozen-from-scratch"
    with pytest.raises(StudioError) as caught:
        parse_spec(scratch.replace("causal-lm", "classify-text") + f'[model]\nbase = "{text.parent}"\n', text.parent)
    assert caught.value.problem.code == "method-not-built"
    assert MethodSpec().kind == "full"
