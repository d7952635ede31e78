"""Classes as a column each (one-hot, multi-hot): 1 where a text has the class that the column is called, else 0.

Which columns these are is decided by their values alone; what a row's values mean is one table. Knows no file format.
"""

from __future__ import annotations

from collections.abc import Sequence

_VALUES = {"0": False, "0.0": False, "false": False, "1": True, "1.0": True, "true": True}
LEAST_COLUMNS = 2
"""A single column of zeros and ones is a class of two values."""


def flag_of(value: str) -> bool | None:
    """Return whether a value says that a text has the class; None where it says neither."""
    return _VALUES.get(value.strip().lower())


def flag_columns(header: Sequence[str], values: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return the places of the columns that are a class each, from some of their values; none where they are too few.

    Each has a name of its own, and nothing but zeros and ones; together they have both.
    """
    found = [
        place
        for place, each in enumerate(values)
        if each
        and place < len(header)
        and _is_name(header, place)
        and all(flag_of(value) is not None for value in each)
    ]
    both = {flag_of(value) for place in found for value in values[place]} == {False, True}
    return tuple(found) if both and len(found) >= LEAST_COLUMNS else ()


def _is_name(header: Sequence[str], place: int) -> bool:
    name = header[place]
    return bool(name) and flag_of(name) is None and list(header).count(name) == 1
