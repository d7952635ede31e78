"""From a GGUF file to a model in memory: the reference path, with all numbers dequantised.

Nothing is built before the header was checked and every parameter has its tensor, of the right shape: so a file can't
ask for more memory than its own tensors need, and no tensor is filled with random numbers. Which device and numbers
are used is for the caller to say.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import torch
import transformers
from transformers import GenerationConfig

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.gguf_support import facts_of, refuse_unsupported
from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import is_out_of_memory
from bigmodel_studio.engine.gguf.architectures import config_of, read, sources_of
from bigmodel_studio.engine.gguf.packing import GgufSource
from bigmodel_studio.engine.gguf.tensors import GgufTensors
from bigmodel_studio.engine.gguf.tokenizer import Vocabulary, build, vocabulary_of
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.block_moves import BlockMoves
from bigmodel_studio.engine.packed.families import UnsupportedError, shape_of
from bigmodel_studio.engine.packed.model import PackedModel
from bigmodel_studio.engine.packed.weights import KIND_OF, Precision
from bigmodel_studio.protocol import ModelKind

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

_SAMPLING = {
    "temp": ("temperature", 0, 100),
    "top_k": ("top_k", 0, 10**9),
    "top_p": ("top_p", 0, 1),
    "min_p": ("min_p", 0, 1),
    "penalty_repeat": ("repetition_penalty", 0.01, 100),
}
"""The sampling that a model's makers recommend (``general.sampling.…``): transformers' name, and what it may be."""


_FLOAT32_BYTES = 4


class GgufModel:
    """A GGUF model that can be run: its files are mapped, and nothing of it is in memory yet."""

    kind: ModelKind = "causal-lm"

    def __init__(self, path: Path, name: str = "") -> None:
        """Open a model (a path as in ``core.models.gguf_models``), called ``name``.

        Raises ``StudioError`` with the reason where it can't be run, ``OSError``.
        """
        self.name = name or gguf_models.name_of(path)
        self.tensors = GgufTensors(path)
        refuse_unsupported(facts_of(self.tensors.header), self.name)
        self.table = config_of(self.tensors)
        self.vocabulary: Vocabulary = vocabulary_of(self.tensors)
        if len(self.vocabulary.tokens) > self.table["vocab_size"]:
            raise StudioError(
                "tokenizer-mismatch", tokens=len(self.vocabulary.tokens), vocabulary=self.table["vocab_size"]
            )
        self.config = _config(self.table, self.vocabulary)
        self.structure = _on_meta(self.config)
        self.sources = sources_of(self.tensors, parameters_of(self.structure))

        self.architecture = type(self.structure).__name__
        self.parameters = self.tensors.header.parameters
        self.dtype = self.tensors.header.dtype

    def is_packed(self) -> bool:
        """Return whether the fast path computes with its blocks as they are, now.

        While kernels are compiled, which begins here, the reference is used, unless the model dequantised takes more
        memory than is free: then the kernels are waited for.
        """
        if not self.can_be_packed():
            return False
        if compiling.is_ready():
            return True
        compiling.begin()
        return self.parameters * _FLOAT32_BYTES > psutil.virtual_memory().available

    def can_be_packed(self) -> bool:
        """Return whether the fast path computes its architecture, once kernels are compiled."""
        if compiling.is_off():
            return False
        try:
            shape_of(self.config)
        except UnsupportedError:
            return False
        return True

    def processor(self) -> None:
        """Return nothing: it reads text alone."""

    def tokenizer(self) -> PreTrainedTokenizerBase:
        """Return its tokenizer. Raises ``StudioError`` "gguf-tokenizer"."""
        return build(self.vocabulary, self.tensors.header.architecture)

    def load(self, dtype: torch.dtype) -> PreTrainedModel:
        """Return the model in transformers with every parameter in ``dtype``, on the CPU.

        Raises ``StudioError`` with the reason, torch's own error where memory ran out.
        """
        weights = {}
        for parameter, source in self.sources.items():
            weights[parameter] = read(self.tensors, source, dtype)
            self.tensors.release(source.tensor)
        load: Any = type(self.structure).from_pretrained
        try:
            model, report = load(None, config=self.config, state_dict=weights, dtype=dtype, output_loading_info=True)
        except Exception as error:
            raise _reason(error) from error
        missing = sorted({*report["missing_keys"], *report["unexpected_keys"]})
        if missing:
            raise StudioError("tensors-missing", count=len(missing), names=listed(missing))
        model.generation_config = _generation(self.tensors, self.vocabulary)
        found: PreTrainedModel = model
        return found

    def pack(self, precision: Precision, threads: int) -> PackedModel:
        """Return the model of the fast path: its blocks as they are ("stored"), or rounded to 8 or 4 bits.

        Waits for the kernels where they are not compiled yet (tens of seconds). Raises ``UnsupportedError`` with the
        reason.
        """
        shape = shape_of(self.config)
        compiling.wait_until_ready()
        self.structure.generation_config = _generation(self.tensors, self.vocabulary)
        kernel = compiling.kernels()
        with closing(BlockMoves(kernel, threads)) as moves:
            source = GgufSource(self.tensors, self.sources, shape, KIND_OF.get(precision), moves)
            return PackedModel(shape, source, kernel, threads=threads)


def parameters_of(structure: PreTrainedModel) -> dict[str, torch.Size]:
    """Return the shapes of a model's parameters by name, without a head that is the embedding."""
    tied = set(structure.all_tied_weights_keys) if structure.config.tie_word_embeddings else set()
    return {name: value.shape for name, value in structure.state_dict().items() if name not in tied}


def _config(table: dict[str, Any], vocabulary: Vocabulary) -> PreTrainedConfig:
    """Return the config in transformers. Raises ``StudioError`` "config-invalid" where its numbers don't go
    together.
    """
    specials = vocabulary.specials
    ids = {f"{name}_token_id": specials.get(name) for name in ("bos", "eos", "pad")}
    try:
        return transformers.AutoConfig.for_model(**(table | ids))
    except Exception as error:
        raise _reason(error) from error


def _on_meta(config: PreTrainedConfig) -> PreTrainedModel:
    try:
        with torch.device("meta"):
            model: PreTrainedModel = transformers.AutoModelForCausalLM.from_config(config)
    except Exception as error:
        raise _reason(error) from error
    return model


def _generation(tensors: GgufTensors, vocabulary: Vocabulary) -> GenerationConfig:
    """Return what ends a reply, and the sampling that the file recommends, where it is sane."""
    chosen: dict[str, Any] = {}
    for key, (name, least, most) in _SAMPLING.items():
        value = tensors.header.metadata.get(f"general.sampling.{key}")
        if isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most:
            chosen[name] = value
    if chosen:
        chosen["do_sample"] = chosen.get("temperature", 1) > 0
    ends = list(vocabulary.ends())
    return GenerationConfig(bos_token_id=vocabulary.specials.get("bos"), eos_token_id=ends or None, **chosen)


def _reason(error: Exception) -> Exception:
    if is_out_of_memory(error) or isinstance(error, StudioError):
        return error
    return StudioError("config-invalid", detail=(str(error).strip().splitlines() or ["?"])[0].rstrip(".")[:200])
