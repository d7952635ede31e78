"""The pictures of a Parquet file: those in it as files in the cache, made once; or those whose paths it names.

They are files so that whatever shows or reads a picture does so as it does any other; each is named by its row.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bigmodel_studio.core.data.columns import LABEL_NAMES, Columns
from bigmodel_studio.core.data.faults import Faults
from bigmodel_studio.core.data.picture_listing import PATHS, ListedPicture, file_of
from bigmodel_studio.core.data.records import bad_row, records
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.parquet import kept_under

NAMES = (*PATHS.names, "img", "pixels")
INDEX = "rows.jsonl"
_BEGINNINGS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"BM": ".bmp", b"RIFF": ".webp"}


def of_table(path: Path, columns: Columns, faults: Faults) -> Iterator[ListedPicture]:
    """Yield the pictures of a file, row by row; those in it are there when the last has been listed.

    Raises ``StudioError`` as ``parquet.records`` does, and "data-record" for a row without a picture or a class;
    ``OSError``. Nothing half-made is left in the cache.
    """
    folder = kept_under(path, "pictures", columns)
    if not (folder / INDEX).is_file():
        with made_whole(folder, INDEX) as temporary:
            for row, label, where in _unpacked(path, columns, temporary):
                yield ListedPicture(folder / where, label, str(path), row)  # an absolute path stays what it is
        return
    with open(folder / INDEX, encoding="utf-8") as stream:
        for line in stream:
            row, label, where = json.loads(line)
            yield ListedPicture(folder / where, label, str(path), row)


def _unpacked(path: Path, columns: Columns, folder: Path) -> Iterator[tuple[int, str, str]]:
    """Yield each row's number, class, and where its picture lies, as soon as it lies there."""
    names = (columns.text,) if columns.text else NAMES
    labels = (columns.label,) if columns.label else LABEL_NAMES
    inside = folder / path.name
    inside.mkdir()
    with open(folder / INDEX, "w", encoding="utf-8") as index:
        for row, record in records(path, (names, labels)):
            value, label = (next((record[name] for name in group if name in record), None) for group in (names, labels))
            if label is None or not str(label).strip():
                raise bad_row(path, row, detail="it has no class")
            where = _file(path, row, value, inside)
            index.write(json.dumps([row, str(label).strip(), where]) + "\n")
            yield row, str(label).strip(), where
    if hasattr(os, "sync"):
        os.sync()  # all of them at once


def _file(path: Path, row: int, value: Any, inside: Path) -> str:
    """Return where a row's picture lies: written to ``inside`` (then from the folder around it on), or the path it
    names.
    """
    own_name = value.get("path") if isinstance(value, dict) else value
    data = value.get("bytes") if isinstance(value, dict) else value
    if isinstance(data, bytes) and data:
        written = inside / f"row-{row:06}{_suffix(own_name, data)}"
        written.write_bytes(data)
        return f"{inside.name}/{written.name}"
    if isinstance(own_name, str) and own_name.strip():
        return str(file_of(path, own_name.strip(), row))
    raise bad_row(path, row, detail="it has no picture")


def _suffix(own_name: Any, data: bytes) -> str:
    suffix = Path(own_name).suffix.lower() if isinstance(own_name, str) else ""
    if suffix in PICTURE_SUFFIXES:
        return suffix
    return next((each for beginning, each in _BEGINNINGS.items() if data.startswith(beginning)), "")
