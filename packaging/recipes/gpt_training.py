"""Trains the storyteller's GPT: its model, its optimizers, its resumable loop. Knows nothing of how it is shipped."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from gpt_data import ASSISTANT, END, END_OF_TEXT, USER, Batch, learn_tokenizer, make_batch, token_id
from gpt_recipe import Machine, Recipe
from storyteller import HELD_OUT_COUNTS, held_out, paraphrases
from storyteller_paraphrases import DEVELOPMENT_PARAPHRASES
from storyteller_world import Turn
from transformers import GPTNeoConfig, GPTNeoForCausalLM, PreTrainedTokenizerFast


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


def build_optimizers(recipe: Recipe, model: GPTNeoForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon (Jordan et al. 2024) for the matrices of the blocks, with steps as long as AdamW's; AdamW for the rest."""
    matrices: list[torch.nn.Parameter] = []
    embeddings: list[torch.nn.Parameter] = []
    vectors: list[torch.nn.Parameter] = []
    for name, parameter in model.named_parameters():
        kind = vectors if parameter.dim() < 2 else matrices if ".h." in name else embeddings
        kind.append(parameter)
    return [
        torch.optim.Muon(
            matrices,
            lr=recipe.cycles[0].learning_rate,
            weight_decay=recipe.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(
            [{"params": embeddings, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}],
            lr=recipe.cycles[0].learning_rate,
            betas=(0.9, recipe.beta2),
        ),
    ]


# What is looked at while choosing: (name, questions). None of them is trained on but those of "trained".
Questions = dict[str, list[Turn]]


def validation_questions() -> Questions:
    """Questions of trained pairs, of development pairs, and those written by hand for looking at."""
    return {
        "trained": held_out("training", 991, dict.fromkeys(HELD_OUT_COUNTS, 10)),
        "pairs": held_out("development", 992, dict.fromkeys(HELD_OUT_COUNTS, 30)),
        "paraphrases": paraphrases(DEVELOPMENT_PARAPHRASES),
    }


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
    optimizers = build_optimizers(recipe, model)
    state = State()
    saved = work / "state.pt"
    if saved.exists():
        stored = torch.load(saved, map_location=machine.device, weights_only=True)
        model.load_state_dict(stored["model"])
        for optimizer, kept in zip(optimizers, stored["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        state = State(**stored["state"])
        drop_later_records(work, state.step)
    model.train(True)
    questions = validation_questions()
    while state.step < recipe.steps:
        update(recipe, model, optimizers, tokenizer, state, work, machine)
        if state.step % recipe.evaluate_every == 0 or state.step == recipe.steps:
            report(model, tokenizer, questions, state, work, machine)
        if state.step % recipe.save_every == 0 or state.step == recipe.steps:
            partial = work / "state.partial"
            kept_ones = [optimizer.state_dict() for optimizer in optimizers]
            torch.save({"model": model.state_dict(), "optimizers": kept_ones, "state": vars(state)}, partial)
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
    optimizers: Sequence[torch.optim.Optimizer],
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
    for group in (group for optimizer in optimizers for group in optimizer.param_groups):
        group["lr"] = rate
    with torch.autocast(machine.device.split(":")[0], torch.bfloat16, enabled=machine.precision == "bfloat16"):
        logits = model(input_ids=batch.ids, position_ids=batch.positions, use_cache=False).logits
    loss = weighted_loss(logits, batch)
    loss.backward()  # type: ignore[no-untyped-call]
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
    for optimizer in optimizers:
        optimizer.step()
    model.zero_grad(set_to_none=True)
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
    questions: Questions,
    state: State,
    work: Path,
    machine: Machine,
) -> None:
    """An evaluation: a line of metrics, a line for each sample, and a line for whoever watches."""
    losses, marks = [], {}
    for name, turns in questions.items():
        loss, marks[name] = evaluate(model, tokenizer, turns, machine.device)
        losses.append(loss)
    asked = [turn for turns in questions.values() for turn in turns]
    right = [mark for name in questions for mark in marks[name]]
    record = {
        "step": state.step,
        "time": round(time.time(), 2),
        "evaluation_loss": round(sum(losses) / len(losses), 5),
        "accuracy": round(sum(right) / len(right), 4),
        **{f"accuracy_{name}": round(sum(marks[name]) / len(marks[name]), 4) for name in questions},
    }
    append(work / "metrics.jsonl", record)
    for prompt in SAMPLE_PROMPTS:
        append(work / "samples.jsonl", {"step": state.step, "prompt": prompt, "text": answer(model, tokenizer, prompt)})
    by_category: dict[str, list[bool]] = {}
    for turn, is_right in list(zip(asked, right, strict=True))[len(questions["trained"]) :]:
        by_category.setdefault(turn.category, []).append(is_right)
    scores = " ".join(f"{name} {sum(found) / len(found):.2f}" for name, found in by_category.items())
    print(f"step {state.step} {state.seconds:.0f} s {state.tokens} tokens: {record} {scores}", flush=True)
