"""A run with a small disk budget: which checkpoints it ends with, and that each is all that it promises to be."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load_file

from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.core.runs import disk_use, forks, manifest, notes
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import ScheduleSpec, write_spec
from bigmodel_studio.engine.generation.generate import generate
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, Generate, Sampling
from bigmodel_studio.training.loop import checkpoint
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from bigmodel_studio.training.loop.telemetry import Records
from tests.training.conftest import losses, with_changes

pytestmark = pytest.mark.timeout(300)
MakeRun = Callable[..., RunFolder]
STEPS = 20
NOTED, FORKED = 3, 8
EVERY = {"steps": STEPS, "checkpoint_every": 1, "evaluate_every": 5, "warmup": 2}


@pytest.fixture
def whole(make_run: MakeRun) -> RunFolder:
    """The same training without a budget."""
    folder = make_run(name="whole", schedule={**EVERY, "keep_state": 0, "disk_budget": 0.0})
    assert run(folder.path, resume=False) == FINISHED
    assert folder.checkpoints() == list(range(1, STEPS + 1))
    return folder


def room_for(whole: RunFolder, weights: int) -> float:
    """Bytes for all that a run writes beside checkpoints, for two with their state, and for ``weights`` without."""
    one = whole.checkpoint_path(1)
    state = (one / manifest.STATE_FILE).stat().st_size
    beside = disk_use.folder_bytes(whole.path) - disk_use.folder_bytes(whole.checkpoints_path)
    each = max(disk_use.folder_bytes(whole.checkpoint_path(step)) for step in whole.checkpoints())
    return float(beside + 2 * each + weights * (each - state + 500))


def after_step(monkeypatch: pytest.MonkeyPatch, at: int, act: Callable[[], object]) -> None:
    """Act when the record of this step is written."""
    append = Records.append

    def noted(records: Records, record: dict[str, Any]) -> None:
        append(records, record)
        if record.get("step") == at and "loss" in record:
            act()

    monkeypatch.setattr(Records, "append", noted)


def test_a_small_budget_keeps_what_it_promises_and_each_of_it_works(
    make_run: MakeRun,
    whole: RunFolder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    budget = room_for(whole, 5)
    folder = make_run(name="small", schedule={**EVERY, "keep_state": 2, "disk_budget": budget})
    notes.write_note("small", text=f"a turn at step {NOTED}")
    with monkeypatch.context() as patched:
        after_step(patched, FORKED + 1, lambda: forks.fork(folder, FORKED, {"name": "early"}, tmp_path))
        after_step(patched, 14, lambda: folder.ask("stop"))
        assert run(folder.path, resume=False) == STOPPED
    assert folder.status().disk_bytes <= budget
    assert run(folder.path, resume=True) == FINISHED
    assert losses(folder) == losses(whole), "a resume is the same bit for bit"

    status, kept = folder.status(), folder.checkpoints()
    assert status.disk_bytes <= status.disk_budget_bytes == budget
    assert status.best_step == whole.status().best_step
    assert {NOTED, FORKED, status.best_step, STEPS - 1, STEPS} <= set(kept)
    assert 6 <= len(kept) <= 8
    assert max(after - before for before, after in zip([0, *kept], kept, strict=False)) <= 2 * STEPS / 6
    assert [step for step in kept if manifest.has_state(folder.checkpoint_path(step))] == [STEPS - 1, STEPS]
    assert [step for step in kept if (folder.checkpoint_path(step) / manifest.STATE_FILE).exists()] == kept[-2:]
    assert not [path for path in folder.checkpoints_path.iterdir() if path.name.startswith(".")]

    session, expected = Session(), {step: loss for step, loss, _ in losses(whole)}
    for step in kept:
        at = folder.checkpoint_path(step)
        manifest.verify(at)
        ours, theirs = (load_file(each.checkpoint_path(step) / "model.safetensors") for each in (folder, whole))
        assert all(ours[name].equal(theirs[name]) for name in theirs)
        ref = parse_model(f"small@{step}")
        request = Generate(model=ref, prompt="the cat", sampling=Sampling(max_new_tokens=2, greedy=True))
        assert isinstance(list(generate(request, session))[-1], Done)
        if step == STEPS:
            continue
        capfd.readouterr()
        short = {"schedule.steps": max(step + 1, 4), "schedule.evaluate_every": 100, "schedule.checkpoint_every": 100}
        fork = forks.fork(folder, step, short, tmp_path)
        assert run(fork.path, resume=True) == FINISHED
        records = {record["step"]: record["loss"] for record in fork.metrics()}
        assert min(records) == step + 1
        assert records[step + 1] == expected[step + 1], "the weights and the batch are the same"
        anew = f"step {step} has weights only" in capfd.readouterr().out
        assert anew == (step < STEPS - 1)


def test_it_goes_on_from_weights_alone_where_the_newer_ones_are_damaged(
    make_run: MakeRun, whole: RunFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(name="small", schedule={**EVERY, "keep_state": 2, "disk_budget": room_for(whole, 4)})
    assert run(folder.path, resume=False) == FINISHED
    older = folder.checkpoints()[-3]
    for step in folder.checkpoints()[-2:]:
        (folder.checkpoint_path(step) / "model.safetensors").write_bytes(b"")
    assert run(folder.path, resume=True) == FINISHED
    assert f"step {older} has weights only: the optimizer starts anew" in capfd.readouterr().out
    ours, theirs = losses(folder), losses(whole)
    assert ours[:older] == theirs[:older]
    assert ours[older][1] == theirs[older][1], "the weights and the batch are the same"
    assert ours[older + 1][1] != theirs[older + 1][1], "the optimizer is not"


class Killed(BaseException):
    """Stands for kill -9: from here on nothing of this process reaches the disk."""


class Killer:
    """Ends what touches a folder's files at the n-th time, and all that comes after it."""

    CHANGES = frozenset({"os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "open"})

    def __init__(self) -> None:
        self.left: int | None = None
        sys.addaudithook(self._look)  # which cannot be taken away again, and does nothing while ``left`` is None

    def _look(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.left is None or event not in self.CHANGES or (event == "open" and not _writes(arguments)):
            return
        self.left -= 1
        if self.left < 0:
            raise Killed


def _writes(arguments: tuple[Any, ...]) -> bool:
    _, mode, flags = arguments
    return bool(mode and set(mode) & set("wax+")) or bool(mode is None and flags & 3)


@pytest.fixture(scope="module")
def killer() -> Killer:
    return Killer()


@pytest.fixture
def undisturbed(killer: Killer) -> Iterator[Killer]:
    yield killer
    killer.left = None


@pytest.mark.parametrize("in_parts", [False, True])
def test_killed_at_any_moment_of_thinning_it_leaves_whole_checkpoints(
    make_run: MakeRun, undisturbed: Killer, in_parts: bool
) -> None:
    made = make_run(name="killed", schedule={"steps": 6, "checkpoint_every": 1, "evaluate_every": 3, "keep_state": 0})
    assert run(made.path, resume=False) == FINISHED
    if in_parts:
        for step in made.checkpoints():
            _put_in_parts(made.checkpoint_path(step))
    spec = made.spec()
    assert spec is not None
    schedule = ScheduleSpec(keep_state=2)
    budget = disk_use.folder_bytes(made.path) // 3
    before = made.path.with_name("before")
    made.path.rename(before)
    moments, whole = 0, False
    while not whole:
        shutil.copytree(before, made.path)
        undisturbed.left = moments
        try:
            checkpoint.thin(made, schedule, 3, budget)
            whole = True
        except Killed:
            moments += 1
        finally:
            undisturbed.left = None
        kept = made.checkpoints()
        assert {3, 5, 6} <= set(kept)
        for step in kept:
            _check(made.checkpoint_path(step))
        folder, problems = checkpoint.newest_whole(made)
        assert (folder, problems) == (made.checkpoint_path(6), [])
        checkpoint.clean(made)
        checkpoint.thin(made, schedule, 3, budget)
        assert not [path for path in made.path.rglob(".*") if path.suffix in (".tmp", ".removed")]
        assert [step for step in made.checkpoints() if manifest.has_state(made.checkpoint_path(step))] == [5, 6]
        assert not (made.checkpoint_path(3) / manifest.STATE_FILE).exists()
        assert not (made.checkpoint_path(3) / manifest.SHARED_STATE).exists()
        assert disk_use.folder_bytes(made.path) <= budget or set(made.checkpoints()) == {3, 5, 6}
        if not whole:
            shutil.rmtree(made.path)
    assert moments > 10, "there are moments to be killed at"


def _put_in_parts(folder: Path) -> None:
    """As two processes would have left it: what says where each part lies, and the parts."""
    (folder / manifest.STATE_FILE).unlink()
    (folder / manifest.SHARED_STATE).mkdir()
    for name in (".metadata", "__0_0.distcp", "__1_0.distcp"):
        (folder / manifest.SHARED_STATE / name).write_bytes(name.encode() * 100)
    (folder / "MANIFEST.json").unlink()
    manifest.seal(folder)


def _check(folder: Path) -> None:
    manifest.verify(folder)
    manifest.verify_model(folder)
    manifest.check_own(folder)
    if not manifest.has_state(folder) or not (folder / manifest.SHARED_STATE).exists():
        checkpoint.load_trainer(folder)


def test_a_forks_links_are_not_written_into(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(schedule={"keep_state": 0})
    assert run(folder.path, resume=False) == FINISHED
    fork = forks.fork(folder, 4, {"name": "child"}, tmp_path)
    taken = {path.name: path.read_bytes() for path in fork.checkpoint_path(4).iterdir() if path.is_file()}
    checkpoint.thin(folder, ScheduleSpec(keep_state=1))
    assert not manifest.has_state(folder.checkpoint_path(4))
    manifest.verify(fork.checkpoint_path(4))
    assert {path.name: path.read_bytes() for path in fork.checkpoint_path(4).iterdir() if path.is_file()} == taken


def test_an_adapters_state_is_small_and_stays(make_run: MakeRun) -> None:
    base = make_run(name="base", schedule={"steps": 1})
    assert run(base.path, resume=False) == FINISHED
    folder = make_run(name="adapter", schedule={"steps": 3, "checkpoint_every": 1, "keep_state": 1})
    spec = folder.spec()
    assert spec is not None
    tuned = with_changes(spec, model={"base": str(base.checkpoint_path())}, method={"kind": "lora", "rank": 2})
    (folder.path / "spec.toml").write_text(write_spec(tuned), "utf-8")
    assert run(folder.path, resume=False) == FINISHED
    assert [manifest.has_state(folder.checkpoint_path(step)) for step in (1, 2, 3)] == [True, True, True]
