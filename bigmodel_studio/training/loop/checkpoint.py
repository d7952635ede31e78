"""Checkpoints: a folder that any part of the application loads as a model, with what the trainer needs to go on.

A checkpoint appears whole or not at all: it is written under another name, flushed file by file, given a manifest of
sizes and hashes, and renamed. The optimizer's state (``training.loop.trainer_state``) is all that has to be kept beside
the weights: random numbers are drawn afresh for every step from (seed, step).
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError, safe_open

from bigmodel_studio.core.runs import disk_use, manifest
from bigmodel_studio.core.runs.run_folder import RunFolder, checkpoint_name
from bigmodel_studio.core.specs.spec import ScheduleSpec
from bigmodel_studio.core.system.files import fsync_folder
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.distributed.ranks import Ranks
from bigmodel_studio.training.loop import trainer_state
from bigmodel_studio.training.loop.best import Best
from bigmodel_studio.training.loop.precision import ScaleState
from bigmodel_studio.training.loop.trainer_state import ADAPTER, TRAINER_TENSORS, TrainerState, open_state
from bigmodel_studio.training.models.packed_base import write_unpacked
from bigmodel_studio.training.objectives import Objective

TRAINER_FACTS = "trainer.json"
TRAINER_SCHEMA = 1
Weights = dict[str, torch.Tensor] | Iterator[tuple[str, torch.Tensor]] | None


class TrainerFacts(msgspec.Struct, kw_only=True, frozen=True):
    """``trainer.json``: which update it was, how many items had been learnt from, and in how many seconds of computing
    updates; the best evaluation until then, and the scale of a float16 training's loss.
    """

    schema: int = TRAINER_SCHEMA
    step: int
    items: int = 0
    seconds: float = 0.0
    best: Best = Best()
    scale: ScaleState | None = None


class NotFinite(Exception):  # noqa: N818 - what was found, not an error of ours
    """A weight is infinite or not a number: such a model is never saved."""


def save(
    run: RunFolder,
    objective: Objective,
    tensors: dict[str, torch.Tensor],
    facts: TrainerFacts,
    weights: Weights = None,
    beside: Callable[[Path], None] = lambda folder: None,
    ranks: Ranks | None = None,
) -> None:
    """Write the checkpoint after update ``facts.step``. ``weights``: where they are not the model's own, which may
    hold its part of them only, or keep them packed (then one after the other); ``beside`` puts what else there is into
    the folder. All of the ``ranks`` have to come: the first writes, and where they share the state each its part of
    ``tensors``.

    Raises ``NotFinite``; ``StudioError`` "disk-write" where the disk is full or read-only, with nothing half-made left
    and earlier checkpoints as they were.
    """
    ranks = ranks or Ranks()
    target = run.checkpoints_path / checkpoint_name(facts.step)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        if ranks.first:
            temporary.mkdir(parents=True)
            _write_model(temporary, objective, weights)
            beside(temporary)
            (temporary / TRAINER_FACTS).write_bytes(msgspec.json.encode(facts))
        if ranks.sharded:
            trainer_state.write(ranks.same(lambda: temporary), tensors, in_parts=True)
        elif ranks.first:
            trainer_state.write(temporary, tensors, in_parts=False)
        if ranks.first:
            manifest.seal(temporary)
            _put(temporary, target)
    except (OSError, SafetensorError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise StudioError("disk-write", blame="work", path=str(target), detail=detail) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_model(folder: Path, objective: Objective, weights: Weights) -> None:
    if isinstance(weights, Iterator):
        write_unpacked(objective.model, folder, _finite(weights))
        objective.save_beside(folder)
        return
    checked = objective.model.parameters() if weights is None else weights.values()
    if not all(bool(torch.isfinite(each).all()) for each in checked if each.is_floating_point()):
        raise NotFinite
    objective.model.save_pretrained(str(folder), state_dict=weights)
    objective.save_beside(folder)


def _finite(weights: Iterator[tuple[str, torch.Tensor]]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, tensor in weights:
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise NotFinite
        yield name, tensor


def _put(temporary: Path, target: Path) -> None:
    """Rename into place. An older checkpoint of that step (a damaged one, which a resume passed over) makes room."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    temporary.rename(target)
    fsync_folder(target.parent)
    fsync_folder(target.parent.parent)  # the first save made the folder of them all
    shutil.rmtree(old, ignore_errors=True)


def newest_whole(run: RunFolder) -> tuple[Path | None, list[str]]:
    """Return the newest checkpoint whose files are as they were saved (None: none is), and sentences about the
    others.
    """
    notes: list[str] = []
    for step in reversed(run.checkpoints()):
        folder = run.checkpoint_path(step)
        try:
            manifest.verify(folder)
            return folder, notes
        except StudioError as error:
            notes.append(f"step {step} is passed over: {error}")
    return None, notes


def load_trainer(folder: Path, ranks: Ranks | None = None) -> tuple[TrainerFacts, TrainerState]:
    """Return what the trainer needs to go on; all of the ``ranks`` have to ask. Raises ``StudioError``:
    "checkpoint-damaged", "checkpoint-foreign".
    """
    try:
        facts = msgspec.json.decode((folder / TRAINER_FACTS).read_bytes(), type=TrainerFacts)
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise StudioError("checkpoint-damaged", path=str(folder), detail=str(error)) from error
    return facts, open_state(folder, ranks or Ranks())


def has_adapter(folder: Path) -> bool:
    """Return whether what was trained up to this checkpoint is an adapter: the model is then its base with that added
    in.
    """
    try:
        with safe_open(str(folder / TRAINER_TENSORS), framework="pt") as tensors:
            return any(name.startswith(ADAPTER) for name in tensors.keys())  # noqa: SIM118 - it is no dictionary
    except (OSError, SafetensorError):
        return False  # in parts are no adapters


def clean(run: RunFolder) -> None:
    """Remove what a kill left half-made or half removed."""
    if not run.checkpoints_path.is_dir():
        return
    for path in run.checkpoints_path.iterdir():
        if path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
        elif manifest.has_state(path):
            continue
        else:
            with contextlib.suppress(OSError, StudioError):
                manifest.drop_state(path)


def thin(run: RunFolder, schedule: ScheduleSpec, best: int = 0, budget_bytes: int = 0) -> int:
    """Make room as the schedule wants it (``ScheduleSpec``); the bytes that the run's folder then takes.

    ``best`` is the step of the best checkpoint, ``budget_bytes`` what the folder may take (0: no limit). Killed at any
    moment, it leaves whole checkpoints only, but for some that a later ``clean`` removes.
    """
    steps = run.checkpoints()
    for step in steps[: -schedule.keep] if schedule.keep else ():
        if step != best:
            _remove(run.checkpoint_path(step))
    steps = run.checkpoints()
    for step in steps[: -schedule.keep_state] if schedule.keep_state else ():
        folder = run.checkpoint_path(step)
        if not has_adapter(folder):
            with contextlib.suppress(OSError, StudioError):  # a damaged one stays as it is
                manifest.drop_state(folder)
    taken = disk_use.folder_bytes(run.path)
    if 0 < budget_bytes < taken:
        sizes = {step: disk_use.folder_bytes(run.checkpoint_path(step)) for step in steps}
        for step in disk_use.to_remove(sizes, disk_use.spared_steps(run, best), taken - budget_bytes):
            _remove(run.checkpoint_path(step))
        taken = disk_use.folder_bytes(run.path)
    return taken


def _remove(folder: Path) -> None:
    """Take the name first: there is no moment at which a part of a checkpoint bears it."""
    gone = folder.with_name(f".{folder.name}.removed")
    shutil.rmtree(gone, ignore_errors=True)
    with contextlib.suppress(OSError):
        folder.rename(gone)
        fsync_folder(gone.parent)
    shutil.rmtree(gone, ignore_errors=True)
