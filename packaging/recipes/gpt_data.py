"""The storyteller's documents as a GPT reads them: its tokenizer, its chat template, its packed batches.

Every batch is made from the seed and the number of its step alone, so that a killed training goes on from its last
state as if nothing had happened.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import torch
from gpt_recipe import Recipe
from storyteller import Document, documents
from storyteller import document as make_document
from storyteller_world import World
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

END_OF_TEXT, SYSTEM, USER, ASSISTANT, END = "<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"
SPECIAL_TOKENS = [END_OF_TEXT, SYSTEM, USER, ASSISTANT, END]
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


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
    world = World(rng, blur=phase.blur, wide=phase.wide, anyone=phase.anyone, typed=phase.typed)
    length = recipe.context if step % recipe.long_every == 0 else recipe.short_row
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
