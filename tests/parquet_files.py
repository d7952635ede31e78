"""Parquet files for tests, as the ``datasets`` library writes them: with the classes' names beside the columns."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

needs_parquet = pytest.mark.skipif(
    find_spec("datasets") is None, reason="the optional extra “datasets” is not installed (pip install datasets)"
)


def write_parquet(path: Path, columns: Mapping[str, Any], features: dict[str, Any] | None = None) -> str:
    """A file of these columns, three rows a row group; ``features`` are the types of those that are not plain."""
    import pyarrow as pa
    from datasets import Features
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    if features is None:
        table = pa.table(columns)
    else:
        plain = {name: _feature(values) for name, values in columns.items() if name not in features}
        known = Features({name: features.get(name) or plain[name] for name in columns})
        table = pa.table(columns, schema=known.arrow_schema)
    parquet.write_table(table, path, row_group_size=3)
    return str(path)


def _feature(values: list[Any]) -> Any:
    from datasets import List, Value

    return List(Value("string")) if isinstance(values[0], list) else Value("string")


def class_label(*names: str) -> Any:
    """The type of a column of classes."""
    from datasets import ClassLabel

    return ClassLabel(names=list(names))


def class_labels(*names: str) -> Any:
    """The type of a column of lists of classes."""
    from datasets import List

    return List(class_label(*names))


def image() -> Any:
    """The type of a column of pictures."""
    from datasets import Image

    return Image()
