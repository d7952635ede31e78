"""The catalogue is what the papers print, and its arithmetic is theirs."""

from __future__ import annotations

import pytest

from bigmodel_studio.core.advice import articles
from bigmodel_studio.core.advice.catalog import CATALOG, find
from bigmodel_studio.core.memory import training_cost
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Description, Layer

IDS = {
    "gpt3-125m", "gpt3-350m", "gpt3-760m", "gpt3-1.3b", "gpt3-2.7b", "gpt3-6.7b", "gpt3-13b", "gpt3-175b", "gpt2",
    "gpt2-xl", "bert-base", "bert-large", "resnet-18", "resnet-34", "resnet-50", "resnet-101", "resnet-152", "vit-base",
}  # fmt: skip


def test_every_model_that_is_promised_is_there_once() -> None:
    ids = [reference.id for reference in CATALOG]
    assert set(ids) >= IDS
    assert len(ids) == len(set(ids))
    assert all(reference.source.url.startswith("https://") for reference in CATALOG)
    assert all(reference.licence for reference in CATALOG if reference.hub_id)


def test_an_unknown_id_is_answered_with_a_near_one() -> None:
    with pytest.raises(StudioError) as caught:
        find("gpt3-13B")
    assert "gpt3-13b" in str(caught.value.problem.arguments["near"])


def test_training_gpt_3_takes_what_its_paper_says() -> None:
    published = 3.14e23  # Brown et al. 2020, appendix D: 3.14E+23 FLOPs for 175B and 300 billion tokens
    assert training_cost.training_flops(174.6e9, 300e9) == pytest.approx(published, rel=0.01)
    v100 = training_cost.ACCELERATORS[0]
    cost = training_cost.training_cost(
        training_cost.training_flops(174.6e9, 300e9), v100, utilisation=1.0, price_per_kwh=0.1
    )
    assert cost.device_days == pytest.approx(cost.flops / 125e12 / 86_400)
    assert cost.energy_kwh == pytest.approx(cost.device_days * 24 * 0.3)
    assert cost.price == pytest.approx(cost.energy_kwh * 0.1)
    with pytest.raises(ValueError, match="utilisation"):
        training_cost.training_cost(1, v100, utilisation=0)


def structure(id_: str) -> Description:
    """As it is described, with its blocks alone."""
    shape = find(id_).published
    blocks = tuple(Layer(name=str(number), type="Block", parameters=1) for number in range(shape.layers))
    stack = Layer(name="h", type="ModuleList", parameters=1, children=blocks)
    return Description(
        id=id_, architecture="X", kind="causal-lm", parameters=round(shape.parameters), trainable_parameters=0,
        dtype="float32", context_length=None, layers=(Layer(name="body", type="X", parameters=1, children=(stack,)),),
    )  # fmt: skip


def test_the_claims_of_the_article_are_answered_from_the_structure() -> None:
    said = {
        (claim.subject, claim.figure): claim.computed(structure(claim.reference))
        for claim in articles.CLAIMS
        if claim.computed is not None
    }
    assert said["GPT-3", "Parameters"] == "175 B"
    assert said["GPT-3", "Layers"] == "96"
    assert said["GPT-3", "Inference memory"] == "350 GB"
    assert said["GPT-3", "Training devices"] == "3.15e+23 FLOPs"
    assert said["BERT", "Inference memory"] == "680 MB"
    assert len(articles.CLAIMS) == 9
