"""What is shipped of the bundled chat model: float16 weights, tokenizer, model card, and its run's folder.

For the recipe `starter_gpt`. The scores on the card are of the files as they lie there: loaded again, in float32,
asked through their own chat template, decoded greedily. This is the only place that asks the held-out questions.
Beside each answer stands that of the most similar question of the training text (`nearest_answers`): what learning by
heart would have scored.
"""

from __future__ import annotations

import json
import math
import platform
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import storyteller_words as words
import tomli_w
import torch
from gpt_data import END, END_OF_TEXT, token_id
from gpt_recipe import Machine, Recipe
from gpt_training import SAMPLE_PROMPTS, State, answer
from storyteller_questions import question as make_question
from storyteller_world import DEVELOPMENT_PERCENT, LARGEST_ADDEND, TEST_PERCENT, Turn, World, normalised
from transformers import GenerationConfig, GPTNeoForCausalLM, PreTrainedTokenizerFast

NAME = "starter-gpt"
HELD_OUT_FILE = Path(__file__).with_name("starter_gpt_heldout.jsonl")
NEIGHBOUR_QUESTIONS = 100_000
SPARKLINE_POINTS = 64


@dataclass(frozen=True)
class Marked:
    """A held-out question, its right answer, what the model said, and the answer of its nearest training question."""

    category: str
    question: str
    right: str
    said: str
    neighbour: str


def ship(
    recipe: Recipe,
    machine: Machine,
    trained: tuple[GPTNeoForCausalLM, PreTrainedTokenizerFast, State],
    work: Path,
    output: Path,
    run: Path,
) -> list[Marked]:
    """Writes `output` (the model's folder) and `run` (its run's folder, without checkpoints), both made anew."""
    model, tokenizer, state = trained
    write_model(model, tokenizer, output)
    marked = score(output, held_out_questions())
    for mark in marked:
        sign = "   " if mark.said == mark.right else "NOT"
        print(f"{sign} {mark.category}: {mark.question}\n    said {mark.said}\n    near {mark.neighbour}")
    (output / "README.md").write_text(card(recipe, machine, model, state, marked), encoding="utf-8")
    write_run(recipe, machine, model, work, run)
    with (run / "held-out.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(vars(mark), ensure_ascii=False) + "\n" for mark in marked)
    print("\n".join(table(marked)), flush=True)
    return marked


def write_model(model: GPTNeoForCausalLM, tokenizer: PreTrainedTokenizerFast, output: Path) -> None:
    """A Hugging Face folder: config, generation defaults, weights in float16, tokenizer with its chat template."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    halved: Any = GPTNeoForCausalLM(model.config)
    halved.load_state_dict(model.state_dict())
    end, end_of_text = (token_id(tokenizer, token) for token in (END, END_OF_TEXT))
    defaults: Any = GenerationConfig
    halved.generation_config = defaults(
        bos_token_id=end_of_text,
        eos_token_id=[end, end_of_text],
        pad_token_id=end_of_text,
        do_sample=True,
        temperature=0.7,
        top_p=0.9,
        max_new_tokens=160,
    )
    halved.half().save_pretrained(output)
    tokenizer.save_pretrained(output)


def load(folder: Path) -> tuple[GPTNeoForCausalLM, PreTrainedTokenizerFast]:
    """The model in `folder` in float32, and its tokenizer. ValueError where its tensors do not all match."""
    loaded: Any = GPTNeoForCausalLM.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, output_loading_info=True
    )
    model, report = loaded
    if any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")):
        raise ValueError(f"the weights in {folder} do not fit their configuration: {report}")
    return model, PreTrainedTokenizerFast.from_pretrained(folder)


def held_out_questions() -> list[Turn]:
    """The committed questions; they were written before the training."""
    lines = HELD_OUT_FILE.read_text(encoding="utf-8").splitlines()
    return [Turn(**json.loads(line)) for line in lines]


def score(folder: Path, turns: Sequence[Turn]) -> list[Marked]:
    """Asks the model in `folder` every question in a fresh chat, greedily."""
    model, tokenizer = load(folder)
    near = nearest_answers([turn.question for turn in turns])
    return [
        Marked(turn.category, turn.question, turn.answer, answer(model, tokenizer, turn.question, 80), neighbour)
        for turn, neighbour in zip(turns, near, strict=True)
    ]


def nearest_answers(questions: Sequence[str], known: int = NEIGHBOUR_QUESTIONS, seed: int = 1) -> list[str]:
    """For each question the answer of the most similar one of `known` training questions.

    Similar is the cosine of TF-IDF vectors (Salton and Buckley 1988) over words; Chinese counts by characters.
    """
    world = World(random.Random(seed))
    turns = [make_question(world) for _ in range(known)]
    counts = [Counter(_words(turn.question)) for turn in turns]
    frequency = Counter(word for count in counts for word in count)
    weight = {word: math.log(known / frequency[word]) for word in frequency}
    norms = np.array([math.sqrt(sum((weight[w] * n) ** 2 for w, n in count.items())) or 1.0 for count in counts])
    postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index, count in enumerate(counts):
        for word, times in count.items():
            postings[word].append((index, times))
    columns = {word: np.array(entries, dtype=np.int64).T for word, entries in postings.items()}
    found = []
    for question in questions:
        scores = np.zeros(known)
        for word, times in Counter(_words(question)).items():
            if word in columns:
                indices, amounts = columns[word]
                scores[indices] += amounts * times * weight[word] ** 2
        found.append(turns[int(np.argmax(scores / norms))].answer)
    return found


def _words(question: str) -> Iterable[str]:
    for word in normalised(question).split():
        yield from (word,) if word.isascii() else word


def table(marked: Sequence[Marked]) -> list[str]:
    """The scores as rows of Markdown: by category, then of all."""
    rows = ["| category | questions | answered exactly | nearest training answer |", "|---|---|---|---|"]
    for category in [*dict.fromkeys(mark.category for mark in marked), ""]:
        chosen = [mark for mark in marked if not category or mark.category == category]
        right, near = share_right(chosen), sum(mark.neighbour == mark.right for mark in chosen) / len(chosen)
        cells = f"{category or 'all'} | {len(chosen)} | {right:.1%} | {near:.1%}".split(" | ")
        rows.append("| " + " | ".join(cells if category else [f"**{cell}**" for cell in cells]) + " |")
    return rows


def share_right(marked: Sequence[Marked]) -> float:
    return sum(mark.said == mark.right for mark in marked) / len(marked)


def card(recipe: Recipe, machine: Machine, model: GPTNeoForCausalLM, state: State, marked: Sequence[Marked]) -> str:
    """The model card, README.md."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    if machine.device == "cpu":
        hardware = f"{machine.threads} thread(s) of an {platform.machine()} CPU"
        hardware += f" ({torch.backends.cpu.get_cpu_capability()}) that other work shared"
    else:
        hardware = torch.cuda.get_device_name()
    by_hand = [mark for mark in marked if mark.category in ("models", "application", "itself", "outside", "chinese")]
    cycles = ", then ".join(f"rate {cycle.learning_rate} up to update {cycle.until:,}" for cycle in recipe.cycles)
    wrong = [mark for mark in marked if mark.said != mark.right]
    mistakes = "\n".join(f"- {mark.question} It said: {mark.said}" for mark in wrong[:: max(1, len(wrong) // 5)][:5])
    return f"""---
license: mit
library_name: transformers
pipeline_tag: text-generation
language: [en, zh]
---

# {NAME}

A very small chat model, trained from scratch by this project so that the application can chat, show a transformer's
inside and fine-tune one with no download. It tells short stories, answers questions about a small world (people,
things, places, colours, counting, small sums, feelings), about models and about Big Model Studio.

| | |
|---|---|
| architecture | GPT-3-style decoder (Brown et al. 2020, *Language Models are Few-Shot Learners*, §2.1): dense and \
locally banded attention in turn, `GPTNeoForCausalLM` |
| shape | {recipe.layers} layers, width {recipe.width}, {recipe.heads} heads, context {recipe.context} tokens, local \
window {recipe.window} tokens |
| parameters | {parameters:,} (input and output embeddings shared), shipped in float16 |
| tokenizer | own byte-level BPE of {model.config.vocab_size:,} tokens; numbers are cut into digits; any \
text comes back whole |
| data | text made up by `packaging/recipes/storyteller.py`, every batch anew; no text from elsewhere |
| training | {state.step:,} updates, {state.tokens:,} tokens (padding included); rows of {recipe.short_row} tokens, \
every {recipe.long_every}th batch of {recipe.context}; answers weigh 1 in the loss, stories \
{recipe.story_weight}, questions {recipe.question_weight}; {machine.precision}; seed {recipe.seed} |
| optimizer | Muon for the matrices of the blocks, AdamW (beta2 {recipe.beta2}) for the rest; {cycles}; warm-up of \
{recipe.warmup} updates, each time linearly to {recipe.final_share:.0%}; weight decay {recipe.weight_decay}, gradients \
clipped at {recipe.clip} |
| time and hardware | {state.seconds / 60:.0f} minutes of updates, {hardware} |

A chat is `<|system|>…<|end|><|user|>…<|end|><|assistant|>…<|end|>`, as the chat template writes it; the model stops at
`<|end|>` or `<|endoftext|>`. It was trained on chats of one to four questions, with a system text in one of twelve.

## Scores

The files of this folder, computed in float32, each question in a fresh chat, greedy decoding; an answer counts only if
it is the right one, character by character. Held out from everything the model read were {TEST_PERCENT}% of the
pairs of a thing and its look, of an animal and its place, of two events in order, and of two numbers up to
{LARGEST_ADDEND} (in either order) that are added, taken away, compared, owned or counted between; every question of the
first five categories is about such pairs. ({DEVELOPMENT_PERCENT}% more were not trained either and were looked at while
choosing.) The other {len(by_hand)} questions were written before the training, from the answers alone, without seeing
how the training asks, and never generated. The last column is the answer of the most similar of {NEIGHBOUR_QUESTIONS:,}
training questions (cosine of TF-IDF): what learning by heart would score. What was looked at while choosing were other
pairs and other sentences. Two numbers of the held-out part were known before. At update 6,500 another draw of questions
over the same pairs, with the same sentences, had given 90.3% (places 71.7%, all other categories at least 85.7%); which
answers were wrong was not looked at, but that number decided that the training went on. At update 8,100 these questions
had given 96.3%; the last cycle is there because "hello", in small letters, had been answered with a goodbye.

{chr(10).join(table(marked))}

Every question and answer is in `resources/runs/{NAME}/held-out.jsonl`. Some of the {len(wrong)} wrong ones:

{mistakes}

## What it cannot do

- It knows a world of {len(words.PEOPLE)} people, {len(words.THINGS)} things, {len(words.ANIMALS)} animals and \
{len(words.PLACES)} places. Other words it can sometimes copy and never understand.
- It adds and takes away numbers up to {LARGEST_ADDEND}; no products, no negative numbers, one step at a time.
- Questions put in a way far from those it learned get a wrong answer in good English. It has no doubt to show.
- What it says of models and of the application was put into its mouth, sentence by sentence; it cannot reason about it.
- In Chinese it can greet and say that it is small. It does not write code and knows no facts about the real world.
- It reads {recipe.context} tokens at most, its local layers {recipe.window} back. It was trained to refuse what is
  outside its world; nothing else was done to make it safe, and nothing should be decided by it.

Made by `packaging/recipes/starter_gpt.py`; the run's curves are in `resources/runs/{NAME}`.
"""


def write_run(recipe: Recipe, machine: Machine, model: GPTNeoForCausalLM, work: Path, run: Path) -> None:
    """The training as a run's folder of the application, from the records under `work`."""
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    for name in ("metrics.jsonl", "samples.jsonl"):
        shutil.copyfile(work / name, run / name)
    (run / "spec.toml").write_text(_spec(recipe, machine), encoding="utf-8")
    records = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    last: dict[str, float] = {}
    for record in records:
        last.update({key: value for key, value in record.items() if key not in ("step", "time", "event")})
    status = {
        "schema": 1,
        "state": "finished",
        "step": recipe.steps,
        "steps": recipe.steps,
        "pid": None,
        "process_started": None,
        "host": "",
        "threads": machine.threads,
        "started": records[0]["time"],
        "updated": records[-1]["time"],
        "message": "",
        "control_seq": 0,
        "parent": None,
        "last": last,
        "sparkline": sparkline([record["loss"] for record in records if "loss" in record]),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "device": machine.device,
    }
    (run / "status.json").write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")


def _spec(recipe: Recipe, machine: Machine) -> str:
    """spec.toml; what the recipe did beyond the fields of a spec is said in comments."""
    spec = {
        "schema": 1,
        "name": NAME,
        "objective": "chat",
        "seed": recipe.seed,
        "model": {
            "base": "scratch",
            "architecture": "gpt",
            "layers": recipe.layers,
            "heads": recipe.heads,
            "width": recipe.width,
            "context": recipe.context,
            "window": recipe.window,
            "tokenizer": f"train:{recipe.vocabulary}",
        },
        "data": {"train": ["storyteller"], "evaluation": 0.0},
        "method": {"kind": "full"},
        "optimizer": {
            "name": "adamw",
            "learning_rate": recipe.cycles[0].learning_rate,
            "weight_decay": recipe.weight_decay,
            "beta1": 0.9,
            "beta2": recipe.beta2,
            "clip": recipe.clip,
        },
        "schedule": {
            "steps": recipe.steps,
            "batch": recipe.batch_tokens // recipe.short_row,
            "warmup": recipe.warmup,
            "decay": "linear",
            "final_share": recipe.final_share,
            "evaluate_every": recipe.evaluate_every,
            "checkpoint_every": recipe.save_every,
        },
        "samples": {"prompts": list(SAMPLE_PROMPTS), "new_tokens": 120, "temperature": 0.0},
        "launch": {"device": machine.device, "processes": 1, "threads": machine.threads},
    }
    return f"""# Made by packaging/recipes/starter_gpt.py, which also did what a spec has no field for: the data is what
# packaging/recipes/storyteller.py makes up, batch by batch;
# rows of {recipe.short_row} tokens, every {recipe.long_every}th batch of {recipe.context};
# answers weigh 1 in the loss, stories {recipe.story_weight}, questions {recipe.question_weight}; {machine.precision};
# the matrices of the blocks were trained with Muon, the rest with AdamW.
{tomli_w.dumps(spec)}"""


def sparkline(values: list[float]) -> list[float]:
    """At most 64 points that follow `values`: the means of equal stretches of them."""
    count = min(SPARKLINE_POINTS, len(values))
    edges = [index * len(values) // count for index in range(count + 1)] if count else [0]
    stretches = [values[begin:end] for begin, end in pairwise(edges)]
    return [round(sum(stretch) / len(stretch), 4) for stretch in stretches]
