"""The command that looks at what a training would learn from, before it starts: ``preview``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import Json, result_of
from bigmodel_studio.cli.runs import text_of
from bigmodel_studio.core.data.conll import OUTSIDE
from bigmodel_studio.core.runs.run_folder import find_run
from bigmodel_studio.core.specs.spec import RunSpec, parse_spec, write_spec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import command, sentence
from bigmodel_studio.protocol import (
    DataPreview,
    Finding,
    LookAtData,
    PartCounts,
    Place,
    PreviewExample,
    PreviewToken,
    to_builtins,
)
from bigmodel_studio.training.preview.first_look import refused_tables

MOST_CLASSES = 3
MOST_COUNTED = 20
"""Classes whose examples are counted, and those of one example that may have several."""
MOST_PLACES = 4
BAD_DATA = 2
MASKED = ("hidden", "swapped", "kept")
MARKS = {"learnt": "«{text}»", "rejected": "‹{text}›"}


def mount(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command()(preview)


def preview(
    what: Annotated[str, typer.Argument(metavar="SPEC.toml|RUN", help="A spec file, or a run.")],
    step: Annotated[int, typer.Option(min=1, help="Step whose examples are shown.")] = 1,
    examples: Annotated[int, typer.Option(min=0, help="Number of examples.")] = 8,
    json: Json = False,
) -> None:
    """Show what a training would learn from: its examples as the model sees them, counts, and what is wrong, by line.

    Ends with 2 where a run could not start with these data.
    """
    spec = _spec(what)
    data_preview = refused_tables(spec, step) or result_of(LookAtData(spec=write_spec(spec), step=step, most=examples))
    assert isinstance(data_preview, DataPreview)
    if json:
        output.print_json(_as_json(data_preview))
    else:
        _print(data_preview)
    if any(found.weight == "error" for found in data_preview.findings):
        raise typer.Exit(BAD_DATA)


def _spec(what: str) -> RunSpec:
    """Return the checked spec of a file, or a run's, with absolute paths. Raises ``StudioError``."""
    path = Path(what)
    if not path.is_file() and path.suffix != ".toml":
        path = find_run(what).path / "spec.toml"
    return parse_spec(text_of(path), path.absolute().parent)


def _as_json(data_preview: DataPreview) -> dict[str, Any]:
    """With the sentences of the findings, and without the pictures' bytes."""
    record: dict[str, Any] = to_builtins(data_preview)
    for example in record["examples"]:
        del example["model_input"], example["whole"]
    for entry, found in zip(record["findings"], data_preview.findings, strict=True):
        entry |= {"sentence": sentence(found.problem), "hint": command(found.problem)}
    return record


def _print(data_preview: DataPreview) -> None:
    if data_preview.parts:
        rows = [
            [
                part.role,
                *map(numbers.exact, (part.files, part.examples, part.items)),
                *map(numbers.exact, (part.shortest, part.median, part.longest)),
                *map(numbers.exact, (part.cut, part.doubles)),
            ]
            for part in data_preview.parts
        ]
        unit = data_preview.parts[0].unit
        items = "pictures" if unit == "pixels" else unit
        header = ["part", "files", "examples", items, "shortest", "median", "longest", "truncated", "duplicates"]
        output.print_table(header, rows, right=range(1, len(header)))
        output.write(f"lengths in {unit}; one epoch takes {numbers.significant(data_preview.updates_an_epoch)} updates")
        _print_classes(data_preview.parts)
    for found in data_preview.findings:
        output.write()
        output.write("\n".join(_finding(found)))
    for number, example in enumerate(data_preview.examples, 1):
        output.write()
        output.write(
            f"step {data_preview.step}, example {number}: {_heading(example, several=data_preview.several_classes)}"
        )
        if example.tokens:
            output.write(marked(example.tokens))


def _print_classes(parts: Sequence[PartCounts]) -> None:
    """Print how many examples each class has, and, where they may have several, how many classes examples have."""
    several = max((len(part.class_counts) for part in parts), default=0)
    if several:
        output.write()
        rows = [[part.role, *map(numbers.exact, _filled(part.class_counts, several))] for part in parts]
        output.print_table(["classes per text", *map(str, range(several))], rows, right=range(1, several + 1))
    names = list(dict.fromkeys(each.label for part in parts for each in part.classes))
    if names:
        output.write()
        counts = [{each.label: each.count for each in part.classes} for part in parts]
        rows = [[name, *(numbers.exact(each.get(name, 0)) for each in counts)] for name in names[:MOST_COUNTED]]
        output.print_table(["class", *(part.role for part in parts)], rows, right=range(1, len(parts) + 1))
        if len(names) > MOST_COUNTED:
            output.write(f"and {numbers.exact(len(names) - MOST_COUNTED)} more classes")


def _filled(counts: Sequence[int], length: int) -> list[int]:
    return [*counts, *[0] * (length - len(counts))]


def _finding(found: Finding) -> Iterator[str]:
    yield f"{found.weight}: {sentence(found.problem)}"
    if way_out := command(found.problem):
        yield f"  {way_out}"
    yield from (f"  {_place(place)}" for place in found.places[:MOST_PLACES])
    if len(found.places) > MOST_PLACES:
        yield "  …"


def _heading(example: PreviewExample, *, several: bool) -> str:
    most = MOST_COUNTED if several else MOST_CLASSES
    shares = [
        each.label if each.share == 1 else f"{each.label} {numbers.percent(each.share)}"
        for each in example.classes[:most]
    ]
    more = ["…"] if len(example.classes) > most else []
    if several and not shares:
        shares = ["no class"]
    cut = " (truncated)" if example.cut else ""
    return f"{_place(example.place)}{cut}" + (f" = {', '.join(shares + more)}" if shares else "")


def _place(place: Place) -> str:
    return f"{place.file}:{place.line}" if place.line else place.file


def marked(tokens: Sequence[PreviewToken]) -> str:
    """Return tokens as a text. What is hidden stands as ``[MASK→word]``, another word in its place as ``[other→word]``;
    a word with a tag as ``word[tag]``; what is learnt between ``«`` and ``»``, unless that is everything; an answer
    that was rejected between ``‹`` and ``›``.
    """
    between = any(token.role == "read" for token in tokens[1:]) and not any(token.answer for token in tokens)
    made = []
    for role, group in itertools.groupby(tokens, key=lambda token: token.role if token.role in MARKS else "read"):
        text = "".join(map(_marked, group))
        made.append(MARKS[role].format(text=text) if role in MARKS and between else text)
    return "".join(made).strip()


def _marked(token: PreviewToken) -> str:
    text = token.text.lstrip(" ")
    space = " " * (len(token.text) - len(text))
    if token.role in MASKED:
        return f"{space}[{text.strip('[]')}→{token.answer.strip()}]"
    return f"{space}{text}[{token.answer}]" if token.answer not in ("", OUTSIDE) else token.text
