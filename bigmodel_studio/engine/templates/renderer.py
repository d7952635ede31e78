"""Renders chat templates through a process that is kept for the next one, and killed where it takes too long.

One such process (``core.system.helper_process``) serves a whole engine, run or command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.helper_process import (
    HelperEndedError,
    HelperLateError,
    HelperNotStartedError,
    HelperProcess,
)
from bigmodel_studio.core.text.messages import StudioError

_MODULE = "bigmodel_studio.engine.templates.process"


class TemplateRenderer:
    """Sends conversations to the process one at a time; any thread may ask. ``close`` ends the process."""

    def __init__(self) -> None:
        self._helper = HelperProcess(_MODULE, {"template": "", "messages": [], "variables": {}})

    def render(
        self, template: str, messages: Sequence[Mapping[str, Any]], variables: Mapping[str, Any], *, file: str
    ) -> str:
        """Return the text that ``template``, which stands in ``file``, makes of ``messages`` (each a role and a
        content).

        Raises ``StudioError``: "template-broken" with what it said against it; "template-slow" or "template-memory"
        where it went past ``limits``, and the process was killed; "template-process" where there is none.
        """
        request = {"template": template, "messages": list(messages), "variables": dict(variables)}
        try:
            answer = self._helper.ask(request, limits.TEMPLATE_S)
        except HelperLateError as error:
            raise StudioError("template-slow", file=file, seconds=limits.TEMPLATE_S) from error
        except HelperEndedError:  # what it may use of memory ran out where Python could not say so
            answer = {"over": "memory"}
        except HelperNotStartedError as error:
            raise StudioError("template-process") from error
        if "text" in answer:
            return str(answer["text"])
        if "over" in answer:
            raise StudioError("template-memory", file=file, most=limits.TEMPLATE_BYTES >> 20)
        raise StudioError("template-broken", file=file, detail=str(answer.get("error"))[:200].rstrip("."))

    def close(self) -> None:
        """End the process, if there is one, and wait for it."""
        self._helper.close()


RENDERER = TemplateRenderer()
"""The process's own."""
