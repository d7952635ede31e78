"""The texts of a Parquet file as a text file in the cache, made once, so that what reads text files reads them, too.

Each row is a document: a blank line ends it. Only the column of the texts is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bigmodel_studio.core.data.labelled_texts import TEXTS
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.parquet import Say, batches, column_of, kept_under, no_column


def as_text(path: Path, column: str, say: Say) -> Path:
    """The text file of a Parquet file; ``column`` "": found by its name, or the only one of texts.

    Raises ``StudioError`` as ``parquet.batches`` does, and "data-column"; ``OSError``. Nothing half-made is left.
    """
    folder = kept_under(path, "text", column)
    made = folder / f"{path.name}.txt"
    if not made.is_file():
        with made_whole(folder, made.name) as temporary:
            _write(path, column, temporary / made.name, say)
    return made


def _column(path: Path, schema: Any, asked: str) -> str:
    if asked:
        return column_of(path, schema, (asked,))[1]
    there = {name.lower() for name in schema.names}
    usual = [name for name in TEXTS.names if name in there]
    texts = [field.name for field in schema if str(field.type) in ("string", "large_string", "string_view")]
    if not usual and len(texts) != 1:
        raise no_column(path, schema, TEXTS.names[:3])
    return column_of(path, schema, usual or texts)[1]


def _write(path: Path, asked: str, target: Path, say: Say) -> None:
    done = 0
    with open(target, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
        for batch, total in batches(path, lambda schema: [_column(path, schema, asked)]):
            for text in batch.column(0).to_pylist():
                if isinstance(text, str) and text.strip():
                    stream.write(text.rstrip("\n") + "\n\n")
            done += batch.num_rows
            say("reading", done, total)
