"""Training objectives, as far as forms, commands and checks need them: one table.

``training.objectives`` has a module for each line. A spec that leaves something out gets the objective's ``defaults``,
where it trains a model on instead of beginning from scratch ``fine_defaults`` over them, and where only that model's
last layer is trained ``frozen_defaults`` over those. Nothing here knows torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bigmodel_studio.protocol import ModelKind

Defaults = Mapping[str, Mapping[str, Any]]
"""By table of the spec: field and value."""
SCRATCH, FROZEN, LORA, QLORA = "scratch", "frozen", "lora", "qlora"
ADAPTERS = frozenset({LORA, QLORA})
"""Methods that train adapters beside a base, which stays as it is (``qlora``: in 4 bits)."""


@dataclass(frozen=True)
class Trainable:
    """One objective."""

    data: Literal["text", "pictures", "labelled", "tagged"]
    """What ``data.train`` names: text files, folders with a folder of pictures for each class, texts with their classes
    (``core.data.labelled_texts``), or sentences whose words are tagged (``core.data.conll``).
    """
    architectures: tuple[str, ...]
    """What it can build from scratch; nothing where it needs a model to train on from."""
    methods: tuple[str, ...]
    bases: tuple[ModelKind, ...]
    """The kinds of model that it can train on from."""
    page: str
    """Where its models are used."""
    defaults: Defaults = field(default_factory=dict)
    fine_defaults: Defaults = field(default_factory=dict)
    frozen_defaults: Defaults = field(default_factory=dict)
    lora_defaults: Defaults = field(default_factory=lambda: {"optimizer": {"learning_rate": 1e-3}})
    rows: int = 1
    """How many texts the model reads of each example."""


_OF_HEADS: Defaults = {
    "model": {"context": 128},
    "data": {"evaluation": 0.1},
    "optimizer": {"learning_rate": 5e-5, "weight_decay": 0.01, "beta2": 0.999},
    "schedule": {"steps": 500, "batch": 32, "decay": "linear", "final_share": 0.0, "evaluation_batches": 200},
}
"""Devlin et al. 2018, appendix A.3: batches of 32, rates of 2e-5 to 5e-5, two to four times through the data."""
_READERS: tuple[ModelKind, ...] = ("encoder", "masked-lm", "text-classifier", "token-classifier")

TRAINABLE: dict[str, Trainable] = {
    "causal-lm": Trainable(
        data="text",
        architectures=("gpt",),
        methods=("full", "lora", "qlora"),
        bases=("causal-lm",),
        page="chat",
        fine_defaults={"optimizer": {"learning_rate": 1e-4}},
    ),
    "chat": Trainable(
        data="text",
        architectures=(),
        methods=("full", "lora", "qlora"),
        bases=("causal-lm",),
        page="chat",
        defaults={
            "model": {"context": 512},
            "optimizer": {"learning_rate": 1e-4, "weight_decay": 0.01},
            "schedule": {"batch": 8},
        },
    ),
    "preference": Trainable(
        data="text",
        architectures=(),
        methods=("full", "lora", "frozen"),
        bases=("causal-lm",),
        page="chat",
        # Rafailov et al. 2023, appendix B: a rate of 1e-6 and a warm-up; adapters and a last layer bear more.
        defaults={
            "model": {"context": 512},
            "optimizer": {"learning_rate": 1e-6, "weight_decay": 0.0, "beta2": 0.999},
            "schedule": {"batch": 8},
        },
        frozen_defaults={"optimizer": {"learning_rate": 1e-5}},
        lora_defaults={"optimizer": {"learning_rate": 2e-5}},
        rows=2,
    ),
    "masked-lm": Trainable(
        data="text",
        architectures=("bert",),
        methods=("full", "lora"),
        bases=("masked-lm",),
        page="text",
        defaults={
            "model": {"architecture": "bert", "tokenizer": "train:4096", "dropout": 0.1},
            "optimizer": {"weight_decay": 0.01, "beta2": 0.999},
            "schedule": {"batch": 32, "decay": "linear", "final_share": 0.0},
        },
        fine_defaults={"optimizer": {"learning_rate": 5e-5}},
    ),
    "classify-text": Trainable(
        data="labelled",
        architectures=(),
        methods=("full", "lora", "frozen"),
        bases=_READERS,
        page="text",
        defaults=_OF_HEADS,
        frozen_defaults={"optimizer": {"learning_rate": 1e-2}},
    ),
    "tag": Trainable(
        data="tagged",
        architectures=(),
        methods=("full", "lora", "frozen"),
        bases=_READERS,
        page="text",
        defaults=_OF_HEADS,
        frozen_defaults={"optimizer": {"learning_rate": 1e-2}},
    ),
    "classify-images": Trainable(
        data="pictures",
        architectures=("resnet", "cifar-resnet"),
        methods=("full", "frozen"),
        bases=("image-classifier",),
        page="images",
        defaults={
            "model": {"architecture": "resnet"},
            "data": {"evaluation": 0.15},
            "optimizer": {"weight_decay": 0.05, "beta2": 0.999},
            "schedule": {"batch": 32, "evaluation_batches": 100},
        },
        fine_defaults={
            "optimizer": {"learning_rate": 1e-4},
            "schedule": {"steps": 100, "batch": 16, "evaluate_every": 20, "checkpoint_every": 50},
        },
        frozen_defaults={"optimizer": {"learning_rate": 1e-3}},
    ),
}


def defaults_of(objective: str, base: str, method: str) -> dict[str, dict[str, Any]]:
    """Return what a spec of this objective has where it says nothing, by table; nothing for one that is not in the
    table.
    """
    found = TRAINABLE.get(objective)
    if found is None:
        return {}
    layers = [found.defaults]
    layers += [found.fine_defaults] if base != SCRATCH else []
    layers += [{FROZEN: found.frozen_defaults, LORA: found.lora_defaults, QLORA: found.lora_defaults}.get(method, {})]
    merged: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for table, values in layer.items():
            merged[table] = {**merged.get(table, {}), **values}
    return merged
