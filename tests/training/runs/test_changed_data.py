"""A run whose data changed since it began is not resumed without being asked, and says it where it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import data_record, forks, run_queue
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import RunSpec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from tests.training.conftest import losses, make_text, with_changes
from tests.training.loop.test_run import stop_after

MakeRun = Callable[..., RunFolder]


@pytest.fixture
def stopped(make_run: MakeRun, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A run that was stopped after step 5."""
    folder = make_run()
    with monkeypatch.context() as patched:
        stop_after(patched, folder, 5)
        assert run(folder.path, resume=False) == STOPPED
    return folder


def text_of(folder: RunFolder) -> Path:
    spec = folder.spec()
    assert spec is not None
    return Path(spec.data.train[0])


def test_resume_refuses_other_data_and_names_the_option_that_goes_on(
    stopped: RunFolder, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = text_of(stopped)
    text.write_text(make_text(text.stat().st_size, seed=7), "utf-8")
    before = stopped.status()
    capfd.readouterr()
    assert commands.main(["resume", "tiny", "--detach"]) == 2
    error = capfd.readouterr().err
    assert f"The data of tiny changed since it began: {text}." in error
    assert "“bigmodel-studio resume tiny --changed-data”" in error
    assert stopped.status() == before
    submitted: list[str] = []
    monkeypatch.setattr(run_queue, "submit", lambda run, resume=False: submitted.append(run.name))
    assert commands.main(["resume", "tiny", "--changed-data", "--detach"]) == 0
    assert submitted == ["tiny"]

    capfd.readouterr()
    assert run(stopped.path, resume=True) == FINISHED
    assert f"{text} changed since the run began: the examples are others" in capfd.readouterr().out
    data_record.check_data(stopped)  # what it was resumed with is what it has learnt from


def test_the_same_data_under_another_time_are_the_same(
    make_run: MakeRun, stopped: RunFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    text = text_of(stopped)
    contents = text.read_bytes()
    text.write_bytes(contents)
    os.utime(text, (1, 1))
    data_record.check_data(stopped)
    capfd.readouterr()
    assert run(stopped.path, resume=True) == FINISHED
    assert "changed since" not in capfd.readouterr().out
    whole = make_run(name="whole")
    assert run(whole.path, resume=False) == FINISHED
    assert losses(stopped) == losses(whole)


def test_a_fork_begins_with_the_data_as_they_are(stopped: RunFolder, tmp_path: Path) -> None:
    text = text_of(stopped)
    text.write_text(make_text(text.stat().st_size, seed=7), "utf-8")
    fork = forks.fork(stopped, 5, {"name": "fork"}, tmp_path)
    assert run(fork.path, resume=True) == FINISHED
    data_record.check_data(fork)
    with pytest.raises(StudioError):
        data_record.check_data(stopped)


@pytest.mark.parametrize("hashed", [True, False])
def test_files_of_a_folder_are_compared(
    make_run: MakeRun, spec: RunSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashed: bool
) -> None:
    folder = tmp_path / "data"
    (folder / "inner").mkdir(parents=True)
    one, two = folder / "one.txt", folder / "inner" / "two.txt"
    one.write_text("one")
    two.write_text("two")
    monkeypatch.setattr(data_record, "MOST_HASHED_BYTES", 1000 if hashed else 5)
    made = make_run()
    named = with_changes(spec, data={"train": (str(folder),), "evaluation": (str(two),)})

    def changed() -> list[str]:
        return data_record.changed_data(made, named)

    assert changed() == [], "nothing is known of a run without a record"
    assert data_record.record_data(made, named, anew=True) == []
    assert changed() == []
    os.utime(one, (5, 5))
    assert changed() == ([] if hashed else [str(folder)]), "a time alone says nothing where contents are known"
    one.write_text("eno")
    assert changed() == [str(folder)]
    two.write_text("more")
    assert data_record.record_data(made, named, anew=False) == [str(folder), str(two)]
    assert changed() == []
    one.rename(folder / "other.txt")
    assert changed() == [str(folder)]
    two.unlink()
    assert changed() == [str(folder)], "what is gone is said by who reads it"
