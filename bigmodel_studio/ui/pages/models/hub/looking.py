"""Asking the Hub for one repository's files and card, once somebody stays with it; what came is kept for a while.

Knows no widget. An answer about another repository than the last one asked for never reaches anybody.
"""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Done, Event, Failed, HubRepo, LookAtRepo, Problem
from bigmodel_studio.ui.window.studio import NetworkLike

LOOK_AFTER_MS = 250
"""How long a model stays chosen before its files are asked for: walking through the table asks for none."""
MOST_KNOWN = 50
"""Repositories that are kept."""


class Looking(QObject):
    """One repository at a time; another takes the place of the one before."""

    arrived = Signal(object)
    """A ``HubRepo``."""
    failed = Signal(object)
    """The ``Problem`` why it did not come."""

    def __init__(self, network: NetworkLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._network = network
        self._job: Job | None = None
        self._name = ""
        self.known: dict[str, HubRepo] = {}
        self._timer = QTimer(self, singleShot=True, interval=LOOK_AFTER_MS)
        self._timer.timeout.connect(self.again)

    def soon(self, name: str) -> None:
        """Ask for it unless another is asked for in a moment; ``arrived`` is at once where it is known."""
        self.stop()
        self._name = name
        if name in self.known:
            self.arrived.emit(self.known[name])
        else:
            self._timer.start()

    @Slot()
    def again(self) -> None:
        """Ask now, whatever is known."""
        self.stop()
        if self._network.locked:
            self.failed.emit(Problem(code="hub-locked"))
            return
        self._job = self._network.lane().submit(LookAtRepo(id=self._name))
        self._job.ended.connect(self._on_ended)

    def note_fetched(self, name: str) -> None:
        """Note that its needed files are here now; nobody is asked for that."""
        repo = self.known.get(name)
        if repo is not None:
            files = tuple(replace(file, here=file.here or file.needed) for file in repo.files)
            self.known[name] = replace(repo, files=files, needed_bytes=0)
            if name == self._name:
                self.arrived.emit(self.known[name])

    def stop(self) -> None:
        """Give up what was asked."""
        self._timer.stop()
        if self._job is not None:
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._job = None
        if isinstance(end, Done) and isinstance(end.result, HubRepo):
            self.known[self._name] = end.result
            while len(self.known) > MOST_KNOWN:
                del self.known[next(iter(self.known))]
            self.arrived.emit(end.result)
        elif isinstance(end, Failed):
            self.failed.emit(end.problem)
