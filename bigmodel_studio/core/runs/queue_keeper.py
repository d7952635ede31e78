"""``python -m bigmodel_studio.core.runs.queue_keeper``: the process that lets waiting runs in while nobody else looks.

It is started by ``core.runs.run_queue`` when a run has to wait, is one a home, outlives the window, and ends when
nobody waits. It imports neither torch nor Qt (20 MB), and looks once a second at a low priority.
"""

from __future__ import annotations

import logging
import time

from bigmodel_studio.core.runs import launch, run_queue
from bigmodel_studio.core.system import locks, logs
from bigmodel_studio.core.system.process import lower_priority
from bigmodel_studio.core.text.messages import StudioError

LOOK_EVERY_S = 1.0
log = logging.getLogger(__name__)


def main() -> None:
    """Look until nobody waits; at once done where another keeper runs."""
    logs.set_up("queue")
    lower_priority()
    with run_queue.locked():
        lock = locks.try_lock(run_queue.keeper_lock())
    if lock is None:
        return
    log.info("somebody waits")
    book = run_queue.Book()
    while True:
        launch.reap()
        try:
            with run_queue.locked():
                if not run_queue.turn(book):
                    lock.close()  # under the queue's lock: nobody joins between the last look and this
                    log.info("nobody waits")
                    return
        except StudioError as error:
            log.warning("%s", error)
        except OSError:
            log.exception("a look at the queue failed")
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main()
