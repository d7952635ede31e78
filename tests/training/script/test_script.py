"""Runs as plain scripts: run as a user would, they give the run's losses, and need nothing of this application."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification

from bigmodel_studio.cli import commands
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.forks import fork
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.spec import spec_of
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Done, ExportScript, Failed
from bigmodel_studio.training.loop.run import FINISHED, STOPPED, run
from bigmodel_studio.training.script.composing import compose, decided, literal
from bigmodel_studio.training.script.contents import CONTENTS
from bigmodel_studio.training.script.writing import write_script
from tests.training.conftest import make_text
from tests.training.loop.test_run import stop_after
from tests.training.objectives.test_classify_images import make_pictures

MakeRun = Callable[..., RunFolder]
Tables = dict[str, Any]
ALL_OF_THEM = """
import runpy, sys
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
ours = [name for name in sys.modules if name.startswith("bigmodel_studio")]
assert not ours, ours
"""
MAY_IMPORT = {
    "__future__", "collections", "csv", "dataclasses", "functools", "math", "pathlib", "typing",
    "numpy", "peft", "PIL", "safetensors", "torch", "transformers",
}  # fmt: skip
GPT: Tables = {"layers": 2, "heads": 2, "width": 32, "context": 32, "tokenizer": "train:300", "dropout": 0.1}
RESNET: Tables = {"depths": [1, 1], "widths": [8, 16], "image_size": 16}


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A little to learn from, for every objective."""
    folder = tmp_path_factory.mktemp("to-learn-from")
    lines = make_text(20_000).splitlines()
    documents = folder / "documents.txt"
    documents.write_text("\n".join("\n".join([*lines[at : at + 6], ""]) for at in range(0, len(lines), 6)), "utf-8")
    talks = [{"prompt": f"count {n}", "completion": " ".join(map(str, range(n)))} for n in range(2, 30)]
    (folder / "talks.jsonl").write_text("\n".join(map(json.dumps, talks)), "utf-8")
    pairs = [{"prompt": f"count {n}", "chosen": f"yes {n % 7}", "rejected": f"no {n % 3} never"} for n in range(2, 30)]
    (folder / "pairs.jsonl").write_text("\n".join(map(json.dumps, pairs)), "utf-8")
    make_pictures(folder / "pictures")
    return {
        "text": str(documents),
        "talks": str(folder / "talks.jsonl"),
        "preferences": str(folder / "pairs.jsonl"),
        "pictures": str(folder / "pictures"),
    }


def made(name: str, objective: str, learnt_from: str, /, **tables: Any) -> RunFolder:
    """A new run of 24 updates."""
    raw: Tables = {
        "name": name,
        "objective": objective,
        "data": {"train": [learnt_from], "evaluation": 0.25},
        "optimizer": {"learning_rate": 3e-3},
        "schedule": {"steps": 24, "batch": 4, "evaluate_every": 8, "checkpoint_every": 8, "evaluation_batches": 3},
        "launch": {"device": "cpu", "threads": 1},
    }
    for table, values in tables.items():
        raw[table] = {**raw.get(table, {}), **values}
    return create_run(spec_of(raw, Path("/")))


def finished(folder: RunFolder, *, resume: bool = False) -> RunFolder:
    assert run(folder.path, resume=resume) == FINISHED, folder.status().message
    return folder


def run_scripts(runs: list[RunFolder], folder: Path) -> None:
    """Export the runs and run the scripts, as one process far from this checkout: it takes seconds to import torch."""
    for each in runs:
        write_script(each, folder / each.name)
        text = (folder / each.name / "train.py").read_text("utf-8")
        assert set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE)) <= MAY_IMPORT
    scripts = [str(folder / each.name / "train.py") for each in runs]
    ended = subprocess.run(
        [sys.executable, "-I", "-c", ALL_OF_THEM, *scripts], cwd=folder, capture_output=True, text=True, check=False,
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_OFFLINE": "1"}, timeout=300,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr


def assert_the_runs_own(folder: Path, each: RunFolder, within: float = 1e-5) -> None:
    with open(folder / each.name / "losses.csv", newline="") as file:
        rows = [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
    records = each.metrics()
    assert [row["step"] for row in rows] == [record["step"] for record in records]
    for name, tolerance in (("loss", within), ("evaluation_loss", within), ("learning_rate", 0.0)):
        steps, values = zip(*((row["step"], row[name]) for row in rows if name in row), strict=True)
        assert steps == tuple(record["step"] for record in records if name in record), each.name
        assert values == pytest.approx([r[name] for r in records if name in r], abs=tolerance), each.name
    for row, record in zip(rows, records, strict=True):
        if record["gradient_norm"] is not None:  # of a scale of float16 that was too large
            assert row["gradient_norm"] == pytest.approx(record["gradient_norm"], rel=1e-3, abs=within), each.name


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_objective_as_a_script(
    tmp_path: Path,
    data: dict[str, str],
    causal_folders: dict[str, Path],
    encoder: Path,
    texts: Path,
    sentences: Path,
) -> None:
    parts = {"batch": 2, "accumulate": 2}
    read = {"base": str(encoder), "context": 32}
    gpt2 = {"base": str(causal_folders["gpt2"]), "context": 64}
    first, *rows = texts.read_text("utf-8").splitlines()
    both = [f"{first},second", *(f"{row},so it was {number % 7}" for number, row in enumerate(rows))]
    texts.with_name("both.csv").write_text("\n".join(both) + "\n", "utf-8")
    several = ["text,labels", *(f"so it was {number % 7},{('', 'a;b', 'b')[number % 3]}" for number in range(60))]
    texts.with_name("several.csv").write_text("\n".join(several) + "\n", "utf-8")
    runs = [
        made("text", "causal-lm", data["text"], model=GPT, schedule={**parts, "decay": "linear", "warmup": 3}),
        made("talks", "chat", data["talks"], model=gpt2, schedule=parts, optimizer={"clip": 0.0}),
        made("preferred", "preference", data["preferences"], model=gpt2, schedule=parts, method={"beta": 0.2}),
        made("pairs", "masked-lm", data["text"], model=GPT, schedule=parts),
        made("words", "masked-lm", data["text"], model=GPT, masking={"whole_words": True, "next_sentence": False}),
        made("classes", "classify-text", str(texts), model=read, method={"label_smoothing": 0.1}),
        made("both", "classify-text", str(texts.with_name("both.csv")), model=read, data={"pair_column": "second"}),
        made("several", "classify-text", str(texts.with_name("several.csv")), model=read, schedule=parts,
             data={"multi_label": True}, method={"label_smoothing": 0.1}),
        made("tags", "tag", str(sentences), model=read, schedule=parts, optimizer={"name": "sgd"}),
        made("pictures", "classify-images", data["pictures"], model=RESNET, schedule={"decay": "constant"}),
    ]  # fmt: skip
    assert {spec.objective for each in runs if (spec := each.spec()) is not None} == set(CONTENTS)
    for each in runs:
        finished(each)
    run_scripts(runs, tmp_path)
    for each in runs:
        assert_the_runs_own(tmp_path, each, within=1e-6 if each.name == "preferred" else 1e-5)
    files = {path.name for path in (tmp_path / "text").rglob("*")}
    assert files >= {"train.py", "tokens.npy", "model.safetensors", "tokenizer.json", "losses.csv"}
    assert not list((tmp_path / "text").rglob("*.pkl"))


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("forked")
def test_every_way_to_train_as_a_script(
    tmp_path: Path,
    data: dict[str, str],
    causal_folders: dict[str, Path],
    encoder: Path,
    texts: Path,
    sentences: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = {"base": str(encoder), "context": 32}
    gpt2 = {"base": str(causal_folders["gpt2"]), "context": 32}
    lora = {"kind": "lora", "rank": 4, "dropout": 0.1}
    several = made("several", "causal-lm", data["text"], model=GPT, launch={"processes": 2},
                   schedule={"steps": 8, "batch": 2, "accumulate": 2})  # fmt: skip
    pid = launch.start_run(several)  # beside the others: it takes its processes seconds to begin
    adapted = finished(made("adapted", "classify-text", str(texts), model=read, method=lora))
    mixed = {"data": {"mixup": 0.4}, "method": {"label_smoothing": 0.1}}
    coloured = finished(made("coloured", "classify-images", data["pictures"], model=RESNET, **mixed))
    tuned = {"base": str(coloured.checkpoint_path())}
    runs = [
        adapted,
        coloured,
        finished(made("decoder", "causal-lm", data["text"], model=gpt2, method=lora, launch={"checkpointing": True})),
        finished(made("last", "preference", data["preferences"], model=gpt2, method={"kind": "frozen"})),
        finished(made("liked", "preference", data["preferences"], model=gpt2, method=lora)),
        finished(made("frozen", "tag", str(sentences), model=read, method={"kind": "frozen"})),
        finished(made("tuned", "classify-images", data["pictures"], model=tuned, method={"kind": "frozen"})),
        finished(made("small", "classify-images", data["pictures"], data={"flip": False, "smallest_crop": 1.0},
                      model={**RESNET, "architecture": "cifar-resnet", "layers": 8, "widths": [4, 8, 16]})),
        finished(fork(adapted, 16, {"name": "adapted-fork", "optimizer.learning_rate": 1e-3}, tmp_path), resume=True),
        finished(fork(coloured, 8, {"name": "coloured-fork", "schedule.decay": "linear"}, tmp_path), resume=True),
    ]  # fmt: skip
    resumed = made("resumed", "chat", data["talks"], model=gpt2)
    with monkeypatch.context() as patched:
        stop_after(patched, resumed, 11)
        assert run(resumed.path, resume=False) == STOPPED
    runs.append(finished(resumed, resume=True))
    qlora = {"kind": "qlora", "rank": 4, "dropout": 0.1}  # a script begins with the base as it is dequantised
    llama = {"base": str(causal_folders["llama"]), "context": 32}
    quantised = [
        finished(made("quantised", "chat", data["talks"], model=gpt2, method=qlora)),
        finished(made("lines", "causal-lm", data["text"], model=llama, method=qlora)),
    ]
    narrow = finished(made("narrow", "causal-lm", data["text"], model=GPT, launch={"dtype": "bfloat16"}))
    assert launch.exit_status(pid, wait_s=200) == FINISHED
    shutil.rmtree(runs[-3].checkpoint_path(16))  # a fork's own copy went with the keeping of few: its parent has it
    run_scripts([*runs, *quantised, narrow, several], tmp_path)
    for each in [*runs, *quantised, several]:
        assert_the_runs_own(tmp_path, each)
    assert_the_runs_own(tmp_path, narrow, within=2e-3)

    for each in (adapted, *quantised):
        ours, theirs = (load_file(folder / "model.safetensors") for folder in
                        (each.checkpoint_path(), tmp_path / each.name / "trained"))  # fmt: skip
        assert ours.keys() == theirs.keys()
        for name, tensor in ours.items():
            torch.testing.assert_close(theirs[name], tensor, atol=1e-4, rtol=1e-3)
    AutoModelForSequenceClassification.from_pretrained(str(tmp_path / "adapted" / "trained"))
    small = (tmp_path / "text-small").with_name("small") / "train.py"
    assert "class CifarResNetForImageClassification" in small.read_text("utf-8")


def test_a_script_has_what_its_run_needs_and_no_more(
    make_run: MakeRun, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """From a shell and as a task; what is written is as this checkout's own style is."""
    make_run(launch={"checkpointing": True})
    out = tmp_path / "out"
    assert commands.main(["export-run", "tiny", "--output", str(out), "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["script"] == str(out / "train.py")
    assert all(Path(path).is_file() for path in told["files"])
    assert commands.main(["export-run", "tiny", "--output", str(out)]) == 2
    assert "is not empty" in capfd.readouterr().err
    request = ExportScript(run="tiny", folder=str(tmp_path / "other"))
    assert list(run_task(request, Session(threads=1)))[-1] == Done()
    (tmp_path / "file").write_text("", "utf-8")
    refused = list(run_task(ExportScript(run="tiny", folder=str(tmp_path / "file" / "out")), Session(threads=1)))[-1]
    assert isinstance(refused, Failed)
    assert refused.problem.code == "file-not-saved"
    text = (tmp_path / "other" / "train.py").read_text("utf-8")
    assert "gradient_checkpointing_enable" in text
    assert not [word for word in ("Lora", "GradScaler", "autocast", "BatchNorm", "SGD", "type: ignore") if word in text]
    rules = ["--isolated", "--line-length", "120", "--select", "E,F,I,B,W"]
    checked = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *rules, str(out)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


SOURCE = """
if KIND == "a":
    first()
elif KIND == "b":
    # a word about it
    second()
    if KNOWN and step > 3:
        third()
else:
    fourth()
if step and KNOWN:
    fifth()
"""


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({"KIND": "a", "KNOWN": 0}, ["first()"]),
        ({"KIND": "b", "KNOWN": 1},
         ["# a word about it", "second()", "if step > 3:", "    third()", "if step:", "    fifth()"]),
        ({"KIND": "c", "KNOWN": 1}, ["fourth()", "if step:", "    fifth()"]),
        ({}, SOURCE.split("\n")[1:-1]),
    ],
)  # fmt: skip
def test_what_settings_alone_decide_is_decided(settings: Tables, left: list[str]) -> None:
    assert [line for line in decided(SOURCE, settings).split("\n") if line] == left


def test_a_setting_that_is_none_and_a_name_twice_are_refused() -> None:
    parts = "bigmodel_studio.training.script.parts"
    with pytest.raises(ValueError, match="no such setting: LEARNING_RAT"):
        compose([f"{parts}.settings", f"{parts}.loop"], {"LEARNING_RAT": 1.0}, {})
    with pytest.raises(ValueError, match="defined twice: "):
        compose([f"{parts}.chat", f"{parts}.causal_lm"], {}, {})
    text = compose([f"{parts}.settings", f"{parts}.rows"], {"RUN": 'a "b" \\ é'}, {})
    compile(text, "made", "exec")
    assert literal('a "b" \\ é') == r'"a \"b\" \\ é"'


def test_records_as_a_table_from_a_shell(make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(schedule={"steps": 4})
    with monkeypatch.context() as patched:
        stop_after(patched, folder, 2)
        assert run(folder.path, resume=False) == STOPPED
    finished(folder, resume=True)
    assert commands.main(["export-run", "tiny", "--csv", str(tmp_path / "records.csv")]) == 0
    with open(tmp_path / "records.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    records = [(record["step"], record["loss"]) for record in folder.metrics()]
    assert [(int(row["step"]), float(row["loss"])) for row in rows] == records
    assert list(rows[0])[:4] == ["step", "time", "loss", "evaluation_loss"]
    assert [row["evaluation_loss"] != "" for row in rows] == [False, False, False, True]
    assert [row["event"] for row in rows] == ["", "", "resumed", ""]
    unigram = folder.status().baselines["unigram"]
    assert [float(row["baseline_unigram"]) for row in rows] == [unigram] * 4
    moments = [datetime.fromisoformat(row["time"]).timestamp() for row in rows]
    assert moments == pytest.approx([record["time"] for record in folder.metrics()], abs=1)
    assert commands.main(["export-run", "tiny"]) == 2
