"""The data of a training is looked at: what the model will see, counts, and what should be mended, by file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.lane import LANES, Lane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.specs.spec import make_spec, parse_spec
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    ClassShare,
    DataPreview,
    Done,
    Event,
    Finding,
    LookAtData,
    Place,
    PreviewToken,
    Problem,
    Progress,
    Request,
)
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages.train.data.data_dialog import DataDialog
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.widgets.token_view import AT_ONCE, TokenView
from bigmodel_studio.ui.window.actions import ACTIONS
from bigmodel_studio.ui.window.studio import Studio
from tests.ui.data_previews import FINDINGS, FOLDER, example, seen
from tests.ui.train.test_page import make_run
from tests.work import calls

LEFT = Qt.MouseButton.LeftButton
ROLE = Qt.ItemDataRole.AccessibleTextRole
OBJECTIVES = ("causal-lm", "chat", "masked-lm", "classify-text", "tag", "classify-images")


class Bench:
    """A studio whose lane answers about data; ``answer`` may be another."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.asked: list[LookAtData] = []
        self.problems: list[Problem] = []
        self.answer: Callable[[LookAtData], Iterator[Event]] = self.sees
        self.findings: tuple[Finding, ...] = FINDINGS
        self.classes = 3
        self.library, self.watcher, self.lane = LibraryWatcher(), RunWatcher(), FakeLane(self._handle)
        self.studio = Studio(settings=SettingsStore(), interactive=self.lane, library=self.library, runs=self.watcher)
        self.studio.problem_reported.connect(self.problems.append)
        self._page: TrainPage | None = None

    def _handle(self, request: Request) -> Iterator[Event]:
        if isinstance(request, LookAtData):
            self.asked.append(request)
            yield from self.answer(request)
        else:
            yield Done()

    def sees(self, request: LookAtData) -> Iterator[Event]:
        objective = parse_spec(request.spec, Path("/")).objective
        yield Progress(what="reading", done=1, total=4)
        yield Done(
            result=seen(objective, request.step, counted=request.counted, findings=self.findings, classes=self.classes)
        )

    @property
    def page(self) -> TrainPage:
        if self._page is None:
            self._page = TrainPage(self.studio)
            self._page.resize(1280, 800)
            self.qtbot.addWidget(self._page)
            with self.qtbot.waitActive(self._page):
                self._page.show()
        return self._page

    def open(self, objective: str = "causal-lm") -> DataDialog:
        """The dialog of such a training, its answer still to come."""
        base = {"base": "/models/reader"} if objective in ("chat", "classify-text", "tag") else {}
        raw = {"name": "cats", "objective": objective, "model": base, "data": {"train": ["/texts/input.txt"]}}
        dialog = DataDialog(self.studio, make_spec(raw))
        dialog.resize(1080, 700)
        self.qtbot.addWidget(dialog)
        with self.qtbot.waitActive(dialog):
            dialog.show()
        return dialog

    def opened(self, objective: str = "causal-lm") -> DataDialog:
        """The dialog, filled."""
        dialog = self.open(objective)
        self.wait(lambda: dialog.tabs.isVisible())
        return dialog

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=10_000)

    def close(self) -> None:
        if self._page is not None:
            self._page.shut()
        self.lane.close()
        self.library.close()
        self.watcher.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def bench(
    home: Path, qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    i18n.install(qapp, "en")
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")
    made = Bench(qtbot)
    yield made
    made.close()
    i18n.install(qapp, "en")


class Opened(QObject):
    """Takes what would be opened by another program."""

    def __init__(self) -> None:
        super().__init__()
        self.files: list[str] = []
        QDesktopServices.setUrlHandler("file", self, "take")  # type: ignore[arg-type]

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.files.append(url.toLocalFile())


@pytest.fixture
def opened() -> Iterator[Opened]:
    yield Opened()
    QDesktopServices.unsetUrlHandler("file")


def legend(dialog: DataDialog) -> str:
    layout = dialog.examples.legend
    entries = [item.widget() for place in range(layout.count()) if (item := layout.itemAt(place)) is not None]
    return " · ".join(each.text() for entry in entries if entry is not None for each in entry.findChildren(QLabel))


def chips(dialog: DataDialog) -> list[str]:
    return [each.text() for each in dialog.examples.findChildren(QLabel) if each.property("look") == "key"]


# ------------------------------------------------------------------------------- examples


SAID = {
    "causal-lm": ("context only (1)", "predicted by the model (6)"),
    "chat": ("context only (5)", "predicted by the model (4)", "added by the tokenizer or template (1)"),
    "masked-lm": (
        "context only (3)",
        "masked: predict the word below (1)",
        "replaced by a random token (1)",
        "kept: predict it (1)",
        "added by the tokenizer or template (2)",
    ),
    "classify-text": ("context only (5)", "added by the tokenizer or template (2)"),
    "tag": ("context only (1)", "target: the token below (3)"),
}
CHIPS = {
    "masked-lm": ["the second follows the first"],
    "classify-text": ["card_lost  90.0%", *(f"class {n}  1.2%" for n in range(5))],
    "classify-images": ["cat  70.0%", "dog  30.0%"],
}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_examples_are_shown_as_the_model_sees_them(bench: Bench, objective: str) -> None:
    dialog = bench.opened(objective)
    view = dialog.examples
    assert chips(dialog) == CHIPS.get(objective, [])
    assert view.at.text() == "Example 1 of 3"
    assert parse_spec(bench.asked[0].spec, Path("/")) == dialog.spec
    if objective == "classify-images":
        assert view.whole.isVisible()
        assert (view.whole_words.text(), view.input_words.text()) == ("Original picture", "Model input")
        assert view.whole.accessibleName() == "Picture: Original picture, 1.jpg"
        assert view.where.text() == "1.jpg"
    else:
        assert view.tokens.tokens == example(objective).tokens
        assert legend(dialog) == " · ".join(SAID[objective])
        assert view.where.text() == "input.txt:17"
        QTest.mouseClick(view.copy, LEFT)
        assert QGuiApplication.clipboard().text() == f"{FOLDER}/input.txt:17"
    assert ("truncated" in view.facts.text()) == (objective == "classify-text")
    QTest.mouseClick(view.next, LEFT)
    QTest.mouseClick(view.next, LEFT)
    assert view.at.text() == "Example 3 of 3"
    assert not view.next.isEnabled()
    QTest.mouseClick(view.previous, LEFT)
    assert view.list.currentIndex().row() == 1


def test_another_draw_shows_the_next_step_and_keeps_the_counts(bench: Bench) -> None:
    dialog = bench.opened("classify-images")
    view = dialog.examples
    QTest.mouseClick(view.next, LEFT)
    figure = dialog.counts.figures["Examples", "training"]
    QTest.mouseClick(view.another, LEFT)
    bench.wait(lambda: view.step.value() == 2)
    assert (bench.asked[-1].step, bench.asked[-1].counted) == (2, False)
    assert view.where.text() == "3.jpg"  # the second one is still chosen, of the examples of step 2
    assert figure.text() == "1,000"
    view.step.setFocus()
    view.step.selectAll()
    QTest.keyClicks(view.step, "40")
    QTest.keyClick(view.step, Qt.Key.Key_Return)
    bench.wait(lambda: view.where.text() == "41.jpg")
    assert bench.asked[-1].step == 40
    assert dialog.isVisible()  # Return in the field pressed no button
    assert dialog.tabs.tabText(2) == "Findings (3)"


def test_every_role_has_a_shape_of_its_own(bench: Bench) -> None:
    """Without colour: the boxes of one word differ in where they are dark, once drawn in greys."""
    dialog = bench.opened("masked-lm")
    view = dialog.examples.tokens
    tokens = tuple(PreviewToken(" word", role) for role in ("read", "learnt", "hidden", "swapped", "kept", "added"))
    view.show_tokens(tokens)
    drawn = view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    boxes = []
    for number in range(len(tokens)):
        box = view.place_of(number).toRect()
        greys = {(x, y): drawn.pixelColor(box.left() + x, box.top() + y).red() for x in range(38) for y in range(20)}
        ground = greys[3, 3]
        boxes.append(frozenset(place for place, grey in greys.items() if abs(grey - ground) > 24))
    for one in range(len(boxes)):
        for other in range(one):
            inverted = ("hidden" in (tokens[one].role, tokens[other].role)) and boxes[one] != boxes[other]
            assert inverted or len(boxes[one] ^ boxes[other]) > 20, (tokens[one].role, tokens[other].role)


def test_tokens_are_read_with_the_keys_and_with_the_pointer(bench: Bench) -> None:
    dialog = bench.opened("masked-lm")
    view = dialog.examples
    view.tokens.setFocus()
    QTest.keyClick(view.tokens, Qt.Key.Key_Right)
    assert view.read_out.text() == "token 1 of 8 · “[CLS]” · added by the tokenizer or the template"
    QTest.keyClick(view.tokens, Qt.Key.Key_Right)
    QTest.keyClick(view.tokens, Qt.Key.Key_Right)
    assert view.read_out.text() == "token 3 of 8 · “[MASK]” · masked; target: “cat”"
    assert view.tokens.accessibleDescription() == view.read_out.text()
    QTest.keyClick(view.tokens, Qt.Key.Key_End)
    assert view.read_out.text().startswith("token 8 of 8")
    QTest.mouseMove(view.tokens.viewport(), view.tokens.place_of(3).center().toPoint())
    bench.wait(lambda: "replaces the target “sat”" in view.read_out.text())
    QTest.keyClick(view.tokens, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "[CLS] the [MASK] blue onthe mat [SEP]"


def test_a_very_long_text_is_laid_out_in_pieces(qtbot: QtBot) -> None:
    view = TokenView()
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    tokens = tuple(PreviewToken(f" w{n % 500}", "learnt") for n in range(100_000))
    view.show_tokens(tokens)
    assert len(view._x) == AT_ONCE, "all at once would take seconds"
    height = view.verticalScrollBar().maximum()
    QApplication.processEvents()  # now there is a scroll bar, and a little less room
    first = view.place_of(100)
    qtbot.waitUntil(lambda: len(view._x) == len(tokens), timeout=20_000)
    assert view.place_of(100) == first
    assert view.verticalScrollBar().maximum() > 20 * height
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.description().startswith("token 100,000 of 100,000")
    assert view.viewport().rect().contains(view.place_of(99_999).toRect())
    rows = [view.place_of(n).top() for n in range(200)]
    assert rows == sorted(rows)
    assert all(view.cell_at(view.place_of(n).center()) == n for n in range(99_900, 100_000, 9))


# ------------------------------------------------------------------------------- counts


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_parts_are_counted_beside_each_other(bench: Bench, objective: str) -> None:
    dialog = bench.opened(objective)
    QTest.mouseClick(dialog.tabs.tabBar(), LEFT, pos=dialog.tabs.tabBar().tabRect(1).center())
    counts = dialog.counts
    texts = {key: value.text() for key, value in counts.figures.items()}
    assert (texts["Examples", "training"], texts["Examples", "evaluation"]) == ("1,000", "100")
    assert texts["Exact duplicates", "evaluation"] == "4 (4.0%)"
    assert ("Tokens", "training") in texts or objective == "classify-images"
    assert "takes 31.2 updates" in counts.summary.text()
    assert "7 (7.0%) evaluation examples are in the training data too." in counts.summary.text()
    assert counts.balance.isVisible() == (objective in ("classify-text", "classify-images", "tag"))
    chart = counts.charts["training"]
    unit = {"classify-images": "pixels", "tag": "words"}.get(objective, "tokens")
    assert chart.texts()[0] == f"0 – 39 {unit}: 700"
    assert chart.texts()[-1] == f"120 – 160 {unit}: 10"
    assert chart.bar(0).height() > 3 * chart.bar(1).height() > 0
    marked = unit == "tokens" and dialog.spec.model.context < 160  # all examples of a chat are shorter
    assert ("truncated at 128" in chart.accessibleDescription()) == marked
    assert chart.x_of(20) == pytest.approx(chart.width() / 8)
    assert not chart.grab().isNull()


def test_several_classes_of_a_text_are_all_shown_and_counted(bench: Bench) -> None:
    dialog = bench.opened("classify-text")
    seen = dialog.looked
    assert seen is not None
    classes = (("wet", "cold"), (), tuple(f"class {n}" for n in range(8)))
    examples = tuple(
        msgspec.structs.replace(example("classify-text"), classes=tuple(map(ClassShare, each))) for each in classes
    )
    parts = tuple(
        msgspec.structs.replace(each, class_counts=(each.examples // 4, 0, each.examples // 4)) for each in seen.parts
    )
    dialog.examples.show_preview(msgspec.structs.replace(seen, several_classes=True, examples=examples))
    bench.wait(lambda: chips(dialog) == ["wet", "cold"])
    notes = [dialog.examples.list.examples.examples[row].note for row in range(3)]
    assert notes[:2] == ["wet, cold · input.txt:17", "no class · input.txt:17"]
    QTest.keyClick(dialog.examples.list, Qt.Key.Key_Down)
    bench.wait(lambda: chips(dialog) == ["no class"])
    QTest.keyClick(dialog.examples.list, Qt.Key.Key_Down)
    bench.wait(lambda: chips(dialog) == [f"class {n}" for n in range(6)])
    dialog.counts.show_preview(msgspec.structs.replace(seen, several_classes=True, parts=parts), 128)
    texts = {key: value.text() for key, value in dialog.counts.figures.items()}
    assert texts["Classes per text", "training"] == "0–2, mean 0.5"
    assert texts["Without a class", "evaluation"] == "25 (25.0%)"


def test_a_thousand_classes_can_be_gone_through(bench: Bench) -> None:
    bench.classes = 1001
    dialog = bench.opened("classify-text")
    dialog.tabs.setCurrentIndex(1)
    balance = dialog.counts.balance
    assert balance.model().rowCount() == 1001
    assert dialog.counts.balance_words.text().endswith("from 2 to 2,002 each; the largest has 0.2%.")
    assert balance.model().index(0, 0).data() == "class 0"
    header = balance.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(1) + 20, header.height() // 2)
    QTest.mouseClick(header.viewport(), LEFT, pos=at)
    assert balance.model().index(0, 0).data() == "class 1000"
    balance.setFocus()
    QTest.keyClick(balance, Qt.Key.Key_Home)
    QTest.keyClick(balance, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert balance.visualRect(balance.model().index(1000, 0)).bottom() <= balance.viewport().height()
    assert calls(balance.viewport().grab) < 10_000, "the rows that are not seen are not drawn"


def test_the_line_is_where_it_is_cut_or_only_how_much_is_read_at_once(bench: Bench) -> None:
    """Plain text is read on in the next window; of the others the model may take less than was asked for."""
    problem = Problem(code="preview-cut", arguments={"count": 20, "examples": 1100, "context": 64})
    bench.findings = (Finding(problem=problem, weight="note", count=20),)
    dialog = bench.opened("classify-text")
    assert dialog.counts.charts["training"].limit_text() == "truncated at 64"
    parts = tuple(msgspec.structs.replace(part, cut=0) for part in seen("causal-lm").parts)
    dialog.counts.show_preview(msgspec.structs.replace(seen("causal-lm"), parts=parts), 128)
    assert dialog.counts.charts["training"].limit_text() == "context 128"
    assert dialog.counts.figures["Longer than the context", "training"].text() == "0"


# ------------------------------------------------------------------------------- findings


def test_findings_are_named_by_file_and_line_errors_first(bench: Bench, opened: Opened, tmp_path: Path) -> None:
    table = tmp_path / "data.csv"
    program = tmp_path / "data.sh"
    for file in (table, program):
        file.write_text("a,b\n")
    places = (Place(str(table), 17), Place(str(program), 2), Place(str(tmp_path / "gone.csv"), 3))
    bench.findings = (FINDINGS[0], msgspec.structs.replace(FINDINGS[1], places=places), FINDINGS[2])
    dialog = bench.opened()
    assert dialog.tabs.tabText(2) == "Findings (3)"
    assert not dialog.tabs.tabIcon(2).isNull()
    QTest.mouseClick(dialog.tabs.tabBar(), LEFT, pos=dialog.tabs.tabBar().tabRect(2).center())
    view = dialog.findings
    names = [view.list.item(row).data(ROLE) for row in range(view.list.count())]
    assert [name.partition(":")[0] for name in names] == ["Error", "Warning", "Note"]
    assert not view.places.isVisible()
    assert "Add examples of another class" in view.hint.text()
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    assert view.sentence.text() == "input.txt, line 17: there are 3 fields."
    assert view.count.text() == "40 in total; the first 3 are listed."
    first = [view.places.model().index(0, column) for column in range(3)]
    assert [cell.data() for cell in first] == ["data.csv", "17", str(tmp_path)]
    QTest.mouseClick(view.copy, LEFT)
    assert QGuiApplication.clipboard().text() == f"{table}:17"
    cell = view.places.visualRect(first[0]).center()
    QTest.mouseClick(view.places.viewport(), LEFT, pos=cell)
    QTest.mouseDClick(view.places.viewport(), LEFT, pos=cell)
    assert opened.files == [str(table)]
    QTest.keyClick(view.places, Qt.Key.Key_Down)
    QTest.keyClick(view.places, Qt.Key.Key_Return)  # what may be a program is not started: its folder is shown
    assert opened.files == [str(table), str(tmp_path)]
    QTest.keyClick(view.places, Qt.Key.Key_Down)
    QTest.keyClick(view.places, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"{tmp_path / 'gone.csv'}:3"
    QTest.mouseClick(view.open, LEFT)
    assert [problem.code for problem in bench.problems] == ["open-missing"]


def test_what_is_found_of_two_examples_has_its_places_in_pairs(bench: Bench) -> None:
    problem = Problem(code="preview-doubles", arguments={"count": 9, "examples": 50, "share": "18%"})
    places = tuple(Place("/texts/a.csv", line) for line in (3, 17, 3, 40))
    bench.findings = (Finding(problem=problem, weight="warning", count=9, places=places),)
    dialog = bench.opened()
    dialog.tabs.setCurrentIndex(2)
    model = dialog.findings.places.model()
    rows = [(model.index(row, 0).data(), model.index(row, 1).data()) for row in range(4)]
    assert rows == [("a.csv", "3"), ("↳ a.csv", "17"), ("a.csv", "3"), ("↳ a.csv", "40")]
    assert dialog.findings.count.text() == "9 in total; the first 2 are listed."


def test_where_nothing_is_wrong_it_says_what_was_looked_for(bench: Bench) -> None:
    bench.findings = ()
    dialog = bench.opened("classify-text")
    dialog.tabs.setCurrentIndex(2)
    assert dialog.tabs.tabText(2) == "Findings"
    assert dialog.findings.empty.isVisible()
    assert dialog.findings.empty.title.text() == "No problems found"
    assert "duplicate" in dialog.findings.empty.words.text()
    assert dialog.words.text().endswith("no problems")


# ------------------------------------------------------------------------------- waiting, errors


def test_it_says_what_it_does_and_can_be_cancelled(bench: Bench) -> None:
    def never(request: LookAtData) -> Iterator[Event]:
        while True:
            yield Progress(what="tokenizing", done=1, total=2)

    bench.answer = never
    dialog = bench.open()
    bench.wait(lambda: dialog.doing.text() == "Tokenizing…")
    assert dialog.first_busy.value() == dialog.first_busy.maximum() // 2
    QTest.keyClick(dialog.cancel_button, Qt.Key.Key_Space)
    assert dialog.problem.isVisible()
    bench.wait(lambda: not bench.lane.jobs)
    bench.answer = bench.sees
    QTest.mouseClick(dialog.problem.button, LEFT)
    bench.wait(lambda: dialog.tabs.isVisible())
    bench.answer = never
    QTest.mouseClick(dialog.examples.another, LEFT)
    bench.wait(lambda: dialog.busy.isVisible())
    assert dialog.tabs.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    bench.wait(lambda: not bench.lane.jobs)  # nothing goes on behind a dialog that is gone


def test_data_that_nothing_can_be_made_of_has_findings_alone(bench: Bench) -> None:
    def broken(request: LookAtData) -> Iterator[Event]:
        yield Done(result=DataPreview(objective="causal-lm", step=1, examples=(), findings=FINDINGS[2:]))

    dialog = bench.opened()
    bench.answer = broken
    QTest.mouseClick(dialog.again, LEFT)
    bench.wait(lambda: dialog.findings.isVisible())
    assert [dialog.tabs.isTabVisible(place) for place in range(3)] == [False, False, True]
    assert dialog.words.text() == "1 error"
    bench.answer = bench.sees
    QTest.mouseClick(dialog.again, LEFT)
    bench.wait(lambda: dialog.tabs.isTabVisible(0) and dialog.tabs.isVisible())


def test_an_error_is_one_sentence_and_a_way_out(bench: Bench) -> None:
    def fails(request: LookAtData) -> Iterator[Event]:
        yield Progress(what="reading")
        raise StudioError("data-missing", path="/texts/input.txt")

    bench.answer = fails
    dialog = bench.open()
    bench.wait(lambda: dialog.problem.isVisible())
    assert dialog.problem.title.text() == "There is no file or folder /texts/input.txt."
    assert dialog.problem.words.text() == "Correct data.train or data.evaluation."
    bench.answer = bench.sees
    QTest.mouseClick(dialog.problem.button, LEFT)
    bench.wait(lambda: dialog.tabs.isVisible())
    bench.answer = fails
    QTest.mouseClick(dialog.examples.another, LEFT)
    bench.wait(lambda: dialog.problem.isVisible())


def test_all_of_it_is_said_in_chinese(bench: Bench, qapp: QApplication) -> None:
    i18n.install(qapp, "zh")
    dialog = bench.opened("classify-text")
    shown = [each.text() for each in dialog.findChildren(QLabel) if each.isVisible()]
    shown += [dialog.tabs.tabText(place) for place in range(3)]
    own = ("classes", "tokens", "Training", "learnt", "Example", "Findings", "warning", "Step")
    assert [text for text in shown if any(word in text for word in own)] == []
    assert dialog.tabs.tabText(1) == "统计"


# ------------------------------------------------------------------------------- the form and the runs


def test_the_form_offers_a_look_and_says_what_was_seen(bench: Bench, tmp_path: Path) -> None:
    form = bench.page.form
    bench.page.new_item()
    fields = form.of(TextSubject)
    row = fields.look
    bench.wait(row.button.isEnabled)
    assert row.summary.text() == ""
    form.schedule.steps.setValue(0)
    form.check()
    assert not row.button.isEnabled()
    form.schedule.steps.setValue(10)
    form.name.setText("")  # a name can be thought of later
    form.check()
    assert row.button.isEnabled()
    QTest.mouseClick(row.button, LEFT)
    bench.wait(lambda: row.summary.text() != "")
    assert row.summary.text() == "1,000 paragraphs, 100 for evaluation · 1 error · 1 warning"
    dialog = form.data_look.dialog
    assert dialog is not None
    assert not dialog.isModal()
    assert dialog.windowTitle() == "Data of data"
    QTest.mouseClick(row.button, LEFT)
    assert len(bench.asked) == 1  # the same data: the dialog comes to the front
    text = tmp_path / "own.txt"
    text.write_text("a text\n")
    fields.data.set_files([text])
    bench.wait(lambda: row.summary.text() == "")
    QTest.mouseClick(row.button, LEFT)
    bench.wait(lambda: len(bench.asked) == 2 and row.summary.text() != "")
    assert parse_spec(bench.asked[1].spec, Path("/")).data.train == (str(text),)
    fields.data.set_files([])
    assert not row.button.isEnabled()
    assert not bench.page.offers("look_at_data")
    bench.page.shut()
    assert form.data_look.dialog is None


def test_the_data_of_a_run_is_in_its_menu_and_among_the_actions(bench: Bench) -> None:
    make_run("tales")
    page = bench.page
    bench.wait(lambda: page.runs.row_of("tales") is not None)
    page.choose("tales")
    offered = {action.text(): action for action in page.list.menu_of(page.runs.index(0)).actions()}
    assert list(offered) == ["Check data…", "Remove"]
    offered["Check data…"].trigger()
    look = page.closely.data_look
    bench.wait(lambda: look.dialog is not None and look.dialog.tabs.isVisible())
    assert look.dialog is not None
    assert look.dialog.windowTitle() == "Data of tales"
    assert parse_spec(bench.asked[0].spec, Path("/")).data.train == ("/texts/input.txt",)
    look.dialog.reject()
    action = next(each for each in ACTIONS if each.id == "look-at-data")
    assert page.offers(action.handler)
    getattr(page, action.handler)()
    bench.wait(lambda: len(bench.asked) == 2)


# ------------------------------------------------------------------------------- the real engine


def test_a_real_engine_says_what_is_in_real_files(bench: Bench, tmp_path: Path) -> None:
    """From the form to the line that is to be mended, and again when it was."""
    text = tmp_path / "tales.txt"
    tales = [f"Once there was a kite number {n}, and it flew high." for n in range(40)]
    text.write_text("\n\n".join([*tales[:30], tales[2], *tales[30:]]))
    lane = Lane(replace(LANES["measure"], threads=1))
    bench.studio.measure = lane
    try:
        form = bench.page.form
        bench.page.new_item()
        fields = form.of(TextSubject)
        fields.data.set_files([text])
        fields.vocabulary.setValue(300)
        fields.context.setValue(32)
        bench.wait(fields.look.button.isEnabled)
        QTest.mouseClick(fields.look.button, LEFT)
        dialog = form.data_look.dialog
        assert dialog is not None
        bench.qtbot.waitUntil(lambda: dialog.views.currentWidget() is not dialog.views.widget(0), timeout=120_000)
        assert dialog.tabs.isVisible(), dialog.problem.title.text()
        said = "".join(token.text for token in dialog.examples.tokens.tokens)
        assert len(dialog.examples.tokens.tokens) == 33  # 32 to read, and what follows the last
        assert said in text.read_text()
        dialog.tabs.setCurrentIndex(2)
        names = [dialog.findings.list.item(row).data(ROLE) for row in range(dialog.findings.list.count())]
        doubled = next(row for row, name in enumerate(names) if "is an exact duplicate" in name)
        dialog.findings.list.setCurrentRow(doubled)
        dialog.findings.places.selectRow(1)
        QTest.mouseClick(dialog.findings.copy, LEFT)
        assert QGuiApplication.clipboard().text() == f"{text}:61"  # the 31st of paragraphs that are two lines apart
        text.write_text("\n\n".join(tales))
        QTest.mouseClick(dialog.again, LEFT)
        bench.wait(lambda: dialog.first_busy.isVisible())
        bench.qtbot.waitUntil(lambda: dialog.tabs.isVisible(), timeout=60_000)
        names = [dialog.findings.list.item(row).data(ROLE) for row in range(dialog.findings.list.count())]
        assert not any("duplicate" in name for name in names)
    finally:
        bench.page.shut()
        lane.close()
