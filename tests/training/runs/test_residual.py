"""The residual experiment: the paper's networks, plain and with shortcuts, as models that everything here loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForImageClassification

from bigmodel_studio.cli import commands
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models import shape
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.specs import experiments
from bigmodel_studio.core.specs.sweeps import points_of, runs_of_sweep, sweep_specs
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.images.drawn_pictures import SHAPES, draw_folders
from bigmodel_studio.engine.models import cifar_resnet
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import (
    Classify,
    Describe,
    Description,
    Done,
    DrawPictures,
    Failed,
    ModelRef,
    Prediction,
    Progress,
    Speed,
)
from bigmodel_studio.training.loop.run import FINISHED, run


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return draw_folders(tmp_path / "shapes", 4, seed=1)


def network(layers: int, *, shortcuts: bool = True, labels: int = 10) -> Any:
    config = cifar_resnet.build(layers, (16, 32, 64), shortcuts, 32)
    config.num_labels = labels
    torch.manual_seed(0)
    model: Any = cifar_resnet.CifarResNetForImageClassification(config)
    return model.eval()


@pytest.mark.parametrize(("layers", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)])
def test_the_networks_have_the_papers_parameters(layers: int, millions: float) -> None:
    """He et al. 2015, table 6; the layers are the convolutions and the last one."""
    model = network(layers)
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert counted / 1e6 == pytest.approx(millions, abs=0.05 if layers == 110 else 0.005)
    assert counted == shape.cifar_resnet_parameters(layers=layers, widths=(16, 32, 64), labels=10)
    weighty = [m for m in model.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]
    assert len(weighty) == layers


def test_plain_is_residual_without_what_is_added() -> None:
    residual, plain = network(8), network(8, shortcuts=False)
    plain.load_state_dict(residual.state_dict())
    given = torch.randn(2, 3, 32, 32)
    block, bare = residual.stages[1][0], plain.stages[1][0]
    seen = torch.randn(2, 16, 8, 8)
    past = torch.cat([seen[:, :, ::2, ::2], torch.zeros(2, 16, 4, 4)], 1)
    inner = bare.second_norm(bare.second(torch.relu(bare.first_norm(bare.first(seen)))))
    torch.testing.assert_close(bare(seen), torch.relu(inner))
    torch.testing.assert_close(block(seen), torch.relu(inner + past))
    assert not torch.allclose(residual(given).logits, plain(given).logits)


def test_a_run_of_one_is_loaded_described_and_classifies(pictures: Path, home: Path) -> None:
    made = experiments.residual([str(pictures)], steps=2, image_size=16, device="cpu")
    points = points_of({"model.layers": [8], "model.shortcuts": [False, True]})
    specs = sweep_specs(made.spec, points, Path.cwd())
    assert [(each.spec.model.layers, each.spec.model.shortcuts) for each in specs] == [(8, False), (8, True)]
    folder = create_run(specs[0])
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    checkpoint = folder.checkpoint_path()
    assert json.loads((checkpoint / "config.json").read_text())["shortcuts"] is False
    assert "auto_map" not in (checkpoint / "config.json").read_text()
    loaded = AutoModelForImageClassification.from_pretrained(str(checkpoint))
    assert isinstance(loaded, cifar_resnet.CifarResNetForImageClassification)
    ref = ModelRef(source="run", id=folder.name)
    session = Session(threads=1)
    *seen, end = run_task(Classify(model=ref, images=(str(pictures / "star" / "0000.png"),)), session)
    assert isinstance(end, Done)
    (prediction,) = [each for each in seen if isinstance(each, Prediction)]
    assert {label.label for label in prediction.predictions} <= set(SHAPES)
    *_, end = run_task(Describe(model=ref), session)
    assert isinstance(end, Done)
    assert isinstance(end.result, Description)
    assert end.result.parameters == shape.cifar_resnet_parameters(layers=8, widths=(16, 32, 64), labels=8)
    assert end.result.costs is not None


def test_what_is_no_such_network_is_said(pictures: Path) -> None:
    made = experiments.residual([str(pictures)], steps=300, image_size=16)
    for field, value in (("model.layers", [21]), ("model.widths", [[16, 32]]), ("model.layers", [2])):
        with pytest.raises(StudioError) as caught:
            sweep_specs(made.spec, points_of({field: value}), Path.cwd())
        assert caught.value.problem.arguments["field"] == field


@pytest.mark.slow
def test_the_command_queues_all_four(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bigmodel_studio.core.runs.run_queue.submit", lambda run, resume=False: None)
    monkeypatch.setattr(experiments, "DRAWN_EACH", 2)
    device_speed.keep(Speed(device="cpu", dtype="float32", flops_per_s=1e11, bytes_per_s=1e10, measured=1.0, idle=True))
    assert commands.main(["experiment", "residual", "--steps", "3", "--detach"]) == 0
    specs = [folder.spec() for folder in runs_of_sweep("residual")]
    assert sorted((s.model.layers, s.model.shortcuts) for s in specs if s is not None) == [
        (20, False), (20, True), (56, False), (56, True),
    ]  # fmt: skip
    assert {spec.data.train for spec in specs if spec is not None} == {(str(home / "drawn-pictures"),)}
    assert commands.main(["experiment", "residul"]) == 2
    assert "residual" in capsys.readouterr().err


def test_pictures_that_are_drawn_twice_at_once_are_there_once(tmp_path: Path) -> None:
    request = DrawPictures(folder=str(tmp_path / "drawn"), each=3)
    task = run_task(request, Session(threads=1))
    assert isinstance(next(task), Progress)  # it has begun
    draw_folders(tmp_path / "drawn", 2)  # and another is the first to be done
    assert list(task)[-1] == Done()
    assert len(list((tmp_path / "drawn").rglob("*.png"))) == 2 * len(SHAPES)
    assert not list(tmp_path.glob(".*"))


def test_pictures_that_cannot_be_drawn_are_no_bug(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    end = list(run_task(DrawPictures(folder=str(tmp_path / "file" / "drawn"), each=1), Session(threads=1)))[-1]
    assert isinstance(end, Failed)
    assert end.problem.code == "file-not-saved"


def test_drawn_pictures_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    from PIL import Image

    first, again = (draw_folders(tmp_path / name, 1, seed=3) for name in ("a", "b"))
    for name in SHAPES:
        one, other = (np.asarray(Image.open(folder / name / "0000.png")) for folder in (first, again))
        assert one.shape == (32, 32, 3)
        assert (one == other).all()
