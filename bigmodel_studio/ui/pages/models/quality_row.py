"""Quality of the precision that a plan is about: a button that measures it, and what was measured."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Done, Event, Failed, MeasureQuality, ModelRef, Precision, Progress, Quality
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio


class QualityRow(QWidget):
    """A button and a line. ``QualityMeasuring`` says what stands there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton()
        self.words = label("", "secondary", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.button)
        row.addWidget(self.words, 1)
        self.show_idle(None)

    def show_idle(self, quality: Quality | None) -> None:
        """Show what was measured of the precision chosen, None where nothing was."""
        self.button.setText(self.tr("Measure quality"))
        self.button.setToolTip(self.tr("Perplexity on a bundled text, and how often the same token is most likely"))
        self.words.setText("" if quality is None else self._sentence(quality))

    def show_running(self, progress: Progress | None) -> None:
        """Show how far the measurement is; the button stops it."""
        self.button.setText(self.tr("Stop measuring"))
        self.button.setToolTip("")
        words = self.tr("Loading the model…")
        if progress is not None and progress.total:
            words = self.tr("Reading a bundled text: {share}")
            words = words.format(share=numbers.percent(progress.done / progress.total, 0))
        self.words.setText(words)

    def show_problem(self, words: str) -> None:
        """Show why there is no result."""
        self.show_idle(None)
        self.words.setText(words)

    def _sentence(self, quality: Quality) -> str:
        perplexity = numbers.decimal(quality.perplexity, 2)
        if quality.stored_perplexity is None or quality.top1_agreement is None:
            return self.tr("Perplexity {perplexity} on {count} tokens.").format(
                perplexity=perplexity, count=numbers.exact(quality.tokens)
            )
        words = self.tr("Perplexity {perplexity}, as stored {stored}; same top token: {share} of {count}.")
        return words.format(
            perplexity=perplexity,
            stored=numbers.decimal(quality.stored_perplexity, 2),
            share=numbers.percent(quality.top1_agreement),
            count=numbers.exact(quality.tokens),
        )


class QualityMeasuring(QObject):
    """One for a ``QualityRow``; told which model and precision it is about."""

    def __init__(self, studio: Studio, row: QualityRow) -> None:
        super().__init__(row)
        self._studio, self._row = studio, row
        self._ref: ModelRef | None = None
        self._job: Job | None = None
        row.button.clicked.connect(self._on_clicked)

    def about(self, ref: ModelRef | None, precision: Precision) -> None:
        """Set the model and the precision shown; what is being measured of another is given up."""
        choices = self._studio.precisions(ref) if ref is not None else ()
        choice = next((each for each in choices if each.precision == precision), None)
        self._row.setVisible(choice is not None)
        wanted = None if ref is None or choice is None else choice.ref(ref)
        if wanted == self._ref:
            return
        self.stop()
        self._ref = wanted
        self._row.show_idle(choice.quality if choice is not None else None)

    def stop(self) -> None:
        """Give up what is being measured."""
        if self._job is not None:
            self._job.happened.disconnect(self._on_happened)
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None
            self._row.show_idle(None)

    @Slot()
    def _on_clicked(self) -> None:
        if self._job is not None:
            self.stop()
        elif self._ref is not None:
            self._job = self._studio.measure.submit(MeasureQuality(model=self._ref))
            self._job.happened.connect(self._on_happened)
            self._job.ended.connect(self._on_ended)
            self._row.show_running(None)

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, Progress):
            self._row.show_running(event)

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        self._job = None
        if isinstance(end, Done) and isinstance(end.result, Quality):
            self._row.show_idle(end.result)
            self._studio.refresh_models()  # the pickers say it, too
        elif isinstance(end, Failed):
            self._row.show_problem(i18n.sentence(end.problem))
