"""An engine's main loop: requests come in over the channel, tasks run one at a time, events go out.

A reader thread takes what the window says, so a cancel is noticed while a task computes; the main thread runs the
tasks, because that is where libraries of models expect to be. The window's end of the channel gone is the end of this
process, at once, whatever it is doing. It knows no task: ``run`` follows the contract of ``engine.tasks.run_task``.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from bigmodel_studio.engine.failures import Stopped, failed
from bigmodel_studio.protocol import (
    FRAME_LIMIT_BYTES,
    PROTOCOL_VERSION,
    Cancel,
    Cancelled,
    Done,
    End,
    Event,
    FromEngine,
    Hello,
    JobEvent,
    MemoryParts,
    MemoryReport,
    NetworkRequest,
    Progress,
    Quit,
    Request,
    Sent,
    Submit,
    decode_for_engine,
    encode,
)

if TYPE_CHECKING:
    from bigmodel_studio.core.system.process import Channel

log = logging.getLogger(__name__)

Run = Callable[[Request], Generator[Event, None, None]]

PROGRESS_INTERVAL_S: Final = 0.05
MEMORY_INTERVAL_S: Final = 1.0


Sending = Callable[[], tuple[NetworkRequest, ...]]


def serve(connection: Channel, run: Run, parts: Callable[[], MemoryParts] = MemoryParts, sent: Sending = tuple) -> None:
    """Greet, then answer requests until ``Quit``. Does not return when the channel breaks: the process exits.

    ``parts`` counts what this process holds, ``sent`` gives what it asked of the network since the last time; they are
    asked between two events, on the thread of the tasks.
    """
    server = Server(connection, parts, sent)
    server.say(Hello(PROTOCOL_VERSION, os.getpid()))
    threading.Thread(target=server.listen, name="listen", daemon=True).start()
    while (submitted := server.next()) is not None:
        server.answer(submitted, run)


class Server:
    """The channel, and what waits: shared by the thread that listens and the one that works."""

    def __init__(
        self, connection: Channel, parts: Callable[[], MemoryParts] = MemoryParts, sent: Sending = tuple
    ) -> None:
        self._parts, self._sent = parts, sent
        self._sent_parts = MemoryParts()
        self._asked_at = 0.0
        self._connection = connection
        self._sending = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: OrderedDict[int, Submit] = OrderedDict()
        self._running: int | None = None
        self._stop_running = False
        self._quit = False

    # ------------------------------------------------------------------------------------------ listening

    def listen(self) -> None:
        """Take what the window says, for ever; leave the process when it can no longer be heard."""
        try:
            while True:
                self._receive(self._connection.recv_bytes())
        except (EOFError, OSError):
            leave(0)
        except msgspec.DecodeError:
            log.exception("the window sent something that could not be understood")
            leave(1)

    def _receive(self, frame: bytes) -> None:
        match decode_for_engine(frame):
            case Submit(job, _) as submitted:
                with self._changed:
                    self._waiting[job] = submitted
                    self._changed.notify()
            case Cancel(job):
                with self._changed:
                    waited = self._waiting.pop(job, None) is not None
                    self._stop_running = self._stop_running or job == self._running
                if waited:
                    self.say(JobEvent(job, Cancelled()))
            case Quit():
                with self._changed:
                    self._quit = self._stop_running = True
                    self._changed.notify()

    # ------------------------------------------------------------------------------------------ working

    def next(self) -> Submit | None:
        """Return the next request, waited for; None when the window wants this process to leave."""
        with self._changed:
            self._running, self._stop_running = None, False
            self._changed.wait_for(lambda: self._waiting or self._quit)
            if self._quit:
                return None
            self._running, submitted = self._waiting.popitem(last=False)
            return submitted

    def answer(self, submitted: Submit, run: Run) -> None:
        """Run one request to its end. An event that cannot be sent is a fault of the task, and its end."""
        events = run(submitted.request)
        try:
            for event in throttled(self._stopped_in_time(events)):
                self._say_sent()
                self.say(JobEvent(submitted.job, event))
                self._say_parts(MEMORY_INTERVAL_S)
        except (TypeError, ValueError, OverflowError) as error:
            events.close()
            self.say(JobEvent(submitted.job, failed(error)))
        self._say_parts(0.0)

    def _say_sent(self) -> None:
        """Say what was asked of the network, before the event that came of it."""
        if sent := self._sent():
            self.say(Sent(sent))

    def _say_parts(self, interval_s: float) -> None:
        """Say what is held where that changed, counted again when the last count is so old."""
        now = time.monotonic()
        if now - self._asked_at < interval_s:
            return
        self._asked_at = now
        parts = self._parts()
        if parts != self._sent_parts:
            self._sent_parts = parts
            self.say(MemoryReport(parts))

    def _stopped_in_time(self, events: Generator[Event, None, None]) -> Iterator[Event]:
        """Yield the task's events; a cancel takes effect between two of them, and no ``Done`` follows it."""
        for event in events:
            if not self._stop_running:
                yield event
            elif isinstance(event, Done):
                yield Cancelled(result=event.result)
            else:
                yield event if isinstance(event, End) else events.throw(Stopped())

    def say(self, envelope: FromEngine) -> None:
        """Send one envelope, from either thread; nobody there to hear it is the end of this process.

        Raises ``TypeError``, ``ValueError`` or ``OverflowError`` for an envelope that cannot be sent.
        """
        frame = encode(envelope)
        if len(frame) > FRAME_LIMIT_BYTES:
            raise ValueError(f"an answer of {len(frame)} bytes is too large to send")
        try:
            with self._sending:
                self._connection.send_bytes(frame)
        except OSError:
            leave(0)


def throttled(events: Iterator[Event]) -> Iterator[Event]:
    """Let progress through at most every ``PROGRESS_INTERVAL_S``; the last of it always, before what follows it."""
    sent_at, waiting = 0.0, None
    for event in events:
        now = time.monotonic()
        if isinstance(event, Progress) and now - sent_at < PROGRESS_INTERVAL_S:
            waiting = event
            continue
        if isinstance(event, Progress):
            sent_at = now
        elif waiting is not None:
            yield waiting
        waiting = None
        yield event


def leave(code: int) -> None:
    """End this process now, from any thread: no clean-up that a stuck task could hold up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
