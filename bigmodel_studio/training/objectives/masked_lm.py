"""Words that are hidden, guessed from both sides, and whether one sentence followed another: BERT's pre-training.

Devlin et al. 2018 (arXiv 1810.04805), section 3.1: the loss is the mean over the hidden tokens plus the mean over the
pairs. What is hidden, and which stretches are paired, is drawn anew for each step (as in Liu et al. 2019, section 4.1).
Without the next sentence an example is one stretch of text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
import torch
import torch.nn.functional as F

from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.engine.text.masked_lm import MASK, fill
from bigmodel_studio.engine.text.token_texts import token_texts
from bigmodel_studio.protocol import ClassShare, DataRole, Finding, Place, PreviewExample, PreviewToken
from bigmodel_studio.training.data import sentence_data, shuffling, tokenizers
from bigmodel_studio.training.data.masked_examples import FOLLOWS, RANDOM, drawn_openings, masked_batch
from bigmodel_studio.training.data.masking import IGNORED, fate
from bigmodel_studio.training.data.paragraphs import not_utf8, paragraph_entries
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.data.record_texts import place_in
from bigmodel_studio.training.data.segments import Sentences
from bigmodel_studio.training.data.text_files import split_corpus
from bigmodel_studio.training.loop.baselines import token_shares
from bigmodel_studio.training.models.bert import build_bert, masked_model, masking_of
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
    from transformers import PreTrainedModel

PAIRS = {FOLLOWS: "follows", RANDOM: "random"}
"""What is so of a pair, in a word."""
_EVALUATION_KEY = 0xBE27
"""What an evaluation hides is drawn with this, the same for every run."""


class BatchOutput(NamedTuple):
    """What a model made of a batch: ``where`` words were hidden [batch, context], their logits [hidden, vocabulary] and
    losses [hidden]; of each pair the logits [batch, 2] and the loss [batch] (None where no pair is predicted).
    """

    where: torch.Tensor
    logits: torch.Tensor
    losses: torch.Tensor
    pair_logits: torch.Tensor | None
    pair_losses: torch.Tensor | None


class MaskedLM(Objective):
    """Batches are what ``masked_batch`` makes, and ``"scale": float32 [batch]``.

    ``scale`` is the whole batch's examples over its hidden tokens, the same for each, so that the mean over the hidden
    tokens of a whole batch comes out where its parts are computed one after the other.

    Its records in ``samples.jsonl``: ``prompt``, ``text`` (with the first candidates put in) and ``masks``, for each
    hidden word its ``candidates`` with ``token`` and ``probability``.
    """

    rate = "tokens_per_s"

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        self._spec = spec = resolved.spec
        self._pairs = spec.masking.next_sentence
        corpus = reading.corpus(split_corpus(spec.data.train, spec.data.evaluation, spec.data.text_column, reading.say))
        source = checkpoint or resolved.base_folder()
        self._base = masked_model(source, next_sentence=self._pairs) if source is not None else None
        if self._base is None:
            learn = tokenizers.train_wordpiece
            self.tokenizer = tokenizers.asked_tokenizer(resolved, corpus, learn, reading.say)
            self.context = spec.model.context
        else:
            self.tokenizer, self.context = self._base.tokenizer(), self._base.context(spec.model.context)
        self.masking = masking_of(self.tokenizer, spec.masking)
        self._corpus = corpus
        self.data = sentence_data.prepare(corpus, self.tokenizer, reading.say)
        self.data.check(pairs=self._pairs)
        self.notes = self._notes()

    def build_model(self) -> None:
        self.model = self._base.load() if self._base is not None else build_bert(self._spec, self.tokenizer)

    def _notes(self) -> list[str]:
        train, evaluation = self.data.train, self.data.evaluation
        notes = [
            f"{len(train.tokens):,} training and {len(evaluation.tokens):,} evaluation tokens",
            f"{len(train.sentences) - 1:,} sentences in {len(train.documents) - 1:,} training documents",
            f"vocabulary {len(self.tokenizer):,}, context {self.context:,}",
        ]
        if self._pairs and len(train.documents) == 2:
            notes.append("there is one document only (a blank line begins another): random sentences are from it, too")
        notes += [
            f"{path}: {count:,} places were not UTF-8 and are read as U+FFFD"
            for path, count in self.data.replaced.items()
        ]
        unmasked = [prompt for prompt in self._spec.samples.prompts if MASK not in prompt]
        return notes + [f"a sample without {MASK} has nothing to be guessed: {prompt}" for prompt in unmasked]

    # ------------------------------------------------------------------------------- for the loop

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        """Return paragraphs."""
        return paragraph_entries(self._corpus.train if role == "training" else self._corpus.evaluation, self.tokenizer)

    def tokens_in(self, role: DataRole) -> int:
        return len((self.data.train if role == "training" else self.data.evaluation).tokens)

    def findings(self) -> Iterator[Finding]:
        if self.data.replaced:
            yield from not_utf8(self._corpus.train + self._corpus.evaluation)

    @property
    def updates_an_epoch(self) -> float:
        return len(self.data.train.tokens) / (self._spec.schedule.update * self.context)

    def batch(self, step: int) -> Batch:
        return self._made(*self._drawn(step))

    def _drawn(self, step: int) -> tuple[np.random.Generator, Sentences, list[int]]:
        random, data = shuffling.generator(self._spec.seed, 0, step), self.data.train
        return random, data, list(drawn_openings(random, data, self._spec.schedule.update, pairs=self._pairs))

    def items(self, batch: Batch) -> int:
        return int(batch["attention_mask"].sum())

    def weight(self, batch: Batch) -> float:
        return float(len(batch["labels"]))

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        batch_output = self._see(model, batch)
        self.example_losses = _of_each(batch_output)
        loss = batch_output.losses.sum() * (batch["scale"][0] / len(batch["labels"]))
        return loss if batch_output.pair_losses is None else loss + batch_output.pair_losses.mean()

    def evaluation_batches(self) -> Iterator[Batch]:
        schedule, data = self._spec.schedule, self.data.evaluation
        places = data.openings if self._pairs else np.arange(max(0, len(data.sentences) - 1))
        count = min(len(places), schedule.evaluation_batches * schedule.batch)
        chosen = places[np.arange(count, dtype=np.int64) * len(places) // max(1, count)]
        for first in range(0, count, schedule.batch):
            random = shuffling.generator(_EVALUATION_KEY, 1, first)
            yield self._made(random, data, chosen[first : first + schedule.batch].tolist())

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        hidden: list[float] = []
        pairs: list[float] = []
        each: list[float] = []
        guessed = pairs_right = 0
        for batch in batches:
            batch_output = self._see(model, batch)
            hidden += batch_output.losses.tolist()
            each += _of_each(batch_output).tolist()
            guessed += int((batch_output.logits.argmax(-1) == batch["labels"][batch_output.where]).sum())
            if batch_output.pair_losses is not None and batch_output.pair_logits is not None:
                pairs += batch_output.pair_losses.tolist()
                pairs_right += int((batch_output.pair_logits.argmax(-1) == batch["next_sentence_label"]).sum())
        if not hidden:
            return {}
        self.evaluated = Evaluated(losses=each)
        masked = math.fsum(hidden) / len(hidden)
        found = {"evaluation_loss": masked, "masked_loss": masked, "masked_accuracy": guessed / len(hidden)}
        if pairs:
            following = math.fsum(pairs) / len(pairs)
            found |= {"evaluation_loss": masked + following, "next_sentence_loss": following}
            found["next_sentence_accuracy"] = pairs_right / len(pairs)
        return found

    def evaluation_examples(self) -> Examples:
        rows = [
            row[: int(attention.sum())].tolist()
            for batch in self.evaluation_batches()
            for row, attention in zip(batch["input_ids"], batch["attention_mask"], strict=True)
        ]
        return Examples(kind="text", examples=[str(self.tokenizer.decode(row)) for row in rows])

    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        for prompt in self._spec.samples.prompts:
            filled = fill(model, self.tokenizer, prompt, self.context)
            if filled.error is None:
                masks = [{"candidates": msgspec.to_builtins(mask)} for mask in filled.masks]
                yield {"prompt": prompt, "text": filled.filled, "masks": masks}

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        """Return examples with their masks and what stands behind each; of a pair the class "follows" or "random"."""
        part, (_, _, openings) = part_of(batch, numbers), self._drawn(step)
        lengths = part["attention_mask"].sum(1).tolist()
        pairs = part["next_sentence_label"].tolist() if self._pairs else [None] * len(lengths)
        places = [self._place(openings[number]) for number in numbers]
        rows = zip(places, part["input_ids"], part["labels"], pairs, lengths, strict=True)
        return [
            PreviewExample(
                place=place,
                tokens=self._tokens(given[:length].tolist(), answers[:length].tolist()),
                classes=(ClassShare(PAIRS[pair]),) if pair is not None else (),
                length=length,
            )
            for place, given, answers, pair, length in rows
        ]

    def _place(self, opening: int) -> Place:
        part, line = self.data.place(opening)
        return place_in(self._corpus.train[part].path, line)

    def _tokens(self, given: list[int], answers: list[int]) -> tuple[PreviewToken, ...]:
        texts = token_texts(self.tokenizer, given)
        wholes = token_texts(self.tokenizer, [g if a == IGNORED else a for g, a in zip(given, answers, strict=True)])
        ends = {self.masking.first, self.masking.between}
        return tuple(
            PreviewToken(text, "added" if token in ends else "read")
            if answer == IGNORED
            else PreviewToken(text, fate(token, answer, self.masking.mask), whole)
            for text, whole, token, answer in zip(texts, wholes, given, answers, strict=True)
        )

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        batch_output = self._see(model, batch)
        losses = torch.full(batch["labels"].shape, math.nan)
        losses[batch_output.where.cpu()] = batch_output.losses.float().cpu()
        lengths = batch["attention_mask"].sum(1).tolist()
        return [
            EvaluatedExample(loss, [None if math.isnan(each) else each for each in row[:length]])
            for loss, row, length in zip(_of_each(batch_output).tolist(), losses.tolist(), lengths, strict=True)
        ]

    def save_beside(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(str(folder))

    def baselines(self) -> dict[str, float]:
        """Return hidden tokens guessed by how frequent they are, and pairs by the toss of a coin."""
        labels = [batch["labels"].numpy() for batch in self.evaluation_batches()]
        if not labels:
            return {}
        shares = token_shares(self.data.train.tokens, len(self.tokenizer))
        hidden = np.concatenate([each[each != IGNORED] for each in labels])
        return {"unigram": float(-np.log(shares[hidden]).mean()) + math.log(2) * self._pairs}

    # ------------------------------------------------------------------------------- small things

    def _made(self, random: np.random.Generator, data: Sentences, openings: Iterable[int]) -> Batch:
        made = masked_batch(random, data, openings, self.masking, self.context, pairs=self._pairs)
        batch = {name: torch.from_numpy(values) for name, values in made.items()}
        size, hidden = len(batch["labels"]), int((batch["labels"] != IGNORED).sum())
        return {**batch, "scale": torch.full((size,), size / hidden)}

    def _see(self, model: PreTrainedModel, batch: Batch) -> BatchOutput:
        given = ("input_ids", "attention_mask", "token_type_ids")
        output: Any = model(**{name: batch[name] for name in given if name in batch})
        where = batch["labels"] != IGNORED
        logits = (output.prediction_logits if self._pairs else output.logits)[where].float()
        losses = F.cross_entropy(logits, batch["labels"][where], reduction="none")
        if not self._pairs:
            return BatchOutput(where, logits, losses, None, None)
        pair_logits = output.seq_relationship_logits.float()
        pair_losses = F.cross_entropy(pair_logits, batch["next_sentence_label"], reduction="none")
        return BatchOutput(where, logits, losses, pair_logits, pair_losses)


def _of_each(batch_output: BatchOutput) -> torch.Tensor:
    """Return the loss of each example, without a gradient: the mean of its hidden tokens, and that of its pair."""
    spread = torch.zeros(batch_output.where.shape, device=batch_output.losses.device)
    spread[batch_output.where] = batch_output.losses.detach()
    mean = spread.sum(1) / batch_output.where.sum(1).clamp(min=1)
    return mean if batch_output.pair_losses is None else mean + batch_output.pair_losses.detach()
