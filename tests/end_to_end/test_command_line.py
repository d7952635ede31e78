"""The command line as a script sees it: JSON on stdout, two lines for a mistake, exit codes, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bigmodel_studio.cli import commands


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, without a stdin to wait on."""
    return subprocess.run(
        [sys.executable, "-m", "bigmodel_studio", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=150,
        check=False,
    )


def answer(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    """What a command prints as JSON, run in this process."""
    assert commands.main([*map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_generate_prints_one_document(causal_folders: dict[str, Path]) -> None:
    arguments = ("--prompt", "Hello", "--greedy", "--max-new-tokens", "6", "--alternatives", "2", "--json")
    done = run("generate", causal_folders["gpt2"], *arguments)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"text", "tokens", "prompt_tokens", "new_tokens", "finish_reason", "seed"} <= set(found)
    assert {"time_to_first_token_s", "tokens_per_second"} <= set(found)
    assert "".join(token["text"] for token in found["tokens"]) == found["text"]
    assert (found["prompt_tokens"], found["new_tokens"], found["finish_reason"]) == (5, 6, "length")
    assert all(len(token["alternatives"]) == 2 for token in found["tokens"])


@pytest.mark.parametrize(
    "command",
    [
        ("generate", "starter-gpt", "--prompt", "a"),
        ("classify", "starter-resnet", "a.png"),
        ("text", "embed", "starter-bert", "a"),
    ],
    ids=lambda words: words[0],
)
def test_a_command_that_loads_a_model_takes_a_precision(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main([*command, "--precision", "2-bit"]) == 2
    assert "Choose one of: stored, 8-bit, 4-bit." in capsys.readouterr().err


def test_generate_prints_text_for_people(causal_folders: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--prompt", "Hello", "--seed", "3", "--max-new-tokens", "9"]
    found = answer(capsys, "generate", causal_folders["gpt2"], *options)
    assert commands.main(["generate", str(causal_folders["gpt2"]), *options]) == 0
    printed = capsys.readouterr()
    assert printed.out == found["text"] + "\n"
    assert "9 tokens" in printed.err
    assert "seed 3" in printed.err


def test_a_mistake_is_two_lines_and_exit_2(
    causal_folders: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        ["generate", "no-such-model", "--prompt", "a"],
        ["generate", str(tmp_path), "--prompt", "a"],
        ["generate", str(causal_folders["gpt2"]), "--prompt", "x" * 500],
        ["generate", str(causal_folders["gpt2"])],
        ["nonsense"],
    ):
        assert commands.main(arguments) == 2, arguments
        printed = capsys.readouterr()
        assert [line.partition(":")[0] for line in printed.err.strip().splitlines()] == ["error", "hint"], printed.err
        assert printed.out == ""


def test_a_mistake_leaves_the_process_without_a_traceback(tmp_path: Path) -> None:
    done = run("generate", tmp_path, "--prompt", "a")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [("--temperature", "-1"), ("--top-p", "7"), ("--seed", "-3"), ("--device", "abacus"), ("--dtype", "float1")],
)
def test_a_wrong_option_says_what_it_may_be(
    causal_folders: dict[str, Path], capsys: pytest.CaptureFixture[str], options: tuple[str, str]
) -> None:
    assert commands.main(["generate", str(causal_folders["gpt2"]), "--prompt", "a", *options]) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert "hint: " in printed.err


def test_classify_reports_what_it_cannot_read(
    picture_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (40, 40), (9, 99, 9)).save(tmp_path / "good.png")
    (tmp_path / "text.jpg").write_text("hello")
    found = answer(capsys, "classify", picture_folder, tmp_path / "text.jpg", tmp_path / "good.png", "--top-k", "2")
    assert [entry["image"] for entry in found] == [str(tmp_path / "text.jpg"), str(tmp_path / "good.png")]
    assert found[0]["error"]
    assert found[0]["predictions"] == []
    assert found[1]["error"] is None
    assert len(found[1]["predictions"]) == 2
    assert commands.main(["classify", str(picture_folder), str(tmp_path / "text.jpg"), "--json"]) == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out)[0]["error"]
    assert printed.err.startswith("error: ")


def test_describe_and_models(
    causal_folders: dict[str, Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("HF_HOME", str(home / "hf"))
    found = answer(capsys, "describe", causal_folders["llama"])
    assert {"id", "architecture", "kind", "parameters", "trainable_parameters", "context_length", "dtype"} <= set(found)
    assert {"layers", "flops_per_token"} <= set(found)
    assert {"name", "type", "parameters", "shape", "children"} <= set(found["layers"][0])
    from bigmodel_studio.core.models import library

    library.remember(causal_folders["llama"])
    listed = {entry["path"]: entry for entry in answer(capsys, "models")}
    entry = listed[str(causal_folders["llama"])]
    assert {"id", "kind", "source", "path", "parameters", "bytes"} <= set(entry)
    assert entry["parameters"] == found["parameters"]
    for command in (["models"], ["describe", str(causal_folders["llama"])]):
        assert commands.main(command) == 0
        assert f"{found['parameters']:,}" in capsys.readouterr().out


def test_doctor_says_what_is_here(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    found = answer(capsys, "doctor")
    assert {"version", "python", "torch", "qt", "devices", "paths", "problems"} <= set(found)
    assert {"id", "kind", "name", "total_bytes", "free_bytes", "dtypes"} <= set(found["devices"][0])
    assert found["paths"]["home"] == str(home)
    assert commands.main(["doctor"]) == 0
    assert "cpu" in capsys.readouterr().out


def test_asking_for_help_and_models_loads_no_torch() -> None:
    code = (
        "import sys; from bigmodel_studio.cli import commands; commands.main(['models']); commands.main(['--help']);"
        "sys.exit(sum(name in sys.modules for name in ('torch', 'transformers', 'PySide6')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert done.returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_control_c_keeps_what_was_said(causal_folders: dict[str, Path], tmp_path: Path) -> None:
    folder = causal_folders["llama"]
    config = json.loads((folder / "config.json").read_text())
    endless = tmp_path / "endless"
    endless.mkdir()
    for file in folder.iterdir():
        (endless / file.name).write_bytes(file.read_bytes())
    endless_config = {**config, "max_position_embeddings": 10**6, "eos_token_id": None}
    (endless / "config.json").write_text(json.dumps(endless_config))
    (endless / "generation_config.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "bigmodel_studio", "generate", str(endless), "--prompt", "a", "--seed", "1"]
    with subprocess.Popen(
        [*command, "--max-new-tokens", "100000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.read(3)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 3
    assert b"cancelled" in errors
    assert b"Traceback" not in errors
