"""The window's way to the Hub: a lane that asks, a few that fetch, the lock on all of them, and what they sent.

Their engines are started with what the settings say at that moment (mirror, proxy, offline), and anew where that has
changed. The lock ends them: a process that is not there has no socket. Knows no widget.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.client.lane import Lane, LaneSpec
from bigmodel_studio.core.system import network
from bigmodel_studio.core.system.requests_sent import Ledger
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import Download, DownloadDataset, NetworkRequest

HUB, DOWNLOAD = LaneSpec("hub"), LaneSpec("download")
IDLE_MS = 120_000
"""How long an engine that asks is kept when nobody asks: one that has described a model has torch in memory."""


class Network(QObject):
    """One for a window; ``close`` ends its engines."""

    changed = Signal()
    """``locked`` is another, or there is another request."""

    def __init__(self, settings: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._ledger = Ledger()
        self._hub = self._made(HUB)
        self._downloads: list[Lane] = []
        self._was_locked = self.locked
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._hub.rest)
        self._hub.state_changed.connect(self._on_hub_state)

    @property
    def locked(self) -> bool:
        """Whether nothing may open a connection."""
        return network.is_locked(self._settings.values)

    @property
    def locking_variable(self) -> str:
        """The environment variable that keeps it locked; "" where the settings alone say."""
        return network.locking_variable()

    def set_locked(self, locked: bool) -> None:
        """Lock, as the settings say by now: all that is on its way ends at once; or unlock."""
        if locked:
            for lane in (self._hub, *self._downloads):
                lane.rest()
        if self.locked != self._was_locked:
            self._was_locked = self.locked
            self.changed.emit()

    def requests(self) -> list[NetworkRequest]:
        """Return what was sent since the start, the first first."""
        return self._ledger.requests()

    def lane(self) -> Lane:
        """Return the lane that asks the Hub."""
        return self._fresh(self._hub)

    def download(self, request: Download | DownloadDataset) -> Job:
        """Fetch on a lane of its own; one that has nothing to do any more takes the next."""
        free = next((lane for lane in self._downloads if not lane.jobs), None)
        if free is None:
            free = self._made(DOWNLOAD)
            self._downloads.append(free)
        job = self._fresh(free).submit(request)
        job.ended.connect(self._on_download_ended)
        return job

    def close(self) -> None:
        """End all of it."""
        self._idle.stop()
        for lane in (self._hub, *self._downloads):
            lane.close()

    def _made(self, spec: LaneSpec) -> Lane:
        lane = Lane(replace(spec, environment=network.environment_of(self._settings.values)), self)
        lane.sent.connect(self._on_sent)
        return lane

    def _fresh(self, lane: Lane) -> Lane:
        """Return the lane, its engine started as the settings are now."""
        environment = network.environment_of(self._settings.values)
        if lane.spec.environment != environment:
            lane.rest()
            lane.spec = replace(lane.spec, environment=environment)
        return lane

    @Slot(object)
    def _on_sent(self, requests: tuple[NetworkRequest, ...]) -> None:
        self._ledger.add(requests)
        self.changed.emit()

    @Slot(str)
    def _on_hub_state(self, state: str) -> None:
        self._idle.start() if state == "ready" else self._idle.stop()

    @Slot()
    def _on_download_ended(self) -> None:
        """End an engine that has nothing to fetch."""
        for lane in self._downloads:
            if not lane.jobs:
                lane.rest()
