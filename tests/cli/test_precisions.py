"""``models`` and ``describe`` say what each precision takes, and how fast this computer's memory lets it be."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from bigmodel_studio.cli import commands
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models import library
from bigmodel_studio.core.models.precisions import choices_of
from bigmodel_studio.engine.models import describe
from bigmodel_studio.protocol import ModelRef, Speed


def measured(read_bytes_per_s: float) -> Speed:
    return Speed(
        device="cpu", dtype="float32", flops_per_s=1e9, bytes_per_s=1e9, measured=1.0, idle=True,
        read_bytes_per_s=read_bytes_per_s, machine=device_speed.machine(),
    )  # fmt: skip


@pytest.mark.parametrize("command", [["models"], ["describe", "starter-gpt"]])
def test_precisions_stand_beside_a_model_with_their_speed_once_it_is_known(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describe, "costs_of", lambda *_, **__: None)  # seconds, for what is not looked at here
    runner = CliRunner()
    choices = choices_of(library.record(ModelRef(source="builtin", id="starter-gpt")))

    def precisions() -> list[dict[str, object]]:
        found = json.loads(runner.invoke(commands.command_line(), [*command, "--json"]).stdout)
        record = next(each for each in found if each["id"] == "starter-gpt") if command == ["models"] else found
        said: list[dict[str, object]] = record["precisions"]
        return said

    before = precisions()
    assert [(each["precision"], each["bytes"]) for each in before] == [(c.precision, c.size.bytes) for c in choices]
    assert {each["tokens_per_second"] for each in before} == {None}
    device_speed.keep(measured(1000.0 * choices[2].size.read_bytes))
    assert precisions()[2]["tokens_per_second"] == pytest.approx(1000)
    assert "up to 1,000 tokens/s" in runner.invoke(commands.command_line(), command).stdout


def test_models_without_a_fast_path_have_no_precisions() -> None:
    found = json.loads(CliRunner().invoke(commands.command_line(), ["models", "--json"]).stdout)
    assert {each["id"]: each["precisions"] for each in found if each["kind"] != "causal-lm"} == {
        "starter-bert": [], "starter-resnet": []
    }  # fmt: skip
