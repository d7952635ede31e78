"""Below the pictures: how many there are, how far they are recognised, and what went wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.images.items import Item, PicturesModel
from bigmodel_studio.ui.pages.images.recognition import Recognition
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label


class Foot(QWidget):
    """``show_state`` says it as it is now."""

    def __init__(self, items: PicturesModel, recognition: Recognition) -> None:
        super().__init__()
        self._items, self._recognition = items, recognition
        self.summary = ElidedLabel()
        set_look(self.summary, "secondary")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(self.tr("Classified pictures"))
        self.again = QPushButton(self.tr("Try again"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(recognition.cancel)
        self.failure = label("", "bad", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.failure)
        words.addWidget(self.summary)
        row.addLayout(words, 1)
        for part in (self.bar, self.cancel, self.again):
            row.addWidget(part)
        self.setMinimumHeight(32)

    def show_state(self) -> None:
        """Say how far it is; nothing at all where there is no picture."""
        items, batches, problem = self._items.items(), self._recognition.batches, self._recognition.problem
        self.setVisible(bool(items))
        done, total = sum(batch.done for batch in batches), sum(batch.total for batch in batches)
        loading = bool(batches) and batches[0].doing == "loading"
        self.bar.setVisible(bool(batches))
        self.bar.setRange(0, 0 if loading else total)
        self.bar.setValue(done)
        self.cancel.setVisible(any(not batch.job.cancelling for batch in batches))
        self.again.setVisible(any(item.stopped for item in items) and not batches)
        self.failure.setText(i18n.sentence(problem) if problem is not None else "")
        self.failure.setVisible(problem is not None)
        self.summary.setText(self._summary(items, loading))

    def _summary(self, items: list[Item], loading: bool) -> str:
        parts = [
            self.tr("1 picture")
            if len(items) == 1
            else self.tr("{count} pictures").format(count=numbers.exact(len(items)))
        ]
        answered = sum(item.prediction is not None for item in items)
        if loading:
            parts.append(self.tr("loading the model…"))
        elif self._recognition.batches:
            parts.append(self.tr("{done} done").format(done=numbers.exact(answered)))
        unreadable = [item for item in items if item.unreadable]
        if len(unreadable) == 1:
            reason = self._items.words(unreadable[0])
            parts.append(self.tr("1 unreadable: {name}. {reason}").format(name=unreadable[0].path.name, reason=reason))
        elif unreadable:
            parts.append(self.tr("{count} unreadable").format(count=numbers.exact(len(unreadable))))
        return " · ".join(parts)
