"""The commands about the Hub: ``search, pull, check``, and ``clean`` for what downloads left. None imports torch."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.models import Json, events_of, go_online, result_of
from bigmodel_studio.core.advice import fits
from bigmodel_studio.core.hub import hub_leftovers
from bigmodel_studio.core.memory import device_memory
from bigmodel_studio.core.models import library
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.core.text.printable import printable
from bigmodel_studio.protocol import (
    Cancelled,
    CheckCopy,
    CopyChecked,
    Done,
    Download,
    DownloadDataset,
    Downloaded,
    Downloading,
    HubModel,
    HubPage,
    ModelRef,
    Problem,
    Result,
    SearchHub,
    to_builtins,
)

PAGE = 100
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "G": 10**9, "T": 10**12}


class Sorting(StrEnum):
    """In which order models are listed."""

    downloads = "downloads"
    likes = "likes"
    trending = "trending"
    updated = "updated"


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (search, pull, check, clean):
        app.command()(command)


def search(
    words: Annotated[list[str] | None, typer.Argument(metavar="WORDS…", help="Words in the model's name.")] = None,
    task: Annotated[str, typer.Option(help="Task name on the Hub: text-generation, image-classification, …")] = "",
    library_: Annotated[str, typer.Option("--library", help="Library, such as transformers.")] = "",
    licence: Annotated[
        str, typer.Option("--licence", "--license", help="License name on the Hub: mit, apache-2.0, …")
    ] = "",
    max_parameters: Annotated[str, typer.Option(help="Maximum number of parameters, such as 500M or 7B.")] = "",
    min_parameters: Annotated[str, typer.Option(help="Minimum number of parameters.")] = "",
    sort: Annotated[Sorting, typer.Option(help="Sort order.")] = Sorting.downloads,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of models.")] = 20,
    json: Json = False,
) -> None:
    """Search the Hub for models."""
    request = SearchHub(
        words=" ".join(words or ()),
        task=task,
        library=library_,
        licence=licence,
        least_parameters=count_of(min_parameters),
        most_parameters=count_of(max_parameters),
        sort=sort.value,
        limit=min(limit, PAGE),
    )
    go_online()
    rooms = device_memory.rooms()
    found = [(model, fits.fits(model.parameters, rooms)) for model in _found(request, limit)]
    if json:
        output.print_json([_plain(model, fitting) for model, fitting in found])
    elif not found:
        output.say("No model on the Hub matches.")
    else:
        header = ["MODEL", "TASK", "PARAMETERS", "BYTES", "LICENSE", "DOWNLOADS", "FITS"]
        output.print_table(header, [_row(model, fitting) for model, fitting in found], right=(2, 3, 5))


def pull(
    repo: Annotated[str, typer.Argument(metavar="REPO", help="ORGANIZATION/NAME on the Hub.")],
    revision: Annotated[str | None, typer.Option(help="A branch, a tag or a commit (default: main).")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines: progress, then the model.")] = False,
) -> None:
    """Fetch a model from the Hub: only what is needed, checked. It goes on where it stopped. Ctrl+C stops it."""
    done = follow(Download(id=repo, revision=revision), f"pull {repo}", json=json)
    assert isinstance(done, Downloaded)
    _say_pulled(done, json=json)


def follow(request: Download | DownloadDataset, command: str, *, json: bool) -> Result:
    """Fetch, saying how far it is; what came of it. Stopped, it is said that ``command`` goes on, and this exits."""
    go_online()
    screen = _Screen()
    for event in events_of(request):
        if isinstance(event, Downloading):
            if json:
                output.write(output.json_line(_progress(event)), flush=True)
            else:
                screen.show(event)
        elif isinstance(event, Cancelled):
            screen.end()
            output.say(f"Stopped. “bigmodel-studio {command}” resumes the download.")
            raise typer.Exit(output.EXIT_STOPPED)
        elif isinstance(event, Done) and event.result is not None:
            screen.end()
            return event.result
    raise RuntimeError("the task ended without a result")


def check(
    repo: Annotated[str, typer.Argument(metavar="REPO", help="ORGANIZATION/NAME, as “models” lists it.")],
    json: Json = False,
) -> None:
    """Compare a model's files with the Hub's checksums. Ends with 1 where one is not right; “pull” then mends it."""
    go_online()
    found = result_of(CheckCopy(id=repo))
    assert isinstance(found, CopyChecked)
    if json:
        output.print_json({name: getattr(found, name) for name in CopyChecked.__struct_fields__})
    else:
        for name in found.bad:
            output.say(f"{name} differs from the Hub.")
        for name in found.missing:
            output.say(f"{name} is missing.")
        output.say(f"{found.good} files match the Hub.")
    if found.bad or found.missing:
        raise typer.Exit(output.EXIT_CODES["work"])


def clean(
    yes: Annotated[bool, typer.Option("--yes", help="Clean up (default: only list leftovers).")] = False,
    json: Json = False,
) -> None:
    """Find what downloads left in the Hub's cache that no model uses; with --yes, clean it up.

    Parts of files, and files of no revision, are deleted; what never became a model goes to the trash.
    """
    found, trash = hub_leftovers.find(), Trash()
    if yes:
        for left in found:
            try:
                hub_leftovers.clean(left, trash)
            except OSError as error:
                detail = error.strerror or str(error)
                why = Problem(code="delete-failed", arguments={"path": str(left.folder), "detail": detail})
                output.leave(why, "work")
    records = [
        {"id": left.id, "bytes": left.bytes, "files": len(left.files), "whole": bool(left.files)} for left in found
    ]
    if json:
        output.print_json({"leftovers": records, "cleaned": yes, "bytes": sum(left.bytes for left in found)})
    elif not found:
        output.say("No leftover download files.")
    else:
        what = {True: "files not used by any model", False: "incomplete model"}
        rows = [[left.id, numbers.size(left.bytes), what[bool(left.files)]] for left in found]
        output.print_table(["MODEL", "BYTES", ""], rows, right=(1,))
        done = "Cleaned up; incomplete models are in the trash."
        output.say(done if yes else "“bigmodel-studio clean --yes” cleans up.")


def _say_pulled(done: Downloaded, *, json: bool) -> None:
    record = library.record(ModelRef(source="hub", id=done.id, revision=done.revision))
    if json:
        found = {**to_builtins(record), "fetched_bytes": done.fetched_bytes}
        output.write(output.json_line(found), flush=True)
        return
    for name in done.again:
        output.say(f"note: {name} differed from the Hub and was downloaded again.")
    output.say(f"{done.id} is complete and verified: {numbers.size(done.bytes)} in {done.path}")


def _progress(downloading: Downloading) -> dict[str, Any]:
    return {
        "event": "downloading",
        "done_bytes": downloading.done_bytes,
        "total_bytes": downloading.total_bytes,
        "bytes_per_s": downloading.bytes_per_s,
        "seconds_left": downloading.seconds_left,
        "files": [to_builtins(file) for file in downloading.files if file.state in ("loading", "checking")],
    }


class _Screen:
    """One line on a terminal that says how far it is; nothing elsewhere."""

    def __init__(self) -> None:
        self._width = 0

    def show(self, downloading: Downloading) -> None:
        """Write over the line before."""
        if not sys.stderr.isatty() or not downloading.total_bytes:
            return
        left = f", {numbers.duration(downloading.seconds_left)} left" if downloading.seconds_left is not None else ""
        share = numbers.percent(downloading.done_bytes / downloading.total_bytes, 0)
        line = f"{share} of {numbers.size(downloading.total_bytes)}, {numbers.size_rate(downloading.bytes_per_s)}{left}"
        print(f"\r{printable(line).ljust(self._width)}", end="", file=sys.stderr, flush=True)
        self._width = len(line)

    def end(self) -> None:
        """Leave the line as it is."""
        if self._width:
            print(file=sys.stderr)
            self._width = 0


def count_of(text: str) -> int:
    """Return ``500M``, ``7B``, ``1.5b`` or a plain number; 0 for nothing. Raises ``StudioError`` "count-unknown"."""
    written = text.strip().upper().replace(" ", "")
    if not written:
        return 0
    unit = written[-1] if written[-1] in _UNITS else ""
    try:
        value = float(written.removesuffix(unit)) * _UNITS[unit]
    except ValueError:
        value = 0.0
    if not 1 <= value < 2**60:
        raise StudioError("count-unknown", was=text[:40])
    return round(value)


def _found(request: SearchHub, limit: int) -> Iterator[HubModel]:
    """As many models as are wanted, page by page."""
    while True:
        page = None
        for event in events_of(request):
            if isinstance(event, Cancelled):
                raise typer.Exit(output.EXIT_STOPPED)
            if isinstance(event, Done):
                page = event.result
        assert isinstance(page, HubPage)
        yield from page.models[:limit]
        limit -= len(page.models)
        if limit <= 0 or not page.next:
            return
        request = msgspec.structs.replace(request, after=page.next)


def _plain(model: HubModel, fitting: bool | None) -> dict[str, Any]:
    record = {name: getattr(model, name) for name in HubModel.__struct_fields__}
    return {**record, "parameters": model.parameters or None, "bytes": model.bytes or None, "fits": fitting}


def _row(model: HubModel, fitting: bool | None) -> list[str]:
    return [
        model.id,
        model.task or numbers.NOTHING,
        numbers.count(model.parameters or None),
        numbers.size(model.bytes or None),
        model.licence or numbers.NOTHING,
        numbers.count(model.downloads),
        {True: "yes", False: "no", None: numbers.NOTHING}[fitting],
    ]
