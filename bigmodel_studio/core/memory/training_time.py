"""How long a run will take here: its work by its shape, over what was measured of the device's speed.

Counted are the floating-point operations, the bytes of what is kept for the backward pass, and the operations that are
issued; what a process and an update take beside their model was measured. A few tens of percent off is what to expect:
it is there to tell minutes from hours. Nothing is built, torch is not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from bigmodel_studio.core.advice.advice_candidates import main_device
from bigmodel_studio.core.advice.estimated_costs import OPERATIONS, number_in
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.memory.need import MOMENTS
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.models.folder import context_length_of, read_config
from bigmodel_studio.core.models.weights import read_weights
from bigmodel_studio.core.specs.objectives import SCRATCH, TRAINABLE
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Speed

START_S = 6.0
"""What a run's process takes for itself: to import what it needs, to read its data, and to save (2 cores, measured)."""
UPDATE_S = 0.004
"""What an update takes beside its model: its batch, its records, what is looked at (the same)."""
REACHED = 0.6
"""Of the speed that large matrix products have, what those of small networks reach (the same: 0.5 to 0.7)."""
BACKWARD = 3
"""A step is a forward pass, and a backward pass of twice its work."""
PASSES = {"frozen": 1, "lora": 2, "qlora": 2}
"""By method: an adapter's step needs no gradients of the base's weights, a head's no backward pass through the rest."""
_VOCABULARY = 1024
"""Where a folder's tokenizer is named: it is not opened for this."""


class Work(NamedTuple):
    """Of a forward pass over one batch: FLOPs, bytes that are kept of it, and the operations that are issued."""

    flops: float
    kept_bytes: float
    operations: float
    parameters: int


class TimeEstimate(NamedTuple):
    """Seconds of a run, None where they are not known; ``measured``: whether this computer's speed is."""

    seconds: float | None
    measured: bool


def seconds_of(spec: RunSpec, speed: Speed) -> float | None:
    """Return the seconds of one run, alone on its device; None for a model whose work is not known."""
    work_of = _WORK.get(spec.model.architecture) if spec.model.base == SCRATCH else _of_folder
    if work_of is None or min(speed.flops_per_s, speed.bytes_per_s) <= 0:
        return None
    try:
        work = work_of(spec)
    except (StudioError, OSError):  # said where the form looks at it
        return None
    if work is None:
        return None
    schedule, passes = spec.schedule, PASSES.get(spec.method.kind, BACKWARD)
    trained = work.parameters if passes == BACKWARD else 0
    optimizer_bytes = trained * shape.FLOAT32_BYTES * (3 + 2 * MOMENTS[spec.optimizer.name])
    one = _pass_s(work, speed)
    update = schedule.accumulate * passes * one + optimizer_bytes / speed.bytes_per_s + UPDATE_S
    looks = -(-schedule.steps // schedule.evaluate_every) * schedule.evaluation_batches if spec.data.evaluation else 0
    return START_S + schedule.steps * update + looks * one


def estimate(spec: RunSpec) -> TimeEstimate:
    """Return how long a run takes on this computer's main device, as far as its speed was measured and its model is
    known: by its shape, or by the config and the headers of what it trains on. It reads files.
    """
    device = main_device()
    usual = "bfloat16" if device.kind == "cuda" else "float32"
    speed = device_speed.speed_of(device.id, usual if spec.launch.dtype == "auto" else spec.launch.dtype)
    if speed is None:
        return TimeEstimate(None, measured=False)
    return TimeEstimate(seconds_of(spec, speed), measured=True)


def seconds_of_all(specs: Iterable[RunSpec], speed: Speed, at_once: int = 1) -> float | None:
    """Return the seconds of all these; those that compute at once share the device, and only their starts are side by
    side.
    """
    each = [seconds_of(spec, speed) for spec in specs]
    known = [seconds for seconds in each if seconds is not None]
    if len(known) != len(each):
        return None
    starts = len(known) * START_S
    return sum(known) - starts + starts / max(1, min(at_once, len(known)))


def _pass_s(work: Work, speed: Speed) -> float:
    products = work.flops / (speed.flops_per_s * REACHED)
    return products + max(work.kept_bytes / speed.bytes_per_s, work.operations * speed.operation_s)


def _gpt(spec: RunSpec) -> Work:
    model = spec.model
    kind, _, size = model.tokenizer.partition(":")
    vocabulary = int(size) if kind == "train" and size.isdigit() else _VOCABULARY
    parameters = shape.gpt_parameters(
        vocabulary=vocabulary, context=model.context, width=model.width, layers=model.layers
    )
    return _of_tokens(spec, parameters, vocabulary, model.context, model.width, model.layers, model.heads)


def _bert(spec: RunSpec) -> Work:
    model = spec.model
    kind, _, size = model.tokenizer.partition(":")
    vocabulary = int(size) if kind == "train" and size.isdigit() else _VOCABULARY
    parameters = shape.bert_parameters(
        vocabulary=vocabulary, context=model.context, width=model.width, layers=model.layers,
        next_sentence=spec.masking.next_sentence,
    )  # fmt: skip
    return _of_tokens(spec, parameters, vocabulary, model.context, model.width, model.layers, model.heads)


def _of_folder(spec: RunSpec) -> Work | None:
    """Return the work of a model of text that is trained on; None of any other."""
    folder = resolve_spec(spec).base_folder()
    if folder is None:
        return None
    config = read_config(folder)
    inner = config.get("text_config")
    text = {**config, **inner} if isinstance(inner, dict) else config
    width, vocabulary = number_in(text, "hidden_size", "n_embd", "d_model"), number_in(text, "vocab_size")
    layers = number_in(text, "num_hidden_layers", "num_layers", "n_layer")
    if not (width and vocabulary and layers):
        return None
    context = min(spec.model.context, context_length_of(text) or spec.model.context)
    heads = number_in(text, "num_attention_heads", "num_heads", "n_head") or 1
    return _of_tokens(spec, read_weights(folder).parameters, vocabulary, context, width, layers, heads)


def _of_tokens(
    spec: RunSpec, parameters: int, vocabulary: int, context: int, width: int, layers: int, heads: int
) -> Work:
    rows = spec.schedule.batch * TRAINABLE[spec.objective].rows
    tokens = rows * context
    # Two for each weight that a token meets, and four widths for each that it looks back at.
    met = parameters - context * width
    flops = tokens * (2.0 * met + 4.0 * layers * width * context)
    kept = shape.decoder_activation_bytes(
        batch=rows, context=context, width=width, layers=layers, heads=heads, vocabulary=vocabulary
    )
    return Work(flops, float(kept), float(layers * OPERATIONS["plain"]), parameters)


def _cifar_resnet(spec: RunSpec) -> Work:
    """Count by stages, each of which has a third of the convolutions; each halves the picture's sides and widens it."""
    model, pictures = spec.model, spec.schedule.batch
    convolutions = (model.layers - 2) // 3
    flops = kept = 0.0
    for stage, width in enumerate(model.widths):
        pixels = pictures * max(1, model.image_size >> stage) ** 2
        flops += convolutions * 2.0 * 9 * width * width * pixels
        kept += convolutions * 3.0 * width * pixels * shape.FLOAT32_BYTES  # its output, normalised, and past the ReLU
    parameters = shape.cifar_resnet_parameters(layers=model.layers, widths=model.widths, labels=0)
    return Work(flops, kept, 3.0 * model.layers, parameters)


_WORK: dict[str, Callable[[RunSpec], Work | None]] = {"gpt": _gpt, "bert": _bert, "cifar-resnet": _cifar_resnet}
