"""Two languages: nothing is untranslated, and a window in Chinese has no word of English left."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import translations
from PySide6.QtCore import Qt, QTranslator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTableView,
    QTabWidget,
    QTextBrowser,
    QTreeView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.sweeps import SWEPT
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.system.crashes import CrashReport
from bigmodel_studio.protocol import (
    Classify,
    Done,
    Event,
    Generate,
    Generated,
    Label,
    Loaded,
    ModelRef,
    Prediction,
    Problem,
    Progress,
    Request,
    Token,
)
from bigmodel_studio.ui.dialogs.crash_report import CrashStrip
from bigmodel_studio.ui.dialogs.log_viewer import LogViewer
from bigmodel_studio.ui.dialogs.recently_removed import RecentlyRemoved
from bigmodel_studio.ui.dialogs.settings_dialog import SettingsDialog
from bigmodel_studio.ui.dialogs.shortcuts_dialog import ShortcutsDialog
from bigmodel_studio.ui.look import i18n
from bigmodel_studio.ui.pages import PAGES
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.chat.welcome import QUESTIONS
from bigmodel_studio.ui.pages.images.page import ImagesPage
from bigmodel_studio.ui.pages.models.page import ModelsPage
from bigmodel_studio.ui.pages.text.fill_mask import FilledSentence
from bigmodel_studio.ui.pages.text.page import TextPage
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.widgets.elided import ElidedLabel
from bigmodel_studio.ui.widgets.model_picker import ModelPicker
from bigmodel_studio.ui.widgets.page_frame import Page
from bigmodel_studio.ui.window.destinations import OpenModel
from bigmodel_studio.ui.window.palette import Palette
from tests.ui import readers
from tests.ui.shell import FACTS, Shell
from tests.ui.test_monitor import sampled

PATH = re.compile(r"(?:/[\w.-]+){2,}/?|(?:https?://)?[\w-]+(?:\.[\w-]+)*\.(?:co|org)\b(?::\d+)?", re.ASCII)
"""Paths, and addresses on the network."""
LATIN = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
ALLOWED = frozenset(
    LATIN.findall(
        "Big Model Studio GPT ResNet BERT Hugging Face Hub English starter storyteller stories resnet gpt bert txt "
        "NVIDIA HBM AMD EPYC CPU cpu GPU CUDA FLOPs TOML JSON PNG CSV float bfloat safetensors optimizer learning_rate "
        "Dropout LoRA QLoRA DPO prompt chosen rejected JSONL messages conversations CoNLL TSV Parquet Mixup MASK "
        "GPTNeoForCausalLM ResNetForImageClassification BertForPreTraining "
        "airplane automobile bird cat deer dog frog horse ship truck "  # what starter-resnet calls its classes
        "kB MB GB TB Top Min Ctrl Shift Alt Enter Esc Del Home Tab"
    )
)
"""Names, units and keys that are written so in Chinese too, in parts as ``LATIN`` finds them."""
TYPED = "Zwischentext"
SAID = "word "


class Answers:
    """A lane's handler: a reply streams until it is let go, and pictures after the second wait for that too."""

    def __init__(self) -> None:
        self.free = False
        self.words = 0

    def __call__(self, request: Request) -> Iterator[Event]:
        yield Loaded(facts=FACTS)
        if isinstance(request, Generate):
            while not self.free:
                self.words += 1
                yield Token(id=1, text=SAID, logprob=-1.0, processed_logprob=-1.0)
            yield Done(result=_generated(SAID * self.words, self.words))
        elif isinstance(request, Classify):
            for number, image in enumerate(request.images):
                while number > 1 and not self.free:
                    yield Progress(what="classifying")
                yield Prediction(image=image, predictions=(Label(label="9", probability=0.9),), seconds=0.01)
            yield Done()
        else:
            yield Done()


def _generated(text: str, words: int) -> Generated:
    return Generated(
        text=text,
        prompt_tokens=8,
        new_tokens=words,
        finish_reason="stop",
        seed=1,
        time_to_first_token_s=0.01,
        tokens_per_second=100.0,
    )


class Long(QTranslator):
    """A language whose texts are half as long again, as German's are."""

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"{source} {'sein ' * (len(source) // 10)}".rstrip()


@pytest.fixture
def shell(request: pytest.FixtureRequest, qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[Shell]:
    """The window in Chinese, or in the language that the test says; English again afterwards."""
    i18n.install(qapp, "zh")
    if getattr(request, "param", "") == "long":
        qapp.installTranslator(Long(qapp))
    made = Shell(qtbot, qapp)
    yield made
    made.close()
    i18n.install(qapp, "en")


@pytest.fixture
def answers(shell: Shell) -> Iterator[Answers]:
    """The window on a lane that answers, with the models of this project."""
    made = Answers()
    shell.lane.handler = made
    shell.library.refresh()
    shell.wait(lambda: shell.library.ready)
    yield made
    made.free = True


# ----------------------------------------------------------------------------------- every string


def test_every_string_is_translated() -> None:
    """``python3 packaging/translations.py`` brings the files up to date; the new strings wait there for words."""
    assert translations.check() == []


def test_what_is_wrong_with_a_translation_is_found(tmp_path: Path) -> None:
    whole = (translations.FOLDER / "bigmodel_zh_CN.ts").read_text("utf-8")
    for language in translations.LANGUAGES:
        name = f"bigmodel_{language}.ts"
        (tmp_path / name).write_bytes((translations.FOLDER / name).read_bytes())
    damaged = whole.replace("与 {name} 对话", "与 {model} 对话").replace(
        "<source>Seed</source>", "<source>Sead</source>"
    )
    damaged = damaged.replace("<translation>快捷键</translation>", '<translation type="unfinished"></translation>')
    assert damaged != whole
    (tmp_path / "bigmodel_zh_CN.ts").write_text(damaged, "utf-8")
    wrong = "\n".join(translations.check(tmp_path))
    assert "'Talk to {name}' has other placeholders" in wrong
    assert "'Seed' is missing" in wrong
    assert "'Shortcuts' is not translated" in wrong


def test_problems_and_what_runs_left_behind_are_said_in_chinese(shell: Shell) -> None:
    arguments: dict[str, str | int | float] = {"field": "schedule.batch", "was": "0", "may_be": "1 to 65,536"}
    assert i18n.sentences(Problem(code="spec-field", arguments=arguments)) == (
        "schedule.batch 为 0。",
        "可取值：1 到 65,536。",
    )
    left = Problem(code="stopped-early", arguments={"step": 1240, "best": 1000, "patience": 3})
    said, hint = i18n.sentences(left)
    assert "1240" in said
    assert i18n.run_sentence(left, "the same in English") == i18n.in_one((said, hint))
    assert "the same in English" not in i18n.sentence(left)
    assert i18n.run_sentence(None, "Stopped after step 1,240.") == "已在第 1,240 步后停止。"
    assert i18n.run_sentence(None, "Something odd is here.") == "Something odd is here."  # of an older version
    assert i18n.run_sentence(None, "/home/x/{odd} name 3") == "/home/x/{odd} name 3"


# ----------------------------------------------------------------------------------- the window in Chinese


def _texts(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    """What can be read, or is read out, of every widget that is visible."""
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        texts = [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
        if isinstance(widget, QLabel | QAbstractButton):
            texts.append(widget.text())
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            texts.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(row) for row in range(widget.count())]
        if isinstance(widget, QTabWidget):
            texts += [widget.tabText(tab) for tab in range(widget.count())]
        if isinstance(widget, QAbstractSpinBox):
            texts += [widget.text(), widget.specialValueText()]
        if isinstance(widget, QTableView | QTreeView):
            texts += _cells(widget)
        if isinstance(widget, QDialog):
            texts.append(widget.windowTitle())
        texts += [action.text() for action in widget.actions()]
        yield from ((widget, text) for text in texts if text)


def _cells(view: QAbstractItemView) -> list[str]:
    model = view.model()
    across = range(model.columnCount())
    heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in across]
    cells = [model.index(row, column).data() for row in range(model.rowCount()) for column in across]
    return [str(text) for text in (*heads, *cells) if text]


def _left_in_english(root: QWidget, data: str = "") -> list[str]:
    """What says anything in English but names, units and the words of ``data``."""
    found = []
    for widget, text in _texts(root):
        if text in SWEPT:  # fields of a spec have one name in every language
            continue
        text = PATH.sub("", text)
        own = {*ALLOWED, *data.split(), TYPED, SAID.strip()}
        words = [word for word in LATIN.findall(text) if word not in own and text not in QUESTIONS]
        if words:
            found.append(f"{type(widget).__name__}: {text!r}")
    return sorted(set(found))


P = TypeVar("P", bound=Page)


def _page(shell: Shell, kind: type[P], page_id: str) -> P:
    page = shell.window.pages[page_id]
    assert isinstance(page, kind)
    return page


def _shown(chat: ChatPage) -> str:
    """The text of the last message as it is on the screen."""
    view = chat.transcript.views[-1] if chat.transcript.views else None
    return "".join(segment.toPlainText() for segment in view.findChildren(QTextBrowser)) if view is not None else ""


def _fill_in(shell: Shell) -> ChatPage:
    """A reply streams, a message is half typed, a form of a new run is half filled in."""
    chat = _page(shell, ChatPage, "chat")
    chat.picker.choose(ModelRef(source="builtin", id="starter-gpt"))
    chat.system.setPlainText(TYPED)
    shell.qtbot.keyClicks(chat.composer.editor, TYPED)
    shell.qtbot.keyClick(chat.composer.editor, Qt.Key.Key_Return)
    shell.wait(lambda: SAID in _shown(chat))
    shell.qtbot.keyClicks(chat.composer.editor, TYPED + "2")
    shell.window.show_page("train")
    train = _page(shell, TrainPage, "train")
    train.new_item()
    train.form.name.setText(TYPED)
    train.form.schedule.steps.setValue(1234)
    return chat


def test_a_window_at_work_has_no_word_of_english_left(shell: Shell, answers: Answers) -> None:
    chat = _fill_in(shell)
    shell.studio.report(Problem(code="paste-nothing"))
    shell.window.show_crash(CrashReport(how="gone", started=0.0, text=TYPED))
    assert shell.window.banner.sentence.text() == "剪贴板中既没有图片也没有文件。"
    shell.wait(lambda: [strip.isVisible() for strip in shell.window.findChildren(CrashStrip)] == [True])
    assert _left_in_english(shell.window) == []
    shell.window.show_page("chat")
    assert chat.talk.busy
    assert _left_in_english(shell.window) == []


def test_what_was_recognised_is_said_in_chinese(shell: Shell, answers: Answers) -> None:
    answers.free = True
    shell.window.show_page("images")
    images = _page(shell, ImagesPage, "images")
    shell.wait(lambda: images.picker.ref() is not None)
    images.add_paths(sorted((paths.samples() / "pictures").glob("*.png"))[:3])
    shell.wait(lambda: bool(images.items.items()) and not images.recognition.batches)
    assert images.foot.summary.text().startswith("3 张图片")
    assert _left_in_english(shell.window, "png") == []


def test_what_was_read_is_said_in_chinese(shell: Shell, answers: Answers) -> None:
    shell.lane.handler = readers.answers
    shell.library._on_read([readers.record(name) for name in readers.KINDS])
    shell.window.show_page("text")
    text = _page(shell, TextPage, "text")
    for name, task, words in (
        ("tagger", "tag", "in New York"),
        ("sorter", "classify", "one\ntwo"),
        ("bert", "fill-mask", "A [MASK]."),
    ):
        text.picker.choose(readers.ref(name))
        text.writing.switch.choose(task)
        text.task.input.set_text(words)
        text.read()
        shell.wait(lambda: text.reader.running is None)
    assert [card.text() for card in text.findChildren(FilledSentence)] == ["A cat."]
    assert _left_in_english(shell.window, "bert cat") == []
    text.writing.switch.choose("tag")
    assert text.empty.title.text() == "bert 不能标注词语"
    assert _left_in_english(shell.window, "bert cat tagger") == []


def test_runs_and_models_that_are_looked_at_are_told_of_in_chinese(shell: Shell, answers: Answers) -> None:
    shell.runs.start()
    shell.wait(lambda: len(shell.runs.runs) > 1)
    shell.window.show_page("train")
    train = _page(shell, TrainPage, "train")
    train.choose(shell.runs.runs[1].name)
    train.overlays.toggle(shell.runs.runs[0].name)
    assert train.overlays.button.text() == "对比"  # with none: it has another objective
    shell.wait(lambda: len(train.curves.series["loss"]) > 0)
    assert _left_in_english(shell.window) == []
    shell.window.show_page("models")
    _page(shell, ModelsPage, "models").open(OpenModel(ModelRef(source="builtin", id="starter-resnet")))
    assert _left_in_english(shell.window) == []


def _new_run(page: QWidget) -> None:
    assert isinstance(page, TrainPage)
    page.new_item()


def _form_of(objective: str) -> Callable[[QWidget], None]:
    """Shows the form of a new run of that objective, on a model to go on from."""

    def show(page: QWidget) -> None:
        assert isinstance(page, TrainPage)
        page.new_item()
        page.form.choices[objective].click()
        page.form.subject.fine.click()

    return show


@pytest.mark.parametrize(
    ("page_id", "prepare"),
    [
        *((page_id, None) for page_id in PAGES),
        ("train", _new_run),
        *(("train", _form_of(objective)) for objective in TRAINABLE),
    ],
)
def test_no_page_has_a_word_of_english_left(
    shell: Shell, answers: Answers, page_id: str, prepare: Callable[[QWidget], None] | None
) -> None:
    shell.runs.start()
    shell.wait(lambda: bool(shell.runs.runs))
    shell.window.show_page(page_id)
    if prepare is not None:
        prepare(shell.window.pages[page_id])
    shell.settle()
    assert _left_in_english(shell.window) == []
    assert _left_in_english(shell.window.rail) == []


def test_the_monitor_and_the_palette_have_no_word_of_english_left(shell: Shell, answers: Answers) -> None:
    """With cards that tell everything."""
    shell.wait(lambda: shell.studio.facts is not None)
    shell.window.toggle_monitor()
    shell.window.show_sample(sampled(1, cards=2))

    shell.window.show_sample(sampled(2, cards=2))
    assert shell.window.monitor.open
    assert _left_in_english(shell.window) == []
    shell.window.show_palette()
    shell.wait(lambda: any(palette.isVisible() for palette in shell.window.findChildren(Palette)))
    palette = next(palette for palette in shell.window.findChildren(Palette) if palette.isVisible())
    assert _left_in_english(palette) == []
    palette.close()


def _clipped(root: QWidget) -> list[str]:
    """The visible texts that have less room than they need; what wraps or elides needs less."""
    found = []
    for widget in root.findChildren(QWidget):
        less = isinstance(widget, ModelPicker | ElidedLabel) or (isinstance(widget, QLabel) and widget.wordWrap())
        if not widget.isVisible() or less or not isinstance(widget, QLabel | QAbstractButton | QTabBar):
            continue
        if widget.width() < widget.sizeHint().width():
            text = widget.tabText(0) if isinstance(widget, QTabBar) else widget.text()
            found.append(f"{type(widget).__name__} {text!r}: {widget.width()} of {widget.sizeHint().width()}")
    return found


@pytest.mark.parametrize("page_id", PAGES)
@pytest.mark.parametrize("shell", ["zh", "long"], indirect=True)
def test_no_text_is_clipped(shell: Shell, answers: Answers, page_id: str) -> None:
    shell.runs.start()
    shell.wait(lambda: bool(shell.runs.runs))
    shell.window.resize(1280, 800)
    shell.window.show_page(page_id)
    shell.settle()
    assert _clipped(shell.window) == []
    if page_id == "train":
        _form_of("classify-images")(shell.window.pages["train"])
        shell.settle()
        assert _clipped(shell.window) == []


@pytest.mark.parametrize("kind", [SettingsDialog, ShortcutsDialog, RecentlyRemoved, LogViewer])
def test_no_dialog_has_a_word_of_english_left(shell: Shell, answers: Answers, kind: type[QDialog]) -> None:
    maker: Callable[..., QDialog] = kind
    made = maker(shell.settings if kind is SettingsDialog else shell.studio, shell.window)
    made.show()
    assert _left_in_english(made) == []
    made.close()
