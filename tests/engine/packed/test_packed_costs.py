"""What packed weights are said to take, before a model is loaded, is what a loaded one takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from msgspec.structs import replace
from transformers import AutoModelForCausalLM

from bigmodel_studio.core.advice.estimated_costs import estimated_costs
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.memory.plan import packed_of, plan
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.precisions import FAST_FAMILIES, choices_of
from bigmodel_studio.engine.measuring.packed_costs import packed_costs
from bigmodel_studio.engine.models.loading import SafetensorsFolder
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.decoder import PackedDecoder
from bigmodel_studio.engine.packed.families import FAMILIES, shape_of
from bigmodel_studio.engine.packed.model import PackedModel, TensorSource
from bigmodel_studio.engine.packed.weights import KIND_OF, Precision
from bigmodel_studio.protocol import Costs, Device, PackedCosts, PlanQuestion, Speed
from tests.small_models import causal_folders, local

__all__ = ["causal_folders"]
PRECISIONS: list[Precision] = ["8-bit", "4-bit"]


def packed(folder: Path, precision: Precision) -> PackedModel:
    model: Any = AutoModelForCausalLM.from_pretrained(str(folder), dtype=torch.float32)
    shape = shape_of(model.config)
    source = TensorSource(shape, dict(model.named_parameters()).get, KIND_OF[precision])
    return PackedModel(shape, source, lambda *_: None)


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("family", ["gpt2", "gpt-neo", "llama"])
def test_a_plan_s_bytes_are_those_of_the_model(
    family: str, precision: Precision, causal_folders: dict[str, Path]
) -> None:
    folder = causal_folders[family]
    costs = packed_costs(SafetensorsFolder(folder, "m").structure, torch.float32)
    assert set(costs) == {"8-bit", "4-bit"}
    model = packed(folder, precision)
    decoder = PackedDecoder(model)
    for _ in decoder.prefill([1] * 70):
        pass
    question = PlanQuestion(context=70, precision=precision)
    device = Device(id="cpu", kind="cpu", name="", total_bytes=1 << 40, free_bytes=1 << 40, dtypes=("float32",))
    speed = Speed(
        device="cpu", dtype="float32", flops_per_s=1e9, bytes_per_s=1e9, process_bytes=1000, threads=1, measured=1.0,
        kernels_bytes=500, read_bytes_per_s=1e6, idle=True,
    )  # fmt: skip
    found = plan(Costs(parameters=1, parameter_bytes=4, packed=dict(costs)), question, device, speed)
    assert found.parts["weights"] == model.weight_bytes
    assert found.parts["kv_cache"] == decoder.cache_bytes
    counted = model.buffer_bytes + model.kept_bytes + model.table_bytes
    assert found.parts["activations"] == pytest.approx(counted, rel=0.05)
    assert found.parts["overhead"] == 1500
    assert found.total_bytes == sum(found.parts.values())
    read = costs[precision].read_bytes + decoder.cache_bytes
    assert found.seconds_per_step == pytest.approx(read / 1e6)
    busy = plan(
        Costs(parameters=1, parameter_bytes=4, packed=dict(costs)), question, device, replace(speed, idle=False)
    )
    assert busy.seconds_per_step is None
    model.close()


@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("family", ["gpt2", "llama"])
def test_the_picker_s_bytes_are_those_of_the_model(
    family: str, precision: Precision, causal_folders: dict[str, Path]
) -> None:
    record = library.record(local(causal_folders[family]))
    choice = next(choice for choice in choices_of(record) if choice.precision == precision)
    model = packed(causal_folders[family], precision)
    dtype = torch.float32.itemsize  # these files are in float32
    vectors = dtype * sum(p.numel() for p in model_parameters(causal_folders[family]) if p.ndim < 2)
    positions = dtype * 96 * 32 if family == "gpt2" else 0
    assert choice.size.bytes - vectors - positions == pytest.approx(model.weight_bytes, rel=0.02)
    assert choice.size.read_bytes < choice.size.bytes
    model.close()


def model_parameters(folder: Path) -> list[torch.Tensor]:
    model: Any = AutoModelForCausalLM.from_pretrained(str(folder))
    return list(model.parameters())


def test_the_window_s_families_are_the_fast_path_s() -> None:
    assert set(FAMILIES) == FAST_FAMILIES


def test_a_dtype_that_is_asked_for_dequantises_a_gguf_file() -> None:
    packed = PackedCosts(
        weight_bytes=4_000, read_bytes=4_000, step_bytes=0, block_bytes=0, block_tokens=64, position_bytes=0,
        once_bytes=0,
    )  # fmt: skip
    config = {"architectures": ["LlamaForCausalLM"], "hidden_size": 8, "num_hidden_layers": 1}
    costs = replace(estimated_costs(config, 8_000, 4_500), packed={"stored": packed, "4-bit": packed})
    device = Device(id="cpu", kind="cpu", name="", total_bytes=1 << 40, free_bytes=1 << 40, dtypes=("float32",))
    card = replace(device, id="cuda:0", kind="cuda")

    def weights(question: PlanQuestion, on: Device = device) -> int:
        return plan(costs, question, on).parts["weights"]

    auto, bfloat16 = PlanQuestion(context=8), PlanQuestion(context=8, dtype="bfloat16")
    assert (weights(auto), packed_of(costs, auto)) == (4_000, packed)
    assert (weights(bfloat16), packed_of(costs, bfloat16)) == (16_000, None)
    assert weights(PlanQuestion(context=8, precision="4-bit")) == 4_000
    assert weights(auto, card) == 8_000 * 4, "blocks are computed with on processors alone"


def test_smaller_precisions_are_advised_where_a_model_does_not_fit() -> None:
    sizes = {"stored": 90_000, "8-bit": 24_000, "4-bit": 13_000}
    made = {
        name: PackedCosts(weight_bytes=size, read_bytes=size, step_bytes=0, block_bytes=64, block_tokens=64,
                          position_bytes=4, once_bytes=0)
        for name, size in sizes.items()
    }  # fmt: skip
    costs = Costs(parameters=22_000, parameter_bytes=44_000, packed=made, context_length=64)
    device = Device(id="cpu", kind="cpu", name="", total_bytes=50_000, free_bytes=50_000, dtypes=("float32",))
    speed = Speed(device="cpu", dtype="float32", flops_per_s=1.0, bytes_per_s=1.0, process_bytes=10_000, measured=1.0)
    found = plan(costs, PlanQuestion(context=64), device, speed)
    assert not found.fits
    advised = [problem.arguments["to"] for problem in found.advice if problem.code == "plan-precision"]
    assert advised == ["4-bit", "8-bit"]
    assert plan(costs, PlanQuestion(context=64, precision="4-bit"), device, speed).fits


def test_a_rate_is_said_only_of_an_idle_measurement_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    speed = Speed(
        device="cpu", dtype="float32", flops_per_s=1e9, bytes_per_s=1e9, measured=1.0, read_bytes_per_s=30e9, idle=True,
        machine=device_speed.machine(), kernels_bytes=7,
    )  # fmt: skip
    assert device_speed.tokens_per_s(speed, 3_000_000_000) == pytest.approx(10)
    assert device_speed.tokens_per_s(replace(speed, idle=False), 3_000_000_000) is None
    assert device_speed.tokens_per_s(None, 3_000_000_000) is None
    device_speed.keep(speed)
    device_speed.keep(replace(speed, idle=False, read_bytes_per_s=2e9, measured=2.0, kernels_bytes=0))
    kept = device_speed.speed_of("cpu", "float32")
    assert kept is not None
    assert (kept.idle, kept.read_bytes_per_s, kept.measured, kept.kernels_bytes) == (True, 30e9, 2.0, 7)
    monkeypatch.setattr(device_speed, "machine", lambda: "another")
    assert device_speed.speed_of("cpu", "float32") is None


def test_where_nothing_can_be_kept_nobody_waits_for_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(path: object) -> None:
        raise OSError("read-only")

    monkeypatch.setenv("BIGMODEL_STUDIO_KERNELS", "on")
    monkeypatch.setattr(compiling, "is_ready", lambda: False)
    monkeypatch.setattr(compiling, "_begun", [])
    monkeypatch.setattr(compiling, "try_lock", no_room)
    compiling.wait_until_ready()  # returns, and this process compiles them
    assert compiling._begun == []
