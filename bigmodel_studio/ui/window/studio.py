"""Context of every page: the lanes, the library, the runs, the settings, and a way to reach the rest of the window.

Pages never know each other; they ask the studio to ``open`` something or to ``report`` a problem.
"""

from __future__ import annotations

import logging
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from bigmodel_studio.client.downloads import Downloads
from bigmodel_studio.client.fake import FakeNetwork
from bigmodel_studio.client.job import Job
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import (
    Done,
    Download,
    DownloadDataset,
    Event,
    Failed,
    Loaded,
    ModelFacts,
    ModelRef,
    NetworkRequest,
    Problem,
    Progress,
    Request,
    Unload,
)
from bigmodel_studio.ui.window.destinations import Destination
from bigmodel_studio.ui.window.removals import Removals
from bigmodel_studio.ui.window.travel import TimeTravel

log = logging.getLogger(__name__)


class LaneLike(Protocol):
    """What a page may do with a lane: the real one and the fake have it in common."""

    def submit(self, request: Request) -> Job:
        """Queue a request behind those before it."""
        ...


class NetworkLike(Protocol):
    """What a page may do with the network: the real one and the fake have it in common."""

    @property
    def changed(self) -> SignalInstance:
        """``locked`` is another, or there is another request."""
        ...

    @property
    def locked(self) -> bool:
        """Whether nothing may open a connection."""
        ...

    @property
    def locking_variable(self) -> str:
        """The environment variable that keeps it locked; "" where the settings alone say."""
        ...

    def set_locked(self, locked: bool) -> None:
        """Lock, which ends what is on its way, or unlock."""
        ...

    def requests(self) -> list[NetworkRequest]:
        """Return what was sent since the start, the first first."""
        ...

    def lane(self) -> LaneLike:
        """Return the lane that asks the Hub."""
        ...

    def download(self, request: Download | DownloadDataset) -> Job:
        """Fetch on a lane of its own: cancelling the job ends it, and keeps what came."""
        ...


class Studio(QObject):
    """The window's shared things. Made once by ``app`` (or by a test, with ``FakeLane``)."""

    wanted = Signal(object)
    """A ``Destination``: the window shall show its page, which opens it."""
    problem_reported = Signal(object)
    """A ``Problem`` that the user should see."""
    facts_changed = Signal(object)
    """The ``ModelFacts`` of what the interactive lane holds now, or None."""

    def __init__(
        self,
        *,
        settings: SettingsStore,
        interactive: LaneLike,
        library: LibraryWatcher,
        runs: RunWatcher,
        measure: LaneLike | None = None,
        network: NetworkLike | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.interactive = interactive
        self.measure = measure or interactive
        """The lane for what may blow up (describing a stranger's model), so that chat does not wait for it."""
        self.network = network or FakeNetwork(parent=self)
        """The only way out of this computer (to nobody, where none is given)."""
        self.downloads = Downloads(self.network, self)
        self.library = library
        self.models = library.records
        """Models on this computer, as they were read last."""
        self.precisions = library.precisions
        """Precisions that a model on this computer can be loaded in, as they were read last."""
        self.refresh_models = library.refresh
        self.runs = runs
        self.removals = Removals(self)
        """What is removed on any page goes through here, and comes back."""
        self.travel = TimeTravel(self)
        """Where in a run's past a page is."""
        self._jobs = 0
        self.facts: ModelFacts | None = None
        """What the interactive lane holds now, as far as its jobs have said."""
        for signal in (self.downloads.finished, self.downloads.failed, self.downloads.dropped):
            signal.connect(library.refresh)
        library.changed.connect(self._on_library)
        self.network.changed.connect(self._on_network)

    def submit(self, request: Request) -> Job:
        """Queue a request on the interactive lane, and learn from its job which model the lane has loaded."""
        job = self.interactive.submit(request)
        self._jobs += 1
        job.happened.connect(self._on_happened)
        job.ended.connect(self._on_ended)
        return job

    @Slot()
    def _on_network(self) -> None:
        if self.network.locked:
            for item in self.downloads.items():
                self.downloads.pause(item)

    @Slot()
    def _on_library(self) -> None:
        hub = (record for record in self.library.records() if record.source == "hub")
        self.downloads.forget_whole({record.ref.id for record in hub if record.problem is None})

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, Progress) and event.what == "loading":
            self._set_facts(None)  # what was held has gone by then
        elif isinstance(event, Loaded):
            self._set_facts(event.facts)

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._jobs -= 1
        job = self.sender()
        unloaded = isinstance(end, Done) and isinstance(job, Job) and isinstance(job.request, Unload)
        if unloaded or (isinstance(end, Failed) and end.engine_lost):
            self._set_facts(None)
        elif isinstance(end, Done) and isinstance(end.result, ModelFacts):
            self._set_facts(end.result)

    @property
    def at_work(self) -> bool:
        """Whether the interactive lane has anything to do."""
        return self._jobs > 0

    def is_loaded(self, ref: ModelRef) -> bool:
        """Return whether the interactive lane holds that model now."""
        return self.facts is not None and (self.facts.model.source, self.facts.model.id) == (ref.source, ref.id)

    def _set_facts(self, facts: ModelFacts | None) -> None:
        if facts != self.facts:
            self.facts = facts
            self.facts_changed.emit(facts)

    def set_offline(self, offline: bool) -> None:
        """Lock the network, or unlock it, and keep that for the next start."""
        self.settings.change(offline=offline)
        self.network.set_locked(offline)
        if not offline and self.network.locked:
            self.report(Problem(code="hub-locked-outside", arguments={"variable": self.network.locking_variable}))

    def open(self, destination: Destination) -> None:
        """Show the page of something, and have it opened there."""
        self.wanted.emit(destination)

    def report(self, problem: Problem) -> None:
        """Show one clear sentence with its way out, without stopping the user."""
        log.info("problem: %s", problem.code)
        self.problem_reported.emit(problem)
