"""Which models there are on this machine, and what a model's name means.

Knows the places where a model can be: bundled with the application, in a folder that the user opened, in the Hub's
cache (``core.hub.hub_cache`` reads its layout), in a run's checkpoint, or as a GGUF file of the user's, LM Studio's or
Ollama's (``core.models.gguf_models``). Reads headers only, and those of unchanged files once, so listing is cheap; one
bad folder never hides the others: its record carries the problem.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import gguf_models, uses
from bigmodel_studio.core.models.contents import Contents, ModelFormat
from bigmodel_studio.core.models.folder import read_config
from bigmodel_studio.core.models.gguf_support import refuse_unsupported
from bigmodel_studio.core.models.headers import Headers
from bigmodel_studio.core.runs.run_folder import RunFolder, all_runs, find_run
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelKind, ModelRef, Problem, Source

LIBRARY_SCHEMA = 1
_SAY_NOTHING = frozenset({"hf", "model", "checkpoint"})  # folders' names that need their parent's to mean something
_RUN_AT_STEP = re.compile(r"(.+)@(\d{1,12}|best)")


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A model as listed. ``id`` is what ``parse_model`` takes; ``bytes`` are its tensors'; ``problem``: why not.

    ``disk_bytes`` is what its folder takes, with everything in it (of a Hub model: all revisions, each blob once).
    ``last_used``: seconds since 1970, 0 where it is not known. ``revision``: a Hub model's commit.
    """

    id: str
    kind: ModelKind
    source: Source
    path: str
    parameters: int
    bytes: int
    dtype: str
    name: str
    architecture: str
    ref: ModelRef
    disk_bytes: int = 0
    last_used: float = 0.0
    revision: str = ""
    format: ModelFormat = "safetensors"
    problem: Problem | None = None

    @property
    def only_looked_at(self) -> bool:
        """Whether it can be described and planned with, and yet not be run: some GGUF files."""
        return self.problem is not None and self.problem.code.startswith("gguf-run-")

    @property
    def why_not_trained(self) -> Problem | None:
        """Why no training can start from it: its own problem, or that it is a GGUF file."""
        if self.problem is None and self.format == "gguf":
            return Problem(code="gguf-only", arguments={"model": self.name})
        return self.problem


# ---------------------------------------------------------------------------------------------- names


def parse_model(text: str) -> ModelRef:
    """Return what a user typed as MODEL: a path (with a separator, or a dot in front), RUN@STEP or RUN@best, a bundled
    id, a run's name, a Hub id that is on disk, or ``reference:ID``. An existing path goes before a Hub id spelt like
    it.

    Raises ``StudioError`` "model-unknown" (with a near name), "folder-missing", "hub-not-here", "run-unknown",
    "run-no-checkpoint".
    """
    text = text.strip()
    if text.startswith("reference:"):
        return ModelRef(source="reference", id=text.removeprefix("reference:"))
    at_step = _RUN_AT_STEP.fullmatch(text)
    if at_step and not Path(text).expanduser().exists():
        run = find_run(at_step[1])
        return ModelRef(source="run", id=_run_id(run), step=_step_of(run, at_step[2]))
    if text.startswith((".", "~")) or set(text) & {"/", os.sep}:
        return _parse_path(text)
    if text and (paths.starters() / text / "config.json").is_file():
        return ModelRef(source="builtin", id=text)
    with contextlib.suppress(StudioError):
        return ModelRef(source="run", id=_run_id(find_run(text)))
    if hub_cache.folder_of(text) is not None:
        return ModelRef(source="hub", id=text)
    near = difflib.get_close_matches(text, known_names(), n=1)
    raise StudioError("model-unknown", model=text, near=f"Did you mean {near[0]}? " if near else "")


def _step_of(run: RunFolder, text: str) -> int:
    """Return a step as it is typed; "best" is the checkpoint with the best evaluation, where one was evaluated."""
    best = run.status().best_step
    if text == "best" and best not in run.checkpoints():
        raise StudioError(
            "run-no-checkpoint", run=run.name, steps=", ".join(map(str, run.checkpoints()[-12:])) or "none"
        )
    return best if text == "best" else int(text)


def _parse_path(text: str) -> ModelRef:
    path = Path(text).expanduser().absolute()
    if not path.exists() and hub_cache.folder_of(text) is not None:
        return ModelRef(source="hub", id=text)
    if (path / "spec.toml").is_file() and not (path / "config.json").is_file():
        return ModelRef(source="run", id=_run_id(RunFolder(path)))
    if not path.exists() and hub_cache.may_be_id(text):
        raise StudioError("hub-not-here", model=text)
    if not path.exists():
        raise StudioError("folder-missing", path=str(path))
    return ModelRef(source="local", id=str(path))


def _run_id(run: RunFolder) -> str:
    return run.name if run.path.parent in {paths.runs(), paths.starter_runs()} else str(run.path)


def known_names() -> list[str]:
    """Return the names, without paths, that ``parse_model`` would take now."""
    builtin = [folder.name for folder in _folders(paths.starters())]
    return builtin + [run.name for run in all_runs() if run.checkpoints()] + list(hub_cache.ids())


def resolve(ref: ModelRef) -> Path:
    """Return the folder that holds the model now. Raises ``StudioError`` with the reason where there is none."""
    if ref.source == "builtin" and (paths.starters() / ref.id / "config.json").is_file() and _plain(ref.id):
        return paths.starters() / ref.id
    if ref.source == "local":
        return Path(ref.id)
    if ref.source == "run":
        return find_run(ref.id).checkpoint_path(ref.step)
    if ref.source == "hub":
        return _hub_folder(hub_cache.look(ref.id, ref.revision))
    if ref.source in {"reference", "endpoint"}:
        raise StudioError("model-not-on-disk", model=ref.id)
    raise StudioError("model-unknown", model=ref.id, near="")


def _hub_folder(copy: hub_cache.HubCopy) -> Path:
    """Return the snapshot of a copy that is whole. Raises ``StudioError`` with what it lacks."""
    if copy.problem is not None or copy.snapshot is None:
        raise StudioError.of(copy.problem or Problem(code="hub-empty", arguments={"model": copy.id}))
    return copy.snapshot


def name_of(ref: ModelRef) -> str:
    """Return a short name to show: a folder's last part, a file's, a Hub id, or a run's (with its step where it has
    one).
    """
    if ref.source == "local":
        path = Path(ref.id)
        if gguf_models.looks_like_one(path):
            return gguf_models.name_of(path)
        return f"{path.parent.name}/{path.name}" if path.name in _SAY_NOTHING else path.name or ref.id
    if ref.source == "run":
        return Path(ref.id).name + (f"@{ref.step}" if ref.step is not None else "")
    return ref.id


# ---------------------------------------------------------------------------------------------- records


def records() -> list[ModelRecord]:
    """Return every model there is: bundled, opened, runs (their newest checkpoint), the Hub's cache, GGUF. Never
    raises.
    """
    refs = [ModelRef(source="builtin", id=folder.name) for folder in _folders(paths.starters())]
    refs += [ModelRef(source="local", id=str(path)) for path in _opened()]
    refs += [ModelRef(source="run", id=_run_id(run)) for run in all_runs() if run.checkpoints()]
    refs += [ModelRef(source="hub", id=name) for name in hub_cache.ids()]
    refs += [ModelRef(source="local", id=str(path)) for path in gguf_models.found()]
    places = _places(dict.fromkeys(refs))
    _headers.read([(place.folder, place.stamp) for place in places.values() if isinstance(place, _Place)])
    found = [_record(ref, place) for ref, place in places.items()]
    _headers.keep()
    return found


def _places(refs: Iterable[ModelRef]) -> dict[ModelRef, _Place | StudioError | OSError]:
    """Where the models lie, or why that cannot be said."""
    found: dict[ModelRef, _Place | StudioError | OSError] = {}
    for ref in refs:
        try:
            found[ref] = _place_of(ref)
        except (StudioError, OSError) as error:
            found[ref] = error
    return found


def run_records(run: str) -> list[ModelRecord]:
    """Return the whole checkpoints of a run, newest first, each as a model. Raises ``StudioError`` "run-unknown"."""
    folder = find_run(run)
    refs = [ModelRef(source="run", id=_run_id(folder), step=step) for step in reversed(folder.checkpoints())]
    return [record(ref) for ref in refs]


def record(ref: ModelRef) -> ModelRecord:
    """Return what a model's files say it is; where they cannot be read, the record carries the problem."""
    return _record(ref, _places([ref])[ref])


def refuse_endless(ref: ModelRef) -> None:
    """Raise ``StudioError`` where a stranger's headers end the process that reads them first: "headers-slow",
    "headers-memory".
    """
    if ref.source in {"local", "hub"}:
        problem = record(ref).problem
        _headers.keep()
        if problem is not None and problem.code in {"headers-slow", "headers-memory"}:
            raise StudioError.of(problem)


def _record(ref: ModelRef, found: _Place | StudioError | OSError) -> ModelRecord:
    place, contents = _Place(), Contents()
    problem: Problem | None = None
    try:
        if not isinstance(found, _Place):
            raise found
        place = found
        contents = _contents_of(place)
        problem = place.problem or contents.problem
    except StudioError as error:
        problem = error.problem
    except OSError as error:
        detail = error.strerror or str(error)
        problem = Problem(code="folder-unreadable", arguments={"path": str(error.filename or ""), "detail": detail})
    if problem is not None and problem.code.startswith("config-missing") and ref.source == "hub":
        problem = Problem(code="hub-no-config", arguments={"model": ref.id})
    return ModelRecord(
        id=ref.id + (f"@{ref.step}" if ref.step is not None else ""),
        kind=contents.kind,
        source=ref.source,
        path=str(place.folder) if place.folder.parts else "",
        parameters=contents.parameters,
        bytes=contents.bytes,
        dtype=contents.dtype,
        name=name_of(ref),
        architecture=contents.architecture,
        ref=ref,
        disk_bytes=place.bytes,
        last_used=max(place.last_used, uses.last_used(ref)),
        revision=place.revision,
        format=contents.format,
        problem=problem,
    )


class _Place(NamedTuple):
    """Where a model lies: its folder, its files, what they take on the disk, and what of them is missing there."""

    folder: Path = Path()
    stamp: hub_cache.Stamp = ()
    bytes: int = 0
    last_used: float = 0.0
    revision: str = ""
    problem: Problem | None = None


def _place_of(ref: ModelRef) -> _Place:
    if ref.source != "hub":
        folder = resolve(ref)
        one_file = ref.source == "local" and gguf_models.is_one(folder)
        stamp = tuple(sorted(gguf_models.stamp_of(folder))) if one_file else _stamp(folder)
        return _Place(folder, stamp, sum(size for _name, size, _written in stamp))
    copy = hub_cache.look(ref.id, ref.revision)
    return _Place(copy.snapshot or copy.folder, copy.stamp, copy.bytes, copy.last_used, copy.revision, copy.problem)


def _stamp(folder: Path) -> hub_cache.Stamp:
    """Return the files of a folder: as long as the stamp is the same, so are they."""
    found: list[tuple[str, int, int]] = []
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            file_stat = os.stat(entry.path)
            if stat.S_ISREG(file_stat.st_mode):
                found.append((entry.name, file_stat.st_size, file_stat.st_mtime_ns))
    return tuple(sorted(found))


def _contents_of(place: _Place) -> Contents:
    """Return what its folder says, and of a file or a folder that holds nothing but GGUF what that says."""
    contents = Contents() if gguf_models.is_one(place.folder) else _headers.of_folder(place.folder, place.stamp)
    if contents.problem is not None and contents.problem.code not in _PERHAPS_GGUF:
        return contents
    model = gguf_models.in_place_of(place.folder) if contents.parameters == 0 else None
    if model is None:
        return contents
    summary = _headers.of_gguf(model, tuple(sorted(gguf_models.stamp_of(model))))
    problem: Problem | None = None
    try:
        refuse_unsupported(summary.facts, gguf_models.name_of(model))
    except StudioError as error:
        problem = error.problem
    return Contents(
        architecture=summary.architecture,
        kind=summary.kind,
        parameters=summary.parameters,
        bytes=summary.bytes,
        dtype=summary.dtype,
        format="gguf",
        problem=problem,
    )


_PERHAPS_GGUF = frozenset({"gguf-only", "weights-not-safetensors"})
_headers = Headers()


# ---------------------------------------------------------------------------------------------- opened folders


def remembered() -> list[Path]:
    """Return the folders and files that the user opened, in that order (a list that cannot be read counts as empty)."""
    folders = _library().get("folders")
    return [Path(entry) for entry in folders if isinstance(entry, str)] if isinstance(folders, list) else []


def _opened() -> list[Path]:
    """Return the models that the user opened: a folder of GGUF files stands for each of them."""
    models: list[Path] = []
    for path in remembered():
        plain = gguf_models.looks_like_one(path) or (path / "config.json").is_file()
        models += [path] if plain else gguf_models.in_folder(path) or [path]
    return models


def remember(path: Path) -> ModelRef:
    """Keep a model's folder, a GGUF file or a folder of such among the models.

    Raises ``StudioError`` where it is no model at all.
    """
    path = path.expanduser().absolute()
    first: Path | None = path
    try:
        read_config(path)
    except StudioError as error:
        first = gguf_models.in_place_of(path) if error.problem.code == "gguf-only" else None
        if first is None:
            raise
    if path not in remembered():
        _write([*remembered(), path])
    return ModelRef(source="local", id=str(first))


def remembered_as(path: Path) -> Path | None:
    """Return what of ``remembered`` puts a model into the list: itself, or a folder above it."""
    return next((kept for kept in remembered() if path == kept or path.is_relative_to(kept)), None)


def forget(path: Path) -> None:
    """Take a folder off the list; its files stay."""
    _write([folder for folder in remembered() if folder != path])


def _library_file() -> Path:
    return paths.home() / "library.json"


def _library() -> dict[str, Any]:
    try:
        value = msgspec.json.decode(_library_file().read_bytes())
    except (OSError, UnicodeDecodeError, msgspec.DecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(folders: list[Path]) -> None:
    paths.home().mkdir(parents=True, exist_ok=True)
    library = {"schema": LIBRARY_SCHEMA, **_library(), "folders": [str(folder) for folder in folders]}
    write_atomic(_library_file(), msgspec.json.format(msgspec.json.encode(library)) + b"\n")


def _plain(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and not set(name) & set("/\\\0")


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []
