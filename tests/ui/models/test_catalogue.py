"""The catalogue: published figures beside computed ones, what training would take, an article, and one like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.advice.catalog import CATALOG, find
from bigmodel_studio.core.advice.scaling_down import Like, like
from bigmodel_studio.core.models.shape import gpt_parameters
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import Describe, Description, Done, Event, Layer, ModelRef, Progress, Request
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.models.views.catalogue import CatalogueView
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.window.destinations import Destination, OpenModel, OpenOnHub
from bigmodel_studio.ui.window.studio import Studio
from tests.ui.shell import Shell

LEFT = Qt.MouseButton.LeftButton
GB = 1_000_000_000


def structures(request: Request) -> Iterator[Event]:
    """As an engine would describe them, with as many parameters as were published, and one more."""
    assert isinstance(request, Describe)
    reference = find(request.model.id)
    blocks = tuple(Layer(name=str(at), type="Block", parameters=1) for at in range(reference.published.layers))
    stack = Layer(name="h", type="ModuleList", parameters=1, children=blocks)
    pictures = reference.kind == "image-classifier"
    yield Done(
        result=Description(
            id=reference.id,
            architecture="X",
            kind=reference.kind,
            parameters=round(reference.published.parameters) + 1,
            trainable_parameters=0,
            dtype="float32",
            context_length=reference.published.context or None,
            layers=(stack,),
            flops_per_image=2 * round(reference.published.flops) if pictures else None,
        )
    )


class Bench:
    def __init__(self, qtbot: QtBot) -> None:
        self.library, self.runs = LibraryWatcher(), RunWatcher()
        self.lane = FakeLane(structures)
        self.studio = Studio(
            settings=SettingsStore(), interactive=self.lane, library=self.library, runs=self.runs, measure=self.lane
        )
        self.opened: list[Destination] = []
        self.studio.wanted.connect(self.opened.append)
        self.view = CatalogueView(self.studio)
        qtbot.addWidget(self.view)
        self.view.resize(1280, 720)
        self.view.show()

    def close(self) -> None:
        self.view.shut()
        self.runs.close()
        self.library.close()


@pytest.fixture
def bench(qtbot: QtBot, home: Path) -> Iterator[Bench]:
    made = Bench(qtbot)
    yield made
    made.close()


def computed(bench: Bench) -> list[str]:
    rows = range(bench.view.rows.rowCount())
    return [str(bench.view.rows.index(row, 2).data()) for row in rows]


def test_all_are_counted_the_one_that_is_looked_at_first(qtbot: QtBot, bench: Bench) -> None:
    assert computed(bench)[-1] == "…"
    bench.view.choose("resnet-50")
    qtbot.waitUntil(lambda: "…" not in computed(bench), timeout=10_000)
    asked = [request.model.id for request in bench.lane.requests if isinstance(request, Describe)]
    assert asked.index("resnet-50") <= 2
    assert sorted(set(asked)) == sorted(reference.id for reference in CATALOG)
    assert computed(bench)[7] == "175,000,000,001"


def test_published_and_computed_stand_side_by_side(qtbot: QtBot, bench: Bench) -> None:
    bench.view.choose("gpt3-175b")
    qtbot.waitUntil(lambda: "gpt3-175b" in bench.view.known, timeout=5000)
    rows = {row[0]: row[1:] for row in bench.view.figures.rows()}
    assert rows["Parameters"] == ["175 B", "175,000,000,001 · agrees"]
    assert rows["Layers"] == ["96", "96 · agrees"]
    assert rows["Width"][0] == "12,288"
    assert rows["Training tokens"] == ["300 B", "3.15e+23 FLOPs (6·N·D)"]
    assert bench.view.figures.source.text().endswith("Table 2.1")


def test_the_papers_address_is_shown_before_it_is_opened(
    qtbot: QtBot, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: seen.append(box.informativeText()))
    qtbot.mouseClick(bench.view.figures.link, LEFT)
    assert seen == ["https://arxiv.org/abs/2005.14165"]


def test_training_is_reckoned_as_one_types(qtbot: QtBot, bench: Bench) -> None:
    bench.view.choose("gpt3-175b")
    qtbot.waitUntil(lambda: "gpt3-175b" in bench.view.known, timeout=5000)
    qtbot.mouseClick(bench.view.tabs.buttons["cost"], LEFT)
    cost = bench.view.cost
    assert cost.amount.value() == 300e9
    cost.utilisation.setValue(100)
    cost.count.setValue(100)
    flops = 6 * 175_000_000_001 * 300e9
    assert cost.values["flops"].text() == f"{flops:.3g} FLOPs"
    assert cost.values["device_days"].text() == f"{round(flops / 125e12 / 86_400):,} days"
    assert cost.values["days"].text() == f"{round(flops / 125e12 / 86_400 / 100):,} days"
    cost.price.setValue(0)
    assert float(cost.values["price"].text()) == 0
    assert cost.values["serving"].text() == "350 GB"


def test_a_picture_network_learns_from_pictures(qtbot: QtBot, bench: Bench) -> None:
    bench.view.choose("resnet-50")
    qtbot.waitUntil(lambda: "resnet-50" in bench.view.known, timeout=5000)
    qtbot.mouseClick(bench.view.tabs.buttons["cost"], LEFT)
    assert bench.view.cost.amount_name.text() == "Training pictures"
    flops = 3 * 2 * 3.8e9 * 1_281_167 * 90
    assert bench.view.cost.values["flops"].text() == f"{flops:.3g} FLOPs"


def test_an_article_is_checked(qtbot: QtBot, bench: Bench) -> None:
    qtbot.mouseClick(bench.view.what.buttons["article"], LEFT)
    article = bench.view.article
    assert article.isVisible()
    qtbot.waitUntil(lambda: {"gpt3-175b", "bert-large"} <= bench.view.known.keys(), timeout=5000)
    said = [article.computed[at].text() for at in sorted(article.computed)]
    assert said == ["175 B", "96", "–", "3.15e+23 FLOPs", "350 GB", "340 M", "24", "–", "680 MB"]


def test_words_find_a_model(qtbot: QtBot, bench: Bench) -> None:
    bench.view.search("he 2015 152")
    assert bench.view.searched_rows.rowCount() == 1
    assert bench.view.current is not None
    assert bench.view.current.id == "resnet-152"
    bench.view.open(OpenModel(ModelRef(source="reference", id="resnet-152")))
    assert bench.view.current.id == "resnet-152"


def test_what_can_be_had_is_looked_at_on_the_hub(qtbot: QtBot, bench: Bench) -> None:
    bench.view.choose("smollm2-135m-instruct")
    assert not bench.view.build.isVisible()
    qtbot.mouseClick(bench.view.on_hub, LEFT)
    (opened,) = bench.opened
    assert isinstance(opened, OpenOnHub)
    assert "SmolLM2-135M-Instruct" in opened.id


def test_one_like_it_begins_a_run_of_the_same_shape(shell: Shell) -> None:
    shell.window.open(OpenModel(ModelRef(source="reference", id="gpt3-175b")))
    view = shell.window.findChild(CatalogueView)
    assert view is not None
    shell.qtbot.mouseClick(view.build, LEFT)
    page = shell.window.current_page
    assert isinstance(page, TrainPage)
    text = page.form.of(TextSubject)
    width, layers = text.model_width.value(), text.layers.value()
    assert text.scratch.isChecked()
    assert width % text.heads.value() == 0
    assert width / layers == pytest.approx(12288 / 96, rel=0.35)
    parameters = gpt_parameters(vocabulary=1024, context=text.context.value(), width=width, layers=layers)
    assert 500_000 < parameters <= 8_000_000


def test_a_count_that_was_left_for_a_small_copy_is_made_after_cancel(shell: Shell) -> None:
    """Plan, while the structure is computed: build a small copy, cancel the form, and come back to it."""

    def endless(_request: Request) -> Iterator[Event]:
        while True:
            yield Progress(what="counting")

    def press(button: QWidget) -> None:
        assert button.isVisible()
        shell.qtbot.mouseClick(button, LEFT)

    shell.lane.handler = endless
    press(shell.window.rail.buttons["models"])
    models = shell.window.current_page
    assert isinstance(models, ModelsPage)
    press(models.switch.buttons["catalogue"])
    view = models.current
    assert isinstance(view, CatalogueView)
    press(view.tabs.buttons["plan"])
    assert view.waiting.isVisible()
    press(view.build)
    train = shell.window.current_page
    assert isinstance(train, TrainPage)
    assert not view.isVisible()
    shell.lane.handler = structures
    press(train.form.foot.leave)
    press(shell.window.rail.buttons["models"])
    shell.wait(view.plan.isVisible)
    assert not view.waiting.isVisible()


@pytest.mark.parametrize("id_", ["gpt3-125m", "gpt3-13b", "gpt2-xl", "resnet-18", "resnet-152"])
def test_the_shape_shrinks_until_it_fits(id_: str) -> None:
    large, small = like(find(id_), 100 * GB), like(find(id_), GB)
    assert isinstance(large, Like)
    assert isinstance(small, Like)
    assert small.factor <= large.factor <= 1
    assert like(find("vit-base"), GB) is None


def test_a_count_that_was_left_is_made_when_one_comes_back(qtbot: QtBot, home: Path) -> None:
    def endless(_request: Request) -> Iterator[Event]:
        while True:
            yield Progress(what="counting")

    bench = Bench(qtbot)
    bench.lane.handler = endless
    first = bench.view.current
    assert first is not None
    segments = bench.view.tabs
    segments.choose("plan")
    qtbot.waitUntil(lambda: bench.view.stack.currentWidget() is bench.view.waiting)
    bench.view.hide()
    bench.lane.handler = structures
    bench.view.show()
    qtbot.waitUntil(lambda: first.id in bench.view.known, timeout=10_000)
    qtbot.waitUntil(lambda: bench.view.stack.currentWidget() is bench.view.plan)
    bench.close()
