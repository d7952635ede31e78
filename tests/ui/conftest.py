"""The window, for any test that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.shell import Shell


@pytest.fixture
def shell(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Shell]:
    made = Shell(qtbot, qapp)
    yield made
    made.close()
