"""Causal language modelling on plain text: the next token from those before it, from scratch or on from a model.

From scratch it is a GPT-3-style decoder (Brown et al. 2020, section 2.1): dense and locally banded attention in turn,
which is what ``GPTNeoForCausalLM`` computes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F

from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import ModelSpec
from bigmodel_studio.engine.text.token_texts import token_texts
from bigmodel_studio.protocol import DataRole, Finding, PreviewExample, PreviewToken
from bigmodel_studio.training.data import token_data, tokenizers
from bigmodel_studio.training.data.paragraphs import not_utf8, paragraph_entries
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.data.record_texts import place_in
from bigmodel_studio.training.data.text_files import split_corpus
from bigmodel_studio.training.loop import baselines
from bigmodel_studio.training.loop.sample_text import continued, ends_of
from bigmodel_studio.training.models.base_model import causal_model, packs
from bigmodel_studio.training.objectives import (
    Batch,
    CountedExample,
    Evaluated,
    EvaluatedExample,
    Examples,
    Objective,
    part_of,
)

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MOST_EXAMPLE_CHARACTERS = 400
"""As much of a text that is evaluated on is kept to be shown."""


class CausalLM(Objective):
    """Batches are ``{"tokens": int64 [batch, context + 1]}``."""

    rate = "tokens_per_s"

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        self._spec = spec = resolved.spec
        corpus = reading.corpus(split_corpus(spec.data.train, spec.data.evaluation, spec.data.text_column, reading.say))
        source = checkpoint or resolved.base_folder()
        self._base = causal_model(source) if source is not None else None
        self._packed = packs(spec.method.kind, checkpoint)
        # The text is looked at before anything large is built: a context that it cannot fill costs its square.
        if self._base is None:
            learn = tokenizers.train_tokenizer
            self.tokenizer = tokenizers.asked_tokenizer(resolved, corpus, learn, reading.say)
            self.context = spec.model.context
        else:
            self.tokenizer, self.context = self._base.tokenizer(), self._base.context(spec.model.context)
        self._corpus = corpus
        self.tokens = token_data.prepare(corpus, self.tokenizer, reading.say)
        self.tokens.check(self.context)
        train, evaluation = len(self.tokens.train), len(self.tokens.evaluation)
        self.notes = [
            f"{train:,} training and {evaluation:,} evaluation tokens",
            f"vocabulary {len(self.tokenizer):,}, context {self.context:,}",
        ]
        self.notes += [
            f"{path}: {count:,} places were not UTF-8 and are read as U+FFFD"
            for path, count in self.tokens.replaced.items()
        ]

    def build_model(self) -> None:
        if self._base is None:
            self.model = build_gpt(self._spec.model, self.tokenizer, self._spec.seed)
        else:
            self.model = self._base.load(packed=self._packed)

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        """Return paragraphs."""
        return paragraph_entries(self._corpus.train if role == "training" else self._corpus.evaluation, self.tokenizer)

    def tokens_in(self, role: DataRole) -> int:
        return len(self.tokens.train if role == "training" else self.tokens.evaluation)

    def findings(self) -> Iterator[Finding]:
        if self.tokens.replaced:
            yield from not_utf8(self._corpus.train + self._corpus.evaluation)

    @property
    def updates_an_epoch(self) -> float:
        return len(self.tokens.train) / (self._spec.schedule.update * self.context)

    def batch(self, step: int) -> Batch:
        return {"tokens": self.tokens.batch(self._spec.seed, step, self._spec.schedule.update, self.context)}

    def items(self, batch: Batch) -> int:
        return batch["tokens"].shape[0] * (batch["tokens"].shape[1] - 1)

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        tokens = batch["tokens"]
        logits = model(input_ids=tokens[:, :-1], use_cache=False).logits
        losses = F.cross_entropy(logits.flatten(0, 1).float(), tokens[:, 1:].flatten(), reduction="none")
        self.example_losses = losses.detach().view(len(tokens), -1).mean(dim=1)
        return losses.mean()

    def evaluation_batches(self) -> Iterator[Batch]:
        schedule = self._spec.schedule
        for tokens in self.tokens.evaluation_batches(schedule.evaluation_batches, schedule.batch, self.context):
            yield {"tokens": tokens}

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        total, count = 0.0, 0
        losses: list[float] = []
        for batch in batches:
            items = self.items(batch)
            total += self.loss(model, batch).item() * items
            count += items
            losses += self.example_losses.tolist() if self.example_losses is not None else []
        self.example_losses, self.evaluated = None, Evaluated(losses=losses) if losses else None
        return {"evaluation_loss": total / count} if count else {}

    def evaluation_examples(self) -> Examples:
        texts = [
            str(self.tokenizer.decode(row[:MOST_EXAMPLE_CHARACTERS]))[:MOST_EXAMPLE_CHARACTERS]
            for batch in self.evaluation_batches()
            for row in batch["tokens"].tolist()
        ]
        return Examples(kind="text", examples=texts)

    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        wanted = self._spec.samples
        for number, prompt in enumerate(wanted.prompts):
            generator = torch.Generator().manual_seed(self._spec.seed * 1_000_003 + step * 101 + number)
            start = [int(i) for i in self.tokenizer.encode(prompt, add_special_tokens=False)]
            end = self.tokenizer.eos_token_id
            start = start or [int(end) if isinstance(end, int) else 0]
            room = max(1, self.context - min(len(start), self.context // 2))
            start = start[-(self.context - min(room, wanted.new_tokens)) :]
            ends = ends_of(model, self.tokenizer)
            ids = continued(model, start, min(room, wanted.new_tokens), wanted.temperature, ends, generator)
            continuation = str(self.tokenizer.decode(start + ids))[len(str(self.tokenizer.decode(start))) :]
            yield {"prompt": prompt, "text": continuation, "tokens": len(ids)}

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        """Return examples in which every token but the first is predicted from those before it."""
        rows = part_of(batch, numbers)["tokens"].tolist()
        starts = self.tokens.starts(self._spec.seed, step, self._spec.schedule.update, self.context)[list(numbers)]
        places = self.tokens.places(starts.tolist(), self.tokenizer)
        return [
            PreviewExample(
                place=place_in(self._corpus.train[part].path, line),
                tokens=tuple(
                    PreviewToken(text, "learnt" if number else "read")
                    for number, text in enumerate(token_texts(self.tokenizer, row))
                ),
                length=len(row),
            )
            for (part, line), row in zip(places, rows, strict=True)
        ]

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        tokens = batch["tokens"]
        logits = model(input_ids=tokens[:, :-1], use_cache=False).logits
        losses = F.cross_entropy(logits.flatten(0, 1).float(), tokens[:, 1:].flatten(), reduction="none")
        return [EvaluatedExample(row.mean().item(), [None, *row.tolist()]) for row in losses.view(len(tokens), -1)]

    def save_beside(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(str(folder))

    def baselines(self) -> dict[str, float]:
        return baselines.baselines(self.tokens.train, self.tokens.evaluation, len(self.tokenizer))


def build_gpt(model: ModelSpec, tokenizer: PreTrainedTokenizerBase, seed: int) -> PreTrainedModel:
    """Return a fresh GPT: normal(0, 0.02), and projections into the residual stream scaled by 1/√(2·layers) as in
    GPT-2.
    """
    from transformers import GPTNeoConfig, GPTNeoForCausalLM  # here, for data are looked at without a model

    pairs, odd = divmod(model.layers, 2)
    attention = [[["global", "local"], pairs]] * bool(pairs) + [[["global"], 1]] * odd
    config = GPTNeoConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=model.context,
        hidden_size=model.width,
        num_layers=model.layers,
        num_heads=model.heads,
        attention_types=attention,
        window_size=model.window or max(1, model.context // 2),
        resid_dropout=model.dropout,
        embed_dropout=model.dropout,
        attention_dropout=model.dropout,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    torch.manual_seed(seed)
    network = GPTNeoForCausalLM(config)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.endswith(("out_proj.weight", "c_proj.weight")):
                parameter.mul_(1 / math.sqrt(2 * model.layers))
    return network
