"""A Hugging Face model folder, as cheap to look at as a directory listing: its config, its kind, its weights' header.

This is the one place that says what kind of model a folder holds. Whether torch can load it is the engine's business.
"""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import Any

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.unused import refuse_sentencepiece, refuse_unused
from bigmodel_studio.core.models.weights import (
    INDEX_FILE,
    LFS_START,
    SINGLE_FILE,
    UNSAFE_SUFFIXES,
    listed,
    other_program,
    refuse_broken_link,
    unsafe_files,
)
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.files import read_quietly
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelKind

ADAPTER_FILE = "adapter_config.json"
_MERGED = frozenset({"LORA", "ADALORA", "LOHA", "LOKR", "IA3", "OFT", "BOFT", "VERA", "HRA", "FOURIERFT"})
"""Kinds of adapters, as PEFT calls them, that can become a part of their base model's weights."""
_DEEPER = ("*/config.json", "snapshots/*/config.json")
"""Where the models of a folder are that is none itself."""

# The end of the architecture's class name says what the model does; the first line that fits counts.
KINDS: tuple[tuple[str, ModelKind], ...] = (
    ("ForCausalLM", "causal-lm"),
    ("LMHeadModel", "causal-lm"),
    ("ForMaskedLM", "masked-lm"),
    ("ForPreTraining", "masked-lm"),
    ("ForImageClassification", "image-classifier"),
    ("ForSequenceClassification", "text-classifier"),
    ("ForTokenClassification", "token-classifier"),
    ("ForConditionalGeneration", "seq2seq"),
    ("Model", "encoder"),
)

# The fields in which architectures keep the number of positions they can see.
_CONTEXT_FIELDS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")


def read_json(path: Path, code: str = "config-broken", *, most_bytes: int = limits.JSON_BYTES) -> dict[str, Any]:
    """Return a small JSON table.

    Raises ``StudioError``: ``code`` (arguments ``file``, ``detail``), "json-byte-order-mark".
    """
    try:
        size = path.stat().st_size
        if size > most_bytes:
            raise StudioError(code, file=path.name, detail=f"it is {size:,} bytes long")
        data = read_quietly(path)
        if data.startswith(codecs.BOM_UTF8):  # transformers would not read it either
            raise StudioError("json-byte-order-mark", file=path.name)
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        detail = "it is empty" if size == 0 else _json_fault(error, data)
        raise StudioError(code, file=path.name, detail=detail) from error
    except OSError as error:
        raise StudioError(code, file=path.name, detail=error.strerror or "it cannot be read") from error
    if not isinstance(value, dict):
        raise StudioError(code, file=path.name, detail="it is not a table")
    return value


def _json_fault(error: Exception, data: bytes) -> str:
    if data.startswith(LFS_START):
        return "it is a Git LFS pointer, not the file itself"
    if data.lstrip()[:1] == b"<":
        return "it is a web page"
    if isinstance(error, json.JSONDecodeError):
        return f"it is cut off or damaged at line {error.lineno}"
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "it is nested too deeply"


def read_config(folder: Path) -> dict[str, Any]:
    """Return a model folder's ``config.json``.

    Raises ``StudioError``: "folder-missing", "folder-is-file", "folder-empty", "adapter-folder", "config-missing",
    "config-broken", where it is a GGUF model what is wrong with that ("gguf-…"), and "gguf-only" where nothing is.
    """
    path = folder / "config.json"
    if path.is_file():
        return read_json(path)
    refuse_broken_link(path)
    raise _without_config(folder)


def _without_config(folder: Path) -> StudioError:
    if not folder.exists():
        return StudioError("folder-missing", path=str(folder))
    if gguf_models.is_one(folder):
        return _gguf_only(folder)
    if not folder.is_dir():
        if folder.suffix.lower() in UNSAFE_SUFFIXES:
            return StudioError("weights-not-safetensors", files=folder.name)
        return other_program(folder) or StudioError("folder-is-file", path=str(folder))
    try:
        empty = next(folder.iterdir(), None) is None
    except OSError as error:
        return StudioError("folder-unreadable", path=str(folder), detail=error.strerror or "")
    if any(gguf_models.in_folder(folder)):
        return StudioError("gguf-only", model=folder.name)
    if (folder / ADAPTER_FILE).is_file():
        return _adapter(folder)
    if (folder / "model_index.json").is_file():
        return StudioError("model-of-parts", path=str(folder))
    if (other := other_program(folder)) is not None:
        return other
    if unsafe := unsafe_files(folder):
        return StudioError("weights-not-safetensors", files=listed(unsafe))
    if deeper := sorted(each.parent.relative_to(folder) for level in _DEEPER for each in folder.glob(level)):
        return StudioError("model-deeper", path=str(folder), found=listed(map(str, deeper)))
    if weights := [each.name for each in folder.glob("*.safetensors")]:
        return StudioError("config-missing-beside", path=str(folder), file=sorted(weights)[0])
    return StudioError("folder-empty" if empty else "config-missing", path=str(folder))


def _adapter(folder: Path) -> StudioError:
    """Return what is said of an adapter's folder: of which kind it is, and what it was made for."""
    try:
        table = read_json(folder / ADAPTER_FILE)
    except StudioError as error:
        return error
    kind, base = table.get("peft_type"), table.get("base_model_name_or_path")
    if not isinstance(base, str) or not base:
        return StudioError("adapter-without-base", path=str(folder))
    code = "adapter-folder" if kind in _MERGED else "adapter-not-merged"
    return StudioError(code, path=str(folder), kind=str(kind or "unknown")[:40], base=base[:120])


def _gguf_only(path: Path) -> StudioError:
    """Return why a GGUF model has no config: it is damaged, or whole and without one."""
    try:
        gguf_models.read_model(path)
    except StudioError as error:
        return error
    return StudioError("gguf-only", model=gguf_models.name_of(path))


def check_usable(folder: Path, config: dict[str, Any]) -> None:
    """Check that a folder is, by its config, a whole model of a kind that is used here.

    Raises ``StudioError``: "adapter-folder", "adapter-beside-model", "config-no-architecture", "architecture-unused",
    "tokenizer-sentencepiece", and as ``refuse_unused`` does.
    """
    if (folder / ADAPTER_FILE).exists():
        whole = any((folder / file).is_file() for file in (SINGLE_FILE, INDEX_FILE))
        raise StudioError("adapter-beside-model", path=str(folder)) if whole else _adapter(folder)
    architecture = architecture_of(config)
    refuse_unused(folder, config, architecture)
    if kind_of(config) == "other":
        if architecture:
            raise StudioError("architecture-unused", architecture=architecture[:80])
        raise StudioError("config-no-architecture", path=str(folder))
    refuse_sentencepiece(folder, _name_of(folder))


def _name_of(folder: Path) -> str:
    """Return what a folder is called; a snapshot in the Hub's cache, by its repository."""
    if folder.parent.name != "snapshots":
        return folder.name
    return folder.parent.parent.name.removeprefix("models--").replace("--", "/")


def architecture_of(config: dict[str, Any]) -> str:
    """Return the class that the config names first ("" where it names none)."""
    names = config.get("architectures")
    return names[0] if isinstance(names, list) and names and isinstance(names[0], str) else ""


def kind_of(config: dict[str, Any]) -> ModelKind:
    """Return what the model does, by the name of its architecture."""
    name = architecture_of(config)
    return next((kind for end, kind in KINDS if name.endswith(end)), "other")


def context_length_of(config: dict[str, Any]) -> int | None:
    """Return how many tokens the model can see, where its config says so."""
    for field in _CONTEXT_FIELDS:
        value = config.get(field)
        if isinstance(value, int) and 0 < value < 10**9:
            return value
    return None
