"""Where answers stand: what the task that is shown has to say, or, while there is none, what can be done first."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from bigmodel_studio.ui.pages.text.offers import Offer
from bigmodel_studio.ui.pages.text.task import Task
from bigmodel_studio.ui.widgets.empty import Empty


class Answers(QStackedWidget):
    """``empty`` holds the offer and its buttons."""

    def __init__(self, tasks: Iterable[Task]) -> None:
        super().__init__()
        self._tasks = tuple(tasks)
        inside = QWidget()
        under_each_other = QVBoxLayout(inside)
        under_each_other.setContentsMargins(0, 0, 0, 0)
        for task in self._tasks:
            under_each_other.addWidget(task)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self.empty = Empty("text")
        self.addWidget(self.empty)
        self.addWidget(area)

    def show_task(self, id_: str) -> None:
        """Have that task speak."""
        for task in self._tasks:
            task.setVisible(task.id == id_)

    def show_state(self, offer: Offer, *, answered: bool) -> None:
        """Show the state. ``answered``: the task that is shown has something to say; else the offer stands here."""
        look = self.tr("Open the Models page") if offer.hub else ""
        self.empty.say(offer.title, offer.words, offer.button, look)
        self.setCurrentIndex(1 if answered else 0)
