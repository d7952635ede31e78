"""From a folder or a file on disk to a model in memory, safely: no pickles, no code of the folder's, no network, and
never a tensor that was filled with random numbers because the file lacked it.

``checks`` has looked at the files before; what transformers reports about the tensors is believed only after it was
asked. Which folder a name means is ``core.models.library``'s business, and who keeps the model is ``session``'s.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bigmodel_studio.core.system import network

if not network.is_allowed():
    os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when huggingface_hub is imported: loading needs no network
os.environ["USE_HUB_KERNELS"] = "NO"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import msgspec
import torch
import transformers
from torch import nn

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.contents import ModelFormat
from bigmodel_studio.core.models.folder import architecture_of, context_length_of, kind_of, read_config, read_json
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.models.weights import listed
from bigmodel_studio.core.runs import manifest
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.failures import first_line, is_out_of_memory, is_panic
from bigmodel_studio.engine.generation.sampling import own_sampling
from bigmodel_studio.engine.gguf.loading import GgufModel
from bigmodel_studio.engine.models.checks import (
    PROCESSOR_FILE,
    check_folder,
    check_processor,
    check_tokenizer,
    has_tokenizer,
    tokenizer_files,
)
from bigmodel_studio.engine.models.fields import GENERATION_FILE, check_generation_config
from bigmodel_studio.engine.models.kinds import MAY_READ, READS, WRITES
from bigmodel_studio.engine.models.matching import refuse_more_layers, refuse_oversized
from bigmodel_studio.engine.models.model_types import CIFAR_RESNET
from bigmodel_studio.engine.models.tensor_bytes import storage_bytes
from bigmodel_studio.engine.packed import compiling
from bigmodel_studio.engine.packed.families import UnsupportedError
from bigmodel_studio.engine.packed.fast_path import FastPath
from bigmodel_studio.engine.packed.loading import load_packed
from bigmodel_studio.engine.packed.model import PackedModel
from bigmodel_studio.protocol import ModelFacts, ModelKind, ModelRef, Precision

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

transformers.utils.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()

AUTO_CLASSES: dict[ModelKind, str] = {
    "causal-lm": "AutoModelForCausalLM",
    "masked-lm": "AutoModelForMaskedLM",
    "text-classifier": "AutoModelForSequenceClassification",
    "token-classifier": "AutoModelForTokenClassification",
    "encoder": "AutoModel",
    "seq2seq": "AutoModelForSeq2SeqLM",
    "image-classifier": "AutoModelForImageClassification",
}
FOR_PRE_TRAINING = "ForPreTraining"
"""BERT with both of its heads: the one that guesses words, and the one that tells the next sentence."""
SMALL_PARAMETERS = 20_000_000
"""Below this a token is computed faster by one thread than several can agree on it: measured with a training beside it
on 2 cores, 260 k parameters gave 110 tokens/s on one thread and 20 on two."""
_NO_CLASS = re.compile(r"Unrecognized configuration class <class '[\w.]*\.(\w+)Config'>")


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory with what it needs to be used. ``tokenizer`` for text, ``processor`` for pictures."""

    facts: ModelFacts
    folder: Path
    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase | None
    processor: Any
    device: torch.device
    fast: FastPath = field(default_factory=FastPath)
    until_compiled: bool = False
    """Whether the reference stands in for packed blocks only until kernels are compiled."""

    def looked_at_again(self) -> LoadedModel:
        """Return it with facts that say which decoder computes it by now."""
        reference = self.fast.why_reference()
        return (
            self
            if reference == self.facts.reference
            else replace(self, facts=msgspec.structs.replace(self.facts, reference=reference))
        )

    def is_outdated(self) -> bool:
        """Return whether it can be loaded packed by now."""
        return self.until_compiled and compiling.is_ready()


class StoredModel(Protocol):
    """A model on disk, checked, with nothing of it in memory yet. Everything raises ``StudioError`` with the reason."""

    kind: ModelKind
    architecture: str
    parameters: int
    dtype: str
    """What most of its numbers are stored in: a dtype of torch's, or the name of a mix of blocks."""
    structure: PreTrainedModel
    """The model without its weights."""

    def is_packed(self) -> bool:
        """Return whether its weights are stored in blocks that the fast path computes with as they are."""

    def tokenizer(self) -> PreTrainedTokenizerBase | None:
        """Return its tokenizer, None where it needs none."""

    def processor(self) -> Any:
        """Return what makes pictures its input, None where it takes none."""

    def load(self, dtype: torch.dtype) -> PreTrainedModel:
        """Return the model on the CPU, every parameter in ``dtype``."""

    def can_be_packed(self) -> bool:
        """Return whether it will be so once kernels are compiled."""

    def pack(self, precision: Precision, threads: int) -> PackedModel:
        """Return the model of the fast path. Raises ``UnsupportedError``, ``KeyError`` with a tensor's name."""


class SafetensorsFolder:
    """A folder as Hugging Face keeps them: a config, safetensors, a tokenizer or a processor."""

    def __init__(self, folder: Path, name: str) -> None:
        """Check the folder of the model called ``name``. Raises ``StudioError`` with the reason."""
        manifest.verify_model(folder)
        config, weights = check_folder(folder)
        self.kind = kind_of(config)
        self.architecture = architecture_of(config)
        self.parameters, self.dtype = weights.parameters, weights.dtype
        self.structure = build_on_meta(folder, auto_class_of(self.kind, folder))
        refuse_oversized(self.structure, weights)
        refuse_more_layers(self.structure, weights)
        self._generation = load_generation_config(folder)
        self._folder, self._name, self._files = folder, name, weights.files

    def is_packed(self) -> bool:
        """Return that no weights are stored in blocks."""
        return False

    def can_be_packed(self) -> bool:
        """Return that no weights are stored in blocks."""
        return False

    def tokenizer(self) -> PreTrainedTokenizerBase | None:
        """Return its tokenizer, None where it needs none."""
        reads = self.kind in READS or (self.kind in MAY_READ and has_tokenizer(self._folder))
        return load_tokenizer(self._folder, self._name) if reads else None

    def processor(self) -> Any:
        """Return what makes pictures its input, None where it takes none."""
        return load_processor(self._folder) if self.kind == "image-classifier" else None

    def load(self, dtype: torch.dtype) -> PreTrainedModel:
        """Return the model on the CPU, every parameter in ``dtype``."""
        return load_model(self._folder, self.kind, dtype)

    def pack(self, precision: Precision, threads: int) -> PackedModel:
        """Return the model of the fast path. Raises ``UnsupportedError``, ``KeyError`` with a tensor's name."""
        if self._generation is not None:
            self.structure.generation_config = self._generation
        return load_packed(self._folder, self._files, self.structure, precision, threads=threads)


FORMATS: dict[ModelFormat, Callable[[Path, str], StoredModel]] = {
    "safetensors": SafetensorsFolder,
    "gguf": GgufModel,
}
"""How the weights of each format are read."""


def open_stored(path: Path, name: str) -> StoredModel:
    """Open a folder or a GGUF model (as ``core.models.gguf_models`` finds it). Raises ``StudioError``, ``OSError``."""
    gguf = gguf_models.in_place_of(path)
    return FORMATS["safetensors"](path, name) if gguf is None else FORMATS["gguf"](gguf, name)


def load(ref: ModelRef, folder: Path, *, threads: int, few_threads: int) -> LoadedModel:
    """Load the model of a folder or a GGUF file for inference, on the device and in the dtype that ``ref`` asks for.

    Precisions other than "stored" are for text models that the fast path supports, on the processor; the rest is
    refused as "precision-unsupported".

    torch computes on ``threads`` threads from here on, a small text model on ``few_threads``.

    Raises ``StudioError`` with the reason where it cannot be used, and torch's own error where memory ran out.
    """
    started = time.perf_counter()
    stored = open_stored(folder, name_of(ref))
    kind = stored.kind
    torch.set_num_threads(few_threads if kind in WRITES and stored.parameters < SMALL_PARAMETERS else threads)
    device = torch.device("cpu") if ref.precision != "stored" and ref.device == "auto" else devices.choose(ref.device)
    packs = ref.precision != "stored" or (ref.dtype == "auto" and device.type == "cpu" and stored.is_packed())
    dtype = devices.choose_dtype(ref.dtype, stored.dtype if stored.dtype in devices.DTYPES else "bfloat16", device)
    tokenizer, processor = stored.tokenizer(), stored.processor()
    if packs:
        model, fast = stored.structure, _packed(ref, stored, device, threads)
    else:
        model = stored.load(dtype)
        nn.Module.to(model, device)
        fast = FastPath.over(model, threads) if kind == "causal-lm" and device.type == "cpu" else FastPath()
    model.requires_grad_(False).train(False)
    facts = ModelFacts(
        model=ref,
        name=name_of(ref),
        kind=kind,
        architecture=stored.architecture,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        weight_bytes=fast.model.weight_bytes if packs and fast.model is not None else tensor_bytes(model),
        dtype=stored.dtype if packs and ref.precision == "stored" else str(dtype).removeprefix("torch."),
        device=devices.name_of(device),
        context_length=context_length_of(model.config.get_text_config().to_dict()),
        has_chat_template=tokenizer is not None and bool(tokenizer.chat_template),
        labels=len(model.config.id2label or {}) if kind.endswith("classifier") else 0,
        load_s=time.perf_counter() - started,
        sampling=own_sampling(model.generation_config) if kind in WRITES else None,
        reference=fast.why_reference(),
    )
    waits = not packs and ref.dtype == "auto" and device.type == "cpu" and stored.can_be_packed()
    return LoadedModel(facts, folder, model, tokenizer, processor, device, fast, until_compiled=waits)


def _packed(ref: ModelRef, stored: StoredModel, device: torch.device, threads: int) -> FastPath:
    """Return the fast path over packed weights; the model's structure stays without weights, and is not computed
    with.
    """

    def refusal(reason: str) -> StudioError:
        return StudioError("precision-unsupported", model=name_of(ref), precision=ref.precision, reason=reason)

    if stored.kind != "causal-lm":
        raise refusal("Only models that write text can be packed.")
    if device.type != "cpu":
        raise refusal("Packed weights run on the processor only.")
    try:
        return FastPath(stored.pack(ref.precision, threads))
    except UnsupportedError as error:
        raise refusal(str(error)) from error
    except KeyError as error:
        raise StudioError("tensors-missing", count=1, names=str(error.args[0])) from error


def load_model(folder: Path, kind: ModelKind, dtype: torch.dtype, auto_class: Any = None) -> PreTrainedModel:
    """Return the model with every tensor from the file; "tensors-missing" and "tensors-mismatched" name those that are
    not.

    ``auto_class``: where it is not to be the folder's own but one that has less.
    """
    _add_own_classes()
    try:
        model, report = (auto_class or auto_class_of(kind, folder)).from_pretrained(
            str(folder),
            use_safetensors=True,
            trust_remote_code=False,
            local_files_only=True,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # so that they are reported; they are refused below
            dtype=dtype,
        )
    except Exception as error:
        raise _reason(error) from error
    missing = sorted(report["missing_keys"])
    if missing:
        raise StudioError("tensors-missing", count=len(missing), names=listed(missing))
    mismatched = sorted(str(entry[0]) for entry in report["mismatched_keys"])
    if mismatched:
        raise StudioError("tensors-mismatched", count=len(mismatched), names=listed(mismatched))
    if report["error_msgs"]:
        raise StudioError("config-invalid", detail=first_line(report["error_msgs"][0]))
    found: PreTrainedModel = model
    return found


def build_on_meta(folder: Path, auto_class: Any) -> PreTrainedModel:
    """Return the model's structure without its weights: shapes and names, no memory."""
    config = load_config(folder)
    try:
        with torch.device("meta"):
            model: PreTrainedModel = auto_class.from_config(config, trust_remote_code=False)
    except Exception as error:
        raise _reason(error) from error
    return model


def load_config(folder: Path) -> PreTrainedConfig:
    """Return a folder's config as transformers reads it, which takes no model class."""
    if read_config(folder).get("model_type") == CIFAR_RESNET:
        _add_own_classes()
    auto: Any = transformers.AutoConfig
    try:
        config: PreTrainedConfig = auto.from_pretrained(str(folder), trust_remote_code=False, local_files_only=True)
    except Exception as error:
        raise _reason(error) from error
    return config


def load_tokenizer(folder: Path, name: str) -> PreTrainedTokenizerBase:
    """Return the folder's tokenizer. Raises ``StudioError``: "tokenizer-missing", "-file", "-broken" or
    "remote-code".
    """
    check_tokenizer(folder, name)
    try:
        tokenizer: PreTrainedTokenizerBase = transformers.AutoTokenizer.from_pretrained(
            str(folder), trust_remote_code=False, local_files_only=True
        )
    except BaseException as error:
        if is_out_of_memory(error) or not (isinstance(error, Exception) or is_panic(error)):
            raise
        detail = first_line(error)
        raise StudioError("tokenizer-broken", files=tokenizer_files(folder), detail=detail) from error
    if not tokenizer.is_fast:
        detail = "it has no tokenizer.json and none can be made from its files"
        raise StudioError("tokenizer-broken", files=tokenizer_files(folder), detail=detail)
    return tokenizer


def load_generation_config(folder: Path) -> transformers.GenerationConfig | None:
    """Return what a folder says about sampling, None where it has no such file.

    Raises ``StudioError`` "generation-config" with the field, "generation-config-invalid" with what transformers says.
    """
    if not (folder / GENERATION_FILE).is_file():
        return None
    check_generation_config(read_json(folder / GENERATION_FILE))
    try:
        return transformers.GenerationConfig.from_pretrained(str(folder), local_files_only=True)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        detail = first_line(error)
        raise StudioError("generation-config-invalid", file=GENERATION_FILE, detail=detail) from error


def load_processor(folder: Path) -> Any:
    """Return what makes a picture into the model's input. Raises ``StudioError`` "processor-missing" or
    "processor-broken".
    """
    check_processor(folder)
    try:
        return transformers.AutoImageProcessor.from_pretrained(
            str(folder), backend="pil", trust_remote_code=False, local_files_only=True
        )
    except Exception as error:
        if is_out_of_memory(error):
            raise
        raise StudioError("processor-broken", file=PROCESSOR_FILE, detail=first_line(error)) from error


def tensor_bytes(model: nn.Module) -> int:
    """Return bytes of the parameters and buffers as loaded; tensors that share memory count once."""
    return storage_bytes([*model.parameters(), *model.buffers()])


def auto_class_of(kind: ModelKind, folder: Path) -> Any:
    """Return transformers' class that loads the folder's kind of model. Raises ``StudioError``
    "config-no-architecture".
    """
    if kind not in AUTO_CLASSES:
        raise StudioError("config-no-architecture", path=str(folder))
    if kind == "masked-lm" and architecture_of(read_config(folder)).endswith(FOR_PRE_TRAINING):
        return transformers.AutoModelForPreTraining
    return getattr(transformers, AUTO_CLASSES[kind])


def _add_own_classes() -> None:
    """Have transformers know the models of this application. It imports transformers' own, which takes seconds."""
    from bigmodel_studio.engine.models import cifar_resnet as cifar_resnet  # registers its classes


def _reason(error: Exception) -> Exception:
    """Return what transformers raised, as something to tell the user; running out of memory stays what it is."""
    if is_out_of_memory(error) or isinstance(error, StudioError):
        return error
    if unsupported := _NO_CLASS.search(str(error)):
        return StudioError("architecture-unused", architecture=unsupported[1])
    detail = first_line(error)
    unknown = type(error) is KeyError and " " not in detail
    return StudioError("config-invalid", detail=f"the value {detail} is unknown" if unknown else detail)
