"""The tasks about a dataset on the Hub: what it has, and its files fetched, once, to be files of this computer.

Only files are fetched, never a loading script: the Hub's own Parquet of a dataset (branch ``refs/convert/parquet``, a
folder for each configuration with one for each split in it), or, where it has none, the repository's data files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from huggingface_hub import HfApi
from huggingface_hub.errors import RevisionNotFoundError

from bigmodel_studio.core.hub import hub_datasets
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.hub import client
from bigmodel_studio.engine.hub.cache_files import RepoCache
from bigmodel_studio.engine.hub.download import MOST_NEEDED, fetching
from bigmodel_studio.engine.hub.repo import Listing, listing
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import (
    DatasetDownloaded,
    DatasetListing,
    DatasetPart,
    Done,
    DownloadDataset,
    Event,
    HubFile,
    LookAtDataset,
    Progress,
)

CONVERTED = "refs/convert/parquet"
PARTIAL = "partial-"
"""Before the name of a split of which the Hub has converted only the beginning."""
SUFFIXES = (".parquet", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt")
"""What training reads; where a split is there in several formats, the first."""
NOT_DATA = frozenset({"dataset_infos.json", "dataset_dict.json", "dataset_info.json", "state.json", "requirements.txt"})
DEFAULT = "default"
SPLITS = {
    "train": "train", "training": "train",
    "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "testing": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip
"""What a split is called, by a word in a file's name or in its folders'."""
_WORDS = re.compile("[a-z]+")


def look_at_dataset(request: LookAtDataset, session: Session) -> Iterator[Event]:
    """End with ``Done(DatasetListing)``. Raises ``StudioError`` "dataset-no-files"."""
    yield Progress(what="looking-at-repo")
    found, parts = _listed(request.id, request.revision)
    yield Done(result=DatasetListing(id=request.id, revision=found.commit, parts=parts))


def download_dataset(request: DownloadDataset, session: Session) -> Iterator[Event]:
    """Say ``Downloading``; ends with ``Done(DatasetDownloaded)``. Stopped, it leaves what came, to go on from.

    Raises ``StudioError``: "dataset-no-files", "dataset-config", "dataset-split", and what goes wrong on the way.
    """
    yield Progress(what="looking-at-repo")
    found, parts = _listed(request.id, request.revision)
    chosen = _chosen(request, parts)
    by_name = {file.name: file for file in found.files}
    files = [by_name[name] for part in chosen for name in part.files]
    if len(files) > MOST_NEEDED:
        raise StudioError("hub-too-many-files", model=request.id, count=len(files), most=MOST_NEEDED)
    cache = RepoCache(request.id, found.commit, "dataset")
    fetch = yield from fetching(cache, files, found.etags, f"datasets/{request.id}")
    with client.asking(f"datasets/{request.id}", "download"):  # whose disk may be full by now
        copies = tuple(
            hub_datasets.note(request.id, cache.snapshot, part, folder=_own_folder(part, found)) for part in chosen
        )
    yield Done(
        result=DatasetDownloaded(
            id=request.id,
            revision=found.commit,
            copies=copies,
            bytes=sum(file.bytes for file in files),
            fetched_bytes=fetch.fetched_bytes,
            again=tuple(dict.fromkeys(fetch.again)),
        )
    )


def _listed(repo: str, revision: str | None) -> tuple[Listing, tuple[DatasetPart, ...]]:
    with client.asking(f"datasets/{repo}", "look") as api:
        found = None if revision is not None else _converted(api, repo)
        if found is None:
            files = listing(api, repo, revision, "dataset")
            found = files, parts_of(files.files)
    if not found[1]:
        raise StudioError("dataset-no-files", dataset=repo, suffixes=", ".join(SUFFIXES))
    return found


def _converted(api: HfApi, repo: str) -> tuple[Listing, tuple[DatasetPart, ...]] | None:
    """Return the Hub's own Parquet; None where there is none, or only the beginning of a split is."""
    try:
        found = listing(api, repo, CONVERTED, "dataset")
    except RevisionNotFoundError:
        return None
    parts = parts_of(found.files)
    return None if not parts or any(part.split.startswith(PARTIAL) for part in parts) else (found, parts)


def parts_of(files: Sequence[HubFile]) -> tuple[DatasetPart, ...]:
    """Return the splits that files are of, by their names; each in one format."""
    groups: dict[tuple[str, str], dict[str, list[HubFile]]] = {}
    for file in sorted(files, key=lambda file: file.name):
        path = PurePosixPath(file.name)
        suffix = path.suffix.lower()
        if suffix in SUFFIXES and path.name.lower() not in NOT_DATA:
            groups.setdefault(_place(path), {}).setdefault(suffix, []).append(file)
    parts = []
    for (config, split), formats in sorted(groups.items()):
        kept = next(formats[suffix] for suffix in SUFFIXES if suffix in formats)
        parts.append(
            DatasetPart(
                config=config,
                split=split,
                files=tuple(file.name for file in kept),
                bytes=sum(file.bytes for file in kept),
                here_bytes=sum(file.bytes for file in kept if file.here),
            )
        )
    return tuple(parts)


def _place(path: PurePosixPath) -> tuple[str, str]:
    """Return the configuration and the split of a file: CONFIG/SPLIT/0000.parquet, or by the words in its name."""
    folders = path.parts[:-1]
    if len(folders) == 2 and path.stem.isdigit():
        return folders[0], folders[1]
    named = [SPLITS[word] for part in reversed(path.parts) for word in _WORDS.findall(part.lower()) if word in SPLITS]
    outer = [part for part in folders if part.lower() not in SPLITS and part.lower() != "data"]
    return "/".join(outer) or DEFAULT, named[0] if named else "train"


def _own_folder(part: DatasetPart, found: Listing) -> str:
    """Return the folder of the repository that has a split's files and no others; "" where there is none."""
    folders = {name.rpartition("/")[0] for name in part.files}
    folder = folders.pop()
    if folders or not folder:
        return ""
    inside = {file.name for file in found.files if file.name.startswith(f"{folder}/")}
    return folder if inside == set(part.files) else ""


def _chosen(request: DownloadDataset, parts: Sequence[DatasetPart]) -> list[DatasetPart]:
    configs = list(dict.fromkeys(part.config for part in parts))
    config = request.config or (configs[0] if len(configs) == 1 else DEFAULT)
    if config not in configs:
        raise StudioError("dataset-config", dataset=request.id, config=request.config, configs=", ".join(configs[:50]))
    there = [part for part in parts if part.config == config]
    found = [part for part in there if request.split in ("", part.split)]
    if not found:
        splits = ", ".join(part.split for part in there)
        raise StudioError("dataset-split", dataset=request.id, split=request.split, splits=splits)
    return found
