"""Every figure of the catalogue against the structure that its config builds on the meta device."""

from __future__ import annotations

import psutil
import pytest
import torch
from transformers import PreTrainedModel

from bigmodel_studio.core.advice.catalog import CATALOG, Reference
from bigmodel_studio.engine.models.describe import flops, one_picture
from bigmodel_studio.engine.models.loading import auto_class_of, build_on_meta
from bigmodel_studio.engine.models.reference import folder_of
from bigmodel_studio.engine.models.structure import Heads
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Describe, Description, Done, ModelRef


def built(reference: Reference) -> PreTrainedModel:
    with folder_of(reference) as folder:
        return build_on_meta(folder, auto_class_of(reference.kind, folder))


def described(id_: str) -> Description:
    *_, end = run_task(Describe(model=ModelRef(source="reference", id=id_)), Session())
    assert isinstance(end, Done), end
    assert isinstance(end.result, Description)
    return end.result


@pytest.mark.parametrize("reference", CATALOG, ids=lambda reference: reference.id)
def test_published_and_computed_agree_within_rounding(reference: Reference) -> None:
    model, published = built(reference), reference.published
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert abs(counted - published.parameters) <= published.rounding
    assert all(parameter.device.type == "meta" for parameter in model.parameters())
    heads = Heads(model.config)
    if published.heads:
        assert heads.width == pytest.approx(published.width, abs=20)  # 13B: 5,140 is printed, see its note
        assert heads.heads == published.heads or "built with 16" in reference.note
        assert heads.size == published.head_width
        blocks = {name.split(".layer")[0] for name, _ in model.named_modules() if name.endswith(("attn", "attention"))}
        assert blocks
        assert model.config.num_hidden_layers == published.layers


@pytest.mark.parametrize("layers", [18, 34, 50, 101, 152])
def test_a_resnet_has_the_layers_and_the_operations_of_its_table(layers: int) -> None:
    reference = next(each for each in CATALOG if each.id == f"resnet-{layers}")
    model = built(reference)
    named = [(name, module) for name, module in model.named_modules() if "shortcut" not in name]
    weighty = [name for name, module in named if isinstance(module, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(weighty) == layers
    counted = flops(model, one_picture(model, (224, 224)))
    assert counted is not None
    assert counted[""] == pytest.approx(2 * reference.published.flops, rel=0.04)


@pytest.mark.slow
def test_the_largest_is_described_without_its_memory() -> None:
    before = psutil.Process().memory_info().rss
    said = described("gpt3-175b")
    assert psutil.Process().memory_info().rss - before < 1e9  # its weights would be 350 GB
    assert said.parameters == 174_604_259_328
    assert said.weights_here is False
    assert said.tied_parameters == 50257 * 12288
    assert said.costs is not None
    cards = {card.kind: card for card in said.cards}
    assert cards["attention"].layers == cards["feed-forward"].layers == 96
    assert dict(cards["feed-forward"].numbers)["d_ff, inner width"] == "49,152"
    inner = 96 * (12288 * 49152 * 2 + 49152 + 12288)
    assert cards["feed-forward"].parameters == inner


def test_what_lora_would_train_is_told_from_what_stays() -> None:
    ref = ModelRef(source="reference", id="gpt3-125m")
    *_, end = run_task(Describe(model=ref, lora_rank=8), Session())
    assert isinstance(end, Done)
    assert isinstance(end.result, Description)
    assert end.result.costs is not None
    assert end.result.trainable_parameters == 8 * end.result.costs.lora_per_rank == 12 * 8 * (768 + 3 * 768)
    assert end.result.layers[0].trainable == end.result.trainable_parameters
