"""Every control and plot of every page and dialog has a name, is reached with Tab, and in the order that one reads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QFrame, QWidget

from bigmodel_studio.client.fake import FakeLane, FakeNetwork
from bigmodel_studio.core.hub import hub_datasets
from bigmodel_studio.core.specs.spec import make_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.crashes import CrashReport
from bigmodel_studio.core.system.trash import Trash
from bigmodel_studio.protocol import DatasetPart, Download, HubFile, HubModel, HubRepo, NetworkRequest
from bigmodel_studio.ui.dialogs.account_dialog import AccountDialog
from bigmodel_studio.ui.dialogs.crash_report import CrashDialog
from bigmodel_studio.ui.dialogs.log_viewer import LogViewer
from bigmodel_studio.ui.dialogs.network_dialog import NetworkDialog
from bigmodel_studio.ui.dialogs.recently_removed import RecentlyRemoved
from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from bigmodel_studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.images.page import ImagesPage
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.hub import HubView
from bigmodel_studio.ui.pages.text.page import TextPage
from bigmodel_studio.ui.pages.train.data.data_dialog import DataDialog
from bigmodel_studio.ui.pages.train.data.dataset_dialog import DatasetDialog
from bigmodel_studio.ui.pages.train.form.experiments_dialog import ExperimentsDialog
from bigmodel_studio.ui.pages.train.form.fork_dialog import ForkDialog
from bigmodel_studio.ui.pages.train.inside.slow_step_dialog import SlowStepDialog
from bigmodel_studio.ui.pages.train.inside.step_dialog import StepDialog
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.window.destinations import OpenOnHub
from bigmodel_studio.ui.window.rail import Rail
from tests.ui import readers
from tests.ui.data_previews import seen
from tests.ui.insides import add_evaluation, add_layers, taken
from tests.ui.shell import Shell
from tests.ui.train.test_page import checkpoint, make_run
from tests.ui.walking import backwards, controls, described, drawings, name, one_of_a_group, walk

PANELS = ("rail", "banner", "header", "list", "inspector", "toast")
CRASH = CrashReport(how="gone", started=0.0, text="what happened")


def _panel(widget: QWidget, root: QWidget) -> QWidget:
    """The part of the window that a widget stands in: rail, header, list, inspector, or the page's body."""
    owner: QWidget | None = widget
    while owner is not None and owner is not root:
        if isinstance(owner, Rail) or (isinstance(owner, QFrame) and owner.property("look") in PANELS):
            return owner
        owner = owner.parentWidget()
    return root


def _assert_usable(root: QWidget) -> None:
    walked = walk(root)
    nameless = {described(widget) for widget in (*walked, *controls(root), *drawings(root)) if not name(widget)}
    assert nameless == set()
    lost = [described(each) for each in controls(root) if each not in walked and not one_of_a_group(each)]
    assert lost == []
    by_panel: dict[QWidget, list[QWidget]] = {}
    for widget in walked:
        by_panel.setdefault(_panel(widget, root), []).append(widget)
    for inside in by_panel.values():
        assert min((_wrong(inside[at:] + inside[:at]) for at in range(len(inside))), key=len) == []


def _wrong(order: list[QWidget]) -> list[str]:
    """The steps that go backwards. The walk began where the focus was, so that any of them may be the first."""
    return [f"{described(a)} then {described(b)}" for a, b in itertools.pairwise(order) if backwards(a, b)]


def _chat(page: Page) -> None:
    assert isinstance(page, ChatPage)
    conversation = page.store.begin("Where is the kite?")
    first = page.store.add(conversation, "user", "Where is the kite?", parent=None)
    page.store.add(conversation, "assistant", "It is **red**.\n\n```\ncode\n```", parent=first, model="starter-gpt")
    page.list.refresh()
    page.open_conversation(conversation)


def _images(page: Page) -> None:
    assert isinstance(page, ImagesPage)
    page.add_paths(sorted((paths.samples() / "pictures").glob("*.png"))[:2])


def _text(task: str, model: str, text: str) -> Callable[[Page], None]:
    """The page with an answer on it."""

    def prepare(page: Page) -> None:
        assert isinstance(page, TextPage)
        assert isinstance(page.studio.interactive, FakeLane)
        page.studio.interactive.handler = readers.answers
        page.studio.library._on_read([readers.record(model)])
        page.picker.choose(readers.ref(model))
        page.writing.switch.choose(task)
        page.task.input.set_text(text)
        page.read()

    return prepare


def _train(page: Page) -> None:
    assert isinstance(page, TrainPage)
    page.choose(page.runs.runs[0].name)


def _inside(page: Page) -> None:
    assert isinstance(page, TrainPage)
    page.choose(page.runs.runs[0].name)
    add_layers(page)
    page.story.setCurrentWidget(page.story.layers)


def _confusions(page: Page) -> None:
    assert isinstance(page, TrainPage)
    page.choose(page.runs.runs[0].name)
    add_evaluation(page)
    page.story.setCurrentWidget(page.story.evaluations)
    page.story.evaluations.what.choose("confusions")


def _form(page: Page) -> None:
    page.new_item()


def _hub(page: Page) -> None:
    assert isinstance(page, ModelsPage)
    page.open(OpenOnHub())
    view = page.view("hub")
    assert isinstance(view, HubView)
    view.model.append([HubModel(id="org/model", parameters=1000, gated=True)], more=False)
    view.table.selectRow(0)
    view.details.show_repo(
        HubRepo(
            model=HubModel(id="org/model"),
            revision="a" * 40,
            card="# Its card\n\nand its text",
            files=(HubFile(name="config.json", bytes=10, needed=True),),
            needed_bytes=10,
        )
    )
    page.studio.downloads.begin(Download(id="org/model"))
    page.studio.downloads.begin(Download(id="org/other"))
    for item in page.studio.downloads.items():
        page.studio.downloads.pause(item)


def _as_it_is(_page: Page) -> None:
    pass


PREPARED: list[tuple[str, Callable[[Page], None]]] = [
    ("chat", _as_it_is),
    ("chat", _chat),
    ("images", _as_it_is),
    ("images", _images),
    ("train", _train),
    ("train", _inside),
    ("train", _confusions),
    ("train", _form),
    ("models", _hub),
    ("text", _text("fill-mask", "bert", "A [MASK] and a [MASK].\nnothing")),
    ("text", _text("classify", "sorter", "one\nlong")),
    ("text", _text("tag", "tagger", "in New York")),
    ("text", _text("embed", "encoder", "a\nb\nc")),
    *((page_id, _as_it_is) for page_id in PAGES if page_id not in ("chat", "images", "train")),
]
"""Every page, as it is and with something on it."""


@pytest.mark.parametrize(("page_id", "prepare"), PREPARED)
def test_a_page_can_be_used_without_a_mouse_and_without_eyes(
    shell: Shell, page_id: str, prepare: Callable[[Page], None]
) -> None:
    shell.window.resize(1400, 900)
    shell.library.refresh()
    shell.wait(lambda: shell.library.ready and bool(shell.runs.runs))
    shell.window.show_page(page_id)
    page = shell.window.pages[page_id]
    prepare(page)
    shell.settle()
    _assert_usable(shell.window)


def test_strips_and_toasts_are_on_the_way(shell: Shell) -> None:
    shell.window.show_crash(CRASH)
    shell.window.toast.offer("shakespeare", "was removed.", "Undo", lambda: None)
    shell.settle()
    _assert_usable(shell.window)


def _settings(shell: Shell) -> QDialog:
    return SettingsDialog(shell.settings, shell.window)


def _shortcuts(shell: Shell) -> QDialog:
    return ShortcutsDialog(shell.studio, shell.window)


def _logs(shell: Shell) -> QDialog:
    (paths.logs() / "window.log").write_text("2026-03-04 05:06:07,890 12 ERROR a: broke\n")
    return LogViewer(shell.studio, shell.window)


def _removed(shell: Shell) -> QDialog:
    Trash().note("conversation", "About kites", "3")
    return RecentlyRemoved(shell.studio, shell.window)


def _crash(shell: Shell) -> QDialog:
    return CrashDialog(CRASH, shell.window)


def _network(shell: Shell) -> QDialog:
    network = shell.studio.network
    assert isinstance(network, FakeNetwork)
    network.send(NetworkRequest(time=0.0, method="GET", host="huggingface.co", path="/api/models", purpose="search"))
    return NetworkDialog(shell.studio, shell.window)


def _step(shell: Shell) -> QDialog:
    return StepDialog(shell.studio, "/runs/a", 4, 8, shell.window)


def _slow_step(shell: Shell) -> QDialog:
    dialog = SlowStepDialog(shell.studio, "/runs/a", [4], shell.window)
    dialog._on_taken(taken())
    return dialog


def _data(tab: int, objective: str) -> Callable[[Shell], QDialog]:
    def make(shell: Shell) -> QDialog:
        raw = {"name": "cats", "objective": objective, "data": {"train": ["/data"]}}
        dialog = DataDialog(shell.studio, make_spec(raw), shell.window)
        dialog._on_answer(seen(objective))
        dialog.tabs.setCurrentIndex(tab)
        dialog.findings.list.setCurrentRow(1)  # one that has places
        return dialog

    return make


def _account(shell: Shell) -> QDialog:
    return AccountDialog(shell.studio, shell.window)


def _dataset(shell: Shell) -> QDialog:
    hub_datasets.note("org/rows", paths.home(), DatasetPart(config="default", split="train", files=(), bytes=9))
    return DatasetDialog(shell.studio, shell.window)


def _fork(shell: Shell) -> QDialog:
    checkpoint(run := make_run("tales"), 4)
    spec = run.spec()
    assert spec is not None
    return ForkDialog(run, spec, parent=shell.window)


def _experiments(shell: Shell) -> QDialog:
    return ExperimentsDialog(shell.studio, shell.window)


DIALOGS: list[Callable[[Shell], QDialog]] = [
    _settings,
    _shortcuts,
    _logs,
    _removed,
    _crash,
    _network,
    _account,
    _step,
    _slow_step,
    _dataset,
    _fork,
    _experiments,
    _data(0, "masked-lm"),
    _data(0, "classify-images"),
    _data(1, "classify-images"),
    _data(2, "classify-images"),
]
"""Every dialog, with something in it."""


@pytest.mark.parametrize("make", DIALOGS)
def test_a_dialog_can_be_used_so_too(shell: Shell, home: Path, make: Callable[[Shell], QDialog]) -> None:
    dialog = make(shell)
    with shell.qtbot.waitActive(dialog):
        dialog.open()
    assert dialog.windowTitle()
    shell.wait(lambda: dialog.focusWidget() is not None and dialog.focusWidget() is QApplication.focusWidget())
    _assert_usable(dialog)
    dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
