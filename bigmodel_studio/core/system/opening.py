"""Sorts dropped or opened paths by kind and page: pictures, data, a folder of a model or a run, or none.

Looks at names and folders only; whether a file can be used is for the engine to say.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.folder import kind_of, read_config
from bigmodel_studio.core.runs import tensorboard
from bigmodel_studio.core.runs.run_folder import is_run
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
TEXT_SUFFIXES = (".txt", ".md", ".text", ".rst")
DATA_SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet", ".conll", ".bio", ".iob"})
"""Of tables, conversations and tagged sentences; which objective learns from one is told by ``core.data.kinds``."""
WEIGHT_SUFFIXES = frozenset({".safetensors"})
_LOOKED_AT = 2000


class Opened(msgspec.Struct, kw_only=True):
    """What was found among some paths, each kind in the order given."""

    pictures: list[Path] = []
    """Picture files, and folders that hold some."""
    texts: list[Path] = []
    """Files of text that a model can learn from."""
    data: list[Path] = []
    """Other files that a model can learn from."""
    models: list[Path] = []
    chat_models: list[Path] = []
    """Of ``models``, those that continue text."""
    runs: list[str] = []
    """Names of runs of this home, absolute paths of others."""
    events: list[Path] = []
    """Event files of TensorBoard, and folders that hold some."""
    problems: list[Problem] = []


def is_text(path: Path) -> bool:
    """Return whether a file's name says that it is text."""
    return path.suffix.lower() in TEXT_SUFFIXES


def sort_paths(given: Iterable[Path]) -> Opened:
    """Sort paths by what they are; what is nothing of these is a problem "open-unknown" or "open-missing"."""
    opened = Opened()
    for path in given:
        try:
            _sort(path.absolute(), opened)
        except StudioError as error:
            opened.problems.append(error.problem)
        except OSError as error:
            detail = error.strerror or str(error)
            opened.problems.append(Problem(code="folder-unreadable", arguments={"path": str(path), "detail": detail}))
    return opened


def _sort(path: Path, opened: Opened) -> None:
    if not path.exists():
        raise StudioError("open-missing", path=str(path))
    if path.is_file() and path.suffix.lower() in WEIGHT_SUFFIXES:
        path = path.parent
    if path.is_file():
        if gguf_models.is_one(path):
            opened.models.append(path)
            if gguf_models.can_chat(path):
                opened.chat_models.append(path)
        elif path.suffix.lower() in PICTURE_SUFFIXES:
            opened.pictures.append(path)
        elif is_text(path):
            opened.texts.append(path)
        elif path.suffix.lower() in DATA_SUFFIXES or _is_array(path):
            opened.data.append(path)
        elif tensorboard.contains_events(path):
            opened.events.append(path)
        else:
            raise StudioError("open-unknown", name=path.name)
    elif is_run(path):
        known = path.parent in {paths.runs(), paths.starter_runs()}
        opened.runs.append(path.name if known else str(path))
    elif (path / "config.json").is_file():
        opened.models.append(path)
        if kind_of(read_config(path)) == "causal-lm":
            opened.chat_models.append(path)
    elif tensorboard.contains_events(path):
        opened.events.append(path)
    elif _has_picture(path):
        opened.pictures.append(path)
    elif gguf_models.in_folder(path):
        opened.models.append(path)
    else:
        raise StudioError("open-unknown", name=path.name)


def _is_array(path: Path) -> bool:
    """Return whether it is a JSON array, as files of conversations are."""
    if path.suffix.lower() != ".json":
        return False
    with open(path, "rb") as stream:
        return stream.read(64).removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"["


def _has_picture(folder: Path) -> bool:
    """Return whether a folder, or one directly in it, holds a picture; looks at so many entries at most."""
    looked = 0
    for level in (folder.glob("*"), folder.glob("*/*")):
        for entry in level:
            looked += 1
            if entry.suffix.lower() in PICTURE_SUFFIXES:
                return True
            if looked > _LOOKED_AT:
                return False
    return False
