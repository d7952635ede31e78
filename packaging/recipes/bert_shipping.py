"""What is shipped of the bundled reader: float16 weights, tokenizer, model card, and its run's folder.

For the recipe `starter_bert`. The scores on the card are of the files as they lie there, asked through the
application's own tasks: words hidden in documents over held-out pairs, and pairs of sentences of held-out stories.
"""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import storyteller_words as words
import tomli_w
import torch
from starter_bert import NAME, Recipe
from storyteller import story
from storyteller_questions import CATEGORIES
from storyteller_world import TEST_PERCENT, Split, World

if TYPE_CHECKING:
    from bigmodel_studio.core.runs.run_folder import RunFolder

QUESTIONS = 300
STORIES = 300
RECORD_EVERY = 10
"""So many of the run's records are shipped, and those with an evaluation."""
TEST_SEED = 20271
ANSWERS: dict[str, frozenset[str]] = {
    "colours": frozenset(words.COLOURS),
    "places": frozenset(words.ANIMALS),
    "feelings": frozenset(words.EVENTS.values()),
}
"""Which word of an answer is hidden, by category: one of these."""


class Cloze(NamedTuple):
    """A document with a word of its answer hidden, and the word."""

    category: str
    text: str
    word: str


def clozes(split: Split, seed: int, each: int) -> Iterator[Cloze]:
    """So many of each category, over the pairs of a split."""
    world = World(random.Random(seed), split)
    for category, known in ANSWERS.items():
        found = 0
        while found < each:
            turn = CATEGORIES[category][0](world)
            hidden = [word for word in turn.answer.rstrip(".").split() if word in known]
            if len(hidden) != 1:
                continue
            found += 1
            yield Cloze(category, f"{turn.question} {turn.answer.replace(hidden[0], '[MASK]', 1)}", hidden[0])


def neighbours(seed: int, count: int) -> list[tuple[str, str, bool]]:
    """Two sentences of a held-out story, or one of each of two stories; half of each, with what is so."""
    world = World(random.Random(seed), "test")
    told = [story(world)[1].split(". ") for _ in range(count + 1)]
    pairs = []
    for number, (here, there) in enumerate(itertools.pairwise(told)):
        at = world.rng.randrange(len(here) - 1)
        follows = number % 2 == 0
        second = here[at + 1] if follows else there[world.rng.randrange(1, len(there))]
        pairs.append((here[at].rstrip(".") + ".", second.rstrip(".") + ".", follows))
    return pairs


class Scores(NamedTuple):
    """By category the share of words that were named first, and that the most frequent word would have named; and the
    share of pairs that were told rightly. ``missed`` are some of those that were not.
    """

    words: dict[str, tuple[float, float]]
    pairs: float
    missed: list[tuple[Cloze, str]]


def score(folder: Path) -> Scores:
    """Asks the model in ``folder``. RuntimeError where it does not answer."""
    from bigmodel_studio.engine.session import Session
    from bigmodel_studio.engine.tasks import run_task
    from bigmodel_studio.protocol import Done, Filled, FillMask, ModelRef, NextSentencePrediction, PredictNextSentence

    ref, session = ModelRef(source="local", id=str(folder), dtype="float32", device="cpu"), Session()
    asked = list(clozes("test", TEST_SEED, QUESTIONS))
    *filled, end = run_task(FillMask(model=ref, texts=tuple(each.text for each in asked), top_k=1), session)
    told = neighbours(TEST_SEED, STORIES)
    *answers, last = run_task(PredictNextSentence(model=ref, pairs=tuple((a, b) for a, b, _ in told)), session)
    for each in (end, last):
        if not isinstance(each, Done):
            raise RuntimeError(str(each))
    named = [event.masks[0][0].token for event in filled if isinstance(event, Filled)]
    right: dict[str, tuple[float, float]] = {}
    trained: dict[str, Counter[str]] = {category: Counter() for category in ANSWERS}
    for cloze in clozes("training", 1, 2000):
        trained[cloze.category][cloze.word] += 1
    for category in ANSWERS:
        of = [(cloze, said) for cloze, said in zip(asked, named, strict=True) if cloze.category == category]
        usual = trained[category].most_common(1)[0][0]
        share = sum(cloze.word == said for cloze, said in of) / len(of)
        right[category] = (share, sum(cloze.word == usual for cloze, _ in of) / len(of))
    chances = [event.follows for event in answers if isinstance(event, NextSentencePrediction)]
    pairs = sum((chance > 0.5) == follows for chance, (_, _, follows) in zip(chances, told, strict=True)) / len(told)
    missed = [(cloze, said) for cloze, said in zip(asked, named, strict=True) if cloze.word != said]
    return Scores(right, pairs, missed)


def ship(recipe: Recipe, folder: RunFolder, output: Path, run: Path) -> None:
    """Writes ``output`` (the model's folder) and ``run`` (its run's folder, without checkpoints), both made anew."""
    from transformers import BertForPreTraining

    checkpoint = folder.checkpoint_path()
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    model = BertForPreTraining.from_pretrained(checkpoint, dtype=torch.float32, use_safetensors=True)
    model.half().save_pretrained(output)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(checkpoint / name, output / name)
    scores = score(output)
    (output / "README.md").write_text(card(recipe, folder, scores), encoding="utf-8")
    write_run(folder, run)
    print(card(recipe, folder, scores))


def write_run(folder: RunFolder, run: Path) -> None:
    """The run's folder as it is, less its checkpoints, this machine's paths and what only a living run has."""
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    shutil.copyfile(folder.path / "samples.jsonl", run / "samples.jsonl")
    records = [json.loads(line) for line in (folder.path / "metrics.jsonl").read_text("utf-8").splitlines()]
    kept = [
        each for each in records if "event" in each or "evaluation_loss" in each or each["step"] % RECORD_EVERY == 0
    ]
    (run / "metrics.jsonl").write_text("".join(json.dumps(each) + "\n" for each in kept), encoding="utf-8")
    spec = folder.spec()
    if spec is None:
        raise RuntimeError(f"{folder.path} has no spec")
    from bigmodel_studio.protocol import to_builtins

    data = {**to_builtins(spec.data), "train": ["storyteller"], "evaluation": 0.0}
    told = {**to_builtins(spec), "name": NAME, "data": data}
    head = "# Made by packaging/recipes/starter_bert.py; the data is what the storyteller makes up.\n"
    (run / "spec.toml").write_text(head + tomli_w.dumps(told), encoding="utf-8")
    status = json.loads((folder.path / "status.json").read_text("utf-8"))
    status |= {"pid": None, "process_started": None, "host": "", "message": "", "memory": {}, "accelerator_bytes": 0}
    (run / "status.json").write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")


def card(recipe: Recipe, folder: RunFolder, scores: Scores) -> str:
    """The model card."""
    status = folder.status()
    rows = "\n".join(
        f"| {name} | {QUESTIONS} | {right:.1%} | {usual:.1%} |" for name, (right, usual) in scores.words.items()
    )
    missed = "\n".join(f"- {cloze.text} It said: {said}; right is {cloze.word}." for cloze, said in scores.missed[:5])
    minutes = folder.metrics()[-1]["seconds"] / 60
    vocabulary = json.loads((folder.checkpoint_path() / "config.json").read_text("utf-8"))["vocab_size"]
    return f"""---
license: mit
library_name: transformers
pipeline_tag: fill-mask
language: [en]
---

# {NAME}

A very small BERT, trained from scratch by this project so that the application can guess hidden words, tell whether a
sentence follows another, and fine-tune a reader, with no download. It reads a small world of
people, things, places, colours and feelings.

| | |
|---|---|
| architecture | BERT (Devlin et al. 2018), `BertForPreTraining`: the heads for masked words and for the next sentence |
| shape | {recipe.layers} layers, width {recipe.width}, {recipe.heads} heads, context {recipe.context} tokens |
| parameters | {status.parameters:,}, shipped in float16 |
| tokenizer | own WordPiece of {vocabulary:,} tokens, lower case |
| data | {recipe.documents:,} documents made up by `packaging/recipes/storyteller.py`; no text from elsewhere |
| training | {recipe.steps:,} updates of {recipe.batch} pairs, {status.last["items"]:,.0f} tokens; \
15% of them asked, 80/10/10; pairs 50% random; seed {recipe.seed} |
| optimizer | AdamW, rate {recipe.learning_rate:g} after {recipe.warmup} updates, then linearly to 0; weight decay \
{recipe.weight_decay:g} |
| time and hardware | {minutes:.0f} minutes of updates on {status.device} |

## Scores

The files of this folder, computed in float32. Held out from everything that was read, and never looked at
before, were {TEST_PERCENT}% of the pairs of a thing and its look, of an animal and its place, and of two events: every
document here is about such pairs, and the hidden word can be read from the document. The last column is what the most
frequent word would have scored.

| hidden word of | documents | named first | most frequent word |
|---|---|---|---|
{rows}

Of {STORIES} pairs of sentences of held-out stories, half of them from two stories, {scores.pairs:.1%} were told
rightly. Some of the {len(scores.missed)} words that were not:

{missed}

## What it cannot do

It knows {len(words.PEOPLE)} people, {len(words.THINGS)} things, {len(words.ANIMALS)} animals and {len(words.PLACES)}
places, and no facts about the real world. Nothing should be decided by it.

Made by `packaging/recipes/starter_bert.py`; the run's curves are in `resources/runs/{NAME}`.
"""
