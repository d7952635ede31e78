"""The base of QLoRA: a language model whose linear layers but the head are 4 bits, read and packed one at a time.

It is written again with every matrix dequantised, a few at a time, so that neither reading nor writing needs the memory
of the whole model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import GenerationConfig

from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.packed.frozen_linear import FrozenLinear, linears, put
from bigmodel_studio.engine.packed.loading import SafetensorsFiles

if TYPE_CHECKING:
    from transformers import PreTrainedModel

SHARD_BYTES = 500_000_000
"""Of a file of weights that is written: as much is dequantised at once."""
Named = Iterator[tuple[str, Tensor]]


def load_packed_base(folder: Path, files: Sequence[str], model: PreTrainedModel) -> PreTrainedModel:
    """Return ``model``, which has no weights (on meta), with those of a folder's ``files``: linear layers in 4 bits.

    All else is float32. Raises ``StudioError`` "tensors-missing", "tensors-mismatched".
    """
    tensors = SafetensorsFiles(folder, files, model.base_model_prefix)
    reading = _Reading(tensors.get)
    _fill_buffers(model)
    for name, module in linears(model, model.get_output_embeddings()):
        layer: Any = module
        weight = reading.of(f"{name}.weight", layer.weight)
        bias = None if layer.bias is None else reading.of(f"{name}.bias", layer.bias).float()
        put(model, name, FrozenLinear.of(weight, bias, transposed=type(module).__name__ == "Conv1D"))
        del weight
    tied = set(model.all_tied_weights_keys)
    for name, parameter in list(model.named_parameters(remove_duplicate=False)):
        if parameter.is_meta and name not in tied:
            _set(model, name, nn.Parameter(reading.of(name, parameter).float(), requires_grad=False))
    reading.check()
    model.tie_weights()
    if (folder / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(str(folder), local_files_only=True)
    return model


def _fill_buffers(model: PreTrainedModel) -> None:
    """Have the model's own code fill what no file holds, such as the frequencies of rotary positions."""
    for name, buffer in list(model.named_buffers()):
        _set(model, name, torch.empty_like(buffer, device="cpu"))
    for parameter in model.parameters():
        parameter._is_hf_initialized = True  # type: ignore[attr-defined]
    model.initialize_weights()


class _Reading:
    """Tensors of a file by name; those that are missing or of another shape are gathered."""

    def __init__(self, get: Callable[[str], Tensor | None]) -> None:
        self._get = get
        self._missing: list[str] = []
        self._mismatched: list[str] = []

    def of(self, name: str, like: Tensor) -> Tensor:
        """Return the tensor; zeros where there is none that fits, for ``check`` to report."""
        found = self._get(name)
        if found is None:
            self._missing.append(name)
        elif found.shape != like.shape:
            self._mismatched.append(name)
        else:
            return found
        return torch.zeros(()).expand(like.shape)

    def check(self) -> None:
        """Raise ``StudioError`` where a tensor was not as it should be."""
        if self._missing:
            raise StudioError("tensors-missing", count=len(self._missing), names=listed(self._missing))
        if self._mismatched:
            raise StudioError("tensors-mismatched", count=len(self._mismatched), names=listed(self._mismatched))


def _set(model: nn.Module, name: str, value: Tensor) -> None:
    parent, _, last = name.rpartition(".")
    module = model.get_submodule(parent)
    if isinstance(value, nn.Parameter):
        setattr(module, last, value)
    else:
        module._buffers[last] = value


def is_packed(model: nn.Module) -> bool:
    """Return whether any layer is packed."""
    return any(isinstance(module, FrozenLinear) for module in model.modules())


def write_unpacked(model: PreTrainedModel, folder: Path, tensors: Named) -> None:
    """Write a model as ``save_pretrained`` does, ``tensors`` a file of ``SHARD_BYTES`` at a time."""
    config: Any = model.config
    config.architectures = [type(model).__name__]
    config.dtype = "float32"
    config.save_pretrained(str(folder))
    generation: Any = model.generation_config
    if generation is not None:
        generation.save_pretrained(str(folder))
    shards: list[list[str]] = []
    total, part, size = 0, dict[str, Tensor](), 0
    for name, tensor in tensors:
        if part and size + tensor.nbytes > SHARD_BYTES:
            shards.append(_write_shard(folder, len(shards), part))
            part, size = {}, 0
        part[name] = tensor
        size += tensor.nbytes
        total += tensor.nbytes
    shards.append(_write_shard(folder, len(shards), part))
    if len(shards) == 1:
        _shard(folder, 0).rename(folder / "model.safetensors")
        return
    table: dict[str, str] = {}
    for number, names in enumerate(shards):
        file = f"model-{number + 1:05d}-of-{len(shards):05d}.safetensors"
        _shard(folder, number).rename(folder / file)
        table |= dict.fromkeys(names, file)
    index = {"metadata": {"total_size": total}, "weight_map": table}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2) + "\n", "utf-8")


def _shard(folder: Path, number: int) -> Path:
    return folder / f"part-{number}.safetensors"


def _write_shard(folder: Path, number: int, part: dict[str, Tensor]) -> list[str]:
    whole = {name: tensor.contiguous() for name, tensor in part.items()}
    save_file(whole, str(_shard(folder, number)), metadata={"format": "pt"})
    return list(whole)


def unpacked_tensors(model: PreTrainedModel) -> Named:
    """Yield a model's tensors under their own names on the CPU, packed ones dequantised, tied ones once."""
    tied = set(model.all_tied_weights_keys)
    for name, module in model.named_modules():
        if isinstance(module, FrozenLinear):
            yield f"{name}.weight", module.as_stored().cpu()
    for name, tensor in model.state_dict().items():
        if name not in tied:
            yield name, tensor.detach().cpu()
