"""Which models there are on this machine, and what a model's name means.

Knows the four places where a model can be: bundled with the application, in a folder that the user opened, in the Hub's
cache (whose layout is read here, HF_HOME honoured), or in a run's checkpoint. Reads headers only, so listing is cheap;
one bad folder never hides the others: its record carries the problem.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio.core import paths
from bigmodel_studio.core.files import write_atomic
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.model_folder import architecture_of, kind_of, read_config
from bigmodel_studio.core.runs import RunFolder, all_runs, find_run
from bigmodel_studio.core.weights import read_weights
from bigmodel_studio.protocol import ModelKind, ModelRef, Problem, Source

LIBRARY_SCHEMA = 1
_SAY_NOTHING = frozenset({"hf", "model", "checkpoint"})  # folders' names that need their parent's to mean something
_HUB_ID = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")
_RUN_AT_STEP = re.compile(r"(.+)@(\d{1,12})")


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A model as listed. ``id`` is what ``parse_model`` takes; ``bytes`` are its tensors'; ``problem``: why not."""

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
    problem: Problem | None = None


# ---------------------------------------------------------------------------------------------- names


def parse_model(text: str) -> ModelRef:
    """What a user typed as MODEL: a path (with a separator, or a dot in front), RUN@STEP, a bundled id, a run's name,
    a Hub id that is on disk, or ``reference:ID``. An existing path goes before a Hub id of the same spelling.

    Raises ``StudioError`` "model-unknown" (with a near name), "folder-missing", "run-unknown", "run-no-checkpoint".
    """
    text = text.strip()
    if text.startswith("reference:"):
        return ModelRef(source="reference", id=text.removeprefix("reference:"))
    at_step = _RUN_AT_STEP.fullmatch(text)
    if at_step and not Path(text).expanduser().exists():
        return ModelRef(source="run", id=_run_id(find_run(at_step[1])), step=int(at_step[2]))
    if text.startswith((".", "~")) or set(text) & {"/", os.sep}:
        return _parse_path(text)
    if text and (paths.starters() / text / "config.json").is_file():
        return ModelRef(source="builtin", id=text)
    with contextlib.suppress(StudioError):
        return ModelRef(source="run", id=_run_id(find_run(text)))
    if hub_snapshot(text) is not None:
        return ModelRef(source="hub", id=text)
    near = difflib.get_close_matches(text, known_names(), n=1)
    raise StudioError("model-unknown", model=text, near=f"Did you mean {near[0]}? " if near else "")


def _parse_path(text: str) -> ModelRef:
    path = Path(text).expanduser().absolute()
    if not path.exists() and hub_snapshot(text) is not None:
        return ModelRef(source="hub", id=text)
    if (path / "spec.toml").is_file() and not (path / "config.json").is_file():
        return ModelRef(source="run", id=_run_id(RunFolder(path)))
    if not path.exists():
        raise StudioError("folder-missing", path=str(path))
    return ModelRef(source="local", id=str(path))


def _run_id(run: RunFolder) -> str:
    return run.name if run.path.parent in {paths.runs(), paths.starter_runs()} else str(run.path)


def known_names() -> list[str]:
    """The names, without paths, that ``parse_model`` would take now."""
    builtin = [folder.name for folder in _folders(paths.starters())]
    return builtin + [run.name for run in all_runs() if run.checkpoints()] + list(hub_ids())


def resolve(ref: ModelRef) -> Path:
    """The folder that holds the model now. Raises ``StudioError`` with the reason where there is none."""
    if ref.source == "builtin" and (paths.starters() / ref.id / "config.json").is_file() and _plain(ref.id):
        return paths.starters() / ref.id
    if ref.source == "local":
        return Path(ref.id)
    if ref.source == "run":
        return find_run(ref.id).checkpoint_path(ref.step)
    if ref.source == "hub" and (snapshot := hub_snapshot(ref.id, ref.revision)) is not None:
        return snapshot
    if ref.source in {"reference", "endpoint"}:
        raise StudioError("model-not-on-disk", model=ref.id)
    raise StudioError("model-unknown", model=ref.id, near="")


def name_of(ref: ModelRef) -> str:
    """A short name to show: a folder's last part, a Hub id, or a run's name (with its step where one was chosen)."""
    if ref.source == "local":
        path = Path(ref.id)
        return f"{path.parent.name}/{path.name}" if path.name in _SAY_NOTHING else path.name or ref.id
    if ref.source == "run":
        return Path(ref.id).name + (f"@{ref.step}" if ref.step is not None else "")
    return ref.id


# ---------------------------------------------------------------------------------------------- records


def records() -> list[ModelRecord]:
    """Every model there is: bundled, opened folders, runs (their newest checkpoint), the Hub's cache. Never raises."""
    refs = [ModelRef(source="builtin", id=folder.name) for folder in _folders(paths.starters())]
    refs += [ModelRef(source="local", id=str(path)) for path in remembered()]
    refs += [ModelRef(source="run", id=_run_id(run)) for run in all_runs() if run.checkpoints()]
    refs += [ModelRef(source="hub", id=name) for name in hub_ids()]
    return [record(ref) for ref in refs]


def run_records(run: str) -> list[ModelRecord]:
    """The whole checkpoints of a run, newest first, each as a model. Raises ``StudioError`` "run-unknown"."""
    folder = find_run(run)
    refs = [ModelRef(source="run", id=_run_id(folder), step=step) for step in reversed(folder.checkpoints())]
    return [record(ref) for ref in refs]


def record(ref: ModelRef) -> ModelRecord:
    """What a model's files say it is; where they cannot be read, the record carries the problem."""
    config: dict[str, Any] = {}
    parameters, size, dtype = 0, 0, ""
    path, problem = "", None
    try:
        folder = resolve(ref)
        path = str(folder)
        config = read_config(folder)
        weights = read_weights(folder)
        parameters, size, dtype = weights.parameters, weights.bytes, weights.dtype
    except StudioError as error:
        problem = error.problem
    except OSError as error:
        problem = Problem(code="folder-unreadable", arguments={"path": path, "detail": error.strerror or ""})
    return ModelRecord(
        id=ref.id + (f"@{ref.step}" if ref.step is not None else ""),
        kind=kind_of(config),
        source=ref.source,
        path=path,
        parameters=parameters,
        bytes=size,
        dtype=dtype,
        name=name_of(ref),
        architecture=architecture_of(config),
        ref=ref,
        problem=problem,
    )


# ---------------------------------------------------------------------------------------------- opened folders


def remembered() -> list[Path]:
    """The folders that the user opened, in the order they were opened (a file that cannot be read counts as empty)."""
    folders = _library().get("folders")
    return [Path(entry) for entry in folders if isinstance(entry, str)] if isinstance(folders, list) else []


def remember(path: Path) -> ModelRef:
    """Keep a folder among the models. Raises ``StudioError`` where it is no model folder at all."""
    path = path.expanduser().absolute()
    read_config(path)
    if path not in remembered():
        _write([*remembered(), path])
    return ModelRef(source="local", id=str(path))


def forget(path: Path) -> None:
    """Take a folder off the list; its files stay."""
    _write([folder for folder in remembered() if folder != path])


def _library_file() -> Path:
    return paths.home() / "library.json"


def _library() -> dict[str, Any]:
    try:
        value = msgspec.json.decode(_library_file().read_bytes())
    except (OSError, msgspec.DecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _write(folders: list[Path]) -> None:
    paths.home().mkdir(parents=True, exist_ok=True)
    library = {"schema": LIBRARY_SCHEMA, **_library(), "folders": [str(folder) for folder in folders]}
    write_atomic(_library_file(), msgspec.json.format(msgspec.json.encode(library)) + b"\n")


# ---------------------------------------------------------------------------------------------- the Hub's cache


def hub_cache() -> Path:
    """Where huggingface_hub keeps downloads: HF_HUB_CACHE, else ``hub`` in HF_HOME, else in the user's cache."""
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    user_cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("HF_HOME") or Path(user_cache) / "huggingface").expanduser() / "hub"


def hub_ids() -> Iterator[str]:
    """The models in the Hub's cache that have a snapshot, by id."""
    for folder in _folders(hub_cache()):
        kind, *parts = folder.name.split("--")
        if kind == "models" and 1 <= len(parts) <= 2 and hub_snapshot("/".join(parts)) is not None:
            yield "/".join(parts)


def hub_snapshot(name: str, revision: str | None = None) -> Path | None:
    """The folder of a Hub model on disk, at a revision (``main`` unless told); None where it is not there."""
    if not _HUB_ID.fullmatch(name):
        return None
    folder = hub_cache() / ("models--" + name.replace("/", "--"))
    revision = revision or "main"
    if not _plain(revision.replace("/", "-")) or ".." in revision:
        return None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        revision = (folder / "refs" / revision).read_text("ascii").strip()
    snapshot = folder / "snapshots" / revision
    return snapshot if _plain(revision) and (snapshot / "config.json").is_file() else None


def _plain(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and not set(name) & set("/\\\0")


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(entry for entry in root.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []
