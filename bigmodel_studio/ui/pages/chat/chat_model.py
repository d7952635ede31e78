"""The model that answers: loaded as soon as it is chosen; the model of a conversation that is opened, when one writes.

Opening one conversation after another must not load a model each. A refused model gives way to the one that worked.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from bigmodel_studio.client.job import Job
from bigmodel_studio.protocol import Done, End, Failed, Load, ModelFacts, ModelRef
from bigmodel_studio.ui.pages.chat.talk import Talk
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.window.studio import Studio


class ChatModel(QObject):
    """Loads what ``picker`` chooses. ``problem`` is why the last one could not be loaded, None where it could."""

    changed = Signal()
    """Which model it is, or how far it is."""
    refused = Signal(object)
    """A ``Problem``: the model could not be loaded, and there is none that worked before."""

    def __init__(self, studio: Studio, picker: ModelPicker, talk: Talk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._picker, self._talk = studio, picker, talk
        self._load: Job | None = None
        self._worked: ModelRef | None = None
        self._opening = False
        self._unloaded = False
        """Whether the model came with a conversation, and waits for the user to write."""
        self.problem: Failed | None = None
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._load_chosen)
        picker.chosen.connect(self._on_chosen)

    @property
    def loading(self) -> bool:
        """Whether it is being loaded, or will be at once."""
        return self._load is not None or self._timer.isActive()

    def facts(self) -> ModelFacts | None:
        """Return the facts of the model chosen, None while it is not the one loaded."""
        facts = self._studio.facts
        return facts if facts is not None and facts.model == self._picker.ref() else None

    def open(self, ref: ModelRef) -> None:
        """Use the model of a conversation that was opened; it is loaded when the user writes."""
        if ref != self._picker.ref():
            self._opening = True
            self._picker.choose(ref)
            self._opening = False

    @Slot()
    def prepare(self) -> None:
        """Load the model that waits for the user to write."""
        if self._unloaded and self.facts() is None and not self._talk.busy:
            self._unloaded = False
            self._timer.start()

    def shut(self) -> None:
        """Stop the timer."""
        self._timer.stop()

    @Slot(object)
    def _on_chosen(self, ref: ModelRef) -> None:
        """Load the chosen model in a moment: the first reply then begins at once."""
        self.problem = None
        self._talk.choose_model(ref)
        self._unloaded = self._opening
        if not self._opening:
            self._timer.start()
        self.changed.emit()

    @Slot()
    def _load_chosen(self) -> None:
        if self._load is not None:
            self._load.cancel()
        ref = self._picker.ref()
        if ref is not None and not self._talk.busy:
            self._load = self._studio.submit(Load(model=ref))
            self._load.ended.connect(self._on_loaded)
        self.changed.emit()

    @Slot(object)
    def _on_loaded(self, end: End) -> None:
        if self.sender() is not self._load:
            return
        self._load = None
        self.problem = end if isinstance(end, Failed) else None
        if self.problem is None:
            self._worked = self._picker.ref() if isinstance(end, Done) else self._worked
        elif self._worked not in (None, self._picker.ref()):
            self._studio.report(self.problem.problem)
            self._picker.choose(self._worked)
            return
        else:
            self.refused.emit(self.problem.problem)
        self.changed.emit()
