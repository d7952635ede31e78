"""Experiments that are ready: what runs they are, by the command for real, and how long they are said to take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bigmodel_studio.cli import commands
from bigmodel_studio.core.memory import device_speed, training_time
from bigmodel_studio.core.runs.run_folder import RunFolder, RunStatus, dump_status
from bigmodel_studio.core.specs import experiments
from bigmodel_studio.core.specs.spec import write_spec
from bigmodel_studio.core.specs.sweeps import specs_of
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import Speed

SPEED = Speed(
    device="cpu",
    dtype="float32",
    flops_per_s=1e11,
    bytes_per_s=6e10,
    operation_s=5e-6,
    threads=2,
    measured=1.0,
    idle=True,
)
"""As measured on an idle machine, else a command would measure it again."""


@pytest.fixture(autouse=True)
def known_speed(home: Path) -> None:
    device_speed.keep(SPEED)


def test_each_width_learns_from_each_amount_by_a_schedule_of_its_own() -> None:
    made = experiments.planned("scaling", {"widths": (32, 96, 128), "tokens": (65_536, 524_288)})
    specs = specs_of(made.spec, made.points, Path("/"))
    assert [spec.name for spec in specs][:2] == ["scaling-width=32-tokens=65536", "scaling-width=32-tokens=524288"]
    assert [(spec.model.width, spec.model.layers, spec.model.heads) for spec in specs[::2]] == [
        (32, 2, 1), (96, 3, 3), (128, 4, 4),
    ]  # fmt: skip
    for spec in specs:
        tokens = int(spec.name.rpartition("=")[2])
        assert spec.schedule.steps * spec.schedule.update * spec.model.context == tokens
        assert (spec.schedule.decay, spec.schedule.checkpoint_every) == ("cosine", spec.schedule.steps)
    rates = {spec.model.width: spec.optimizer.learning_rate for spec in specs}
    assert rates[32] / rates[128] == pytest.approx(4)
    odd = experiments.planned("scaling", {"widths": (70,), "tokens": (1024,)})
    (spec,) = specs_of(odd.spec, odd.points, Path("/"))
    assert spec.model.width % spec.model.heads == 0


def test_the_larger_size_is_larger_and_both_are_specs() -> None:
    for name, experiment in experiments.EXPERIMENTS.items():
        sizes = []
        for large in (False, True):
            made = experiments.planned(name, {"data": ("/somewhere",)}, large=large)
            seconds = training_time.seconds_of_all(specs_of(made.spec, made.points, Path("/")), SPEED)
            assert seconds is not None
            sizes.append(seconds)
        assert sizes[0] < 15 * 60, f"{name} takes {sizes[0] / 60:.0f} minutes"
        assert sizes[1] > 4 * sizes[0]
        assert experiment.shows.count(".") == 1, "one sentence"


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("residul", {}, "experiment-unknown"),
        ("residual", {"widths": (32,)}, "experiment-parameter"),
        ("scaling", {"widths": ()}, "spec-field"),
        ("scaling", {"tokens": (0,)}, "spec-field"),
        ("residual", {"size": 4}, "spec-field"),
    ],
)
def test_what_cannot_be_is_said(name: str, given: dict[str, Any], code: str) -> None:
    with pytest.raises(StudioError) as caught:
        experiments.planned(name, given)
    assert caught.value.problem.code == code


def test_numbers_are_read_as_they_are_typed() -> None:
    assert experiments.whole_numbers("32, 64 1_000,64k,2M") == (32, 64, 1000, 64_000, 2_000_000)
    assert experiments.whole_numbers("") == ()
    for wrong in ("1.5", "k", "x2", "12km"):
        with pytest.raises(ValueError, match="invalid literal"):
            experiments.whole_numbers(wrong)


def test_the_estimate_grows_with_the_work_and_shrinks_with_the_speed() -> None:
    def seconds(speed: Speed = SPEED, **given: tuple[int, ...]) -> float:
        made = experiments.planned("scaling", {"widths": (256,), "tokens": (10**7,), **given})
        found = training_time.seconds_of_all(specs_of(made.spec, made.points, Path("/")), speed)
        assert found is not None
        return found

    once = seconds() - training_time.START_S
    assert seconds(tokens=(2 * 10**7,)) - training_time.START_S == pytest.approx(2 * once, rel=0.02)
    assert seconds(widths=(512,)) > 3 * seconds()
    half = Speed(device="cpu", dtype="float32", flops_per_s=5e10, bytes_per_s=3e10, operation_s=1e-5, measured=1.0)
    assert once * 1.7 < seconds(half) < 2.1 * seconds()
    nothing = Speed(device="cpu", dtype="float32", flops_per_s=0, bytes_per_s=0, measured=1.0)
    made = experiments.planned("scaling", {})
    assert training_time.seconds_of_all(specs_of(made.spec, made.points, Path("/")), nothing) is None


@pytest.mark.slow
@pytest.mark.usefixtures("forked")
def test_the_command_runs_a_sweep_for_real_and_says_what_it_found(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["experiment", "scaling", "--widths", "16", "--tokens", "1k,4k,16k", "--name", "small", "--json"]
    assert commands.main(arguments) == 0
    said = capsys.readouterr()
    assert "3 runs, about" in said.err
    found = json.loads(said.out)
    assert [run["state"] for run in found["runs"]] == ["finished"] * 3
    points = found["scaling"]["points"]
    by_name = {run["name"]: run for run in found["runs"]}
    for point in points:
        run = by_name[point["name"]]
        assert point["compute"] == pytest.approx(run["flops"])
        assert point["loss"] == pytest.approx(run["evaluation_loss"])
        assert (point["source"], point["ended"]) == ("counted", True)
    assert len(points) == 3
    assert len(found["scaling"]["frontier"]) == 3, "more data, less loss"
    assert found["scaling"]["alpha"] > 0
    assert commands.main(["compare", "--sweep", "small"]) == 0
    text = capsys.readouterr().out
    assert "On the frontier L(C) = (" in text
    assert "by 3 of 3 runs" in text


def test_a_slip_of_the_pen_starts_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["experiment", "scaling", "--widths", "wide"]) == 2
    assert "widths is wide" in capsys.readouterr().err
    assert commands.main(["experiment", "scaling", "--steps", "3"]) == 2
    assert "has no parameter steps" in capsys.readouterr().err
    assert commands.main(["experiment", "scaling", "--data", str(home / "none.txt")]) == 2
    assert not list((home / "runs").glob("*"))


def ended(home: Path, layers: int, shortcuts: bool, loss: float) -> RunFolder:
    """A run of the residual experiment: 200 steps, the last ten at that loss, on average."""
    made = experiments.residual(["/pictures"], steps=200, image_size=16)
    points = {(p.changes["model.layers"], p.changes["model.shortcuts"]): p for p in made.points}
    (spec,) = specs_of(made.spec, [points[layers, shortcuts]], Path("/"))
    folder = home / "runs" / spec.name
    folder.mkdir(parents=True)
    (folder / "spec.toml").write_text(write_spec(spec))
    (folder / "status.json").write_bytes(dump_status(RunStatus(state="finished", step=200, steps=200)))
    losses = [3.0] * 190 + [loss - 0.1, loss + 0.1] * 5
    lines = [json.dumps({"step": step, "loss": value}) for step, value in enumerate(losses, 1)]
    (folder / "metrics.jsonl").write_text("\n".join(lines) + "\n")
    return RunFolder(folder)


@pytest.mark.parametrize(
    ("plain_deep", "residual_deep", "confirmed", "said_so"),
    [
        (1.5, 0.7, True, "didn't with them, as in the paper"),
        (1.5, 1.1, True, "still behind the shallow one"),
        (1.5, 1.6, False, "don't show"),
        (0.9, 0.7, False, "don't show"),
    ],
)
def test_what_the_residual_experiment_found_is_computed_from_its_runs(
    home: Path,
    plain_deep: float,
    residual_deep: float,
    confirmed: bool,
    said_so: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    losses = {(20, False): 1.0, (56, False): plain_deep, (20, True): 0.75, (56, True): residual_deep}
    runs = [ended(home, *place, loss) for place, loss in losses.items()]
    found = experiments.depths_of([(run, run.spec()) for run in runs])
    assert found is not None
    assert found.losses == pytest.approx(losses)
    assert found.confirmed == confirmed
    assert experiments.depths_of([(run, run.spec()) for run in runs[:3]]) is None
    other = msgspec.structs.replace(runs[0].spec(), seed=2)  # type: ignore[type-var]
    assert experiments.depths_of([(runs[0], other), *((run, run.spec()) for run in runs[1:])]) is None
    assert commands.main(["compare", *(str(run.path) for run in runs), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["depths"]
    assert said["confirmed"] == confirmed
    assert said_so in said["verdict"]
    assert f"Final loss without shortcuts: {plain_deep:.3f} (56 layers), 1.000 (20 layers)" in said["verdict"]
