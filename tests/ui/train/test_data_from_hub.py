"""Data from the Hub in the form of a new run: looked at and fetched by real engines from a Hub on loopback, removed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.network import Network
from bigmodel_studio.core.hub import hub_datasets
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.ui.pages.train.data.dataset_dialog import DatasetDialog
from bigmodel_studio.ui.pages.train.form.heads_subject import ClassesSubject
from bigmodel_studio.ui.pages.train.page import TrainPage
from tests.hub_models import large
from tests.loopback_hub import LoopbackHub, serving
from tests.ui.shell import Shell

NAME = "org/rows"
WAIT_MS = 120_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    for name in ("HF_HUB_OFFLINE", "HF_ENDPOINT", "HF_HUB_CACHE", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    with serving() as served:
        served.add(f"datasets/{NAME}", {"train.jsonl": large(1, 400_000), "test.jsonl": b"{}"})
        yield served


@pytest.fixture
def shell(qtbot: QtBot, qapp: QApplication, hub: LoopbackHub) -> Iterator[Shell]:
    SettingsStore().change(hub_endpoint=hub.url)
    made = Shell(qtbot, qapp, Network)
    made.window.resize(1280, 800)
    yield made
    assert isinstance(made.studio.network, Network)
    made.studio.network.close()
    made.close()


def subject(shell: Shell) -> ClassesSubject:
    shell.window.show_page("train")
    page = shell.window.current_page
    assert isinstance(page, TrainPage)
    shell.qtbot.mouseClick(page.new_button, LEFT)
    page.form.choices["classify-text"].setChecked(True)
    return page.form.of(ClassesSubject)


def press(shell: Shell, button: QAbstractButton) -> None:
    shell.qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=WAIT_MS)
    shell.qtbot.mouseClick(button, LEFT)


def opened(shell: Shell, button: QAbstractButton) -> DatasetDialog:
    press(shell, button)
    [dialog] = shell.window.findChildren(DatasetDialog)
    shell.qtbot.waitUntil(dialog.isVisible, timeout=WAIT_MS)
    return dialog


def texts(dialog: DatasetDialog) -> list[list[str]]:
    table = dialog.table
    cells = [[table.item(row, column) for column in range(5)] for row in range(table.rowCount())]
    return [[cell.text() for cell in row if cell is not None] for row in cells]


def closed(shell: Shell) -> bool:
    QApplication.processEvents()
    return not shell.window.findChildren(DatasetDialog)


def test_from_an_address_to_a_field_of_the_form_and_to_the_trash(shell: Shell, hub: LoopbackHub) -> None:
    form = subject(shell)
    dialog = opened(shell, form.train.hub)
    assert dialog.empty.isVisible()
    assert not dialog.look.isEnabled()
    shell.qtbot.keyClicks(dialog.address, "no address")
    press(shell, dialog.look)
    assert "not a dataset address" in dialog.problem.text()
    assert hub.requests == []
    dialog.address.setText(f"hf://datasets/{NAME}:test")
    press(shell, dialog.look)
    shell.qtbot.waitUntil(lambda: dialog.table.rowCount() == 2, timeout=WAIT_MS)
    assert not dialog.problem.isVisible()
    assert texts(dialog)[1] == [NAME, "default", "train", "400 kB", ""]
    chosen = dialog.table.chosen()
    assert (chosen is not None and chosen.split) == "test"
    dialog.table.selectRow(1)
    assert dialog.use.text() == "Download and use"

    hub.bytes_per_s = 300_000
    press(shell, dialog.use)
    shell.qtbot.waitUntil(lambda: dialog.bar.maximum() > 0 and dialog.bar.value() > 200, timeout=WAIT_MS)
    assert "kB" in dialog.words.text()
    assert not dialog.use.isVisible()
    press(shell, dialog.stop)
    assert dialog.words.text() == "Stopped. The download can resume."
    hub.bytes_per_s, before = 0, hub.sent_bytes
    press(shell, dialog.use)
    shell.qtbot.waitUntil(lambda: bool(form.train.files), timeout=WAIT_MS)
    assert hub.sent_bytes - before < 350_000
    [copy] = hub_datasets.copies()
    assert [str(path) for path in form.train.files] == list(copy.paths)
    shell.qtbot.waitUntil(lambda: closed(shell), timeout=WAIT_MS)

    asked = len(hub.requests)
    shell.studio.set_offline(True)
    dialog = opened(shell, form.evaluation.hub)
    assert "offline" in dialog.problem.text()
    dialog.address.setText(NAME)
    assert not dialog.look.isEnabled()
    assert texts(dialog) == [[NAME, "default", "train", "400 kB", "on this computer"]]
    press(shell, dialog.use)  # what is here needs no network
    assert form.evaluation.files == form.train.files
    shell.qtbot.waitUntil(lambda: closed(shell), timeout=WAIT_MS)
    dialog = opened(shell, form.train.hub)
    shell.studio.set_offline(False)
    shell.qtbot.waitUntil(lambda: not dialog.problem.isVisible(), timeout=WAIT_MS)
    press(shell, dialog.remove)
    assert (dialog.table.rowCount(), dialog.empty.isVisible()) == (0, True)
    assert [removed.name for removed in Trash().items()] == [NAME]
    shell.studio.removals.undo()
    assert [each.id for each in hub_datasets.copies()] == [NAME]
    dialog.reject()
    assert len(hub.requests) == asked
