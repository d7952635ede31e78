"""Notes and tags beside runs: kept whole, found again, and not inherited by another run of that name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import notes
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.notes import Note, matches, note_of, write_note
from bigmodel_studio.core.specs.spec import DataSpec, RunSpec
from bigmodel_studio.core.system import paths


def test_a_note_and_tags_are_kept_apart_from_each_other_and_from_other_runs() -> None:
    write_note("one", text="  warm-up too short\n")
    write_note("one", tags=["#baseline, small", "small"])
    write_note("two", tags=["big"])
    assert note_of("one") == Note(text="warm-up too short", tags=("baseline", "small"))
    write_note("two", tags=[])
    assert list(notes.read_notes()) == ["one"]
    (paths.home() / "run-notes.json").write_text("{torn")
    assert note_of("one") == Note()


@pytest.mark.parametrize(
    ("words", "found"),
    [("", True), ("shake", True), ("#base", True), ("WARM tiny", False), ("warm shake", True), ("#warm", False)],
)
def test_runs_are_found_by_name_tags_and_note(words: str, found: bool) -> None:
    assert matches(words, "Shakespeare", Note(text="warm-up too short", tags=("baseline",))) is found


def test_a_new_run_of_an_old_name_begins_without(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("words\n" * 100)
    write_note("tales", text="of the old one")
    run = create_run(RunSpec(name="tales", data=DataSpec(train=(str(text),))))
    assert note_of(run.name) == Note()


def test_note_from_a_shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = tmp_path / "a.txt"
    text.write_text("words\n" * 100)
    create_run(RunSpec(name="tales", data=DataSpec(train=(str(text),))))
    assert commands.main(["note", "tales", "--text", "a good one", "--tag", "keep", "--tag", "paper"]) == 0
    assert capfd.readouterr().out == "#keep #paper a good one\n"
    assert commands.main(["note", "tales", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"name": "tales", "note": "a good one", "tags": ["keep", "paper"]}
    assert commands.main(["show", "tales", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["tags"] == ["keep", "paper"]
