"""The fields of a model that classifies texts, or tags words: files, a model that reads, and texts to try."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPlainTextEdit, QWidget

from bigmodel_studio.core.specs.spec import make_spec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.ui.pages.train.data.data_field import DataField
from bigmodel_studio.ui.pages.train.form.fields import FIELD_PX, Row, line, number
from bigmodel_studio.ui.pages.train.form.subject import Subject, Tables
from bigmodel_studio.ui.pages.train.runs.words import word
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.window.studio import Studio

EVALUATION_PERCENT = 10
MOST_EVALUATION_PERCENT = 50
SEPARATORS = (
    (str(QT_TRANSLATE_NOOP("train", "automatic")), ""),
    (str(QT_TRANSLATE_NOOP("train", "Semicolon ;")), ";"),
    (str(QT_TRANSLATE_NOOP("train", "Vertical bar |")), "|"),
    (str(QT_TRANSLATE_NOOP("train", "Comma ,")), ","),
    (str(QT_TRANSLATE_NOOP("train", "Slash /")), "/"),
    (str(QT_TRANSLATE_NOOP("train", "Space")), " "),
)
"""What may stand between the classes of a text."""


class FilesField(DataField):
    """Files of data, dropped or chosen."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(hint, "", parent)
        self.add.setText(self.tr("Add files…"))
        self.show_files()

    @Slot()
    def browse(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self.window(), self.tr("Training files"))
        if files:
            self.add_files([Path(file) for file in files])


class HeadsSubject(Subject):
    """A subclass says what its data is."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        usual = make_spec({"name": "", "objective": self.objective, "data": {"train": []}})
        self.data = self.train = FilesField(self.hint())
        self.evaluation = FilesField(self.tr("None: uses a share of the data above"))
        self.evaluation.changed.connect(self._on_evaluation)
        self.evaluation.refused.connect(self._on_refused)
        self.evaluation.hub_wanted.connect(self._on_hub_wanted)
        self.share = number(EVALUATION_PERCENT, MOST_EVALUATION_PERCENT, self.changed)
        self.share.setSuffix(" %")
        self.context = number(usual.model.context, 1_048_576, self.changed)
        self.prompts = QPlainTextEdit()
        self.prompts.setFixedHeight(64)
        self.prompts.setTabChangesFocus(True)
        self.prompts.textChanged.connect(self.changed)

    def hint(self) -> str:
        """Return what the field of the data says while it is empty."""
        raise NotImplementedError

    def data_rows(self) -> list[Row]:
        return [
            [("data.train", self.tr("Training data"), self.train)],
            [("data.evaluation", self.tr("Evaluation data"), self.evaluation)],
            [("data.evaluation_share", self.tr("Evaluation share"), self.share), *self.column_fields()],
        ]

    def column_fields(self) -> Row:
        """Return where in a table things stand."""
        return []

    def model_rows(self) -> list[Row]:
        return [[("model.context", self.tr("Longest text (tokens)"), self.context)]]

    def sample_rows(self) -> list[Row]:
        words = self.tr("Texts to classify at each evaluation, one per line (none: from the data)")
        return [[("samples.prompts", words, self.prompts)]]

    def tables(self) -> Tables:
        evaluation: object = [str(file) for file in self.evaluation.files] or self.share.value() / 100
        prompts = [text for text in self.prompts.toPlainText().splitlines() if text.strip()]
        return {
            "data": {"train": [str(file) for file in self.train.files], "evaluation": evaluation},
            "model": {"base": self.base, "context": self.context.value()},
            "samples": {"prompts": prompts},
        }

    def parameters(self) -> int | None:
        record = self.base_record()
        return record.parameters if record is not None else None

    def amount_words(self, batch: int, steps: int) -> str:
        return self.tr("{count} texts per step").format(count=numbers.exact(batch))

    @Slot()
    def _on_evaluation(self) -> None:
        self.share.setEnabled(not self.evaluation.files)
        self.changed.emit()


class ClassesSubject(HeadsSubject):
    """A classifier of texts."""

    objective = "classify-text"
    title = str(QT_TRANSLATE_NOOP("train", "Classify texts"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "classes"))
    base_words = str(QT_TRANSLATE_NOOP("train", "an encoder such as BERT"))

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.text_column, self.label_column = line("", self.changed), line("", self.changed)
        self.pair_column = line("", self.changed)
        for field in (self.text_column, self.label_column):
            field.setPlaceholderText(self.tr("automatic"))
        self.pair_column.setPlaceholderText(self.tr("none"))
        self.pair_column.setToolTip(self.tr("Column of a second text, to classify pairs of texts"))
        self.multi_label = QCheckBox(self.tr("Several or none per text"))
        self.multi_label.setToolTip(self.tr("Texts can have several classes, or none, each with its own probability"))
        self.multi_label.toggled.connect(self._on_multi_label)
        self.separator = Choice()
        for name, value in SEPARATORS:
            self.separator.addItem(word(name), value)
        self.separator.setMinimumHeight(FIELD_PX)
        self.separator.setEnabled(False)
        self.separator.currentIndexChanged.connect(self.changed)
        self.lay_out()

    def hint(self) -> str:
        return self.tr(
            "Drop a table of texts with classes (CSV, TSV, JSON lines, Parquet) or a folder with "
            "one subfolder per class"
        )

    def column_fields(self) -> Row:
        return [
            ("data.text_column", self.tr("Text column"), self.text_column),
            ("data.pair_column", self.tr("Second text column"), self.pair_column),
            ("data.label_column", self.tr("Class column"), self.label_column),
        ]

    def data_rows(self) -> list[Row]:
        several: Row = [
            ("data.multi_label", self.tr("Classes"), self.multi_label),
            ("data.label_separator", self.tr("Class separator"), self.separator),
        ]
        return [*super().data_rows(), several]

    def tables(self) -> Tables:
        tables = super().tables()
        columns = {"text_column": self.text_column.text().strip(), "label_column": self.label_column.text().strip()}
        tables["data"] |= columns | {"pair_column": self.pair_column.text().strip()}
        several = self.multi_label.isChecked()
        tables["data"] |= {
            "multi_label": several,
            "label_separator": self.separator.currentData() if several else "",
        }
        return tables

    @Slot(bool)
    def _on_multi_label(self, several: bool) -> None:
        self.separator.setEnabled(several)
        self.changed.emit()


class TagsSubject(HeadsSubject):
    """A model that tags words."""

    objective = "tag"
    title = str(QT_TRANSLATE_NOOP("train", "Tag words (for example names of people and places)"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "tags"))
    base_words = str(QT_TRANSLATE_NOOP("train", "an encoder such as BERT"))

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        self.lay_out()

    def hint(self) -> str:
        return self.tr(
            "Drop CoNLL files (one word per line, tag last, blank line between sentences) or "
            "Parquet with one sentence per row"
        )
