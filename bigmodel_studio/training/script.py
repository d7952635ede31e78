"""A run as a plain PyTorch script that gives the same losses: the script, the model it starts from, and its data.

What prepares data (tokenising, decoding pictures) is done here once more, so that the script needs none of it. The text
of the scripts is in ``script_parts``; another objective is a function here and a part there.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from safetensors.torch import save_file

from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.objectives import SCRATCH
from bigmodel_studio.core.runs import RunFolder, find_run
from bigmodel_studio.core.spec import RunSpec
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Event, ExportScript, Progress
from bigmodel_studio.training import checkpoint, cutting, objectives, script_parts
from bigmodel_studio.training.objectives import Objective
from bigmodel_studio.training.objectives.causal_lm import CausalLM
from bigmodel_studio.training.objectives.classify_images import ClassifyImages
from bigmodel_studio.training.precision import Precision
from bigmodel_studio.training.trainer_state import TRAINER_TENSORS

SCRIPT, START, DATA = "train.py", "start", "data"


class Part(NamedTuple):
    """What is an objective's own in a script."""

    imports: str
    code: str


def export_script(request: ExportScript, session: Session) -> Iterator[Event]:
    """The task: see ``write_script``."""
    yield Progress(what="loading")
    write_script(find_run(request.run), Path(request.folder))
    yield Done()


def write_script(run: RunFolder, folder: Path) -> list[Path]:
    """Write ``train.py`` with what it needs into a new folder; the files. Nothing half-made is left.

    Raises ``StudioError`` "run-foreign", "script-not-built", "folder-taken", and where data or model cannot be used;
    ``OSError``.
    """
    run.check_ours()
    spec = run.spec()
    if spec is None:
        raise StudioError("run-unknown", run=run.name)
    writer = _WRITERS.get(spec.objective)
    device = devices.choose(spec.launch.device)
    dtype = Precision(spec.launch.dtype, device).name
    for what, built in ((spec.objective, writer), (spec.method.kind, spec.method.kind != "lora"),
                        (dtype, dtype != "float16"), ("mixup", not spec.data.mixup),
                        ("label_smoothing", not spec.method.label_smoothing)):  # fmt: skip
        if not built:
            raise StudioError("script-not-built", what=what)
    if folder.exists() and any(folder.iterdir()):
        raise StudioError("folder-taken", path=str(folder))
    parent = run.status().parent
    begin = run.checkpoint_path(parent.step) if parent is not None else None
    objective = objectives.build(spec, begin, lambda *_: None)
    made = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(made, ignore_errors=True)
    try:
        (made / DATA).mkdir(parents=True)
        objective.model.save_pretrained(str(made / START))
        objective.save_beside(made / START)
        if begin is not None:
            save_file(checkpoint.load_trainer(begin)[1].whole(), str(made / START / TRAINER_TENSORS))
        part = writer(objective, spec, made / DATA) if writer is not None else Part("", "")
        first = parent.step + 1 if parent is not None else 1
        (made / SCRIPT).write_text(_filled(spec, part, first, devices.name_of(device), dtype), "utf-8")
        if folder.exists():
            folder.rmdir()  # it was empty, and a folder cannot take its place everywhere
        made.replace(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _filled(spec: RunSpec, part: Part, first: int, device: str, dtype: str) -> str:
    schedule, optimizer = spec.schedule, spec.optimizer
    return script_parts.SCRIPT.format(
        name=spec.name.replace('"', "'"),
        objective=spec.objective,
        imports=part.imports,
        data=part.code,
        seed=spec.seed,
        first=first,
        steps=schedule.steps,
        batch=schedule.batch,
        accumulate=schedule.accumulate,
        device=device,
        dtype=dtype,
        threads=spec.launch.threads,
        learning_rate=optimizer.learning_rate,
        warmup=schedule.steps // 20 if schedule.warmup < 0 else schedule.warmup,
        decay=schedule.decay,
        final_share=schedule.final_share,
        weight_decay=optimizer.weight_decay,
        beta1=optimizer.beta1,
        beta2=optimizer.beta2,
        clip=repr(optimizer.clip) if optimizer.clip else "math.inf",
        recompute=spec.launch.checkpointing,
        optimizer=script_parts.SGD if optimizer.name == "sgd" else script_parts.ADAMW,
    )


def _text(objective: Objective, spec: RunSpec, folder: Path) -> Part:
    if not isinstance(objective, CausalLM):
        raise TypeError(type(objective).__name__)
    tokens = objective.tokens.train
    with open(folder / "train.bin", "wb") as stream:
        tokens.tofile(stream)
    code = script_parts.TEXT.format(context=objective.context, dtype=str(tokens.dtype))
    return Part(script_parts.TEXT_IMPORTS, code.rstrip())


def _pictures(objective: Objective, spec: RunSpec, folder: Path) -> Part:
    if not isinstance(objective, ClassifyImages):
        raise TypeError(type(objective).__name__)
    objective.data.train.copy_to(folder)
    seen = objective.input
    trained = [name for name, parameter in objective.model.named_parameters() if parameter.requires_grad]
    code = script_parts.PICTURES.format(
        height=seen.height,
        width=seen.width,
        smallest_crop=spec.data.smallest_crop,
        flip=spec.data.flip,
        widest_aspect=cutting.WIDEST_ASPECT,
        scale=seen.scale,
        shift=seen.shift,
        flipped=seen.flipped,
        fine_tuned=spec.model.base != SCRATCH,
        trained_only=trained if spec.method.kind == "frozen" else [],
        cut=inspect.getsource(cutting.cut),
    )
    return Part(script_parts.PICTURE_IMPORTS, code.rstrip())


_WRITERS: dict[str, Callable[[Objective, RunSpec, Path], Part]] = {"causal-lm": _text, "classify-images": _pictures}
