"""What a run records of its inside, small enough to be reckoned with by hand, and what the lane says of its steps."""

from __future__ import annotations

from typing import Any

from bigmodel_studio.core.runs.inside_reader import EVALUATIONS, HISTOGRAMS, LAYERS, Recorded
from bigmodel_studio.protocol import StepExample, StepExamples, StepTaken, TokenLoss, WeightBlock
from bigmodel_studio.ui.pages.train.page import TrainPage

NAMES = ["embed", "block.linear", "block.act", "head"]
LAYERS_HEAD = {"event": "layers", "names": NAMES, "every": 1}
EXAMPLES_HEAD = {
    "event": "examples",
    "kind": "text",
    "labels": ["ant", "bee", "cow"],
    "examples": [f"text {number}" for number in range(6)],
    "expected": [0, 0, 1, 1, 2, 2],
}
EVALUATION = {"step": 4, "losses": [0.1, 2.5, 0.3, 0.2, 1.5, None], "predicted": [0, 1, 1, 1, 1, 0]}


def layers_record(step: int) -> dict[str, Any]:
    """Values that say where they belong: thousands the row, ones the step."""
    values: list[float | None] = [1000.0 * (row + 1) + step for row in range(len(NAMES))]
    owned: list[float | None] = [value if row != 2 else None for row, value in enumerate(values)]
    return {
        "step": step,
        "gradient_norm": owned,
        "weight_norm": owned,
        "update_ratio": owned,
        "activation_mean": [-1.0 for _ in NAMES],
        "activation_std": values,
        "activation_zeros": [0.5 for _ in NAMES],
    }


def histograms_record(step: int) -> dict[str, Any]:
    one = {"low": -1.0, "high": 1.0, "counts": [1, 5, step]}
    return {"step": step, "names": NAMES, "weights": [one, one, None, one], "gradients": [one, None, None, one]}


def add_layers(page: TrainPage) -> None:
    """As if the run that is shown had just recorded it."""
    page.story.add_inside(LAYERS, Recorded([layers_record(step) for step in (1, 5, 10)], head=LAYERS_HEAD))
    page.story.add_inside(HISTOGRAMS, Recorded([histograms_record(step) for step in (4, 8)]))


def add_evaluation(page: TrainPage) -> None:
    page.story.add_inside(EVALUATIONS, Recorded([EVALUATION], head=EXAMPLES_HEAD))


def seen(step: int) -> StepExamples:
    tokens = (TokenLoss("The "), TokenLoss("cat ", 0.5), TokenLoss("sings", 6.0))
    return StepExamples(
        run="a",
        step=step,
        checkpoint=4 if step > 4 else 0,
        exact=step == 5,
        count=2,
        examples=(
            StepExample(number=1, loss=3.25, recorded=4.5, tokens=tokens),
            StepExample(number=0, loss=0.5, recorded=0.75, tokens=tokens[:2]),
        ),
    )


def taken() -> StepTaken:
    """An AdamW step of two weights, the first of a run: computed with pencil and paper.

    With no state before, m̂ is the gradient and v̂ its square, so that each weight moves by the learning rate.
    """
    block = WeightBlock(
        name="head.weight",
        shape=(1, 2),
        row=0,
        column=0,
        width=2,
        weight_decay=0.0,
        updates=1,
        gradient=(0.5, -0.25),
        before=(1.0, 2.0),
        after=(0.9, 2.1),
        state_before={},
        state_after={"exp_avg": (0.05, -0.025), "exp_avg_sq": (0.0125, 0.003125)},
    )
    return StepTaken(
        run="a",
        step=1,
        loss=3.5,
        examples=seen(1).examples,
        gradient_norm=0.559,
        scale=1.0,
        optimizer="adamw",
        learning_rate=0.1,
        beta1=0.9,
        beta2=0.95,
        epsilon=0.0,
        momentum=0.0,
        blocks=(block,),
    )
