"""The tree of a model's modules and what can be read off it: counts, shapes, what is tied, what kind of attention.

The model is on the meta device: shapes without memory. Knows nothing of folders or of requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from bigmodel_studio.engine.measuring import passes
from bigmodel_studio.protocol import Layer, LayerKind

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Dtypes = Mapping[str, str]
"""What tensors are stored as, by their names in the weights."""


class Tree:
    """The modules of one model as ``Layer``; tied weights know their owner, and LoRA what it would train."""

    def __init__(self, model: nn.Module, dtypes: Dtypes | None = None, lora_rank: int = 0) -> None:
        self._dtypes = dtypes or {}
        self._default = next(iter(set(self._dtypes.values())), "") if len(set(self._dtypes.values())) == 1 else ""
        self._rank = lora_rank
        self._adapted = {id(layer) for layer in passes.lora_layers(model)} if lora_rank else set()
        self._owners: dict[int, str] = {}
        for name, module in model.named_modules():
            for parameter in module.parameters(recurse=False):
                self._owners.setdefault(id(parameter), name)
        self.layers = tuple(self._below(model, ""))
        self.tied_parameters = self._tied(model)

    @property
    def trainable(self) -> int | None:
        """What LoRA would train; None where that was not asked for."""
        return sum(layer.trainable or 0 for layer in self.layers) if self._rank else None

    def _below(self, module: nn.Module, around: str) -> Iterator[Layer]:
        for name, child in module.named_children():
            path = f"{around}.{name}" if around else name
            weight = getattr(child, "weight", None)
            children = tuple(self._below(child, path))
            yield Layer(
                name=name,
                type=type(child).__name__,
                parameters=sum(parameter.numel() for parameter in child.parameters()),
                shape=tuple(weight.shape) if isinstance(weight, torch.Tensor) else (),
                children=children,
                dtype=self._dtype(child, path),
                trainable=self._adapters(child, children),
                tied_to=self._owner(child, path),
            )

    def _dtype(self, module: nn.Module, path: str) -> str:
        own = next((name for name, _ in module.named_parameters(recurse=False)), "")
        return self._dtypes.get(f"{path}.{own}", self._default) if own else ""

    def _adapters(self, module: nn.Module, children: tuple[Layer, ...]) -> int | None:
        if not self._rank:
            return None
        own = self._rank * sum(passes.lora_sides(module)) if id(module) in self._adapted else 0
        return own + sum(child.trainable or 0 for child in children)

    def _owner(self, module: nn.Module, path: str) -> str:
        """Whose weight a module uses that has none of its own, "" where it has."""
        own = [parameter for _, parameter in module.named_parameters(recurse=False)]
        owners = {self._owners[id(parameter)] for parameter in own if parameter.dim() > 1}
        return next(iter(owners - {path}), "") if owners and path not in owners else ""

    def _tied(self, model: nn.Module) -> int:
        visited: set[int] = set()
        tied: dict[int, int] = {}
        for module in model.modules():
            for parameter in module.parameters(recurse=False):
                if id(parameter) in visited:
                    tied[id(parameter)] = parameter.numel()
                visited.add(id(parameter))
        return sum(tied.values())


def kinds(model: nn.Module) -> list[LayerKind]:
    """Return the model's parameters by the type of the module that holds them, the largest first; a tied one once."""
    counted: set[int] = set()
    sums: dict[str, tuple[int, int]] = {}
    for module in model.modules():
        own = [parameter for parameter in module.parameters(recurse=False) if id(parameter) not in counted]
        counted.update(map(id, own))
        if own:
            number, parameters = sums.get(type(module).__name__, (0, 0))
            sums[type(module).__name__] = (number + 1, parameters + sum(parameter.numel() for parameter in own))
    found = [LayerKind(name, number, parameters) for name, (number, parameters) in sums.items()]
    return sorted(found, key=lambda kind: -kind.parameters)


class Heads:
    """How a model's attention is cut: from the config, under the names that transformers' configs give."""

    def __init__(self, config: Any) -> None:
        self.heads = number_of(config, "num_attention_heads", "n_head", "num_heads", "encoder_attention_heads")
        self.shared = number_of(config, "num_key_value_heads") or self.heads
        self.width = number_of(config, "hidden_size", "n_embd", "d_model", "dim")
        self.size = number_of(config, "head_dim", "d_kv") or (self.width // self.heads if self.heads else 0)
        self.window = number_of(config, "sliding_window", "window_size")

    @property
    def kind(self) -> str:
        """ "multi-head", "grouped-query" or "multi-query", with "sliding" where a token sees its neighbours only."""
        if not self.heads:
            return ""
        kind = "multi-head" if self.shared >= self.heads else "multi-query" if self.shared == 1 else "grouped-query"
        return f"{kind}, sliding" if self.window else kind


def attention_of(model: PreTrainedModel) -> str:
    """Return what kind of attention it has, "" where it has none."""
    some = any("attention" in type(module).__name__.lower() for module in model.modules())
    return Heads(model.config.get_text_config()).kind if some else ""


def number_of(config: Any, *names: str) -> int:
    """Return the first of these fields of a config that is a positive number, else 0."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return 0
