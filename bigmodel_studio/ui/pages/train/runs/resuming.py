"""Resuming a run, in a thread: where its data are no longer those that it began with, the user is asked first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from bigmodel_studio.client.background import Background
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.data_record import check_data
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.window.studio import Studio


class ChangedDataQuestion(QMessageBox):
    """Asks whether a run shall go on with data that changed: ``go_on`` is clicked where it shall."""

    def __init__(self, problem: Problem, parent: QWidget | None) -> None:
        super().__init__(QMessageBox.Icon.NoIcon, "", "", parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Resume with the new data?"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(i18n.sentence(problem))
        self.go_on: QPushButton = self.addButton(self.tr("Resume with the new data"), QMessageBox.ButtonRole.AcceptRole)
        self.leave: QPushButton = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(self.leave)
        self.setEscapeButton(self.leave)


class Resuming(QObject):
    """``resume`` a run; ``resumed`` once it goes on or is in the queue. ``stop`` it before the end."""

    resumed = Signal()

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio = studio
        self._background = Background("resuming", self)
        self._background.done.connect(self._on_done)
        self._background.failed.connect(self._on_failed)
        self._wanted: dict[str, RunFolder] = {}
        self.question: ChangedDataQuestion | None = None

    def resume(self, run: RunFolder, *, changed_data: bool = False) -> None:
        """Ask a paused run to go on; any other joins the queue, to start from its newest whole checkpoint. Where its
        data changed, that is asked about, unless ``changed_data`` answers it.
        """
        self._wanted[run.name] = run
        self._background.run(lambda: _resume(run, changed_data=changed_data))

    def stop(self) -> None:
        """Stop the thread: the page closes."""
        self._background.close()

    @Slot(object)
    def _on_done(self, _: None) -> None:
        self.resumed.emit()

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        run, parent = self._wanted.get(str(problem.arguments.get("run", ""))), self.parent()
        if problem.code != "data-changed" or run is None:
            self._studio.report(problem)
            self.resumed.emit()
            return
        self.question = ChangedDataQuestion(problem, parent if isinstance(parent, QWidget) else None)
        self.question.go_on.clicked.connect(lambda: self.resume(run, changed_data=True))
        self.question.open()


def _resume(run: RunFolder, *, changed_data: bool) -> None:
    if run.at_work():
        run.ask("run")
        return
    if not changed_data:
        check_data(run)
    run_queue.submit(run, resume=True)
