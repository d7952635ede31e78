"""``bench``: every question's records keep the contract, and a budget that is not kept is told by the exit status."""

import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.measuring import Row, print_table
from bigmodel_studio.cli import bench, commands
from bigmodel_studio.core.system import paths


def test_a_ratio_above_one_is_better_whichever_way_the_value_goes() -> None:
    assert Row("start", 0.4, "s", budget=0.5).ratio == pytest.approx(1.25)
    assert Row("rate", 60.0, "tok/s", baseline=40.0, more_is_better=True).ratio == pytest.approx(1.5)
    assert Row("rate", 30.0, "1/s", budget=60.0, more_is_better=True).kept is False
    assert Row("gap", 20.0, "ms", budget=10.0, baseline=40.0).ratio == pytest.approx(2.0)
    assert Row("heavy modules", 0, "", budget=0).kept
    assert Row("leaks", 0, "", budget=5).ratio == math.inf
    assert Row("overhead", -0.1, "", budget=0.02).kept
    assert not Row("overhead", 0.1, "", budget=0.02).kept
    assert Row("just so", 1.0, "").ratio is None


def test_records_are_json_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BIGMODEL_STUDIO_BENCH_JSON", "1")
    assert print_table([Row("a", 2.0, "s", 1.0), Row("none", 0, "", budget=3)]) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["name"], first["unit"], first["ratio"], first["kept"]) == ("a", "s", 0.5, False)
    assert second["ratio"] is None
    assert second["kept"] is True


def test_every_question_has_a_main(repository: Path) -> None:
    known = bench.questions()
    assert {"startup", "event_loop", "curves", "chat_view", "decoding", "training"} <= set(known)
    for name in known:
        assert callable(importlib.import_module(f"benchmarks.{name}").main)


def test_the_command_runs_what_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks/measuring.py").write_text("raise SystemExit(9)")
    for name, status in (("kept", 0), ("missed", 1)):
        (tmp_path / f"benchmarks/{name}.py").write_text(
            f"import os\nprint({name!r}, os.environ.get('BIGMODEL_STUDIO_BENCH_JSON'), flush=True)\n"
            f"raise SystemExit({status})"
        )
    monkeypatch.setattr(paths, "resources", lambda: tmp_path / "resources")
    runner = CliRunner()
    assert runner.invoke(commands.command_line(), ["bench", "kept"]).exit_code == 0
    assert runner.invoke(commands.command_line(), ["bench"]).exit_code == 1


@pytest.mark.parametrize("words", [["bench", "no-such-question"]])
def test_an_unknown_question_is_told_with_those_there_are(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bigmodel_studio", *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "no-such-question" in done.stderr
    assert "startup" in done.stderr
