"""Datasets that were fetched from the Hub and are files of this computer now: which there are, and taking one away.

Their files lie in the Hub's cache as other tools keep them (``datasets--ORG--NAME``). What of a dataset is whole stands
in a small file a split in this home, for the cache's layout does not say it. Nothing is fetched here.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path
from typing import NamedTuple

import msgspec

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.runs.run_folder import LIVE, all_runs
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.system.trash import Removed, Trash
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import DatasetCopy, DatasetPart

_ADDRESS = re.compile(
    r"(?:hf://datasets/|https://huggingface\.co/datasets/|datasets/)?"
    r"(?P<id>[\w.-]{1,96}/[\w.-]{1,96})(?:@(?P<revision>[^/:\s]+))?(?:/(?P<config>[^:\s]+?))?(?::(?P<split>[^/\s]+))?/?"
)


class Address(NamedTuple):
    """What an address names; "" is what it leaves open."""

    id: str
    revision: str = ""
    config: str = ""
    split: str = ""


def parse_address(text: str) -> Address:
    """Return ``OWNER/NAME[@REVISION][/CONFIG][:SPLIT]``, also behind ``hf://datasets/`` or the Hub's web address.

    Raises ``StudioError`` "dataset-address".
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or ".." in text:
        raise StudioError("dataset-address", was=text.strip()[:100])
    return Address(**{name: value or "" for name, value in found.groupdict().items()})


def note(repo: str, snapshot: Path, part: DatasetPart, *, folder: str = "") -> DatasetCopy:
    """Remember that a split is whole in that snapshot. ``folder``: one in it for its files alone.

    Raises ``OSError``.
    """
    copy = DatasetCopy(
        id=repo,
        revision=snapshot.name,
        config=part.config,
        split=part.split,
        paths=tuple(str(snapshot / name) for name in ([folder] if folder else part.files)),
        bytes=part.bytes,
    )
    key = hashlib.sha256("\n".join((repo, snapshot.name, part.config, part.split)).encode()).hexdigest()[:32]
    _folder().mkdir(parents=True, exist_ok=True)
    write_atomic(_folder() / f"{key}.json", msgspec.json.encode(copy))
    return copy


def copies() -> list[DatasetCopy]:
    """Return the splits that are here, by dataset; one whose files are gone is not."""
    found = []
    for file in _folder().glob("*.json"):
        with contextlib.suppress(OSError, UnicodeDecodeError, msgspec.DecodeError):
            copy = msgspec.json.decode(file.read_bytes(), type=DatasetCopy)
            if all(Path(path).exists() for path in copy.paths):
                found.append(copy)
    return sorted(found, key=lambda copy: (copy.id.lower(), copy.config, copy.split, copy.revision))


def remove(repo: str, trash: Trash) -> Removed:
    """Put a dataset in the trash, all that was fetched of it.

    Raises ``StudioError`` "dataset-unknown", "dataset-in-training", and ``OSError``; then it is where it was.
    """
    folder = hub_cache.folder_of(repo, "dataset")
    if folder is None:
        raise StudioError("dataset-unknown", dataset=repo)
    run = _trained_by(folder)
    if run:
        raise StudioError("dataset-in-training", dataset=repo, run=run)
    size = sum(path.lstat().st_size for path in (folder / "blobs").glob("*"))
    return trash.put("dataset", repo, folder, size=size)


def restore(removed: Removed, trash: Trash) -> None:
    """Bring a dataset back to where it was. Raises ``StudioError`` "model-there-again", ``OSError``."""
    if os.path.lexists(removed.origin):
        raise StudioError("model-there-again", model=removed.name)
    trash.restore(removed)


def _trained_by(folder: Path) -> str:
    """Return the run that has not ended and learns from something in that folder; "" where there is none."""
    for run in all_runs():
        spec = run.spec() if run.status().state in LIVE else None
        if spec is None or run.state_now() not in LIVE:
            continue
        evaluation = spec.data.evaluation
        given = (*spec.data.train, *(() if isinstance(evaluation, float | int) else evaluation))
        if any(Path(path).is_relative_to(folder) for path in given):
            return run.name
    return ""


def _folder() -> Path:
    return paths.home() / "datasets"
