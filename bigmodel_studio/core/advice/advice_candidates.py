"""The models that advice is given about: what is on this computer and can be run, and what can be had.

Reads configs and the heads of cards, never weights. A copy that is not whole, and a file that can only be looked at, is
no candidate. Knows nothing of how they are ranked.
"""

from __future__ import annotations

import functools
import importlib.util
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bigmodel_studio.core.advice.catalog import CATALOG, Reference
from bigmodel_studio.core.advice.estimated_costs import estimated_costs
from bigmodel_studio.core.advice.estimated_packed import estimated_packed
from bigmodel_studio.core.advice.ranking import TASKS, Candidate
from bigmodel_studio.core.advice.suggestions import SUGGESTIONS, Suggestion
from bigmodel_studio.core.memory import device_memory
from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.folder import read_config
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.models.precisions import choices_of
from bigmodel_studio.core.system.files import read_quietly
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Costs, Device

log = logging.getLogger(__name__)

_KINDS = frozenset(kind for task in TASKS.values() for kind in task.kinds)
_LICENCE = re.compile(rb"^license:[ \t]*[\"']?([\w.+-]{1,40})", re.MULTILINE)
_HEAD_BYTES = 4096
CHATS_STORED_BYTES = 2
"""Bytes of a weight of the catalogue's chat models: all are shipped in bfloat16."""
_MAX_TOKENIZER_CONFIG_BYTES = 10_000_000


def candidates(records: Iterable[ModelRecord]) -> list[Candidate]:
    """Return those of the library that can be run, then those of the Hub that are worth a try and are not among
    them.
    """
    here = list(_here(records))
    known = {candidate.id for candidate in here}
    return here + [candidate for candidate in remote() if candidate.id not in known]


def _here(records: Iterable[ModelRecord]) -> Iterator[Candidate]:
    for record in records:
        if record.problem is None and record.kind in _KINDS:
            try:
                candidate = _of_record(record)
            except (StudioError, OSError) as error:  # it changed meanwhile
                log.info("no candidate: %s: %s", record.id, error)
                continue
            if candidate is not None:
                yield candidate


def _of_record(record: ModelRecord) -> Candidate | None:
    if record.format == "gguf":
        return _of_gguf(record)
    folder = Path(record.path)
    config = read_config(folder)
    if config.get("auto_map") and not _is_known(config.get("model_type")):
        return None  # it runs by code of its own, which is never done here
    return Candidate(
        id=record.id,
        name=record.name,
        ref=record.ref,
        kind=record.kind,
        parameters=record.parameters,
        bytes=record.bytes,
        costs=_costs_here(record, config),
        licence=licence_of(folder),
        own=record.source in {"builtin", "run"},
        chats=record.kind == "causal-lm" and has_chat_template(folder),
    )


def _costs_here(record: ModelRecord, config: dict[str, Any]) -> Costs:
    """Return costs by the config, and by the headers in each precision that a model has on a processor."""
    costs = estimated_costs(config, record.parameters, record.bytes)
    sizes = {choice.precision: choice.size for choice in choices_of(record)}
    if record.format != "gguf":
        sizes.pop("stored", None)  # transformers computes it
    return replace(costs, packed=estimated_packed(config, sizes))


def _of_gguf(record: ModelRecord) -> Candidate:
    header = gguf_models.read_model(Path(record.path))
    embedding = header.tensors.get("token_embd.weight")
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": header.size("embedding_length"),
        "num_hidden_layers": header.size("block_count"),
        "num_attention_heads": header.size("attention.head_count"),
        "num_key_value_heads": header.size("attention.head_count_kv"),
        "head_dim": header.size("attention.key_length"),
        "intermediate_size": header.size("feed_forward_length"),
        "vocab_size": embedding.shape[0] if embedding is not None else 0,
        "max_position_embeddings": header.context_length,
        "tie_word_embeddings": "output.weight" not in header.tensors,
    }
    return Candidate(
        id=record.id,
        name=record.name,
        ref=record.ref,
        kind=record.kind,
        parameters=record.parameters,
        bytes=record.bytes,
        costs=_costs_here(record, config),
        licence=header.licence,
        chats=bool(header.text("tokenizer.chat_template")) or "tokenizer.chat_template" in header.lengths,
    )


def _is_known(model_type: object) -> bool:
    """Return whether transformers has code for it, by its folders: it takes seconds to import."""
    package = importlib.util.find_spec("transformers")
    if package is None or not package.submodule_search_locations or not isinstance(model_type, str):
        return False
    name = model_type.replace("-", "_")
    return name.isidentifier() and Path(package.submodule_search_locations[0], "models", name).is_dir()


def licence_of(folder: Path) -> str:
    """Return what the head of a model's card names as its licence, "" where there is none."""
    try:
        with open(folder / "README.md", "rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return ""
    found = _LICENCE.search(head.partition(b"\n---")[0]) if head.startswith(b"---") else None
    return found[1].decode("ascii") if found else ""


def has_chat_template(folder: Path) -> bool:
    """Return whether a model was made for conversation, as far as its files say."""
    if (folder / "chat_template.jinja").is_file() or (folder / "chat_template.json").is_file():
        return True
    path = folder / "tokenizer_config.json"
    try:
        return path.stat().st_size <= _MAX_TOKENIZER_CONFIG_BYTES and b'"chat_template"' in read_quietly(path)
    except OSError:
        return False


def main_device() -> Device:
    """Return the device that an engine takes where nothing is chosen, with what is free on it now."""
    cpu, *cards = device_memory.rooms()
    room = cards[0] if cards else cpu
    kind = room.device.partition(":")[0]
    name = device_memory.cpu_name() if room is cpu else room.device
    dtypes = ("float32", "bfloat16") if room is cpu else ("bfloat16", "float16", "float32")
    return Device(
        id=room.device,
        kind=kind,
        name=name,
        total_bytes=room.total_bytes,
        free_bytes=room.free_bytes,
        dtypes=dtypes,
    )


@functools.cache
def remote() -> tuple[Candidate, ...]:
    """Return what can be had from the Hub: what the catalogue has for conversation, and suggestions for other tasks."""
    chats = [_of_reference(reference) for reference in CATALOG if reference.hub_id]
    return (*chats, *map(_of_suggestion, SUGGESTIONS))


def _of_reference(reference: Reference) -> Candidate:
    parameters = int(reference.published.parameters)
    stored = parameters * CHATS_STORED_BYTES
    return Candidate(
        id=reference.hub_id,
        name=reference.hub_id,
        kind=reference.kind,
        parameters=parameters,
        bytes=stored,
        costs=replace(estimated_costs(reference.config, parameters, stored), packed=estimated_packed(reference.config)),
        licence=reference.licence,
        chats=reference.kind == "causal-lm",
    )


def _of_suggestion(suggestion: Suggestion) -> Candidate:
    stored = suggestion.parameters * suggestion.stored_bytes
    return Candidate(
        id=suggestion.id,
        name=suggestion.id,
        kind=suggestion.kind,
        parameters=suggestion.parameters,
        bytes=stored,
        costs=estimated_costs(suggestion.config, suggestion.parameters, stored),
        tasks=suggestion.tasks,
        licence=suggestion.licence,
        chats="chat" in suggestion.tasks,
    )
