"""What the form of a new run says of time, the fields of the schedule, and a sweep whose settings are chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.core.memory import device_speed, training_time
from bigmodel_studio.core.system import paths
from bigmodel_studio.core.text import numbers
from bigmodel_studio.protocol import Speed
from bigmodel_studio.ui.pages.train.form.new_run import NewRun
from bigmodel_studio.ui.pages.train.form.text_subject import TextSubject
from tests.ui.train.test_page import LEFT, Bench


@pytest.fixture
def form(qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewRun]:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")
    bench = Bench(qtbot)
    text = tmp_path / "tales.txt"
    text.write_text("Once upon a time.\n" * 50)
    qtbot.mouseClick(bench.page.new_button, LEFT)
    bench.page.form.of(TextSubject).data.add_files([text])
    qtbot.waitUntil(bench.page.form.start_button.isEnabled, timeout=5000)
    yield bench.page.form
    bench.close()


def test_the_time_is_estimated_before_the_start_and_not_made_up(qtbot: QtBot, form: NewRun) -> None:
    qtbot.waitUntil(lambda: "speed is not measured yet" in form.cost_more.text())
    speed = Speed(device="cpu", dtype="float32", flops_per_s=1e11, bytes_per_s=1e10, operation_s=1e-5, measured=1.0)
    device_speed.keep(speed)
    form.schedule.steps.setValue(20_000)
    qtbot.waitUntil(lambda: "on this computer, roughly" in form.cost_more.text())
    seconds = training_time.seconds_of(form.spec(), speed)
    assert f"about {numbers.rough_duration(seconds)} on this computer" in form.cost_more.text()
    twice = numbers.rough_duration(2 * (seconds or 0) - training_time.START_S)
    form.schedule.steps.setValue(40_000)
    qtbot.waitUntil(lambda: f"about {twice} on this computer" in form.cost_more.text())


def test_warm_up_schedule_weight_decay_dropout_and_disk_are_filled_in(qtbot: QtBot, form: NewRun) -> None:
    spec = form.spec()
    assert (spec.schedule.warmup, spec.schedule.decay, spec.optimizer.weight_decay) == (-1, "cosine", 0.1)
    assert (spec.model.dropout, spec.schedule.keep_state, spec.schedule.disk_budget) == (0.0, 2, 0.1)
    schedule = form.schedule
    assert schedule.warmup.text() == "auto (5% of steps)"
    schedule.warmup.setFocus()
    schedule.warmup.selectAll()
    qtbot.keyClicks(schedule.warmup, "12")
    schedule.decay.setFocus()
    qtbot.keyClick(schedule.decay, Qt.Key.Key_Down)
    schedule.weight_decay.selectAll()
    qtbot.keyClicks(schedule.weight_decay, "0.02")
    form.how.dropout.selectAll()
    qtbot.keyClicks(form.how.dropout, "0.15")
    form.how.keep_state.setValue(5)
    form.how.disk_budget.setValue(25)
    spec = form.spec()
    assert (spec.schedule.warmup, spec.schedule.decay, spec.optimizer.weight_decay) == (12, "linear", 0.02)
    assert (spec.model.dropout, spec.schedule.keep_state, spec.schedule.disk_budget) == (0.15, 5, 0.25)
    schedule.weight_decay.setText("much")
    qtbot.waitUntil(form.errors["optimizer.weight_decay"].isVisible)
    assert "a number, for example 0.01" in form.errors["optimizer.weight_decay"].text()


def test_what_is_usual_for_an_objective_is_suggested(form: NewRun) -> None:
    form.choices["masked-lm"].setChecked(True)
    assert (form.schedule.weight_decay.text(), form.schedule.decay.currentData()) == ("0.01", "linear")
    assert form.how.dropout.isEnabled()
    form.choices["classify-images"].setChecked(True)
    assert form.schedule.weight_decay.text() == "0.05"
    assert not form.how.dropout.isEnabled(), "its networks have none"


def test_a_setting_of_a_sweep_is_chosen_and_a_misspelt_one_is_recognised(qtbot: QtBot, form: NewRun) -> None:
    how = form.how
    at = how.swept.findData("optimizer.learning_rate")
    how.swept.setFocus()
    for _ in range(at):
        qtbot.keyClick(how.swept, Qt.Key.Key_Down)
        if how.sweep.toPlainText():
            break
    assert how.sweep.toPlainText() == "optimizer.learning_rate = 0.001, "
    assert how.sweep.hasFocus()
    qtbot.keyClicks(how.sweep, "3e-4")
    qtbot.waitUntil(lambda: form.start_button.text() == "Start 2 runs")
    how.sweep.setPlainText("learning_rate = 1e-3, 3e-4")
    qtbot.waitUntil(lambda: "Did you mean optimizer.learning_rate?" in form.error.text())
    assert not form.start_button.isEnabled()
