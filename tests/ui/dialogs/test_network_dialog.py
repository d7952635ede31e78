"""What left this computer, as the user sees it; and the settings of the network in the form."""

from __future__ import annotations

import csv
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QLineEdit

from bigmodel_studio.client.fake import FakeNetwork
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import NetworkRequest
from bigmodel_studio.ui.dialogs.network_dialog import NetworkDialog
from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from tests.ui.shell import Shell


def _request(number: int, *, status: int = 200, host: str = "huggingface.co") -> NetworkRequest:
    return NetworkRequest(
        time=1e9 + number,
        method="GET",
        host=host,
        path=f"/api/models/{number}",
        purpose="search",
        status=status,
        received_bytes=1000,
    )


def _network(shell: Shell) -> FakeNetwork:
    network = shell.studio.network
    assert isinstance(network, FakeNetwork)
    return network


def test_every_request_is_listed_as_it_is_made_and_added_up(shell: Shell, tmp_path: Path) -> None:
    network = _network(shell)
    dialog = NetworkDialog(shell.studio, shell.window)
    dialog.show()
    assert dialog.empty.isVisible()
    assert "No requests since" in dialog.empty.words.text()
    assert not dialog.export.isEnabled()
    for number in range(3):
        network.send(_request(number))
    network.send(_request(3, status=0, host="cdn.example.org"))
    shell.wait(lambda: dialog.model.rowCount() == 4)
    last = [str(dialog.model.index(0, column).data()) for column in range(8)]
    assert last[1:6] == ["cdn.example.org", "Search", "GET", "/api/models/3", "no response"]
    assert last[7] == "1.0 kB"
    lines = dialog.sums.text().split("\n")
    assert len(lines) == 2
    assert lines[0].startswith("huggingface.co: 3 request")
    assert "3.0 kB received" in lines[0]
    assert "1 failed" in lines[1]
    network.send(_request(4))
    shell.wait(lambda: dialog.model.rowCount() == 5)
    assert dialog.model.index(0, 4).data() == "/api/models/4"
    dialog.save(tmp_path / "network.csv")
    with open(tmp_path / "network.csv", newline="") as stream:
        assert [row["path"] for row in csv.DictReader(stream)] == [f"/api/models/{number}" for number in range(5)]
    dialog.save(tmp_path / "no" / "where.csv")
    assert "couldn't be saved" in shell.window.banner.sentence.text()
    dialog.close()


def test_offline_is_the_same_wherever_it_is_switched(shell: Shell) -> None:
    network = _network(shell)
    dialog = NetworkDialog(shell.studio, shell.window)
    dialog.show()
    dialog.offline.click()
    assert network.locked
    assert shell.window.status.network.text() == "Offline"
    shell.window.toggle_offline()
    assert not network.locked
    shell.wait(lambda: not dialog.offline.isChecked())
    dialog.close()
    settings = shell.window.settings_dialog()
    switch = settings.fields["offline"]
    assert isinstance(switch, QCheckBox)
    switch.click()
    assert network.locked
    assert SettingsStore().values.offline
    assert shell.window.status.network.text() == "Offline"
    settings.deleteLater()


def test_an_address_that_is_none_is_said_and_not_kept(shell: Shell) -> None:
    dialog = shell.window.settings_dialog()
    with shell.qtbot.waitActive(dialog):
        dialog.show()
    assert isinstance(dialog, SettingsDialog)
    proxy, wrong = dialog.fields["proxy"], dialog.wrong["proxy"]
    assert isinstance(proxy, QLineEdit)
    shell.qtbot.keyClicks(proxy, "proxy.example.org")
    proxy.editingFinished.emit()
    assert wrong.isVisible()
    assert "http://" in wrong.text()
    assert SettingsStore().values.proxy == ""
    proxy.clear()
    shell.qtbot.keyClicks(proxy, "http://proxy.example.org:8080 ")
    assert not wrong.isVisible()
    proxy.editingFinished.emit()
    assert SettingsStore().values.proxy == "http://proxy.example.org:8080"
    dialog.close()
