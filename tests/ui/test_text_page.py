"""The Text page: what is written is what the model is asked, and what comes back is what is shown."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.client.lane import LANES, Lane
from bigmodel_studio.client.library import LibraryWatcher
from bigmodel_studio.client.run_watcher import RunWatcher
from bigmodel_studio.core.advice.scaling_down import Like
from bigmodel_studio.core.data import tag_decoding
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    ClassifyTexts,
    Event,
    FillMask,
    Label,
    ModelRef,
    PredictNextSentence,
    Problem,
    Progress,
    Request,
    Rewrite,
    TextClassified,
)
from bigmodel_studio.ui.pages.text import page as text_page
from bigmodel_studio.ui.pages.text.classify import ClassifyTask
from bigmodel_studio.ui.pages.text.embed import EmbedTask
from bigmodel_studio.ui.pages.text.fill_mask import FilledSentence, MaskInput
from bigmodel_studio.ui.pages.text.inputs import LinesInput, PairInput
from bigmodel_studio.ui.pages.text.page import TextPage
from bigmodel_studio.ui.pages.text.tag import TaggedSentence
from bigmodel_studio.ui.widgets.span_text import LINE_PX, Span, SpanText
from bigmodel_studio.ui.window.destinations import Destination, OpenOnHub, OpenPictures, TrainLike, UseModel
from bigmodel_studio.ui.window.studio import LaneLike, Studio
from tests.threads import elsewhere, threads_of
from tests.ui.readers import KINDS, TAGS, answers, filled, record, ref
from tests.ui.settling import settle

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
Part = TypeVar("Part", bound=QWidget)


class Desk:
    """A page on a lane, with some models."""

    def __init__(self, qtbot: QtBot, lane: LaneLike, models: tuple[str, ...]) -> None:
        self.qtbot, self.lane = qtbot, lane
        self.library, self.runs = LibraryWatcher(), RunWatcher()
        self.problems: list[Problem] = []
        self.opened: list[Destination] = []
        self.studio = Studio(settings=SettingsStore(), interactive=lane, library=self.library, runs=self.runs)
        self.studio.problem_reported.connect(self.problems.append)
        self.studio.wanted.connect(self.opened.append)
        self.page = TextPage(self.studio)
        qtbot.addWidget(self.page)
        self.page.resize(1200, 800)
        with qtbot.waitActive(self.page):
            self.page.show()
        self.library._on_read([record(name) for name in models])

    def wait(self, condition: Callable[[], bool], timeout: int = 5000) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def write(self, text: str) -> None:
        """Type it into the field of the task."""
        field = self.page.task.input
        assert isinstance(field, LinesInput)
        field.editor.setFocus()
        field.editor.clear()
        self.qtbot.keyClicks(field.editor, text)

    def read(self, text: str) -> None:
        """Type it, and have it read."""
        self.write(text)
        self.qtbot.keyClick(self.page.focusWidget(), Qt.Key.Key_Return, CONTROL)
        self.settle()

    def settle(self) -> None:
        self.wait(lambda: self.page.reader.running is None, 60_000)

    def rest(self) -> None:
        """Wait until the page would have asked by itself, if it were to."""
        assert isinstance(self.lane, FakeLane)
        settle(self.qtbot, self.page, [self.lane])

    def press(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        self.qtbot.mouseClick(button, LEFT)

    def use(self, name: str) -> None:
        self.page.picker.choose(ref(name))

    def requests(self) -> list[Request]:
        assert isinstance(self.lane, FakeLane)
        return self.lane.requests

    def only(self, kind: type[Part]) -> Part:
        """The one part of that kind on the page."""
        (found,) = [part for part in self.page.findChildren(kind) if part.isVisible()]
        return found

    def close(self) -> None:
        self.page.shut()
        assert isinstance(self.lane, FakeLane | Lane)
        self.lane.close()
        self.library.close()
        self.runs.close()


@pytest.fixture
def desk(qtbot: QtBot, home: Path) -> Iterator[Desk]:
    made = Desk(qtbot, FakeLane(answers), tuple(KINDS))
    yield made
    made.close()


def test_a_hidden_word_is_filled_in_and_another_candidate_can_be_put_there(desk: Desk) -> None:
    assert desk.page.picker.ref() == ref("bert"), "a model that guesses words is what one begins with"
    desk.read("The [MASK] saw the [MASK].")
    assert desk.requests()[-1] == FillMask(model=ref("bert"), texts=("The [MASK] saw the [MASK].",), top_k=8)
    sentence = desk.only(FilledSentence)
    assert sentence.text() == "The cat saw the cat."
    chips = sentence.groups[1].buttons()
    assert [chip.text() for chip in chips] == ["cat   60.0%", "<b>狗</b>   30.0%"]
    desk.press(chips[1])
    assert sentence.text() == "The cat saw the <b>狗</b>."
    assert chips[1].isChecked()
    assert [(span.first, span.end) for span in sentence.sentence.spans] == [(4, 7), (16, 24)]


def test_a_line_that_cannot_be_read_says_why_beside_the_others(desk: Desk) -> None:
    field = desk.page.task.input
    field.set_text("A [MASK].\n\nnothing hidden")
    desk.press(desk.page.writing.read_button)
    desk.settle()
    assert len(desk.requests()[-1].texts) == 2  # type: ignore[union-attr]
    cards = desk.page.task.findChildren(FilledSentence)
    assert [card.text() for card in cards] == ["A cat."]
    assert "The text has no [MASK]." in _words(desk.page.task)


def test_the_word_at_the_cursor_is_hidden_by_a_key(desk: Desk) -> None:
    desk.write("The dog sleeps")
    field = desk.page.task.input
    assert isinstance(field, MaskInput)
    desk.qtbot.keyClick(field.editor, Qt.Key.Key_M, CONTROL)
    assert field.text() == "The dog [MASK]"
    assert field.tool is not None
    field.editor.selectAll()
    desk.press(field.tool)
    assert field.text() == "[MASK]"


def test_two_sentences_get_a_verdict_with_its_probability(desk: Desk) -> None:
    desk.press(desk.page.writing.switch.buttons["next-sentence"])
    field = desk.page.task.input
    assert isinstance(field, PairInput)
    desk.qtbot.keyClicks(field.first, "It rained.")
    assert not desk.page.writing.read_button.isEnabled(), "there is no second sentence yet"
    desk.qtbot.keyClicks(field.second, "We got wet.")
    desk.press(desk.page.writing.read_button)
    desk.settle()
    assert desk.requests()[-1] == PredictNextSentence(model=ref("bert"), pairs=(("It rained.", "We got wet."),))
    words = _words(desk.page.task)
    assert "Probably follows." in words
    assert "Follows 90.0%; Does not follow 10.0%" in [
        each.accessibleName() for each in desk.page.task.findChildren(QWidget)
    ]


def test_what_a_model_cannot_do_is_said_with_one_that_can(desk: Desk) -> None:
    desk.use("words")
    for id_, able in (("fill-mask", True), ("next-sentence", False), ("tag", False), ("embed", True)):
        assert (desk.page.writing.switch.buttons[id_].toolTip().startswith("words ")) is not able
    desk.press(desk.page.writing.switch.buttons["tag"])
    assert desk.page.empty.title.text() == "words doesn't tag words"
    assert not desk.page.writing.read_button.isEnabled()
    desk.press(desk.page.empty.button)
    assert desk.page.picker.ref() == ref("tagger")
    assert desk.page.task.id == "tag"
    desk.library._on_read([record("words")])
    desk.use("words")
    assert desk.page.task.id == "fill-mask", "a model that cannot do it takes the page to what it can"
    desk.press(desk.page.writing.switch.buttons["tag"])
    desk.press(desk.page.empty.button)
    assert desk.opened == [TrainLike(Like("tag", base=ref("words")))]


def test_without_a_model_the_page_leads_to_training_one(qtbot: QtBot, home: Path) -> None:
    desk = Desk(qtbot, FakeLane(answers), ())
    try:
        assert desk.page.empty.title.text() == "No text model yet"
        desk.read("The [MASK] sleeps.")
        assert desk.requests() == []
        desk.press(desk.page.empty.button)
        desk.press(desk.page.empty.other)
        assert desk.opened == [TrainLike(Like("masked-lm")), OpenOnHub()]
        desk.library._on_read([record("bert")])
        assert desk.page.writing.read_button.isEnabled(), "what was written stays, and can be read now"
    finally:
        desk.close()


def test_many_texts_are_a_table_and_the_chosen_one_has_bars(desk: Desk, tmp_path: Path) -> None:
    desk.use("sorter")
    task = desk.page.task
    assert isinstance(task, ClassifyTask)
    desk.read("first")
    assert task.bars.texts() == ["of first 55.0%", "b 45.0%"]
    assert not task.table.isVisible()
    task.input.set_text("one\nlong\ntwo more\tits pair")
    desk.press(desk.page.writing.read_button)
    desk.settle()
    assert desk.requests()[-1] == ClassifyTexts(
        model=ref("sorter"), inputs=(("one",), ("long",), ("two more", "its pair")), top_k=5
    )
    rows = [[task.table.model().index(row, column).data() for column in range(3)] for row in range(3)]
    assert rows[0] == ["one", "of one", "53.0%"]
    assert rows[1][1] == "The text has 900 tokens; the model's context is 512."
    assert rows[2][0] == "two more | its pair"
    task.table.setFocus()
    desk.qtbot.keyClick(task.table, Qt.Key.Key_Down)
    assert "Shorten the text." in task.reason.text()
    desk.qtbot.keyClick(task.table, Qt.Key.Key_Down)
    assert task.bars.texts()[0] == "of two more 58.0%"
    task.save(tmp_path / "said")
    with open(tmp_path / "said.csv", encoding="utf-8", newline="") as stream:
        assert [row["class_1"] for row in csv.DictReader(stream)] == ["of one", "", "of two more"]
    task.save(tmp_path / "none" / "said.csv")
    assert [problem.code for problem in desk.problems] == ["file-not-saved"]


def test_a_text_of_several_classes_has_those_that_are_more_probable_than_not(qtbot: QtBot) -> None:
    task = ClassifyTask()
    qtbot.addWidget(task)
    labels = (Label("wet", 0.9), Label("cold", 0.5), Label("windy", 0.2))
    answers = [
        TextClassified(text="one", predictions=labels, several_classes=True),
        TextClassified(text="two", predictions=labels[2:], several_classes=True),
    ]
    task.model.add(answers)
    rows = [[task.model.index(row, column).data() for column in range(3)] for row in range(2)]
    assert rows == [["one", "wet, cold", "90.0%"], ["two", "no class", ""]]
    task.table.setCurrentIndex(task.table.model().index(0, 0))
    assert task.bars.texts() == ["wet 90.0%", "cold 50.0%", "windy 20.0%"]


def test_both_ways_to_tag_stand_over_the_lattice_and_what_differs_is_marked(desk: Desk) -> None:
    desk.use("tagger")
    desk.read("in New York")
    card = desk.only(TaggedSentence)
    boxes = {name: [(s.first, s.end, s.caption, s.marked) for s in way.spans] for name, way in card.ways.items()}
    assert boxes == {"Greedy": [(3, 11, "place", True)], "Viterbi": [(3, 11, "place", True)]}
    note = card.note.text()
    assert note.startswith("1 word")
    assert note.endswith("marked by dots. Greedy decoding starts an entity with an I- tag: New I-place.")
    lattice = card.lattice
    lattice.setFocus()
    desk.qtbot.keyClick(lattice, Qt.Key.Key_Right)
    desk.qtbot.keyClick(lattice, Qt.Key.Key_Right)
    desk.qtbot.keyClick(lattice, Qt.Key.Key_Down)
    assert card.read_out.text() == "New · B-place · 30.0% · log-probability -1.20 · on the Viterbi path"
    assert lattice.accessibleDescription() == card.read_out.text()
    for cell in ((0, 0), (2, 1)):
        assert lattice.cell_at(lattice.place_of(*cell).center()) == cell
    desk.qtbot.mouseMove(lattice.viewport(), lattice.place_of(2, 2).center().toPoint())
    desk.wait(lambda: card.read_out.text().startswith("York · I-place · 70.0%"))
    assert lattice.cell_at(QPointF(1, 1)) is None


def test_a_text_in_boxes_wraps_with_its_captions_in_sight(qtbot: QtBot) -> None:
    text = SpanText()
    qtbot.addWidget(text)
    spans = [Span(0, 4, "person", 0), Span(14, 22, "place", 1)]
    text.show_text("Anna works in New York.", spans)
    wide, narrow = text.heightForWidth(800), text.heightForWidth(150)
    assert (wide, narrow) == (LINE_PX, 2 * LINE_PX)
    assert text.accessibleName() == "Anna works in New York. (Anna: person; New York: place)"
    for width in (150, 190, 230, 300, 420):
        text.heightForWidth(width)
        assert max(piece.x + piece.width for piece in text._pieces) <= width
    text.show_text("", [])
    assert text.heightForWidth(100) == LINE_PX


def test_texts_are_compared_in_a_map_that_says_its_cells(desk: Desk) -> None:
    desk.use("encoder")
    task = desk.page.task
    assert isinstance(task, EmbedTask)
    task.input.set_text("a person\na dog\nbad")
    desk.press(desk.page.writing.read_button)
    desk.settle()
    task.map.setFocus()
    desk.qtbot.keyClick(task.map, Qt.Key.Key_End)
    assert task.read_out.text() == "“a person” and “bad”: –"
    desk.qtbot.keyClick(task.map, Qt.Key.Key_Left)
    assert task.read_out.text() == "“a person” and “a dog”: 0.69"


def test_texts_are_said_in_other_words_by_models_that_write(desk: Desk) -> None:
    desk.press(desk.page.writing.switch.buttons["translate"])
    assert desk.page.empty.title.text() == "bert doesn't translate"
    desk.press(desk.page.empty.button)
    assert (desk.page.picker.ref(), desk.page.task.id) == (ref("writer"), "translate")
    desk.press(desk.page.writing.switch.buttons["summarize"])
    desk.read("Tom lost his ball.")
    assert desk.requests()[-1] == Rewrite(model=ref("writer"), texts=("Tom lost his ball.",), purpose="summarize")
    assert _words(desk.page.task).splitlines()[:2] == ["summarize: Tom lost his ball.", "Tom l"]
    desk.library._on_read([record("bert")])
    desk.use("bert")
    desk.press(desk.page.writing.switch.buttons["summarize"])
    assert not desk.page.empty.button.isVisible(), "nothing here trains for it"
    desk.press(desk.page.empty.other)
    assert desk.opened == [OpenOnHub()]


def test_a_warm_model_reads_along_while_one_types_and_a_cold_one_waits(desk: Desk) -> None:
    desk.write("A [MASK]")
    desk.rest()
    assert desk.requests() == []
    assert "to run" in desk.page.writing.note.text()
    desk.read("A [MASK]")
    field = desk.page.task.input
    assert isinstance(field, LinesInput)
    desk.qtbot.keyClicks(field.editor, " sleeps")
    desk.wait(lambda: len(desk.requests()) == 2)
    desk.settle()
    assert desk.only(FilledSentence).text() == "A cat sleeps"
    desk.rest()
    assert len(desk.requests()) == 2, "what was read is not read again"


def test_escape_stops_it_and_what_came_stays(desk: Desk) -> None:
    def stuck(request: Request) -> Iterator[Event]:
        yield filled("The [MASK].")
        while True:
            yield Progress(what="reading", done=1, total=2)

    assert isinstance(desk.lane, FakeLane)
    desk.lane.handler = stuck
    desk.write("The [MASK].")
    desk.press(desk.page.writing.read_button)
    desk.wait(lambda: desk.page.reader.running is not None and bool(desk.page.reader.running.answers))
    desk.wait(desk.page.writing.stop_button.isVisible)
    desk.qtbot.keyClick(desk.page.focusWidget(), Qt.Key.Key_Escape)
    desk.settle()
    assert desk.only(FilledSentence).text() == "The cat."
    assert not desk.page.writing.stop_button.isVisible()


def test_a_failure_is_said_with_its_way_out(desk: Desk) -> None:
    def failing(request: Request) -> Iterator[Event]:
        yield Progress(what="loading")
        raise StudioError("out-of-memory", device="cpu")

    assert isinstance(desk.lane, FakeLane)
    desk.lane.handler = failing
    desk.read("The [MASK].")
    assert desk.page.writing.failure.isVisible()
    assert "Out of memory on cpu" in desk.page.writing.failure.text()


def test_another_model_reads_the_same_and_time_travel_says_so_and_comes_back(desk: Desk) -> None:
    desk.read("A [MASK].")
    desk.studio.travel.go("text", "tales", 200)
    desk.settle()
    assert desk.requests()[-1] == FillMask(
        model=ModelRef(source="run", id="tales", step=200), texts=("A [MASK].",), top_k=8
    )
    assert desk.page.badge.words.text() == "Step 200"
    desk.page.remember()
    assert desk.studio.settings.values.session.models["text"] == ref("bert")
    desk.press(desk.page.badge.back)
    desk.settle()
    assert desk.requests()[-1].model == ref("bert")  # type: ignore[union-attr]
    assert not desk.page.badge.isVisible()


def test_dropped_files_go_where_they_belong(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = threads_of(monkeypatch, text_page, "lines_of")
    (tmp_path / "lines.txt").write_text("One [MASK].\n\nTwo [MASK].\n")
    (tmp_path / "cat.png").write_bytes(b"")
    (tmp_path / "strange.bin").write_bytes(b"")
    for name in ("lines.txt", "cat.png", "strange.bin"):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / name))])
        at = desk.page.writing.rect().center()
        how = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
        desk.page.writing.dropEvent(QDropEvent(at, *how))
    desk.rest()
    assert [card.text() for card in desk.page.task.findChildren(FilledSentence)] == ["One cat.", "Two cat."]
    assert desk.opened == [OpenPictures((tmp_path / "cat.png",))]
    assert elsewhere(reading)
    assert [problem.code for problem in desk.problems] == ["open-unknown"]


def test_the_session_comes_back(desk: Desk) -> None:
    desk.use("tagger")
    desk.read("in New York")
    desk.page.writing.switch.choose("embed")
    desk.page.task.input.set_text("kept")
    desk.page.remember()
    kept = SettingsStore().values.session
    assert (kept.text_task, kept.texts, kept.models["text"]) == (
        "embed", {"tag": "in New York", "embed": "kept"}, ref("tagger"),
    )  # fmt: skip
    desk.page.shut()
    again = TextPage(desk.studio)
    desk.qtbot.addWidget(again)
    again.show()
    assert (again.picker.ref(), again.task.id, again.task.input.text()) == (ref("tagger"), "embed", "kept")
    again.writing.switch.choose("tag")
    assert again.task.input.text() == "in New York"
    assert len(desk.requests()) == 1, "nothing is read that nobody asked for"
    again.shut()


def test_new_begins_with_nothing_written(desk: Desk) -> None:
    desk.read("A [MASK].")
    desk.page.new_item()
    assert desk.page.task.input.text() == ""
    assert desk.page.empty.isVisible()
    desk.press(desk.page.empty.button)
    desk.settle()
    assert len(desk.page.task.findChildren(FilledSentence)) == 2, "the example has two sentences"


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT that tags words."""
    import torch  # seconds, and for the test of the real engine alone
    from transformers import BertConfig, BertForTokenClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("tagger")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "in", "new", "york", "."]
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=16, initializer_range=0.8, id2label=dict(enumerate(TAGS)),
        label2id={tag: number for number, tag in enumerate(TAGS)},
    )  # fmt: skip
    BertForTokenClassification(config).save_pretrained(folder)
    BertTokenizer(vocab={word: number for number, word in enumerate(words)}).save_pretrained(str(folder))
    return folder


def test_a_real_engine_tags_what_is_typed_and_the_bundled_model_answers_the_example(
    qtbot: QtBot, home: Path, tagger: Path
) -> None:
    import torch
    from transformers import BertForTokenClassification

    desk = Desk(qtbot, Lane(LANES["interactive"]), ())
    try:
        desk.page.add_paths([tagger])
        desk.wait(lambda: desk.page.record() is not None)
        assert desk.page.task.id == "tag"
        desk.read("In New York.")
        card = desk.only(TaggedSentence)
        model = BertForTokenClassification.from_pretrained(str(tagger))
        model.train(False)
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([[2, 5, 6, 7, 8, 3]])).logits[0, 1:-1]
        lattice = logits.log_softmax(-1).tolist()
        shown = card.lattice.values.T.tolist()
        assert [pytest.approx(row, abs=1e-5) for row in shown] == [[math.exp(each) for each in row] for row in lattice]
        expected = [TAGS[number] for number in tag_decoding.viterbi(lattice, TAGS)]
        assert list(card.lattice.tagged.viterbi) == expected
        assert card.lattice.columns == ("In", "New", "York", ".")
        desk.page.picker.choose(ModelRef(source="builtin", id="starter-bert"))
        assert desk.page.task.id == "fill-mask"
        desk.press(desk.page.empty.button)
        desk.settle()
        first = desk.page.task.findChildren(FilledSentence)[0]
        assert first.text() == "Lena loved a red ball. One day the ball was gone. Lena was sad."
    finally:
        desk.close()


def _words(widget: QWidget) -> str:
    """All that labels in it say."""
    return "\n".join(each.text() for each in widget.findChildren(QLabel))


def test_a_classifier_that_is_used_here_classifies_though_embed_was_shown(desk: Desk) -> None:
    desk.press(desk.page.writing.switch.buttons["embed"])
    assert desk.page.task.id == "embed"
    desk.page.open(UseModel("text", ref("sorter")))
    assert desk.page.task.id == "classify"


def test_a_model_that_is_refused_leaves_the_one_that_worked(desk: Desk) -> None:
    def bert_alone(request: Request) -> Iterator[Event]:
        assert isinstance(request, FillMask)
        if request.model.id != "bert":
            raise StudioError("config-broken", name="words")
        yield from answers(request)

    assert isinstance(desk.lane, FakeLane)
    desk.lane.handler = bert_alone
    desk.read("The [MASK] saw.")
    desk.use("words")
    desk.wait(lambda: bool(desk.problems))
    desk.settle()
    assert [problem.code for problem in desk.problems] == ["config-broken"]
    assert desk.page.picker.ref() == ref("bert")
    assert desk.only(FilledSentence).isVisible()
