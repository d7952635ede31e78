"""Classify texts: a classifier on an encoder that was pre-trained (Devlin et al. 2018, section 4.1).

Its measure is accuracy, and F1 as the mean over the classes (macro), which a large class cannot make up for. Where a
text may have several classes (``data.multi_label``), accuracy is the share of texts with all of theirs right, and F1 is
also taken over all classes together (micro).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from bigmodel_studio.core.data import label_sets, labelled_texts
from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.labelled_tables import Labelled
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.engine.text.token_texts import given_tokens
from bigmodel_studio.protocol import DataRole, Finding, Place, PreviewExample, Problem
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
from bigmodel_studio.training.objectives.targets import OneClass, Scores, SeveralClasses, Targets

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SAMPLES = 8
GIVEN = ("input_ids", "attention_mask", "token_type_ids")
"""What a model is given of a batch."""
_SEPARATED = {label_sets.LISTS: "preview-separator-lists", label_sets.ALONE: "preview-separator-none"}


class ClassifyText(Objective):
    """Batches are ``{"input_ids", "attention_mask": int64 [batch, tokens], "labels": as ``targets`` makes them}``; of
    pairs of texts there are ``token_type_ids`` [batch, tokens] too, where the model has them.
    """

    rate = "tokens_per_s"

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        self._spec = spec = resolved.spec
        self.train, evaluation, self._found_separator = split_texts(spec, reading)
        self.labels = labelled_texts.labels_of(self.train, reading.least_classes)
        self.evaluation = list(_known(evaluation, self.labels, reading))
        source = checkpoint or resolved.needed_base_folder()
        self._resumed = checkpoint is not None
        self._base = text_heads.reading_model(source, "text-classifier", TRAINABLE["classify-text"].bases)
        self.tokenizer, self.context = self._base.tokenizer(), self._base.context(spec.model.context)
        self.several_classes = spec.data.multi_label
        self.targets: Targets = (SeveralClasses if self.several_classes else OneClass)(self.labels)
        self.encoded = self._encoded(self.train, reading.say)
        self._evaluation = self._encoded(self.evaluation, reading.say)
        self._scores: Scores | None = None
        cuts = self.encoded.cuts + self._evaluation.cuts
        kind = "pairs" if self.pairs else "texts"
        self.notes = [
            f"{len(self.train):,} training {kind}, {len(self.evaluation):,} evaluation {kind}",
            f"{len(self.labels):,} classes: {', '.join(self.labels[:20])}{', …' * (len(self.labels) > 20)}",
            f"{kind} of at most {self.context:,} tokens; {cuts:,} are longer and cut",
            *(sentence(each.problem) for each in self.findings()),
        ]

    def build_model(self) -> None:
        self.model, new = text_heads.load_for(
            self._base, "text-classifier", self.labels, self._spec, resumed=self._resumed
        )
        self.notes += [f"the head is new: {', '.join(new)}"] if new else []

    def _encoded(self, texts: Sequence[Labelled], say: Say) -> Encoded:
        seconds = [each.second for each in texts] if self.pairs else None
        return self._with_types(
            encode_texts(self.tokenizer, [each.text for each in texts], self.context, say, seconds=seconds)
        )

    def _with_types(self, encoded: Encoded) -> Encoded:
        """Return the texts without the types of their tokens where the model, or its tokenizer, has none."""
        known = "token_type_ids" in self.tokenizer.model_input_names and self._base.takes_token_types
        return encoded if known else replace(encoded, types=None)

    @property
    def pairs(self) -> bool:
        """Whether each example is two texts."""
        return bool(self._spec.data.pair_column)

    # ------------------------------------------------------------------------------- for the loop

    def to_training(self, model: PreTrainedModel) -> None:
        model.train()
        if self._spec.method.kind == "frozen":
            model.base_model.eval()

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        texts, encoded = (self.train, self.encoded) if role == "training" else (self.evaluation, self._evaluation)
        rows = ((Place(each.file, each.line), each.whole, tuple(sorted(each.labels))) for each in texts)
        return encoded_entries(encoded, self.tokenizer, rows)

    def findings(self) -> Iterator[Finding]:
        """Yield how classes are told apart where nobody said it, or that some seem to be several in one."""
        if (found := self._found_separator) is not None:
            code = _SEPARATED.get(found, "preview-separator")
            yield Finding(problem=Problem(code=code, arguments={"separator": found}), weight="note")
        elif not self.several_classes and label_sets.seem_joined(self.labels):
            joined = Problem(code="preview-joined", arguments={"labels": label_sets.examples_of(self.labels)})
            yield Finding(problem=joined, weight="warning")

    @property
    def updates_an_epoch(self) -> float:
        return len(self.train) / self._spec.schedule.update

    def batch(self, step: int) -> Batch:
        size = self._spec.schedule.update
        return self._batch(self.train, self.encoded, self._drawn(step, size))

    def _drawn(self, step: int, size: int) -> list[int]:
        return shuffling.order(self._spec.seed, (step - 1) * size, size, len(self.train))

    def _batch(self, texts: Sequence[Labelled], encoded: Encoded, numbers: Sequence[int]) -> Batch:
        labels = self.targets.tensor([texts[number] for number in numbers])
        return {**padded(encoded, numbers, self.tokenizer), "labels": labels}

    def items(self, batch: Batch) -> int:
        return int(batch["attention_mask"].sum())

    def weight(self, batch: Batch) -> float:
        return float(batch["labels"].shape[0])

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        smoothing = self._spec.method.label_smoothing if model.training else 0.0
        losses = self.targets.losses(self._logits(model, batch), batch["labels"], smoothing)
        self.example_losses = losses.detach()
        return losses.mean()

    def _evaluated(self) -> list[int]:
        schedule = self._spec.schedule
        return shuffling.spread(len(self.evaluation), schedule.evaluation_batches * schedule.batch)

    def evaluation_batches(self) -> Iterator[Batch]:
        size, numbers = self._spec.schedule.batch, self._evaluated()
        for first in range(0, len(numbers), size):
            yield self._batch(self.evaluation, self._evaluation, numbers[first : first + size])

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        scores, losses = self.targets.scores(), []
        for batch in batches:
            logits = self._logits(model, batch)
            losses += self.targets.losses(logits, batch["labels"]).tolist()
            scores.add(logits, batch["labels"])
        self._scores = scores if losses else None
        self.evaluated = Evaluated(losses=losses, predicted=scores.predicted) if losses else None
        if not losses:
            return {}
        return {"evaluation_loss": math.fsum(losses) / len(losses), **scores.measures()}

    def evaluation_examples(self) -> Examples:
        chosen = [self.evaluation[number] for number in self._evaluated()]
        return Examples(
            kind="text",
            examples=[each.whole for each in chosen],
            labels=self.labels,
            expected=self.targets.expected(chosen),
            several=self.several_classes,
        )

    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        texts, expected = self._sample_texts()
        for number, text in enumerate(texts):
            first, _, second = text.partition("\t")
            seconds = [second] if self.pairs else None
            encoded = encode_texts(self.tokenizer, [first if self.pairs else text], self.context, seconds=seconds)
            given = padded(self._with_types(encoded), [0], self.tokenizer)
            logits = self._logits(model, {k: v.to(model.device) for k, v in given.items()})[0].cpu()
            right = f" ({expected[number]})" if expected[number] else ""
            yield {"prompt": text[:500], "text": self.targets.words(logits) + right}
        if self._scores is not None:
            yield {"classes": self._scores.records()}

    def _sample_texts(self) -> tuple[list[str], list[str]]:
        """Return the spec's texts, else some of those that are evaluated on, with what they are."""
        if self._spec.samples.prompts:
            return list(self._spec.samples.prompts), [""] * len(self._spec.samples.prompts)
        pool = self.evaluation or self.train
        chosen = [pool[number] for number in shuffling.spread(len(pool), SAMPLES)]
        return [each.whole for each in chosen], [", ".join(each.labels) for each in chosen]

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        drawn, part = self._drawn(step, self._spec.schedule.update), part_of(batch, numbers)
        smoothing = self._spec.method.label_smoothing
        cut, made = self.encoded.cut, []
        for place, number in enumerate(numbers):
            text = self.train[drawn[number]]
            ids = part["input_ids"][place][part["attention_mask"][place] > 0].tolist()
            made.append(
                PreviewExample(
                    place=Place(text.file, text.line),
                    tokens=given_tokens(self.tokenizer, ids),
                    classes=self.targets.shares(part["labels"][place], smoothing),
                    length=int(self.encoded.lengths[drawn[number]]),
                    cut=bool(cut[drawn[number]]),
                )
            )
        return made

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        return self.targets.predicted(self._logits(model, batch), batch["labels"])

    def save_beside(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(str(folder))

    def baselines(self) -> dict[str, float]:
        if not self.evaluation:
            return {}
        return {"class-frequencies": self.targets.frequency_loss(self.train, self.evaluation)}

    def _logits(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        found: torch.Tensor = model(**{name: batch[name] for name in GIVEN if name in batch}).logits
        return found.float()


def split_texts(spec: RunSpec, reading: Reading) -> tuple[list[Labelled], list[Labelled], str | None]:
    """Return what a spec learns from and evaluates on, and what was found to part the classes of a text (None: nothing
    had to be found). Raises ``StudioError`` "data-empty", "data-label-separator", and refuses as ``labelled_in``.
    """
    data = spec.data
    columns = Columns(data.text_column, data.label_column, data.pair_column, data.multi_label)

    def read(paths: Sequence[str]) -> list[Labelled]:
        rows = labelled_texts.labelled_in(paths, columns, reading.faults)
        texts = list(reading.rows(paths, rows, lambda each: len(each.whole.encode())))
        if not texts:
            raise StudioError("data-empty", path=", ".join(paths))
        return texts

    share = data.evaluation if isinstance(data.evaluation, float | int) else None
    parts, found = [read(paths) for paths in (data.train, data.evaluation) if not isinstance(paths, float | int)], None
    if data.multi_label:
        parts, found = labelled_texts.with_classes(parts, data.label_separator, data.train[0])
    train, evaluation = (parts[0], parts[1]) if share is None else labelled_texts.split(parts[0], float(share))
    return train, evaluation, found


def _known(texts: Sequence[Labelled], labels: tuple[str, ...], reading: Reading) -> Iterator[Labelled]:
    """Yield those of classes that are learnt; the others are refused."""
    known = set(labels)
    for each in texts:
        if (fault := labelled_texts.not_learnt(each, known)) is None:
            yield each
        else:
            reading.strange(fault)
