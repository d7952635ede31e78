"""``python -m bigmodel_studio.core.models.header_process``: reads configs and headers, several files a line.

It may use ``limits.HEADER_READER_BYTES`` of memory; who asks ends it where it takes too long (``core.models.headers``).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bigmodel_studio.core.models.contents import read_contents, read_summary
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.helper_process import limit_memory
from bigmodel_studio.core.text.messages import StudioError

READERS: Mapping[str, Callable[[Path], Any]] = {"folder": read_contents, "gguf": read_summary}


def answer(kind: str, path: str) -> dict[str, Any]:
    """Return what a reader found, or what it said against the file."""
    try:
        return {"found": msgspec.to_builtins(READERS[kind](Path(path)))}
    except StudioError as error:
        return {"problem": msgspec.to_builtins(error.problem)}
    except MemoryError:
        return {"over": "memory"}
    except OSError as error:
        return {"system": [error.errno or 0, error.strerror or str(error), str(error.filename or path)]}


def main() -> None:
    """Answer each line of the input with a line of the output."""
    limit_memory(limits.HEADER_READER_BYTES)
    for line in sys.stdin:
        request = json.loads(line)
        answers = [answer(request["kind"], path) for path in request["paths"]]
        sys.stdout.write(json.dumps({"answers": answers}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
