"""Configs and headers of models, read once: by a process that is killed where a file takes too long or too much memory.

What was read, and what could not be, is remembered by the stamp of the files, and kept between starts: a file that
ended the process is listed as refused, and not read again until it changes. Models of this application's own (bundled,
or a run's) are read here.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio import __version__
from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.models import gguf_models
from bigmodel_studio.core.models.contents import Contents, Summary, read_contents
from bigmodel_studio.core.system import limits, paths
from bigmodel_studio.core.system.files import write_atomic
from bigmodel_studio.core.system.helper_process import (
    HelperEndedError,
    HelperLateError,
    HelperNotStartedError,
    HelperProcess,
)
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem

log = logging.getLogger(__name__)

Stamp = tuple[tuple[str, int, int], ...]
"""The files of a model: name, bytes, and when each was written, in ns."""
AT_ONCE = 64
"""Files a request: an exchange takes longer than reading a small header."""
HELPER = HelperProcess("bigmodel_studio.core.models.header_process", {"kind": "folder", "paths": []})


class _Kept(msgspec.Struct, frozen=True):
    stamp: Stamp
    contents: Contents | None = None
    summary: Summary | None = None
    problem: Problem | None = None


class _File(msgspec.Struct, frozen=True):
    version: str = ""
    """Of the application: another may read what this one refuses."""
    kept: dict[str, _Kept] = {}


class Headers:
    """What was read of each model, by path, for as long as its files are the same."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] | None = None
        self._new = False

    def read(self, models: Sequence[tuple[Path, Stamp]]) -> None:
        """Read those of these folders and GGUF models that are not known yet, many at once."""
        unknown: dict[str, list[tuple[Path, Stamp]]] = {"folder": [], "gguf": []}
        for path, stamp in models:
            if stamp and self._known_as(path, stamp) is None and not is_own(path):
                unknown["gguf" if gguf_models.is_one(path) else "folder"].append((path, stamp))
        for kind, found in unknown.items():
            for first in range(0, len(found), AT_ONCE):
                part = found[first : first + AT_ONCE]
                try:
                    answers = _ask(kind, [str(path) for path, _ in part])
                except StudioError:  # it cannot be started: each says so when it is asked for
                    return
                for (path, stamp), answer in zip(part, answers, strict=True):
                    with contextlib.suppress(OSError):
                        (self._keep_folder if kind == "folder" else self._keep_gguf)(path, stamp, answer)

    def of_folder(self, folder: Path, stamp: Stamp) -> Contents:
        """Return what a folder says. Raises ``StudioError`` "headers-process", ``OSError``."""
        known = self._known_as(folder, stamp)
        if known is not None and known.contents is not None:
            return known.contents
        if is_own(folder) or not stamp:
            return read_contents(folder)
        return self._keep_folder(folder, stamp, _ask("folder", [str(folder)])[0])

    def of_gguf(self, path: Path, stamp: Stamp) -> Summary:
        """Return what a GGUF model says. Raises ``StudioError``, ``OSError``."""
        known = self._known_as(path, stamp)
        if known is None or (known.summary is None and known.problem is None):
            known = self._keep_gguf(path, stamp, _ask("gguf", [str(path)])[0])
        if known.summary is None:
            raise StudioError.of(known.problem or Problem(code="weights-missing"))
        return known.summary

    def keep(self) -> None:
        """Write down what is new, of the models that are still there."""
        if not self._new:
            return
        self._new = False
        self._kept = {path: kept for path, kept in self._known().items() if os.path.lexists(path)}
        with contextlib.suppress(OSError):
            write_atomic(_file(), msgspec.json.encode(_File(__version__, self._kept)), durable=False)

    def _keep_folder(self, folder: Path, stamp: Stamp, answer: dict[str, Any]) -> Contents:
        contents = _converted(answer, Contents) or Contents(problem=_problem_in(answer, folder))
        self._put(folder, _Kept(stamp, contents))
        return contents

    def _keep_gguf(self, path: Path, stamp: Stamp, answer: dict[str, Any]) -> _Kept:
        return self._put(path, _Kept(stamp, None, _converted(answer, Summary), _problem_in(answer, path)))

    def _put(self, path: Path, kept: _Kept) -> _Kept:
        self._known()[str(path)] = kept
        self._new = True
        return kept

    def _known_as(self, path: Path, stamp: Stamp) -> _Kept | None:
        kept = self._known().get(str(path))
        return kept if kept is not None and kept.stamp == stamp else None

    def _known(self) -> dict[str, _Kept]:
        if self._kept is None:
            self._kept = {}
            with contextlib.suppress(OSError, UnicodeDecodeError, RecursionError, msgspec.DecodeError):
                file = msgspec.json.decode(_file().read_bytes(), type=_File)
                self._kept = dict(file.kept) if file.version == __version__ else {}
        return self._kept


def _ask(kind: str, names: list[str]) -> list[dict[str, Any]]:
    """Ask the process about these files; of those that end it each is asked about alone. Raises ``StudioError``."""
    try:
        answers: list[dict[str, Any]] = HELPER.ask({"kind": kind, "paths": names}, limits.HEADER_READER_S)["answers"]
    except HelperNotStartedError as error:
        raise StudioError("headers-process", blame="work") from error
    except (HelperLateError, HelperEndedError) as error:
        if len(names) > 1:
            return [answer for name in names for answer in _ask(kind, [name])]
        log.warning("the header of %s ended the process that reads it: %s", names[0], type(error).__name__)
        return [{"over": "time" if isinstance(error, HelperLateError) else "memory"}]
    return answers


def _problem_in(answer: dict[str, Any], path: Path) -> Problem | None:
    """Return why a file is refused. Raises ``OSError`` where the system refused it, which is not remembered."""
    if "problem" in answer:
        return msgspec.convert(answer["problem"], Problem)
    if "system" in answer:
        number, reason, name = answer["system"]
        raise OSError(number, reason, name)
    if answer.get("over") == "time":
        return Problem(code="headers-slow", arguments={"model": _name_of(path), "seconds": limits.HEADER_READER_S})
    if "over" in answer:
        megabytes = limits.HEADER_READER_BYTES >> 20
        return Problem(code="headers-memory", arguments={"model": _name_of(path), "most": megabytes})
    return None


def _name_of(path: Path) -> str:
    """Return what a user calls a model: in the Hub's cache its id, and not the revision that its folder is called."""
    return hub_cache.id_in(path) or path.name


def _converted(answer: dict[str, Any], form: Any) -> Any:
    return msgspec.convert(answer["found"], form) if "found" in answer else None


def is_own(folder: Path) -> bool:
    """Return whether a folder, or a file in it, is one of this application's: bundled, or a run's."""
    return any(folder.is_relative_to(root) for root in (paths.starters(), paths.runs(), paths.starter_runs()))


def _file() -> Path:
    return paths.cache() / "headers.json"
