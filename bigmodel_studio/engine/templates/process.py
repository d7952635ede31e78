"""``python -m bigmodel_studio.engine.templates.process``: renders chat templates, one request a line.

The environment is the one that transformers renders with (``transformers.utils.chat_template_utils``, Jinja's immutable
sandbox), so a template gives the same text here. It may use ``limits.TEMPLATE_BYTES`` of memory and
``limits.TEMPLATE_S`` a request; past that the system ends it. It knows neither torch nor transformers.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NoReturn

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.helper_process import limit_memory

_LONGEST_PAD = 10_000
"""Characters that a template may pad or indent by."""
_REASONING = ("reasoning_content", "thinking", "reasoning")
_EXTRA_S = 1.0
"""The parent ends this process at the limit; should the parent be gone, the system does so a little later."""


class _Generation(jinja2.ext.Extension):
    """``{% generation %}``: marks what the model said; the text is the same with it and without."""

    tags = {"generation"}  # noqa: RUF012 - as Jinja declares it

    def parse(self, parser: jinja2.parser.Parser) -> list[jinja2.nodes.Node]:
        """Return the nodes of the block, as if the tag were not there."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, in which a product may not grow without bounds."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """Return the result of ``left * right`` or ``left ** right``. Raises ``SecurityError`` where it would be too
        large.
        """
        sizes = [len(value) if isinstance(value, str | list | tuple) else abs(value) for value in (left, right)]
        if operator == "**" and (sizes[0] > 1_000_000 or sizes[1] > 64):
            raise jinja2.exceptions.SecurityError("a power in the template is too large")
        if operator == "*" and any(isinstance(value, str | list | tuple) for value in (left, right)):
            _bounded(int(sizes[0] * sizes[1]), limits.TEMPLATE_OUTPUT_CHARACTERS)
        return super().call_binop(context, operator, left, right)


class _Dict:
    """``dict`` for templates, without its attributes."""

    def __call__(self, *args: Any, **named: Any) -> dict[Any, Any]:
        return dict(*args, **named)

    def fromkeys(self, *args: Any) -> dict[Any, Any]:
        """Return a dictionary as ``dict.fromkeys`` does."""
        return dict.fromkeys(*args)


class _Namespace(jinja2.utils.Namespace):
    """``namespace`` for templates; names that begin with an underscore are refused."""

    def __init__(*args: Any, **named: Any) -> None:
        self, args = args[0], args[1:]
        attributes = dict(*args, **named)
        for name in attributes:
            _check_name(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name: str, value: Any) -> None:
        _check_name(name)
        super().__setitem__(name, value)


def _check_name(name: object) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise jinja2.exceptions.SecurityError(f"a namespace may not hold {name!r}")


def _bounded(width: int, most: int = _LONGEST_PAD) -> int:
    if width > most:
        raise jinja2.exceptions.SecurityError(f"the template asks for {width:,} characters; the limit is {most:,}")
    return width


def _raise_exception(message: str) -> NoReturn:
    raise jinja2.exceptions.TemplateError(message)


def _to_json(
    value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
) -> str:
    if isinstance(indent, int):
        _bounded(indent, 100)
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _center(value: str, width: int = 80) -> str:
    return str(value).center(_bounded(width))


def _indent(value: str, width: Any = 4, first: bool = False, blank: bool = False) -> str:
    _bounded(len(width) if isinstance(width, str) else width, 1_000)
    return jinja2.filters.do_indent(value, width, first, blank)


@lru_cache(maxsize=8)
def compiled(template: str) -> jinja2.Template:
    """Return the template, ready to be rendered. Raises ``jinja2.TemplateError``."""
    environment = _Environment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, "jinja2.ext.loopcontrols"]
    )
    environment.filters |= {"tojson": _to_json, "center": _center, "indent": _indent}
    environment.globals |= {
        "raise_exception": _raise_exception,
        "strftime_now": lambda form: datetime.now().strftime(form),
        "dict": _Dict(),
        "namespace": _Namespace,
    }
    return environment.from_string(template)


def render(template: str, messages: list[dict[str, Any]], variables: Mapping[str, Any]) -> str:
    """Return the text of a conversation. Raises whatever a template may raise."""
    return compiled(template).render(messages=[_with_reasoning(each) for each in messages], **variables)


def _with_reasoning(message: dict[str, Any]) -> dict[str, Any]:
    """Return the message with its reasoning under the names that templates read."""
    found = next((message[name] for name in _REASONING if message.get(name) is not None), None)
    return message if found is None else {"thinking": found, **message, "reasoning_content": found}


def _answer(line: str) -> dict[str, Any]:
    request = json.loads(line)
    try:
        text = render(request["template"], request["messages"], request["variables"])
    except jinja2.TemplateError as error:
        return {"error": str(error) or type(error).__name__}
    except MemoryError:
        return {"over": "memory"}
    except RecursionError:
        return {"error": "it calls itself without end"}
    except Exception as error:  # a template may call anything with anything
        return {"error": f"{type(error).__name__}: {error}"}
    if len(text) > limits.TEMPLATE_OUTPUT_CHARACTERS:
        return {"error": f"its text is {len(text):,} characters long"}
    return {"text": text}


def _end_after(seconds: float) -> None:
    """Have the system end this process in so many seconds; 0: never. Windows has no such timer."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def main() -> None:
    """Answer each line of the input with a line of the output."""
    limit_memory(limits.TEMPLATE_BYTES)
    for line in sys.stdin:
        _end_after(limits.TEMPLATE_S + _EXTRA_S)
        try:
            reply = json.dumps(_answer(line))
        except MemoryError:
            reply = json.dumps({"over": "memory"})
        _end_after(0)
        sys.stdout.write(reply + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
