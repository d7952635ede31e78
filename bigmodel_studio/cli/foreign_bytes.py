"""Arguments that are not UTF-8: names of files may be any bytes, texts may not, and are refused before any work."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from bigmodel_studio.core.text.messages import StudioError

MAY_BE_A_FILE = frozenset({"IMAGE…", "MODEL", "RUN", "RUN…"})
"""What arguments are called that name a file, or could."""


def refuse(command: Any) -> None:
    """Have a command, and each below it, refuse texts with bytes that are no text: "argument-not-utf8".

    What is read as a path passes.
    """
    for inner in getattr(command, "commands", {}).values():
        refuse(inner)
    for parameter in command.params:
        if parameter.metavar not in MAY_BE_A_FILE:
            parameter.callback = _checked(parameter.callback)


def _checked(before: Callable[..., Any] | None) -> Callable[..., Any]:
    def check(context: Any, parameter: Any, value: Any) -> Any:
        for text in _texts(value):
            if not is_text(text):
                name = parameter.opts[0] if parameter.opts[0].startswith("-") else parameter.metavar or parameter.name
                raise StudioError("argument-not-utf8", name=name, was=text[:200])
        return value if before is None else before(context, parameter, value)

    return check


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


def is_text(text: str) -> bool:
    """Return whether each character of an argument came of valid UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
