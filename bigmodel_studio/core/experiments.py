"""Experiments that are ready to be run: a spec, and what is varied in it. What they make is an ordinary sweep."""

from __future__ import annotations

from typing import Any, NamedTuple

from bigmodel_studio.core.spec import RunSpec, make_spec

STEPS = 300


class Experiment(NamedTuple):
    """The spec that all runs have in common, and by field of it the values that are tried."""

    spec: RunSpec
    grid: dict[str, list[Any]]


def residual(pictures: str, *, steps: int = STEPS, image_size: int = 16, device: str = "auto") -> Experiment:
    """Why depth needs shortcuts (He et al. 2015, section 4.2, figure 6): networks of 20 and of 56 layers, plain and
    residual, learn the same pictures by the paper's rule: SGD with momentum 0.9, a rate of 0.1 after a few steps at
    less, weights decaying by 1e-4. What is compared is the loss on what they learn from: more layers can say all that
    fewer can, and the plain ones do worse all the same.
    """
    spec = make_spec(
        {
            "name": "residual",
            "objective": "classify-images",
            "model": {
                "architecture": "cifar-resnet", "layers": 20, "widths": [16, 32, 64], "image_size": image_size,
            },
            "data": {"train": [pictures], "evaluation": 0.1, "smallest_crop": 1.0},
            "optimizer": {"name": "sgd", "learning_rate": 0.1, "beta1": 0.9, "weight_decay": 1e-4},
            "schedule": {
                "steps": steps, "batch": 64, "warmup": min(20, steps), "decay": "constant",
                "evaluate_every": max(1, steps // 3), "checkpoint_every": steps,
            },
            "launch": {"device": device, "threads": 2},
        }
    )  # fmt: skip
    return Experiment(spec, {"model.layers": [20, 56], "model.shortcuts": [False, True]})
