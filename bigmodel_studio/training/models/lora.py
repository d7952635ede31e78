"""Low-rank adapters (LoRA; Hu et al. 2021, arXiv 2106.09685): beside each chosen matrix W a product B·A is trained, of
rank ``rank`` and scaled by ``alpha``/``rank``; W stays. By peft. QLoRA is the same beside matrices in 4 bits.

A checkpoint holds the model with the products added in, which everything loads as it is, and beside it, for going on
bit for bit, what is trained: a resumed run begins with the base model again, and puts that into it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from safetensors.torch import save_file
from torch import Tensor, nn

from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.measuring.passes import LORA_TARGETS
from bigmodel_studio.engine.packed.frozen_linear import FrozenLinear
from bigmodel_studio.training.loop.trainer_state import ADAPTER
from bigmodel_studio.training.models import text_heads
from bigmodel_studio.training.models.packed_base import unpacked_tensors

if TYPE_CHECKING:
    from transformers import PreTrainedModel

NAME = "default"
"""What peft calls the one adapter."""
_GENERATES = ("ForCausalLM", "LMHeadModel", "ForMaskedLM", "ForPreTraining")


def targets_of(model: nn.Module, wanted: tuple[str, ...]) -> list[str]:
    """Return the modules that get an adapter: those of these last names, else the usual projections of the
    architecture.

    Raises ``StudioError`` "lora-no-target" where the model has none of them.
    """
    names = wanted or tuple(LORA_TARGETS)
    found = [
        name for name, module in model.named_modules() if name.rpartition(".")[2] in names and hasattr(module, "weight")
    ]
    if not found:
        there = sorted({name.rpartition(".")[2] for name, m in model.named_modules() if isinstance(m, nn.Linear)})
        raise StudioError("lora-no-target", targets=", ".join(names)[:200], there=", ".join(there)[:200])
    return found


class Adapters:
    """A model with adapters, put into it in place; all else is frozen but a classifier's head."""

    def __init__(self, model: PreTrainedModel, spec: RunSpec) -> None:
        """Raise ``StudioError`` "lora-no-target"."""
        self._model, self._method, self._base = model, spec.method, spec.model.base
        head = frozenset() if type(model).__name__.endswith(_GENERATES) else text_heads.head_names(model)
        torch.manual_seed(spec.seed)
        # GPT-2 keeps its projections transposed; packed ones are not, but stand for such.
        packed = {module.transposed for module in model.modules() if isinstance(module, FrozenLinear)}
        in_place = any(type(module).__name__ == "Conv1D" for module in model.modules())
        self.transposed, self._packed = in_place or True in packed, bool(packed)
        self.targets = targets_of(model, spec.method.targets)
        config = LoraConfig(
            r=spec.method.rank,
            lora_alpha=spec.method.alpha,  # type: ignore[arg-type]
            lora_dropout=spec.method.dropout,
            target_modules=self.targets,
            fan_in_fan_out=in_place,
        )
        inject_adapter_in_model(config, model, adapter_name=NAME)
        for name, parameter in model.named_parameters():
            parameter.requires_grad_("lora_" in name or name in head)

    def merged(self) -> dict[str, Tensor] | Iterator[tuple[str, Tensor]]:
        """Return the model's tensors under their own names, every product added to its matrix, on the CPU.

        Those of a packed base one after the other: dequantised together they would take the memory that it saves.
        """
        return self._merged_packed() if self._packed else self._merged()

    def _merged(self) -> dict[str, Tensor]:
        deltas = {f"{name}.base_layer.weight": layer.get_delta_weight(NAME) for name, layer in self._layers()}
        found = {}
        for name, tensor in self._model.state_dict().items():
            if ".lora_" in name:
                continue
            whole = tensor + deltas[name].to(tensor.dtype) if name in deltas else tensor
            found[name.replace(".base_layer.", ".")] = whole.detach().cpu().contiguous()
        return found

    def _merged_packed(self) -> Iterator[tuple[str, Tensor]]:
        layers = dict(self._layers())
        for name, tensor in unpacked_tensors(self._model):
            if ".lora_" in name:
                continue
            owner = name.removesuffix(".base_layer.weight")
            if owner in layers:
                delta = layers[owner].get_delta_weight(NAME).detach().cpu()
                stands_for: Any = layers[owner].base_layer
                tensor = tensor + (delta.t() if getattr(stands_for, "transposed", False) else delta)
            yield name.replace(".base_layer.", "."), tensor

    def _layers(self) -> Iterator[tuple[str, Any]]:
        for name, module in self._model.named_modules():
            if isinstance(module, LoraLayer):
                yield name, module

    def kept(self) -> dict[str, Tensor]:
        """Return what is trained, under ``trainer_state.ADAPTER``, on the CPU."""
        return {
            f"{ADAPTER}{name}": parameter.detach().cpu().contiguous()
            for name, parameter in self._model.named_parameters()
            if parameter.requires_grad
        }

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Put back what ``kept`` gave. Raises ``StudioError`` "checkpoint-damaged" where it is of another model."""
        parameters = dict(self._model.named_parameters())
        with torch.no_grad():
            for key, value in tensors.items():
                if not key.startswith(ADAPTER):
                    continue
                parameter = parameters.get(key.removeprefix(ADAPTER))
                if parameter is None or parameter.shape != value.shape:
                    raise StudioError("checkpoint-damaged", path=key, detail="it belongs to another model")
                parameter.copy_(value)

    def save(self, folder: Path) -> None:
        """Save the adapter alone, as peft keeps one, in a folder of its own: some megabytes to hand on."""
        place = folder / "adapter"
        place.mkdir()
        tensors = {
            f"base_model.model.{name.replace(f'.{NAME}', '')}": parameter.detach().cpu().contiguous()
            for name, parameter in self._model.named_parameters()
            if ".lora_" in name
        }
        save_file(tensors, str(place / "adapter_model.safetensors"), metadata={"format": "pt"})
        config = {
            "peft_type": "LORA",
            "base_model_name_or_path": self._base,
            "r": self._method.rank,
            "lora_alpha": self._method.alpha,
            "lora_dropout": self._method.dropout,
            "target_modules": sorted({name.rpartition(".")[2] for name in self.targets}),
            "fan_in_fan_out": self.transposed,
            "inference_mode": True,
        }
        (place / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8")
