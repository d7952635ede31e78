"""The commands about datasets of the Hub: ``pull-dataset``, ``datasets``, ``remove-dataset``. None imports torch."""

from __future__ import annotations

from typing import Annotated

import typer

from bigmodel_studio.cli import output
from bigmodel_studio.cli.hub import follow
from bigmodel_studio.cli.models import Json, go_online, result_of
from bigmodel_studio.core.hub import hub_datasets
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import (
    DatasetCopy,
    DatasetDownloaded,
    DatasetListing,
    DownloadDataset,
    LookAtDataset,
    Problem,
    to_builtins,
)


def mount(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("pull-dataset")(pull_dataset)
    app.command()(datasets)
    app.command("remove-dataset")(remove_dataset)


def pull_dataset(
    dataset: Annotated[
        str, typer.Argument(metavar="REPO", help="OWNER/NAME, or hf://datasets/OWNER/NAME[@REVISION][/CONFIG][:SPLIT].")
    ],
    config: Annotated[str, typer.Option(help="Configuration (default: the only one, or “default”).")] = "",
    split: Annotated[str, typer.Option(help="Split, such as train (default: all).")] = "",
    revision: Annotated[str, typer.Option(help="A branch, a tag or a commit (default: the Hub's Parquet of it).")] = "",
    look: Annotated[bool, typer.Option("--look", help="Only list configurations and splits.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines: progress, then the paths.")] = False,
) -> None:
    """Fetch a dataset from the Hub, once: from then on it is files that “train” is given. Stopped, it goes on later."""
    address = hub_datasets.parse_address(dataset)
    config, split = config or address.config, split or address.split
    wanted = revision or address.revision or None
    if look:
        go_online()
        listing = result_of(LookAtDataset(id=address.id, revision=wanted))
        assert isinstance(listing, DatasetListing)
        _say_parts(listing, json=json)
        return
    request = DownloadDataset(id=address.id, config=config, split=split, revision=wanted)
    done = follow(request, f"pull-dataset {dataset}", json=json)
    assert isinstance(done, DatasetDownloaded)
    if json:
        output.write(output.json_line(to_builtins(done)), flush=True)
        return
    for name in done.again:
        output.say(f"note: {name} differed from the Hub and was downloaded again.")
    output.say(f"{done.id} is complete and verified: {numbers.size(done.bytes)}. For data.train or data.evaluation:")
    for copy in done.copies:
        for path in copy.paths:
            output.say(f"{copy.split}: {path}")


def datasets(json: Json = False) -> None:
    """List the datasets of the Hub that are on this computer, and the paths that a training is given."""
    found = hub_datasets.copies()
    if json:
        output.print_json([to_builtins(copy) for copy in found])
    elif not found:
        output.say("No datasets. “bigmodel-studio pull-dataset” downloads one.")
    else:
        output.print_table(["DATASET", "CONFIG", "SPLIT", "BYTES", "PATH"], [_row(c) for c in found], right=(3,))


def remove_dataset(
    dataset: Annotated[str, typer.Argument(metavar="REPO", help="OWNER/NAME, as “datasets” lists it.")],
    json: Json = False,
) -> None:
    """Put a dataset of the Hub's cache in the trash, with all its splits."""
    try:
        removed = hub_datasets.remove(dataset, Trash())
    except OSError as error:
        arguments: dict[str, str | int | float] = {"path": dataset, "detail": error.strerror or str(error)}
        output.leave(Problem(code="trash-failed", arguments=arguments), "work")
    if json:
        output.print_json({"id": dataset, "bytes": removed.bytes})
        return
    output.say(f"{dataset} is in the trash; deleting it frees {numbers.size(removed.bytes)}. Until then it can be")
    output.say("restored in the window, under “Recently removed”.")


def _row(copy: DatasetCopy) -> list[str]:
    more = f" and {len(copy.paths) - 1} more" if len(copy.paths) > 1 else ""
    return [copy.id, copy.config, copy.split, numbers.size(copy.bytes), copy.paths[0] + more]


def _say_parts(listing: DatasetListing, *, json: bool) -> None:
    if json:
        output.print_json(to_builtins(listing))
        return
    rows = [
        [part.config, part.split, numbers.exact(len(part.files)), numbers.size(part.bytes)] for part in listing.parts
    ]
    output.print_table(["CONFIG", "SPLIT", "FILES", "BYTES"], rows, right=(2, 3))
