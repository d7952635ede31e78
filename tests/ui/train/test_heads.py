"""The form for classes of texts and for tags: its data, its model, what is trained of it, and the spec it makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.advice.scaling_down import Like
from bigmodel_studio.core.models.library import ModelRecord
from bigmodel_studio.core.system import paths
from bigmodel_studio.protocol import ModelRef
from bigmodel_studio.ui.pages.train.form.heads_subject import ClassesSubject, TagsSubject
from bigmodel_studio.ui.window.destinations import TrainLike
from tests.ui.train.test_page import LEFT, Bench


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")
    made = Bench(qtbot)
    ref = ModelRef(source="local", id=str(tmp_path / "reader"))
    record = ModelRecord(
        id=ref.id,
        kind="encoder",
        source="local",
        path=ref.id,
        parameters=22_000_000,
        bytes=44_000_000,
        dtype="float16",
        name="reader",
        architecture="BertModel",
        ref=ref,
    )
    (tmp_path / "reader").mkdir()
    made.library._on_read([record])
    made.page.new_item()
    yield made
    made.close()


def test_classes_of_texts(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    form = bench.page.form
    choice = form.choices["classify-text"]
    qtbot.mouseClick(choice, LEFT, pos=QPoint(10, choice.height() // 2))
    fields = form.of(ClassesSubject)
    assert fields.isVisible()
    assert not fields.scratch.isVisible(), "there is nothing to begin from scratch with"
    qtbot.waitUntil(lambda: not form.start_button.isEnabled(), timeout=2000)
    table = tmp_path / "reviews.csv"
    table.write_text("said,answer,kind\nfine,yes,good\npoor,no,bad\n")
    fields.train.add_files([table])
    assert form.name.text() == "reviews"
    assert (form.schedule.rate.text(), form.schedule.batch.value()) == ("5e-5", 32)
    fields.methods.choose("lora")
    assert form.schedule.rate.text() == "1e-3"
    assert fields.methods.rank.isEnabled()
    fields.methods.rank.setValue(4)
    fields.text_column.setText("said")
    fields.label_column.setText("kind")
    fields.pair_column.setText("answer")
    fields.prompts.setPlainText("it was fine\n\n")
    qtbot.waitUntil(form.start_button.isEnabled, timeout=2000)
    spec = form.spec()
    assert (spec.objective, spec.model.base) == ("classify-text", str(tmp_path / "reader"))
    assert (spec.method.kind, spec.method.rank) == ("lora", 4)
    assert (spec.data.text_column, spec.data.label_column, spec.data.evaluation) == ("said", "kind", 0.1)
    assert spec.data.pair_column == "answer"
    assert spec.samples.prompts == ("it was fine",)
    assert (spec.data.multi_label, spec.data.label_separator) == (False, "")
    assert not fields.separator.isEnabled()
    qtbot.mouseClick(fields.multi_label, LEFT, pos=QPoint(10, fields.multi_label.height() // 2))
    assert fields.separator.isEnabled()
    fields.separator.setFocus()
    qtbot.keyClicks(fields.separator, "Co")
    spec = form.spec()
    assert (spec.data.multi_label, spec.data.label_separator) == (True, ",")


def test_other_pages_say_what_to_train_and_on_which_model(bench: Bench) -> None:
    form, (reader,) = bench.page.form, bench.library.records()
    for objective in ("tag", "classify-text"):
        bench.page.open(TrainLike(Like(objective, base=reader.ref)))
        assert form.choices[objective].isChecked()
        assert form.subject.fine.isChecked()
        assert form.subject.picker.ref() == reader.ref
    bench.page.open(TrainLike(Like("masked-lm")))
    assert form.subject.objective == "masked-lm"
    assert form.subject.scratch.isChecked()
    bench.page.open(TrainLike(Like("tag")))
    assert form.subject.fine.isChecked(), "there is nothing to begin from scratch with"


def test_tags_with_data_to_evaluate_on(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    form = bench.page.form
    choice = form.choices["tag"]
    qtbot.mouseClick(choice, LEFT, pos=QPoint(10, choice.height() // 2))
    fields = form.of(TagsSubject)
    for name in ("train.conll", "test.conll"):
        (tmp_path / name).write_text("Paris B-place\n\n")
    fields.train.add_files([tmp_path / "train.conll"])
    fields.evaluation.add_files([tmp_path / "test.conll"])
    assert not fields.share.isEnabled()
    fields.methods.choose("frozen")
    assert not fields.methods.rank.isEnabled()
    spec = form.spec()
    assert spec.data.evaluation == (str(tmp_path / "test.conll"),)
    assert (spec.method.kind, spec.optimizer.learning_rate) == ("frozen", 1e-2)
