"""``python -m bigmodel_studio.engine.models.tokenizer_process``: uses tokenizers of strangers, one a line.

It may use so much memory and so many seconds of a processor as the request says; past that the system ends it. It
knows neither torch nor transformers.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer

from bigmodel_studio.core.models.folder import read_json
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.system.helper_process import limit_memory
from bigmodel_studio.core.text.messages import StudioError

_REPEATED = 200
_TEXTS = ("Hello, wörld! 你好 1234\n\n\tx = 'a'.", "a", " ", "1", "A", ".", "é", "ab", "a ", "\n", "aA1. ")
"""Each is repeated, with something else behind it: a pattern that backtracks without end does so on runs of what it
looks for."""
_BEHIND = "!\x01b"


def use(path: Path) -> None:
    """Read a ``tokenizer.json`` as transformers does, and take a few texts apart with it and put them together.

    Raises ``StudioError`` "tokenizer-file" where it is no table. What the library says against it is for the caller
    to find out again: nothing is said of it here.
    """
    read_json(path, "tokenizer-file", most_bytes=limits.TOKENIZER_BYTES)
    try:
        tokenizer = Tokenizer.from_file(str(path))
        for text in _TEXTS:
            tokenizer.decode(tokenizer.encode(text * _REPEATED + _BEHIND).ids)
    except MemoryError:
        raise
    except BaseException as error:  # a panic of the library's is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with the file that is asked about: nothing in most cases."""
    try:
        if request["path"]:
            use(Path(request["path"]))
    except StudioError as error:
        return {"problem": {"code": error.problem.code, "arguments": error.problem.arguments}}
    except MemoryError:
        return {"over": "memory"}
    return {}


def _end_after(seconds: float) -> None:
    """Have the system end this process once it has worked so long; 0: never. Windows has no such timer."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, seconds)


def main() -> None:
    """Answer each line of the input with a line of the output."""
    for line in sys.stdin:
        request = json.loads(line)
        limit_memory(request["bytes"], for_good=False)
        _end_after(request["seconds"])
        reply = json.dumps(answer(request))
        _end_after(0)
        sys.stdout.write(reply + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
