"""Dialogs of the Help menu: a guide to the pages, and the version of the application."""

from __future__ import annotations

import platform

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, Slot, qVersion
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio import __version__
from bigmodel_studio.core.system import paths
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window import actions
from bigmodel_studio.ui.window.destinations import OpenPage
from bigmodel_studio.ui.window.studio import Studio

WIDTH_PX = 560
PURPOSES = {
    "chat": str(QT_TRANSLATE_NOOP("guide", "Talk to a language model; edit, regenerate and branch its replies.")),
    "images": str(QT_TRANSLATE_NOOP("guide", "Drop pictures and see how an image classifier labels them.")),
    "text": str(QT_TRANSLATE_NOOP("guide", "Fill in words, classify, tag, compare, summarize and translate texts.")),
    "train": str(QT_TRANSLATE_NOOP("guide", "Train a model on your data and watch it learn; pause, resume, fork.")),
    "models": str(QT_TRANSLATE_NOOP("guide", "Find, download and inspect models, and plan what fits this computer.")),
}
"""What a page is for, by its id."""


class GuideDialog(QDialog):
    """A line for each page, with a button that shows it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        column = _column(self, self.tr("Guide"))
        self.buttons: dict[str, QPushButton] = {}
        for page_id, purpose in PURPOSES.items():
            if page_id not in PAGES:
                continue
            title = actions.page_title(page_id)
            self.buttons[page_id] = show = QPushButton(self.tr("Show"))
            show.setAutoDefault(False)
            show.setAccessibleName(self.tr("Show {page}").format(page=title))
            show.setObjectName(page_id)
            show.clicked.connect(self._on_show)
            words = QVBoxLayout()
            words.setSpacing(2)
            words.addWidget(label(title, "strong"))
            words.addWidget(label(QCoreApplication.translate("guide", purpose), "small", wrap=True))
            row = QHBoxLayout()
            row.setSpacing(16)
            row.addLayout(words, 1)
            row.addWidget(show)
            column.addLayout(row)
        column.addWidget(label(self.tr("Ctrl+K finds every action, page, model, run and chat."), "small", wrap=True))
        _close(self, column, self.tr("Close"))

    @Slot()
    def _on_show(self) -> None:
        self._studio.open(OpenPage(self.sender().objectName()))
        self.accept()


class AboutDialog(QDialog):
    """The version, and where files of the application are."""

    def __init__(self, _studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = _column(self, self.tr("About Big Model Studio"))
        self.version = label(self.tr("Version {version}").format(version=__version__), "strong")
        column.addWidget(self.version)
        used = f"Python {platform.python_version()} · Qt {qVersion()} · {platform.system()} {platform.machine()}"
        column.addWidget(label(used, "small", wrap=True))
        column.addWidget(label(self.tr("Files: {folder}").format(folder=paths.home()), "small", wrap=True))
        _close(self, column, self.tr("Close"))


def _column(dialog: QDialog, title: str) -> QVBoxLayout:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setMinimumWidth(WIDTH_PX)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 20, 24, 16)
    column.setSpacing(12)
    return column


def _close(dialog: QDialog, column: QVBoxLayout, words: str) -> None:
    button = QPushButton(words)
    button.clicked.connect(dialog.reject)
    foot = QHBoxLayout()
    foot.addStretch(1)
    foot.addWidget(button)
    column.addStretch(1)
    column.addLayout(foot)
