"""``python -m bigmodel_studio.engine.measuring.fresh_process``: a fresh process that measures one thing and says it on
its stdout.

It is given a ``MeasurePlan`` or a ``MeasureSpeed`` as JSON on its stdin. A plan is measured as the product works: two
steps for the most memory, two for the time with the allocator as it usually is, and one under a counter, part by part.
"""

from __future__ import annotations

import ctypes
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil
import torch
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from bigmodel_studio.core.advice.catalog import find
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.memory.plan import DEFAULT_CONTEXT, PARTS
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.folder import context_length_of, kind_of, read_config
from bigmodel_studio.core.system import process
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.generation.reference import PREFILL_TOKENS
from bigmodel_studio.engine.measuring import passes
from bigmodel_studio.engine.measuring.counting import Counter
from bigmodel_studio.engine.measuring.packed_steps import NEW_TOKENS, Steps, packed_steps, runs_packed
from bigmodel_studio.engine.measuring.peak_memory import Resident, used_by_card
from bigmodel_studio.engine.models import loading
from bigmodel_studio.engine.models.checks import check_folder
from bigmodel_studio.engine.models.reference import folder_of
from bigmodel_studio.engine.models.tensor_bytes import cache_bytes, storage_bytes, tensors
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.session import chosen_threads, physical_cores
from bigmodel_studio.protocol import Failed, Measured, MeasurePlan, MeasureSpeed, ModelKind, PlanQuestion, Speed

_MATRIX = 1024
_STREAM_BYTES = 16 * 1024 * 1024
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_MOST_MMAP_THRESHOLD = 32 * 1024 * 1024
"""Where glibc's own goes by itself as blocks are freed: see ``mallopt(3)``."""
_LOOK_S = 0.4
_READ_BYTES = 256 * 1024 * 1024
_IDLE_LOOK_S = 0.3
_IDLE_PERCENT = 20.0
"""Of all cores; above it something else computes, and what is measured of the memory is not what it can do."""


class Subject(NamedTuple):
    """A model in memory, and what is asked about it, settled."""

    model: PreTrainedModel
    kind: ModelKind
    picture: tuple[int, int]
    question: PlanQuestion


def measure(request: MeasurePlan, before: Mapping[str, int]) -> Measured:
    """Return two steps, and what they took; ``before``: see ``Resident``.

    Raises ``StudioError``, ``ValueError``, or torch's error where memory ran out.
    """
    packed = runs_packed(request)
    device = torch.device("cpu") if packed else devices.choose(request.model.device)
    warm_up(device)
    if packed:
        compiling.wait_until_ready()
        compiling.kernels()
    resident = Resident(device, before)
    overhead = resident.now()
    asked = request.question
    if packed:
        steps, settled = packed_steps(request)
    else:
        subject = load(request, device)
        steps, settled = _training(subject) if asked.purpose == "training" else _inference(subject), subject.question
    resident.reset()
    steps.step()
    steps.step()
    peak = resident.peak()
    use_memory_again()
    steps.step()
    seconds = steps.step()
    parts = {**dict.fromkeys(PARTS, 0), **steps.parts(), "overhead": overhead}
    return Measured(
        question=settled,
        device=devices.name_of(device),
        parts=parts,
        peak_bytes=peak,
        seconds_per_step=seconds,
    )


def load(request: MeasurePlan, device: torch.device) -> Subject:
    """Return the model as the question wants it. One of the catalogue has no weights: it gets random ones."""
    asked = request.question
    if request.model.source == "reference":
        with folder_of(find(request.model.id)) as folder:
            return _made(asked, folder, device, has_weights=False)
    return _made(asked, library.resolve(request.model), device, has_weights=True)


def _made(asked: PlanQuestion, folder: Path, device: torch.device, *, has_weights: bool) -> Subject:
    shipped = check_folder(folder)[1].dtype if has_weights else "float32"
    kind = kind_of(read_config(folder))
    training = asked.purpose == "training"
    wanted = "float32" if training and asked.dtype == "auto" else asked.dtype
    dtype = devices.choose_dtype(wanted, shipped, device)
    if has_weights:
        model = loading.load_model(folder, kind, dtype)
    else:
        model = loading.build_on_meta(folder, loading.auto_class_of(kind, folder))
        model = nn.Module.to_empty(nn.Module.to(model, dtype), device="cpu")
        with torch.no_grad():
            for tensor in (*model.parameters(), *model.buffers()):
                tensor.zero_()  # memory that nobody wrote to is not taken
    nn.Module.to(model, device)
    model.train(training).requires_grad_(training)
    context = context_length_of(model.config.get_text_config().to_dict()) or DEFAULT_CONTEXT
    picture = passes.picture_size(model, folder) if kind == "image-classifier" else (0, 0)
    tokens = 1 if kind == "image-classifier" else asked.context or context
    name = next(name for name, known in devices.DTYPES.items() if known == dtype)
    settled = msgspec.structs.replace(asked, dtype=name, context=tokens, batch=max(1, asked.batch))
    return Subject(model, kind, picture, settled)


# ---------------------------------------------------------------------------------------------- steps


def _inference(subject: Subject) -> Steps:
    """Measure inference; a step is a whole input; for a decoder, a prompt piece by piece and its last tokens, of which
    one is timed.
    """
    model, kind, question = subject.model, subject.kind, subject.question
    model.requires_grad_(False)
    kept: dict[str, int] = {}

    def feed(tokens: int, cache: Any) -> Any:
        given = passes.inputs(model, kind, question.batch, tokens, subject.picture)
        output = passes.read(model, kind, given, cache)
        logits = getattr(output, "logits", None)
        kept["logits"] = max(kept.get("logits", 0), 0 if logits is None else storage_bytes([logits]))
        return getattr(output, "past_key_values", None) if kind == "causal-lm" else None

    def step() -> float:
        cache: Any = None
        left = question.context
        ends = min(NEW_TOKENS, left - 1) if kind == "causal-lm" else 0
        while left > ends:
            tokens = min(left - ends, PREFILL_TOKENS) if kind == "causal-lm" else left
            started = time.perf_counter()
            cache = feed(tokens, cache)
            left -= tokens
        while left and cache is not None:
            _wait(model.device)
            started = time.perf_counter()
            cache = feed(1, cache)
            _wait(model.device)
            left -= 1
        kept["kv_cache"] = cache_bytes(cache)
        _wait(model.device)
        return time.perf_counter() - started

    def parts() -> dict[str, int]:
        counter = Counter([*model.parameters(), *model.buffers()])
        with torch.inference_mode(), counter:
            step()
        logits = min(kept["logits"], counter.peak - kept["kv_cache"])
        return {
            "weights": storage_bytes([*model.parameters(), *model.buffers()]),
            "kv_cache": kept["kv_cache"],
            "logits": logits,
            "activations": counter.peak - kept["kv_cache"] - logits,
        }

    def run() -> float:
        with torch.inference_mode():
            return step()

    return Steps(run, parts)


def _training(subject: Subject) -> Steps:
    """Return an update as the trainer makes it: the gradients of the one before are let go of after the forward
    pass.
    """
    model, question = subject.model, subject.question
    trained = passes.prepare(model, subject.kind, question.method, question.lora_rank, question.checkpointing)
    optimizer = _optimizer(question.optimizer, trained)
    kept: dict[str, int] = {}

    def note(_: nn.Module, given: Any, output: Any) -> None:
        logits = getattr(output, "logits", None)
        kept["logits"] = 0 if logits is None else storage_bytes([logits])

    model.register_forward_hook(note)

    def step() -> float:
        _wait(model.device)
        started = time.perf_counter()
        given = passes.inputs(model, subject.kind, question.batch, question.context, subject.picture)
        loss = passes.loss(model, subject.kind, given)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        _wait(model.device)
        return time.perf_counter() - started

    def parts() -> dict[str, int]:
        weights = [*model.parameters(), *model.buffers(), *trained]
        state = list(tensors(list(optimizer.state.values())))
        gradients = [tensor.grad for tensor in trained if tensor.grad is not None]
        gradient_bytes = storage_bytes(gradients)
        counter = Counter([*weights, *state], counted=gradients)
        del gradients
        with counter:
            step()
        logits = min(kept["logits"], counter.peak - gradient_bytes)
        return {
            "weights": storage_bytes(weights),
            "gradients": gradient_bytes,
            "optimizer": storage_bytes(state),
            "logits": logits,
            "activations": counter.peak - gradient_bytes - logits,
        }

    return Steps(step, parts)


def _optimizer(name: str, trained: list[Tensor]) -> torch.optim.Optimizer:
    """As the trainer builds it."""
    if name == "sgd":
        return torch.optim.SGD(trained, lr=1e-6, momentum=0.9, weight_decay=0.1)
    return torch.optim.AdamW(trained, lr=1e-6, fused=trained[0].device.type in {"cpu", "cuda"})


# ---------------------------------------------------------------------------------------------- speed


def speed(request: MeasureSpeed, before: Mapping[str, int]) -> Speed:
    """Return how fast a device multiplies, streams and issues operations, the medians of a moment; ``before``: as
    above.
    """
    device = devices.choose(request.device)
    dtype = devices.choose_dtype(request.dtype, "float32", device)
    operation_s = warm_up(device)
    resident = Resident(device, before)
    process_bytes = resident.now()
    kernels_bytes = 0
    if device.type == "cpu" and (request.packed or compiling.is_ready()):
        compiling.wait_until_ready()
        compiling.kernels()
        kernels_bytes = max(1, resident.now() - process_bytes)
    use_memory_again()
    idle = psutil.cpu_percent(_IDLE_LOOK_S) < _IDLE_PERCENT
    one, other = (torch.randn(_MATRIX, _MATRIX, device=device).to(dtype) for _ in range(2))
    source = torch.zeros(_STREAM_BYTES // 4, device=device)
    return Speed(
        device=devices.name_of(device),
        dtype=str(dtype).removeprefix("torch."),
        flops_per_s=2 * _MATRIX**3 / _usual(lambda: one @ other, device),
        bytes_per_s=2 * _STREAM_BYTES / _usual(lambda: source + 1, device),
        operation_s=operation_s,
        process_bytes=process_bytes,
        threads=torch.get_num_threads(),
        measured=time.time(),
        read_bytes_per_s=_read_rate(device),
        kernels_bytes=kernels_bytes,
        machine=device_speed.machine(),
        idle=idle,
    )


def _read_rate(device: torch.device) -> float:
    """Return bytes per second that are read of memory which no cache holds: by all cores, as the fast path reads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(physical_cores())
    try:
        large = torch.zeros(_READ_BYTES // 8, dtype=torch.int64, device=device)
        return _READ_BYTES / _usual(lambda: large.sum(), device)
    finally:
        torch.set_num_threads(threads)


def _usual(work: Callable[[], object], device: torch.device) -> float:
    """Return the median of the seconds that it takes."""
    taken, end = [], time.perf_counter() + _LOOK_S
    while time.perf_counter() < end:
        _wait(device)
        started = time.perf_counter()
        work()
        _wait(device)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def use_memory_again() -> None:
    """Have glibc's allocator keep, from here on, what is freed for what comes next, as it does where nobody pins it."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_MMAP_THRESHOLD, _MOST_MMAP_THRESHOLD)
        libc.mallopt(_M_TRIM_THRESHOLD, 2 * _MOST_MMAP_THRESHOLD)


def warm_up(device: torch.device) -> float:
    """Train networks of next to nothing, so that the libraries have what they keep for good.

    Gives the seconds that an operation of a model takes to be issued where there is next to nothing to compute.
    """
    pictures = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8 * 6 * 6, 8)).to(device)
    pictures(torch.zeros(2, 3, 8, 8, device=device)).sum().backward()
    shape: dict[str, Any] = {"hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "vocab_size": 16}
    model: Any = LlamaForCausalLM(LlamaConfig(num_hidden_layers=2, max_position_embeddings=16, **shape))
    nn.Module.to(model, device)
    given = passes.inputs(model, "causal-lm", 1, 4, (0, 0))
    passes.loss(model, "causal-lm", given).backward()  # type: ignore[no-untyped-call]
    trained = [*pictures.parameters(), *model.parameters()]
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    _optimizer("adamw", trained).step()
    with torch.inference_mode(), Counter([]) as counter:
        passes.read(model, "causal-lm", given)
    with torch.inference_mode():
        return _usual(lambda: passes.read(model, "causal-lm", given), device) / float(counter.operations)


def _wait(device: torch.device) -> None:
    if device.type != "cpu":
        torch.accelerator.synchronize(device)


def main() -> None:
    """Answer with one JSON document: the result, or ``Failed`` with the reason."""
    process.die_with(int(sys.argv[1]))
    answer_to = os.dup(1)
    os.dup2(2, 1)  # what libraries print is no answer
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=MeasurePlan | MeasureSpeed)
    torch.set_num_threads(chosen_threads() or 1)
    before = used_by_card()
    try:
        result = measure(request, before) if isinstance(request, MeasurePlan) else speed(request, before)
        encoded = msgspec.json.encode(result)
    except StudioError as error:
        encoded = msgspec.json.encode(Failed(problem=error.problem, id="", blame="input"))
    with os.fdopen(answer_to, "wb") as stream:
        stream.write(encoded)


if __name__ == "__main__":
    main()
