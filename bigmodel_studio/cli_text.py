"""The command ``text TASK MODEL INPUT…``: what models make of texts that they read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
import typer

from bigmodel_studio import cli_output
from bigmodel_studio.cli_models import DeviceName, DtypeName, Json, Model, events_of, model_of
from bigmodel_studio.core import numbers
from bigmodel_studio.core.messages import StudioError, sentence
from bigmodel_studio.protocol import Cancelled, Filled, FillMask, ModelRef, NextTold, Request, TellNext

Answer = Filled | NextTold


def _fill_mask(model: ModelRef, inputs: list[str], top_k: int) -> Request:
    return FillMask(model=model, texts=tuple(inputs), top_k=top_k)


def _next_sentence(model: ModelRef, inputs: list[str], top_k: int) -> Request:
    if len(inputs) % 2:
        raise StudioError("text-pairs", count=len(inputs))
    return TellNext(model=model, pairs=tuple(zip(inputs[::2], inputs[1::2], strict=True)))


TASKS: dict[str, Callable[[ModelRef, list[str], int], Request]] = {
    "fill-mask": _fill_mask,
    "next-sentence": _next_sentence,
}


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(text)


def text(
    task: Annotated[str, typer.Argument(metavar="TASK", help="One of: " + ", ".join(TASKS) + ".")],
    model: Model,
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT…", help="Texts; [MASK] is a hidden word; pairs for next-sentence.")
    ],
    top_k: Annotated[int, typer.Option(help="So many candidates for each hidden word.")] = 5,
    device: DeviceName = "auto",
    dtype: DtypeName = "auto",
    json: Json = False,
) -> None:
    """Fill in masked words, or tell whether a sentence follows another; a text that cannot be used spoils no other."""
    if task not in TASKS:
        raise StudioError("text-task", task=task, known=", ".join(TASKS))
    request = TASKS[task](model_of(model, device=device, dtype=dtype), inputs, top_k)
    answers: list[Answer] = []
    stopped = False
    for event in events_of(request):
        if isinstance(event, Answer):
            answers.append(event)
            if not json:
                _print(event)
        stopped = stopped or isinstance(event, Cancelled)
    if json:
        cli_output.print_json([_plain(answer) for answer in answers])
    if stopped:
        raise typer.Exit(cli_output.EXIT_STOPPED)
    failed = [answer.error for answer in answers if answer.error is not None]
    if failed and len(failed) == len(answers):
        cli_output.leave(failed[0], "input")


def _plain(answer: Answer) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    plain.pop("type", None)
    plain["error"] = sentence(answer.error) if answer.error is not None else None
    return plain | {"code": answer.error.code if answer.error is not None else None}


def _print(answer: Answer) -> None:
    if isinstance(answer, NextTold):
        print(f"{numbers.percent(answer.follows):>6}  {answer.first} | {answer.second}")
    else:
        print(answer.filled or answer.text)
        for mask in answer.masks:
            print("  " + ", ".join(f"{each.token} {numbers.percent(each.probability)}" for each in mask))
    if answer.error is not None:
        print(f"  error: {sentence(answer.error)}")
