"""The command ``plan``: whether a model fits a device, how long it takes, what to change; measured, where asked to."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Annotated, Any

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import (
    DeviceName,
    DtypeName,
    Json,
    Model,
    PrecisionName,
    load_as,
    model_to_look_at,
    result_of,
)
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.memory.plan import DTYPE_BYTES, PARTS, Plan, error_ratio, packed_of, plan, settled
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.protocol import (
    Costs,
    Describe,
    Description,
    Device,
    DeviceReport,
    Devices,
    Measured,
    MeasurePlan,
    MeasureSpeed,
    ModelRef,
    PlanQuestion,
    Speed,
    to_builtins,
)

RETRY_S = 600


class For(StrEnum):
    """What a plan is about."""

    inference = "inference"
    training = "training"


class Way(StrEnum):
    """What is trained of a model."""

    full = "full"
    lora = "lora"
    qlora = "qlora"
    frozen = "frozen"


class Optimizer(StrEnum):
    """Who moves the weights."""

    adamw = "adamw"
    sgd = "sgd"


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("plan")(plan_)


def plan_(
    model: Model,
    purpose: Annotated[For, typer.Option("--for", help="Inference or training.")] = For.inference,
    batch: Annotated[int, typer.Option(min=1, help="Batch size.")] = 1,
    context: Annotated[int, typer.Option(min=0, help="Context in tokens (0: the model's maximum).")] = 0,
    method: Annotated[
        Way, typer.Option(help="Training: all weights, LoRA, QLoRA (base in 4 bits), or the last layer only.")
    ] = Way.full,
    lora_rank: Annotated[int, typer.Option(min=1, help="LoRA rank.")] = 8,
    optimizer: Annotated[Optimizer, typer.Option(help="Training: optimizer.")] = Optimizer.adamw,
    checkpointing: Annotated[
        bool, typer.Option("--checkpointing", help="Training: gradient checkpointing (less memory, slower).")
    ] = (False),
    steps: Annotated[int, typer.Option(min=0, help="Number of updates, tokens or inputs for the time estimate.")] = 0,
    measure: Annotated[bool, typer.Option("--measure", help="Also run two real steps in a separate process.")] = (
        False
    ),
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    precision: PrecisionName = "stored",
    json: Json = False,
) -> None:
    """Say whether a model fits, for use or for training: memory by part, time, and what to change."""
    if dtype != "auto" and dtype not in DTYPE_BYTES:
        raise StudioError("dtype-unknown", dtype=dtype, device=device, dtypes=", ".join(DTYPE_BYTES))
    ref = load_as(model_to_look_at(model), device=device, dtype=dtype, precision=precision)
    question = PlanQuestion(
        purpose=purpose.value,
        dtype=dtype,
        batch=batch,
        context=context,
        precision=ref.precision,
        method=method.value,
        lora_rank=lora_rank,
        optimizer=optimizer.value,
        checkpointing=checkpointing,
        steps=steps,
    )
    costs = _costs(ref)
    check_precision(ref, costs, question)
    runs_packed = packed_of(costs, question) is not None
    where = _device("cpu" if runs_packed and device == "auto" else device)
    dtype_planned = settled(costs, question, where).dtype
    found = plan(costs, question, where, speed_of(where, dtype_planned, packed=runs_packed))
    measured = _measured(ref, question) if measure else None
    if json:
        output.print_json(_record(ref, found, measured))
    else:
        _print(ref, found, measured)


def check_precision(ref: ModelRef, costs: Costs, question: PlanQuestion) -> None:
    """Raise ``StudioError`` "precision-unsupported" where the model can't be loaded or planned so."""
    if question.precision == "stored":
        return
    reason = "The fast path doesn't support its architecture."
    if question.purpose == "training":
        reason = "Train it with --method qlora instead."
    if question.purpose == "training" or question.precision not in costs.packed:
        raise StudioError("precision-unsupported", model=ref.id, precision=question.precision, reason=reason)


def _measured(ref: ModelRef, question: PlanQuestion) -> Measured:
    measured = result_of(MeasurePlan(model=ref, question=question))
    assert isinstance(measured, Measured)
    return measured


def _costs(ref: ModelRef) -> Costs:
    description = result_of(Describe(model=ref))
    assert isinstance(description, Description)
    if description.costs is None:
        raise StudioError("plan-none", model=ref.id)
    return description.costs


def _device(wanted: str) -> Device:
    report = result_of(Devices())
    assert isinstance(report, DeviceReport)
    there = {device.id: device for device in report.devices}
    if wanted == "auto":
        return report.devices[min(1, len(report.devices) - 1)]
    found = there.get(wanted) or there.get(f"{wanted}:0")
    if found is None:
        raise StudioError("device-unknown", device=wanted, devices=", ".join(there))
    return found


def speed_of(device: Device, dtype: str, *, packed: bool = False) -> Speed | None:
    """Return the speed as measured before; the first time it is measured, which takes a few seconds."""
    known = device_speed.speed_of(device.id, dtype)
    enough = known is not None and (not packed or known.kernels_bytes > 0) and (known.idle or not _is_old(known))
    if enough or (dtype not in device.dtypes):
        return known
    output.say(f"measuring how fast {device.id} is in {dtype} (once)")
    found = result_of(MeasureSpeed(device=device.id, dtype=dtype, packed=packed))
    assert isinstance(found, Speed)
    return found


def _is_old(speed: Speed) -> bool:
    """Return whether what was measured on a busy machine is to be measured again."""
    return time.time() - speed.measured > RETRY_S


def _record(ref: ModelRef, found: Plan, measured: Measured | None) -> dict[str, Any]:
    record: dict[str, Any] = {"model": ref.id, **to_builtins(found)}
    record["advice"] = [sentence(problem) for problem in found.advice]
    record["advice_codes"] = [to_builtins(problem) for problem in found.advice]
    if measured is not None:
        record["measured_peak_bytes"] = measured.peak_bytes
        record["error_ratio"] = error_ratio(found, measured)
        record["measured_parts"] = measured.parts
        record["measured_seconds_per_step"] = measured.seconds_per_step
    return record


def _print(ref: ModelRef, found: Plan, measured: Measured | None) -> None:
    asked = found.question
    kept = asked.dtype if asked.precision == "stored" else asked.precision
    what = f"{asked.purpose}, {kept}, batch {asked.batch}"
    output.say(f"{ref.id} on {found.device}: {what}, context {numbers.exact(asked.context)}")
    header = ["PART", "PLANNED", *(["MEASURED"] if measured else [])]
    rows = [
        [name, numbers.size(found.parts[name]), *([numbers.size(measured.parts[name])] if measured else [])]
        for name in PARTS
        if found.parts[name] or (measured and measured.parts[name])
    ]
    totals = [numbers.size(found.total_bytes), *([numbers.size(measured.peak_bytes)] if measured else [])]
    rows.append(["total", *totals])
    output.print_table(header, rows, right=(1, 2) if measured else (1,))
    verdict = "fits" if found.fits else "doesn't fit"
    output.write(f"It {verdict}: {numbers.size(found.free_bytes)} are free on {found.device}.")
    if measured is not None:
        ratio = error_ratio(found, measured)
        sign = "+" if ratio >= 0 else "-"
        took = numbers.duration(measured.seconds_per_step)
        output.write(f"Plan error: {sign}{numbers.percent(abs(ratio))}; a step took {took}.")
    if found.seconds_per_step is not None:
        whole = f", all {numbers.exact(asked.steps)} {numbers.duration(found.seconds_estimate)}" if asked.steps else ""
        output.write(f"A step takes about {numbers.duration(found.seconds_per_step)}{whole}.")
    longest = f", the longest context {numbers.exact(found.largest_context)}" if found.largest_context else ""
    output.write(f"The largest batch that fits is {numbers.exact(found.largest_batch)}{longest}.")
    for problem in found.advice:
        output.write(f"  {sentence(problem)}")
