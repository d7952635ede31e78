"""Resuming a run: whether its data are still those that it began with is looked up in a thread, and asked about if not.

A run without a record of its data, or without a checkpoint, is resumed at once.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from bigmodel_studio.client.worker import Errands
from bigmodel_studio.core.runs import run_queue
from bigmodel_studio.core.runs.data_record import RECORD, check_data
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.train.form.making import attempted
from bigmodel_studio.ui.window.studio import Studio

log = logging.getLogger(__name__)


class ChangedDataQuestion(QMessageBox):
    """Asks whether a run shall go on with data that changed; ``accepted`` where it shall."""

    def __init__(self, problem: Problem, parent: QWidget | None) -> None:
        super().__init__(QMessageBox.Icon.NoIcon, "", "", parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Resume with the new data?"))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(i18n.said(problem))
        self.go_on: QPushButton = self.addButton(self.tr("Resume with the new data"), QMessageBox.ButtonRole.AcceptRole)
        self.leave: QPushButton = self.addButton(QMessageBox.StandardButton.Cancel)
        self.setDefaultButton(self.leave)
        self.setEscapeButton(self.leave)


class Resuming(QObject):
    """``resume`` a run; ``resumed`` once it is in the queue. ``close`` joins the thread."""

    resumed = Signal()
    _looked = Signal(object, object)

    def __init__(self, studio: Studio, parent: QObject) -> None:
        super().__init__(parent)
        self._studio, self._closing = studio, False
        self._errands = Errands("data-check")
        self._looked.connect(self._on_looked)
        self.question: ChangedDataQuestion | None = None

    def resume(self, run: RunFolder) -> None:
        """Ask a paused run to go on; any other joins the queue, to start from its newest whole checkpoint."""
        if run.at_work():
            attempted(self._studio, lambda: run.ask("run"))
            self.resumed.emit()
        elif (run.path / RECORD).exists() and run.checkpoints():
            self._errands.run(self._look, run)
        else:
            self._submit(run)

    def close(self) -> None:
        """End the thread; nothing is asked from here on."""
        self._closing = True
        self._errands.close()

    def _look(self, run: RunFolder) -> None:
        problem = None
        try:
            check_data(run)
        except StudioError as error:
            problem = error.problem
        except Exception:  # whatever reading them fails with, the run itself says better
            log.exception("the data of %s could not be compared", run.name)
        self._looked.emit(run, problem)

    @Slot(object, object)
    def _on_looked(self, run: RunFolder, problem: Problem | None) -> None:
        if self._closing:
            return
        if problem is None:
            self._submit(run)
            return
        parent = self.parent()
        self.question = ChangedDataQuestion(problem, parent if isinstance(parent, QWidget) else None)
        self.question.go_on.clicked.connect(lambda: self._submit(run))
        self.question.open()

    def _submit(self, run: RunFolder) -> None:
        attempted(self._studio, lambda: run_queue.submit(run, resume=True))
        self.resumed.emit()
