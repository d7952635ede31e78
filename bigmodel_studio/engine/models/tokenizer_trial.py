"""A stranger's ``tokenizer.json`` is used by a process that can be ended before it is loaded into this one.

What came of it is remembered by the file's stamp, and kept between starts: a tokenizer is tried once. Those of this
application's own (bundled, or a run's) are not tried.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path

import msgspec

from bigmodel_studio import __version__
from bigmodel_studio.core.models.headers import is_own
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

_MODULE = "bigmodel_studio.engine.models.tokenizer_process"
_CLOCK_RATIO = 4
"""So many times the processor's seconds may pass on the clock: others may keep the processor busy."""
HELPER = HelperProcess(_MODULE, {"path": "", "bytes": limits.TOKENIZER_MEMORY_BYTES, "seconds": limits.TOKENIZER_S})


class _Tried(msgspec.Struct, frozen=True):
    bytes: int
    written_ns: int
    problem: Problem | None = None


class _File(msgspec.Struct, frozen=True):
    version: str = ""
    """Of the application: another may use what this one refuses."""
    tried: dict[str, _Tried] = {}


def refuse_hostile(path: Path) -> None:
    """Raise ``StudioError`` where a ``tokenizer.json`` cannot be used within its limits.

    Codes: "tokenizer-slow", "tokenizer-memory"; "tokenizer-file" where it is no table; "tokenizer-process".
    """
    if is_own(path):
        return
    stat = path.stat()
    known = _known()
    tried = known.get(str(path.absolute()))
    if tried is None or (tried.bytes, tried.written_ns) != (stat.st_size, stat.st_mtime_ns):
        tried = _Tried(stat.st_size, stat.st_mtime_ns, _trial(path, stat.st_size))
        known = {name: each for name, each in known.items() if Path(name).is_file()} | {str(path.absolute()): tried}
        with contextlib.suppress(OSError):
            write_atomic(_file(), msgspec.json.encode(_File(__version__, known)), durable=False)
    if tried.problem is not None:
        raise StudioError.of(tried.problem)


def _trial(path: Path, size: int) -> Problem | None:
    """Have the process use a tokenizer; returns what is wrong with it. Raises ``StudioError`` "tokenizer-process"."""
    seconds = limits.TOKENIZER_S + size * limits.TOKENIZER_S_PER_MB / 1_000_000
    most = limits.TOKENIZER_MEMORY_BYTES + size * limits.TOKENIZER_MEMORY_RATIO
    slow = Problem(code="tokenizer-slow", arguments={"file": path.name, "seconds": seconds})
    over = Problem(code="tokenizer-memory", arguments={"file": path.name, "most": most >> 20})
    try:
        answer = HELPER.ask({"path": str(path), "bytes": most, "seconds": seconds}, seconds * _CLOCK_RATIO)
    except HelperLateError:
        return slow
    except HelperEndedError as error:
        return slow if sys.platform != "win32" and error.exit_code == -signal.SIGPROF else over
    except HelperNotStartedError as error:
        raise StudioError("tokenizer-process", blame="work") from error
    if "over" in answer:
        return over
    return msgspec.convert(answer["problem"], Problem) if "problem" in answer else None


def _known() -> dict[str, _Tried]:
    with contextlib.suppress(OSError, RecursionError, UnicodeDecodeError, msgspec.DecodeError):
        file = msgspec.json.decode(_file().read_bytes(), type=_File)
        if file.version == __version__:
            return dict(file.tried)
    return {}


def _file() -> Path:
    return paths.cache() / "tokenizers.json"
