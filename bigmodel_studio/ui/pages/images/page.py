"""The Images page: drop, paste or open pictures, and see what each is.

The window never opens a picture's file: what is shown came back from the lane. It holds widgets and wiring; ``items``
is the list, ``recognition`` asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Slot
from PySide6.QtGui import QGuiApplication, QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bigmodel_studio.core.data.pictures import MOST_PICTURES, find_pictures, is_other, pasted_file
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.opening import PICTURE_SUFFIXES
from bigmodel_studio.protocol import ModelRef, Problem
from bigmodel_studio.ui.pages.images.classes_line import ClassesLine
from bigmodel_studio.ui.pages.images.foot import Foot
from bigmodel_studio.ui.pages.images.items import Item, PicturesModel, Strip
from bigmodel_studio.ui.pages.images.recognition import Recognition
from bigmodel_studio.ui.pages.images.result import Result
from bigmodel_studio.ui.widgets.drop_area import DropArea
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.empty import Empty
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.widgets.picture_view import PictureView
from bigmodel_studio.ui.widgets.travel_badge import TravelBadge
from bigmodel_studio.ui.window.destinations import Destination, OpenImage, OpenModel, OpenPictures, UseModel
from bigmodel_studio.ui.window.studio import Studio


class ImagesPage(Page):
    """Made when first shown."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio, "images", "")
        self.title_label.setText(self.tr("Images"))
        self._viewed: object = None
        self.items = PicturesModel()
        self.items.setParent(self)
        self.recognition = Recognition(studio, self.items, self)
        self.recognition.changed.connect(self._refresh)
        self.recognition.refused.connect(self._on_model_refused)
        self._build_header()
        self._build_body()
        self.result = Result()
        self.set_inspector(self.result)
        self._shortcut(QKeySequence(QKeySequence.StandardKey.Paste), self.paste)
        self._shortcut(QKeySequence(QKeySequence.StandardKey.Delete), self.remove_current)
        studio.library.changed.connect(self._on_library_changed)
        self._restore_model()
        self.badge.begin()
        self._refresh()

    # ------------------------------------------------------------------------------- how it is laid out

    def _build_header(self) -> None:
        self.picker = ModelPicker(self.studio.library, ("image-classifier",))
        self.picker.chosen.connect(self._on_model_chosen)
        self.picker.refused.connect(self.studio.report)
        self.badge = TravelBadge(self.studio, "images", self.picker)
        self.add_to_header(self.picker)
        self.add_to_header(self.badge)
        self.open_button = QPushButton(self.tr("Open…"))
        self.open_button.clicked.connect(self.browse)
        self.clear_button = QPushButton(self.tr("Clear"))
        self.clear_button.clicked.connect(self.clear)
        self.add_to_header(self.clear_button, right=True)
        self.add_to_header(self.open_button, right=True)

    def _build_body(self) -> None:
        self.drop = DropArea()
        self.drop.paths_dropped.connect(self.add_paths)
        self.drop.image_dropped.connect(self.add_image)
        self.drop.refused.connect(self._on_refused)
        self.empty = Empty("images")
        self.empty.button.clicked.connect(self.browse)
        self.empty.other.clicked.connect(self.add_samples)
        self.knows = ClassesLine()
        self.view = PictureView()
        self.caption = ElidedLabel()
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        viewer = QWidget()
        inner = QVBoxLayout(viewer)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.view, 1)
        inner.addWidget(self.caption)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(viewer)
        self.drop.column.addWidget(self.stack)
        self.strip = Strip(self.items)
        self.strip.selectionModel().currentChanged.connect(self._on_current_changed)
        self.foot = Foot(self.items, self.recognition)
        self.foot.again.clicked.connect(self.try_again)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.knows)
        column.addWidget(self.drop, 1)
        column.addWidget(self.strip)
        column.addWidget(self.foot)
        self.set_body(body)

    def _shortcut(self, keys: QKeySequence, slot: object) -> None:
        made = QShortcut(keys, self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.activated.connect(slot)

    # ------------------------------------------------------------------------------- what is brought here

    def open(self, destination: Destination) -> None:
        match destination:
            case UseModel():
                self.picker.choose(destination.model)
            case OpenPictures():
                self.add_paths(destination.paths)
            case OpenImage():
                self.add_image(destination.image)

    @Slot()
    def browse(self) -> None:
        """Ask for pictures."""
        kinds = " ".join(f"*{suffix}" for suffix in sorted(PICTURE_SUFFIXES))
        files, _ = QFileDialog.getOpenFileNames(
            self.window(), self.tr("Open pictures"), "", self.tr("Pictures ({kinds})").format(kinds=kinds)
        )
        if files:
            self.add_paths([Path(file) for file in files])

    @Slot()
    def add_samples(self) -> None:
        """Take the pictures that come with the application."""
        self.add_paths([paths.sample_pictures()])

    @Slot()
    def paste(self) -> None:
        """Take a picture or files from the clipboard."""
        if not self.drop.take(QGuiApplication.clipboard().mimeData()):
            self.studio.report(Problem(code="paste-nothing"))

    @Slot(object)
    def add_paths(self, given: Iterable[Path]) -> None:
        """Put pictures, and those in folders, at the end and have them recognised. A model's folder is opened."""
        pictures = []
        for path in given:
            if (path / "config.json").is_file():
                self._open_model(path)
            elif is_other(path):
                self.studio.report(Problem(code="pictures-other", arguments={"name": path.name}))
            else:
                pictures.append(path)
        found = find_pictures(pictures)
        for folder in found.empty:
            self.studio.report(Problem(code="pictures-none", arguments={"folder": folder.name}))
        if found.more:
            self.studio.report(Problem(code="pictures-many", arguments={"most": MOST_PICTURES}))
        if found.pictures:
            keys = self.items.add(list(found.pictures))
            self._show(keys[0])
            self._classify(keys)

    @Slot(QImage)
    def add_image(self, image: QImage) -> None:
        """Keep a picture that was pasted, then treat it as a file."""
        path = pasted_file()
        if image.save(str(path)):
            self.add_paths([path])
        else:
            self.studio.report(Problem(code="paste-unwritable", arguments={"path": str(path)}))

    def _open_model(self, folder: Path) -> None:
        self.studio.library.remember(folder, lambda ref: self.studio.open(OpenModel(ref)), self.studio.report)

    @Slot()
    def _on_refused(self) -> None:
        self.studio.report(Problem(code="open-not-local"))

    # ------------------------------------------------------------------------------- the model

    def _restore_model(self) -> None:
        kept = self.studio.settings.values.session.models.get("images")
        if self.picker.ref() is None and kept is not None and self._usable(kept):
            self.picker.choose(kept)
        self.picker.choose_first()

    def _usable(self, ref: ModelRef) -> bool:
        record = self.studio.library.find(ref)
        return record is not None and record.problem is None

    @Slot()
    def _on_library_changed(self) -> None:
        self._restore_model()
        self._refresh()

    @Slot(object)
    def _on_model_chosen(self, ref: ModelRef) -> None:
        """Pictures are asked about again: what is on the page is what this model says. No model reads a broken file."""
        self.remember()
        self.recognition.drop()
        self._classify([item.key for item in self.items.items() if not item.broken])

    @Slot(object)
    def _on_model_refused(self, problem: Problem) -> None:
        """Say why a model can't be used, and go on with the one that could."""
        self.studio.report(problem)
        if self.recognition.worked is not None:
            self.picker.choose(self.recognition.worked)

    # ------------------------------------------------------------------------------- recognising

    def _classify(self, keys: list[int]) -> None:
        self.recognition.ask(self.picker.ref(), keys)

    @Slot()
    def try_again(self) -> None:
        """Ask once more about the pictures that have no answer."""
        self._classify([item.key for item in self.items.items() if item.stopped])

    @Slot()
    def clear(self) -> None:
        """Take all pictures off the page; their files stay."""
        self.recognition.drop()
        self.items.clear()
        self._refresh()

    @Slot()
    def remove_current(self) -> None:
        """Take the picture that is shown off the page; its file stays."""
        item = self.current_item()
        if item is not None:
            self.items.remove(item.key)
            self._refresh()

    def remember(self) -> None:
        ref = self.badge.settled()
        if ref is not None:
            models = {**self.studio.settings.values.session.models, "images": ref}
            self.studio.settings.change_session(models=models)

    def shut(self) -> None:
        self.recognition.drop()
        self.knows.close_look()

    # ------------------------------------------------------------------------------- what is shown

    def current_item(self) -> Item | None:
        """Return the picture that is shown."""
        row = self.strip.currentIndex().row()
        items = self.items.items()
        return items[row] if 0 <= row < len(items) else None

    def _show(self, key: int) -> None:
        row = self.items.row_of(key)
        if row is not None:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.strip.selectionModel().setCurrentIndex(self.items.index(row), flags)

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        """Show the state as it is now: cheap, and the only place that decides what is visible."""
        items = self.items.items()
        self.stack.setCurrentIndex(1 if items else 0)
        self.strip.setVisible(bool(items))
        self.drop.dashed = not items
        self.clear_button.setEnabled(bool(items))
        record = self.picker.record()
        self.knows.show_model(record.path if record is not None and record.problem is None else "")
        self._refresh_empty()
        self._refresh_current()
        self.foot.show_state()

    def _refresh_empty(self) -> None:
        ready, has_model = self.studio.library.ready, self.picker.ref() is not None
        if has_model or not ready:
            title, words = self.tr("Drop pictures here"), self.tr("Files or folders; or paste a picture with Ctrl+V.")
        else:
            title = self.tr("No image classifier yet")
            words = self.tr("Drop a model folder here, or open one from the model menu above.")
        offers = (self.tr("Open pictures…"), self.tr("Try the samples")) if has_model else ("", "")
        self.empty.say(title, words, *offers)

    def _refresh_current(self) -> None:
        item = self.current_item()
        self.result.show_item(item)
        reasons = [(each.path.name, self.items.words(each)) for each in self.items.items() if each.unreadable]
        self.result.unreadable.show_reasons(reasons)
        if item is None:
            return
        self.caption.setText(self.items.words(item) if item.prediction and not item.unreadable else "")
        if self._viewed == (item.key, item.prediction, item.stopped, self.picker.ref()):
            return  # a preview is read from its file once, and not at every step of the others
        self._viewed = (item.key, item.prediction, item.stopped, self.picker.ref())
        pixmap = self.items.preview(item) if item.prediction else item.thumbnail
        if item.unreadable:
            self.view.show_words(self.items.words(item), "warning")
        elif pixmap.isNull():
            self.view.show_words(self._waiting_words(item), "images")
        else:
            self.view.show_pixmap(pixmap, item.path.name)

    def _waiting_words(self, item: Item) -> str:
        if self.picker.ref() is None:
            return self.tr("Choose a model above to classify this picture.")
        if item.prediction is not None:
            return self.tr("No preview.")
        return self.tr("Not classified: stopped.") if item.stopped else self.tr("Waiting…")
