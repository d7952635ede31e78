"""Which page uses a model of a kind, and what the button says that leads there: one table for all pages."""

from __future__ import annotations

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

USE_IN: dict[str, str] = {
    "causal-lm": "chat",
    "image-classifier": "images",
    "masked-lm": "text",
    "text-classifier": "text",
    "token-classifier": "text",
    "encoder": "text",
    "seq2seq": "text",
}
"""By kind; a kind without a page has no button."""
_WORDS: dict[str, str] = {
    "chat": str(QT_TRANSLATE_NOOP("uses", "Use in Chat")),
    "images": str(QT_TRANSLATE_NOOP("uses", "Use in Images")),
    "text": str(QT_TRANSLATE_NOOP("uses", "Use in Text")),
}


def use_words(page: str) -> str:
    """Return what the button says that uses a model on a page, in the window's language."""
    return QCoreApplication.translate("uses", _WORDS[page])
