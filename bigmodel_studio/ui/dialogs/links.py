"""Opening an address in the browser, once the user has seen the whole of it; only the Web's, never a file's."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtWidgets import QMessageBox, QWidget


def open_link(url: QUrl, question: str, parent: QWidget) -> None:
    """Ask ``question`` about the address, and open it where that is wanted."""
    if url.scheme().lower() not in ("http", "https"):
        return
    from PySide6.QtGui import QDesktopServices

    title = QCoreApplication.translate("links", "Open a link")
    address = bytes(url.toEncoded().data()).decode("ascii", "replace")
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(address)
    open_ = box.addButton(QCoreApplication.translate("links", "Open"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    if box.clickedButton() is open_:
        QDesktopServices.openUrl(url)
    box.deleteLater()
