"""Checkpoints: a folder that any part of the application loads as a model, with what the trainer needs to go on.

A checkpoint appears whole or not at all: it is written under another name, flushed file by file, given a manifest of
sizes and hashes, and renamed. Safetensors and JSON only; nothing here is ever unpickled. The optimizer's state is all
that has to be kept beside the weights: random numbers are drawn afresh for every step from (seed, step).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file

from bigmodel_studio.core.files import fsync_folder
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.runs import MANIFEST, RunFolder, checkpoint_name
from bigmodel_studio.training.best import Best
from bigmodel_studio.training.objectives import Objective
from bigmodel_studio.training.precision import ScaleState

TRAINER_TENSORS = "trainer.safetensors"
TRAINER_FACTS = "trainer.json"
TRAINER_SCHEMA = 1
ADAPTER = "adapter/"
"""Before the names of an adapter's tensors in the trainer's state."""


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
    weights: dict[str, torch.Tensor] | None = None,
    beside: Callable[[Path], None] = lambda folder: None,
) -> Path:
    """Write the checkpoint after update ``facts.step`` and return its folder. ``weights``: where they are not the
    model's own, which may hold its part of them only; ``beside`` puts what else there is into the folder.

    Raises ``NotFinite``; ``StudioError`` "disk-write" where the disk is full or read-only, with nothing half-made left
    and earlier checkpoints as they were.
    """
    checked = objective.model.parameters() if weights is None else weights.values()
    if not all(bool(torch.isfinite(each).all()) for each in checked if each.is_floating_point()):
        raise NotFinite
    target = run.checkpoints_path / checkpoint_name(facts.step)
    temporary = run.checkpoints_path / f".{target.name}.{os.getpid()}.tmp"
    try:
        temporary.mkdir(parents=True)
        objective.model.save_pretrained(str(temporary), state_dict=weights)
        objective.save_beside(temporary)
        beside(temporary)
        save_file(tensors, str(temporary / TRAINER_TENSORS))
        (temporary / TRAINER_FACTS).write_bytes(msgspec.json.encode(facts))
        _seal(temporary)
        _put(temporary, target)
    except (OSError, SafetensorError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise StudioError("disk-write", blame="work", path=str(target), detail=detail) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


def _seal(folder: Path) -> None:
    """Flush every file to disk, then write the manifest of their sizes and hashes, and flush that."""
    entries = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            entries[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": _hash(path)}
            with open(path, "rb+") as stream:
                os.fsync(stream.fileno())
    with open(folder / MANIFEST, "w", encoding="utf-8") as manifest:
        json.dump({"schema": 1, "files": entries}, manifest, indent=1)
        manifest.flush()
        os.fsync(manifest.fileno())
    for inner in [path for path in folder.rglob("*") if path.is_dir()]:
        fsync_folder(inner)
    fsync_folder(folder)


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


def _hash(path: Path) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def verify(folder: Path) -> None:
    """Raises ``StudioError`` "checkpoint-damaged" where a file is not as the manifest says."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        for name, entry in files.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != entry["bytes"] or _hash(path) != entry["sha256"]:
                raise StudioError("checkpoint-damaged", path=str(path), detail="its contents are not what was saved")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudioError("checkpoint-damaged", path=str(folder), detail=f"its manifest: {error}") from error


def newest_whole(run: RunFolder) -> tuple[Path | None, list[str]]:
    """The newest checkpoint whose files are as they were saved (None: none is), and sentences about the others."""
    notes: list[str] = []
    for step in reversed(run.checkpoints()):
        folder = run.checkpoint_path(step)
        try:
            verify(folder)
            return folder, notes
        except StudioError as error:
            notes.append(f"step {step} is passed over: {error}")
    return None, notes


def load_trainer(folder: Path) -> tuple[TrainerFacts, dict[str, torch.Tensor]]:
    """What the trainer needs to go on. Raises ``StudioError`` "checkpoint-damaged"."""
    try:
        facts = msgspec.json.decode((folder / TRAINER_FACTS).read_bytes(), type=TrainerFacts)
        return facts, load_file(str(folder / TRAINER_TENSORS))
    except (OSError, msgspec.DecodeError, SafetensorError) as error:
        raise StudioError("checkpoint-damaged", path=str(folder), detail=str(error)) from error


def has_adapter(folder: Path) -> bool:
    """Whether what was trained up to this checkpoint is an adapter: the model is then its base with that added in."""
    try:
        with safe_open(str(folder / TRAINER_TENSORS), framework="pt") as tensors:
            return any(name.startswith(ADAPTER) for name in tensors.keys())  # noqa: SIM118 - it is no dictionary
    except (OSError, SafetensorError):
        return False


def tidy(run: RunFolder, keep: int, spare: int = 0) -> None:
    """Remove what a kill left half-made, and, where ``keep`` > 0, all but the newest so many checkpoints and that of
    the step ``spare``.
    """
    if not run.checkpoints_path.is_dir():
        return
    for path in run.checkpoints_path.iterdir():
        if path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
    for step in run.checkpoints()[:-keep] if keep else ():
        if step == spare:
            continue
        folder = run.checkpoint_path(step)
        (folder / MANIFEST).unlink(missing_ok=True)  # from here on it is no checkpoint
        shutil.rmtree(folder, ignore_errors=True)
