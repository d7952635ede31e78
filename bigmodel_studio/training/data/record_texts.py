"""The texts of a file of JSON lines as a text file in the cache, made once: what reads text files reads them, too.

Each record's text is a document, which a blank line ends.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

from bigmodel_studio.core.data.columns import SAMPLE_ROWS
from bigmodel_studio.core.data.faults import Faults
from bigmodel_studio.core.data.labelled_texts import TEXTS
from bigmodel_studio.core.data.records import records
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.data.cached import made_whole
from bigmodel_studio.training.data.parquet import Say, kept_under

_SAY_EVERY = 10_000


def as_text(path: Path, column: str, say: Say) -> Path:
    """The text file of a file of JSON lines; ``column`` "": the field found by its name, or the only one of texts.

    Raises ``StudioError`` "data-row" (a line that is no record) and "data-column"; ``OSError``.
    """
    folder = kept_under(path, "text", column)
    made = folder / f"{path.name}.txt"
    if not made.is_file():
        name = _field_name(path, column)
        with made_whole(folder, made.name) as temporary:
            _write(path, name, temporary / made.name, say)
    return made


def _field_name(path: Path, asked: str) -> str:
    """The field of the texts, from the first records."""
    found = Counter[str]()
    for _, record in islice(records(path, (), Faults.passing()), SAMPLE_ROWS):
        found.update(name for name, value in record.items() if isinstance(value, str))
    usual = [name for name in TEXTS.names if name in found]
    if asked in found:
        return asked
    if not asked and usual:
        return usual[0]
    if not asked and len(found) == 1:
        return next(iter(found))
    names = ", ".join(found) or "no field with text"
    raise StudioError("data-column", path=str(path), column=asked or TEXTS.names[0], columns=names[:200])


def _write(path: Path, name: str, target: Path, say: Say) -> None:
    size = max(1, path.stat().st_size)
    with open(target, "w", encoding="utf-8", errors="replace", newline="\n") as stream:
        for number, (_, record) in enumerate(records(path, ((name,),))):
            text = record.get(name)
            if isinstance(text, str) and text.strip():
                stream.write(text.rstrip("\n") + "\n\n")
            if number % _SAY_EVERY == 0:
                say("reading", min(stream.tell(), size), size)
