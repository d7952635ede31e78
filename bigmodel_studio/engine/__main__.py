"""``python -m bigmodel_studio.engine``: an engine's process. Started by a lane, with the channel's number and the
window's process on its command line; not meant for people. Torch is imported by the first task, after the greeting.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import os
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING

from bigmodel_studio.core.system import network, privacy, process
from bigmodel_studio.engine.server import leave, serve
from bigmodel_studio.protocol import Event, Request

if TYPE_CHECKING:
    from bigmodel_studio.engine.session import Session


def set_up(arguments: list[str] | None = None) -> process.Channel:
    """Make this process an engine: tied to the window's life, less urgent, logging; returns its channel."""
    parser = argparse.ArgumentParser(prog="bigmodel_studio.engine", description="A lane's engine, started by a window.")
    parser.add_argument(process.CONNECTION_FLAG, type=int, required=True)
    parser.add_argument(process.PARENT_FLAG, type=int, required=True)
    options, _ = parser.parse_known_args(arguments)
    process.die_with(options.parent)
    process.lower_priority()
    if network.is_allowed():
        privacy.share_as_the_user_does()
    faulthandler.enable()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger(__name__).info("engine %d of window %d", os.getpid(), options.parent)
    log = os.environ.get(process.LOG_VARIABLE)
    watch = threading.Thread(target=process.watch, args=(options.parent, Path(log) if log else None), daemon=True)
    watch.start()
    return process.connection_from(options.connection)


def tasks(session: Session) -> Callable[[Request], Generator[Event, None, None]]:
    """Return the real tasks, over one session that lives as long as this process."""
    from bigmodel_studio.engine.tasks import run_task

    return lambda request: run_task(request, session)


def main() -> None:
    """Serve until the window says ``Quit`` or is gone."""
    channel = set_up()
    from bigmodel_studio.engine import requests_sent
    from bigmodel_studio.engine.session import Session

    session = Session()
    serve(channel, tasks(session), session.parts, requests_sent.take)
    leave(0)


if __name__ == "__main__":
    main()
