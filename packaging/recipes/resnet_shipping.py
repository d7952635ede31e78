"""What is shipped of the bundled picture classifier: float16 weights, preprocessor, model card, and its run's folder.

For the recipe `starter_resnet`. The scores on the card are of the files as they lie there: loaded again, in float32,
through the preprocessor that was just written. This is the only place that reads the test pictures. Every number is
taken from the training or measured here.
"""

from __future__ import annotations

import json
import platform
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import tomli_w
import torch
from cifar10 import CLASSES, Pictures, read_archive
from PIL import Image
from resnet_training import Machine, Recipe, Trained, probabilities
from transformers import AutoImageProcessor, ResNetForImageClassification

NAME = "starter-resnet"
SPARKLINE_POINTS = 64
NOISE_PICTURES = 200


def ship(
    recipe: Recipe, machine: Machine, trained: Trained, archive: Path, work: Path, output: Path, run: Path
) -> Scores:
    """Writes `output` (the model's folder) and `run` (its run's folder, without checkpoints), both made anew."""
    write_model(recipe, trained, output)
    torch.set_num_threads(machine.threads)
    scores = score(output, read_archive(archive, "test"))
    (output / "README.md").write_text(card(recipe, machine, trained, scores), encoding="utf-8")
    write_run(recipe, machine, trained, work, run)
    print(f"test accuracy {scores.accuracy:.4f}; wrote {output} and {run}", flush=True)
    return scores


def write_model(recipe: Recipe, trained: Trained, output: Path) -> None:
    """A Hugging Face folder: config.json, model.safetensors in float16, preprocessor_config.json."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    model = trained.model
    torch.nn.Module.to(  # type: ignore[call-overload]
        model, torch.device("cpu"), torch.float16, memory_format=torch.contiguous_format
    )
    model.save_pretrained(output)
    preprocessor = {
        "image_processor_type": "ConvNextImageProcessor",  # the one that transformers pairs with ResNet
        "do_resize": True,
        "size": {"shortest_edge": recipe.image_size},
        "crop_pct": 1.0,  # the shorter side becomes the picture, and the middle of the longer one is kept
        "resample": int(Image.Resampling.BILINEAR),
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": trained.mean,
        "image_std": trained.std,
    }
    (output / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Scores:
    """Of a model on labelled pictures: `confusion[i][j]` of class i were said to be j; cross-entropy in nats.

    `confidence` is the mean probability of the first answer; the last two are the commonest answer to noise and the
    mean probability given there.
    """

    confusion: list[list[int]]
    cross_entropy: float
    confidence: float
    noise_answer: int
    noise_confidence: float

    @property
    def accuracy(self) -> float:
        right = sum(row[index] for index, row in enumerate(self.confusion))
        return right / sum(map(sum, self.confusion))

    def of_class(self, index: int) -> float:
        """The share of the pictures of a class that were recognised."""
        return self.confusion[index][index] / sum(self.confusion[index])

    def taken_for(self, index: int) -> tuple[int, float]:
        """The class that pictures of class `index` are most often taken for, and the share of them that are."""
        row = self.confusion[index]
        other = max((i for i in range(len(row)) if i != index), key=row.__getitem__)
        return other, row[other] / sum(row)


class Shipped:
    """The model in `folder`, as a user loads it, in float32. ValueError where its tensors do not all match."""

    def __init__(self, folder: Path) -> None:
        loaded: Any = ResNetForImageClassification.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True, output_loading_info=True
        )
        self.model, report = loaded
        if any(report[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys")):
            raise ValueError(f"the weights in {folder} do not fit their configuration: {report}")
        self.model.train(False)
        self._processor: Any = AutoImageProcessor.from_pretrained(folder)

    def answer(self, pictures: Pictures) -> tuple[torch.Tensor, float]:
        """Probabilities [n, 10] of the pictures, and the summed cross-entropy in nats against their labels."""
        images = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in pictures.images]
        with torch.inference_mode():
            pixels = self._processor(images, return_tensors="pt")["pixel_values"]
            return probabilities(self.model, pixels, pictures.labels)


def score(folder: Path, pictures: Pictures) -> Scores:
    """Scores the files in `folder` on labelled pictures, and asks them what they see in noise."""
    shipped = Shipped(folder)
    confusion = torch.zeros(len(CLASSES), len(CLASSES), dtype=torch.int64)
    loss = confidence = 0.0
    for batch in pictures.batches(250):
        chances, batch_loss = shipped.answer(batch)
        best, said = chances.max(dim=1)
        confusion.index_put_((batch.labels, said), torch.ones_like(said), accumulate=True)
        loss += batch_loss
        confidence += best.sum().item()
    generator = torch.Generator().manual_seed(0)
    noise = torch.randint(0, 256, (NOISE_PICTURES, 3, 32, 32), dtype=torch.uint8, generator=generator)
    unlabelled = Pictures(noise, torch.zeros(NOISE_PICTURES, dtype=torch.int64), ("",) * NOISE_PICTURES)
    best, said = shipped.answer(unlabelled)[0].max(dim=1)
    count = len(pictures.names)
    return Scores(
        confusion.tolist(), loss / count, confidence / count, int(said.mode().values.item()), best.mean().item()
    )


def card(recipe: Recipe, machine: Machine, trained: Trained, scores: Scores) -> str:
    """The model card, README.md."""
    parameters = sum(parameter.numel() for parameter in trained.model.parameters())
    if machine.device == "cpu":
        hardware = f"{machine.threads} thread(s) of an {platform.machine()} CPU"
        hardware += f" ({torch.backends.cpu.get_cpu_capability()})"
    else:
        hardware = torch.cuda.get_device_name()
    rows = []
    for index, name in enumerate(CLASSES):
        other, share = scores.taken_for(index)
        rows.append(f"| {name} | {scores.of_class(index):.1%} | {CLASSES[other]}, {share:.1%} |")
    weakest = sorted(range(len(CLASSES)), key=scores.of_class)
    size = recipe.image_size
    return f"""---
license: mit
library_name: transformers
pipeline_tag: image-classification
---

# {NAME}

A small picture classifier, trained from scratch by this project so that the application can show, explain and
fine-tune one with no download. It tells ten kinds of things apart:
{", ".join(CLASSES)}.

| | |
|---|---|
| architecture | ResNet of basic blocks (He et al. 2015, *Deep Residual Learning for Image Recognition*), \
`ResNetForImageClassification` |
| shape | depths {list(recipe.depths)}, widths {list(recipe.widths)}; stem 7×7 stride 2 and a 3×3 maximum stride 2 |
| parameters | {parameters:,}, shipped in float16 |
| input | {size}×{size} RGB: shorter side to {size} (bilinear), middle cropped; \
mean {trained.mean}, deviation {trained.std} |
| data | CIFAR-10 as JPEGs: {trained.training_pictures:,} pictures to learn from, \
{trained.validation_pictures:,} held out for choices, the test pictures used only for the scores below |
| training | {trained.steps:,} updates of {recipe.batch} pictures ({recipe.epochs} passes), the first \
{recipe.early_epochs} passes at {recipe.early_image_size}×{recipe.early_image_size}; {machine.precision}; \
seed {recipe.seed} |
| optimizer | SGD, Nesterov momentum {recipe.momentum}, peak rate {recipe.learning_rate}, linear warm-up over \
{recipe.warmup_ratio:.0%} and linear fall to zero, weight decay {recipe.weight_decay}, label smoothing \
{recipe.label_smoothing} |
| augmentation | shifts up to {recipe.shift} of 32 pixels (reflected), mirroring, one hidden square of \
{recipe.cut_out_ratio:.0%} of the side |
| time and hardware | {trained.seconds / 60:.0f} minutes by the clock, {hardware} |

## Scores

On all {sum(map(sum, scores.confusion)):,} test pictures (as JPEGs), with the files of this folder computed in float32:
**{scores.accuracy:.2%}** of the first answers are right.
Cross-entropy is {scores.cross_entropy:.3f} nats; the first answer gets a probability of \
{scores.confidence:.1%} on average.

| class | recognised | most often taken for |
|---|---|---|
{chr(10).join(rows)}

## What it cannot do

- It knows these ten classes and nothing else, and has no answer for "none of them": it names one of the ten for
  anything. Of {NOISE_PICTURES} pictures of pure noise it most often says "{CLASSES[scores.noise_answer]}", and its \
first
  answer to them gets a probability of {scores.noise_confidence:.0%} on average.
- It sees {size}×{size} pixels and learnt from enlarged 32×32 ones, one object filling the picture. Photographs differ:
  more detail, small or several objects, other framing. The scores above do not hold for them.
- It is weakest at {CLASSES[weakest[0]]}s and {CLASSES[weakest[1]]}s. Nothing of weight should be decided by it.

## Data and licence

Trained for research on CIFAR-10 (A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009), a
labelled part of pictures collected from the web, which comes without an explicit licence. No picture is shipped, here
or in the run's folder. The weights are given under this project's licence.

Made by `packaging/recipes/starter_resnet.py`; the run's curves are in `resources/runs/{NAME}`.
"""


def write_run(recipe: Recipe, machine: Machine, trained: Trained, work: Path, run: Path) -> None:
    """The training as a run's folder of the application, from the records under `work`."""
    shutil.rmtree(run, ignore_errors=True)
    run.mkdir(parents=True)
    for name in ("metrics.jsonl", "samples.jsonl"):
        shutil.copyfile(work / name, run / name)
    (run / "spec.toml").write_text(_spec(recipe, machine, trained), encoding="utf-8")
    records = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    status = _status(records, machine, trained)
    (run / "status.json").write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")


def _spec(recipe: Recipe, machine: Machine, trained: Trained) -> str:
    """spec.toml; what the recipe did beyond the fields of a spec is said in comments."""
    per_epoch = trained.steps // recipe.epochs
    pictures = trained.training_pictures + trained.validation_pictures
    spec = {
        "schema": 1,
        "name": NAME,
        "objective": "classify-images",
        "seed": recipe.seed,
        "model": {
            "base": "scratch",
            "architecture": "resnet",
            "depths": list(recipe.depths),
            "widths": list(recipe.widths),
            "image_size": recipe.image_size,
        },
        "data": {"train": ["cifar10/train"], "evaluation": round(trained.validation_pictures / pictures, 4)},
        "method": {"kind": "full"},
        "optimizer": {
            "name": "sgd",
            "learning_rate": recipe.learning_rate,
            "weight_decay": recipe.weight_decay,
            "beta1": recipe.momentum,
            "clip": 0.0,
        },
        "schedule": {
            "steps": trained.steps,
            "batch": recipe.batch,
            "warmup": round(trained.steps * recipe.warmup_ratio),
            "decay": "linear",
            "final_share": 0.0,
            "evaluate_every": per_epoch,
            "evaluation_batches": -(-trained.validation_pictures // recipe.batch),
            "checkpoint_every": per_epoch,
        },
        "launch": {"device": machine.device, "processes": 1, "threads": machine.threads},
    }
    early = f"{recipe.early_image_size}x{recipe.early_image_size}"
    return f"""# Made by packaging/recipes/starter_resnet.py, which also did what a spec has no field for:
# pictures of {early} in the first {recipe.early_epochs} of {recipe.epochs} passes; Nesterov momentum (beta1);
# label smoothing {recipe.label_smoothing}; shifts, mirroring and a hidden square; {machine.precision}.
{tomli_w.dumps(spec)}"""


def _status(records: list[dict[str, Any]], machine: Machine, trained: Trained) -> dict[str, Any]:
    last: dict[str, float] = {}
    for record in records:
        last.update({key: value for key, value in record.items() if key not in ("step", "time", "event")})
    return {
        "schema": 1,
        "state": "finished",
        "step": trained.steps,
        "steps": trained.steps,
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
        "parameters": sum(parameter.numel() for parameter in trained.model.parameters()),
        "device": machine.device,
    }


def sparkline(values: list[float]) -> list[float]:
    """At most 64 points that follow `values`: the means of equal stretches of them."""
    count = min(SPARKLINE_POINTS, len(values))
    edges = [index * len(values) // count for index in range(count + 1)] if count else [0]
    stretches = [values[begin:end] for begin, end in pairwise(edges)]
    return [round(sum(stretch) / len(stretch), 4) for stretch in stretches]
