"""The whole window on a lane that only says that it loads: what tests of the window stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QMimeData, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane, FakeNetwork
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import Done, Event, Loaded, ModelFacts, ModelRef, Request
from bigmodel_studio.ui.look.theme import Theme
from bigmodel_studio.ui.window.main_window import MainWindow
from bigmodel_studio.ui.window.studio import NetworkLike, Studio
from tests.ui.settling import settle

FACTS = ModelFacts(
    model=ModelRef(source="builtin", id="starter-gpt"),
    name="starter-gpt",
    kind="causal-lm",
    architecture="GPTNeoForCausalLM",
    parameters=5_324_288,
    weight_bytes=21_297_152,
    dtype="float32",
    device="cpu",
)


def _loads(request: Request) -> Iterator[Event]:
    yield Loaded(facts=FACTS)
    yield Done()


@contextmanager
def bare_studio(chat: FakeLane, measure: FakeLane) -> Iterator[Studio]:
    """A studio on these lanes, without a window."""
    watcher, runs = LibraryWatcher(), RunWatcher()
    watcher.refresh()
    yield Studio(settings=SettingsStore(), interactive=chat, library=watcher, runs=runs, measure=measure)
    for each in (chat, measure, watcher, runs):
        each.close()


class Shell:
    def __init__(
        self,
        qtbot: QtBot,
        qapp: QApplication,
        network: Callable[[SettingsStore], NetworkLike] = lambda _: FakeNetwork(),
    ) -> None:
        self.qtbot = qtbot
        self.lane, self.library, self.runs = FakeLane(_loads), LibraryWatcher(), RunWatcher()
        self.settings = SettingsStore()
        self.studio = Studio(
            settings=self.settings,
            interactive=self.lane,
            network=network(self.settings),
            library=self.library,
            runs=self.runs,
        )
        self.window = MainWindow(self.studio, Theme(qapp, "light"))
        self.window.session.restore()
        with qtbot.waitActive(self.window):
            self.window.show()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=10_000)

    def settle(self) -> None:
        """Wait until the window has nothing left to do (``tests.ui.settling``)."""
        settle(self.qtbot, self.window, [self.lane])

    def drop(self, *urls: QUrl) -> None:
        mime = QMimeData()
        mime.setUrls(list(urls))
        at = self.window.rect().center()
        how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        entering = QDragEnterEvent(at, *how)
        self.window.dragEnterEvent(entering)
        assert entering.isAccepted()
        self.window.dropEvent(QDropEvent(at.toPointF(), *how))
        self.settle()

    def close(self) -> None:
        self.window.close()
        self.lane.close()
        self.library.close()
        self.runs.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
