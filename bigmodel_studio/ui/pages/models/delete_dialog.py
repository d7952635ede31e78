"""The one question before a model is gone for good: where the trash lies on another disk, it cannot be kept there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.models.removal import other_disk
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

WIDTH_PX = 480


class DeleteForGood(QDialog):
    """``accepted`` where the user wants it deleted; keeping it is what Enter and Escape do."""

    def __init__(self, record: ModelRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Delete for good?"))
        self.setMinimumWidth(WIDTH_PX)
        sentence = i18n.sentences(other_disk(record).problem)[0]
        lost = self.tr("This frees {size} and can't be undone. To use the model again, download it again.")
        self.keep = QPushButton(self.tr("Keep"))
        self.keep.setDefault(True)
        self.delete = QPushButton(self.tr("Delete for good"))
        self.delete.setAutoDefault(False)
        set_look(self.delete, "danger")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.delete)
        foot.addWidget(self.keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(label(sentence, "strong", wrap=True))
        column.addWidget(label(lost.format(size=numbers.size(record.disk_bytes)), wrap=True))
        column.addLayout(foot)
        self.keep.clicked.connect(self.reject)
        self.delete.clicked.connect(self.accept)
