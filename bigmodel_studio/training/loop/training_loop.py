"""The training loop: one update after another, watched, stoppable at every one, and repeatable bit for bit.

Batches, and the random numbers of an update, are drawn anew for every step from the run's seed, so that a run that was
stopped or killed goes on exactly as it would have. The loop knows an ``Objective`` and a run's files;
it knows nothing of what is learnt.
"""

from __future__ import annotations

import contextlib
import math
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import torch

from bigmodel_studio.core.runs import disk_use, manifest
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.measuring.passes import recompute_activations
from bigmodel_studio.engine.models.tensor_bytes import training_parts
from bigmodel_studio.training.distributed.ranks import Ranks
from bigmodel_studio.training.inside.watch import Inside
from bigmodel_studio.training.loop import checkpoint
from bigmodel_studio.training.loop.best import Best
from bigmodel_studio.training.loop.checkpoint import NotFinite, TrainerFacts
from bigmodel_studio.training.loop.optimizer import build_optimizer, optimizer_tensors, restore_optimizer
from bigmodel_studio.training.loop.precision import Precision
from bigmodel_studio.training.loop.telemetry import Records, RunControl, Sparkline, StatusWriter, StopAsked
from bigmodel_studio.training.loop.trainer_state import ADAPTER
from bigmodel_studio.training.loop.update import Updater
from bigmodel_studio.training.objectives import Batch, Objective

if TYPE_CHECKING:
    from bigmodel_studio.training.models.lora import Adapters

_Part = TypeVar("_Part")

PAUSE_POLL_S = 0.05
COUNT_PARTS_S = 1.0


def pin(spec: RunSpec) -> None:
    """Choose, before any computation, threads and algorithms that give the same bits every time."""
    torch.set_num_threads(spec.launch.threads)
    on_cpu = devices.choose(spec.launch.device).type == "cpu"
    torch.use_deterministic_algorithms(True, warn_only=not on_cpu)
    if not on_cpu:  # some kernels there have no other way, which is known, and no news to who reads the log
        warnings.filterwarnings("ignore", message=".*deterministic")


class Loop:
    """One run at work. ``train`` returns when all steps are done; raises ``StopAsked`` after a stop was obeyed."""

    def __init__(
        self,
        run: RunFolder,
        spec: RunSpec,
        objective: Objective,
        status: StatusWriter,
        control: RunControl,
        ranks: Ranks | None = None,
    ) -> None:
        self.ranks = ranks or Ranks()
        self.run, self.spec, self.objective, self.status, self.control = run, spec, objective, status, control
        self.device = self.ranks.device(devices.choose(spec.launch.device))
        self.precision = Precision(spec.launch.dtype, self.device)
        self.model = objective.model
        if spec.launch.checkpointing:
            recompute_activations(self.model)
        self.adapters: Adapters | None = None
        if spec.method.kind in ADAPTERS:
            from bigmodel_studio.training.models import lora  # peft takes a second to import

            self.adapters = lora.Adapters(self.model, spec)
        torch.nn.Module.to(self.model, self.device)
        objective.to_training(self.model)
        computing = self.ranks.spread(self.model)
        self.optimizer = build_optimizer(self.model, spec.optimizer)
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.step = 0
        self.items = 0
        self.seconds = 0.0
        self.saved = -1
        self.best = Best()
        self.disk_budget = disk_use.budget_bytes(spec.schedule, run.path, disk_use.folder_bytes(run.path))
        status.set(disk_budget_bytes=self.disk_budget)
        self.sparkline = Sparkline()
        self._clock = time.perf_counter()
        self._took = 0.0
        self._counted = -math.inf
        self.metrics = Records(run.path / "metrics.jsonl")
        self.samples = Records(run.path / "samples.jsonl")
        self.inside = Inside(run, _recorded(spec, self.ranks), objective)
        self.updater = Updater(
            spec, objective, self.optimizer, self.precision, self.inside, self._moved, self.ranks, computing
        )

    def restore(self, folder: Path) -> list[str]:
        """Go on after the update of this checkpoint (the objective has loaded its weights); what is to be said of it:
        without the trainer's state, which an older checkpoint has no more, the losses are others than before.
        """
        facts, state = checkpoint.load_trainer(folder, self.ranks)
        if self.adapters is not None:
            self.adapters.restore(state.whole(ADAPTER))
        left = restore_optimizer(self.model, self.optimizer, state)
        if left:
            print(f"{left} tensors of the optimizer's state fit no parameter that is trained now", flush=True)
        self.step = self.saved = facts.step
        self.items, self.seconds = facts.items, facts.seconds
        self.precision.restore(facts.scale)
        # The best of another run, from which this one was forked, is not among its checkpoints: it counts anew.
        if facts.best.step in RunFolder(folder.parents[1]).checkpoints():
            self.best = facts.best
        self.status.set(best_step=self.best.step, best_loss=self.best.loss)
        return [] if manifest.has_state(folder) else [f"step {facts.step} has weights only: the optimizer starts anew"]

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
        """Make all updates that are left. Raises ``StopAsked``, ``StudioError``, or torch's error where memory ran
        out.
        """
        self._clock = time.perf_counter()
        while self.step < self.spec.schedule.steps and not self.stops_early:
            self.advance()
        if self.stops_early:
            self.save()

    @property
    def stops_early(self) -> bool:
        """Whether the evaluations have not become better for as long as the spec has patience."""
        return 0 < self.spec.schedule.patience <= self.best.waited

    def advance(self) -> None:
        """Make one update and all that belongs to it. Raises as ``train`` does."""
        schedule = self.spec.schedule
        self._obey()
        record = self._update(self.step + 1)
        self.step += 1
        last = self.step == schedule.steps
        if last or self.step % schedule.evaluate_every == 0:
            record |= self._look()
        self._record(record)
        due = last or self.step % schedule.checkpoint_every == 0
        if self._is_best(record.get("evaluation_loss"), due) or due:
            self.save()

    def _is_best(self, loss: float | None, due: bool) -> bool:
        """Return whether this evaluation is the best so far, and kept for that.

        Where all checkpoints are kept, only those count that are saved anyway.
        """
        chooses = bool(self.spec.schedule.keep or self.spec.schedule.patience)
        if loss is None or not (due or chooses):
            return False
        better = self.best.better(loss)
        self.best = self.best.after(self.step, loss)
        return better and chooses

    def save(self) -> None:
        """Save a checkpoint of now. Raises ``StudioError`` where it cannot be written or the weights are not finite."""
        if self.saved == self.step:
            return
        self.metrics.sync()
        weights: checkpoint.Weights = self.ranks.whole(self.model)
        tensors = optimizer_tensors(self.model, self.optimizer)
        beside: Callable[[Path], None] = _nothing
        if self.adapters is not None:
            weights, tensors = self.adapters.merged(), tensors | self.adapters.kept()
            beside = self.adapters.save
        try:
            checkpoint.save(self.run, self.objective, tensors, self._facts(), weights, beside, self.ranks)
        except NotFinite as error:
            raise StudioError("loss-not-finite", blame="work", what="model", step=self.step) from error
        self.saved = self.step
        self.status.set(best_step=self.best.step, best_loss=self.best.loss)
        if self.ranks.first:
            taken = checkpoint.thin(self.run, self.spec.schedule, self.best.step, self.disk_budget)
            self.status.set(disk_bytes=taken)
        print(f"step {self.step}: saved", flush=True)
        self._clock = time.perf_counter()

    def _facts(self) -> TrainerFacts:
        return TrainerFacts(
            step=self.step, items=self.items, seconds=self.seconds, best=self.best, scale=self.precision.state
        )

    def close(self) -> None:
        self.metrics.close()
        self.samples.close()
        self.inside.close()

    def _obey(self) -> None:
        """Take up new wishes: save, stop (which saves first), or stay here while paused."""
        paused = False
        while True:
            seq = self.ranks.read(self.control)
            if seq is not None:
                self.status.set(control_seq=seq)
            if (end := self.control.end) is not None:
                self.status.write(state="stopping")
                if self.step > 0:
                    self.save()
                raise StopAsked(end)
            if self.control.save and self.step > 0:  # before the first update there is nothing to save: after it, then
                self.control.save = False
                self.save()
            if self.control.want == "run":
                break
            if not paused:
                paused = True
                self.status.write(state="paused")
            time.sleep(PAUSE_POLL_S)
        if paused:
            self.status.write(state="running")
            self._clock = time.perf_counter()

    def _update(self, step: int) -> dict[str, Any]:
        """Return one update; its record. Raises ``StudioError`` "loss-not-finite" before the weights could be
        spoilt.
        """
        if self.status.status.flops_per_item:
            update = self.updater.update(step)
        else:
            update, flops = self.updater.counted(step)
            self.status.set(flops_per_item=flops)
        record: dict[str, Any] = {
            "step": step,
            "time": time.time(),
            "loss": update.loss,
            "learning_rate": update.learning_rate,
            "gradient_norm": update.gradient_norm,
        }
        if not update.finite:
            record |= {name: None for name in ("loss", "gradient_norm") if not math.isfinite(record[name])}
        elif update.losses is not None:
            record |= self.objective.measures(update.losses)
        if not update.made:
            self.metrics.append(record)
            self.inside.give_up(step, update.losses)
            self.status.set(step=step - 1, last={"loss": None})
            what = "loss" if record["loss"] is None else "gradient"
            raise StudioError("loss-not-finite", blame="work", what=what, step=step)
        self.inside.after_update(step, update.loss, update.losses)
        now = time.perf_counter()
        self._took = took = max(now - self._clock, 1e-9)
        self._clock = now
        self.items += update.items
        self.seconds += took
        counts = {"items": self.items, "seconds": round(self.seconds, 4), self.objective.rate: update.items / took}
        return record | counts

    def _look(self) -> dict[str, float]:
        """Evaluate, and let the model show what it can do; the time it takes counts against no step.

        A stop ends it early, and what it had found so far is dropped: a part of the data has another loss.
        """
        self.model.eval()
        found: dict[str, float] = {}
        with torch.no_grad(), self.precision.autocast(), contextlib.suppress(_LeftEarlyError):
            batches = map(self._moved, self.objective.evaluation_batches())
            found = self.objective.evaluate(self.model, self._until_stopped(batches))
            for sample in self._until_stopped(self.objective.samples(self.model, self.step)):
                self.samples.append({"step": self.step, "time": time.time(), **sample})
            self.inside.after_evaluation(self.step)
        self.objective.to_training(self.model)
        self._clock = time.perf_counter()
        return found

    def _until_stopped(self, parts: Iterator[_Part]) -> Iterator[_Part]:
        """Yield the parts of a long look, for as long as nobody wants the run to end; the last look is always whole."""
        for part in parts:
            seq = self.ranks.read(self.control)
            if seq is not None:
                self.status.set(control_seq=seq)
            if self.control.end is not None and self.step < self.spec.schedule.steps:
                raise _LeftEarlyError
            yield part

    def _record(self, record: dict[str, Any]) -> None:
        self.metrics.append(record)
        self.sparkline.add(record["loss"])
        values = {name: value for name, value in record.items() if name not in ("step", "time")}
        last = {**self.status.status.last, **values}
        used = devices.reserved_bytes(self.device)
        self.status.set(step=self.step, last=last, sparkline=self.sparkline.points, accelerator_bytes=used)
        if (ranks := self.ranks.ranks(self.model, self.optimizer, self._took)) is not None:
            self.status.set(ranks=ranks)
        if time.perf_counter() - self._counted > COUNT_PARTS_S:
            self._counted = time.perf_counter()
            self.status.set(memory=training_parts(self.model, self.optimizer, self.device))
        if "evaluation_loss" in record:
            evaluation = f", evaluation loss {record['evaluation_loss']:.4f}"
            print(f"step {self.step}: loss {record['loss']:.4f}{evaluation}", flush=True)

    def _moved(self, batch: Batch) -> Batch:
        return {name: tensor.to(self.device, non_blocking=True) for name, tensor in batch.items()}


def _recorded(spec: RunSpec, ranks: Ranks) -> RunSpec:
    """Return what this process records of the inside: no layer that is spread, and examples only where it is the
    first.
    """
    telemetry = spec.telemetry
    every, examples = 0 if ranks.sharded else telemetry.layers_every, telemetry.examples and ranks.first
    return msgspec.structs.replace(
        spec, telemetry=msgspec.structs.replace(telemetry, layers_every=every, examples=examples)
    )


def _nothing(_: Path) -> None:
    """There is no adapter to be saved."""


class _LeftEarlyError(Exception):
    """An evaluation was left because the run shall end."""
