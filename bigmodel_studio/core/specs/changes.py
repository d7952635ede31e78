"""Changes to a spec by the names of its fields, as one types them: ``optimizer.learning_rate=3e-4``; and what differs
between specs. Forks, sweeps and comparisons are made of these.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio.core.specs.spec import RunSpec, spec_of
from bigmodel_studio.core.text.messages import StudioError

Changes = Mapping[str, Any]
"""By the name of a field, with dots: its value."""


def read_change(text: str) -> tuple[str, Any]:
    """Return ``field=value``; the value as in TOML, or a text without its quotes. Raises ``StudioError``
    "change-form".
    """
    field, equals, value = text.partition("=")
    if not equals or not field.strip():
        raise StudioError("change-form", text=text)
    return field.strip(), _value(value.strip())


def read_choices(text: str) -> tuple[str, list[Any]]:
    """Return ``field=value,value,…`` Raises as ``read_change`` does."""
    field, equals, values = text.partition("=")
    if not equals or not field.strip() or not values.strip():
        raise StudioError("change-form", text=text)
    try:
        return field.strip(), list(tomllib.loads(f"x = [{values}]")["x"])
    except (tomllib.TOMLDecodeError, RecursionError):
        return field.strip(), [_value(value.strip()) for value in values.split(",")]


def changed(spec: RunSpec, changes: Changes, folder: Path) -> RunSpec:
    """Return the spec with these fields changed, checked; relative paths among them are against ``folder``.

    Raises ``StudioError`` as ``parse_spec`` does.
    """
    raw: dict[str, Any] = msgspec.to_builtins(spec)
    for field, value in changes.items():
        *tables, name = field.split(".")
        table = raw
        for each in tables:
            inner = table.setdefault(each, {})
            if not isinstance(inner, dict):
                raise StudioError("spec-unknown", field=field, may_be=f"{each} is no table")
            table = inner
        table[name] = value
    return spec_of(raw, folder)


def fields_of(spec: RunSpec) -> dict[str, Any]:
    """Return all fields by their names with dots, in the order of the spec."""
    return dict(flattened(msgspec.to_builtins(spec)))


def differing(specs: Iterable[RunSpec], *, but: Iterable[str] = ("name", "schema")) -> list[str]:
    """Return the fields that are not the same in all of them."""
    all_fields = [fields_of(spec) for spec in specs]
    left_out = set(but)
    names = dict.fromkeys(name for fields in all_fields for name in fields)
    return [
        name
        for name in names
        if name not in left_out and any(fields.get(name) != all_fields[0].get(name) for fields in all_fields)
    ]


def written(value: Any) -> str:
    """Return a field's value as one types it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(written, value)) if isinstance(value, list | tuple) else str(value)


def flattened(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of nested tables by their names with dots."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text
