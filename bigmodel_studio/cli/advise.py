"""The command ``advise``: which model to take for a task, from what is here and what can be had. Needs no torch."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.core.advice.advice_candidates import candidates, main_device
from bigmodel_studio.core.advice.ranking import FREE, TASKS, Advice, AdviceQuestion, advise
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models import library
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError, sentence
from bigmodel_studio.protocol import to_builtins

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("advise")(advise_)


def advise_(
    task: Annotated[str, typer.Option(help=f"One of: {', '.join(TASKS)}.")],
    memory: Annotated[str, typer.Option(help="Memory limit, such as 4GB (default: free memory).")] = "",
    speed: Annotated[float, typer.Option(min=0, help="Minimum tokens, pictures or texts per second.")] = 0.0,
    licence: Annotated[str, typer.Option(help=f"License name, or “{FREE}” for any that allows every use.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")] = False,
) -> None:
    """Say which model to take for a task: what fits, suits and is here first, each with its reason."""
    question = AdviceQuestion(task=task, memory_bytes=size_of(memory), per_second=speed, licence=licence)
    found = advise(question, candidates(library.records()), main_device(), device_speed.speeds())
    if json:
        output.print_json([_plain(advice) for advice in found])
    elif not found:
        output.say("No known model does this under this license.")
    else:
        rows = [
            [
                advice.id,
                numbers.decimal(advice.score, 1),
                numbers.count(advice.candidate.parameters),
                numbers.size(advice.plan.total_bytes),
                advice.candidate.licence or numbers.NOTHING,
                _reason(advice),
            ]
            for advice in found
        ]
        output.print_table(["MODEL", "SCORE", "PARAMETERS", "MEMORY", "LICENSE", ""], rows, right=(1, 2, 3))


def size_of(text: str) -> int:
    """Return ``4GB``, ``512 MB``, ``2GiB`` or plain bytes; 0 for nothing. Raises ``StudioError`` "size-unknown"."""
    if not text.strip():
        return 0
    found = _SIZE.fullmatch(text.strip())
    size = float(found[1]) * (1024 if found[3] else 1000) ** _POWERS[found[2].lower()] if found else 0
    if not 1 <= size < 2**60:
        raise StudioError("size-unknown", was=text[:40])
    return round(size)


def _reason(advice: Advice) -> str:
    return " ".join(sentence(reason) for reason in advice.reasons)


def _plain(advice: Advice) -> dict[str, Any]:
    candidate = advice.candidate
    return {
        "id": advice.id,
        "score": advice.score,
        "reason": _reason(advice),
        "plan": to_builtins(advice.plan),
        "here": advice.here,
        "kind": candidate.kind,
        "parameters": candidate.parameters,
        "bytes": candidate.bytes,
        "licence": candidate.licence,
        "precision": advice.plan.question.precision,
        "per_second": advice.per_second,
    }
