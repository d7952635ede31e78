"""``python -m bigmodel_studio``, and the console script. The window, asked for plainly, waits for no commands."""

from __future__ import annotations

import sys

STOPPED = 3
"""The exit code of a command that was stopped (``cli.output``)."""


def main() -> None:
    """Open the window, or run a command; leaves with the exit code."""
    if len(sys.argv) == 1:
        from bigmodel_studio import app

        sys.exit(app.main([]))
    try:
        from bigmodel_studio.cli import commands

        sys.exit(commands.main())
    except KeyboardInterrupt:  # while the commands themselves are imported
        sys.exit(STOPPED)


if __name__ == "__main__":
    main()
