"""The command ``experiment``: sweeps that are ready to be run. What they are stands in ``core.specs.experiments``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from bigmodel_studio.cli.forks import queue_sweep
from bigmodel_studio.cli.models import events_of
from bigmodel_studio.cli.output import say
from bigmodel_studio.cli.plan import speed_of
from bigmodel_studio.cli.runs import Detach, Json, writing
from bigmodel_studio.core.advice.advice_candidates import main_device
from bigmodel_studio.core.memory import training_time
from bigmodel_studio.core.specs import experiments
from bigmodel_studio.core.specs.experiments import EXPERIMENTS, Planned
from bigmodel_studio.core.specs.sweeps import specs_of
from bigmodel_studio.core.system.settings import runs_at_once
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import DrawPictures


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(experiment)


def experiment(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"Which: {', '.join(EXPERIMENTS)}.")],
    data: Annotated[
        list[Path] | None,
        typer.Option(
            "--data",
            help=("Training data: texts, or a folder with one subfolder of pictures per class (default: built in)."),
        ),
    ] = None,
    steps: Annotated[int | None, typer.Option("--steps", help="residual: steps per run.")] = None,
    size: Annotated[int | None, typer.Option("--size", help="residual: picture size in pixels.")] = None,
    widths: Annotated[
        str | None, typer.Option("--widths", metavar="N,N…", help="scaling: widths of the models.")
    ] = None,
    tokens: Annotated[
        str | None, typer.Option("--tokens", metavar="N,N…", help="scaling: training tokens, for example 64k,1M.")
    ] = None,
    large: Annotated[bool, typer.Option("--large", help="Use the larger defaults (takes hours).")] = False,
    rename: Annotated[str, typer.Option("--name", help="Name of the sweep (default: the experiment's).")] = "",
    detach: Detach = False,
    as_json: Json = False,
) -> None:
    """Run an experiment that is ready: “residual” shows why deep networks need shortcuts, “scaling” how the loss falls
    with compute.
    """
    asked = {
        "data": tuple(str(path.absolute()) for path in data) if data else None,
        "steps": steps,
        "size": size,
        "widths": _numbers("widths", widths),
        "tokens": _numbers("tokens", tokens),
    }
    given = {parameter: value for parameter, value in asked.items() if value is not None}
    made = experiments.planned(name, given, large=large)
    if rename:
        made = made._replace(spec=msgspec.structs.replace(made.spec, name=rename))
    _say_estimate(made)
    if experiments.draws_pictures(name, given):
        with writing():
            _draw()
    queue_sweep(made.spec, made.points, detach, as_json)


def _numbers(option: str, text: str | None) -> tuple[int, ...] | None:
    try:
        return None if text is None else experiments.whole_numbers(text)
    except ValueError:
        raise StudioError(
            "spec-field", field=option, was=text or "", may_be="whole numbers, for example 32, 64k, 1M"
        ) from None


def _say_estimate(made: Planned) -> None:
    """Say how many runs that is, and about how long they will take on this machine."""
    device = main_device()
    speed = speed_of(device, "bfloat16" if device.kind == "cuda" else "float32")
    specs = specs_of(made.spec, made.points, Path.cwd())
    seconds = training_time.seconds_of_all(specs, speed, runs_at_once()) if speed is not None else None
    took = f", about {numbers.rough_duration(seconds)} on {device.id}" if seconds is not None else ""
    say(f"{len(specs):,} runs{took}")


def _draw() -> None:
    say("generating training pictures (once)")
    request = DrawPictures(folder=str(experiments.drawn_pictures()), each=experiments.DRAWN_EACH)
    for _ in events_of(request):
        pass
