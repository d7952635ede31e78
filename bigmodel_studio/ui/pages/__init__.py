"""The pages, in the order of the rail: the one table that says which there are. A page is imported when first shown.

Adding a page is a module with a ``Page`` (``ui.widgets.page_frame``) and a line here; one that is not built has none.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP


@dataclass(frozen=True)
class PageSpec:
    """A page: its English title (translated in the context "pages"), its icon's name, and ``module:Class``."""

    title: str
    icon: str
    factory: str


PAGES: dict[str, PageSpec] = {
    "chat": PageSpec(str(QT_TRANSLATE_NOOP("pages", "Chat")), "chat", "bigmodel_studio.ui.pages.chat.page:ChatPage"),
    "images": PageSpec(
        str(QT_TRANSLATE_NOOP("pages", "Images")), "images", "bigmodel_studio.ui.pages.images.page:ImagesPage"
    ),
    "text": PageSpec(str(QT_TRANSLATE_NOOP("pages", "Text")), "text", "bigmodel_studio.ui.pages.text.page:TextPage"),
    "train": PageSpec(
        str(QT_TRANSLATE_NOOP("pages", "Train")), "train", "bigmodel_studio.ui.pages.train.page:TrainPage"
    ),
    "models": PageSpec(
        str(QT_TRANSLATE_NOOP("pages", "Models")), "models", "bigmodel_studio.ui.pages.models.page:ModelsPage"
    ),
}
