"""Tagging words: a classifier on each word of a sentence, on an encoder that was pre-trained (Devlin et al. 2018,
section 5.3). A word's tag is learnt and predicted at its first piece; the others and the special tokens do not count.

Its measure is the F1 of entities as ``conlleval`` counts it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import torch
import torch.nn.functional as F

from bigmodel_studio.core.data import conll, conlleval
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.conll import Sentence
from bigmodel_studio.core.data.records import bad_row
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.text.token_texts import given_tokens
from bigmodel_studio.protocol import DataRole, Place, PreviewExample, PreviewToken, StepExample
from bigmodel_studio.training.data import shuffling
from bigmodel_studio.training.data.encoded import Encoded, encode_texts, encoded_entries, padded
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.data.token_data import Say
from bigmodel_studio.training.models import text_heads
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

NOTHING = -100
"""The label of a token that has none: ``cross_entropy`` leaves it out."""
SAMPLES = 8


class Tag(Objective):
    """Batches are ``{"input_ids", "attention_mask", "labels": int64 [batch, tokens]}``, labels -100 but at the first
    piece of a word.
    """

    rate = "tokens_per_s"

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        self._spec = spec = resolved.spec
        self.train, evaluation = split_sentences(spec, reading)
        self.tags = conll.tags_of(self.train, reading.least_classes)
        self._numbers = {tag: number for number, tag in enumerate(self.tags)}
        self.evaluation = list(self._known(evaluation, reading))
        source = checkpoint or resolved.needed_base_folder()
        self._resumed = checkpoint is not None
        self._base = text_heads.reading_model(source, "token-classifier", TRAINABLE["tag"].bases)
        self.tokenizer, self.context = self._base.tokenizer(), self._base.context(spec.model.context)
        self.encoded = self._encoded(self.train, reading.say)
        self._evaluation = self._encoded(self.evaluation, reading.say)
        self._totals: dict[str, conlleval.Counts] = {}
        self.notes = [
            f"{len(self.train):,} training sentences, {len(self.evaluation):,} evaluation sentences",
            f"{len(self.tags):,} tags: {', '.join(self.tags[:30])}",
            f"sentences of at most {self.context:,} tokens; {self.encoded.cuts + self._evaluation.cuts:,} are cut",
        ]

    def build_model(self) -> None:
        self.model, new = text_heads.load_for(
            self._base, "token-classifier", self.tags, self._spec, resumed=self._resumed
        )
        self.notes += [f"the head is new: {', '.join(new)}"] if new else []

    def _known(self, sentences: Sequence[Sentence], reading: Reading) -> Iterator[Sentence]:
        """Yield those whose tags are all learnt; the others are refused."""
        for sentence in sentences:
            strange = next((tag for tag in sentence.tags if tag not in self._numbers), None)
            if strange is None:
                yield sentence
                continue
            detail = f"the tag {strange} is missing from the training data"
            reading.strange(bad_row(sentence.file, sentence.line, detail=detail))

    def _encoded(self, sentences: Sequence[Sentence], say: Say | None = None) -> Encoded:
        return encode_texts(self.tokenizer, [each.words for each in sentences], self.context, say, as_words=True)

    # ------------------------------------------------------------------------------- for the loop

    def to_training(self, model: PreTrainedModel) -> None:
        model.train()
        if self._spec.method.kind == "frozen":
            model.base_model.eval()

    def _drawn(self, step: int) -> list[int]:
        size = self._spec.schedule.update
        return shuffling.order(self._spec.seed, (step - 1) * size, size, len(self.train))

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        sentences, encoded = (self.train, self.encoded) if role == "training" else (self.evaluation, self._evaluation)
        rows = ((Place(each.file, each.line), " ".join(each.words), each.tags) for each in sentences)
        return encoded_entries(encoded, self.tokenizer, rows)

    @property
    def updates_an_epoch(self) -> float:
        return len(self.train) / self._spec.schedule.update

    def batch(self, step: int) -> Batch:
        return self._batch(self.train, self.encoded, self._drawn(step))

    def _batch(self, sentences: Sequence[Sentence], encoded: Encoded, numbers: Sequence[int]) -> Batch:
        given = padded(encoded, numbers, self.tokenizer)
        labels = torch.full_like(given["input_ids"], NOTHING)
        for row, number in enumerate(numbers):
            token_labels = self._token_labels(sentences[number], encoded, number)
            labels[row, : len(token_labels)] = torch.tensor(token_labels)
        return {**given, "labels": labels}

    def _token_labels(self, sentence: Sentence, encoded: Encoded, number: int) -> list[int]:
        """Return the number of the tag of each token of a sentence, ``NOTHING`` but at the first piece of a word."""
        labels = [NOTHING] * len(encoded.of(number))
        for place, word in first_pieces(encoded, number):
            labels[place] = self._numbers[sentence.tags[word]]
        return labels

    def training_labels(self) -> list[int]:
        """Return those of all that is learnt from, as its ``encoded.ids`` lie."""
        parts = (self._token_labels(each, self.encoded, number) for number, each in enumerate(self.train))
        return [label for part in parts for label in part]

    def items(self, batch: Batch) -> int:
        return int(batch["attention_mask"].sum())

    def weight(self, batch: Batch) -> float:
        return float((batch["labels"] != NOTHING).sum())

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        losses = self._losses(self._logits(model, batch), batch["labels"])
        known = batch["labels"] != NOTHING
        self.example_losses = (losses.detach() * known).sum(-1) / known.sum(-1).clamp(min=1)
        return losses.sum() / known.sum()

    @staticmethod
    def _losses(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(logits.transpose(1, 2), labels, reduction="none", ignore_index=NOTHING)

    def _evaluated(self) -> list[int]:
        schedule = self._spec.schedule
        return shuffling.spread(len(self.evaluation), schedule.evaluation_batches * schedule.batch)

    def evaluation_batches(self) -> Iterator[Batch]:
        size, numbers = self._spec.schedule.batch, self._evaluated()
        for first in range(0, len(numbers), size):
            yield self._batch(self.evaluation, self._evaluation, numbers[first : first + size])

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        """Return words that were cut off count as "O"."""
        total, words, right = 0.0, 0, 0
        losses: list[float] = []
        pairs = []
        numbers = iter(self._evaluated())
        for batch in batches:
            logits = self._logits(model, batch)
            each, known = self._losses(logits, batch["labels"]), batch["labels"] != NOTHING
            losses += (each.sum(-1) / known.sum(-1).clamp(min=1)).tolist()
            total += each.sum().item()
            words += int(known.sum())
            guessed = logits.argmax(-1)
            right += int(((guessed == batch["labels"]) & known).sum())
            for row, number in zip(guessed.cpu(), numbers, strict=False):
                sentence = self.evaluation[number]
                predicted = [conll.OUTSIDE] * len(sentence.words)
                for place, word in first_pieces(self._evaluation, number):
                    predicted[word] = self.tags[int(row[place])]
                pairs.append((sentence.tags, predicted))
        if not words:
            return {}
        self._totals = conlleval.count_all(pairs)
        self.evaluated = Evaluated(losses=losses)
        whole = conlleval.together(self._totals)
        found = {"f1": whole.f1, "precision": whole.precision, "recall": whole.recall, "accuracy": right / words}
        return {"evaluation_loss": total / words, **found}

    def evaluation_examples(self) -> Examples:
        return Examples(kind="text", examples=[" ".join(self.evaluation[n].words) for n in self._evaluated()])

    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        given = [Sentence(tuple(text.split()), (), "", 0) for text in self._spec.samples.prompts if text.split()]
        pool = self.evaluation or self.train
        for sentence in given or [pool[number] for number in shuffling.spread(len(pool), SAMPLES)]:
            predicted = self._tagged(model, sentence)
            right = f" ({_marked(sentence.words, sentence.tags)})" if sentence.tags else ""
            yield {"prompt": " ".join(sentence.words)[:500], "text": _marked(sentence.words, predicted) + right}
        if self._totals:
            yield {"classes": [_score(name, counts) for name, counts in sorted(self._totals.items())]}

    def _tagged(self, model: PreTrainedModel, sentence: Sentence) -> list[str]:
        encoded = self._encoded([sentence])
        given = {name: each.to(model.device) for name, each in padded(encoded, [0], self.tokenizer).items()}
        row = self._logits(model, given)[0].argmax(-1).cpu()
        predicted = [conll.OUTSIDE] * len(sentence.words)
        for place, word in first_pieces(encoded, 0):
            predicted[word] = self.tags[int(row[place])]
        return predicted

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        drawn, part = self._drawn(step), part_of(batch, numbers)
        cut, made = self.encoded.cut, []
        for place, number in enumerate(numbers):
            sentence = self.train[drawn[number]]
            ids = part["input_ids"][place][part["attention_mask"][place] > 0].tolist()
            labels = part["labels"][place][: len(ids)].tolist()
            words = self.encoded.words_of(drawn[number]).tolist()
            tokens = given_tokens(self.tokenizer, ids, words)
            made.append(
                PreviewExample(
                    place=Place(sentence.file, sentence.line),
                    tokens=tuple(
                        token if label == NOTHING else PreviewToken(token.text, "learnt", self.tags[label])
                        for token, label in zip(tokens, labels, strict=True)
                    ),
                    length=int(self.encoded.lengths[drawn[number]]),
                    cut=bool(cut[drawn[number]]),
                )
            )
        return made

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        losses = self._losses(self._logits(model, batch), batch["labels"]).tolist()
        lengths, labels = batch["attention_mask"].sum(-1).tolist(), batch["labels"].tolist()
        made = []
        for row, known, length in zip(losses, labels, lengths, strict=True):
            each = [None if label == NOTHING else loss for loss, label in zip(row, known, strict=True)][:length]
            known_losses = [loss for loss in each if loss is not None]
            made.append(EvaluatedExample(math.fsum(known_losses) / max(1, len(known_losses)), each))
        return made

    def look(self, model: PreTrainedModel, batch: Batch, numbers: Sequence[int], step: int) -> list[StepExample]:
        """Return examples with the entities that are to be found."""
        sentences = [self.train[self._drawn(step)[number]] for number in numbers]
        return [
            msgspec.structs.replace(example, expected=_marked(sentence.words, sentence.tags))
            for example, sentence in zip(super().look(model, batch, numbers, step), sentences, strict=True)
        ]

    def save_beside(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(str(folder))

    def baselines(self) -> dict[str, float]:
        """Return the loss of one who only knows how frequent each tag is."""
        if not self.evaluation:
            return {}
        counts = np.ones(len(self.tags))
        for sentence in self.train:
            for tag in sentence.tags:
                counts[self._numbers[tag]] += 1
        nats = -np.log(counts / counts.sum())
        tag_losses = [nats[self._numbers[tag]] for sentence in self.evaluation for tag in sentence.tags]
        return {"tag-frequencies": float(np.mean(tag_losses))}

    def _logits(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        found: torch.Tensor = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
        return found.float()


def first_pieces(encoded: Encoded, number: int) -> Iterator[tuple[int, int]]:
    """Yield where in a sentence's tokens each word begins: (token, word)."""
    before = -1
    for place, word in enumerate(encoded.words_of(number).tolist()):
        if word >= 0 and word != before:
            yield place, word
        before = word


def split_sentences(spec: RunSpec, reading: Reading) -> tuple[list[Sentence], list[Sentence]]:
    """Return what a spec learns from and evaluates on. Raises ``StudioError`` "data-empty", refuses as
    ``sentences_in``.
    """
    columns = Columns(spec.data.text_column, spec.data.label_column)

    def read(paths: Sequence[str]) -> list[Sentence]:
        rows = conll.sentences_in(paths, columns, reading.faults)
        found = list(reading.rows(paths, rows, lambda each: sum(map(len, each.words))))
        if not found:
            raise StudioError("data-empty", path=", ".join(paths))
        return found

    sentences, share = read(spec.data.train), spec.data.evaluation
    old = conll.is_iob1(sentences)  # learnt as IOB2, in which a whole can be told from its tags
    sentences = list(map(conll.as_iob2, sentences)) if old else sentences
    if not isinstance(share, float | int):
        return sentences, list(map(conll.as_iob2, read(share))) if old else read(share)
    train: list[Sentence] = []
    evaluation: list[Sentence] = []
    for number, sentence in enumerate(sentences):
        (evaluation if int((number + 1) * share) > int(number * share) else train).append(sentence)
    return train, evaluation


def _marked(words: Sequence[str], tags: Sequence[str]) -> str:
    """Return the entities of a sentence in words: "Empire State Building = location"."""
    found = conlleval.entities(tags)
    return " · ".join(f"{' '.join(words[e.first : e.last + 1])} = {e.type}" for e in found) or "–"


def _score(name: str, counts: conlleval.Counts) -> dict[str, Any]:
    return {
        "label": name,
        "pictures": counts.there,
        "recall": counts.recall if counts.there else None,
        "precision": counts.precision if counts.predicted else None,
    }
