"""The window's ear for later starts: it receives their paths without a thread, and says that they were taken.

Whoever connects is waited for by the event loop alone, so that nobody who dawdles holds the window up.
"""

from __future__ import annotations

import contextlib
import socket

from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal, Slot

from bigmodel_studio.core.system.instance import MOST_BYTES, Start, understood

PATIENCE_MS = 2000
_CHUNK = 65536
_MOST_AT_ONCE = 16


class SecondStart(QObject):
    """``handed`` carries the ``list[Path]`` of a later start, none where it only wants the window. ``close`` it."""

    handed = Signal(object)

    def __init__(self, start: Start, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start = start
        self._callers: list[_Caller] = []
        self._notifier: QSocketNotifier | None = None
        if start.listener is not None:
            self._notifier = QSocketNotifier(start.listener.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._on_knock)

    @Slot()
    def _on_knock(self) -> None:
        listener = self._start.listener
        if listener is None:
            return
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        self._callers = [caller for caller in self._callers if caller.waits]
        if len(self._callers) >= _MOST_AT_ONCE:
            connection.close()
            return
        caller = _Caller(connection, self)
        caller.line_received.connect(self._on_line)
        self._callers.append(caller)

    @Slot(bytes)
    def _on_line(self, line: bytes) -> None:
        caller = self.sender()
        given = understood(line, self._start.token)
        if given is not None:
            self.handed.emit(given)
        if isinstance(caller, _Caller):
            caller.end(b"taken\n" if given is not None else b"")

    def close(self) -> None:
        """Hear nobody any more."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
        for caller in self._callers:
            caller.end(b"")
        self._callers = []


class _Caller(QObject):
    """A later start on the line: one line is read from it, and one word is said."""

    line_received = Signal(bytes)

    def __init__(self, connection: socket.socket, parent: QObject) -> None:
        super().__init__(parent)
        self.waits = True
        self._connection = connection
        self._connection.setblocking(False)
        self._line = b""
        self._notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_readable)
        QTimer.singleShot(PATIENCE_MS, self, self._on_late)

    @Slot()
    def _on_readable(self) -> None:
        if not self.waits:
            return
        try:
            piece = self._connection.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        self._line += piece
        if not piece or len(self._line) > MOST_BYTES:
            self.end(b"")
        elif self._line.endswith(b"\n"):
            self.line_received.emit(self._line)

    @Slot()
    def _on_late(self) -> None:
        self.end(b"")

    def end(self, answer: bytes) -> None:
        """Say a last word and hang up."""
        if not self.waits:
            return
        self.waits = False
        self._notifier.setEnabled(False)
        with contextlib.suppress(OSError):
            self._connection.sendall(answer)
        self._connection.close()
        self.deleteLater()
