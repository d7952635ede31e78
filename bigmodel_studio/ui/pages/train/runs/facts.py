"""The inspector of Train: what the run is, how far, and where its folder lies."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bigmodel_studio.client.background import Latest
from bigmodel_studio.core.memory.device_memory import CPU
from bigmodel_studio.core.memory.need import Need, need_of
from bigmodel_studio.core.models.library import name_of
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import ModelRef, Problem
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.train.data.data_field import short_name
from bigmodel_studio.ui.pages.train.runs.note_edit import NoteEdit
from bigmodel_studio.ui.pages.train.runs.ranks_panel import RanksPanel
from bigmodel_studio.ui.pages.train.runs.words import origin_line, state_word, word
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.page_frame import label

ROWS = (
    str(QT_TRANSLATE_NOOP("train", "State")),
    str(QT_TRANSLATE_NOOP("train", "Step")),
    str(QT_TRANSLATE_NOOP("train", "Time")),
    str(QT_TRANSLATE_NOOP("train", "Time left")),
    str(QT_TRANSLATE_NOOP("train", "Model")),
    str(QT_TRANSLATE_NOOP("train", "Parameters")),
    str(QT_TRANSLATE_NOOP("train", "Data")),
    str(QT_TRANSLATE_NOOP("train", "Learning rate")),
    str(QT_TRANSLATE_NOOP("train", "Batch")),
    str(QT_TRANSLATE_NOOP("train", "Seed")),
    str(QT_TRANSLATE_NOOP("train", "Device")),
    str(QT_TRANSLATE_NOOP("train", "Memory")),
    str(QT_TRANSLATE_NOOP("train", "Checkpoints")),
    str(QT_TRANSLATE_NOOP("train", "Disk")),
    str(QT_TRANSLATE_NOOP("train", "Best")),
    str(QT_TRANSLATE_NOOP("train", "Origin")),
)
LEAST_UPDATES = 3
"""With fewer, the time that an update takes is not known: the first ones take longer."""
PARTS = {
    "weights": str(QT_TRANSLATE_NOOP("train", "Weights: {size}, {how}")),
    "gradients": str(QT_TRANSLATE_NOOP("train", "Gradients: {size}, {how}")),
    "optimizer": str(QT_TRANSLATE_NOOP("train", "Optimizer: {size}, {how}")),
    "activations": str(QT_TRANSLATE_NOOP("train", "Activations: {size}, {how}")),
    "process": str(QT_TRANSLATE_NOOP("train", "The process itself: {size}, {how}")),
}
"""What a run's memory is made of."""
SOURCES = {
    "counted": str(QT_TRANSLATE_NOOP("train", "computed from the shapes")),
    "estimated": str(QT_TRANSLATE_NOOP("train", "estimated")),
    "measured": str(QT_TRANSLATE_NOOP("train", "measured")),
}
"""How a part is known."""


class Facts(QWidget):
    """Rows of a name and a value; a value that is too long elides, with the whole of it in the tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._asked: tuple[RunSpec, tuple[str, ...]] | None = None
        self._need: Need | None = None
        """The memory that what was asked about takes; None: not known yet."""
        self._needs = Latest("memory-of-a-run", self)
        self._needs.answered.connect(self._on_need)
        self.name = ElidedLabel()
        self.name.setProperty("look", "strong")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Steps done"))
        self.message = label("", "small", wrap=True)
        self.note = NoteEdit()
        self.values: dict[str, QLabel] = {}
        self._titles: dict[str, QLabel] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        for row, title in enumerate(ROWS):
            value = ElidedLabel()
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.values[title] = value
            self._titles[title] = label(word(title), "secondary")
            grid.addWidget(self._titles[title], row, 0)
            grid.addWidget(value, row, 1)
        self.open_folder = QPushButton(self.tr("Open folder"))
        self.open_folder.clicked.connect(self._on_open)
        self.copy_path = QPushButton(self.tr("Copy path"))
        self.copy_path.clicked.connect(self._on_copy)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.open_folder)
        buttons.addWidget(self.copy_path)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.name)
        column.addWidget(self.bar)
        column.addWidget(self.message)
        column.addLayout(grid)
        self.ranks = RanksPanel()
        column.addWidget(self.ranks)
        column.addLayout(buttons)
        column.addWidget(self.note)
        column.addStretch(1)

    def show_run(self, run: RunSummary | None, spec: RunSpec | None) -> None:
        """Show a run; None where no run is chosen."""
        self.setVisible(run is not None)
        self.ranks.show_run(run, spec)
        if run is None:
            self.note.show_run(None)
            return
        self._path = Path(run.path)
        self.name.setText(run.name)
        self.bar.setRange(0, max(1, run.steps))
        self.bar.setValue(run.step)
        self.bar.setVisible(run.live)
        self.message.setText(self._message(run))
        self.message.setVisible(bool(self.message.text()))
        self.note.show_run(run.name)
        texts = {**_of_run(run), **(_of_spec(spec) if spec is not None else {})}
        for title, value in self.values.items():
            value.setText(texts.get(title, ""))
            wanted = title in texts or (title == "Memory" and spec is not None)
            value.setVisible(wanted)
            self._titles[title].setVisible(wanted)
        self._show_memory(run, spec)

    def _show_memory(self, run: RunSummary, spec: RunSpec | None) -> None:
        """Show what the run takes on its device while it computes; the tooltip says what of."""
        self.values["Origin"].setToolTip(origin_line(run))
        self.values["Memory"].setToolTip("")
        self.values["Disk"].setToolTip(self.tr("Older checkpoints are removed when the run reaches its disk budget."))
        if spec is None:
            return
        accelerators = (run.device,) if run.device not in {"", CPU} else ()
        if self._asked != (spec, accelerators):
            self._asked, self._need = (spec, accelerators), None
            self._needs.ask(lambda: need_of(spec, accelerators)[0])
        self._write_memory()

    @Slot(object)
    def _on_need(self, need: Need | Problem) -> None:
        self._need = need if isinstance(need, Need) else None
        self._write_memory()

    def _write_memory(self) -> None:
        """Write what the run needs; nothing until a thread has read the headers of its model."""
        need = self._need
        if need is None:
            self.values["Memory"].setText(numbers.NOTHING)
            return
        self.values["Memory"].setText(word("about {size}").format(size=numbers.size(need.bytes)))
        parts = [
            word(PARTS[part.name]).format(size=numbers.size(part.bytes), how=word(SOURCES[part.source]))
            for part in need.parts
        ]
        self.values["Memory"].setToolTip("\n".join(parts))

    def stop(self) -> None:
        """Join the thread, and keep what is being noted: the page closes."""
        self._needs.close()
        self.note.stop()

    def _message(self, run: RunSummary) -> str:
        if run.state == "interrupted":
            words = self.tr("It ended unexpectedly. Resume continues from the last checkpoint.")
            if not run.checkpoints:
                words = self.tr("It ended unexpectedly before its first checkpoint. Resume starts over.")
            return words
        return i18n.run_sentence(run.problem, run.message)

    @Slot()
    def _on_open(self) -> None:
        if self._path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path)))

    @Slot()
    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(str(self._path or ""))


def _of_run(run: RunSummary) -> dict[str, str]:
    texts = {
        "State": state_word(run),
        "Step": f"{numbers.exact(run.step)} / {numbers.exact(run.steps)}",
        "Time": _time(run),
        "Parameters": numbers.exact(run.parameters) if run.parameters else numbers.NOTHING,
        "Device": run.device or numbers.NOTHING,
        "Checkpoints": ", ".join(map(numbers.exact, run.checkpoints)) or numbers.NOTHING,
    }
    if run.disk_bytes:
        taken, budget = numbers.size(run.disk_bytes), numbers.size(run.disk_budget_bytes)
        texts["Disk"] = (
            word("{taken} of {budget}").format(taken=taken, budget=budget) if run.disk_budget_bytes else taken
        )
    if left := _time_left(run):
        texts["Time left"] = left
    if run.best_step:
        best = word("{loss} at step {step}")
        texts["Best"] = best.format(loss=numbers.significant(run.best_loss), step=numbers.exact(run.best_step))
    if origin := _origin(run):
        texts["Origin"] = origin
    return {title: text for title, text in texts.items() if not (run.foreign and text == numbers.NOTHING)}


def _time(run: RunSummary) -> str:
    """Return how long it has computed: waits and pauses do not count. Without records, since when it is there."""
    if run.seconds is not None:
        return numbers.duration(run.seconds)
    until = 0.0 if run.waiting else time.time() if run.live else run.updated
    return numbers.duration(until - run.started) if run.started and until else numbers.NOTHING


def _time_left(run: RunSummary) -> str:
    """Return how long its updates will take yet, by those that it has made; "" where that is not known."""
    if run.state not in {"running", "paused"} or not run.seconds or not LEAST_UPDATES <= run.step < run.steps:
        return ""
    return word("about {time}").format(time=numbers.rough_duration(run.seconds / run.step * (run.steps - run.step)))


def _origin(run: RunSummary) -> str:
    """In short, as one names a checkpoint; the tooltip has the words."""
    return f"{run.parent.run}@{run.parent.step}" if run.parent is not None else i18n.words_of(run.foreign) or run.sweep


def _of_spec(spec: RunSpec) -> dict[str, str]:
    model = spec.model
    if model.base != "scratch":
        base_name = _name_of_base(model.base)
    elif model.architecture == "cifar-resnet":
        kind = word("residual") if model.shortcuts else word("plain, no shortcuts")
        base_name = word("{layers} layers, {kind}").format(layers=model.layers, kind=kind)
    elif model.architecture == "resnet":
        base_name = f"ResNet, {' · '.join(map(str, model.widths))}"
    else:
        layers = word("1 layer") if model.layers == 1 else word("{count} layers").format(count=model.layers)
        heads = word("1 head") if model.heads == 1 else word("{count} heads").format(count=model.heads)
        base_name = word("{layers}, width {width}, {heads}").format(layers=layers, width=model.width, heads=heads)
    return {
        "Model": base_name,
        "Data": ", ".join(short_name(Path(path)) for path in spec.data.train),
        "Learning rate": numbers.significant(spec.optimizer.learning_rate),
        "Batch": _batch(spec),
        "Seed": str(spec.seed),
    }


def _name_of_base(base: str) -> str:
    """Return the base's name; a folder keeps the name under which it was chosen."""
    path = Path(base)
    return name_of(ModelRef(source="local", id=base)) if path.is_absolute() else path.name


def _batch(spec: RunSpec) -> str:
    schedule = spec.schedule
    times = f" × {numbers.exact(schedule.accumulate)}" if schedule.accumulate > 1 else ""
    return numbers.exact(schedule.batch) + times
