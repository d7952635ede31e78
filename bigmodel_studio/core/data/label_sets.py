"""Several classes of a text in one field: as a list (JSON's, or Python's as pandas writes it), or with a separator.

What parts them is decided from all values at once, and only where there is no doubt; else the user is asked, and the
error shows some of the values. Knows no file format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

LISTS = "[]"
"""In the place of a separator: each value is a list."""
ALONE = ""
"""In the place of a separator: no value has more than one class."""
SEPARATORS = (";", "|", ",")
"""Those that are found; any other has to be named."""
MOST_SHOWN, _SHOWN_CHARACTERS = 4, 40
_ITEM = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+)"""
_LIST = re.compile(rf"\[\s*(?:{_ITEM}(?:\s*,\s*{_ITEM})*)?\s*\]", re.DOTALL)
_MAY_PART = re.compile(r"[\s/+&\[\];|,]")
"""Characters that may stand between classes."""


def separator_of(values: Iterable[str]) -> str | None:
    """Return what parts the classes in these values, or ``LISTS`` or ``ALONE``; None where that is not certain.

    A semicolon or a bar is certain where no other separator stands in any value. Of commas, which names have too, there
    must be fewer parts than values, and one of the parts must stand in a value of its own.
    """
    found = {value for value in values if value}
    if found and all(_LIST.fullmatch(value) for value in found):
        return LISTS
    inside = [each for each in SEPARATORS if any(each in value for value in found)]
    if len(inside) > 1:
        return None
    if not inside:
        return None if any(_MAY_PART.search(value) for value in found) else ALONE
    (separator,) = inside
    return separator if separator != "," or _commas_part(found) else None


def _commas_part(values: set[str]) -> bool:
    several = {part for value in values if "," in value for part in classes_in(value, ",")}
    alone = {value for value in values if "," not in value}
    return bool(several & alone) and len(several | alone) < len(values)


def classes_in(value: str, separator: str) -> tuple[str, ...]:
    """Return the classes in a value, each once, in their order; ``separator`` may be ``LISTS`` or ``ALONE``."""
    if separator == LISTS:
        parts = [_unquoted(item) for item in re.findall(_ITEM, value, re.DOTALL)]
    else:
        parts = value.split(separator) if separator else [value]
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in parts))))


def _unquoted(item: str) -> str:
    if item[0] == '"':
        try:
            return str(json.loads(item, strict=False))
        except ValueError:
            pass
    return re.sub(r"\\(.)", r"\1", item[1:-1], flags=re.DOTALL) if item[0] in "\"'" else item


def classes_of_list(values: Sequence[object]) -> tuple[str, ...] | None:
    """Return the classes of a list in a record, each once; None where one is neither a text nor a whole number."""
    made = []
    for value in values:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        made.append(str(value).strip())
    return tuple(dict.fromkeys(filter(None, made)))


def examples_of(values: Iterable[str]) -> str:
    """Return some values, for a sentence: those that a separator may stand in before others."""
    found = sorted({value for value in values if value}, key=lambda value: _MAY_PART.search(value) is None)
    short = [value if len(value) <= _SHOWN_CHARACTERS else value[: _SHOWN_CHARACTERS - 1] + "…" for value in found]
    return ", ".join(f"“{value}”" for value in short[:MOST_SHOWN]) + ", …" * (len(short) > MOST_SHOWN)


def seem_joined(labels: Sequence[str]) -> bool:
    """Return whether classes, of which each text has one, seem to be several in one: parted, they are fewer."""
    separator = separator_of(labels)
    if not separator:
        return False
    return len({part for label in labels for part in classes_in(label, separator)}) < len(labels)
