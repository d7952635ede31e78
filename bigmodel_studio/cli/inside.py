"""The commands that look at a run from the inside: ``look`` at the examples of a step, ``step`` once and slowly."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import Json, result_of
from bigmodel_studio.core.runs import update_rule
from bigmodel_studio.core.runs.run_folder import find_run
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    NO_CLASS,
    LookAtStep,
    StepExample,
    StepExamples,
    StepTaken,
    TakeStep,
    WeightBlock,
    to_builtins,
)

Run = Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or the path of its folder.")]
MOST_CHARACTERS = 100


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("look")(look)
    app.command("step")(step)


def look(
    run: Run,
    at: Annotated[int, typer.Option("--step", min=1, help="Step.")],
    most: Annotated[int, typer.Option(min=1, help="Number of examples, largest loss first.")] = 16,
    json: Json = False,
) -> None:
    """Show the very examples that a step of a run learnt from, with their losses."""
    step_examples = result_of(LookAtStep(run=str(find_run(run).path), step=at, most=most))
    assert isinstance(step_examples, StepExamples)
    if json:
        output.print_json({**to_builtins(step_examples), "examples": [_example(one) for one in step_examples.examples]})
        return
    by = (
        f"the checkpoint at step {step_examples.checkpoint}"
        if step_examples.checkpoint
        else "the run's initial weights"
    )
    output.say(
        f"step {step_examples.step}: {len(step_examples.examples)} of {step_examples.count} examples, "
        f"largest loss first, by {by}"
    )
    rows = [
        [numbers.exact(one.number), _loss(one.recorded), _loss(one.loss), _line(one)] for one in step_examples.examples
    ]
    output.print_table(["number", "recorded", "loss", "example"], rows, right=(0, 1, 2))


def step(
    run: Run,
    start: Annotated[
        int | None,
        typer.Option("--from", min=0, help="Checkpoint to start from (0: initial weights; default: the newest)."),
    ] = None,
    parameter: Annotated[
        str, typer.Option(help="Parameter to follow at its largest gradient (default: the first).")
    ] = "",
    json: Json = False,
) -> None:
    """Take one update beside a run, which stays as it is, and show how a weight of it comes about."""
    folder = find_run(run)
    saved = start if start is not None else max(folder.checkpoints(), default=0)
    taken = result_of(TakeStep(run=str(folder.path), checkpoint=saved))
    assert isinstance(taken, StepTaken)
    block = _block(taken, parameter)
    place = max(range(len(block.gradient)), key=lambda at: abs(block.gradient[at]))
    lines = update_rule.by_hand(taken, block, place)
    if json:
        record: dict[str, Any] = {**to_builtins(taken), "examples": [_example(one) for one in taken.examples]}
        row, column = divmod(place, block.width)
        by_hand = [{"name": line.name, "formula": line.symbols, "value": line.value} for line in lines]
        followed = {"parameter": block.name, "row": block.row + row, "column": block.column + column}
        output.print_json({**record, "followed": {**followed, "after": block.after[place], "by_hand": by_hand}})
        return
    output.print_facts(
        [
            ("step", numbers.exact(taken.step)),
            ("loss", numbers.significant(taken.loss, 6)),
            ("learning rate", numbers.significant(taken.learning_rate, 6)),
            ("gradient norm", numbers.significant(taken.gradient_norm, 6)),
            ("clipped by", numbers.significant(taken.scale, 6)),
            ("parameter", block.name),
            *((line.name, f"{line.symbols} = {numbers.significant(line.value, 8)}") for line in lines),
            ("the optimizer's w", numbers.significant(block.after[place], 8)),
        ]
    )


def _block(taken: StepTaken, parameter: str) -> WeightBlock:
    names = [block.name for block in taken.blocks]
    if parameter and parameter not in names:
        raise StudioError("parameter-unknown", parameter=parameter, known=", ".join(names[:12]))
    return taken.blocks[names.index(parameter) if parameter else 0]


def _example(one: StepExample) -> dict[str, Any]:
    """As JSON, without the picture's bytes."""
    return {**{name: value for name, value in to_builtins(one).items() if name != "picture"}, "text": _text(one)}


def _text(one: StepExample) -> str:
    return "".join(token.text for token in one.tokens)


def _line(one: StepExample) -> str:
    if one.expected:
        taken = f", predicted {_classes(one.predicted)}" if one.predicted else ""
        return f"{one.source}: {_classes(one.expected)}{taken}"
    return " ".join(_text(one).split())[:MOST_CHARACTERS]


def _classes(words: str) -> str:
    return "no class" if words == NO_CLASS else words


def _loss(value: float | None) -> str:
    return numbers.significant(value, 4)
