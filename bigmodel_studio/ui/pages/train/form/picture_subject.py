"""The fields of a classifier: its pictures, a ResNet's shape or a model to start from, crops and flips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from bigmodel_studio.client.background import Latest
from bigmodel_studio.core.data.columns import NO_COLUMNS, Columns
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.models.classifier_head import Head, read_head
from bigmodel_studio.core.specs.objectives import FROZEN
from bigmodel_studio.core.specs.spec import DataSpec, ModelSpec
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Problem
from bigmodel_studio.ui.pages.train.data.folder_field import FolderField
from bigmodel_studio.ui.pages.train.form.fields import Row, field_error, line, number, share_field
from bigmodel_studio.ui.pages.train.form.subject import Subject, Tables
from bigmodel_studio.ui.window.studio import Studio

EVALUATION_PERCENT = 15
MOST_EVALUATION_PERCENT = 50


class PictureSubject(Subject):
    """An image classifier on folders of pictures."""

    objective = "classify-images"
    title = str(QT_TRANSLATE_NOOP("train", "Classify pictures"))
    usual_name = str(QT_TRANSLATE_NOOP("train", "pictures"))
    base_words = str(QT_TRANSLATE_NOOP("train", "an image classifier"))

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(studio, parent)
        hint = self.tr("Drop a folder with one subfolder of pictures per class, or a table of paths")
        self.data = self.train = FolderField(hint)
        self.evaluation = FolderField(self.tr("None: uses a share of the pictures above"))
        self.train.evaluation_found.connect(self._on_evaluation_found)
        self.evaluation.changed.connect(self._on_evaluation)
        self.evaluation.refused.connect(self._on_refused)
        self.evaluation.hub_wanted.connect(self._on_hub_wanted)
        self.path_column, self.label_column = line("", self._on_columns), line("", self._on_columns)
        for column in (self.path_column, self.label_column):
            column.setPlaceholderText(self.tr("automatic"))
        for folders in (self.train, self.evaluation):
            folders.counted.connect(self._show_columns)
            folders.counted.connect(self.changed)
        self.share = number(EVALUATION_PERCENT, MOST_EVALUATION_PERCENT, self.changed)
        self.smallest_crop = number(round(100 * DataSpec(train=()).smallest_crop), 100, self.changed)
        for field in (self.share, self.smallest_crop):
            field.setSuffix(" %")
        self.flip = QCheckBox(self.tr("Random horizontal flip"))
        self.flip.setChecked(True)
        self.flip.toggled.connect(self.changed)
        self.mixup, self.smoothing = share_field(1.0, self.changed), share_field(0.9, self.changed)
        shape_ = ModelSpec()
        self.depths, self.widths = (
            line(", ".join(map(str, each)), self.changed) for each in (shape_.depths, shape_.widths)
        )
        self.image_size = number(shape_.image_size, 2048, self.changed)
        self._head: Head | None = None
        self._head_of = ""
        """The folder of the model that it is of."""
        self._heads = Latest("last-layer", self)
        self._heads.answered.connect(self._on_head)
        self.lay_out()
        self._show_columns()

    def data_rows(self) -> list[Row]:
        return [
            [("data.train", self.tr("Training pictures"), self.train)],
            [("data.evaluation", self.tr("Evaluation pictures"), self.evaluation)],
            [
                ("data.text_column", self.tr("Path column"), self.path_column),
                ("data.label_column", self.tr("Class column"), self.label_column),
            ],
            [
                ("data.evaluation_share", self.tr("Evaluation share"), self.share),
                ("data.smallest_crop", self.tr("Smallest crop"), self.smallest_crop),
                ("data.flip", self.tr("Flips"), self.flip),
            ],
            [
                ("data.mixup", self.tr("Mixup (0: off)"), self.mixup),
                ("method.label_smoothing", self.tr("Label smoothing (0: off)"), self.smoothing),
            ],
        ]

    def shape_fields(self) -> dict[str, QWidget]:
        return {"depths": self.depths, "widths": self.widths, "image_size": self.image_size}

    def scratch_rows(self) -> list[Row]:
        return [
            [
                ("model.depths", self.tr("Blocks per stage"), self.depths),
                ("model.widths", self.tr("Channels per stage"), self.widths),
                ("model.image_size", self.tr("Picture size (pixels)"), self.image_size),
            ],
        ]

    def tables(self) -> Tables:
        evaluation: object = [str(folder) for folder in self.evaluation.files] or self.share.value() / 100
        model: dict[str, object] = {"base": self.base}
        if not self.fine.isChecked():
            model |= {
                "depths": self._whole_numbers("model.depths", self.depths),
                "widths": self._whole_numbers("model.widths", self.widths),
                "image_size": self.image_size.value(),
            }
        return {
            "data": {
                "train": [str(folder) for folder in self.train.files],
                "evaluation": evaluation,
                "text_column": self.columns.text,
                "label_column": self.columns.label,
                "smallest_crop": self.smallest_crop.value() / 100,
                "flip": self.flip.isChecked(),
                "mixup": self.mixup.value(),
            },
            "model": model,
        }

    @property
    def columns(self) -> Columns:
        """What the columns of tables are called, as it is filled in."""
        return Columns(self.path_column.text().strip(), self.label_column.text().strip())

    def method_table(self) -> dict[str, Any]:
        return {**super().method_table(), "label_smoothing": self.smoothing.value()}

    def parameters(self) -> int | None:
        classes = len(self.train.classes)
        if self.fine.isChecked():
            head = self._known_head()
            return head.parameters_for(classes or head.classes) if head is not None else None
        try:
            depths = self._whole_numbers("model.depths", self.depths)
            widths = self._whole_numbers("model.widths", self.widths)
        except StudioError:
            return None
        if not widths or len(depths) != len(widths) or min(depths + widths) < 1:
            return None
        return shape.resnet_parameters(depths=depths, widths=widths, labels=classes)

    def trained_parameters(self) -> int | None:
        head = self._known_head() if self.method == FROZEN else None
        return head.per_class * len(self.train.classes) if head is not None else None

    def amount_words(self, batch: int, steps: int) -> str:
        words = self.tr("{batch} pictures per step").format(batch=numbers.exact(batch))
        share = 0 if self.evaluation.files else self.share.value()
        learnt = self.train.count * (100 - share) // 100
        if learnt:
            times = numbers.significant(batch * steps / learnt, 2)
            words += self.tr(", about {times} epochs").format(times=times)
        return words

    def stop(self) -> None:
        super().stop()
        self.evaluation.stop()
        self._heads.close()

    def _known_head(self) -> Head | None:
        """Return what the chosen model's files say; None until a thread has read them, once a model."""
        record = self.base_record()
        if record is None or record.problem is not None:
            return None
        if self._head_of != record.path:
            self._head_of, self._head = record.path, None
            self._heads.ask(lambda: read_head(Path(record.path)))
        return self._head

    @Slot(object)
    def _on_head(self, head: Head | Problem) -> None:
        self._head = head if isinstance(head, Head) else None
        self.changed.emit()

    def _whole_numbers(self, name: str, field: QLineEdit) -> list[int]:
        try:
            return [int(part) for part in field.text().replace(",", " ").split()]
        except ValueError:
            raise field_error(name, field.text(), self.tr("whole numbers, for example 2, 2, 2")) from None

    @Slot()
    def _on_columns(self) -> None:
        for field in (self.train, self.evaluation):
            field.set_columns(self.columns)
        self.changed.emit()

    @Slot()
    def _show_columns(self) -> None:
        """They are asked for where there is a table."""
        there = self.train.has_table or self.evaluation.has_table or self.columns != NO_COLUMNS
        for container in (self.path_column.parentWidget(), self.label_column.parentWidget()):
            if container is not None:
                container.setVisible(there)

    @Slot(object)
    def _on_evaluation_found(self, folder: Path) -> None:
        if not self.evaluation.files:
            self.evaluation.set_files([folder])

    @Slot()
    def _on_evaluation(self) -> None:
        self.share.setEnabled(not self.evaluation.files)
        self.changed.emit()
