"""Having pictures recognised: one ``Classify`` job a drop, in the order dropped; several drops queue in the lane.

Knows no widget: what comes back goes into the ``PicturesModel``.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bigmodel_studio.protocol import Classify, Failed, ModelRef, Prediction, Problem
from bigmodel_studio.ui.pages.images.batch import Batch
from bigmodel_studio.ui.pages.images.items import PicturesModel
from bigmodel_studio.ui.window.studio import Studio

PREVIEW_PX = 768
TOP_K = 5


class Recognition(QObject):
    """``batches`` are the drops that are still to be answered."""

    changed = Signal()
    """Something was sent, came back or ended."""
    refused = Signal(object)
    """The ``Problem`` of a model that answered nothing, where another, ``worked``, did before it."""

    def __init__(self, studio: Studio, items: PicturesModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._items = items
        self.batches: list[Batch] = []
        self.problem: Problem | None = None
        """Why the drop that ended last was not answered."""
        self.worked: ModelRef | None = None
        """The model that answered last."""

    def ask(self, ref: ModelRef | None, keys: list[int]) -> None:
        """Have a model say what pictures show; without a model they wait for one."""
        self.problem = None
        if ref is not None and keys:
            self._items.wait_again(keys)
            wanted = set(keys)
            images = tuple(str(item.path) for item in self._items.items() if item.key in wanted)
            request = Classify(model=ref, images=images, top_k=TOP_K, preview_px=PREVIEW_PX)
            self._follow(Batch(self._studio.submit(request), keys, self))
        self.changed.emit()

    def _follow(self, batch: Batch) -> None:
        batch.predicted.connect(self._on_predicted)
        batch.progressed.connect(self.changed)
        batch.ended.connect(self._on_ended)
        self.batches.append(batch)

    @Slot()
    def cancel(self) -> None:
        """Stop recognising; what has been recognised stays."""
        for batch in list(self.batches):
            batch.job.cancel()

    def drop(self) -> None:
        """Leave every batch to end by itself, unheard."""
        self.problem = None
        for batch in self.batches:
            batch.predicted.disconnect(self._on_predicted)
            batch.job.cancel()
        self.batches = []

    @Slot(int, object)
    def _on_predicted(self, key: int, prediction: Prediction) -> None:
        batch = self.sender()
        if isinstance(batch, Batch) and isinstance(batch.job.request, Classify):
            self.worked = batch.job.request.model
        self._items.predict(key, prediction)

    @Slot(object)
    def _on_ended(self, batch: Batch) -> None:
        if batch not in self.batches:
            return
        self.batches.remove(batch)
        self._items.stop(list(batch.left))
        if isinstance(batch.end, Failed) and batch.left:
            self.problem = batch.end.problem
        self.changed.emit()
        batch.deleteLater()
        request = batch.job.request
        if not (isinstance(batch.end, Failed) and isinstance(request, Classify)) or batch.done:
            return
        if self.worked not in (None, request.model):
            self.refused.emit(batch.end.problem)
