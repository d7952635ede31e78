"""The window: pages when they are wanted, drops where they belong, problems said, the session as it was left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QSpinBox, QSplitter
from pytestqt.qtbot import QtBot

from bigmodel_studio import __version__
from bigmodel_studio.client.machine import DeviceSample, MachineSample
from bigmodel_studio.core.runs.reader import RunSummary
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import ModelRef, Problem
from bigmodel_studio.ui.dialogs.help_dialogs import AboutDialog, GuideDialog
from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from bigmodel_studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from bigmodel_studio.ui.look.theme import SCHEMES, colours
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.widgets.choice import Choice
from bigmodel_studio.ui.window import actions
from bigmodel_studio.ui.window.palette import Palette
from bigmodel_studio.ui.window.palette_entries import entries
from tests.ui.shell import FACTS, Shell


def test_only_the_page_that_is_shown_is_built(shell: Shell) -> None:
    assert list(shell.window.pages) == ["chat"]
    assert list(shell.window.rail.buttons) == list(PAGES)
    shell.qtbot.mouseClick(shell.window.rail.buttons["models"], Qt.MouseButton.LeftButton)
    assert list(shell.window.pages) == ["chat", "models"]
    assert shell.window.current_page is shell.window.pages["models"]
    shell.qtbot.keyClick(shell.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert shell.window.current_page is shell.window.pages["chat"]


def test_a_page_that_breaks_is_said_and_the_window_lives(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PAGES, "models", type(PAGES["models"])("Models", "models", "bigmodel_studio.nothing:Page"))
    shell.window.show_page("models")
    assert "couldn't be shown" in shell.window.banner.sentence.text()
    assert shell.window.current_page is shell.window.pages["chat"]


def test_a_dropped_language_model_is_remembered_and_talked_to(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "my model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": ["LlamaForCausalLM"]}))
    shell.drop(QUrl.fromLocalFile(str(folder)))
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    assert page.picker.ref() == ModelRef(source="local", id=str(folder))
    shell.wait(lambda: str(folder) in [record.id for record in shell.library.records("causal-lm")])


def test_what_belongs_nowhere_is_refused_with_the_reason(shell: Shell, tmp_path: Path) -> None:
    notes = tmp_path / "notes.docx"
    notes.write_bytes(b"PK")
    shell.drop(QUrl.fromLocalFile(str(notes)))
    banner = shell.window.banner
    assert banner.isVisible()
    assert "notes.docx" in banner.sentence.text()
    assert "config.json" in banner.hint.text()
    shell.drop(QUrl("http://127.0.0.1/cat.png"))
    assert "on this computer" in banner.sentence.text()  # the newest is shown, the one before it waits
    assert banner.more.text().startswith("1")
    shell.qtbot.mouseClick(banner.dismiss, Qt.MouseButton.LeftButton)
    assert "notes.docx" in banner.sentence.text()
    shell.qtbot.mouseClick(banner.dismiss, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


def test_a_problem_is_shown_as_plain_text(shell: Shell) -> None:
    shell.studio.report(Problem(code="open-unknown", arguments={"name": "<img src=x><b>bold"}))
    assert "<b>bold" in shell.window.banner.sentence.text()
    assert shell.window.banner.sentence.textFormat() == Qt.TextFormat.PlainText


def test_the_status_bar_says_device_memory_model_and_jobs(shell: Shell) -> None:
    status = shell.window.status
    shell.studio.facts_changed.emit(FACTS)
    assert status.loaded.text() == "starter-gpt · 5.32 M parameters · float32"
    assert "5,324,288" in status.loaded.toolTip()
    gigabyte = 10**9
    cpu = DeviceSample(
        id="cpu",
        name="Xeon(R) Gold 6130 CPU @ 2.10GHz",
        total_bytes=8 * gigabyte,
        ours_bytes=gigabyte,
        others_bytes=2 * gigabyte,
        busy=0.5,
    )
    shell.window.show_sample(MachineSample(time=0.0, cpu=cpu))
    assert status.device.text() == "Xeon Gold 6130"
    assert status.memory_words.text() == "1.0 GB of 8.0 GB used here, 2.0 GB by other programs"
    run = RunSummary(name="shakespeare", path="/r", state="running", step=1240, steps=3000, pid=1)
    done = RunSummary(name="old", path="/o", state="finished", step=5, steps=5)
    shell.window.studio.runs.runs_changed.emit([run, done])
    assert [job.words.text() for job in status.jobs if not job.isHidden()] == ["shakespeare: step 1,240 of 3,000"]
    assert status.jobs[0].bar.value() == 413
    shell.window.studio.runs.runs_changed.emit([done])
    assert all(job.isHidden() for job in status.jobs)


def test_panels_fold_with_the_width(shell: Shell) -> None:
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    for width, lists, inspects in [(1280, True, True), (1100, True, False), (900, False, False), (1280, True, True)]:
        shell.window.resize(width, 700)
        shell.settle()
        assert (page.list.isVisible(), page.sampling.isVisible()) == (lists, inspects)
    shell.window.resize(900, 700)
    shell.wait(lambda: not page.sampling.isVisible())
    shell.qtbot.mouseClick(page._inspector_button, Qt.MouseButton.LeftButton)
    assert page.sampling.isVisible()


def test_settings_are_drawn_and_hold_at_once(shell: Shell) -> None:
    shell.qtbot.keyClick(shell.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    appearance, threads = dialog.fields["appearance"], dialog.fields["threads"]
    assert isinstance(appearance, QComboBox)
    assert isinstance(threads, QSpinBox)
    assert threads.text() == "Automatic"
    appearance.setCurrentIndex(appearance.findData("dark"))
    assert colours() == SCHEMES["dark"]
    threads.setValue(3)
    assert SettingsStore().values.threads == 3
    assert SettingsStore().values.appearance == "dark"
    appearance.setCurrentIndex(appearance.findData("light"))
    assert colours() == SCHEMES["light"]
    dialog.close()


def test_every_action_has_a_method_and_is_in_the_list_of_shortcuts(shell: Shell) -> None:
    for spec in actions.ACTIONS:
        if not spec.page and ":" not in spec.handler:
            assert callable(getattr(shell.window, spec.handler))
    everywhere = [keys for _, lines in list(actions.sheet())[:2] for _, keys in lines]
    assert len(set(everywhere)) == len(everywhere)
    for key, modifier in [
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier),
    ]:
        shell.qtbot.keyClick(shell.window, key, modifier)
        dialog = shell.window.findChild(ShortcutsDialog)
        assert dialog is not None
        said = {shown.text() for shown in dialog.findChildren(QLabel)}
        assert {actions.text_of(spec) for spec in actions.ACTIONS if spec.shortcut} <= said
        assert {"Ctrl+K", "Ctrl+1", "Shift+Return"} <= said
        dialog.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    menu = [action.text() for action in shell.window.rail.menu_button.menu().actions() if not action.isSeparator()]
    general = [spec for spec in actions.ACTIONS if not spec.page]
    assert menu == [*(actions.text_of(spec) for spec in general if spec.group != "help"), "Help"]
    assert {"Command palette…", "Open a folder…", "Recently removed…", "Settings…", "Quit"} <= set(menu)
    helps = shell.window.rail.menu_button.menu().actions()[-1].menu()
    assert isinstance(helps, QMenu)
    assert {action.text() for action in helps.actions()} == {"Guide…", "Shortcuts…", "Logs…", "About Big Model Studio…"}


def chosen(shell: Shell, text: str) -> None:
    """Choose an entry of the palette, as typing its name and Enter does."""
    shell.qtbot.keyClick(shell.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = next(each for each in shell.window.findChildren(Palette) if each.isVisible())
    shell.qtbot.keyClicks(palette.field, text)
    shell.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_palette_finds_dark_language_export_and_quit(shell: Shell) -> None:
    titles = {entry.title for entry in entries(shell.window)}
    assert {"Language…", "Quit", "Export curves…"} <= titles
    chosen(shell, "dark appearance")
    shell.wait(lambda: colours() == SCHEMES["dark"])
    assert SettingsStore().values.appearance == "dark"
    chosen(shell, "light appearance")
    shell.wait(lambda: colours() == SCHEMES["light"])


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
def test_language_in_the_palette_leads_to_the_languages(shell: Shell) -> None:
    chosen(shell, "language")
    shell.wait(lambda: shell.window.findChild(SettingsDialog) is not None)
    dialog = shell.window.findChild(SettingsDialog)
    assert dialog is not None
    languages = dialog.fields["language"]
    assert isinstance(languages, Choice)
    shell.wait(languages.view().isVisible)
    assert [languages.itemText(row) for row in range(languages.count())][1:] == ["English", "简体中文"]
    languages.hidePopup()
    assert dialog.focusWidget() is languages
    dialog.reject()


def test_the_guide_leads_to_a_page_and_about_says_the_version(shell: Shell) -> None:
    chosen(shell, "guide")
    shell.wait(lambda: shell.window.findChild(GuideDialog) is not None)
    guide = shell.window.findChild(GuideDialog)
    assert guide is not None
    shell.qtbot.mouseClick(guide.buttons["images"], Qt.MouseButton.LeftButton)
    assert shell.window.current_page is shell.window.pages["images"]
    next(action for action in shell.window.actions() if action.text() == "About Big Model Studio…").trigger()
    shell.wait(lambda: shell.window.findChild(AboutDialog) is not None)
    about = shell.window.findChild(AboutDialog)
    assert about is not None
    assert about.version.text() == f"Version {__version__}"
    about.reject()


def test_the_session_comes_back(qtbot: QtBot, qapp: QApplication, home: Path) -> None:
    first = Shell(qtbot, qapp)
    first.window.resize(800, 600)
    first.window.show_page("models")
    first.close()
    again = Shell(qtbot, qapp)
    assert (again.window.width(), again.window.height()) == (800, 600)  # the test screen is 800 wide
    assert again.window.current_page is again.window.pages["models"]
    again.close()


def test_the_session_is_kept_without_a_close_too(shell: Shell, home: Path) -> None:
    """As a kill would leave it: read from the disk while the window is open."""
    page = shell.window.current_page
    assert isinstance(page, ChatPage)
    shell.window.resize(1300, 700)
    shell.settle()
    conversation = page.store.begin("About kites")
    page.open_conversation(conversation)
    shell.qtbot.keyClicks(page.composer.editor, "half a ques")
    page.splitter.setSizes([333, 600, 250])
    sizes = tuple(page.splitter.sizes())
    shell.window.session.save()
    stamp = shell.settings.path.stat().st_mtime_ns
    shell.window.session.save()
    assert shell.settings.path.stat().st_mtime_ns == stamp  # nothing new, nothing written
    session = SettingsStore().values.session
    assert (session.unsent, session.conversation, session.splitters["chat"]) == ("half a ques", conversation, sizes)
    shell.window.resize(900, 700)
    shell.wait(lambda: not page.sampling.isVisible())
    shell.window.session.save()
    assert SettingsStore().values.session.splitters["chat"] == sizes  # folded panels keep their width


def test_what_was_being_done_comes_back(qtbot: QtBot, qapp: QApplication, home: Path) -> None:
    first = Shell(qtbot, qapp)
    first.window.resize(1280, 800)  # the test screen is 800 wide
    page = first.window.current_page
    assert isinstance(page, ChatPage)
    conversation = page.store.begin("About kites")
    page.open_conversation(conversation)
    first.qtbot.keyClicks(page.composer.editor, "half a question")
    first.window.show_page("models")
    inner = first.window.pages["models"].findChildren(QSplitter)[1]
    first.wait(lambda: inner.sizes()[0] > inner.sizes()[1] > 0)
    inner.setSizes([500, 710])
    sizes = inner.sizes()
    first.window.show_page("chat")
    first.close()
    again = Shell(qtbot, qapp)
    again.window.resize(1280, 800)  # the test screen is 800 wide, and has no room for them
    again.window.show_page("models")
    back = again.window.pages["models"].findChildren(QSplitter)[1]
    again.wait(lambda: back.sizes() == sizes)
    again.window.show_page("chat")
    chat = again.window.current_page
    assert isinstance(chat, ChatPage)
    assert chat.composer.text() == "half a question"
    assert chat.talk.conversation == conversation
    again.close()


def test_damaged_settings_are_said(qtbot: QtBot, qapp: QApplication, home: Path) -> None:
    (home / "settings.toml").write_bytes(b"\x00")
    shell = Shell(qtbot, qapp)
    assert "settings file was damaged" in shell.window.banner.sentence.text()
    shell.close()
