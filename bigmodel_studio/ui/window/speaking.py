"""The window in another language, at once: it is built again over the same studio, and goes on where it was.

So no widget has to know how to change its language, and none can be forgotten. What a page is at work on (a reply, a
drop of pictures) it hands over itself (``Page.hand_over``); what was typed and chosen is carried
(``ui.window.carrying``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.window import carrying
from bigmodel_studio.ui.window.actions import ACTIONS

if TYPE_CHECKING:
    from bigmodel_studio.ui.window.main_window import MainWindow


def speak(window: MainWindow) -> None:
    """Build the window's parts again in the language that the settings say."""
    application = QCoreApplication.instance()
    assert application is not None
    window.save_session()
    current = window.current_page
    focus = carrying.path_of(QApplication.focusWidget(), current) if current is not None else None
    carried = {page_id: carrying.taken(page) for page_id, page in window.pages.items()}
    dialogs = [each for each in window.findChildren(QDialog) if each.isVisible() and _is_of_actions(each)]
    window.setUpdatesEnabled(False)
    try:
        for page_id, page in window.pages.items():
            window.studio.left[page_id] = page.hand_over()
        i18n.install(application, window.studio.settings.values.language)
        window.furnish_again()
        for page_id, page in window.pages.items():
            carrying.put(carried[page_id], page)
        if current is not None:
            window.show_page(current.page_id)
        window.studio.left.clear()
    finally:
        window.setUpdatesEnabled(True)
    for dialog in dialogs:
        _again(dialog, window)
    part = carrying.part_at(focus, window.pages[current.page_id]) if focus and current is not None else None
    if part is not None and not dialogs:
        part.setFocus()


def _is_of_actions(dialog: QDialog) -> bool:
    """Whether it is made of the studio and the window, as ``ui.window.actions`` does."""
    kind = type(dialog)
    return kind is SettingsDialog or any(spec.handler == f"{kind.__module__}:{kind.__name__}" for spec in ACTIONS)


def _again(dialog: QDialog, window: MainWindow) -> None:
    """Another of the same kind in its place."""
    values, geometry = carrying.taken(dialog), dialog.geometry()
    focus = carrying.path_of(dialog.focusWidget(), dialog)
    dialog.close()
    dialog.deleteLater()
    made: QDialog
    if isinstance(dialog, SettingsDialog):
        made = window.settings_dialog()
    else:
        kind: type = type(dialog)
        made = kind(window.studio, window)
        carrying.put(values, made)
    made.open() if dialog.isModal() else made.show()
    made.setGeometry(geometry)
    part: QWidget | None = carrying.part_at(focus, made) if focus else None
    if part is not None:
        part.setFocus()
