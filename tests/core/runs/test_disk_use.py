"""What a run may take of the disk, and which of its checkpoints make room."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.runs.disk_use import (
    budget_bytes,
    expected_bytes,
    folder_bytes,
    noted_steps,
    to_remove,
)
from bigmodel_studio.core.runs.notes import Note
from bigmodel_studio.core.specs.spec import ScheduleSpec


@given(room=st.integers(4, 30), saves=st.integers(1, 300))
def test_those_that_stay_lie_evenly(room: int, saves: int) -> None:
    kept: list[int] = []
    for step in range(1, saves + 1):
        kept.append(step)
        for gone in to_remove(dict.fromkeys(kept, 1), set(), len(kept) - room):
            kept.remove(gone)
    assert len(kept) == min(saves, room)
    assert kept[-2:] == list(range(1, saves + 1))[-2:]
    gaps = [after - before for before, after in zip([0, *kept], kept, strict=False)]
    assert max(gaps) <= max(2, 2 * saves / (room - 2))


@given(
    steps=st.sets(st.integers(1, 500), min_size=1, max_size=40),
    spared=st.sets(st.integers(1, 500), max_size=10),
    excess=st.integers(0, 5000),
)
def test_neither_the_newest_nor_the_spared_go(steps: set[int], spared: set[int], excess: int) -> None:
    sizes = {step: step % 7 + 1 for step in steps}
    gone = to_remove(sizes, spared, excess)
    never = spared | set(sorted(steps)[-2:])
    assert not never & set(gone)
    freed = sum(sizes[step] for step in gone)
    assert freed >= excess or set(gone) | never >= steps
    assert not gone or freed - sizes[gone[-1]] < excess, "no more than needed"


def test_a_budget_is_bytes_or_a_share_of_what_was_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "file").write_bytes(b"x" * 300)
    assert folder_bytes(tmp_path) == 300
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=700))
    assert budget_bytes(ScheduleSpec(), tmp_path, 300) == 100
    assert budget_bytes(ScheduleSpec(disk_budget=0.5), tmp_path, 300) == 500
    assert budget_bytes(ScheduleSpec(disk_budget=1.0), tmp_path, 300) == 1000
    assert budget_bytes(ScheduleSpec(disk_budget=12_345), tmp_path, 300) == 12_345
    assert budget_bytes(ScheduleSpec(disk_budget=0.0), tmp_path, 300) == 0


def test_what_a_run_will_take_is_known_before_it_starts() -> None:
    schedule = ScheduleSpec(steps=1000, checkpoint_every=100)
    assert expected_bytes(schedule, 10, 20, 0) == 10 * 10 + 2 * 20
    assert expected_bytes(schedule, 10, 20, 100) == 100
    assert expected_bytes(schedule, 10, 20, 5) == 3 * 10 + 2 * 20, "the newest two and the best stay"
    assert expected_bytes(msgspec.structs.replace(schedule, keep_state=0), 10, 20, 0) == 300
    assert expected_bytes(msgspec.structs.replace(schedule, keep=2), 10, 20, 0) == 3 * 10 + 2 * 20
    assert expected_bytes(ScheduleSpec(steps=50, checkpoint_every=100), 10, 20, 10**6) == 30


def test_a_note_names_steps() -> None:
    note = Note(text="Step 200 is good; @0350 too, steps-7 not 12", tags=("@9", "v2"))
    assert noted_steps(note) == {200, 350, 7, 9}
