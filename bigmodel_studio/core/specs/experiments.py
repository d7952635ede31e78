"""Experiments that are ready to be run: a spec, and what is varied in it. What they make is an ordinary sweep.

``EXPERIMENTS`` is the one table of them: the command line reads its options from it, the window its dialog.
"""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bigmodel_studio.core.runs.lines_tail import last_records
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.changes import differing
from bigmodel_studio.core.specs.spec import RunSpec, make_spec
from bigmodel_studio.core.specs.sweeps import Point, points_of
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError

Kind = Literal["texts", "pictures", "number", "numbers"]
Values = Mapping[str, Any]
"""By the name of a parameter: paths as strings, a number, or several."""

DRAWN_EACH = 150
"""Pictures of each shape that are drawn where no others are given."""
HEAD = 32
"""As wide is a head of attention, and by so much a network is wider for each layer that it is deeper."""
CONTEXT, BATCH = 64, 8
"""512 tokens an update: with so few tokens in all, many small updates learn more than few large ones."""
RATE_TIMES_WIDTH = 0.32
"""Adam's best rate falls as one over the width (Yang et al. 2022, arXiv 2203.03466, table 3); tried from 8 to 128."""
DEPTH_RUNS = 4
"""Two depths, each with and without shortcuts."""
LAST_SHARE = 20
"""The end of a run is the last of so many parts of its steps, at most ``LAST_MOST`` of them."""
LAST_MOST = 100


class Planned(NamedTuple):
    """The spec that all runs have in common, and what each has instead."""

    spec: RunSpec
    points: list[Point]


@dataclass(frozen=True)
class Parameter:
    """What can be chosen. ``large``: its value in the experiment's larger size."""

    name: str
    title: str
    kind: Kind
    usual: Any
    large: Any
    least: int = 1
    most: int = 10**9


@dataclass(frozen=True)
class Experiment:
    """``shows`` in one sentence what is learnt from it, ``paper`` where that was published."""

    title: str
    shows: str
    paper: str
    parameters: tuple[Parameter, ...]
    make: Callable[[Values, str], Planned]

    def values(self, *, large: bool = False) -> dict[str, Any]:
        """Return what is taken where nothing is said."""
        return {each.name: each.large if large else each.usual for each in self.parameters}


def planned(name: str, given: Values, *, large: bool = False, device: str = "auto") -> Planned:
    """Return the runs of an experiment with these values, and the usual ones beside them.

    Raises ``StudioError``: "experiment-unknown", "experiment-parameter" for one that it does not have, "spec-field".
    """
    found = EXPERIMENTS.get(name)
    if found is None:
        raise StudioError("experiment-unknown", experiment=name, known=", ".join(EXPERIMENTS))
    values = found.values(large=large)
    for strange in [each for each in given if each not in values]:
        raise StudioError("experiment-parameter", experiment=name, parameter=strange, known=", ".join(values))
    values |= given
    for parameter in found.parameters:
        _check(parameter, values[parameter.name])
    return found.make(values, device)


def whole_numbers(text: str) -> tuple[int, ...]:
    """Return ``32, 64, 1_000, 64k, 2M`` as numbers. Raises ``ValueError``."""
    factors = {"k": 1_000, "m": 1_000_000}
    found = []
    for part in text.replace(",", " ").split():
        number, factor = (part[:-1], factors[part[-1].lower()]) if part[-1].lower() in factors else (part, 1)
        found.append(int(number) * factor)
    return tuple(found)


def draws_pictures(name: str, given: Values) -> bool:
    """Return whether it learns from pictures that are still to be drawn (by an engine: ``protocol.DrawPictures``)."""
    asks = any(parameter.kind == "pictures" for parameter in EXPERIMENTS[name].parameters)
    return asks and not given.get("data") and not drawn_pictures().is_dir()


def drawn_pictures() -> Path:
    """Return where the pictures of this home are that were drawn for experiments."""
    return paths.home() / "drawn-pictures"


def residual(pictures: Sequence[str], *, steps: int, image_size: int, device: str = "auto") -> Planned:
    """Plan networks of 20 and of 56 layers, plain and residual, that learn the same pictures by the paper's rule (He et
    al. 2015, section 4.2, figure 6): SGD with momentum 0.9, a rate of 0.1 after a few steps at less, weights decaying
    by 1e-4. What is compared is the loss on what they learn from: more layers can say all that fewer can, and the plain
    ones do worse all the same.
    """
    spec = make_spec(
        {
            "name": "residual",
            "objective": "classify-images",
            "model": {
                "architecture": "cifar-resnet", "layers": 20, "widths": [16, 32, 64], "image_size": image_size,
            },
            "data": {"train": list(pictures), "evaluation": 0.1, "smallest_crop": 1.0},
            "optimizer": {"name": "sgd", "learning_rate": 0.1, "beta1": 0.9, "weight_decay": 1e-4},
            "schedule": {
                "steps": steps, "batch": 64, "warmup": min(20, steps), "decay": "constant",
                "evaluate_every": max(1, steps // 3), "checkpoint_every": steps,
            },
            "launch": {"device": device, "threads": 2},
        }
    )  # fmt: skip
    return Planned(spec, points_of({"model.layers": [20, 56], "model.shortcuts": [False, True]}))


def scaling(texts: Sequence[str], widths: Sequence[int], tokens: Sequence[int], device: str = "auto") -> Planned:
    """Plan a GPT of each width that learns from each amount of the same text (Kaplan et al. 2020, arXiv 2001.08361,
    section 3.3).

    Every run has the whole of a schedule of its own, so that its end is what so much compute gives (Hoffmann et al.
    2022, section 3.1). Depth grows with the width, but no network has less than two layers: those fall out of line
    (Kaplan et al., section 3.1), and beyond that its shape matters little. The vocabulary is small, so that less of a
    small network is embeddings. The usual sizes are such that in minutes both too small and too large models are seen:
    the least of them has learnt all that it can, the largest has not. Of our stories, some 140,000 tokens, the largest
    amount is seven times the whole; a larger sweep wants a text of its own.
    """
    spec = make_spec(
        {
            "name": "scaling",
            "model": {"width": widths[0], "context": CONTEXT, "tokenizer": "train:512"},
            "data": {"train": list(texts), "evaluation": 0.1},
            "schedule": {"batch": BATCH, "evaluation_batches": 40},
            "launch": {"device": device, "threads": 2},
        }
    )
    return Planned(spec, [_of_size(width, amount) for width, amount in itertools.product(widths, tokens)])


def _of_size(width: int, tokens: int) -> Point:
    steps = max(1, round(tokens / (BATCH * CONTEXT)))
    most_heads = max(1, width // HEAD)
    changes = {
        "model.width": width,
        "model.layers": max(2, width // HEAD),
        "model.heads": next(heads for heads in range(most_heads, 0, -1) if width % heads == 0),
        "optimizer.learning_rate": RATE_TIMES_WIDTH / width,
        "schedule.steps": steps,
        "schedule.evaluate_every": max(1, steps // 4),
        "schedule.checkpoint_every": steps,
    }
    return Point(f"width={width}-tokens={tokens}", changes)


EXPERIMENTS: dict[str, Experiment] = {
    "residual": Experiment(
        title="Residual networks",
        shows=("Depth needs shortcuts: without them 56 layers learn worse than 20, with them far better."),
        paper="He et al. 2015, Deep Residual Learning for Image Recognition, figure 6",
        parameters=(
            Parameter("data", "Training pictures", "pictures", (), ()),
            Parameter("steps", "Steps per run", "number", 300, 4000),
            Parameter("size", "Picture size (pixels)", "number", 16, 32, least=8, most=1024),
        ),
        make=lambda values, device: residual(
            [str(path) for path in values["data"] or (drawn_pictures(),)],
            steps=values["steps"],
            image_size=values["size"],
            device=device,
        ),
    ),
    "scaling": Experiment(
        title="Scaling law",
        shows="Loss against compute: models of several sizes train on increasing amounts of text; "
        "the best follow a power law.",
        paper="Kaplan et al. 2020, Scaling Laws for Neural Language Models, figure 1",
        parameters=(
            Parameter("data", "Training text", "texts", (), ()),
            Parameter("widths", "Widths", "numbers", (8, 16, 32, 64), (16, 32, 64, 128, 256), least=2, most=65536),
            Parameter(
                "tokens",
                "Training tokens",
                "numbers",
                (131_072, 262_144, 524_288, 1_048_576),
                (262_144, 524_288, 1_048_576, 2_097_152, 4_194_304),
            ),
        ),
        make=lambda values, device: scaling(
            [str(path) for path in values["data"] or (paths.sample_text(),)], values["widths"], values["tokens"], device
        ),
    ),
}


def _check(parameter: Parameter, value: Any) -> None:
    """Raise ``StudioError`` "spec-field" where a number is out of bounds, or there is none."""
    if parameter.kind not in ("number", "numbers"):
        return
    given = [value] if parameter.kind == "number" else list(value)
    if not given or not all(parameter.least <= each <= parameter.most for each in given):
        may_be = f"{parameter.least:,} to {parameter.most:,}"
        raise StudioError("spec-field", field=parameter.name, was=", ".join(map(str, given)) or "empty", may_be=may_be)


# ---------------------------------------------------------------------------------------------- what came of one


class Depths(NamedTuple):
    """What the residual experiment found: mean losses at the runs' ends, by (layers, whether it has shortcuts)."""

    shallow: int
    deep: int
    losses: dict[tuple[int, bool], float]

    @property
    def confirmed(self) -> bool:
        """Whether depth hurt without shortcuts, and the deep network is better with them."""
        plain = self.losses[self.deep, False]
        return plain > self.losses[self.shallow, False] and self.losses[self.deep, True] < plain

    @property
    def caught_up(self) -> bool:
        """Whether with shortcuts the deeper network is no worse than the shallower one, as in the paper."""
        return self.losses[self.deep, True] <= self.losses[self.shallow, True]


def depths_of(runs: Sequence[tuple[RunFolder, RunSpec | None]]) -> Depths | None:
    """Return what the ends of these runs say, where they are two depths with and without shortcuts and nothing else
    differs. Reads the end of each run's records.
    """
    found: dict[tuple[int, bool], RunFolder] = {}
    if differing((spec for _, spec in runs if spec is not None), but=("name", "model.layers", "model.shortcuts")):
        return None
    for folder, spec in runs:
        if spec is None or spec.model.architecture != "cifar-resnet":
            return None
        found[spec.model.layers, spec.model.shortcuts] = folder
    layers = sorted({each for each, _ in found})
    if len(layers) != 2 or len(found) != DEPTH_RUNS or len(runs) != DEPTH_RUNS:
        return None
    losses = {place: end_loss(folder) for place, folder in found.items()}
    known = {place: loss for place, loss in losses.items() if loss is not None}
    return Depths(layers[0], layers[1], known) if len(known) == DEPTH_RUNS else None


VERDICT = (
    "Final loss without shortcuts: {plain_deep} ({deep} layers), {plain_shallow} "
    "({shallow} layers); with shortcuts: {residual_deep} ({deep} layers), "
    "{residual_shallow} ({shallow} layers)."
)
CONFIRMED = "Depth hurt without shortcuts and didn't with them, as in the paper."
PARTLY = "Depth hurt without shortcuts. With them the deep network is better, but still behind the shallow one."
NOT_CONFIRMED = "These runs don't show that depth needs shortcuts."


def verdict(found: Depths, say: Callable[[str], str] = str) -> str:
    """Return the result in words; ``say`` translates the templates above."""
    figures = {
        f"{kind}_{depth}": f"{found.losses[layers, shortcuts]:.3f}"
        for kind, shortcuts in (("plain", False), ("residual", True))
        for depth, layers in (("shallow", found.shallow), ("deep", found.deep))
    }
    words = say(VERDICT).format(shallow=found.shallow, deep=found.deep, **figures)
    shown = CONFIRMED if found.caught_up else PARTLY
    return f"{words} {say(shown if found.confirmed else NOT_CONFIRMED)}"


def end_loss(run: RunFolder) -> float | None:
    """Return the mean loss of the last twentieth of a run's steps; None where it has none."""
    wanted = min(LAST_MOST, max(1, run.status().steps // LAST_SHARE))
    losses = [record.get("loss") for record in last_records(run.path / "metrics.jsonl", wanted)]
    numbers = [loss for loss in losses if isinstance(loss, float | int)]
    return statistics.fmean(numbers) if numbers else None
