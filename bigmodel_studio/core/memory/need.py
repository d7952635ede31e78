"""How much memory a run will take on each device, before it is started, and where each number comes from.

Weights, gradients and the optimizer's moments are counted from the shape, or from the headers of the weights that are
trained on; activations are estimated from what the backward pass keeps; what a process takes before it has a model was
measured. Nothing is built and torch is not imported, so that a queue can ask once a second.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bigmodel_studio.core.memory.device_memory import CPU
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.models.folder import context_length_of, read_config
from bigmodel_studio.core.models.packed_sizes import frozen_bytes
from bigmodel_studio.core.models.weights import read_weights
from bigmodel_studio.core.specs.objectives import ADAPTERS, QLORA, TRAINABLE
from bigmodel_studio.core.specs.resolved import LEARNT, ResolvedSpec, resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError

Source = Literal["counted", "estimated", "measured"]
PartName = Literal["weights", "gradients", "optimizer", "activations", "process"]

PROCESS_BYTES = 450_000_000
"""The most that a training process of a network of next to nothing has resident (Linux, torch 2.13, a CPU build)."""
KEPT_BY_MALLOC = 1.6
"""On a CPU, by how much more than the activations the process grows: glibc keeps freed blocks (1.2 to 1.7 measured)."""
CUDA_CONTEXT_BYTES = 600_000_000
"""What CUDA and its libraries take on a card beside torch's tensors: a guess, which no card here has confirmed."""
MOMENTS = {"adamw": 2, "sgd": 1}
"""Numbers that an optimizer keeps for each parameter that is trained."""
PICTURE_FLOATS = 500
"""Of activations for each pixel of a picture, in networks that halve it before they widen (ResNet-50: about 660)."""


FROZEN_KEEPS_LESS = 8
"""Where only the head is trained nothing is kept for a backward pass, but what a few layers hold at a time: a guess."""


class Part(NamedTuple):
    """Bytes of one kind, and how they are known."""

    name: PartName
    bytes: int
    source: Source


class Need(NamedTuple):
    """What a run will hold on one device."""

    device: str
    parts: tuple[Part, ...]

    @property
    def bytes(self) -> int:
        """All parts together."""
        return sum(part.bytes for part in self.parts)

    @property
    def sure_bytes(self) -> int:
        """Those that were counted: with less than these it cannot work."""
        return sum(part.bytes for part in self.parts if part.source == "counted")


class _Network(NamedTuple):
    parameters: int
    activation_bytes: int
    """In float32."""
    frozen_bytes: int = 0
    """Weights of the base where QLoRA keeps it in 4 bits."""


def needed_by(spec: RunSpec) -> tuple[object, ...]:
    """Return what ``need_of`` looks at: two specs that have the same in common need the same memory."""
    return spec.model, spec.method, spec.optimizer.name, spec.schedule.batch, spec.masking, spec.launch


@functools.lru_cache(maxsize=256)
def need_of(spec: RunSpec, accelerators: tuple[str, ...] = ()) -> tuple[Need, ...]:
    """Return what the run will take, the device that it computes on first; ``accelerators`` are those of this machine.

    A model that cannot be looked at counts for nothing: its run is let in, and says itself what is wrong with it.
    """
    device = device_of(spec, accelerators)
    try:
        resolved = resolve_spec(spec)
        base = resolved.base_folder()
        network = (
            _BUILDERS.get(spec.model.architecture, _nothing)(resolved) if base is None else _from_folder(spec, base)
        )
    except StudioError:
        network = _Network(0, 0)
    packed = spec.method.kind == QLORA and network.frozen_bytes > 0
    weights = network.frozen_bytes if packed else shape.weight_bytes(network.parameters)
    frozen = spec.method.kind == "frozen"
    trained = 0 if frozen or spec.method.kind in ADAPTERS else weights
    kept = network.activation_bytes // FROZEN_KEEPS_LESS if frozen else network.activation_bytes
    parts = (
        Part("weights", weights, "counted"),
        Part("gradients", trained, "counted"),
        Part("optimizer", trained * MOMENTS[spec.optimizer.name], "counted"),
        Part("activations", int(kept * (KEPT_BY_MALLOC if device == CPU else 1)), "estimated"),
    )
    processes = spec.launch.processes
    own = PROCESS_BYTES * (processes if processes == 1 else processes + 1)  # torchrun's agent is one more
    if device == CPU:
        return (Need(CPU, (*_on_all(parts, spec), Part("process", own, "measured"))),)
    beside = (Part("weights", weights * processes, "counted"), Part("process", own, "measured"))
    card = (*_on_each(parts, spec), Part("process", CUDA_CONTEXT_BYTES, "estimated"))
    cards = [device] if processes == 1 else [*accelerators[:processes]] or [device]
    return (*(Need(one, card) for one in cards), Need(CPU, beside))


def _on_all(parts: tuple[Part, ...], spec: RunSpec) -> tuple[Part, ...]:
    """Return what all processes of the run take together: "fsdp" shares what "ddp" has once in each."""
    processes = spec.launch.processes
    shared = frozenset({"weights", "gradients", "optimizer"}) if spec.launch.strategy == "fsdp" else frozenset()
    return tuple(part if part.name in shared else part._replace(bytes=part.bytes * processes) for part in parts)


def _on_each(parts: tuple[Part, ...], spec: RunSpec) -> tuple[Part, ...]:
    """Return what each process takes on its own card."""
    processes = spec.launch.processes
    return tuple(part._replace(bytes=-(-part.bytes // processes)) for part in _on_all(parts, spec))


def device_of(spec: RunSpec, accelerators: Iterable[str]) -> str:
    """Return the device that the run will compute on: "auto" is the first accelerator, else the CPU."""
    wanted, there = spec.launch.device, tuple(accelerators)
    if wanted == "auto":
        return there[0] if there else CPU
    return next((device for device in there if device in {wanted, f"{wanted}:0"}), wanted)


def _nothing(resolved: ResolvedSpec) -> _Network:
    return _Network(0, 0)


def _gpt(resolved: ResolvedSpec) -> _Network:
    spec, model = resolved.spec, resolved.spec.model
    vocabulary = _asked_vocabulary(resolved)
    return _Network(
        shape.gpt_parameters(vocabulary=vocabulary, context=model.context, width=model.width, layers=model.layers),
        _decoder_bytes(spec, vocabulary, model.context, model.width, model.layers, model.heads),
    )


def _bert(resolved: ResolvedSpec) -> _Network:
    spec, model = resolved.spec, resolved.spec.model
    vocabulary = _asked_vocabulary(resolved)
    return _Network(
        shape.bert_parameters(
            vocabulary=vocabulary,
            context=model.context,
            width=model.width,
            layers=model.layers,
            next_sentence=spec.masking.next_sentence,
        ),
        _decoder_bytes(spec, vocabulary, model.context, model.width, model.layers, model.heads),
    )


def _asked_vocabulary(resolved: ResolvedSpec) -> int:
    folder = resolved.tokenizer_folder()
    if folder is not None:
        return _vocabulary(read_config(folder))
    size = resolved.spec.model.tokenizer.removeprefix(LEARNT)
    return int(size) if size.isdigit() else 0


def _resnet(resolved: ResolvedSpec) -> _Network:
    spec, model = resolved.spec, resolved.spec.model
    parameters = shape.resnet_parameters(depths=model.depths, widths=model.widths, labels=0)
    return _Network(parameters, _picture_bytes(spec, model.image_size))


def _cifar_resnet(resolved: ResolvedSpec) -> _Network:
    spec, model = resolved.spec, resolved.spec.model
    parameters = shape.cifar_resnet_parameters(layers=model.layers, widths=model.widths, labels=0)
    # Each layer keeps its input and its normalised output; the later stages have half of the first one's numbers each.
    floats = model.layers / 3 * 2 * model.widths[0] * (1 + 1 / 2 + 1 / 4)
    return _Network(parameters, int(spec.schedule.batch * model.image_size**2 * floats * shape.FLOAT32_BYTES))


_BUILDERS: dict[str, Callable[[ResolvedSpec], _Network]] = {
    "gpt": _gpt,
    "bert": _bert,
    "resnet": _resnet,
    "cifar-resnet": _cifar_resnet,
}


def _from_folder(spec: RunSpec, folder: Path) -> _Network:
    config = read_config(folder)
    stored = read_weights(folder)
    parameters = stored.parameters
    inner = config.get("text_config")
    text = {**config, **inner} if isinstance(inner, dict) else config
    width, layers = _number(text, "hidden_size", "n_embd", "d_model"), _number(text, "num_hidden_layers", "num_layers")
    heads, vocabulary = _number(text, "num_attention_heads", "num_heads", "n_head"), _vocabulary(text)
    layers = layers or _number(text, "n_layer")
    if width and layers and vocabulary:
        context = min(spec.model.context, context_length_of(text) or spec.model.context)
        activations = _decoder_bytes(spec, vocabulary, context, width, layers, heads or 1)
        return _Network(parameters, activations, frozen_bytes(stored.tensors))
    return _Network(parameters, _picture_bytes(spec, _number(config, "image_size") or 224))


def _decoder_bytes(spec: RunSpec, vocabulary: int, context: int, width: int, layers: int, heads: int) -> int:
    return shape.decoder_activation_bytes(
        batch=spec.schedule.batch * TRAINABLE[spec.objective].rows,
        context=context,
        width=width,
        layers=layers,
        heads=heads,
        vocabulary=vocabulary,
        recomputed=spec.launch.checkpointing,
    )


def _picture_bytes(spec: RunSpec, side: int) -> int:
    return spec.schedule.batch * side * side * PICTURE_FLOATS * shape.FLOAT32_BYTES


def _vocabulary(config: dict[str, Any]) -> int:
    return _number(config, "vocab_size")


def _number(config: dict[str, Any], *names: str) -> int:
    return next((value for name in names if isinstance(value := config.get(name), int) and value > 0), 0)
