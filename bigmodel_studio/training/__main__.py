"""``python -m bigmodel_studio.training RUN_FOLDER [--resume]``: what ``core.launch`` starts. See ``training.run``."""

from __future__ import annotations

import argparse
import faulthandler
import sys
from pathlib import Path

from bigmodel_studio.training.run import run


def main() -> int:
    faulthandler.enable()
    parser = argparse.ArgumentParser(prog="bigmodel_studio.training", description="Train what a run's folder asks for.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--resume", action="store_true", help="go on from the newest whole checkpoint")
    given = parser.parse_args()
    return run(given.folder.absolute(), resume=given.resume)


if __name__ == "__main__":
    sys.exit(main())
