"""A GGUF model described by its header alone: exact parameters, the tree that its tensors' names make, its shape.

llama.cpp names tensors ``blk.3.attn_q.weight``: the part before the last dot is a module, and what stands before it the
modules around it. No weights are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.ggml_types import name_of
from bigmodel_studio.core.models.gguf import GgufHeader, GgufTensor
from bigmodel_studio.engine.models.gguf_costs import costs_of_file
from bigmodel_studio.protocol import Description, Layer, LayerKind

_PARTS = frozenset({"weight", "bias"})
_BLOCKS = "blk"
_DEEPEST = 12
"""Of more dots in a name the rest is one part: the tree is walked by recursion."""


def describe_gguf(path: Path, name: str) -> Description:
    """Return the description of a GGUF model (a file, or what stands for one in ``core.models.gguf_models``), called
    ``name``.

    Raises ``StudioError`` where its header lies, ``OSError`` where it cannot be read.
    """
    header = gguf_models.read_model(path)
    modules = _modules(header)
    return Description(
        id=name,
        architecture=header.architecture,
        kind=gguf_models.kind_of(header),
        parameters=header.parameters,
        trainable_parameters=header.parameters,
        dtype=header.dtype,
        context_length=header.context_length,
        layers=tuple(_tree(modules)),
        kinds=tuple(_kinds(modules)),
        flops_per_token=_flops_per_token(header),
        vocabulary=header.vocabulary,
        weight_bytes=header.bytes,
        attention=attention_of(header),
        costs=costs_of_file(path, header) if gguf_models.kind_of(header) == "causal-lm" else None,
    )


def attention_of(header: GgufHeader) -> str:
    """Return what kind of attention it has, "" where its header does not say."""
    heads = header.size("attention.head_count")
    if heads is None:
        return ""
    shared = header.size("attention.head_count_kv") or heads
    kind = "multi-head" if shared >= heads else "multi-query" if shared == 1 else "grouped-query"
    return f"{kind}, sliding" if header.size("attention.sliding_window") else kind


class _Module:
    """A module of the tree: the tensors that it holds itself, and the modules in it."""

    def __init__(self) -> None:
        self.tensors: dict[str, GgufTensor] = {}
        self.inner: dict[str, _Module] = {}

    @property
    def own(self) -> int:
        """Parameters that it holds itself."""
        return sum(tensor.parameters for tensor in self.tensors.values())

    @property
    def parameters(self) -> int:
        """Those, and those of the modules in it."""
        return self.own + sum(module.parameters for module in self.inner.values())


def _modules(header: GgufHeader) -> _Module:
    root = _Module()
    for name, tensor in header.tensors.items():
        *place, last = name.split(".", _DEEPEST)
        if last not in _PARTS:  # such as "rope_freqs" or "output_scale"
            place, last = [*place, last], "weight"
        module = root
        for part in place:
            module = module.inner.setdefault(part, _Module())
        module.tensors[last] = tensor
    return root


def _tree(module: _Module) -> Iterator[Layer]:
    for name, inner in module.inner.items():
        weight = inner.tensors.get("weight") or next(iter(inner.tensors.values()), None)
        yield Layer(
            name=name,
            type=_type(name, inner, weight),
            parameters=inner.parameters,
            shape=weight.shape if weight is not None else (),
            children=tuple(_tree(inner)),
            dtype=name_of(weight.type) if weight is not None else "",
        )


def _kinds(root: _Module) -> list[LayerKind]:
    sums: dict[str, tuple[int, int]] = {}
    for name, module in _walk(root):
        if module.tensors:
            kind = _type(name, module, module.tensors.get("weight") or next(iter(module.tensors.values())))
            layers, parameters = sums.get(kind, (0, 0))
            sums[kind] = (layers + 1, parameters + module.own)
    found = [LayerKind(kind, layers, parameters) for kind, (layers, parameters) in sums.items()]
    return sorted(found, key=lambda kind: -kind.parameters)


def _walk(module: _Module) -> Iterator[tuple[str, _Module]]:
    for name, inner in module.inner.items():
        yield name, inner
        yield from _walk(inner)


def _type(name: str, module: _Module, weight: GgufTensor | None) -> str:
    """Return what a module is, by its name and the shape of its weight: GGUF does not say."""
    if weight is None:
        return "ModuleList" if name == _BLOCKS else "Block" if name.isdigit() else "Module"
    if name.endswith("norm"):
        return "Norm"
    if "embd" in name:
        return "Embedding"
    return {1: "Vector", 2: "Linear", 3: "Experts"}.get(len(weight.shape), "Tensor")


def _flops_per_token(header: GgufHeader) -> int | None:
    """Return a multiply-add for each value of a matrix that a token meets, as two: attention to a context comes on top.

    Of experts only those are met that a token is sent to. The table of tokens is looked up and not multiplied, but it
    serves as the output matrix where there is none.
    """
    share = (header.size("expert_used_count") or 0) / (header.size("expert_count") or 1)
    tied = "output.weight" not in header.tensors
    met = 0.0
    for name, tensor in header.tensors.items():
        if len(tensor.shape) < 2 or ("embd" in name and not (tied and name == "token_embd.weight")):
            continue
        met += tensor.parameters * (share if len(tensor.shape) == 3 else 1)
    return round(2 * met) if met else None
