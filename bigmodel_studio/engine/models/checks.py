"""Checks of an unknown folder before transformers reads it, each fault with a reason of its own.

transformers trusts what it reads: it asks on stdin whether to run a folder's code, follows an adapter to another
folder, opens the file that a config names, and fills missing tensors with random numbers. Nothing here builds a model,
and nothing imports torch or transformers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from bigmodel_studio.core.models.folder import architecture_of, check_usable, kind_of, read_config, read_json
from bigmodel_studio.core.models.unused import (
    TOKENIZER_FILES,
    refuse_quantized_tensors,
    refuse_sentencepiece,
    refuse_unused,
)
from bigmodel_studio.core.models.weights import Weights, listed, read_weights
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.models import model_types
from bigmodel_studio.engine.models.fields import (
    GENERATION_FILE,
    check_config_fields,
    check_generation_config,
    check_tokenizer_config,
)
from bigmodel_studio.engine.models.tokenizer_trial import refuse_hostile

MAX_LAYERS = 2000
MAX_INPUT_PX = 8192
PROCESSOR_FILE = "preprocessor_config.json"
MAX_LABELS = 100_000
_DEPTH = re.compile(
    r"n_layers?|num_\w*(layers|blocks|stages|hidden_groups)|inner_group_num|(en|de)coder_layers|\w*depths?|layers"
)
"""How fields are called that say of how many layers a model is made."""
_LAST_LAYER = re.compile(r"(^|\.)(classifier(\.out_proj|\.1)?|score|head|fc)\.weight$")
"""How the weights of a classifier's last layer are called."""
_CLASSES_UNSAID = 2
"""What transformers takes where a config names no classes."""
_WRITTEN_IN_FULL = 10**18
_TOKENIZER_JSON = (
    ("tokenizer_config.json", 10_000_000),
    ("special_tokens_map.json", 10_000_000),
    ("added_tokens.json", 10_000_000),
)


class Checked(NamedTuple):
    """A folder that may be shown to transformers."""

    config: dict[str, Any]
    weights: Weights


def check_folder(folder: Path) -> Checked:
    """Return the config and the weights of a folder, where both can be used. Raises ``StudioError`` with the reason."""
    config = check_config(folder)
    weights = read_weights(folder)
    refuse_quantized_tensors(weights.tensors)
    _refuse_other_classes(config, weights)
    return Checked(config, weights)


def _refuse_other_classes(config: dict[str, Any], weights: Weights) -> None:
    """Raise "classes-mismatched" where a classifier's last layer is for another number of classes than its config."""
    if not kind_of(config).endswith("classifier"):
        return
    found = [
        each.shape[0] for name, each in weights.tensors.items() if _LAST_LAYER.search(name) and len(each.shape) == 2
    ]
    names, number = config.get("id2label"), config.get("num_labels")
    wants = len(names) if isinstance(names, dict) else _CLASSES_UNSAID
    wants = number if type(number) is int else wants
    if len(found) == 1 and found[0] != wants:
        raise StudioError("classes-mismatched", wants=wants, has=found[0])


def check_config(folder: Path) -> dict[str, Any]:
    """Return the config of a folder that transformers can build without code of the folder's own."""
    config = read_config(folder)
    refuse_unused(folder, config, architecture_of(config))
    _refuse_own_code(config, folder)
    check_usable(folder, config)
    if "transformers_weights" in config:
        raise StudioError("config-invalid", detail="it names another file to take the weights from")
    check_config_fields(config)
    _refuse_endless(config)
    if (folder / GENERATION_FILE).is_file():
        check_generation_config(read_json(folder / GENERATION_FILE))
    return config


def _refuse_endless(config: dict[str, Any]) -> None:
    """Numbers that somebody would count up to: layers, one by one, and names of classes. Parts of a model (text,
    pictures) have configs of their own within this one."""
    for field, value in config.items():
        if isinstance(value, dict):
            _refuse_endless(value)
            continue
        most = MAX_LAYERS if _DEPTH.fullmatch(field) else MAX_LABELS if field == "num_labels" else None
        numbers = [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, int)]
        count = sum(map(abs, numbers))
        if most is not None and (count > most or any(number < 0 for number in numbers)):
            detail = f"{field} is {_in_words(count if count > most else min(numbers))}, and at most {most:,} are built"
            raise StudioError("config-invalid", detail=detail)


def _in_words(number: int) -> str:
    return f"{number:,}" if abs(number) < _WRITTEN_IN_FULL else "beyond all bounds"


def has_tokenizer(folder: Path) -> bool:
    """Return whether there is a file that a tokenizer can be made from."""
    return any((folder / file).is_file() for file in TOKENIZER_FILES)


def tokenizer_files(folder: Path) -> str:
    """Return the names of the files that a tokenizer is made from, for a sentence."""
    names = dict.fromkeys((*TOKENIZER_FILES, "merges.txt", *(file for file, _ in _TOKENIZER_JSON)))
    return ", ".join(name for name in names if (folder / name).is_file())


def check_tokenizer(folder: Path, name: str) -> None:
    """Check that there is a tokenizer whose files are what they should be, and need no code of the folder's own.

    ``tokenizer.json`` is used by another process, within limits, before it is loaded into this one.
    """
    refuse_sentencepiece(folder, name)
    if not has_tokenizer(folder):
        raise StudioError("tokenizer-missing", model=name)
    for file in (*TOKENIZER_FILES, "merges.txt"):
        if (folder / file).is_file() and (size := (folder / file).stat().st_size) > limits.TOKENIZER_BYTES:
            detail = f"it is {size:,} bytes long, and at most {limits.TOKENIZER_BYTES:,} are read"
            raise StudioError("tokenizer-file", file=file, detail=detail)
    if (folder / "tokenizer.json").is_file():
        refuse_hostile(folder / "tokenizer.json")
    for file, most_bytes in _TOKENIZER_JSON:
        if (folder / file).is_file():
            table = read_json(folder / file, "tokenizer-file", most_bytes=most_bytes)
            if file == "tokenizer_config.json":
                check_tokenizer_config(table)
            if file == "tokenizer_config.json" and table.get("auto_map") and not (folder / "tokenizer.json").is_file():
                raise StudioError("remote-code", files=_own_files(folder))
    if not any((folder / file).is_file() for file in ("tokenizer.json", "vocab.txt", "merges.txt")):
        raise StudioError("tokenizer-file", file="merges.txt", detail="it is missing beside vocab.json")


def check_processor(folder: Path) -> None:
    """Check that the folder says how pictures become its input, in sizes that fit a memory."""
    if not (folder / PROCESSOR_FILE).is_file():
        raise StudioError("processor-missing", path=str(folder))
    table = read_json(folder / PROCESSOR_FILE, "processor-broken")
    for field in ("size", "crop_size"):
        size = table.get(field)
        for value in size.values() if isinstance(size, dict) else [size]:
            if isinstance(value, int | float) and not 0 < value <= MAX_INPUT_PX:
                detail = f"{field} is {value:,}, and at most {MAX_INPUT_PX:,} pixels are made"
                raise StudioError("processor-broken", file=PROCESSOR_FILE, detail=detail)
    kind, size = str(table.get("image_processor_type", "")), table.get("size")
    if kind.startswith("ConvNext") and isinstance(size, dict | list) and "shortest_edge" not in size:
        detail = f"size is {str(size)[:60]}, and {kind[:40]} needs “shortest_edge” in it"
        raise StudioError("processor-broken", file=PROCESSOR_FILE, detail=detail)
    std = table.get("image_std")
    if any(value == 0 for value in (std if isinstance(std, list) else [std])):
        raise StudioError("processor-broken", file=PROCESSOR_FILE, detail="image_std has a zero")


def _refuse_own_code(config: dict[str, Any], folder: Path) -> None:
    model_type = config.get("model_type")
    known = isinstance(model_type, str) and model_types.is_known(model_type)
    if config.get("auto_map") and not known:
        raise StudioError("remote-code", files=_own_files(folder))
    if not isinstance(model_type, str) or not model_type:
        raise StudioError("config-no-type")
    if not known:
        raise StudioError("config-unknown-type", model_type=model_type[:60], version=model_types.version())
    for field in ("attn_implementation", "_attn_implementation"):
        if "/" in str(config.get(field, "")):  # a kernel of the Hub: compiled code
            raise StudioError("remote-code", files=str(config[field])[:80])


def _own_files(folder: Path) -> str:
    return listed(sorted(entry.name for entry in folder.glob("*.py"))) or "from another repository"
