"""Parquet files row by row, a few rows in memory at a time; the only module that knows pyarrow.

It comes with the optional extra ``datasets``. Classes that a file keeps as numbers are given by their names, as the
``datasets`` library writes them beside the columns (``ClassLabel``). Nothing that is in a file is ever run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bigmodel_studio.core.data.faults import FATAL, Faults
from bigmodel_studio.core.data.records import Record, parquet_missing
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text.messages import StudioError

ROWS_AT_ONCE = 64
BUFFER_BYTES = 1 << 20
"""So much of a column is read ahead: a row group may be as large as its file."""
Say = Callable[[str, int, int], None]
ClassNames = dict[str, tuple[str, ...]]
"""By column, what its numbers mean."""


def records(path: Path, wanted: Sequence[Sequence[str]] = (), faults: Faults = FATAL) -> Iterator[tuple[int, Record]]:
    """Yield the rows with their numbers (from 1), as ``core.data.records`` has them.

    Raises ``StudioError``: "parquet-missing", "data-parquet", "data-column"; "data-not-utf8" goes to ``faults``.
    """
    chosen: dict[str, str] = {}
    classes: ClassNames = {}
    first = 1

    def choose(schema: Any) -> list[str]:
        chosen.update(column_of(path, schema, group) for group in wanted)
        classes.update(class_names(path, schema))
        return list(chosen.values())

    for batch, _ in batches(path, choose):
        for row, values in rows_in(path, first, batch, faults):
            named_values = {name: named(value, classes.get(name, ())) for name, value in values.items()}
            yield row, {name: named_values[column] for name, column in chosen.items()} if chosen else named_values
        first += batch.num_rows


def rows_in(path: Path, first: int, batch: Any, faults: Faults) -> Iterator[tuple[int, Record]]:
    """Yield the rows of a batch, the first of which has the number ``first``.

    A text that is not UTF-8 is one fault ("data-not-utf8"), and its row is left out.
    """
    try:
        yield from enumerate(batch.to_pylist(), first)
        return
    except UnicodeDecodeError:
        pass  # of which row is not said
    for place in range(batch.num_rows):
        try:
            yield first + place, batch.slice(place, 1).to_pylist()[0]
        except UnicodeDecodeError:
            faults.refuse(StudioError("data-not-utf8", path=str(path), line=first + place))


def batches(path: Path, choose: Callable[[Any], list[str]]) -> Iterator[tuple[Any, int]]:
    """Yield a few rows at a time, and how many rows there are in all; of the schema ``choose`` takes the columns (none:
    all).

    Raises ``StudioError``: "parquet-missing", "data-parquet", and what ``choose`` raises.
    """
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise parquet_missing(path) from error
    try:
        with ParquetFile(path, buffer_size=BUFFER_BYTES, pre_buffer=False) as file:
            columns = choose(file.schema_arrow) or None
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns, use_threads=False):
                yield batch, file.metadata.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:  # names of columns are texts, too
        detail = str(error).strip().partition("\n")[0][:200].rstrip(".") or type(error).__name__
        raise StudioError("data-parquet", path=str(path), detail=detail) from error


def column_of(path: Path, schema: Any, names: Sequence[str]) -> tuple[str, str]:
    """Return the first of ``names`` that a file has, upper and lower case alike, and what the file calls it.

    Raises ``StudioError`` "data-column".
    """
    there = {name.lower(): name for name in reversed(schema.names)}
    for name in names:
        if name.lower() in there:
            return name, name if name in schema.names else there[name.lower()]
    raise no_column(path, schema, names)


def no_column(path: Path, schema: Any, names: Sequence[str]) -> StudioError:
    """Return what is said of a file that has none of these columns."""
    return StudioError("data-column", path=str(path), column=" / ".join(names), columns=", ".join(schema.names)[:200])


def class_names(path: Path, schema: Any) -> ClassNames:
    """Return what the numbers of a column (or of the lists in it) mean, where the file says so.

    Raises ``StudioError`` "parquet-missing" where pyarrow is there alone.
    """
    if b"huggingface" not in (schema.metadata or {}):
        return {}
    try:
        from datasets import ClassLabel, Features  # over a second, and only where such names are written
    except ImportError as error:
        raise parquet_missing(path) from error
    try:
        features = Features.from_arrow_schema(schema)
    except Exception:  # of a later version of the library, or damaged: the numbers stay numbers
        return {}
    inner = {name: getattr(feature, "feature", feature) for name, feature in features.items()}
    return {name: tuple(each.names) for name, each in inner.items() if isinstance(each, ClassLabel) and each.names}


def named(value: Any, names: tuple[str, ...]) -> Any:
    """Return a class's name for its number, in lists too; None for one that has no name (-1 is "not known")."""
    if not names:
        return value
    if isinstance(value, list):
        return [named(each, names) for each in value]
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else None


def kept_under(path: Path, *recipe: object) -> Path:
    """Return where in the cache stands what is made of a file by a recipe; another as soon as the file is another."""
    stat = path.stat()
    key = f"1 {path.absolute()} {stat.st_size} {stat.st_mtime_ns} {recipe!r}"
    return paths.cache() / "parquet" / hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
