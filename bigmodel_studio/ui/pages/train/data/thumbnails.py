"""Small pictures of files, made by a lane: the window never decodes a stranger's file.

Files are asked for once, several at a time; what cannot be read has no picture and a reason.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QPixmap

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Event, Picture, Preview
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.window.studio import Studio

MOST_PX = 160
MOST_KEPT = 400
"""About 30 MB at most; then all are forgotten and those in sight are asked for again."""


class Thumbnails(QObject):
    """``want`` files, connect to ``changed``, and draw what ``picture`` has by then."""

    changed = Signal()

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._pictures: dict[str, QPixmap] = {}
        self._reasons: dict[str, str] = {}
        self._asked: set[str] = set()
        self._jobs: list[Job] = []

    def want(self, files: list[str]) -> None:
        """Ask for those that are not here yet; a relative path is some other machine's and is left alone."""
        new = tuple(file for file in dict.fromkeys(files) if file not in self._asked and Path(file).is_absolute())
        if not new:
            return
        if len(self._asked) + len(new) > MOST_KEPT:
            self._pictures.clear()
            self._reasons.clear()
            self._asked.clear()
            new = tuple(file for file in dict.fromkeys(files) if Path(file).is_absolute())[:MOST_KEPT]
        self._asked.update(new)
        job = self._studio.measure.submit(Preview(images=new, most_px=MOST_PX))
        self._jobs.append(job)
        job.happened.connect(self._on_happened)
        job.ended.connect(self._on_ended)

    def picture(self, file: str) -> QPixmap | None:
        """Return the small picture; None while there is none."""
        return self._pictures.get(file)

    def reason(self, file: str) -> str:
        """Return why there will be none ("" where there may be)."""
        return self._reasons.get(file, "")

    def stop(self) -> None:
        """Stop timers and jobs: the window closes."""
        for job in self._jobs:
            job.cancel()

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if not isinstance(event, Picture):
            return
        pixmap = QPixmap()
        if event.preview is not None and pixmap.loadFromData(event.preview, "PNG"):
            self._pictures[event.image] = pixmap
        elif event.error is not None:
            self._reasons[event.image] = i18n.sentences(event.error)[0]
        self.changed.emit()

    @Slot()
    def _on_ended(self) -> None:
        self._jobs = [job for job in self._jobs if job.running]
