"""Taking a model off this machine, so that it can be brought back: which may go, and what happens to its files.

A model of the Hub's cache goes to the trash with all its revisions; a folder that the user opened only leaves the list;
bundled models and those of runs stay. The window and the command line remove through here. Knows nothing of Qt.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import library, uses
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.runs.run_folder import LIVE, all_runs
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.system.trash import Removed, Trash
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import ModelRef, Problem, Source


def why_not(record: ModelRecord) -> Problem | None:
    """Return why a model cannot be removed now; None where it can."""
    look = _WHY_NOT.get(record.source)
    return look(record) if look is not None else None


def remove(record: ModelRecord, trash: Trash) -> Removed:
    """Put a model in the trash.

    Raises ``StudioError`` with the reason where it may not go, "trash-other-disk" where it can only be deleted
    (``delete``), and ``OSError`` where it cannot be moved. In each case it is where it was.
    """
    problem = why_not(record)
    if problem is not None:
        raise StudioError.of(problem)
    if record.source != "hub":
        listed = library.remembered_as(Path(record.ref.id)) or Path(record.ref.id)
        removed = trash.note("model", record.name, str(listed))
        library.forget(listed)
        return removed
    try:
        return trash.put("model", record.name, _folder(record), size=record.disk_bytes)
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise other_disk(record) from error
        raise


def delete(record: ModelRecord) -> None:
    """Delete a model of the Hub's cache for good: names first, then what they mean, so that half of it is no whole.

    Raises ``StudioError`` with the reason where it may not go, ``OSError`` where some of it could not be deleted.
    """
    problem = why_not(record)
    if problem is not None:
        raise StudioError.of(problem)
    import shutil  # here, for the window is shown before anything is deleted

    folder = _folder(record)
    for part in ("refs", "snapshots", "blobs", ""):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder / part)


def restore(removed: Removed, trash: Trash) -> None:
    """Bring a model back to where it was.

    Raises ``StudioError`` ("model-there-again", or why a folder is none any more), ``OSError``, and
    ``FileNotFoundError`` where it is not in the trash any more.
    """
    if not removed.moved:
        library.remember(Path(removed.origin))
    elif os.path.lexists(removed.origin):
        raise StudioError("model-there-again", model=removed.name)
    trash.restore(removed)


def other_disk(record: ModelRecord) -> StudioError:
    """Return what is said where the trash lies on another disk."""
    return StudioError("trash-other-disk", model=record.name, size=numbers.size(record.disk_bytes))


def _folder(record: ModelRecord) -> Path:
    folder = hub_cache.folder_of(record.ref.id)
    if folder is None:
        raise StudioError("model-unknown", model=record.id, near="")
    return folder


# ---------------------------------------------------------------------------------------------- which may go


def _why_not_builtin(record: ModelRecord) -> Problem:
    return Problem(code="model-bundled", arguments={"model": record.name})


def _why_not_run(record: ModelRecord) -> Problem:
    return Problem(code="model-of-run", arguments={"model": record.name, "run": Path(record.ref.id).name})


def _why_not_local(record: ModelRecord) -> Problem | None:
    if library.remembered_as(Path(record.ref.id)) is not None:
        return None
    if record.format == "gguf":
        return Problem(code="model-of-others", arguments={"model": record.name})
    return Problem(code="model-not-listed", arguments={"path": record.ref.id})


def _why_not_hub(record: ModelRecord) -> Problem | None:
    if uses.is_loaded(record.ref):
        return Problem(code="model-loaded", arguments={"model": record.name})
    run = _trained_by(record.ref)
    return Problem(code="model-in-training", arguments={"model": record.name, "run": run}) if run else None


def _trained_by(ref: ModelRef) -> str:
    """Return the run that has this model as its base (or its tokenizer) and has not ended; "" where there is none."""
    for run in all_runs():
        spec = run.spec() if run.status().state in LIVE else None
        if spec is None or run.state_now() not in LIVE:
            continue
        with contextlib.suppress(StudioError):
            resolved = resolve_spec(spec)
            used = resolved.base or resolved.tokenizer
            if used is not None and (used.source, used.id) == (ref.source, ref.id):
                return run.name
    return ""


_WHY_NOT: dict[Source, Callable[[ModelRecord], Problem | None]] = {
    "builtin": _why_not_builtin,
    "run": _why_not_run,
    "local": _why_not_local,
    "hub": _why_not_hub,
}
