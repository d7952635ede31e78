"""The Train page shows a run from the inside: its layers, its hardest examples, its confusions, and single steps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.runs.inside_reader import EVALUATIONS, HISTOGRAMS, LAYERS, Recorded
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    NO_CLASS,
    Done,
    Event,
    LookAtStep,
    Preview,
    Request,
    StepExample,
    StepExamples,
    TakeStep,
    TokenLoss,
)
from bigmodel_studio.ui.look import theme
from bigmodel_studio.ui.pages.train.data.thumbnails import Thumbnails
from bigmodel_studio.ui.pages.train.inside.classes_table import ClassesTable
from bigmodel_studio.ui.pages.train.inside.evaluation_data import EvaluationData
from bigmodel_studio.ui.pages.train.inside.evaluation_view import EvaluationView
from bigmodel_studio.ui.pages.train.inside.layers_view import LayersData
from bigmodel_studio.ui.pages.train.inside.slow_step_dialog import SlowStepDialog
from bigmodel_studio.ui.pages.train.inside.step_dialog import StepDialog
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.plots.colour_scale import LEVELS, Scale, fitting, indices, ink_on, table
from bigmodel_studio.ui.plots.confusion_matrix import ConfusionMatrix
from bigmodel_studio.ui.plots.heat_map import HeatMap
from bigmodel_studio.ui.window.studio import Studio
from tests.ui.insides import (
    EVALUATION,
    EXAMPLES_HEAD,
    LAYERS_HEAD,
    NAMES,
    histograms_record,
    layers_record,
    seen,
    taken,
)
from tests.ui.train.test_page import make_run

LEFT = Qt.MouseButton.LeftButton


def write(run: RunFolder, file: str, *lines: dict[str, Any]) -> None:
    with open(run.path / file, "a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line) + "\n" for line in lines)


class Bench:
    """A page on real run folders, with a lane that answers about steps."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.asked: list[Request] = []
        self.library, self.watcher, self.lane = LibraryWatcher(), RunWatcher(), FakeLane(self._answer)
        self.studio = Studio(settings=SettingsStore(), interactive=self.lane, library=self.library, runs=self.watcher)
        self.page = TrainPage(self.studio)
        self.page.resize(1300, 900)
        qtbot.addWidget(self.page)
        with qtbot.waitActive(self.page):
            self.page.show()

    def _answer(self, request: Request) -> Iterator[Event]:
        self.asked.append(request)
        if isinstance(request, LookAtStep):
            if request.step == 3:
                raise StudioError("step-unknown", run="a", step=3)
            yield Done(result=seen(request.step))
        elif isinstance(request, TakeStep):
            yield Done(result=taken())

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=20_000)

    def dialog(self, kind: type[QDialog]) -> Any:
        self.wait(lambda: any(d.isVisible() for d in self.page.window().findChildren(kind)))
        return next(d for d in self.page.window().findChildren(kind) if d.isVisible())

    def close(self) -> None:
        self.page.shut()
        self.lane.close()
        self.library.close()
        self.watcher.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def bench(home: object, qtbot: QtBot) -> Iterator[Callable[[], Bench]]:
    made: list[Bench] = []

    def make() -> Bench:
        made.append(Bench(qtbot))
        return made[0]

    yield make
    for each in made:
        each.close()


def test_the_layers_of_a_run_are_read_with_the_mouse_and_with_keys(bench: Callable[[], Bench]) -> None:
    run = make_run("a")
    write(run, LAYERS, LAYERS_HEAD, *map(layers_record, (1, 5, 10)))
    write(run, HISTOGRAMS, *map(histograms_record, (4, 8)))
    shown = bench()
    shown.page.choose("a")
    story = shown.page.story
    shown.wait(lambda: story.layers.data.steps == [1, 5, 10])
    QTest.mouseClick(story.tabBar(), LEFT, pos=story.tabBar().tabRect(story.indexOf(story.layers)).center())
    view = story.layers
    assert view.isVisible()
    place = view.map.place_of(1, 1).toPoint()
    QTest.mouseMove(view.map.viewport(), place)
    shown.wait(lambda: view.read_out.text() == "block.linear · step 5 · 2,005")
    QTest.mouseClick(view.map.viewport(), LEFT, pos=view.map.place_of(1, 1).toPoint())
    assert view.layer.text() == "block.linear"
    assert "step 8" in view.ridges.accessibleDescription()
    view.kind.buttons["gradients"].click()  # of this layer there are none
    assert "step 8" not in view.ridges.accessibleDescription()
    view.map.setFocus()
    QTest.keyClick(view.map, Qt.Key.Key_End)
    QTest.keyClick(view.map, Qt.Key.Key_Down)  # the activation function has no gradient: it is no row here
    assert view.read_out.text() == "head · step 10 · 4,010"
    QTest.keyClick(view.measure, Qt.Key.Key_End)
    assert view.map.description().startswith("head · step 10 · 0.5")
    view.measure.setCurrentIndex(view.measure.findData("activation_std"))
    assert view.layer.text() == "head"  # the layer stays chosen though it is another row now
    assert view.map.row == NAMES.index("head")


def test_the_layers_grow_with_the_run_and_a_resume_takes_back(bench: Callable[[], Bench]) -> None:
    run = make_run("a")
    write(run, LAYERS, LAYERS_HEAD, *map(layers_record, (1, 5, 10)))
    shown = bench()
    shown.page.choose("a")
    data = shown.page.story.layers
    shown.wait(lambda: data.data.steps == [1, 5, 10])
    write(run, LAYERS, {"event": "resume", "step": 5}, LAYERS_HEAD, layers_record(12))
    shown.wait(lambda: data.data.steps == [1, 5, 12])
    make_run("b")
    shown.watcher.refresh()
    shown.wait(lambda: shown.page.runs.row_of("b") is not None)
    shown.page.choose("b")
    shown.wait(lambda: data.data.steps == [])
    assert data.map.description() == ""
    QTest.mouseClick(shown.page.closely.enlarge, LEFT)
    assert not shown.page.curves.isVisible()
    QTest.mouseClick(shown.page.closely.enlarge, LEFT)
    assert shown.page.curves.isVisible()


def test_columns_of_a_heat_map_stand_at_their_steps(qtbot: QtBot) -> None:
    view = HeatMap("nothing yet")
    qtbot.addWidget(view)
    view.resize(600, 200)
    view.show_values(["a", "b"], [0, 10, 90], np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]]), log=True)
    widths = np.bincount(view.columns(340))
    assert widths.tolist() == pytest.approx([20, 160, 160], abs=2)  # until the next step; the last as the one before
    for row, column in ((0, 0), (1, 2), (0, 1)):
        assert view.cell_at(view.place_of(row, column)) == (row, column)
    view.show_values([f"layer {n}" for n in range(300)], [1, 2], np.ones((300, 2)), log=False)
    view.choose(299)
    assert view.bar.value() == view.bar.maximum() > 0


def test_a_heat_map_is_looked_at_more_closely_and_shows_the_colours_of_its_numbers(qtbot: QtBot) -> None:
    view = HeatMap("nothing yet")
    qtbot.addWidget(view)
    view.resize(600, 200)
    values = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0], [0.1, 0.5, 9.0]])
    view.show_values(["a", "b", "c"], [0, 10, 20], values, log=True)
    with qtbot.waitExposed(view):
        view.show()
    scale = fitting(values, log=True)

    def drawn(row: int, column: int) -> str:
        shown = view.viewport().grab().toImage()
        ratio = shown.devicePixelRatio()
        return shown.pixelColor((view.place_of(row, column) * ratio).toPoint()).name()

    for row, column in np.ndindex(3, 3):
        assert drawn(row, column) == scale.colour(float(values[row, column])).name()
    QTest.mouseClick(view.viewport(), LEFT, pos=QPoint(6, round(view.place_of(2, 0).y())))
    assert view.row == 2  # a click on a name is one on its row
    view.box.setXRange(10, 20, padding=0)
    assert view.cell_at(QPointF(view.room().left() + 2, view.room().top() + 2)) == (0, 1)
    assert drawn(2, 1) == scale.colour(0.5).name()
    QTest.mouseDClick(view.viewport(), LEFT, pos=view.room().center().toPoint())
    assert view.view_range()[:2] == (0, 30)


def test_colours_grow_lighter_with_the_numbers_and_gaps_stand_out(qapp: QApplication) -> None:
    values = np.array([[1e-4, 1e-2, 1.0, np.nan, 0.0]])
    scale = fitting(values, log=True)
    assert (scale.low, scale.high) == (1e-4, 1.0)
    assert indices(scale, values).tolist() == [[0, 127, 254, LEVELS, 0]]
    lightness = [sum(c * w for c, w in zip(rgb(colour), (0.21, 0.72, 0.07), strict=True)) for colour in table("much")]
    assert lightness[:LEVELS] == sorted(lightness[:LEVELS])
    assert table("much")[LEVELS] == theme.colour("raised").rgb()
    ends = [Scale(0, 1).colour(value) for value in (0.0, 1.0)]
    assert [ink_on(end).lightness() for end in ends] == [255, 0]


def rgb(colour: int) -> tuple[int, int, int]:
    return colour >> 16 & 255, colour >> 8 & 255, colour & 255


def test_the_hardest_examples_and_the_cells_of_the_confusions(bench: Callable[[], Bench]) -> None:
    run = make_run("a")
    write(run, EVALUATIONS, EXAMPLES_HEAD, EVALUATION, {**EVALUATION, "step": 8, "losses": [9, 8, 7, 6, 5, 4]})
    shown = bench()
    shown.page.choose("a")
    view = shown.page.story.evaluations
    shown.wait(lambda: len(view.data.evaluations) == 2)
    shown.page.story.setCurrentWidget(view)
    assert view.steps.currentText() == "after step 8"
    assert [e.text for e in view.hardest.model.examples] == [f"text {n}" for n in range(6)]
    view.steps.setCurrentIndex(1)
    assert [(e.text, e.loss) for e in view.hardest.model.examples][:3] == [
        ("text 5", None),
        ("text 1", 2.5),
        ("text 4", 1.5),
    ]
    write(run, EVALUATIONS, {**EVALUATION, "step": 12})
    shown.wait(lambda: view.steps.count() == 3)
    assert view.steps.currentText() == "after step 4"  # who looks at an earlier one goes on doing so
    QTest.mouseClick(view.what.buttons["confusions"], LEFT)
    assert view.data.counts(view.data.evaluations[0]).tolist() == [[1, 1, 0], [0, 2, 0], [1, 1, 0]]
    assert [view.pairs.item(row).text() for row in range(view.pairs.count())] == [
        "ant predicted as bee: 1",
        "cow predicted as ant: 1",
        "cow predicted as bee: 1",
    ]
    cell = view.matrix.place_of(2, 1).center().toPoint()
    QTest.mouseClick(view.matrix.viewport(), LEFT, pos=cell)
    assert view.read_out.text() == "cow predicted as bee: 1 of 2 (50.0%)"
    assert [e.text for e in view.of_cell.model.examples] == ["text 4"]
    assert (view.of_cell.model.examples[0].expected, view.of_cell.model.examples[0].predicted) == ("cow", "bee")
    QTest.keyClick(view.matrix, Qt.Key.Key_Up)
    assert [e.text for e in view.of_cell.model.examples] == ["text 2", "text 3"]
    QTest.mouseClick(view.back, LEFT)
    assert view.pairs.isVisible()
    QTest.mouseClick(view.pairs.viewport(), LEFT, pos=view.pairs.visualItemRect(view.pairs.item(0)).center())
    assert view.matrix.cell == (0, 1)
    assert [e.text for e in view.of_cell.model.examples] == ["text 1"]


def test_of_several_classes_each_example_has_all_and_none_is_taken_for_another(qtbot: QtBot) -> None:
    data = EvaluationData()
    head = {**EXAMPLES_HEAD, "several": True, "expected": [[0], [0, 1], [], [1, 2], [2], [0]]}
    record = {**EVALUATION, "predicted": [[0], [0], [], [1, 2], [0, 2], []]}
    data.add(Recorded([record], head=head))
    (evaluation,) = data.evaluations
    told = {each.text: (each.expected, each.predicted) for each in data.hardest(evaluation, 9)}
    assert told["text 1"] == ("ant, bee", "ant")
    assert told["text 2"] == (NO_CLASS, NO_CLASS)
    assert told["text 5"] == ("ant", NO_CLASS)
    assert not data.counts(evaluation).any()
    lane, library, watcher = FakeLane(lambda _: iter(())), LibraryWatcher(), RunWatcher()
    studio = Studio(settings=SettingsStore(), interactive=lane, library=library, runs=watcher)
    view = EvaluationView(Thumbnails(studio))
    qtbot.addWidget(view)
    view.begin()
    view.add(Recorded([record], head=head))
    view.show()
    assert not view.what.isVisible(), "there is no matrix to choose"
    rows = [view.hardest.model.index(row).data() for row in range(6)]
    assert rows[0] == "no class · ant · text 5 · –"
    assert rows[1] == "ant · ant, bee · text 1 · 2.50"
    assert any(row.startswith("no class · no class · text 2") for row in rows)
    assert not view.grab().isNull()
    for each in (lane, library, watcher):
        each.close()
    table = ClassesTable()
    qtbot.addWidget(table)
    score = {"label": "ant", "pictures": 3, "recall": 0.5, "precision": None}
    table.scores.show_scores([score])
    titles = [table.model().headerData(n, Qt.Orientation.Horizontal) for n in range(table.model().columnCount())]
    assert titles == ["Class", "Examples", "Recall", "Precision"]
    table.scores.show_scores([{**score, "taken_for": ""}])
    assert table.model().columnCount() == 5


@pytest.mark.parametrize("classes", [2, 1001])
def test_confusions_of_any_number_of_classes(qtbot: QtBot, classes: int) -> None:
    labels = [f"class {number}" for number in range(classes)]
    random = np.random.default_rng(0)
    expected, said = random.integers(0, classes, (2, 3000)).tolist()
    data = EvaluationData()
    head = {"labels": labels, "examples": ["x"] * 3000, "expected": expected, "kind": "text"}
    data.add(Recorded([{"step": 1, "losses": [1.0] * 3000, "predicted": said}], head=head))
    counts = data.counts(data.evaluations[0])
    assert counts.sum() == 3000
    first = data.confused(data.evaluations[0], 5)[0]
    assert (
        counts[first[0], first[1]]
        == first[2]
        == max(counts[a, b] for a in range(classes) for b in range(classes) if a != b)
    )
    view = ConfusionMatrix("none")
    qtbot.addWidget(view)
    view.resize(500, 400)
    view.show()
    view.show_counts(labels, counts)
    row, column = classes - 1, classes - 2
    view.choose(row, column)
    assert view.cell_at(view.place_of(row, column).center()) == (row, column)
    before = view.cell_px
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.cell_px > before or before == 64
    assert view.cell_at(view.place_of(row, column).center()) == (row, column)
    assert not view.grab().isNull()


def test_a_click_on_the_loss_shows_the_examples_of_that_step(bench: Callable[[], Bench]) -> None:
    make_run("a")
    shown = bench()
    shown.page.choose("a")
    chart = shown.page.curves.chart
    shown.wait(lambda: (view := chart.view()) is not None and view.last == 8)  # points are drawn after they have come
    view = chart.view()
    assert view is not None
    x = float(view.x(np.array([5.0]))[0])
    QTest.mouseClick(chart.viewport(), LEFT, pos=QPoint(round(x), chart.height() // 2))
    dialog: StepDialog = shown.dialog(StepDialog)
    assert dialog.windowTitle() == "Step 5"
    shown.wait(lambda: len(dialog.examples.model.examples) == 2)
    assert isinstance(shown.asked[-1], LookAtStep)
    assert (shown.asked[-1].step, shown.asked[-1].run.endswith("/a")) == (5, True)
    assert "recorded by the run at this step" in dialog.words.text()
    assert "the weights before this step" in dialog.words.text()
    assert dialog.examples.text.toPlainText() == "The cat sings"
    assert "loss 4.50" in dialog.examples.caption.text()
    strong, weak = ground(dialog, 10), ground(dialog, 5)
    assert strong != weak
    QTest.mouseClick(dialog.later, LEFT)
    shown.wait(lambda: "at step 4" in dialog.words.text())
    for _ in range(3):
        QTest.mouseClick(dialog.earlier, LEFT)
    shown.wait(lambda: "has no step 3" in dialog.problem.text())
    assert dialog.problem.isVisible()
    dialog.reject()
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Home)
    QTest.keyClick(chart, Qt.Key.Key_Left)
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert shown.dialog(StepDialog).step in (4, 7)  # before 5, or before the last where the pointer has left the chart
    shown.dialog(StepDialog).reject()


def test_texts_of_a_file_are_no_pictures_of_it(bench: Callable[[], Bench]) -> None:
    make_run("a")
    shown = bench()
    shown.page.choose("a")
    dialog = StepDialog(shown.studio, "/runs/a", 5, 8, shown.page)
    dialog.open()
    shown.wait(lambda: len(dialog.examples.model.examples) == 2)
    tokens = (TokenLoss("a text"),)
    seen_one = StepExample(number=0, loss=1.0, tokens=tokens, source="/texts/a.csv:12", expected="ant", predicted="bee")
    dialog._on_answer(StepExamples(run="a", step=5, checkpoint=4, exact=True, count=1, examples=(seen_one,)))
    assert dialog.examples.caption.text() == "loss 1.00 · true: ant · predicted: bee · a.csv:12"
    assert dialog.examples.caption.toolTip() == "/texts/a.csv:12"
    assert dialog.examples.text.isVisible()
    assert not any(isinstance(request, Preview) for request in shown.asked)
    dialog.reject()


def ground(dialog: StepDialog, position: int) -> str:
    cursor = dialog.examples.text.textCursor()
    cursor.setPosition(position)
    return cursor.charFormat().background().color().name()


def test_one_step_slowly_is_followed_by_hand(bench: Callable[[], Bench]) -> None:
    make_run("a")
    shown = bench()
    shown.page.choose("a")
    shown.wait(lambda: shown.page.closely.slow.isEnabled())
    QTest.mouseClick(shown.page.closely.slow, LEFT)
    dialog: SlowStepDialog = shown.dialog(SlowStepDialog)
    assert [dialog.start.itemText(row) for row in range(dialog.start.count())] == ["from the start"]
    QTest.mouseClick(dialog.take, LEFT)
    shown.wait(lambda: dialog.taken is not None)
    assert isinstance(shown.asked[-1], TakeStep)
    assert "loss 3.50000" in dialog.words.text()
    assert dialog.parameters.item(0).text() == "head.weight  1 × 2"
    assert dialog.where.text() == "row 0, column 0: 0.5000"
    assert "m̂ = m ÷ (1 − β₁ᵗ)" in dialog.sums.toPlainText()
    assert dialog.verdict.text().startswith("By hand 0.90000000, optimizer 0.90000000")
    QTest.mouseClick(dialog.block.viewport(), LEFT, pos=dialog.block.place_of(1).center().toPoint())
    assert dialog.where.text() == "row 0, column 1: -0.2500"
    assert dialog.verdict.text().startswith("By hand 2.1000000, optimizer 2.1000000")
    QTest.keyClick(dialog.block, Qt.Key.Key_Left)
    assert dialog.where.text().startswith("row 0, column 0")
    dialog.tabs.setCurrentIndex(1)
    assert dialog.examples.text.toPlainText() == "The cat sings"
    dialog.reject()


def test_a_layer_that_no_record_knows_is_left_out() -> None:
    data = LayersData()
    assert data.matrix("gradient_norm")[0] == []
    data.add_layers(Recorded([layers_record(3)], head=LAYERS_HEAD))
    names, values = data.matrix("gradient_norm")
    assert names == ["embed", "block.linear", "head"]
    assert values.tolist() == [[1003], [2003], [4003]]
    assert data.matrix("nothing such")[0] == []
    assert data.histograms("embed", "weights") == []
