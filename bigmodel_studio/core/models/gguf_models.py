"""Models that are GGUF files: where LM Studio, Ollama and the user keep them, what they are called and of which kind.

LM Studio has ``models/PUBLISHER/NAME/FILE.gguf``. Ollama has a manifest a name, ``manifests/HOST/SPACE/NAME/TAG``,
that leads to files called by their hash, ``blobs/sha256-…``: there the manifest's path stands for the model. A large
model is cut into files ``…-00001-of-00003.gguf``, of which the first stands for all. What a header says is kept in a
small file, since a vocabulary takes a moment to pass over and there may be hundreds. Knows nothing of the library that
lists them.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio.core.models.gguf import GgufHeader, read_header
from bigmodel_studio.core.models.gguf_support import facts_of, refuse_unsupported
from bigmodel_studio.core.system.files import read_quietly
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelKind

SUFFIX = ".gguf"
LM_STUDIO_FOLDERS = ("~/.lmstudio/models", "~/.cache/lm-studio/models")
OLLAMA_FOLDERS = ("~/.ollama/models", "/usr/share/ollama/.ollama/models")
MAX_MANIFEST_BYTES = 1_000_000
MAX_SHARDS = 1000
_LOOKED_AT = 20_000
_MODEL_LAYER = "application/vnd.ollama.image.model"
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})")
_SHARD = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf", re.IGNORECASE)
_SIDECARS = ("mmproj", "mtp-")
_OLLAMA_SPACE = ("registry.ollama.ai", "library")

KINDS: dict[str, ModelKind] = {
    "bert": "encoder",
    "nomic-bert": "encoder",
    "nomic-bert-moe": "encoder",
    "jina-bert-v2": "encoder",
    "jina-bert-v3": "encoder",
    "modern-bert": "encoder",
    "neo-bert": "encoder",
    "eurobert": "encoder",
    "gemma-embedding": "encoder",
    "t5encoder": "encoder",
    "t5": "seq2seq",
}
"""llama.cpp's architectures that do not continue a text, as most do."""


# ---------------------------------------------------------------------------------------------- where they are


def found() -> list[Path]:
    """Return the models of LM Studio and Ollama on this machine."""
    models: list[Path] = []
    for folder in map(_expanded, LM_STUDIO_FOLDERS):
        models += _first_files(_files(folder, depth=3))
    for folder in _ollama_folders():
        models += sorted(_files(folder / "manifests", depth=4))
    return models


def in_folder(folder: Path) -> list[Path]:
    """Return the models that lie in a folder, or a little below it, as GGUF files: by path."""
    return _first_files(_files(folder, depth=3))


def is_one(path: Path) -> bool:
    """Return whether a path is that of a GGUF file, or of an Ollama manifest."""
    return looks_like_one(path) and path.is_file()


def looks_like_one(path: Path) -> bool:
    """Return whether it looks like one by its name and place alone."""
    return path.suffix.lower() == SUFFIX or _manifest_root(path) is not None


def in_place_of(path: Path) -> Path | None:
    """Return the GGUF model that a file or a folder comes to: itself, or the first in a folder that holds no other
    weights.

    None where it is no such thing.
    """
    if is_one(path):
        return path
    if not path.is_dir() or any(entry.suffix.lower() == ".safetensors" for entry in path.iterdir()):
        return None
    return next(iter(in_folder(path)), None)


def _ollama_folders() -> list[Path]:
    chosen = os.environ.get("OLLAMA_MODELS")
    return [_expanded(chosen)] if chosen else [_expanded(folder) for folder in OLLAMA_FOLDERS]


def _expanded(folder: str) -> Path:
    return Path(os.path.expanduser(folder))


def _files(folder: Path, *, depth: int) -> list[Path]:
    """Return the files at most so deep below a folder, hidden ones left out; of a huge folder the first ones."""
    files: list[Path] = []
    waiting = [(str(folder), depth)]
    looked = 0
    while waiting:
        here, left = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(here) as entries:
            for entry in entries:
                looked += 1
                if looked > _LOOKED_AT or entry.name.startswith("."):
                    continue
                if entry.is_file():
                    files.append(Path(entry.path))
                elif left > 1 and entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, left - 1))
    return files


def _first_files(files: list[Path]) -> list[Path]:
    """Return those that stand for a model: no later parts, and nothing that goes with a model without being one."""
    models = []
    for file in files:
        part = _SHARD.fullmatch(file.name)
        if file.suffix.lower() != SUFFIX or file.name.lower().startswith(_SIDECARS) or (part and int(part[2]) != 1):
            continue
        models.append(file)
    return sorted(models, key=lambda file: str(file).casefold())


# ---------------------------------------------------------------------------------------------- what they are


def name_of(path: Path) -> str:
    """Return what a model is called: a file's name without its ending, or as Ollama calls it (``llama3.2:1b``)."""
    root = _manifest_root(path)
    if root is None:
        part = _SHARD.fullmatch(path.name)
        return part[1] if part else path.stem
    *place, name, tag = path.relative_to(root / "manifests").parts
    where = [part for part in place if part not in _OLLAMA_SPACE]
    return "/".join([*where, f"{name}:{tag}"])


def files_of(path: Path) -> list[Path]:
    """Return the files that hold the model: one, the parts of it, or what an Ollama manifest leads to.

    Raises ``StudioError``: "ollama-manifest", "weights-shard-missing".
    """
    root = _manifest_root(path)
    if root is not None:
        return [_blob(root, path)]
    part = _SHARD.fullmatch(path.name)
    if part is None:
        return [path]
    parts = int(part[3])
    if not 1 <= parts <= MAX_SHARDS:
        raise StudioError("weights-shard-missing", file=path.name)
    files = [path.with_name(f"{part[1]}-{number:05d}-of-{part[3]}{path.suffix}") for number in range(1, parts + 1)]
    for file in files:
        if not file.is_file():
            raise StudioError("weights-shard-missing", file=file.name)
    return files


def read_model(path: Path) -> GgufHeader:
    """Return the header of a model, the tensors of all its files in it. Raises ``StudioError``, ``OSError``."""
    first, *rest = map(read_header, files_of(path))
    for header in rest:
        for name in header.tensors:
            if name in first.tensors:
                raise StudioError("gguf-twice", file=path.name, name=name[:80])
        first = first._replace(tensors=first.tensors | header.tensors)
    if not first.tensors:
        raise StudioError("gguf-no-model", file=name_of(path))
    return first


def kind_of(header: GgufHeader) -> ModelKind:
    """Return what it does: most continue text; what has no context and no words of its own is something else."""
    if header.context_length is None or header.vocabulary is None:
        return "other"
    return KINDS.get(header.architecture, "causal-lm")


def can_chat(path: Path) -> bool:
    """Return whether it continues text and can be run here, by its header."""
    try:
        header = read_model(path)
        refuse_unsupported(facts_of(header), name_of(path))
    except (StudioError, OSError):
        return False
    return kind_of(header) == "causal-lm"


def _manifest_root(path: Path) -> Path | None:
    """Ollama's folder where the path is that of a manifest in one."""
    if len(path.parents) < 5 or path.parents[3].name != "manifests":
        return None
    root = path.parents[4]
    return root if (root / "blobs").is_dir() else None


def _blob(root: Path, manifest: Path) -> Path:
    try:
        if manifest.stat().st_size > MAX_MANIFEST_BYTES:
            raise ValueError
        table: Any = msgspec.json.decode(read_quietly(manifest))
        digests = [layer["digest"] for layer in table["layers"] if layer["mediaType"] == _MODEL_LAYER]
        named = _DIGEST.fullmatch(digests[0])
    except (OSError, ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise StudioError("ollama-manifest", model=name_of(manifest)) from error
    blob = root / "blobs" / f"sha256-{named[1]}" if named else None
    if blob is None or not blob.is_file():
        raise StudioError("ollama-manifest", model=name_of(manifest))
    return blob


def stamp_of(path: Path) -> Iterator[tuple[str, int, int]]:
    """Yield the files of a model, each with its size and when it was written (in ns). Raises as ``files_of``,
    ``OSError``.
    """
    for file in files_of(path):
        stat = os.stat(file)
        yield file.name, stat.st_size, stat.st_mtime_ns
