"""The tour does the whole main job in the real window; over an engine that answers wrongly, every step of it fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from bigmodel_studio.cli import tour
from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.system import paths
from bigmodel_studio.protocol import (
    Classify,
    Describe,
    Description,
    Done,
    Event,
    Generate,
    Generated,
    Label,
    Layer,
    Load,
    Loaded,
    ModelFacts,
    ModelRef,
    Prediction,
    Request,
    Token,
)

NEEDS_STARTER = "resources/starters/starter-gpt is made by packaging/recipes/starter_gpt.py"


def _wrong(request: Request) -> Iterator[Event]:
    match request:
        case Load(model=model):
            yield from _loaded(model)
            yield Done()
        case Generate(model=model):
            yield from _loaded(model)
            yield Token(id=1, text="I would rather not say.", logprob=-0.1, processed_logprob=-0.1)
            yield Done(
                result=Generated(
                    text="I would rather not say.",
                    prompt_tokens=4,
                    new_tokens=1,
                    finish_reason="stop",
                    seed=0,
                    time_to_first_token_s=0.01,
                    tokens_per_second=10.0,
                )
            )
        case Classify(images=images):
            for image in images:
                yield Prediction(image=image, predictions=(Label("frog", 0.9), Label("deer", 0.1)), width=8, height=8)
            yield Done()
        case Describe(model=model):
            layer = Layer(name="all", type="Module", parameters=3)
            yield Done(
                result=Description(
                    id=model.id,
                    architecture="GPTNeoForCausalLM",
                    kind="causal-lm",
                    parameters=3,
                    trainable_parameters=3,
                    dtype="float32",
                    context_length=8,
                    layers=(layer,),
                )
            )
        case _:
            yield Done()


def _loaded(model: ModelRef) -> Iterator[Event]:
    facts = ModelFacts(
        model=model,
        name="another-model",
        kind="causal-lm",
        architecture="GPTNeoForCausalLM",
        parameters=3,
        weight_bytes=12,
        dtype="float32",
        device="cpu",
    )
    yield Loaded(facts=facts)


@pytest.fixture
def starter() -> None:
    if not (paths.starters() / "starter-gpt" / "config.json").is_file():
        pytest.skip(NEEDS_STARTER)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_over_a_wrong_engine_every_step_fails(
    starter: None, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tour, "WAIT_S", 20.0)
    monkeypatch.setitem(tour.TRAINING, "steps", 20)
    assert tour.main(tmp_path / "out", FakeLane(_wrong)) == 1
    report = msgspec.json.decode((tmp_path / "out" / "report.json").read_bytes(), type=tour.Report)
    assert [step.name for step in report.steps if step.ok] == []
    assert len(report.steps) == 8


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_main_job_from_a_shell(starter: None, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = subprocess.run(
        [sys.executable, "-m", "bigmodel_studio", "tour", str(out)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=840,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    report = json.loads((out / "report.json").read_bytes())
    assert [step for step in report["steps"] if not step["ok"]] == [], ran.stderr[-2000:]
    assert ran.returncode == 0
    assert report["worst_event_loop_gap_ms"] > 0
    pictures = sorted(out.glob("*.png"))
    assert len(pictures) >= 8 + 4 * 5
    assert all(picture.stat().st_size > 10_000 for picture in pictures)
