"""Classify pictures: a ResNet from scratch, or any image classifier trained on with classes of its own.

From scratch it is a ResNet of basic blocks (He et al. 2015, figure 5 left). A model that is trained on keeps everything
but its last layer; its batch normalisations keep their statistics, as a small batch's are worse than those that it
came with (and some models' momentum would forget them within a step).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch.nn.modules.batchnorm import _BatchNorm

from bigmodel_studio.core.data.columns import Columns
from bigmodel_studio.core.data.picture_folders import EVERYTHING, unread_of
from bigmodel_studio.core.data.picture_listing import Listing, read_listing, tables_in
from bigmodel_studio.core.models.folder import read_json
from bigmodel_studio.core.specs.objectives import SCRATCH
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.images.pictures import preview_png, read_picture
from bigmodel_studio.engine.models import loading
from bigmodel_studio.engine.models.checks import PROCESSOR_FILE
from bigmodel_studio.protocol import DataRole, Finding, Place, PreviewExample, Problem
from bigmodel_studio.training.data import picture_data
from bigmodel_studio.training.data.mixup import mixed
from bigmodel_studio.training.data.picture_input import Picture, PictureInput, processor_of, scratch_preprocessor
from bigmodel_studio.training.data.reading import Reading
from bigmodel_studio.training.loop.class_scores import Confusion, accuracy, class_scores, frequency_loss
from bigmodel_studio.training.models import heads
from bigmodel_studio.training.models.base_model import picture_model
from bigmodel_studio.training.models.resnets import BUILDERS
from bigmodel_studio.training.objectives import (
    Batch,
    CountedExample,
    Evaluated,
    EvaluatedExample,
    Examples,
    Objective,
    part_of,
)
from bigmodel_studio.training.objectives.classes import class_shares, predicted_classes

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SAMPLE_PICTURES = 8
TOP = 3
MOST_PICTURE_PX = 224
MOST_NAMED = 5
"""Classes that are named of those that lack something."""


class ClassifyImages(Objective):
    """Batches are ``{"pictures": uint8 [batch, height, width, 3], "labels": int64 [batch]}``; where they are mixed,
    with ``others``, int64, and ``share``, float32 [batch].

    Its record in ``samples.jsonl``, one an evaluation: ``predictions``, for each sample picture ``image`` (its path),
    ``expected`` ("" where that is not known), ``label``, ``probability`` and ``top`` (the first three, each with label
    and probability); and ``classes``, as ``class_scores`` makes them.
    """

    rate = "images_per_s"

    def __init__(self, resolved: ResolvedSpec, checkpoint: Path | None, reading: Reading) -> None:
        self._spec = spec = resolved.spec
        listing = listing_of(spec, reading)
        self.labels, self._empty = listing.labels, listing.empty
        self._resumed = checkpoint is not None
        source = checkpoint or resolved.base_folder()
        self._base = picture_model(source) if source is not None else None
        if source is None:
            self._preprocessor = scratch_preprocessor(spec.model.image_size, [0.5] * 3, [0.5] * 3)
            processor = processor_of(self._preprocessor)
        else:
            processor = loading.load_processor(source)
            self._preprocessor = read_json(source / PROCESSOR_FILE, "processor-broken")
        self.input = PictureInput(processor, spec.model.base)
        self.data = self._read(listing, reading)
        if source is None:
            self._preprocessor = scratch_preprocessor(spec.model.image_size, self.data.mean, self.data.std)
            self.input = PictureInput(processor_of(self._preprocessor), spec.model.base)
        self._confusion: Confusion | None = None
        self._shown, unread = self._sample_pictures(listing)
        self.notes = self._notes(listing, unread)

    # ------------------------------------------------------------------------------- what it is made of

    def _read(self, listing: Listing, reading: Reading) -> picture_data.PictureData:
        train, evaluation = picture_data.split(listing)
        geometry = {k: v for k, v in self._preprocessor.items() if k not in ("image_mean", "image_std")}
        recipe = json.dumps([self.labels, geometry], sort_keys=True)
        input_px = min(self.input.height, self.input.width)
        if not (picture_data.folder_of(train, evaluation, recipe, input_px) / picture_data.FACTS).is_file():
            every = reading.every(len(train.pictures) + len(evaluation.pictures))
            train, evaluation = train.every(every), evaluation.every(every)
        data = picture_data.prepare(train, evaluation, self.input.whole, recipe, input_px, reading.say)
        present = [self.labels[number] for number in set(data.train.labels.tolist())]
        self._unread = sorted(set(self.labels) - set(present)) if data.skipped else []
        if len(present) < 2:
            if self._unread:
                others = f"{', '.join(self._unread[:MOST_NAMED])}: {data.skipped[0][1].rstrip('.')}"
                raise StudioError("data-one-class-used", label=", ".join(present), others=others)
            raise StudioError("data-one-class", label=", ".join(present))
        return data

    def build_model(self) -> None:
        self.model = self._made()
        torch.nn.Module.to(self.model, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if self._spec.method.kind == "frozen":
            heads.train_only(self.model, heads.head_names(self.model))

    def _made(self) -> PreTrainedModel:
        model = self._spec.model
        if self._base is None:
            return BUILDERS[model.architecture](model, self.labels, self._spec.seed)
        loaded = self._base.load()
        if heads.labels_of(loaded.config) == self.labels:
            return loaded
        if self._resumed:
            raise StudioError("labels-changed", were=", ".join(heads.labels_of(loaded.config)[:20]))
        return heads.with_fresh_head(loaded, self.labels, self._spec.seed)

    def _notes(self, listing: Listing, unread: list[tuple[str, str]]) -> list[str]:
        schedule, data = self._spec.schedule, self.data
        looked_at = data.evaluated(schedule.evaluation_batches, schedule.batch)
        notes = [
            f"{len(data.train):,} training pictures, {len(data.evaluation):,} evaluation pictures",
            f"{len(self.labels):,} classes: {', '.join(self.labels[:20])}{', …' * (len(self.labels) > 20)}",
            f"pictures of {self.input.width} × {self.input.height} pixels",
        ]
        if looked_at < len(data.evaluation):
            notes.append(f"each evaluation looks at {looked_at:,} of them, spread evenly over the classes")
        notes += [
            f"{label}: {count:,} pictures are left out, {formats} is not read"
            for path in self._spec.data.train
            if Path(path).is_dir() and not tables_in(Path(path))
            for label, count, formats in unread_of([path], self.labels, [EVERYTHING])
        ]
        notes += [f"{label}: its folder has no pictures, so it is not a class" for label in listing.empty]
        notes += [f"skipped {path}: {reason}" for path, reason in [*data.skipped, *unread]]
        return notes

    # ------------------------------------------------------------------------------- for the loop

    def to_training(self, model: PreTrainedModel) -> None:
        model.train()
        if self._spec.model.base == SCRATCH:
            return
        if self._spec.method.kind == "frozen":
            model.base_model.eval()
        for module in model.modules():
            if isinstance(module, _BatchNorm):
                module.eval()

    def entries(self, role: DataRole) -> Iterator[CountedExample]:
        part = self.data.train if role == "training" else self.data.evaluation
        for file, label, px, digest in zip(part.files, part.labels, part.shorter, part.digests, strict=True):
            yield CountedExample(Place(file), str(digest), int(px), (self.labels[label],))

    def findings(self) -> Iterator[Finding]:
        by_reason: dict[str, list[str]] = {}
        for file, reason in self.data.skipped:
            by_reason.setdefault(reason, []).append(file)
        for reason, files in by_reason.items():
            problem = Problem(code="preview-pictures-unread", arguments={"count": len(files), "reason": reason})
            yield Finding(problem=problem, weight="warning", count=len(files), places=tuple(map(Place, files)))
        if self._unread:
            unread = Problem(code="preview-class-unread", arguments={"labels": ", ".join(self._unread[:MOST_NAMED])})
            yield Finding(problem=unread, weight="warning", count=len(self._unread))
        if self._empty:
            arguments: dict[str, str | int | float] = {"count": len(self._empty), "labels": ", ".join(self._empty)}
            yield Finding(problem=Problem(code="preview-class-empty", arguments=arguments), weight="warning")

    @property
    def updates_an_epoch(self) -> float:
        return len(self.data.train) / self._spec.schedule.update

    def batch(self, step: int) -> Batch:
        spec, size = self._spec, (self.input.height, self.input.width)
        pictures, labels = self.data.batch(
            spec.seed, step, spec.schedule.update, size, spec.data.smallest_crop, spec.data.flip
        )
        if spec.data.mixup:
            return mixed(pictures, labels, spec.seed, step, spec.data.mixup)
        return {"pictures": pictures, "labels": labels}

    def items(self, batch: Batch) -> int:
        return batch["labels"].shape[0]

    def loss(self, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
        logits = self._logits(model, batch["pictures"])
        smoothing = self._spec.method.label_smoothing if model.training else 0.0
        losses = F.cross_entropy(logits, batch["labels"], reduction="none", label_smoothing=smoothing)
        if "others" in batch:
            other = F.cross_entropy(logits, batch["others"], reduction="none", label_smoothing=smoothing)
            losses = batch["share"] * losses + (1 - batch["share"]) * other
        self.example_losses = losses.detach()
        return losses.mean()

    def evaluation_batches(self) -> Iterator[Batch]:
        schedule = self._spec.schedule
        for pictures, labels in self.data.evaluation_batches(schedule.evaluation_batches, schedule.batch):
            yield {"pictures": pictures, "labels": labels}

    def evaluate(self, model: PreTrainedModel, batches: Iterator[Batch]) -> dict[str, float]:
        confusion: Confusion = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        losses: list[float] = []
        predicted: list[int] = []
        for batch in batches:
            logits = self._logits(model, batch["pictures"])
            losses += F.cross_entropy(logits, batch["labels"], reduction="none").tolist()
            predicted += (guessed := logits.argmax(-1).cpu()).tolist()
            np.add.at(confusion, (batch["labels"].cpu().numpy(), guessed.numpy()), 1)
        count = len(losses)
        self._confusion = confusion if count else None
        self.evaluated = Evaluated(losses=losses, predicted=predicted) if count else None
        return {"evaluation_loss": math.fsum(losses) / count, "accuracy": accuracy(confusion)} if count else {}

    def evaluation_examples(self) -> Examples:
        part, schedule = self.data.evaluation, self._spec.schedule
        numbers = self.data.evaluated_numbers(schedule.evaluation_batches, schedule.batch).tolist()
        files = [part.files[number] for number in numbers]
        expected = part.labels[numbers].tolist()
        return Examples(kind="picture", examples=files, labels=self.labels, expected=expected)

    def samples(self, model: PreTrainedModel, step: int) -> Iterator[dict[str, Any]]:
        record: dict[str, Any] = {}
        if self._shown:
            pictures = torch.from_numpy(np.stack([pixels for *_, pixels in self._shown])).to(model.device)
            chances = self._logits(model, pictures).softmax(-1).cpu()
            record["predictions"] = [
                {"image": image, "expected": expected, **self._first(chance)}
                for (image, expected, _), chance in zip(self._shown, chances, strict=True)
            ]
        if self._confusion is not None:
            record["classes"] = class_scores(self._confusion, self.labels)
        if record:
            yield record

    def shown(self, batch: Batch, numbers: Sequence[int], step: int) -> list[PreviewExample]:
        """Return pictures as they were cut, mirrored and mixed for this step, beside the whole of them."""
        part = part_of(batch, numbers)
        size, smoothing = self._spec.schedule.update, self._spec.method.label_smoothing
        order = self.data.order(self._spec.seed, (step - 1) * size, size)
        made = []
        for place, number in enumerate(numbers):
            whole = self.data.train.picture(order[number])
            shares = {int(part["labels"][place]): 1.0}
            if "others" in part:
                share, other = float(part["share"][place]), int(part["others"][place])
                shares = {label: value * share for label, value in shares.items()}
                shares[other] = shares.get(other, 0.0) + 1 - share
            made.append(
                PreviewExample(
                    place=Place(self.data.train.files[order[number]]),
                    model_input=preview_png(Image.fromarray(part["pictures"][place].numpy()), MOST_PICTURE_PX),
                    whole=preview_png(Image.fromarray(whole), MOST_PICTURE_PX),
                    classes=class_shares(self.labels, shares, smoothing),
                    length=int(self.data.train.shorter[order[number]]),
                )
            )
        return made

    def predicted_examples(self, model: PreTrainedModel, batch: Batch) -> list[EvaluatedExample]:
        return predicted_classes(self._logits(model, batch["pictures"]), batch["labels"], self.labels)

    def save_beside(self, folder: Path) -> None:
        (folder / PROCESSOR_FILE).write_text(json.dumps(self._preprocessor, indent=2) + "\n", "utf-8")

    def baselines(self) -> dict[str, float]:
        if not len(self.data.evaluation):
            return {}
        return {
            "class-frequencies": frequency_loss(self.data.train.labels, self.data.evaluation.labels, len(self.labels))
        }

    # ------------------------------------------------------------------------------- small things

    def _logits(self, model: PreTrainedModel, pictures: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = model(pixel_values=self.input.pixel_values(pictures)).logits
        return logits.float()

    def _first(self, chances: torch.Tensor) -> dict[str, Any]:
        best = chances.topk(min(TOP, len(self.labels)))
        top = [
            {"label": self.labels[number], "probability": round(chance, 4)}
            for chance, number in zip(best.values.tolist(), best.indices.tolist(), strict=True)
        ]
        return {**top[0], "top": top}

    def _sample_pictures(self, listing: Listing) -> tuple[list[tuple[str, str, Picture]], list[tuple[str, str]]]:
        """Return the fixed pictures with what they are, and those that cannot be read with the reason."""
        given = [Path(file) for file in self._spec.samples.pictures] or self._chosen()
        wanted = set(given)
        listed = [*listing.train, *(() if isinstance(listing.evaluation, float) else listing.evaluation)]
        known = {each.path: each.label for each in listed if each.path in wanted}
        shown, unread = [], []
        for file in given:
            expected = known.get(file) or next((p.name for p in file.parents if p.name in self.labels), "")
            try:
                shown.append((str(file), expected, self.input.whole(read_picture(file))))
            except StudioError as error:
                unread.append((str(file), str(error)))
        return shown, unread

    def _chosen(self) -> list[Path]:
        """Return pictures of the evaluation part (else of the training part), spread evenly over the classes."""
        part = self.data.evaluation if len(self.data.evaluation) else self.data.train
        count = min(SAMPLE_PICTURES, len(part))
        return [Path(part.files[(2 * number + 1) * len(part) // (2 * count)]) for number in range(count)]


def listing_of(spec: RunSpec, reading: Reading) -> Listing:
    """Return the pictures that a spec names. Raises ``StudioError`` as ``read_listing`` does."""
    columns = Columns(spec.data.text_column, spec.data.label_column)
    return read_listing(spec.data.train, spec.data.evaluation, columns, reading.faults, reading.say)
