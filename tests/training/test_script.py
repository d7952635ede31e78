"""Runs as plain scripts: run as a user would, they give the run's losses, and need nothing of this application."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bigmodel_studio import cli
from bigmodel_studio.core.forks import fork
from bigmodel_studio.core.launch import create_run
from bigmodel_studio.core.messages import StudioError
from bigmodel_studio.core.runs import RunFolder
from bigmodel_studio.core.spec import ModelSpec
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, ExportScript
from bigmodel_studio.training.run import FINISHED, run
from bigmodel_studio.training.script import write_script
from tests.training.test_classify_images import make_pictures, tiny_spec

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
MakeRun = Callable[..., RunFolder]
ALLOWED = {
    "__future__", "csv", "math", "pathlib", "numpy", "torch", "transformers", "safetensors", "PIL", "tokenizers",
}  # fmt: skip


def finished(folder: RunFolder, *, resume: bool = False) -> RunFolder:
    assert run(folder.path, resume=resume) == FINISHED, folder.status().message
    return folder


def said(folder: Path) -> list[list[float]]:
    """What the script says when it is run elsewhere, far from this checkout."""
    text = (folder / "train.py").read_text("utf-8")
    imports = re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE)
    assert set(imports) <= ALLOWED
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ended = subprocess.run(
        [sys.executable, str(folder / "train.py")], cwd=folder, env={**environment, "OMP_WAIT_POLICY": "PASSIVE"},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    with open(folder / "losses.csv", newline="") as file:
        return [[float(value) for value in row] for row in list(csv.reader(file))[1:]]


def recorded(folder: RunFolder) -> list[list[float]]:
    names = ("step", "loss", "learning_rate", "gradient_norm")
    return [[record[name] for name in names] for record in folder.metrics()]


def assert_same(found: list[list[float]], wanted: list[list[float]]) -> None:
    assert len(found) == len(wanted) > 0
    for one, other in zip(found, wanted, strict=True):
        assert one == pytest.approx(other, abs=1e-6)


def test_a_text_run_as_a_script_with_dropout_and_parts(make_run: MakeRun, tmp_path: Path) -> None:
    folder = finished(make_run(schedule={"batch": 2, "accumulate": 2, "decay": "linear", "warmup": 3}))
    files = write_script(folder, tmp_path / "out")
    assert {path.name for path in files} >= {"train.py", "train.bin", "model.safetensors", "tokenizer.json"}
    assert_same(said(tmp_path / "out"), recorded(folder))
    assert (tmp_path / "out" / "trained" / "model.safetensors").is_file()


def test_a_fork_as_a_script_goes_on_with_its_optimizer(make_run: MakeRun, tmp_path: Path) -> None:
    parent = finished(make_run())
    child = finished(
        fork(parent, 8, {"schedule.decay": "constant", "launch.checkpointing": True}, tmp_path), resume=True
    )
    write_script(child, tmp_path / "out")
    assert_same(said(tmp_path / "out"), recorded(child))


@pytest.mark.parametrize("changes", [{}, {"optimizer": {"name": "sgd", "learning_rate": 0.05, "clip": 0.0}}])
def test_a_picture_run_as_a_script(tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = finished(create_run(tiny_spec(make_pictures(tmp_path / "pictures"), **changes)))
    write_script(folder, tmp_path / "out")
    assert_same(said(tmp_path / "out"), recorded(folder))


def test_a_head_that_is_fine_tuned_as_a_script(tmp_path: Path) -> None:
    spec = tiny_spec(make_pictures(tmp_path / "pictures"))
    base = finished(create_run(spec))
    tuned = msgspec.structs.replace(
        spec,
        name="tuned",
        model=ModelSpec(base=str(base.checkpoint_path()), architecture="resnet"),
        method=msgspec.structs.replace(spec.method, kind="frozen"),
    )
    folder = finished(create_run(tuned))
    write_script(folder, tmp_path / "out")
    assert_same(said(tmp_path / "out"), recorded(folder))


def test_export_run_from_a_shell_and_as_a_task(
    make_run: MakeRun, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    make_run()
    assert cli.main(["export-run", "tiny", "--output", str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["script"] == str(tmp_path / "out" / "train.py")
    assert all(Path(path).is_file() for path in told["files"])
    assert cli.main(["export-run", "tiny", "--output", str(tmp_path / "out")]) == 2
    assert "is not empty" in capfd.readouterr().err
    request = ExportScript(run="tiny", folder=str(tmp_path / "other"))
    assert list(run_task(request, Session(threads=1)))[-1] == Done()
    assert (tmp_path / "other" / "train.py").is_file()


def test_records_as_a_table_from_a_shell(make_run: MakeRun, tmp_path: Path) -> None:
    folder = finished(make_run(schedule={"steps": 4}))
    assert cli.main(["export-run", "tiny", "--csv", str(tmp_path / "records.csv")]) == 0
    with open(tmp_path / "records.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(int(row["step"]), float(row["loss"])) for row in rows] == [(s, loss) for s, loss, *_ in recorded(folder)]
    assert [row["evaluation_loss"] != "" for row in rows] == [False, False, False, True]
    assert cli.main(["export-run", "tiny"]) == 2


def test_what_cannot_be_a_script_is_said(make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run()
    monkeypatch.setattr("bigmodel_studio.training.script._WRITERS", {})
    with pytest.raises(StudioError, match="A run with causal-lm cannot be written as a script"):
        write_script(folder, tmp_path / "out")
    assert not list(tmp_path.glob("*out*"))
