"""The words of the page's table, in the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def phrase(text: str) -> str:
    """Return what stands in a table as ``QT_TRANSLATE_NOOP("text", …)``."""
    return QCoreApplication.translate("text", text) if text else ""
