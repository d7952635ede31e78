"""Models on an accelerator: the same answers as on the CPU, memory that is counted and given back, plans that hold.
Skipped, with the reason, where torch finds none.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch
from PIL import Image

from bigmodel_studio.core.memory.plan import plan, settled
from bigmodel_studio.core.models.library import parse_model
from bigmodel_studio.engine import devices
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Classify,
    Describe,
    Description,
    DeviceReport,
    Devices,
    Done,
    Generate,
    Generated,
    Load,
    Measured,
    MeasurePlan,
    MeasureSpeed,
    ModelRef,
    PlanQuestion,
    Prediction,
    Purpose,
    Sampling,
    Speed,
    Unload,
)
from tests.small_models import local

FOUND = torch.accelerator.current_accelerator(check_available=True)
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(FOUND is None, reason="torch finds no accelerator here")]


def card() -> str:
    return devices.name_of(devices.choose("auto"))


def result_of(request: object, session: Session) -> object:
    end = list(run_task(request, session))[-1]  # type: ignore[arg-type]
    assert isinstance(end, Done), end
    return end.result


def on(folder: Path, device: str, dtype: str = "float32") -> ModelRef:
    return msgspec.structs.replace(local(folder), device=device, dtype=dtype)


def test_it_is_found_with_its_memory_and_chosen_first(session: Session) -> None:
    report = result_of(Devices(), session)
    assert isinstance(report, DeviceReport)
    there = {device.id: device for device in report.devices}
    assert list(there)[:2] == ["cpu", card()]
    assert 0 < there[card()].free_bytes <= there[card()].total_bytes
    assert there[card()].name not in ("", card())


@pytest.mark.parametrize("name", ["gpt2", "gpt-neo", "llama"])
def test_greedy_text_is_that_of_the_cpu(causal_folders: dict[str, Path], session: Session, name: str) -> None:
    said = []
    for device in ("cpu", "auto"):
        request = Generate(
            model=on(causal_folders[name], device), prompt="Hello", sampling=Sampling(greedy=True, max_new_tokens=24)
        )
        found = result_of(request, session)
        assert isinstance(found, Generated)
        said.append(found)
    assert said[0].text == said[1].text
    sampled = Generate(model=on(causal_folders[name], "auto"), prompt="Hello", sampling=Sampling(seed=3))
    assert result_of(sampled, session).text == result_of(sampled, session).text  # type: ignore[attr-defined]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_the_bundled_models_answer_alike(session: Session, tmp_path: Path, dtype: str) -> None:
    if dtype not in devices.dtypes(devices.choose("auto")):
        pytest.skip(f"no {dtype} here")
    talk = msgspec.structs.replace(parse_model("starter-gpt"), device="auto", dtype=dtype)
    answer = result_of(Generate(model=talk, prompt="Once", sampling=Sampling(greedy=True)), session)
    assert isinstance(answer, Generated)
    assert answer.new_tokens > 0
    picture = tmp_path / "noise.png"
    Image.effect_noise((96, 64), 80).convert("RGB").save(picture)
    found = []
    for device, kind in (("cpu", "float32"), ("auto", dtype)):
        see = msgspec.structs.replace(parse_model("starter-resnet"), device=device, dtype=kind)
        request = Classify(model=see, images=(str(picture),), top_k=10)
        (seen,) = [event for event in run_task(request, session) if isinstance(event, Prediction)]
        found.append({label.label: label.probability for label in seen.predictions})
    assert found[1] == pytest.approx(found[0], abs=1e-3 if dtype == "float32" else 0.05)


def test_what_is_held_is_what_torch_counts_and_is_given_back(causal_folders: dict[str, Path], session: Session) -> None:
    result_of(Unload(), session)
    before = torch.accelerator.memory_allocated()
    result_of(Load(model=on(causal_folders["llama"], "auto")), session)
    held = session.parts()
    assert held.device == card()
    assert held.weights_bytes == pytest.approx(torch.accelerator.memory_allocated() - before, abs=64 * 512)
    assert held.reserved_bytes >= held.weights_bytes
    result_of(Unload(), session)
    assert torch.accelerator.memory_allocated() == before


@pytest.mark.parametrize("purpose", ["inference", "training"])
def test_a_plan_holds_on_it(causal_folders: dict[str, Path], session: Session, purpose: Purpose) -> None:
    ref = on(causal_folders["llama"], card())
    described = result_of(Describe(model=ref), session)
    assert isinstance(described, Description)
    assert described.costs is not None
    speed = result_of(MeasureSpeed(device=card(), dtype="float32"), session)
    assert isinstance(speed, Speed)
    assert speed.flops_per_s > 1e11
    there = devices.device_facts(devices.choose(card()))
    question = settled(described.costs, PlanQuestion(purpose=purpose), there)
    planned = plan(described.costs, question, there, speed)
    measured = result_of(MeasurePlan(model=ref, question=question), session)
    assert isinstance(measured, Measured)
    assert measured.peak_bytes == pytest.approx(planned.total_bytes, abs=max(0.1 * measured.peak_bytes, 64 << 20))
