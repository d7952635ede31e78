"""Prepares Qt's Python binding before anything else of it is imported, so the window opens sooner."""

from __future__ import annotations

import sys
from typing import Any

import PySide6.QtCore  # noqa: F401  (it brings the module below with it)


def skip_feature_scan() -> None:
    """Spare the binding the reading of every later module's source.

    PySide 6 looks there for ``from __feature__ import``, which changes how its methods are spelt and which nothing of
    ours uses; it is a tenth of the start. Where a version of it is built otherwise, nothing is changed.
    """
    feature: Any = sys.modules.get("shibokensupport.feature")
    if callable(getattr(feature, "_mod_uses_pyside", None)):
        feature._mod_uses_pyside = lambda module: True
