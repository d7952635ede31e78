"""``python -m bigmodel_studio``, and the console script. The window, asked for plainly, waits for no commands."""

from __future__ import annotations

import atexit
import contextlib
import os
import sys
from typing import NoReturn

STOPPED = 3
"""The exit code of a command that was stopped (``cli.output``)."""


def main() -> None:
    """Open the window, or run a command; leaves with the exit code."""
    if len(sys.argv) == 1:
        from bigmodel_studio import app

        sys.exit(app.main([]))
    try:
        from bigmodel_studio.cli import commands

        _leave(commands.main())
    except KeyboardInterrupt:  # while the commands themselves are imported
        sys.exit(STOPPED)


def _leave(code: int) -> NoReturn:
    """End this process; where torch was imported, without taking it down piece by piece, which takes 0.7 s."""
    if "torch" not in sys.modules:
        sys.exit(code)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # nobody reads it any more
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
