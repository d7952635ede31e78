"""Models on the Hub: searching as one types, pages as one scrolls, files and cards, downloads, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QPushButton

from bigmodel_studio.client.fake import FakeNetwork
from bigmodel_studio.core.memory import device_memory
from bigmodel_studio.core.memory.device_memory import Room
from bigmodel_studio.core.text import numbers
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    Account,
    Describe,
    Description,
    Done,
    Download,
    Downloaded,
    Downloading,
    Event,
    FileProgress,
    HubFile,
    HubModel,
    HubPage,
    HubRepo,
    Layer,
    LookAtRepo,
    ModelRef,
    Request,
    SearchHub,
    SignIn,
)
from bigmodel_studio.ui.dialogs.account_dialog import AccountDialog
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.hub import HubView
from bigmodel_studio.ui.window.destinations import OpenOnHub
from tests.hub_caches import cached
from tests.ui.settling import settle
from tests.ui.shell import Shell
from tests.work import counted

FOUND = 230
ROOMS = (Room("cpu", 16 * 10**9, 8 * 10**9),)
FILES = (
    HubFile(name="model.safetensors", bytes=2_000_000, needed=True),
    HubFile(name="config.json", bytes=500, needed=True),
    HubFile(name="pytorch_model.bin", bytes=2_000_000),
)
CARD = "---\nlicense: mit\n---\n# What it is\n\n<img src='x.png'>A [link](https://example.org/page) and `code`.\n"


def _model(number: int) -> HubModel:
    return HubModel(
        id=f"org/model-{number:04d}",
        task="text-generation" if number % 2 else "fill-mask",
        licence="mit",
        parameters=10_000_000 * (number + 1),
        bytes=20_000_000 * (number + 1),
        downloads=1_000_000 - number,
        gated=number == 3,
        library="transformers",
    )


class Hub:
    """A Hub of so many models, and what it was asked."""

    def __init__(self, models: int = FOUND) -> None:
        self.models = [_model(number) for number in range(models)]
        self.problem: StudioError | None = None
        self.signed_in = False
        self.cache: Path | None = None

    def __call__(self, request: Request) -> Iterator[Event]:
        if self.problem is not None:
            raise self.problem
        match request:
            case SearchHub():
                found = [model for model in self.models if request.words in model.id]
                if request.most_parameters:
                    found = [model for model in found if model.parameters <= request.most_parameters]
                start = int(request.after or 0)
                end = start + request.limit
                yield Done(result=HubPage(models=tuple(found[start:end]), next=str(end) if end < len(found) else ""))
            case LookAtRepo(id=name):
                model = next(model for model in self.models if model.id == name)
                if model.gated and not self.signed_in:
                    raise StudioError("hub-gated", model=name)
                yield Done(
                    result=HubRepo(model=model, revision="a" * 40, card=CARD, files=FILES, needed_bytes=2_000_500)
                )
            case Download(id=name):
                for done in range(0, 2_000_501, 100_025):
                    file = FileProgress("model.safetensors", min(done, 2_000_000), 2_000_000, "loading")
                    yield Downloading(files=(file,), done_bytes=done, total_bytes=2_000_500, bytes_per_s=1e5)
                if self.cache is not None:
                    cached(self.cache, name)
                yield Done(result=Downloaded(id=name, revision="a" * 40, path="", bytes=2_000_500, fetched_bytes=1))
            case Describe():
                yield Done(
                    result=Description(
                        id=request.model.id,
                        architecture="GPT2LMHeadModel",
                        kind="causal-lm",
                        parameters=28,
                        trainable_parameters=28,
                        dtype="float32",
                        context_length=1024,
                        layers=(Layer(name="transformer", type="GPT2Model", parameters=28),),
                        weights_here=False,
                    )
                )
            case SignIn():
                self.signed_in = True
                yield Done(result=Account(name="ada"))
            case _:
                yield Done(result=Account())


class Window:
    """The view in the window, and hands on it."""

    def __init__(self, shell: Shell, hub: Hub) -> None:
        self.shell, self.hub = shell, hub
        network = shell.studio.network
        assert isinstance(network, FakeNetwork)
        self.network = network
        network.hub.handler = hub
        shell.window.resize(1280, 800)
        shell.window.open(OpenOnHub())
        page = shell.window.current_page
        assert isinstance(page, ModelsPage)
        view = page.view("hub")
        assert isinstance(view, HubView)
        self.page, self.view = page, view

    def press(self, button: QPushButton) -> None:
        assert button.isVisible()
        self.shell.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def search(self, words: str = "") -> None:
        self.page.search.setText(words)
        self.view._ask()
        self.shell.wait(lambda: self.view.query.state in ("shown", "failed"))

    def choose(self, row: int) -> None:
        at = self.view.table.visualRect(self.view.model.index(row, 0)).center()
        self.shell.qtbot.mouseClick(self.view.table.viewport(), Qt.MouseButton.LeftButton, pos=at)

    def settle(self) -> None:
        """Wait until nothing is still to be asked, or under way."""
        settle(self.shell.qtbot, self.shell.window, [self.network.hub, *self.network.downloads])

    def asked(self, kind: type[Request]) -> list[Request]:
        return [request for request in self.network.hub.requests if isinstance(request, kind)]

    def cell(self, row: int, column: int) -> str:
        return str(self.view.model.index(row, column).data())


@pytest.fixture
def window(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(device_memory, "rooms", lambda: ROOMS)
    made = Window(shell, Hub())
    yield made
    shell.studio.downloads.close()
    made.network.hub.close()
    for lane in made.network.downloads:
        lane.close()


def test_nothing_is_asked_before_the_user_does(window: Window) -> None:
    window.settle()
    assert window.network.hub.requests == []
    window.press(window.view.empty.button)
    window.shell.wait(lambda: window.view.model.rowCount() == 50)
    assert window.cell(0, 0) == "org/model-0000"
    assert window.cell(1, 1) == numbers.count(20_000_000)
    assert window.cell(1, 3) == "Text generation and chat"
    assert "scroll for more" in window.view.total.text()


def test_typing_asks_once_it_pauses(window: Window) -> None:
    window.shell.qtbot.keyClicks(window.page.search, "model-012", delay=5)
    window.shell.wait(lambda: window.view.model.rowCount() == 10)
    assert [request.words for request in window.asked(SearchHub) if isinstance(request, SearchHub)] == ["model-012"]
    assert "end of list" in window.view.total.text()


def test_pages_come_as_one_scrolls_each_row_once(window: Window) -> None:
    window.search()
    window.hub.models.insert(0, _model(9999))  # ranks change between two pages: one comes again
    bar = window.view.table.verticalScrollBar()
    for _ in range(20):
        bar.setValue(bar.maximum())
        window.settle()
    window.shell.wait(lambda: window.view.query.next == "" and window.view.query.state == "shown")
    names = [window.cell(row, 0) for row in range(window.view.model.rowCount())]
    assert names == [f"org/model-{number:04d}" for number in range(FOUND)]
    assert len(window.asked(SearchHub)) == 5


def test_filters_go_into_the_question(window: Window) -> None:
    view = window.view
    view.filters.task.setCurrentIndex(view.filters.task.findData("fill-mask"))
    view.filters.licence.setCurrentIndex(view.filters.licence.findData("mit"))
    view.filters.fit.setChecked(True)
    view.table.horizontalHeader().sectionClicked.emit(6)
    window.shell.wait(lambda: view.query.state == "shown")
    (asked,) = window.asked(SearchHub)
    assert isinstance(asked, SearchHub)
    assert (asked.task, asked.licence, asked.sort) == ("fill-mask", "mit", "likes")
    most = 8 * 10**9 / 1.2 / 4  # float32 on a processor, and a fifth beside the weights
    assert asked.most_parameters == pytest.approx(most, rel=1e-3)
    assert max(model.parameters for model in view.model.models()) <= most


def test_an_answer_to_what_was_typed_before_is_not_shown(window: Window) -> None:
    window.view._ask()
    window.page.search.setText("model-0007")
    window.view._ask()
    window.shell.wait(lambda: window.view.query.state == "shown")
    window.settle()
    assert [model.id for model in window.view.model.models()] == ["org/model-0007"]


def test_the_chosen_one_shows_facts_files_and_its_card(window: Window) -> None:
    window.search()
    window.choose(2)
    details = window.view.details
    window.shell.wait(lambda: details.files.files.rowCount() == 3)
    assert details.fact_texts()["Parameters"] == "30,000,000"
    files = details.files.files
    assert [files.index(row, 0).data() for row in range(3)] == ["config.json", "model.safetensors", "pytorch_model.bin"]
    assert [files.index(row, 2).data() for row in range(3)] == ["needed", "needed", "not needed"]
    assert details.files_total.text().startswith("2 file")
    window.shell.wait(lambda: "What it is" in details.card.text())
    assert "img" not in details.card.text()
    assert "license" not in details.card.text()
    assert details.fit.text().startswith("Fits: about 144 MB needed on the CPU, 8.0 GB")
    assert details.download.text() == "Download 2.0 MB"


def test_the_structure_is_asked_for_when_one_looks_and_nothing_is_fetched(window: Window) -> None:
    window.search()
    window.choose(2)
    window.shell.wait(lambda: window.view.details.files.files.rowCount() == 3)
    assert window.asked(Describe) == []
    window.view.details.tabs.choose("structure")
    tree = window.view.details.anatomy.structure.tree
    window.shell.wait(lambda: tree.isVisible() and tree.model() is not None and tree.model().rowCount() == 1)
    assert tree.model().index(0, 0).data() == "transformer"
    window.view.details.tabs.choose("plan")
    window.choose(4)
    window.shell.wait(lambda: len(window.asked(Describe)) == 2)
    names = [request.model.id for request in window.asked(Describe) if isinstance(request, Describe)]
    assert names == ["org/model-0002", "org/model-0004"]
    assert window.network.downloads == []


def test_walking_through_the_table_asks_only_for_where_one_stays(window: Window) -> None:
    window.search()
    window.shell.wait(lambda: len(window.asked(LookAtRepo)) == 1)
    for row in (1, 2, 4, 5):
        window.choose(row)
    window.shell.wait(lambda: len(window.asked(LookAtRepo)) == 2)
    window.shell.wait(lambda: window.view.details.files.files.rowCount() == 3)
    assert window.asked(LookAtRepo)[1:] == [LookAtRepo(id="org/model-0005")]


def test_a_download_from_the_press_to_the_library(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.hub.cache = tmp_path / "hub"
    window.search()
    details = window.view.details
    window.shell.wait(lambda: details.download.isEnabled())
    window.press(details.download)
    (row,) = window.page.downloads.rows
    window.shell.wait(lambda: row.bar.value() > 300)
    assert "/ 2.0 MB" in row.words.text() or "/ 2 MB" in row.words.text()
    assert details.download.text().startswith("Downloading…")
    states = [details.files.files.index(at, 2).data() for at in range(3)]
    assert states[1].endswith("%")
    job = window.shell.window.status.jobs[0]
    assert job.isVisible()
    assert job.words.text().startswith("model-0000: ")
    window.shell.wait(lambda: not window.page.downloads.isVisible())
    window.shell.wait(lambda: details.show_here.isVisible())
    assert not job.isVisible()
    assert ("on this computer", "good") in list(window.view.model.marks(window.view.model.models()[0]))
    window.press(details.show_here)
    local = window.page.view("local")
    assert window.page.current is local
    assert window.shell.library.find(ModelRef(source="hub", id="org/model-0000")) is not None


def test_pause_go_on_and_cancel_in_the_row(window: Window) -> None:
    window.network._interval_ms = 5
    window.shell.studio.downloads.begin(Download(id="org/model-0001"))
    (row,) = window.page.downloads.rows
    window.shell.wait(lambda: row.item.done_bytes > 0)
    row.pause.click()
    window.shell.wait(lambda: row.go_on.isVisible())
    assert "paused" in row.words.text()
    row.go_on.click()
    window.shell.wait(lambda: row.item.stage == "running" and row.item.progress is not None)
    row.cancel.click()
    window.shell.wait(lambda: window.page.downloads.rows == [])
    assert not window.page.downloads.isVisible()


def test_offline_is_one_press_and_stops_what_runs(window: Window) -> None:
    window.network._interval_ms = 5
    window.shell.studio.downloads.begin(Download(id="org/model-0001"))
    button = window.shell.window.status.network
    assert button.text() == "Online"
    window.shell.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Offline"
    assert window.network.locked
    assert window.shell.settings.values.offline
    window.shell.wait(lambda: window.shell.studio.downloads.items()[0].stage == "paused")
    window.shell.qtbot.keyClicks(window.page.search, "model")
    window.settle()
    assert window.network.hub.requests == []
    assert window.view.empty.title.text() == "Offline"
    assert "wasn't searched for “model”" in window.view.empty.words.text()
    window.press(window.view.empty.button)
    window.shell.wait(lambda: window.view.model.rowCount() == 50)
    assert not window.shell.settings.values.offline


def test_words_that_match_nothing_here_are_looked_for_on_the_hub(window: Window) -> None:
    window.page.switch.choose("local")
    window.shell.window.open(OpenOnHub(words="model-0123"))
    assert window.page.current is window.view
    window.shell.wait(lambda: window.view.model.rowCount() == 1)
    assert window.cell(0, 0) == "org/model-0123"


def test_offline_by_a_variable_says_so_and_promises_no_way_online(window: Window) -> None:
    window.network.locking_variable = "HF_HUB_OFFLINE"
    window.network.set_locked(True)
    window.shell.qtbot.keyClicks(window.page.search, "llama")
    window.settle()
    empty = window.view.empty
    assert empty.title.text() == "Offline"
    assert "wasn't searched for “llama”" in empty.words.text()
    assert "HF_HUB_OFFLINE is set" in empty.words.text()
    assert not empty.button.isVisible()
    window.shell.qtbot.mouseClick(window.shell.window.status.network, Qt.MouseButton.LeftButton)
    assert "HF_HUB_OFFLINE" in window.shell.window.banner.sentence.text()
    assert window.network.hub.requests == []


@pytest.mark.parametrize("code", ["hub-unfinished", "engine-start"])
def test_what_goes_wrong_is_said_with_a_way_out(window: Window, code: str) -> None:
    window.hub.problem = StudioError(code, model="x", size="3 kB", detail="no room")
    window.search()
    sentence, hint = window.view.empty.title.text(), window.view.empty.words.text()
    assert sentence
    assert hint
    window.hub.problem = None
    window.press(window.view.empty.button)
    window.shell.wait(lambda: window.view.model.rowCount() == 50)


def test_a_page_that_does_not_come_leaves_the_rows_and_can_be_asked_for_again(window: Window) -> None:
    window.search()
    window.hub.problem = StudioError("engine-start", detail="no room")
    window.view.model.fetchMore(QModelIndex())
    window.shell.wait(lambda: window.view.more.isVisible())
    assert window.view.model.rowCount() == 50
    window.hub.problem = None
    window.press(window.view.more)
    window.shell.wait(lambda: window.view.model.rowCount() == 100)


def test_nothing_found_offers_to_clear_the_search(window: Window) -> None:
    window.search("zebra")
    assert window.view.empty.title.text() == "Nothing found"
    window.press(window.view.empty.button)
    assert window.page.search.text() == ""
    window.shell.wait(lambda: window.view.model.rowCount() == 50)


def test_a_gated_one_leads_to_the_token_and_then_opens(window: Window) -> None:
    window.search()
    window.choose(3)
    details = window.view.details
    window.shell.wait(lambda: details.sign_in.isVisible())
    assert ("gated", "warn") in list(window.view.model.marks(window.view.model.models()[3]))
    window.press(details.sign_in)
    (dialog,) = window.view.findChildren(AccountDialog)
    window.shell.wait(lambda: dialog.who.text() == "Not signed in")
    assert dialog.token.echoMode() == dialog.token.EchoMode.Password
    window.shell.qtbot.keyClicks(dialog.token, "hf_secret")
    window.press(dialog.sign_in)
    window.shell.wait(lambda: dialog.who.text() == "Signed in as ada")
    assert dialog.token.text() == ""
    assert "hf_secret" not in repr(window.network.hub.requests)
    window.shell.wait(lambda: details.files.files.rowCount() == 3)
    dialog.close()


def test_the_view_that_was_shown_is_shown_again_and_asks_nobody(window: Window) -> None:
    window.shell.window.session.save()
    again = ModelsPage(window.shell.studio)
    assert again.switch.key == "hub"
    assert window.network.hub.requests == []
    again.deleteLater()


class Turns:
    """The calls of functions in each turn of the event loop meanwhile: what holds the window up, on any machine."""

    def __init__(self) -> None:
        self.calls: list[int] = []
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._on_turn)
        self._last = 0
        self._counting = counted()

    def __enter__(self) -> Turns:
        self._found = self._counting.__enter__()
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.stop()
        self._counting.__exit__(None, None, None)

    def _on_turn(self) -> None:
        self.calls.append(self._found.calls - self._last)
        self._last = self._found.calls


def test_five_thousand_results_and_five_hundred_models_come_in_small_turns(window: Window, tmp_path: Path) -> None:
    """No turn of the event loop does much, counted in calls. (``benchmarks/models_list.py`` measures the time.)"""
    for number in range(500):
        cached(tmp_path / "hub", f"org/model-{number:04d}")
    window.hub.models = [_model(number) for number in range(5000)]
    qtbot, library, table = window.shell.qtbot, window.shell.library, window.view.table
    window.page.view("local")
    with Turns() as listed:
        library.refresh()
        window.shell.wait(lambda: len(library.records()) >= 500)
        window.settle()
    window.search()
    bar = table.verticalScrollBar()
    to_the_end = QTimer(interval=1)
    to_the_end.timeout.connect(lambda: bar.setValue(bar.maximum()))
    to_the_end.start()
    with Turns() as grown:
        qtbot.waitUntil(lambda: window.view.model.rowCount() == 5000, timeout=120_000)
        to_the_end.stop()
        window.settle()
    with Turns() as scrolled:
        for part in range(60):
            bar.setValue(bar.maximum() * part // 60)
            QCoreApplication.processEvents()
        library.changed.emit()
        window.settle()
    most = [max(turns.calls) for turns in (listed, grown, scrolled)]
    assert max(most) < 40_000, most  # a few hundredths of a second


def test_of_a_model_whose_name_alone_is_known_no_numbers_are_made_up(window: Window) -> None:
    window.shell.window.open(OpenOnHub("org/model-0001"))
    facts = window.view.details.fact_texts()
    assert "Downloads" not in facts
    assert "Likes" not in facts
    window.shell.wait(lambda: "Downloads" in window.view.details.fact_texts())
