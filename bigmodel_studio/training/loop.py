"""The training loop: one update after another, watched, stoppable at every one, and repeatable bit for bit.

Random numbers (dropout) are seeded anew for every update from the run's seed and the step, as batches are, so that a
run that was stopped or killed goes on exactly as it would have. The loop knows an ``Objective`` and a run's files;
it knows nothing of what is learnt.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import torch

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.runs import RunFolder
from bigmodel_studio.core.spec import RunSpec
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.holding import training_parts
from bigmodel_studio.training import checkpoint
from bigmodel_studio.training.checkpoint import NotFinite, TrainerFacts
from bigmodel_studio.training.inside.watch import Inside
from bigmodel_studio.training.objectives import Batch, Objective
from bigmodel_studio.training.optimizing import (
    build_optimizer,
    learning_rate,
    optimizer_tensors,
    restore_optimizer,
    set_learning_rate,
)
from bigmodel_studio.training.telemetry import Records, Sparkline, StatusWriter, StopAsked, Wishes

_Part = TypeVar("_Part")

PAUSE_POLL_S = 0.05
COUNT_PARTS_S = 1.0


def pin(spec: RunSpec) -> None:
    """Before any computation: threads and algorithms that give the same bits every time."""
    torch.set_num_threads(spec.launch.threads)
    torch.use_deterministic_algorithms(True, warn_only=devices.choose(spec.launch.device).type != "cpu")


class Loop:
    """One run at work. ``train`` returns when all steps are done; raises ``StopAsked`` after a stop was obeyed."""

    def __init__(
        self, run: RunFolder, spec: RunSpec, objective: Objective, status: StatusWriter, wishes: Wishes
    ) -> None:
        self.run, self.spec, self.objective, self.status, self.wishes = run, spec, objective, status, wishes
        self.device = devices.choose(spec.launch.device)
        self.model = objective.model
        torch.nn.Module.to(self.model, self.device)
        objective.to_training(self.model)
        self.optimizer = build_optimizer(self.model, spec.optimizer)
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.step = 0
        self.items = 0
        self.saved = -1
        self.sparkline = Sparkline()
        self._clock = time.perf_counter()
        self._counted = -math.inf
        self.metrics = Records(run.path / "metrics.jsonl")
        self.samples = Records(run.path / "samples.jsonl")
        self.inside = Inside(run, spec, objective)

    def restore(self, folder: Path) -> None:
        """Go on after the update of this checkpoint (the objective has loaded its weights)."""
        facts, tensors = checkpoint.load_trainer(folder)
        restore_optimizer(self.model, self.optimizer, tensors)
        self.step = self.saved = facts.step
        self.items = facts.items

    def announce_resume(self) -> None:
        """Void the records past the step that is gone on from."""
        event = {"event": "resume", "step": self.step, "time": time.time()}
        self.metrics.append(event)
        self.samples.append(event)
        self.inside.announce_resume(self.step)
        for record in self.run.metrics():
            if isinstance(loss := record.get("loss"), float):
                self.sparkline.add(loss)

    def train(self) -> None:
        """All updates that are left. Raises ``StopAsked``, ``StudioError``, or torch's error where memory ran out."""
        self._clock = time.perf_counter()
        while self.step < self.spec.schedule.steps:
            self.advance()

    def advance(self) -> None:
        """One update and all that belongs to it. Raises as ``train`` does."""
        schedule = self.spec.schedule
        self._obey()
        record = self._update(self.step + 1)
        self.step += 1
        last = self.step == schedule.steps
        if last or self.step % schedule.evaluate_every == 0:
            record |= self._look()
        self._record(record)
        if last or self.step % schedule.checkpoint_every == 0:
            self.save()

    def save(self) -> None:
        """A checkpoint of now. Raises ``StudioError`` where it cannot be written or the weights are not finite."""
        if self.saved == self.step:
            return
        self.metrics.sync()
        tensors = optimizer_tensors(self.model, self.optimizer)
        try:
            checkpoint.save(self.run, self.objective, tensors, TrainerFacts(step=self.step, items=self.items))
        except NotFinite as error:
            raise StudioError("loss-not-finite", blame="work", what="model", step=self.step) from error
        self.saved = self.step
        checkpoint.tidy(self.run, self.spec.schedule.keep)
        print(f"step {self.step}: saved", flush=True)
        self._clock = time.perf_counter()

    def close(self) -> None:
        self.metrics.close()
        self.samples.close()
        self.inside.close()

    def _obey(self) -> None:
        """Take up new wishes: save, stop (which saves first), or stay here while paused."""
        paused = False
        while True:
            seq = self.wishes.read()
            if seq is not None:
                self.status.set(control_seq=seq)
            if (end := self.wishes.end) is not None:
                self.status.write(state="stopping")
                if self.step > 0:
                    self.save()
                raise StopAsked(end)
            if self.wishes.save and self.step > 0:  # before the first update there is nothing to save: after it, then
                self.wishes.save = False
                self.save()
            if self.wishes.want == "run":
                break
            if not paused:
                paused = True
                self.status.write(state="paused")
            time.sleep(PAUSE_POLL_S)
        if paused:
            self.status.write(state="running")
            self._clock = time.perf_counter()

    def _update(self, step: int) -> dict[str, Any]:
        """One update; its record. Raises ``StudioError`` "loss-not-finite" before the weights could be spoilt."""
        rate = learning_rate(step, self.spec.optimizer.learning_rate, self.spec.schedule)
        set_learning_rate(self.optimizer, rate)
        batch = self._moved(self.objective.batch(step))
        self.inside.before_update(step)
        torch.manual_seed((self.spec.seed * 0x9E3779B97F4A7C15 + step) % 2**63)
        with self._precision():
            loss = self.objective.loss(self.model, batch)
        self.inside.after_loss()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.inside.after_backward()
        clip = self.spec.optimizer.clip or math.inf
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, clip, error_if_nonfinite=False)
        value, size = torch.stack([loss.detach().float(), norm.detach().float()]).tolist()
        record = {"step": step, "time": time.time(), "loss": value, "learning_rate": rate, "gradient_norm": size}
        if not (math.isfinite(value) and math.isfinite(size)):
            self.metrics.append(
                record | {name: None for name in ("loss", "gradient_norm") if not _finite(record[name])}
            )
            self.inside.give_up(step)
            self.status.set(step=step - 1, last={"loss": None})
            what = "loss" if not math.isfinite(value) else "gradient"
            raise StudioError("loss-not-finite", blame="work", what=what, step=step)
        self.optimizer.step()
        self.inside.after_update(step, value)
        items = self.objective.items(batch)
        self.items += items
        now = time.perf_counter()
        record[self.objective.rate] = items / max(now - self._clock, 1e-9)
        self._clock = now
        return record

    def _look(self) -> dict[str, float]:
        """Evaluate, and let the model show what it can do; the time it takes counts against no step.

        A stop ends it early, and what it had found so far is dropped: a part of the data has another loss.
        """
        self.model.eval()
        found: dict[str, float] = {}
        with torch.no_grad(), self._precision(), contextlib.suppress(_LeftEarlyError):
            batches = map(self._moved, self.objective.evaluation_batches())
            found = self.objective.evaluate(self.model, self._until_stopped(batches))
            for sample in self._until_stopped(self.objective.samples(self.model, self.step)):
                self.samples.append({"step": self.step, "time": time.time(), **sample})
            self.inside.after_evaluation(self.step)
        self.objective.to_training(self.model)
        self._clock = time.perf_counter()
        return found

    def _until_stopped(self, parts: Iterator[_Part]) -> Iterator[_Part]:
        """The parts of a long look, for as long as nobody wants the run to end; the last look is always whole."""
        for part in parts:
            seq = self.wishes.read()
            if seq is not None:
                self.status.set(control_seq=seq)
            if self.wishes.end is not None and self.step < self.spec.schedule.steps:
                raise _LeftEarlyError
            yield part

    def _record(self, record: dict[str, Any]) -> None:
        self.metrics.append(record)
        self.sparkline.add(record["loss"])
        values = {name: value for name, value in record.items() if name not in ("step", "time")}
        last = {**self.status.status.last, **values}
        held = devices.held_bytes(self.device)
        self.status.set(step=self.step, last=last, sparkline=self.sparkline.points, held_bytes=held)
        if time.perf_counter() - self._counted > COUNT_PARTS_S:
            self._counted = time.perf_counter()
            self.status.set(holds=training_parts(self.model, self.optimizer, self.device))
        if "evaluation_loss" in record:
            evaluation = f", evaluation loss {record['evaluation_loss']:.4f}"
            print(f"step {self.step}: loss {record['loss']:.4f}{evaluation}", flush=True)

    def _moved(self, batch: Batch) -> Batch:
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}

    @contextlib.contextmanager
    def _precision(self) -> Iterator[None]:
        """bfloat16 where CUDA computes in it (the weights stay float32), float32 elsewhere."""
        if self.device.type == "cuda" and "bfloat16" in devices.dtypes(self.device):
            with torch.autocast("cuda", dtype=torch.bfloat16):
                yield
        else:
            yield


class _LeftEarlyError(Exception):
    """An evaluation was left because the run shall end."""


def _finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
