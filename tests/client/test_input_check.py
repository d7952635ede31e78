"""What a spec names is looked at in a thread; the newest question alone is answered, on the window's thread."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client import input_check
from bigmodel_studio.client.input_check import InputCheck
from bigmodel_studio.core.specs.resolved import ResolvedSpec
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec
from bigmodel_studio.protocol import Problem


def spec_of(*files: Path) -> RunSpec:
    return RunSpec(name="tales", data=DataSpec(train=tuple(map(str, files))))


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "tales.txt"
    path.write_text("Once upon a time.\n")
    return path


def test_an_answer_is_for_the_files_and_not_for_the_rest_of_the_spec(qtbot: QtBot, text: Path) -> None:
    check = InputCheck()
    spec = spec_of(text)
    assert check.answer(spec) is None
    with qtbot.waitSignal(check.answered):
        check.ask(spec)
    renamed = msgspec.structs.replace(spec, name="other")
    assert check.answer(renamed) == ResolvedSpec(renamed)
    assert check.answer(spec_of(text, text.with_name("gone.txt"))) is None
    check.close()


def test_what_is_missing_is_said_and_looked_for_again(qtbot: QtBot, text: Path) -> None:
    check = InputCheck()
    spec = spec_of(text)
    text.rename(text.with_name("away.txt"))
    with qtbot.waitSignal(check.answered):
        check.ask(spec)
    assert check.answer(spec) == Problem(code="data-missing", arguments={"path": str(text)})
    text.with_name("away.txt").rename(text)
    with qtbot.waitSignal(check.answered):
        check.ask(spec)
    assert check.answer(spec) == ResolvedSpec(spec)
    check.close()


def test_the_windows_thread_looks_at_nothing_and_hears_the_newest_answer_alone(
    qtbot: QtBot, text: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on, threads = threading.Event(), threading.Event(), set()

    def slow(spec: RunSpec) -> ResolvedSpec:
        threads.add(threading.current_thread())
        entered.set()
        go_on.wait()
        return ResolvedSpec(spec)

    monkeypatch.setattr(input_check, "check_inputs", slow)
    check = InputCheck()
    answers: list[bool] = []
    old, new = spec_of(text.with_name("old.txt")), spec_of(text)
    check.answered.connect(lambda: answers.append(check.answer(new) is not None))
    check.ask(old)
    entered.wait()
    check.ask(new)
    go_on.set()
    qtbot.waitUntil(lambda: answers == [True])
    assert check.answer(old) is None
    assert threading.main_thread() not in threads
    check.close()
    check.ask(old)
    assert check.answer(old) is None
