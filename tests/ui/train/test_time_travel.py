"""A slider over a run's checkpoints: the pages use the model as it was, say so, and come back; and the same question
to each checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.system import paths
from bigmodel_studio.protocol import Done, Event, Generate, Load, Loaded, ModelFacts, ModelRef, Request, Token
from bigmodel_studio.ui.pages.chat.page import ChatPage
from bigmodel_studio.ui.pages.train.page import TrainPage
from bigmodel_studio.ui.pages.train.runs.across_steps import spread
from tests.ui.shell import Shell
from tests.ui.train.test_page import LEFT, Bench, checkpoint, make_run

STARTER = ModelRef(source="builtin", id="starter-gpt")


def answers(request: Request) -> Iterator[Event]:
    """The step that is asked, in two pieces."""
    if isinstance(request, Load):
        facts = ModelFacts(
            model=request.model, name="x", kind="causal-lm", architecture="X", parameters=1, weight_bytes=4,
            dtype="float32", device="cpu",
        )  # fmt: skip
        yield Loaded(facts=facts)
    if isinstance(request, Generate):
        for text in ("I know ", str(request.model.step)):
            yield Token(id=1, text=text, logprob=-1.0, processed_logprob=-1.0)
    yield Done()


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")
    run = make_run("tale")
    for step in (2, 4, 8):
        checkpoint(run, step)


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    made.studio.measure = FakeLane(answers)
    qtbot.waitUntil(lambda: made.page.runs.row_of("tale") is not None, timeout=5000)
    made.page.choose("tale")
    yield made
    made.close()


def chat(shell: Shell) -> ChatPage:
    page = shell.window.pages["chat"]
    assert isinstance(page, ChatPage)
    return page


def travelling(shell: Shell) -> TrainPage:
    """The window with the run shown, and the slider at its first checkpoint for long enough."""
    shell.wait(lambda: chat(shell).picker.ref() == STARTER)
    shell.window.show_page("train")
    page = shell.window.pages["train"]
    assert isinstance(page, TrainPage)
    shell.wait(lambda: page.runs.row_of("tale") is not None)
    page.choose("tale")
    assert page.time_slider.isVisible()
    page.time_slider.slider.setFocus()
    shell.qtbot.keyClick(page.time_slider.slider, Qt.Key.Key_Home)
    shell.wait(lambda: shell.studio.travel.ref is not None)
    return page


def test_chat_uses_the_model_of_that_step_says_so_and_comes_back(shell: Shell) -> None:
    train = travelling(shell)
    assert train.time_slider.steps.currentText() == "step 2"
    shell.qtbot.mouseClick(train.time_slider.use, LEFT)
    page = chat(shell)
    assert shell.window.current_page is page
    assert page.picker.ref() == ModelRef(source="run", id="tale", step=2)
    assert page.badge.isVisible()
    assert page.badge.words.text() == "Step 2"
    page.remember()
    assert shell.settings.values.session.models["chat"] == STARTER, "a session comes back with what was used before"
    shell.qtbot.mouseClick(page.badge.back, LEFT)
    assert page.picker.ref() == STARTER
    assert not page.badge.isVisible()
    assert train.time_slider.step == 8


def test_the_way_back_names_its_model_and_the_newest_step_is_another(shell: Shell) -> None:
    train = travelling(shell)
    shell.qtbot.mouseClick(train.time_slider.use, LEFT)
    page = chat(shell)
    assert page.badge.back.toolTip() == "Use starter-gpt again"
    shell.qtbot.mouseClick(page.badge.newest, LEFT)
    assert page.picker.ref() == ModelRef(source="run", id="tale"), "the run as it is now"
    assert shell.studio.travel.ref is None
    assert not page.badge.isVisible()
    assert train.time_slider.step == 8


def test_each_place_of_the_slider_is_another_model(shell: Shell) -> None:
    train = travelling(shell)
    shell.qtbot.keyClick(train.time_slider.slider, Qt.Key.Key_Right)
    shell.wait(lambda: chat(shell).picker.ref() == ModelRef(source="run", id="tale", step=4))
    shell.qtbot.mouseClick(train.time_slider.now, LEFT)
    assert shell.studio.travel.ref is None
    assert chat(shell).picker.ref() == STARTER


def test_another_model_chosen_by_hand_ends_it_and_stays(shell: Shell) -> None:
    travelling(shell)
    other = ModelRef(source="run", id="tale", step=8)
    chat(shell).picker.choose(other)
    assert shell.studio.travel.ref is None
    assert chat(shell).picker.ref() == other
    assert not chat(shell).badge.isVisible()


def test_a_run_that_is_removed_is_left(shell: Shell) -> None:
    train = travelling(shell)
    run = train.current()
    assert run is not None
    shell.studio.removals.remove_run(run)
    shell.wait(lambda: shell.studio.travel.ref is None)
    assert chat(shell).picker.ref() == STARTER


def test_a_run_of_one_checkpoint_has_no_past(qtbot: QtBot, bench: Bench) -> None:
    checkpoint(make_run("short"), 8)
    qtbot.waitUntil(lambda: bench.page.runs.row_of("short") is not None, timeout=5000)
    bench.page.choose("short")
    assert not bench.page.time_slider.isVisible()


def test_every_checkpoint_answers_the_same_question(qtbot: QtBot, bench: Bench) -> None:
    across = bench.page.story.across
    bench.page.story.setCurrentWidget(across)
    assert across.question.text() == "Once upon a time"
    qtbot.mouseClick(across.button, LEFT)
    qtbot.waitUntil(lambda: len(across.answers) == 3 and not across.busy, timeout=5000)
    shown = [across.model.index(row).data() for row in range(across.model.rowCount())]
    assert shown == [f"{step}\nOnce upon a time\nI know {step}" for step in (8, 4, 2)]
    lane = bench.studio.measure
    assert isinstance(lane, FakeLane)
    asked = [request for request in lane.requests if isinstance(request, Generate)]
    assert {request.prompt for request in asked} == {"Once upon a time"}
    assert all(request.sampling.greedy for request in asked), "what differs is the model alone"


def test_asking_can_be_stopped(qtbot: QtBot, bench: Bench) -> None:
    across = bench.page.story.across
    qtbot.mouseClick(across.button, LEFT)
    assert across.button.text() == "Stop"
    qtbot.mouseClick(across.button, LEFT)
    qtbot.waitUntil(lambda: not across.busy, timeout=5000)
    assert len(across.answers) < 3
    assert across.button.text() == "Compare checkpoints"


def test_of_many_checkpoints_some_at_even_distances_are_asked() -> None:
    assert spread(tuple(range(0, 1010, 10)), 3) == [0, 500, 1000]
    assert spread((1, 2)) == [1, 2]
