"""Purpose of a data file, by its name and the names in its first row: which objective learns from such rows.

Only the beginning of a file is looked at. Parquet, which the window does not read, is for whatever is chosen.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from bigmodel_studio.core.data.columns import LABEL_NAMES, SEVERAL_NAMES
from bigmodel_studio.core.data.conll import TAG_NAMES, WORD_NAMES
from bigmodel_studio.core.data.labelled_texts import TEXTS
from bigmodel_studio.core.data.picture_listing import PATHS
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES

LOOKED_AT_CHARACTERS = 1 << 16
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_WORDS_IN_COLUMNS = (".conll", ".bio", ".iob")
_LAYOUTS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("preference", (("chosen",), ("rejected",))),
    ("chat", (("messages", "conversations", "conversation", "instruction"),)),
    ("chat", (("prompt", "question", "query"), ("completion", "response", "answer", "output"))),
    ("tag", (WORD_NAMES, TAG_NAMES)),
    ("classify-images", (PATHS.names, LABEL_NAMES)),
    ("classify-text", (TEXTS.names, SEVERAL_NAMES)),
)
"""Each objective with the columns that tell it: of each group there is one."""


def objective_of(path: Path) -> str | None:
    """Return the objective that learns from such a file; None where the row does not decide it."""
    suffix = path.suffix.lower()
    if suffix in _WORDS_IN_COLUMNS:
        return "tag"
    try:
        if not path.is_file():
            return None
        with open(path, encoding="utf-8-sig", errors="replace") as stream:
            head = stream.read(LOOKED_AT_CHARACTERS)
    except OSError:
        return None
    if suffix in _DELIMITERS:
        return _of_table(head, _DELIMITERS[suffix])
    return _of_names(_first_record(head)) if suffix in (".jsonl", ".ndjson", ".json") else None


def _of_table(head: str, delimiter: str) -> str | None:
    try:
        first = next(csv.reader(head.splitlines(), delimiter=delimiter), [])
    except csv.Error:
        return None
    found = _of_names({cell.strip().lower() for cell in first})
    if found is None and len(first) == 2:  # without a header
        pictures = any(Path(cell).suffix.lower() in PICTURE_SUFFIXES for cell in first)
        return "classify-images" if pictures else "classify-text"
    return found


def _of_names(names: set[str]) -> str | None:
    return next((objective for objective, groups in _LAYOUTS if all(names & set(group) for group in groups)), None)


def _first_record(head: str) -> set[str]:
    """Return the names in the first object of JSON lines or of an array."""
    try:
        record, _ = json.JSONDecoder().raw_decode(head.lstrip().removeprefix("[").lstrip())
    except (ValueError, RecursionError):
        return set()
    return set(record) if isinstance(record, dict) else set()
