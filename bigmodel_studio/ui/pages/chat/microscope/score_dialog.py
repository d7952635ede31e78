"""Scoring a text that one pastes: its perplexity, and how likely the model holds each token of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import End, Event, Failed, ModelRef, Scored, ScoredToken, ScoreText
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.look.stylesheet import set_look
from bigmodel_studio.ui.pages.chat.microscope.scored_view import LevelLegend, ScoredView
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

SIZE_PX = (680, 560)
TEXT_PX = 140
MOST_CHARACTERS = 100_000
"""What is scored here; the command ``score`` takes more."""


class ScoreDialog(QDialog):
    """Asks ``model`` about the text that is written or pasted into it."""

    def __init__(self, studio: Studio, model: ModelRef, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Score a text with {model}").format(model=name_of(model)))
        self.resize(*SIZE_PX)
        self._studio, self._model = studio, model
        self._job: Job | None = None
        self._arriving: list[ScoredToken] = []
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Text to score"))
        self.text.setPlaceholderText(self.tr("Write or paste a text"))
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(TEXT_PX)
        self.text.textChanged.connect(self._on_text)
        self.state = label("", "secondary", wrap=True)
        self.view = _LossView()
        self.view.setAccessibleName(self.tr("Tokens of the text"))
        self.legend = LevelLegend()
        self.said = label("", "small")
        self.view.read_out.connect(self.said.setText)
        self.score = QPushButton(self.tr("Score"))
        set_look(self.score, "primary")
        self.score.clicked.connect(self._on_score)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.clicked.connect(self._on_stop)
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.state, 1)
        for button in (self.stop, close, self.score):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        for widget in (self.text, self.view, self.legend, self.said):
            column.addWidget(widget, 1 if widget is self.view else 0)
        column.addLayout(foot)
        self._on_text()

    @Slot()
    def _on_text(self) -> None:
        length = self.text.document().characterCount() - 1
        words = self.tr("At most {count} characters can be scored here.").format(count=numbers.exact(MOST_CHARACTERS))
        self.state.setText(words if length > MOST_CHARACTERS else "")
        self.score.setEnabled(0 < length <= MOST_CHARACTERS and self._job is None)
        self.stop.setVisible(self._job is not None)

    @Slot()
    def _on_score(self) -> None:
        self._arriving = []
        self._job = self._studio.submit(ScoreText(model=self._model, text=self.text.toPlainText()))
        self._job.happened.connect(self._on_happened)
        self._job.ended.connect(self._on_ended)
        self._on_text()
        self.state.setText(self.tr("Scoring the tokens…"))

    @Slot()
    def _on_stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def done(self, result: int) -> None:
        """Close it, and give up what was asked for."""
        self._on_stop()
        super().done(result)

    @Slot(object)
    def _on_happened(self, event: Event) -> None:
        if isinstance(event, ScoredToken):
            self._arriving.append(event)

    @Slot(object)
    def _on_ended(self, end: End) -> None:
        self._job = None
        self._on_text()
        if isinstance(end, Failed):
            self.state.setText(i18n.sentence(end.problem))
        elif isinstance(end.result, Scored):
            self.view.show_scored(self._arriving)
            words = self.tr("perplexity {value} · loss per token {loss} nats · {count} tokens predicted")
            self.state.setText(
                words.format(
                    value=numbers.decimal(end.result.perplexity),
                    loss=numbers.decimal(end.result.loss, 3),
                    count=numbers.exact(end.result.predicted),
                )
            )


class _LossView(ScoredView):
    """Says the loss of each token, too."""

    def description(self) -> str:
        words = super().description()
        token = self.scored[self.at] if words and self.at is not None else None
        if token is None:
            return words
        loss = None if token.logprob is None else -token.logprob
        said = self.tr("not predicted: it is the first") if loss is None else self.tr("loss {nats} nats")
        return " · ".join((words, said.format(nats=numbers.decimal(loss, 3))))
