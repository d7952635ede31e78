"""A run as a folder with a script, the model that it starts from, and its data.

What prepares data (tokenising, decoding pictures) is done here once more, so that the script needs none of it: it has
the arrays that updates are drawn from, and the batches that are evaluated on, which are always the same.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn.modules.batchnorm import _BatchNorm

from bigmodel_studio.core.runs.run_folder import RunFolder, find_run
from bigmodel_studio.core.specs.objectives import ADAPTERS
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.system.files import not_saved
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.models import cifar_resnet
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, ExportScript
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data.token_data import Say
from bigmodel_studio.training.loop import checkpoint, reference
from bigmodel_studio.training.loop.optimizer import build_optimizer, optimizer_tensors, restore_optimizer, warmup_of
from bigmodel_studio.training.loop.precision import Precision, ScaleState
from bigmodel_studio.training.loop.progress import ProgressReports
from bigmodel_studio.training.loop.trainer_state import ADAPTER
from bigmodel_studio.training.models import packed_base
from bigmodel_studio.training.objectives import Objective
from bigmodel_studio.training.script.composing import Settings, compose
from bigmodel_studio.training.script.contents import CONTENTS

SCRIPT, START, DATA, STATE = "train.py", "start", "data", "state.safetensors"
PARTS = f"{__package__}.parts"
PEFT = "base_model.model."
"""What peft puts before the names of a model's parameters."""


def export_script(request: ExportScript, session: Session) -> Iterator[Event]:
    """Yield the task: see ``write_script``. Raises ``StudioError`` "file-not-saved" too."""
    folder = Path(request.folder)
    writing = ProgressReports(lambda say: write_script(find_run(request.run), folder, say), "loading")
    yield from writing.progress()
    try:
        writing.value  # noqa: B018 - raises what went wrong
    except OSError as error:
        raise not_saved(folder, error) from error
    yield Done()


def write_script(run: RunFolder, folder: Path, say: Say = lambda *_: None) -> list[Path]:
    """Write ``train.py`` with what it needs into a new folder; return the files.

    Nothing half-made is left. ``say`` is called with what takes time, and may raise.

    Raises ``StudioError`` "run-foreign", "folder-taken", and where data or model cannot be used; ``OSError``.
    """
    run.check_ours()
    spec = run.spec()
    if spec is None:
        raise StudioError("run-unknown", run=run.name)
    if folder.exists() and any(folder.iterdir()):
        raise StudioError("folder-taken", path=str(folder))
    made = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(made, ignore_errors=True)
    try:
        _write(run, spec, made, say)
        if folder.exists():
            folder.rmdir()  # it was empty, and a folder cannot take its place everywhere
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write(run: RunFolder, spec: RunSpec, folder: Path, say: Say) -> None:
    begin = _beginning(run)
    adapted = begin is not None and spec.method.kind in ADAPTERS and checkpoint.has_adapter(begin)
    start = None if adapted else begin
    objective = objectives.build(resolve_spec(spec, start), start, say)
    cpu = torch.device("cpu")
    reference.establish(objective, run.path, cpu, Precision("auto", cpu), say, keep=False)
    content = CONTENTS[spec.objective](objective, spec)
    (folder / DATA / "evaluation").mkdir(parents=True)
    for name, array in content.arrays.items():
        np.save(folder / DATA / f"{name}.npy", array)
    for number, batch in enumerate(objective.evaluation_batches()):
        whole = torch.contiguous_format
        tensors = {name: tensor.clone(memory_format=whole) for name, tensor in content.batch(batch).items()}
        save_file(tensors, str(folder / DATA / "evaluation" / f"{number:04d}.safetensors"))
    if packed_base.is_packed(objective.model):
        (folder / START).mkdir()
        packed_base.write_unpacked(objective.model, folder / START, packed_base.unpacked_tensors(objective.model))
    else:
        objective.model.save_pretrained(str(folder / START))
    objective.save_beside(folder / START)
    settings = {**_settings(run, spec), **content.settings, **_prepare(objective, spec, begin, folder / START)}
    stand_ins = {f"{PARTS}.objective": f"{PARTS}.{content.part}"}
    text = compose([f"{PARTS}.settings", f"{PARTS}.loop"], settings, stand_ins)
    (folder / SCRIPT).write_text(text, "utf-8")


def _beginning(run: RunFolder) -> Path | None:
    """Return the checkpoint that a fork goes on from, its own copy or its parent's."""
    parent = run.status().parent
    if parent is None:
        return None
    try:
        return run.checkpoint_path(parent.step)
    except StudioError:
        return find_run(parent.run).checkpoint_path(parent.step)


def _prepare(objective: Objective, spec: RunSpec, begin: Path | None, start: Path) -> Settings:
    """Put the model into the state in which its training begins, and what it cannot be loaded with beside it; what a
    script has to know to do the same.
    """
    model, architecture = objective.model, type(objective.model).__name__
    settings: dict[str, object] = {"ARCHITECTURE": architecture, "OURS": hasattr(cifar_resnet, architecture)}
    trained: dict[str, torch.Tensor] = {}
    state = scale = None
    if begin is not None:
        facts, state = checkpoint.load_trainer(begin)
        scale = facts.scale
    settings["LORA"] = spec.method.kind in ADAPTERS
    if spec.method.kind in ADAPTERS:
        from bigmodel_studio.training.models import lora  # peft takes a second to import

        adapters = lora.Adapters(model, spec)
        if state is not None:
            adapters.restore(state.whole(ADAPTER))
        trained = {f"trained/{name.removeprefix(ADAPTER)}": tensor for name, tensor in adapters.kept().items()}
        settings |= {"RANK": spec.method.rank, "ALPHA": spec.method.alpha, "LORA_DROPOUT": spec.method.dropout}
        settings |= {"TARGETS": adapters.targets, "TRANSPOSED": adapters.transposed}
    objective.to_training(model)
    optimizer = build_optimizer(model, spec.optimizer)
    if state is not None:
        restore_optimizer(model, optimizer, state)
    before = PEFT if spec.method.kind in ADAPTERS else ""
    tensors = {**trained, **{key: tensor.cpu() for key, tensor in optimizer_tensors(model, optimizer).items()}}
    if tensors:
        named = {key.replace("/", f"/{before}", 1): tensor.contiguous() for key, tensor in tensors.items()}
        save_file(named, str(start / STATE))
    modules = list(model.modules())
    learns = [name for name, parameter in model.named_parameters() if parameter.requires_grad and "lora_" not in name]
    return {
        **settings,
        **_scale(scale),
        "GOES_ON": bool(tensors),
        "FROZEN": spec.method.kind == "frozen",
        "TRAINED": [before + name for name in learns] if spec.method.kind != "full" else [],
        "FIXED_STATISTICS": any(isinstance(each, _BatchNorm) and not each.training for each in modules),
    }


def _scale(scale: ScaleState | None) -> Settings:
    return {"SCALE": scale.scale, "SCALE_GROWTH": scale.growth_tracker} if scale else {"SCALE_GROWTH": 0}


def _settings(run: RunFolder, spec: RunSpec) -> Settings:
    status, schedule, optimizer = run.status(), spec.schedule, spec.optimizer
    device = devices.choose(status.device or spec.launch.device)
    ended = status.state == "finished" and 0 < status.step < schedule.steps  # by its patience
    return {
        "RUN": spec.name,
        "SEED": spec.seed,
        "FIRST": status.parent.step + 1 if status.parent is not None else 1,
        "LAST": status.step if ended else schedule.steps,
        "STEPS": schedule.steps,
        "BATCH": schedule.batch,
        "ACCUMULATE": schedule.accumulate,
        "PROCESSES": spec.launch.processes,
        "EVALUATE_EVERY": schedule.evaluate_every,
        "DEVICE": devices.name_of(device),
        "DTYPE": Precision(spec.launch.dtype, device).name,
        "THREADS": spec.launch.threads,
        "RECOMPUTE": spec.launch.checkpointing,
        "OPTIMIZER": optimizer.name,
        "LEARNING_RATE": optimizer.learning_rate,
        "WARMUP": warmup_of(schedule),
        "DECAY": schedule.decay,
        "FINAL_SHARE": schedule.final_share,
        "WEIGHT_DECAY": optimizer.weight_decay,
        "BETA1": optimizer.beta1,
        "BETA2": optimizer.beta2,
        "CLIP": optimizer.clip,
        "CHANNELS_LAST": False,
    }
