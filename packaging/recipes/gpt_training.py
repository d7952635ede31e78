"""Trains the storyteller's GPT: its tokenizer, its packed batches, its loop. Knows nothing of how it is shipped.

Every batch is made from the seed and the number of its step alone, so that a killed training goes on from its last
state as if nothing had happened.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from storyteller import HELD_OUT_COUNTS, SUM_LISTS, Document, documents, held_out
from storyteller import document as make_document
from storyteller_questions import CATEGORIES
from storyteller_world import Turn, World
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPTNeoConfig, GPTNeoForCausalLM, PreTrainedTokenizerFast

END_OF_TEXT, SYSTEM, USER, ASSISTANT, END = "<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"
SPECIAL_TOKENS = [END_OF_TEXT, SYSTEM, USER, ASSISTANT, END]
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
IGNORED = -100


@dataclass(frozen=True)
class Cycle:
    """A rise and fall of the rate, up to and with update ``until``; it falls over the last ``cooldown`` of it."""

    until: int
    learning_rate: float
    cooldown: float


@dataclass(frozen=True)
class Phase:
    """A stretch of the training up to and with update ``until``.

    Every ``long_every`` steps the rows are as long as the context; the others are short, which costs half as much a
    token. ``shares`` of categories are given where they differ from the storyteller's; ``sum_lists``, ``look_ups`` and
    ``who_lists`` are shares of the documents, ``blur`` of the questions about facts.
    """

    until: int
    long_every: int
    shares: dict[str, float] = field(default_factory=dict)
    sum_lists: float = SUM_LISTS
    look_ups: float = 0.0
    who_lists: float = 0.0
    blur: float = 0.0


# What the development pairs showed to be weak: sums first, then whose thing is which.
_MORE_SUMS = {
    "colours": 0.17, "places": 0.10, "counting": 0.14, "sums": 0.25, "feelings": 0.12,
    "models": 0.08, "application": 0.08, "itself": 0.03, "outside": 0.03, "chinese": 0.02,
}  # fmt: skip
_MORE_CONTEXT = {
    "colours": 0.23, "places": 0.15, "counting": 0.13, "sums": 0.20, "feelings": 0.14,
    "models": 0.05, "application": 0.05, "itself": 0.02, "outside": 0.02, "chinese": 0.01,
}  # fmt: skip
_ALL_ROUND = {
    "colours": 0.18, "places": 0.15, "counting": 0.12, "sums": 0.13, "feelings": 0.15,
    "models": 0.10, "application": 0.11, "itself": 0.05, "outside": 0.05, "chinese": 0.01,
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What was chosen. Lengths in tokens, ``cycles`` and ``phases`` in optimizer updates."""

    seed: int = 1
    vocabulary: int = 1536
    width: int = 160
    layers: int = 6
    heads: int = 5
    context: int = 384
    window: int = 64
    cycles: tuple[Cycle, ...] = (Cycle(4900, 2e-3, 0.5332), Cycle(6000, 1e-3, 1.0), Cycle(8000, 1.6e-3, 0.6))
    warmup: int = 150
    short_row: int = 128
    batch_tokens: int = 3072
    phases: tuple[Phase, ...] = (
        Phase(750, 5),
        Phase(1250, 16),
        Phase(2000, 24, _MORE_SUMS, 0.22),
        Phase(2750, 24, _MORE_CONTEXT, 0.14),
        Phase(4500, 24, _MORE_CONTEXT, 0.12, 0.35),
        Phase(4900, 24, _MORE_CONTEXT | {"colours": 0.5}, 0.10, 0.35),
        Phase(6000, 24, _ALL_ROUND, 0.06, 0.08, 0.32, 0.3),
        Phase(1_000_000, 24, _ALL_ROUND, 0.05, 0.06, 0.38, 0.4),
    )
    final_share: float = 0.03
    weight_decay: float = 0.1
    beta2: float = 0.98
    clip: float = 1.0
    question_weight: float = 0.1
    story_weight: float = 0.3
    tokenizer_documents: int = 20_000
    evaluate_every: int = 250
    save_every: int = 250

    @property
    def steps(self) -> int:
        return self.cycles[-1].until

    def phase(self, step: int) -> Phase:
        return next(phase for phase in self.phases if step <= phase.until)


@dataclass(frozen=True)
class Machine:
    device: str
    threads: int
    precision: str


def describe(document: Document) -> list[tuple[str, float]]:
    """The document as pieces of text with the weight of their tokens in the loss; roles marked as in the template."""
    recipe = Recipe()
    if document.text:
        weights = (recipe.story_weight,) if len(document.text) == 1 else (0.0, 1.0)
        return [(part, weights[index % len(weights)]) for index, part in enumerate(document.text)]
    pieces: list[tuple[str, float]] = []
    if document.system:
        pieces.append((SYSTEM + document.system + END, 0.0))
    for question, answer in document.turns:
        pieces += [(USER + question + END + ASSISTANT, recipe.question_weight), (answer + END, 1.0)]
    return pieces


def learn_tokenizer(recipe: Recipe) -> PreTrainedTokenizerFast:
    """A byte-level BPE (Sennrich et al. 2016; bytes as in GPT-2) that cuts numbers into digits and loses no byte."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocabulary,
        special_tokens=SPECIAL_TOKENS,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    source = documents(recipe.seed + 1)
    texts = (
        "".join(text for text, _ in describe(next(source)))
        .replace(END, "\n")
        .replace(ASSISTANT, "\n")
        .replace(USER, "\n")
        for _ in range(recipe.tokenizer_documents)
    )
    tokenizer.train_from_iterator(texts, trainer)
    build: Any = PreTrainedTokenizerFast
    made: PreTrainedTokenizerFast = build(
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=END,
        pad_token=END_OF_TEXT,
        additional_special_tokens=[SYSTEM, USER, ASSISTANT],
        chat_template=CHAT_TEMPLATE,
        model_max_length=recipe.context,
        clean_up_tokenization_spaces=False,
    )
    return made


def token_id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    number = tokenizer.convert_tokens_to_ids(token)
    assert isinstance(number, int)
    return number


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> GPTNeoForCausalLM:
    """GPT-3's decoder (Brown et al. 2020, §2.1): dense and locally banded attention in turn."""
    config = GPTNeoConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        num_layers=recipe.layers,
        num_heads=recipe.heads,
        max_position_embeddings=recipe.context,
        attention_types=[[["global", "local"], recipe.layers // 2]],
        window_size=recipe.window,
        activation_function="gelu_pytorch_tanh",
        resid_dropout=0.0,
        embed_dropout=0.0,
        attention_dropout=0.0,
        bos_token_id=token_id(tokenizer, END_OF_TEXT),
        eos_token_id=token_id(tokenizer, END),
        pad_token_id=token_id(tokenizer, END_OF_TEXT),
    )
    return GPTNeoForCausalLM(config)


def encode(tokenizer: PreTrainedTokenizerFast, document: Document) -> tuple[list[int], list[float]]:
    """Token ids and their weights in the loss, the end of the text included."""
    ids: list[int] = []
    weights: list[float] = []
    for text, weight in describe(document):
        piece = tokenizer(text, add_special_tokens=False)["input_ids"]
        ids += piece
        weights += [weight] * len(piece)
    return [*ids, token_id(tokenizer, END_OF_TEXT)], [*weights, 0.3]


@dataclass(frozen=True)
class Batch:
    """``ids``, ``positions`` and ``weights``, each (rows, tokens); a weight is that of predicting the token itself."""

    ids: torch.Tensor
    positions: torch.Tensor
    weights: torch.Tensor


def make_batch(recipe: Recipe, tokenizer: PreTrainedTokenizerFast, step: int) -> Batch:
    """Whole documents packed into rows, one after another, without a mask between them (Brown et al. 2020, appendix B).

    Short rows begin anywhere in the context, half of them at its start, so that every position is trained.
    """
    rng = random.Random(f"{recipe.seed} {step}")
    phase = recipe.phase(step)
    world = World(rng, blur=phase.blur)
    length = recipe.context if step % phase.long_every == 0 else recipe.short_row
    rows: list[tuple[list[int], list[float]]] = [([], []) for _ in range(recipe.batch_tokens // length)]
    misses = 0
    while misses < 10:
        ids, weights = encode(
            tokenizer, make_document(world, phase.shares, phase.sum_lists, phase.look_ups, phase.who_lists)
        )
        row = next((row for row in rows if len(row[0]) + len(ids) <= length), None)
        if row is None:
            misses += 1
            continue
        row[0].extend(ids)
        row[1].extend(weights)
    pad = token_id(tokenizer, END_OF_TEXT)
    starts = [rng.choice((0, rng.randint(0, recipe.context - length))) for _ in rows]
    return Batch(
        torch.tensor([ids + [pad] * (length - len(ids)) for ids, _ in rows]),
        torch.tensor(starts)[:, None] + torch.arange(length),
        torch.tensor([weights + [0.0] * (length - len(weights)) for _, weights in rows]),
    )


def weighted_loss(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Cross-entropy in nats a token, the mean over tokens by their weight; logits (rows, tokens, vocabulary)."""
    losses = F.cross_entropy(logits[:, :-1].float().flatten(0, 1), batch.ids[:, 1:].flatten(), reduction="none")
    weights = batch.weights[:, 1:].flatten()
    return (losses * weights).sum() / weights.sum()


def learning_rate(recipe: Recipe, step: int) -> float:
    """Within each cycle: linear warm-up, constant, then linearly down to ``final_share``; ``step`` from 1.

    So a length can be chosen while it trains, and a training prolonged (Hägele et al. 2024).
    """
    start = 0
    for cycle in recipe.cycles:
        if step <= cycle.until:
            break
        start = cycle.until
    left = (cycle.until - step) / (cycle.cooldown * (cycle.until - start))
    fallen = recipe.final_share + (1 - recipe.final_share) * min(1.0, max(0.0, left))
    return cycle.learning_rate * min(1.0, (step - start) / recipe.warmup) * fallen


def validation_questions() -> list[Turn]:
    """150 questions of trained pairs and 100 of development pairs; none of them decides the reported score."""
    counts = dict.fromkeys(CATEGORIES, 15)
    counts["chinese"] = counts["itself"] = 10
    trained = held_out("training", 991, counts)
    return trained + held_out("development", 992, dict.fromkeys(HELD_OUT_COUNTS, 20))


@torch.no_grad()
def evaluate(
    model: GPTNeoForCausalLM, tokenizer: PreTrainedTokenizerFast, turns: Sequence[Turn], device: str
) -> tuple[float, list[bool]]:
    """The mean loss of the answers' tokens, and for each question whether greedy decoding would answer it exactly.

    Greedy decoding gives the answer exactly when each of its tokens is the likeliest one after those before it.
    """
    model.train(False)
    right: list[bool] = []
    total, count = 0.0, 0
    for turn in turns:
        question = tokenizer(USER + turn.question + END + ASSISTANT, add_special_tokens=False)["input_ids"]
        answer = tokenizer(turn.answer + END, add_special_tokens=False)["input_ids"]
        ids = torch.tensor([question + answer], device=device)
        logits = model(input_ids=ids, use_cache=False).logits[0, len(question) - 1 : -1].float()
        target = ids[0, len(question) :]
        right.append(bool((logits.argmax(-1) == target).all()))
        total += float(F.cross_entropy(logits, target, reduction="sum"))
        count += len(answer)
    model.train(True)
    return total / count, right


SAMPLE_PROMPTS: tuple[str, ...] = (
    "Tell me a story about a fox and a kite.",
    "Tom has a red kite and Mia has a blue ball. What colour is Mia's ball?",
    "What is 17 plus 8?",
    "What is a token?",
    "Who won the cup?",
)


@torch.no_grad()
def answer(model: GPTNeoForCausalLM, tokenizer: PreTrainedTokenizerFast, question: str, new_tokens: int = 120) -> str:
    """What greedy decoding says to one question in a fresh chat."""
    chat: Any = tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    prompt = chat.to(model.device)
    model.train(False)
    generator: Any = model
    output = generator.generate(
        **prompt, do_sample=False, max_new_tokens=new_tokens, pad_token_id=tokenizer.pad_token_id
    )
    model.train(True)
    return str(tokenizer.decode(output[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)).strip()


def append(path: Path, record: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")


@dataclass
class State:
    """What a training needs to go on: the update that was last made, the seconds and the tokens that went into it."""

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0


def train(recipe: Recipe, work: Path, machine: Machine) -> tuple[GPTNeoForCausalLM, PreTrainedTokenizerFast, State]:
    """Trains, or goes on training, in ``work``; writes metrics.jsonl and samples.jsonl there."""
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(machine.threads)
    torch.manual_seed(recipe.seed)
    tokenizer = learn_tokenizer(recipe)
    model = build_model(recipe, tokenizer)
    torch.nn.Module.to(model, machine.device)
    decayed = [parameter for parameter in model.parameters() if parameter.dim() >= 2]
    others = [parameter for parameter in model.parameters() if parameter.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": others, "weight_decay": 0.0}],
        lr=recipe.cycles[0].learning_rate,
        betas=(0.9, recipe.beta2),
    )
    state = State()
    saved = work / "state.pt"
    if saved.exists():
        stored = torch.load(saved, map_location=machine.device, weights_only=True)
        model.load_state_dict(stored["model"])
        optimizer.load_state_dict(stored["optimizer"])
        state = State(**stored["state"])
        drop_later_records(work, state.step)
    model.train(True)
    questions = validation_questions()
    while state.step < recipe.steps:
        update(recipe, model, optimizer, tokenizer, state, work, machine)
        if state.step % recipe.evaluate_every == 0 or state.step == recipe.steps:
            report(model, tokenizer, questions, state, work, machine)
        if state.step % recipe.save_every == 0 or state.step == recipe.steps:
            partial = work / "state.partial"
            stored = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": vars(state)}
            torch.save(stored, partial)
            os.replace(partial, saved)
    return model, tokenizer, state


def drop_later_records(work: Path, step: int) -> None:
    """After a kill: forgets the records that the state goes back before."""
    for name in ("metrics.jsonl", "samples.jsonl"):
        path = work / name
        if path.exists():
            lines = [line for line in path.read_text(encoding="utf-8").splitlines() if json.loads(line)["step"] <= step]
            path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def update(
    recipe: Recipe,
    model: GPTNeoForCausalLM,
    optimizer: torch.optim.Optimizer,
    tokenizer: PreTrainedTokenizerFast,
    state: State,
    work: Path,
    machine: Machine,
) -> None:
    """One step of the optimizer, and every third one a line of metrics."""
    started = time.perf_counter()
    step = state.step + 1
    made = make_batch(recipe, tokenizer, step)
    batch = Batch(*(tensor.to(machine.device) for tensor in (made.ids, made.positions, made.weights)))
    rate = learning_rate(recipe, step)
    for group in optimizer.param_groups:
        group["lr"] = rate
    with torch.autocast(machine.device.split(":")[0], torch.bfloat16, enabled=machine.precision == "bfloat16"):
        logits = model(input_ids=batch.ids, position_ids=batch.positions, use_cache=False).logits
    loss = weighted_loss(logits, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    seconds = time.perf_counter() - started
    state.step, state.seconds, state.tokens = step, state.seconds + seconds, state.tokens + batch.ids.numel()
    if step == 1 or step % 3 == 0:
        record = {
            "step": step,
            "time": round(time.time(), 2),
            "loss": round(float(loss.detach()), 5),
            "learning_rate": round(rate, 8),
            "gradient_norm": round(float(norm), 4),
            "tokens_per_s": round(batch.ids.numel() / seconds, 1),
        }
        append(work / "metrics.jsonl", record)


def report(
    model: GPTNeoForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    questions: Sequence[Turn],
    state: State,
    work: Path,
    machine: Machine,
) -> None:
    """An evaluation: a line of metrics, a line for each sample, and a line for whoever watches."""
    loss, right = evaluate(model, tokenizer, questions, machine.device)
    cut = 15 * (len(CATEGORIES) - 2) + 20
    record = {
        "step": state.step,
        "time": round(time.time(), 2),
        "evaluation_loss": round(loss, 5),
        "accuracy": round(sum(right[:cut]) / cut, 4),
        "accuracy_development_pairs": round(sum(right[cut:]) / len(right[cut:]), 4),
    }
    append(work / "metrics.jsonl", record)
    for prompt in SAMPLE_PROMPTS:
        append(work / "samples.jsonl", {"step": state.step, "prompt": prompt, "text": answer(model, tokenizer, prompt)})
    by_category: dict[str, list[bool]] = {}
    for index, (turn, is_right) in enumerate(zip(questions, right, strict=True)):
        by_category.setdefault(turn.category + ("" if index < cut else "*"), []).append(is_right)
    scores = " ".join(f"{name} {sum(marks) / len(marks):.2f}" for name, marks in by_category.items())
    print(f"step {state.step} {state.seconds:.0f} s {state.tokens} tokens: loss {loss:.3f} {scores}", flush=True)
