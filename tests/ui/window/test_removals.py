"""What is removed can be brought back: at once from the toast or with Ctrl+Z, and later from the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from bigmodel_studio.core.runs.reader import summary
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, dump_status, own_process
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec, write_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.ui.dialogs.recently_removed import RecentlyRemoved
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.window.destinations import OpenRun
from tests.ui.shell import Shell


@pytest.fixture
def run(home: Path) -> RunFolder:
    folder = paths.runs() / "shakespeare"
    folder.mkdir()
    (folder / "spec.toml").write_text(write_spec(RunSpec(name="shakespeare", data=DataSpec(train=("/x",)))))
    (folder / "status.json").write_bytes(dump_status(RunStatus(state="finished", step=3, steps=3)))
    return RunFolder(folder)


def _list(shell: Shell) -> RecentlyRemoved:
    removed = RecentlyRemoved(shell.studio, shell.window)
    removed.open()
    return removed


def test_a_run_comes_back_from_the_toast(shell: Shell, run: RunFolder) -> None:
    shell.studio.removals.remove_run(summary(run))
    toast = shell.window.toast
    assert toast.isVisible()
    assert toast.name.text() == "shakespeare"
    assert not run.path.exists()
    shell.wait(lambda: shell.runs.summary_of("shakespeare") is None)
    shell.qtbot.mouseClick(toast.button, Qt.MouseButton.LeftButton)
    assert run.spec() is not None
    assert not toast.isVisible()
    shell.wait(lambda: shell.runs.summary_of("shakespeare") is not None)


def test_the_delete_key_removes_the_run_that_is_chosen(shell: Shell, run: RunFolder) -> None:
    shell.wait(lambda: shell.runs.summary_of("shakespeare") is not None)
    shell.window.open(OpenRun("shakespeare"))
    page = shell.window.current_page
    assert isinstance(page, TrainPage)
    shell.qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert not run.path.exists()
    shell.wait(lambda: page.runs.row_of("shakespeare") is None)
    shell.qtbot.keyClick(page.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shell.wait(lambda: page.runs.row_of("shakespeare") is not None)


def test_a_run_that_is_at_work_or_bundled_stays(shell: Shell, run: RunFolder) -> None:
    pid, started = own_process()
    live = RunStatus(state="running", pid=pid, process_started=started)
    (run.path / "status.json").write_bytes(dump_status(live))
    shell.studio.removals.remove_run(summary(run))
    assert run.path.exists()
    assert "already running" in shell.window.banner.sentence.text()
    bundled = next(paths.starter_runs().iterdir())
    shell.studio.removals.remove_run(summary(RunFolder(bundled), bundled=True))
    assert bundled.exists()
    assert Trash().items() == []


def test_ctrl_z_undoes_the_last_removal_first(shell: Shell, run: RunFolder) -> None:
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    conversation = page.store.begin("About kites")
    shell.studio.removals.remove_run(summary(run))
    page.remove(conversation, "About kites")
    assert page.store.all() == []
    page.list.view.setFocus()
    for expected in [(1, False), (1, True)]:
        shell.qtbot.keyClick(page.list.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert (len(page.store.all()), run.path.exists()) == expected
    assert page.talk.conversation == conversation


def test_ctrl_z_in_a_text_is_the_texts_own(shell: Shell, run: RunFolder) -> None:
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    shell.studio.removals.remove_run(summary(run))
    shell.qtbot.keyClicks(page.composer.editor, "words")
    shell.qtbot.keyClick(page.composer.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.composer.text() == ""
    assert not run.path.exists()


def test_the_list_restores_and_deletes_for_good(shell: Shell, run: RunFolder) -> None:
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    conversation = page.store.begin("About kites")
    shell.studio.removals.remove_run(summary(run))
    page.remove(conversation, "About kites")
    removed = _list(shell)
    rows = removed.table.model()
    names = [rows.index(row, 0).data() for row in range(rows.rowCount())]
    assert names == ["About kites", "shakespeare"]
    shell.qtbot.mouseClick(removed.restore, Qt.MouseButton.LeftButton)
    assert [entry.title for entry in page.store.all()] == ["About kites"]
    assert removed.table.rowCount() == 1
    shell.qtbot.mouseClick(removed.delete, Qt.MouseButton.LeftButton)
    assert len(Trash().items()) == 1  # it only asked
    shell.qtbot.mouseClick(removed.delete, Qt.MouseButton.LeftButton)
    assert Trash().items() == []
    assert removed.empty.isVisible()
    assert not removed.restore.isEnabled()
    removed.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_what_is_old_is_gone_after_a_start(shell: Shell, run: RunFolder) -> None:
    shell.settings.change(trash_days=1)
    shell.studio.removals.remove_run(summary(run))
    (item,) = Trash().folder.iterdir()
    manifest = item / "manifest.json"
    stamp = Trash().items()[0].removed
    manifest.write_text(manifest.read_text().replace(str(stamp), str(stamp - 2 * 86400)))
    shell.studio.removals.purge()
    shell.wait(lambda: Trash().items() == [])
    shell.studio.removals.close()
