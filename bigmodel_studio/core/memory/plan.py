"""Whether a model fits a device and how long it takes: memory by part, the largest batch and context, what to change.

Pure arithmetic over ``Costs``, which an engine counted from the model's own structure, so that it is instant while
sliders move. No number here was fitted to a model: what is not counted is what a process takes before it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from bigmodel_studio.core.memory.device_memory import CPU
from bigmodel_studio.core.memory.need import CUDA_CONTEXT_BYTES, MOMENTS, PROCESS_BYTES
from bigmodel_studio.core.specs.objectives import ADAPTERS, QLORA
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import (
    Costs,
    Device,
    Growth,
    Measured,
    PackedCosts,
    Pass,
    PlanQuestion,
    Precision,
    Problem,
    Speed,
)

PARTS = ("weights", "gradients", "optimizer", "activations", "kv_cache", "logits", "overhead")
DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
DEFAULT_CONTEXT = 512
"""Tokens of an item where the model knows no bound."""
MOST = 1 << 20
"""Beyond this no batch or context is looked for."""
CHECKPOINTING = "+checkpointing"
SHORT = "/short"
_LEAST_CONTEXT = 16


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan answers. ``parts`` has the keys of ``PARTS``, in bytes, and adds up to ``total_bytes``.

    ``question`` is the one that was asked, "auto" and 0 replaced by what they stand for. A step is an update of a
    training, or a token, picture or input for each item of the batch; ``seconds_estimate`` is of all ``steps``.
    ``largest_batch`` and ``largest_context`` are each alone, the rest as asked; 0 where not even 1 fits. ``advice`` are
    codes of ``core.text.messages``, the most effective first.
    """

    device: str
    question: PlanQuestion
    parts: dict[str, int]
    total_bytes: int
    free_bytes: int
    fits: bool
    seconds_per_step: float | None
    seconds_estimate: float | None
    largest_batch: int
    largest_context: int
    advice: tuple[Problem, ...]


def plan(costs: Costs, question: PlanQuestion, device: Device, speed: Speed | None = None) -> Plan:
    """Return memory by part, time and advice for one question. What ``speed`` does not say is not estimated."""
    if not _computes_blocks(question) or device.kind != "cpu":
        costs = _without_blocks(costs)
    asked = settled(costs, question, device)
    overhead = overhead_of(device, speed)
    parts = parts_of(costs, asked, overhead)
    total = sum(parts.values())
    step = seconds_per_step(costs, asked, speed)
    fits = total <= device.free_bytes

    def enough(changed: PlanQuestion) -> bool:
        return sum(parts_of(costs, changed, overhead).values()) <= device.free_bytes

    longest = costs.context_length or MOST
    pictures = costs.picture_px > 0
    return Plan(
        device=device.id,
        question=asked,
        parts=parts,
        total_bytes=total,
        free_bytes=device.free_bytes,
        fits=fits,
        seconds_per_step=step,
        seconds_estimate=None if step is None else step * max(1, asked.steps),
        largest_batch=_largest(lambda n: enough(msgspec.structs.replace(asked, batch=n)), MOST),
        largest_context=0 if pictures else _largest(lambda n: enough(_with_context(asked, n)), longest),
        advice=() if fits else tuple(_advice(costs, asked, device, overhead)),
    )


def settled(costs: Costs, question: PlanQuestion, device: Device) -> PlanQuestion:
    """Return the question with "auto" and 0 replaced: the dtype that the device would take, the model's own context."""
    dtype = question.dtype
    if dtype == "auto":  # as the engine loads it: float32 where it trains, or on a CPU; else 16 bits where it has them
        narrow = question.purpose == "inference" and device.kind != "cpu"
        narrow = narrow and costs.parameter_bytes < costs.parameters * DTYPE_BYTES["float32"]
        dtype = device.dtypes[0] if narrow and device.dtypes else "float32"
    tokens = 1 if costs.picture_px else question.context or costs.context_length or DEFAULT_CONTEXT
    return msgspec.structs.replace(question, dtype=dtype, context=tokens, batch=max(1, question.batch))


def packed_of(costs: Costs, question: PlanQuestion) -> PackedCosts | None:
    """Return the costs of packed weights where the question, as it is asked, is about such.

    A GGUF file's blocks are so as stored, unless a dtype is asked for: then they are dequantised.
    """
    return _packed_of(costs if _computes_blocks(question) else _without_blocks(costs), question)


def _computes_blocks(question: PlanQuestion) -> bool:
    return question.precision != "stored" or question.dtype == "auto"


def _without_blocks(costs: Costs) -> Costs:
    packed = {name: each for name, each in costs.packed.items() if name != "stored"}
    return msgspec.structs.replace(costs, packed=packed) if len(packed) < len(costs.packed) else costs


def _packed_of(costs: Costs, question: PlanQuestion) -> PackedCosts | None:
    return costs.packed.get(question.precision) if question.purpose == "inference" else None


class Overhead(NamedTuple):
    """What a process takes on a device before it has a model, and whether what a CPU's library uses comes on top."""

    process_bytes: int
    on_cpu: bool
    threads: int = 1
    kernels_bytes: int = 0


def overhead_of(device: Device, speed: Speed | None) -> Overhead:
    """Return the overhead as measured here, else as measured elsewhere."""
    on_cpu = device.kind == "cpu"
    measured = speed.process_bytes if speed is not None else 0
    process = measured or (PROCESS_BYTES if on_cpu else CUDA_CONTEXT_BYTES)
    return Overhead(process, on_cpu, speed.threads if speed else 1, speed.kernels_bytes if speed else 0)


def parts_of(costs: Costs, question: PlanQuestion, overhead: Overhead) -> dict[str, int]:
    """Return bytes by part of a settled question, at the moment when they are most together."""
    packed = _packed_of(costs, question)
    if packed is not None:
        return {**dict.fromkeys(PARTS, 0), **_packed(packed, question, overhead)}
    size = DTYPE_BYTES[question.dtype]
    weights = costs.parameters * size + costs.buffer_bytes
    if question.purpose == "training" and question.method == QLORA:
        weights = costs.frozen_bytes
    made = _inference if question.purpose == "inference" else _training
    if question.purpose == "training" and question.method in ADAPTERS:
        weights += trained_parameters(costs, question) * size
    parts = made(costs, question, size)
    parts = {**parts, "weights": weights, "overhead": overhead.process_bytes + parts["overhead"] * overhead.on_cpu}
    return {name: round(parts[name]) for name in PARTS}


def trained_parameters(costs: Costs, question: PlanQuestion) -> int:
    """Return how many have a gradient under the question's method."""
    if question.method in ADAPTERS:
        return costs.lora_per_rank * question.lora_rank
    return costs.head_parameters if question.method == "frozen" else costs.parameters


def seconds_per_step(costs: Costs, question: PlanQuestion, speed: Speed | None) -> float | None:
    """Return the larger of computing and streaming for matrix products, and the rest streamed; None where not known."""
    if speed is None or speed.flops_per_s <= 0 or speed.bytes_per_s <= 0:
        return None
    packed = _packed_of(costs, question)
    if packed is not None:
        if not speed.read_bytes_per_s or not speed.idle:
            return None
        kept = question.batch * -(-question.context // packed.block_tokens) * packed.block_bytes
        return (packed.read_bytes + kept) / speed.read_bytes_per_s
    size = DTYPE_BYTES[question.dtype]
    batch, attended = question.batch, question.context
    tokens = attended
    if question.purpose == "inference":
        name, tokens = ("next", 1) if costs.decodes else ("read", attended)
        one = _pass(costs, name, size, attended)
        more = 0.0
    else:
        one = _training_pass(costs, question, size)
        trained = trained_parameters(costs, question) * size
        more = trained * (3 + 2 * MOMENTS.get(question.optimizer, 0))  # read all; write all but the gradient
    if one is None:
        return None
    products = max(
        one.flops.at(batch, tokens, attended) / speed.flops_per_s,
        one.product_bytes.at(batch, tokens, attended) / speed.bytes_per_s,
    )
    streamed = (one.other_bytes.at(batch, tokens, attended) + more) / speed.bytes_per_s
    return products + max(streamed, one.operations * speed.operation_s)


# ---------------------------------------------------------------------------------------------- parts


def _inference(costs: Costs, question: PlanQuestion, size: int) -> dict[str, float]:
    """Return a prompt of the whole context, piece by piece where the model decodes; or one input at a time, whole."""
    batch, context = question.batch, question.context
    first = min(context, costs.piece_tokens or context)
    read = _pass(costs, "read", size, first)
    peak = _peak(read.forward, batch, first, first) if read is not None else 0.0
    logits = read.logits.at(batch, first) if read is not None else 0.0
    cache = 0.0
    if costs.decodes:
        numbers_kept = costs.cache_floats_short if context <= costs.window else costs.cache_floats
        cache = numbers_kept.at(batch, context) * size
        for tokens, attended in _later_pieces(context, costs.piece_tokens):
            on = _pass(costs, "go-on", size, attended)
            peak = max(peak, _peak(on.forward, batch, tokens, attended) if on is not None else 0.0)
        peak = max(peak, cache)
    logits = min(logits, peak - cache)
    working = max(0.0, _peak(read.working, batch, first, first) - peak) if read is not None else 0.0
    parts = {"kv_cache": cache, "logits": logits, "activations": peak - cache - logits, "overhead": working}
    return {**_none(), **parts}


def _later_pieces(context: int, piece: int) -> Iterator[tuple[int, int]]:
    """Yield the last whole piece of a prompt and what is left of it, with all that is seen by then."""
    whole, rest = divmod(context, piece)
    if whole > 1:
        yield piece, whole * piece
    if whole and rest:
        yield rest, context


def _training(costs: Costs, question: PlanQuestion, size: int) -> dict[str, float]:
    """Return a step of a training under way: the gradients of the step before are there until its own backward pass."""
    batch, context = question.batch, question.context
    one = _training_pass(costs, question, size)
    trained = trained_parameters(costs, question)
    gradients = trained * size
    moments = trained * size * MOMENTS.get(question.optimizer, 0)
    updating = min(costs.largest_parameter, trained) * size if question.optimizer == "sgd" else 0
    beside = 0.0 if question.method not in ADAPTERS else _more_of_lora(costs, question, size)
    forward = _peak(one.forward, batch, context, context) + beside if one is not None else 0.0
    backward = _peak(one.backward, batch, context, context) + beside if one is not None else 0.0
    if question.method in ADAPTERS:  # counted with the gradients of the rank that was counted
        backward += (question.lora_rank - costs.lora_rank) * costs.lora_per_rank * size
    peak = max(gradients + forward, backward, gradients + updating)
    logits = min(one.logits.at(batch, context) if one is not None else 0.0, peak - gradients)
    return {
        **_none(),
        "gradients": gradients,
        "optimizer": moments,
        "logits": logits,
        "activations": peak - gradients - logits,
    }


def _more_of_lora(costs: Costs, question: PlanQuestion, size: int) -> float:
    """Return what adapters of this rank keep beyond those of the rank that was counted: one narrow output a layer."""
    more = (question.lora_rank - costs.lora_rank) * size
    return more * costs.lora_kept.at(question.batch, question.context)


def _packed(packed: PackedCosts, question: PlanQuestion, overhead: Overhead) -> dict[str, int]:
    """Return the parts of running from packed weights; buffers are what a step of any length takes."""
    blocks = -(-question.context // packed.block_tokens)
    positions = 1 << max(9, (question.context + packed.block_tokens - 1).bit_length())
    threads = max(1, overhead.threads)
    tables = (packed.position_bytes - 4) * positions + threads * (4 * positions + packed.once_bytes)
    return {
        "weights": packed.weight_bytes,
        "kv_cache": question.batch * blocks * packed.block_bytes,
        "activations": packed.step_bytes + tables,
        "overhead": overhead.process_bytes + overhead.kernels_bytes,
    }


def _none() -> dict[str, float]:
    return dict.fromkeys(PARTS, 0.0)


def _pass(costs: Costs, name: str, size: int, attended: int) -> Pass | None:
    """Return the pass of that name; within the window where all of ``seen`` is."""
    suffix = SHORT if attended <= costs.window else ""
    return costs.passes.get(f"{name}/{size}{suffix}") or costs.passes.get(f"{name}/4{suffix}")


def error_ratio(planned: Plan, measured: Measured) -> float:
    """Return predicted over measured, less 1; of the tensors alone where nothing beside them could be measured."""
    whole = measured.device == CPU or measured.parts.get("overhead", 0) > 0
    predicted = planned.total_bytes if whole else planned.total_bytes - planned.parts["overhead"]
    return predicted / measured.peak_bytes - 1 if measured.peak_bytes else 0.0


def _training_pass(costs: Costs, question: PlanQuestion, size: int) -> Pass | None:
    name = question.method + CHECKPOINTING * question.checkpointing
    return _pass(costs, name, size, question.context) or _pass(costs, question.method, size, question.context)


def _peak(moments: Iterable[Growth], batch: int, tokens: int, attended: int) -> float:
    return max((moment.at(batch, tokens, attended) for moment in moments), default=0.0)


# ---------------------------------------------------------------------------------------------- what fits


def _with_context(question: PlanQuestion, context: int) -> PlanQuestion:
    return msgspec.structs.replace(question, context=context)


def _largest(fits: Callable[[int], bool], most: int) -> int:
    """Return the largest whole number from 1 to ``most`` that fits, 0 where none does. Memory only grows with it."""
    if not fits(1):
        return 0
    low = 1
    while low < most and fits(min(most, low * 2)):
        low = min(most, low * 2)
    high = min(most, low * 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _advice(costs: Costs, asked: PlanQuestion, device: Device, overhead: Overhead) -> Iterator[Problem]:
    """Yield what would make it smaller, each alone: first those after which it fits, the largest saving first."""
    now = sum(parts_of(costs, asked, overhead).values())
    ways = []
    for code, changed, argument in _ways(costs, asked, device, overhead):
        total = sum(parts_of(costs, changed, overhead).values())
        if total < now:
            ways.append((total > device.free_bytes, total, code, argument))
    for _, total, code, argument in sorted(ways):
        yield Problem(code=code, arguments={"to": argument, "size": numbers.size(total)})
    if all(too_large for too_large, *_ in ways):
        arguments: dict[str, str | int | float] = {"size": numbers.size(now), "free": numbers.size(device.free_bytes)}
        yield Problem(code="plan-smaller-model", arguments=arguments)


def _ways(
    costs: Costs, asked: PlanQuestion, device: Device, overhead: Overhead
) -> Iterator[tuple[str, PlanQuestion, str | int]]:
    """Yield possible changes: (code, the changed question, what it is changed to)."""

    def enough(question: PlanQuestion) -> bool:
        return sum(parts_of(costs, question, overhead).values()) <= device.free_bytes

    change = msgspec.structs.replace
    if asked.batch > 1:
        batch = max(1, _largest(lambda n: enough(change(asked, batch=n)), asked.batch))
        yield "plan-batch", change(asked, batch=batch), batch
    if asked.context > _LEAST_CONTEXT and not costs.picture_px:
        context = max(_LEAST_CONTEXT, _largest(lambda n: enough(_with_context(asked, n)), asked.context))
        yield "plan-context", _with_context(asked, context), context
    smaller: list[Precision] = ["4-bit", "8-bit"] if asked.precision == "stored" else ["4-bit"]
    for precision in smaller if asked.purpose == "inference" and asked.precision != "4-bit" else ():
        if precision in costs.packed:
            yield "plan-precision", change(asked, precision=precision), precision
    if (
        asked.dtype == "float32"
        and asked.precision == "stored"
        and "bfloat16" in device.dtypes
        and asked.purpose == "inference"
    ):
        yield "plan-dtype", change(asked, dtype="bfloat16"), "bfloat16"
    if asked.purpose == "inference":
        return
    if not asked.checkpointing and f"{asked.method}{CHECKPOINTING}/4" in costs.passes:
        yield "plan-checkpointing", change(asked, checkpointing=True), ""
    if asked.method == "full" and costs.lora_per_rank:
        yield "plan-lora", change(asked, method="lora"), asked.lora_rank
    if asked.method in {"full", "lora"} and costs.frozen_bytes and "qlora/4" in costs.passes:
        yield "plan-qlora", change(asked, method="qlora"), asked.lora_rank
    if asked.method != "frozen" and costs.head_parameters:
        yield "plan-frozen", change(asked, method="frozen"), ""
    if asked.optimizer == "adamw":
        yield "plan-optimizer", change(asked, optimizer="sgd"), "sgd"
