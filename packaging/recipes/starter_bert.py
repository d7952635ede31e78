"""Makes the bundled reader: a small BERT (Devlin et al. 2018), trained from scratch on the storyteller's text.

    python packaging/recipes/starter_bert.py --work /tmp/bert --output resources/starters/starter-bert

It is trained as a user would train one: a text file, a spec, and a run of the application's own, with a home of its own
in ``--work`` (the same command goes on with a run that was stopped). Then the files that are shipped are asked about
documents and pairs that were held out, once, for the card (`bert_shipping`).
"""

from __future__ import annotations

import argparse
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storyteller import story
from storyteller_questions import CATEGORIES
from storyteller_world import Split, World

if TYPE_CHECKING:
    from bigmodel_studio.core.runs.run_folder import RunFolder
    from bigmodel_studio.core.specs.spec import RunSpec

ROOT = Path(__file__).resolve().parents[2]
NAME = "starter-bert"
RUN = "reader"
"""What its run is called while it trains: a bundled run's name is taken."""
PROMPTS = (
    "Nora likes a red chair. Lily likes a green key. Lily's key is [MASK].",
    "The frog is behind the door. The bird sleeps near the river. The [MASK] is behind the door.",
    "Once upon a time there was a [MASK] called Jack. Jack had a grey book.",
    "Hugo lost his hat and Mia found a kite. Mia is [MASK].",
)


@dataclass(frozen=True)
class Recipe:
    """Every number that decides the weights. ``shares`` are those of the kinds of document."""

    seed: int = 1
    documents: int = 150_000
    layers: int = 4
    width: int = 192
    heads: int = 6
    context: int = 96
    vocabulary: int = 2048
    dropout: float = 0.1
    steps: int = 4000
    batch: int = 96
    learning_rate: float = 1e-3
    warmup: int = 300
    weight_decay: float = 0.01
    shares: tuple[tuple[str, float], ...] = (
        ("story", 0.3), ("colours", 0.22), ("places", 0.16), ("feelings", 0.16), ("counting", 0.1), ("models", 0.06),
    )  # fmt: skip


def write_documents(path: Path, recipe: Recipe, split: Split, seed: int, count: int) -> None:
    """So many documents of a split of the storyteller's world, a paragraph each."""
    world = World(random.Random(seed), split)
    kinds, shares = zip(*recipe.shares, strict=True)
    with path.open("w", encoding="utf-8") as stream:
        for kind in world.rng.choices(kinds, shares, k=count):
            stream.write(_document(world, kind) + "\n\n")


def _document(world: World, kind: str) -> str:
    if kind == "story":
        return story(world)[1]
    ask: Callable[[World], object] = CATEGORIES[kind][0]
    turn = ask(world)
    return f"{turn.question} {turn.answer}"  # type: ignore[attr-defined]


def spec_of(recipe: Recipe, texts: Sequence[Path], device: str, threads: int) -> RunSpec:
    """The spec of the run; ``texts`` are what is learnt from and what is evaluated on."""
    from bigmodel_studio.core.specs.spec import make_spec

    every = max(1, recipe.steps // 10)
    return make_spec(
        {
            "name": RUN, "objective": "masked-lm", "seed": recipe.seed,
            "model": {
                "architecture": "bert", "layers": recipe.layers, "width": recipe.width, "heads": recipe.heads,
                "context": recipe.context, "tokenizer": f"train:{recipe.vocabulary}", "dropout": recipe.dropout,
            },
            "data": {"train": [str(texts[0])], "evaluation": [str(texts[1])]},
            "optimizer": {"learning_rate": recipe.learning_rate, "weight_decay": recipe.weight_decay},
            "schedule": {
                "steps": recipe.steps, "batch": recipe.batch, "warmup": recipe.warmup, "evaluate_every": every,
                "evaluation_batches": 10, "checkpoint_every": every, "keep": 2,
            },
            "samples": {"prompts": list(PROMPTS)},
            "launch": {"device": device, "threads": threads},
        }
    )  # fmt: skip


def train(recipe: Recipe, work: Path, device: str, threads: int) -> RunFolder:
    """The finished run; goes on with one that is in ``work``. RuntimeError where it ends otherwise."""
    os.environ["BIGMODEL_STUDIO_HOME"] = str(work / "home")
    from bigmodel_studio.core.runs.launch import create_run
    from bigmodel_studio.core.runs.run_folder import RunFolder
    from bigmodel_studio.training.loop.run import FINISHED, run

    folder = RunFolder(work / "home" / "runs" / RUN)
    there = (folder.path / "spec.toml").is_file()
    if not there:
        work.mkdir(parents=True, exist_ok=True)
        texts = [work / "training.txt", work / "development.txt"]
        write_documents(texts[0], recipe, "training", recipe.seed, recipe.documents)
        write_documents(texts[1], recipe, "development", recipe.seed + 1, 2000)
        (work / "home" / "runs").mkdir(parents=True, exist_ok=True)
        folder = create_run(spec_of(recipe, texts, device, threads))
    if folder.status().state != "finished" and run(folder.path, resume=there) != FINISHED:
        raise RuntimeError(folder.status().message)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description="Train and package the bundled reader of texts.")
    parser.add_argument("--work", type=Path, required=True, help="where the run lives; may be gone on with")
    parser.add_argument("--output", type=Path, default=ROOT / "resources/starters/starter-bert")
    parser.add_argument("--run", type=Path, default=ROOT / "resources/runs/starter-bert")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps, …")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--train-only", action="store_true", help="leave packaging to a later start")
    arguments = parser.parse_args()
    recipe = Recipe()
    folder = train(recipe, arguments.work.absolute(), arguments.device, arguments.threads)
    if not arguments.train_only:
        from bert_shipping import ship

        ship(recipe, folder, arguments.output, arguments.run)


if __name__ == "__main__":
    main()
