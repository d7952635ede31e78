"""Folders of conversations: a filter above the list, and the menu that puts a conversation into one."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu, QPushButton, QWidget

from bigmodel_studio.core.chat.conversation_values import Conversation
from bigmodel_studio.core.chat.conversations import Conversations
from bigmodel_studio.ui.look.icons import icon
from bigmodel_studio.ui.look.stylesheet import set_look

LONGEST_PX = 150


class FolderFilter(QPushButton):
    """Says which folder is shown; hidden while there is none. ``changed``: the list is to be read again."""

    changed = Signal()

    def __init__(self, store: Conversations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._folders: list[str] = []
        self.folder: str | None = None
        """The folder that is shown; None: all chats."""
        set_look(self, "link")
        self.setIcon(icon("chevron-down"))
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the icon behind the text
        self.choices = QMenu(self)
        self.choices.aboutToShow.connect(self.fill)
        self.setMenu(self.choices)
        self.hide()

    def shows(self, folder: str) -> bool:
        """Return whether the conversations of a folder are listed."""
        return self.folder is None or folder == self.folder

    def refresh(self, folders: set[str]) -> None:
        """Offer these folders; where the one that is shown has nothing any more, all chats are shown."""
        self._folders = sorted(folders)
        if self.folder is not None and self.folder not in folders:
            self.folder = None
        self.setVisible(bool(folders))
        text = self.tr("All chats") if self.folder is None else self.folder
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, LONGEST_PX)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(text)
        self.setAccessibleName(self.tr("Folder: {name}").format(name=text))

    @Slot()
    def fill(self) -> None:
        """Fill the menu with the folders that there are."""
        self.choices.clear()
        for name, folder in ((self.tr("All chats"), None), *((name, name) for name in self._folders)):
            action = self.choices.addAction(name.replace("&", "&&"), partial(self._choose, folder))
            action.setCheckable(True)
            action.setChecked(folder == self.folder)

    def _choose(self, folder: str | None) -> None:
        self.folder = folder
        self.changed.emit()

    def add_to_menu(self, menu: QMenu, entry: Conversation) -> None:
        """Offer to put a conversation into a folder, or out of its own."""
        inner = menu.addMenu(self.tr("Move to folder"))
        for name in self._folders:
            action = inner.addAction(name.replace("&", "&&"), partial(self._move, entry, name))
            action.setCheckable(True)
            action.setChecked(name == entry.folder)
        if entry.folder:
            inner.addAction(self.tr("No folder"), partial(self._move, entry, ""))
        if self._folders:
            inner.addSeparator()
        inner.addAction(self.tr("New folder…"), partial(self._move_to_new, entry))

    def _move(self, entry: Conversation, folder: str) -> None:
        self._store.set_folder(entry.id, folder)
        self.changed.emit()

    def _move_to_new(self, entry: Conversation) -> None:
        name, wanted = QInputDialog.getText(
            self.window(), self.tr("New folder"), self.tr("Name of the folder"), QLineEdit.EchoMode.Normal
        )
        if wanted and name.strip():
            self._move(entry, name.strip())
