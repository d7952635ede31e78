"""How the bundled picture classifier is trained: a small ResNet from random weights, resumable, with a fixed seed.

For the recipe `starter_resnet`, and for its tests. It writes only into its work folder, never sees a test picture, and
imports nothing of the application.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from cifar10 import CLASSES, Pictures, channel_statistics, cut_out, shift_and_mirror, split, to_pixels
from transformers import ResNetConfig, ResNetForImageClassification


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights, but for the machine's own rounding.

    The schedule is that of short CIFAR trainings: momentum SGD with Nesterov, a linear warm-up and a linear fall to
    zero, `learning_rate` the peak for the mean loss of a batch of 128. The first epochs see smaller pictures
    (`early_image_size`), which costs half; the network ends in a mean over places and takes any size.
    """

    seed: int = 1
    depths: tuple[int, ...] = (2, 2, 2)
    widths: tuple[int, ...] = (64, 128, 256)
    image_size: int = 64
    early_image_size: int = 48
    epochs: int = 20
    early_epochs: int = 13
    batch: int = 128
    learning_rate: float = 0.1
    warmup_ratio: float = 0.15
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    shift: int = 4
    cut_out_ratio: float = 0.25
    held_out_per_class: int = 250
    record_every: int = 5

    def size_in_epoch(self, epoch: int) -> int:
        """Side in pixels of the pictures that epoch `epoch`, counted from 0, trains on."""
        return self.early_image_size if epoch < self.early_epochs else self.image_size

    def learning_rate_at(self, step: int, steps: int) -> float:
        """The rate of update `step`, counted from 1, of `steps`: up over the warm-up, then down to almost nothing."""
        warmup = max(1, round(steps * self.warmup_ratio))
        return self.learning_rate * min(step / warmup, (steps - step + 1) / max(1, steps - warmup))


@dataclass(frozen=True)
class Machine:
    """Where and how the sums are done; these change the last bits of the result and the time."""

    device: str = "cpu"
    threads: int = 1
    precision: str = "bfloat16"

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device, torch.bfloat16, enabled=self.precision == "bfloat16")


def build(recipe: Recipe) -> ResNetForImageClassification:
    """A ResNet of basic blocks with random weights (He et al. 2015, figure 5 left), as transformers lays it out.

    The stem is a 7x7 convolution with stride 2 and a 3x3 maximum with stride 2: 64x64 pixels become 16x16 places.
    """
    config = ResNetConfig(
        embedding_size=recipe.widths[0],
        hidden_sizes=list(recipe.widths),
        depths=list(recipe.depths),
        layer_type="basic",
        id2label=dict(enumerate(CLASSES)),
        label2id={name: index for index, name in enumerate(CLASSES)},
    )
    return ResNetForImageClassification(config)


def optimizer_of(model: torch.nn.Module, recipe: Recipe) -> torch.optim.SGD:
    """SGD that decays the convolutions' and the classifier's matrices, and leaves biases and normalisations alone."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": recipe.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=recipe.momentum, nesterov=True)


@dataclass(frozen=True)
class Trained:
    """A finished training: the network, the statistics it was fed with, and what the run folder is made of."""

    model: ResNetForImageClassification
    mean: list[float]
    std: list[float]
    steps: int
    training_pictures: int
    validation_pictures: int
    seconds: float


def train(recipe: Recipe, pictures: Pictures, work: Path, machine: Machine) -> Trained:
    """Trains on `pictures` less the held-out part, keeping state, metrics and samples under `work`."""
    torch.set_num_threads(machine.threads)
    torch.manual_seed(recipe.seed)
    device = torch.device(machine.device)
    training, validation = split(pictures, recipe.held_out_per_class, recipe.seed)
    mean, std = channel_statistics(training.images)
    training, validation = training.to(device), validation.to(device)
    model = build(recipe)
    torch.nn.Module.to(model, device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = optimizer_of(model, recipe)
    log = Log(work)
    state = _load(work, recipe)
    first_epoch, step, seconds = 0, 0, 0.0
    if state is not None:
        first_epoch, step, seconds = state["epoch"], state["step"], state["seconds"]
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        if first_epoch < recipe.epochs:
            log.metric({"event": "resume", "step": step})
    per_epoch = len(training.names) // recipe.batch
    steps = per_epoch * recipe.epochs
    for epoch in range(first_epoch, recipe.epochs):
        began = time.perf_counter()
        step = _one_epoch(model, optimizer, recipe, machine, training, (mean, std), epoch, step, steps, log)
        _evaluate(model, recipe, machine, validation, (mean, std), step, log)
        seconds += time.perf_counter() - began
        _save(work, recipe, {"epoch": epoch + 1, "step": step, "seconds": seconds}, model, optimizer)
    return Trained(model, mean, std, steps, len(training.names), len(validation.names), seconds)


def _one_epoch(
    model: ResNetForImageClassification,
    optimizer: torch.optim.SGD,
    recipe: Recipe,
    machine: Machine,
    training: Pictures,
    statistics: tuple[list[float], list[float]],
    epoch: int,
    step: int,
    steps: int,
    log: Log,
) -> int:
    """One pass in a shuffled order, less the last broken batch; returns the number of updates made so far."""
    generator = torch.Generator().manual_seed(recipe.seed * 1_000_003 + epoch)
    order = torch.randperm(len(training.names), generator=generator)
    size = recipe.size_in_epoch(epoch)
    model.train()
    since, seen = time.perf_counter(), 0
    for chosen in torch.split(order, recipe.batch)[: len(order) // recipe.batch]:
        step += 1
        chosen = chosen.to(training.images.device)
        pixels = to_pixels(shift_and_mirror(training.images[chosen], recipe.shift, generator), size, *statistics)
        pixels = cut_out(pixels, round(size * recipe.cut_out_ratio), generator)
        with machine.autocast():
            logits = model(pixels).logits
        loss = F.cross_entropy(logits.float(), training.labels[chosen], label_smoothing=recipe.label_smoothing)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        rate = recipe.learning_rate_at(step, steps)
        for group in optimizer.param_groups:
            group["lr"] = rate
        seen += len(chosen)
        if step % recipe.record_every == 0 or step == 1:
            norm = torch.nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None])
            values = {"loss": loss.item(), "learning_rate": rate, "gradient_norm": norm.item()}
            log.metric({"step": step, **values, "images_per_s": seen / (time.perf_counter() - since)})
            since, seen = time.perf_counter(), 0
        if step % 50 == 0:
            log.line(f"epoch {epoch + 1}/{recipe.epochs} step {step}/{steps} {size} px loss {loss.item():.4f}")
        optimizer.step()
    return step


def probabilities(
    model: ResNetForImageClassification, pixels: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, float]:
    """Probabilities [n, 10] of pixels [n, 3, size, size], and the summed cross-entropy in nats against labels [n]."""
    logits = model(pixels).logits.float()
    return logits.softmax(dim=1), F.cross_entropy(logits, labels, reduction="sum").item()


def _evaluate(
    model: ResNetForImageClassification,
    recipe: Recipe,
    machine: Machine,
    validation: Pictures,
    statistics: tuple[list[float], list[float]],
    step: int,
    log: Log,
) -> None:
    """Loss and accuracy on the validation part at full size, and what is said of one picture of each class."""
    model.train(False)
    parts, loss = [], 0.0
    with torch.inference_mode(), machine.autocast():
        for batch in validation.batches(250):
            pixels = to_pixels(batch.images, recipe.image_size, *statistics)
            part, part_loss = probabilities(model, pixels, batch.labels)
            parts.append(part)
            loss += part_loss
    every = torch.cat(parts).cpu()
    labels = validation.labels.cpu()
    accuracy = (every.argmax(dim=1) == labels).double().mean().item()
    loss /= len(labels)
    log.metric({"step": step, "evaluation_loss": loss, "accuracy": accuracy})
    log.line(f"step {step} validation: loss {loss:.4f} accuracy {accuracy:.4f}")
    shown = [int(torch.where(labels == label)[0][0]) for label in torch.unique(labels).tolist()]
    log.sample(step, [validation.names[i] for i in shown], every[shown])


class Log:
    """The run's records under `work`: metrics.jsonl and samples.jsonl, and lines on standard output."""

    def __init__(self, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self._work = work

    def _append(self, name: str, record: dict[str, Any]) -> None:
        with (self._work / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    def metric(self, record: dict[str, float | int | str]) -> None:
        rounded = {key: float(f"{value:.6g}") if isinstance(value, float) else value for key, value in record.items()}
        self._append("metrics.jsonl", {**rounded, "time": round(time.time(), 2)})

    def sample(self, step: int, names: list[str], chances: torch.Tensor) -> None:
        """What was said of the pictures `names` at `step`; `chances` are probabilities [pictures, classes]."""
        best, label = chances.max(dim=1)
        seen = [
            {"image": name, "label": CLASSES[index], "probability": round(chance, 4)}
            for name, index, chance in zip(names, label.tolist(), best.tolist(), strict=True)
        ]
        self._append("samples.jsonl", {"step": step, "time": round(time.time(), 2), "predictions": seen})

    def line(self, text: str) -> None:
        print(time.strftime("%H:%M:%S"), text, flush=True)


def _save(
    work: Path, recipe: Recipe, counters: dict[str, Any], model: torch.nn.Module, optimizer: torch.optim.SGD
) -> None:
    """Replaces the state of the last epoch by this one's, so that a kill at any moment leaves a whole one."""
    state = {**counters, "model": model.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**state, "recipe": json.dumps(asdict(recipe))}, work / "state.new")
    os.replace(work / "state.new", work / "state.pt")


def _load(work: Path, recipe: Recipe) -> dict[str, Any] | None:
    """The state that `_save` left in `work`, or None; ValueError where it was made with another recipe."""
    if not (work / "state.pt").exists():
        for name in ("metrics.jsonl", "samples.jsonl"):
            (work / name).unlink(missing_ok=True)
        return None
    state: dict[str, Any] = torch.load(work / "state.pt", map_location="cpu", weights_only=True)
    if state["recipe"] != json.dumps(asdict(recipe)):
        raise ValueError(f"{work} holds a training with other settings: {state['recipe']}; choose another --work")
    return state
