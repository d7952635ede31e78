"""The same question to a run's model at each of its checkpoints: the answers below each other, the newest first.

The models are asked one after the other on the lane for measuring, so that the one that is in use stays loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.job import Job
from bigmodel_studio.core.data import conlleval
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import (
    Classify,
    ClassifyTexts,
    Done,
    Event,
    Failed,
    Filled,
    FillMask,
    Generate,
    ModelRef,
    Prediction,
    Request,
    Sampling,
    Tagged,
    TagWords,
    TextAnswer,
    TextClassified,
    Token,
    Turn,
)
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.train.runs.samples_view import SamplesModel, SamplesView
from bigmodel_studio.ui.widgets.page_frame import label
from bigmodel_studio.ui.window.studio import Studio

MOST_STEPS = 12
"""Of more checkpoints, so many at even distances are asked, the first and the last among them."""
ANSWER_TOKENS = 48
FIRST_PROMPT = "Once upon a time"
SEPARATOR = "  ·  "


@dataclass(frozen=True)
class Way:
    """How the models of a page are asked: what the question is called, and the request that it makes."""

    request: Callable[[ModelRef, str], Request]
    pictures: bool = False
    first: str = FIRST_PROMPT
    """What is asked where the run's spec asks nothing."""


def _continued(model: ModelRef, question: str) -> Request:
    return Generate(model=model, prompt=question, sampling=Sampling(greedy=True, max_new_tokens=ANSWER_TOKENS))


def _answered(model: ModelRef, question: str) -> Request:
    turns = (Turn("user", question),)
    return Generate(model=model, turns=turns, sampling=Sampling(greedy=True, max_new_tokens=ANSWER_TOKENS))


def _recognised(model: ModelRef, question: str) -> Request:
    return Classify(model=model, images=(question,), top_k=3)


def _filled(model: ModelRef, question: str) -> Request:
    return FillMask(model=model, texts=(question,), top_k=3)


def _classified(model: ModelRef, question: str) -> Request:
    return ClassifyTexts(model=model, inputs=((question,),), top_k=3)


def _tagged(model: ModelRef, question: str) -> Request:
    return TagWords(model=model, texts=(question,))


WAYS: dict[str, Way] = {
    "causal-lm": Way(_continued),
    "chat": Way(_answered),
    "preference": Way(_answered),
    "masked-lm": Way(_filled, first="The [MASK] was happy again."),
    "classify-text": Way(_classified),
    "tag": Way(_tagged),
    "classify-images": Way(_recognised, pictures=True),
}
"""By objective. A run of another has nothing to be asked here."""


def spread(steps: tuple[int, ...], most: int = MOST_STEPS) -> list[int]:
    """Return at most so many of the steps, at even distances, both ends among them."""
    if len(steps) <= most:
        return list(steps)
    return [steps[round(at * (len(steps) - 1) / (most - 1))] for at in range(most)]


class AcrossSteps(QWidget):
    """``offered`` says whether the run that is shown can be asked at all."""

    offered = Signal(bool)

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._run: RunSummary | None = None
        self._way: Way | None = None
        self._waiting: list[int] = []
        self._job: Job | None = None
        self._asked = ""
        self.answers: dict[int, str] = {}
        """What was answered, by step."""
        self.question = QLineEdit()
        self.question.setAccessibleName(self.tr("Prompt for every checkpoint"))
        self.question.returnPressed.connect(self.ask)
        self.picture_button = QPushButton(self.tr("Picture…"))
        self.picture_button.clicked.connect(self._browse)
        self.button = QPushButton(self.tr("Compare checkpoints"))
        self.button.clicked.connect(self._on_button)
        self.note = label("", "secondary", wrap=True)
        self.model = SamplesModel(self)
        self.view = SamplesView(self.tr("The answers of every checkpoint to the same prompt."))
        self.view.setModel(self.model)
        self.view.setAccessibleName(self.tr("Answers by step"))
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 12, 4)
        row.setSpacing(8)
        row.addWidget(self.question, 1)
        row.addWidget(self.picture_button)
        row.addWidget(self.button)
        self.note.setContentsMargins(16, 0, 16, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addWidget(self.view, 1)
        self._say("")

    @property
    def busy(self) -> bool:
        """Whether a model is being asked."""
        return self._job is not None

    def show_run(self, run: RunSummary | None, spec: RunSpec | None) -> None:
        """Set the run that is shown; another one takes the answers away."""
        another = (run.name if run else "") != (self._run.name if self._run else "")
        self._run = run
        self._way = WAYS.get(run.objective) if run is not None and run.checkpoints else None
        if another:
            self.stop()
            self.answers = {}
            self._show()
            self._say("")
            if self._way is not None:
                self.question.setText(_first_question(self._way, spec))
        pictures = self._way is not None and self._way.pictures
        self.question.setPlaceholderText(self.tr("Picture file") if pictures else "")
        self.picture_button.setVisible(pictures)
        self.offered.emit(self._way is not None)

    @Slot()
    def ask(self) -> None:
        """Ask every checkpoint, the newest first: it is the best answer, and comes at once."""
        question = self.question.text().strip()
        if self.busy or self._run is None or self._way is None or not question:
            return
        self._asked = question
        self.answers = {}
        self._waiting = spread(self._run.checkpoints)
        self._next()

    def stop(self) -> None:
        """Ask no more; what was answered stays."""
        self._waiting = []
        if self._job is not None:
            self._job.cancel()

    # ------------------------------------------------------------------------------- one after the other

    def _next(self) -> None:
        self._job = None
        if self._waiting and self._run is not None and self._way is not None:
            step = self._waiting.pop()
            self.answers[step] = ""
            model = ModelRef(source="run", id=self._run.name, step=step)
            self._job = self._studio.measure.submit(self._way.request(model, self._asked))
            self._job.setProperty("step", step)
            self._job.happened.connect(self._on_event)
            self._job.ended.connect(self._on_ended)
            words = self.tr("Running step {step}, {left} left…")
            self._say(words.format(step=numbers.exact(step), left=numbers.exact(len(self._waiting))))
        else:
            self._say("")
        self.button.setText(self.tr("Stop") if self.busy else self.tr("Compare checkpoints"))

    @Slot(object)
    def _on_event(self, event: Event) -> None:
        job = self.sender()
        if job is not self._job or job is None:
            return
        step = int(job.property("step"))
        if isinstance(event, Token):
            self.answers[step] += event.text
        elif isinstance(event, Prediction | TextAnswer):
            self.answers[step] = i18n.sentence(event.error) if event.error is not None else _words(event)
        else:
            return
        self._show()

    @Slot(object)
    def _on_ended(self, end: Event) -> None:
        job = self.sender()
        if job is not self._job or job is None:
            return
        step = int(job.property("step"))
        if isinstance(end, Failed):
            self.answers[step] = i18n.sentence(end.problem)
        elif not isinstance(end, Done) and not self.answers[step]:
            del self.answers[step]
        self._show()
        self._next()

    def _show(self) -> None:
        name = Path(self._asked).name if self._way is not None and self._way.pictures else self._asked
        self.model.show_samples(
            [{"step": step, "prompt": name, "text": text} for step, text in sorted(self.answers.items())]
        )

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))

    @Slot()
    def _on_button(self) -> None:
        if self.busy:
            self.stop()
        else:
            self.ask()

    @Slot()
    def _browse(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self.window(), self.tr("Picture for every checkpoint"))
        if file:
            self.question.setText(file)


def _words(answer: Prediction | TextAnswer) -> str:
    """Return what a model makes of a picture or a text, in one line."""
    if isinstance(answer, Prediction | TextClassified):
        return SEPARATOR.join(f"{one.label} {numbers.percent(one.probability)}" for one in answer.predictions)
    if isinstance(answer, Filled):
        return SEPARATOR.join(
            f"{one.token} {numbers.percent(one.probability)}" for mask in answer.masks for one in mask
        )
    if isinstance(answer, Tagged):
        found = conlleval.entities(answer.viterbi)
        entities = (f"{' '.join(answer.words[each.first : each.last + 1])} = {each.type}" for each in found)
        return SEPARATOR.join(entities) or numbers.NOTHING
    return ""


def _first_question(way: Way, spec: RunSpec | None) -> str:
    """Return what the run was asked at each of its evaluations, where its spec says."""
    if way.pictures:
        return spec.samples.pictures[0] if spec is not None and spec.samples.pictures else ""
    return spec.samples.prompts[0] if spec is not None and spec.samples.prompts else way.first
