"""The message banner: one sentence and the way out, above the page, that stops nobody. Always plain text."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.widgets.page_frame import label

MOST_WAITING = 20


class Banner(QFrame):
    """Shows the newest problem; those before it wait behind it, and the same one waits once."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_look(self, "banner")
        self._waiting: deque[Problem] = deque(maxlen=MOST_WAITING)
        self._mark = QLabel()
        self._mark.setPixmap(icon("info", off="accent").pixmap(20, 20))
        self.sentence, self.hint = label("", "strong", wrap=True), label("", wrap=True)
        self.more = label("", "small")
        self.dismiss = QToolButton()
        self.dismiss.setIcon(icon("close"))
        self.dismiss.clicked.connect(self._on_dismissed)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.sentence)
        words.addWidget(self.hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._mark)
        row.addLayout(words, 1)
        row.addWidget(self.more)
        row.addWidget(self.dismiss)
        self.dismiss.setToolTip(self.tr("Dismiss"))
        self.dismiss.setAccessibleName(self.tr("Dismiss the message"))
        self.hide()

    @Slot(object)
    def show_problem(self, problem: Problem) -> None:
        """Show a problem, before those that were reported earlier."""
        if problem in self._waiting:
            self._waiting.remove(problem)
        self._waiting.appendleft(problem)
        self._show()

    @Slot()
    def _on_dismissed(self) -> None:
        self._waiting.popleft()
        self._show()

    def _show(self) -> None:
        if not self._waiting:
            self.hide()
            return
        sentence, hint = i18n.sentences(self._waiting[0])
        self.sentence.setText(sentence)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        behind = len(self._waiting) - 1
        self.more.setText(self.tr("%n more", "", behind) if behind else "")
        self.setAccessibleName(f"{sentence} {hint}")
        self.show()
