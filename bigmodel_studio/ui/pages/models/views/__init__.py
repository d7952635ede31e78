"""The views of the Models page, in the order of its switch: the one table that says which there are.

A view is imported and made when it is first shown. Adding one is a module with a ``View`` (``views.frame``) and a line
here.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP

from bigmodel_studio.protocol import Source


@dataclass(frozen=True)
class ViewSpec:
    """A view: its English title (translated in the context "models"), ``module:Class``, and whose models it shows."""

    title: str
    factory: str
    sources: tuple[Source, ...] = ()
    leaves: bool = False
    """Whether what is done there leaves this computer."""


_HERE = "bigmodel_studio.ui.pages.models.views"
VIEWS: dict[str, ViewSpec] = {
    "local": ViewSpec(
        str(QT_TRANSLATE_NOOP("models", "On this computer")),
        f"{_HERE}.local:LocalView",
        ("builtin", "hub", "local", "run"),
    ),
    "hub": ViewSpec(str(QT_TRANSLATE_NOOP("models", "On the Hub")), f"{_HERE}.hub:HubView", leaves=True),
    "catalogue": ViewSpec(
        str(QT_TRANSLATE_NOOP("models", "Catalogue")), f"{_HERE}.catalogue:CatalogueView", ("reference",)
    ),
    "advisor": ViewSpec(str(QT_TRANSLATE_NOOP("models", "Advisor")), f"{_HERE}.advisor:AdvisorView"),
}
