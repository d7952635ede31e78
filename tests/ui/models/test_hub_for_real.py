"""The Hub in the window with real engines and a Hub on loopback: found, fetched, checked, mended, listed, locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.network import Network
from bigmodel_studio.core.hub import hub_leftovers
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.ui.dialogs.network_dialog import NetworkDialog
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.hub import HubView
from bigmodel_studio.ui.pages.models.views.local import LocalView
from bigmodel_studio.ui.window.destinations import OpenModel
from tests.hub_caches import model_files
from tests.loopback_hub import LoopbackHub, serving
from tests.ui.shell import Shell

NAME = "org/small-model"
WAIT_MS = 120_000


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    for name in ("HF_HUB_OFFLINE", "HF_ENDPOINT", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    with serving() as served:
        facts = {"pipeline_tag": "text-generation", "downloads": 7, "tags": ["license:mit"]}
        served.add(NAME, model_files() | {"README.md": b"# A card\n\nHello.\n"}, facts=facts)
        yield served


@pytest.fixture
def shell(qtbot: QtBot, qapp: QApplication, hub: LoopbackHub) -> Iterator[Shell]:
    SettingsStore().change(hub_endpoint=hub.url)
    made = Shell(qtbot, qapp, Network)
    made.window.resize(1280, 800)
    yield made
    made.studio.downloads.close()
    assert isinstance(made.studio.network, Network)
    made.studio.network.close()
    made.close()


def view_of(shell: Shell, name: str) -> HubView | LocalView:
    page = shell.window.show_page("models")
    assert isinstance(page, ModelsPage)
    page.switch.choose(name)
    view = page.view(name)
    assert isinstance(view, HubView | LocalView)
    return view


def press(shell: Shell, button: QPushButton) -> None:
    shell.qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled(), timeout=WAIT_MS)
    shell.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_from_a_search_to_a_mended_copy(shell: Shell, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_leftovers, "QUIET_S", -1.0)
    page = view_of(shell, "hub")
    assert isinstance(page, HubView)
    assert hub.requests == []
    press(shell, page.empty.button)
    shell.qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=WAIT_MS)
    page.table.selectRow(0)
    press(shell, page.details.download)
    shell.qtbot.waitUntil(lambda: not shell.studio.downloads.items(), timeout=WAIT_MS)
    shell.qtbot.waitUntil(lambda: all(file.here for file in page.looking.known[NAME].files), timeout=WAIT_MS)
    local = view_of(shell, "local")
    assert isinstance(local, LocalView)
    shell.qtbot.waitUntil(
        lambda: any(record.ref.id == NAME and record.problem is None for record in local.model.records()),
        timeout=WAIT_MS,
    )
    record = next(record for record in local.model.records() if record.ref.id == NAME)
    local.open(OpenModel(record.ref))
    press(shell, local.details.check)
    shell.qtbot.waitUntil(lambda: "3 file" in local.details.checked.text(), timeout=WAIT_MS)
    blob = (Path(record.path) / "model.safetensors").resolve()
    right = blob.read_bytes()
    blob.write_bytes(right[:-1] + b"\1")
    press(shell, local.details.check)
    shell.qtbot.waitUntil(lambda: "model.safetensors" in local.details.checked.text(), timeout=WAIT_MS)
    shell.qtbot.waitUntil(
        lambda: not shell.studio.downloads.items() and blob.exists() and blob.read_bytes() == right, timeout=WAIT_MS
    )
    shell.qtbot.waitUntil(lambda: len(shell.studio.network.requests()) == len(hub.requests), timeout=WAIT_MS)
    dialog = NetworkDialog(shell.studio, shell.window)
    assert dialog.model.rowCount() == len(hub.requests)
    assert not shell.library.leftovers


def test_offline_the_window_asks_nobody(shell: Shell, hub: LoopbackHub) -> None:
    shell.studio.set_offline(True)
    page = view_of(shell, "hub")
    assert isinstance(page, HubView)
    shell.settle()
    assert shell.studio.network.locked
    assert hub.requests == []
    shell.studio.set_offline(False)
    press(shell, page.empty.button)
    shell.qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=WAIT_MS)
