"""Whatever is dropped, wherever: it goes where it belongs, or is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage

from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.pages.images.page import ImagesPage
from bigmodel_studio.ui.pages.train.form.heads_subject import ClassesSubject
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.window import dropping
from bigmodel_studio.ui.window.dropping import FIELDS
from tests.threads import elsewhere, threads_of
from tests.ui.shell import Shell


def _drop(shell: Shell, mime: QMimeData) -> None:
    at = shell.window.rect().center()
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(at, *how)
    shell.window.dragEnterEvent(entering)
    assert entering.isAccepted()
    shell.window.dropEvent(QDropEvent(at.toPointF(), *how))


def test_texts_fill_in_a_new_run(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sorting = threads_of(monkeypatch, dropping, "sort_paths")
    tales = [tmp_path / "tales.txt", tmp_path / "more.md"]
    for path in tales:
        path.write_text("Once upon a time.")
    shell.drop(*(QUrl.fromLocalFile(str(path)) for path in tales))
    assert elsewhere(sorting)
    page = shell.window.current_page
    assert isinstance(page, TrainPage)
    assert page.stack.currentWidget() is page.form
    assert page.form.of(TextSubject).data.files == tales


def test_a_table_chooses_what_learns_from_it(shell: Shell, tmp_path: Path) -> None:
    table = tmp_path / "mail.csv"
    table.write_text("subject,text,label\na,b,c\n")
    shell.drop(QUrl.fromLocalFile(str(table)))
    page = shell.window.current_page
    assert isinstance(page, TrainPage)
    assert page.form.subject is page.form.of(ClassesSubject)
    assert page.form.of(ClassesSubject).train.files == [table]


def test_a_picture_out_of_a_browser_is_taken_as_it_is_seen(shell: Shell) -> None:
    """Browsers give its address too, which is not fetched."""
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.png")])
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    mime.setImageData(image)
    _drop(shell, mime)
    page = shell.window.current_page
    assert isinstance(page, ImagesPage)
    (item,) = page.items.items()
    assert QImage(str(item.path)).pixelColor(4, 4) == QColor("red")
    assert not shell.window.banner.isVisible()


@pytest.mark.parametrize("page_id", list(PAGES))
def test_no_field_takes_a_file_for_text(shell: Shell, page_id: str) -> None:
    shell.window.show_page(page_id)
    page = shell.window.pages[page_id]
    page.new_item()
    fields = [field for kind in FIELDS for field in page.findChildren(kind)]
    assert [field for field in fields if field.acceptDrops()] == []


def test_what_is_dragged_is_named_with_where_it_goes_and_most_of_it_decides_the_page(
    shell: Shell, tmp_path: Path
) -> None:
    pictures = [tmp_path / "one.png", tmp_path / "two.png"]
    for path in pictures:
        path.write_bytes(b"not for the window to open")
    text = tmp_path / "tales.txt"
    text.write_text("Once upon a time.")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (*pictures, text)])
    at = shell.window.rect().center()
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    overlay = shell.window.overlay
    shell.window.dragEnterEvent(QDragEnterEvent(at, *how))
    assert overlay.isVisible()
    assert overlay.words.text().splitlines() == ["Pictures: 2 → Images", "Texts and data: 1 → Train"]
    shell.window.dragLeaveEvent(QDragLeaveEvent())
    assert not overlay.isVisible()
    shell.window.dragEnterEvent(QDragEnterEvent(at, *how))
    shell.window.dropEvent(QDropEvent(at.toPointF(), *how))
    assert not overlay.isVisible()
    shell.settle()
    page = shell.window.current_page
    assert isinstance(page, ImagesPage)
    assert [item.path for item in page.items.items()] == pictures
    toast = shell.window.toast
    assert (toast.name.text(), toast.words.text()) == ("Train", "was opened as well.")
    shell.qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    page = shell.window.current_page
    assert isinstance(page, TrainPage)
    assert page.form.of(TextSubject).data.files == [text]
