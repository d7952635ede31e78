"""A classifier's run from its folders of pictures to a model in Images: bits, bad files, labels, heads and scores."""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from PIL import Image

from bigmodel_studio.cli import commands
from bigmodel_studio.core.models import library
from bigmodel_studio.core.runs import launch
from bigmodel_studio.core.runs.launch import create_run
from bigmodel_studio.core.runs.run_folder import RunFolder
from bigmodel_studio.core.specs.objectives import TRAINABLE
from bigmodel_studio.core.specs.resolved import resolve_spec
from bigmodel_studio.core.specs.spec import RunSpec, make_spec, parse_spec, write_spec
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.session import Session
from bigmodel_studio.engine.tasks import run_task
from bigmodel_studio.protocol import Classify, Done, Prediction
from bigmodel_studio.training import objectives
from bigmodel_studio.training.data import picture_data
from bigmodel_studio.training.data.crops import cut
from bigmodel_studio.training.loop.class_scores import class_scores, frequency_loss
from bigmodel_studio.training.loop.optimizer import learning_rate
from bigmodel_studio.training.loop.run import BAD_INPUT, FINISHED, STOPPED, run
from bigmodel_studio.training.models import heads
from bigmodel_studio.training.models.base_model import picture_model
from tests.processes import kill
from tests.training.conftest import losses, wait_for
from tests.training.loop.test_run import stop_after

COLOURS = {"blue": (30, 40, 200), "green": (30, 190, 60), "red": (210, 40, 30)}
MakeRun = Callable[..., RunFolder]


def make_pictures(folder: Path, each: int = 8, seed: int = 0) -> Path:
    """A folder a colour, of noisy pictures in different shapes and formats."""
    random = np.random.default_rng(seed)
    for label, colour in COLOURS.items():
        (folder / label).mkdir(parents=True)
        for number in range(each):
            height, width = (int(side) for side in random.integers(24, 60, size=2))
            pixels = np.asarray(colour) + random.integers(-30, 31, size=(height, width, 3))
            suffix = ("png", "jpg", "bmp")[number % 3]
            Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / label / f"{number:02d}.{suffix}")
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return make_pictures(tmp_path / "pictures")


@pytest.fixture
def make_run(pictures: Path) -> MakeRun:
    """A new run of a ResNet of two blocks on 16 × 16 pixels, with tables changed: ``make_run(schedule={…})``."""

    def made(**changes: Any) -> RunFolder:
        return create_run(tiny_spec(pictures, **changes))

    return made


def tiny_spec(pictures: Path, **changes: Any) -> RunSpec:
    tables: dict[str, Any] = {
        "name": "colours",
        "objective": "classify-images",
        "data": {"train": [str(pictures)], "evaluation": 0.25},
        "model": {"depths": [1, 1], "widths": [8, 16], "image_size": 16},
        "optimizer": {"learning_rate": 1e-2},
        "schedule": {"steps": 12, "batch": 6, "evaluate_every": 4, "checkpoint_every": 4},
        "launch": {"device": "cpu", "threads": 1},
    }
    for name, value in changes.items():
        tables[name] = {**tables.get(name, {}), **value} if isinstance(value, dict) else value
    return make_spec(tables)


def last_sample(folder: RunFolder) -> dict[str, Any]:
    return folder.samples()[-1]


def classified(folder: RunFolder, images: list[Path]) -> list[Prediction]:
    request = Classify(model=library.parse_model(folder.name), images=tuple(map(str, images)))
    events = list(run_task(request, Session(threads=1)))
    assert events[-1] == Done()
    return [event for event in events if isinstance(event, Prediction)]


def test_every_line_of_the_table_has_its_module() -> None:
    assert set(objectives.OBJECTIVES) == set(TRAINABLE)


def test_a_run_learns_says_scores_and_is_at_once_a_model_that_classifies(make_run: MakeRun, tmp_path: Path) -> None:
    folder = make_run(schedule={"steps": 40, "batch": 12, "evaluate_every": 20, "checkpoint_every": 40})
    assert run(folder.path, resume=False) == FINISHED, folder.status().message
    records = folder.metrics()
    assert {"loss", "learning_rate", "gradient_norm", "images_per_s"} <= records[0].keys()
    assert [(r["step"], r["accuracy"]) for r in records if "accuracy" in r][-1] == (40, 1.0)
    assert records[-1]["evaluation_loss"] < folder.status().baselines["class-frequencies"]

    sample = last_sample(folder)
    assert [each["label"] for each in sample["classes"]] == ["blue", "green", "red"]
    assert {each["pictures"] for each in sample["classes"]} == {2}
    assert {each["recall"] for each in sample["classes"]} == {1.0}
    shown = sample["predictions"]
    assert len(shown) == 6
    for each in shown:
        assert Path(each["image"]).is_file()
        assert each["expected"] == Path(each["image"]).parent.name == each["label"]
        assert each["top"][0] == {"label": each["label"], "probability": each["probability"]}
    assert [s["predictions"][0]["image"] for s in folder.samples()] == [shown[0]["image"]] * 2

    record = next(r for r in library.records() if r.ref.source == "run" and r.ref.id == folder.name)
    assert (record.kind, record.problem) == ("image-classifier", None)
    other = make_pictures(tmp_path / "other", each=2, seed=9)
    images = sorted(other.rglob("*.*"))
    answers = classified(folder, images)
    assert [answer.predictions[0].label for answer in answers] == [path.parent.name for path in images]


def test_what_an_evaluation_says_is_what_classify_says(make_run: MakeRun) -> None:
    folder = make_run()
    run(folder.path, resume=False)
    shown = last_sample(folder)["predictions"]
    answers = classified(folder, [Path(each["image"]) for each in shown])
    for each, answer in zip(shown, answers, strict=True):
        assert answer.predictions[0].label == each["label"]
        assert answer.predictions[0].probability == pytest.approx(each["probability"], abs=1e-3)


@pytest.mark.parametrize(("mixup", "smoothing"), [(0.0, 0.0), (0.4, 0.1)])
def test_the_losses_are_those_of_a_plain_loop(make_run: MakeRun, mixup: float, smoothing: float) -> None:
    """Mixed and smoothed classes are one distribution each, against which the cross entropy is taken as a whole."""
    folder = make_run(schedule={"steps": 50}, data={"mixup": mixup}, method={"label_smoothing": smoothing})
    assert run(folder.path, resume=False) == FINISHED
    spec = folder.spec()
    assert spec is not None
    built: Any = objectives.build(resolve_spec(spec), None, lambda *_: None)
    model, theirs = built.model.train(), []
    groups = [
        {"params": [p for p in model.parameters() if p.ndim >= 2], "weight_decay": spec.optimizer.weight_decay},
        {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.999), eps=1e-8)
    for step in range(1, 51):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, 1e-2, spec.schedule)
        batch = built.batch(step)
        wanted = torch.eye(3)[batch["labels"]]
        if mixup:
            share = batch["share"][:, None]
            assert bool(((share > 0) & (share < 1)).all())
            wanted = share * wanted + (1 - share) * torch.eye(3)[batch["others"]]
        wanted = (1 - smoothing) * wanted + smoothing / 3
        torch.manual_seed((spec.seed * 0x9E3779B97F4A7C15 + step) % 2**63)
        logits = model(pixel_values=built.input.pixel_values(batch["pictures"])).logits
        loss = -(wanted * logits.log_softmax(-1)).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        theirs.append(loss.item())
    assert [loss for _, loss, _ in losses(folder)] == pytest.approx(theirs, abs=1e-5)


@pytest.mark.parametrize("step", [1, 6, 8])
def test_stopped_at_any_step_and_resumed_the_rest_is_the_same(
    make_run: MakeRun, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    whole, stopped = make_run(), make_run()
    assert run(whole.path, resume=False) == FINISHED
    with monkeypatch.context() as patched:
        stop_after(patched, stopped, step)
        assert run(stopped.path, resume=False) == STOPPED
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)
    assert last_sample(stopped)["predictions"] == last_sample(whole)["predictions"]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_a_random_moment_and_resumed_the_rest_is_the_same(make_run: MakeRun) -> None:
    changes = {"schedule": {"steps": 150, "evaluate_every": 50, "checkpoint_every": 7}}
    undisturbed, folder = make_run(name="undisturbed", **changes), make_run(**changes)
    assert run(undisturbed.path, resume=False) == FINISHED
    launch.start_run(folder)
    moment = random.Random().uniform(0.0, 1.0)
    wait_for(lambda: len(folder.metrics()) > 0)
    time.sleep(moment)
    pid = folder.status().pid
    assert pid is not None
    kill(pid)
    launch.exit_status(pid, wait_s=10)
    assert run(folder.path, resume=True) == FINISHED, f"killed {moment} s after the first record"
    assert losses(folder) == losses(undisturbed)


def test_bad_files_are_skipped_and_named_in_the_log(make_run: MakeRun, pictures: Path, capfd: Any) -> None:
    (pictures / "red" / "text.jpg").write_text("no picture")
    (pictures / "blue" / "cut.png").write_bytes((pictures / "blue" / "00.png").read_bytes()[:200])
    (pictures / "empty").mkdir()
    (pictures / ".hidden").mkdir()
    folder = make_run(schedule={"steps": 2})
    assert run(folder.path, resume=False) == FINISHED
    said = capfd.readouterr().out
    assert f"skipped {pictures / 'red' / 'text.jpg'}: Unsupported image format" in said
    assert f"skipped {pictures / 'blue' / 'cut.png'}: The picture is truncated" in said
    assert "empty: its folder has no pictures" in said
    config = json.loads((folder.checkpoint_path() / "config.json").read_text())
    assert config["id2label"] == {"0": "blue", "1": "green", "2": "red"}
    assert config["label2id"] == {"blue": 0, "green": 1, "red": 2}


def test_one_class_only_and_other_slips_make_no_run(make_run: MakeRun, pictures: Path, home: Path) -> None:
    def refused(code: str, **changes: Any) -> None:
        with pytest.raises(StudioError) as caught:
            make_run(**changes)
        assert caught.value.problem.code == code

    test = make_pictures(pictures.parent / "test", each=1)
    (test / "red").rename(test / "mauve")
    refused("data-strange-class", data={"evaluation": [str(test)]})
    refused("data-not-a-folder", data={"train": [str(pictures / "red" / "00.png")]})
    refused("data-no-classes", data={"train": [str(pictures / "red")]})
    refused("data-missing", data={"train": [str(pictures / "nowhere")]})
    parent = pictures.parent / "whole"
    for name in ("train", "test"):
        make_pictures(parent / name, each=1)
    refused("data-split-folder", data={"train": [str(parent)]})
    for label in ("red", "blue"):
        shutil.rmtree(pictures / label)
    refused("data-one-class")
    assert list(home.rglob("spec.toml")) == []


def test_folders_whose_pictures_are_all_damaged_end_the_run_with_the_reason(make_run: MakeRun, pictures: Path) -> None:
    for label in ("red", "blue"):
        for file in (pictures / label).iterdir():
            file.write_bytes(b"damaged")
    folder = make_run()
    assert run(folder.path, resume=False) == BAD_INPUT
    assert "Only “green” has pictures that can be used. blue, red: " in folder.status().message
    for file in (pictures / "green").iterdir():
        file.write_bytes(b"damaged")
    folder = make_run()
    assert run(folder.path, resume=False) == BAD_INPUT
    assert "None of the 18 pictures" in folder.status().message


def test_classes_that_changed_meanwhile_are_not_gone_on_with(make_run: MakeRun, pictures: Path) -> None:
    folder = make_run()
    run(folder.path, resume=False)
    shutil.copytree(pictures / "red", pictures / "crimson")
    (folder.checkpoint_path(12) / "MANIFEST.json").unlink()
    assert run(folder.path, resume=True) == BAD_INPUT
    assert "blue, green, red" in folder.status().message


# ---------------------------------------------------------------------------------------------- fine-tuning


def test_a_fresh_head_has_the_folders_labels_and_everything_else_is_the_models(
    make_run: MakeRun,
    picture_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes: dict[str, Any] = {
        "model": {"base": str(picture_folder)},
        "method": {"kind": "frozen"},
        "schedule": {"steps": 6, "warmup": 0},
    }
    whole, stopped = make_run(**changes), make_run(**changes)
    assert run(whole.path, resume=False) == FINISHED, whole.status().message
    assert whole.status().parameters == sum(
        p.numel() for p in picture_model(whole.checkpoint_path()).load().parameters()
    )
    base = picture_model(picture_folder).load().state_dict()
    model = picture_model(whole.checkpoint_path()).load()
    assert heads.labels_of(model.config) == ("blue", "green", "red")
    head = heads.head_names(model)
    assert head == {"classifier.1.weight", "classifier.1.bias"}
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, base[name]) == (name not in head), name
    given, kept = (json.loads((path / "preprocessor_config.json").read_text()) for path in (
        picture_folder, whole.checkpoint_path()
    ))  # fmt: skip
    assert kept == given

    with monkeypatch.context() as patched:
        stop_after(patched, stopped, 3)
        assert run(stopped.path, resume=False) == STOPPED
    assert run(stopped.path, resume=True) == FINISHED
    assert losses(stopped) == losses(whole)


def test_all_of_a_model_is_trained_on_and_its_statistics_stay(make_run: MakeRun, picture_folder: Path) -> None:
    folder = make_run(model={"base": str(picture_folder)}, schedule={"steps": 3, "warmup": 0})
    assert run(folder.path, resume=False) == FINISHED
    base = picture_model(picture_folder).load().state_dict()
    for name, tensor in picture_model(folder.checkpoint_path()).load().state_dict().items():
        same = "running" in name or "num_batches" in name
        assert torch.equal(tensor, base[name]) == same, name


def test_a_head_that_says_these_classes_already_is_kept(make_run: MakeRun) -> None:
    first = make_run(schedule={"steps": 30, "batch": 12})
    run(first.path, resume=False)
    base = {"base": str(first.checkpoint_path())}
    second = make_run(
        name="more", model=base, schedule={"steps": 1, "evaluate_every": 1}, optimizer={"learning_rate": 1e-6}
    )
    assert run(second.path, resume=False) == FINISHED
    before = [record["evaluation_loss"] for record in first.metrics() if "evaluation_loss" in record][-1]
    assert second.metrics()[0]["evaluation_loss"] == pytest.approx(before, rel=0.01)


def test_a_model_with_a_tensor_missing_is_refused(make_run: MakeRun, picture_folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    broken = Path(shutil.copytree(picture_folder, tmp_path / "broken"))
    tensors = load_file(str(broken / "model.safetensors"))
    del tensors[next(name for name in tensors if name.startswith("resnet.encoder"))]
    save_file(tensors, str(broken / "model.safetensors"), metadata={"format": "pt"})
    folder = make_run(model={"base": str(broken)})
    assert run(folder.path, resume=False) == BAD_INPUT
    assert "lack one of the model's tensors: resnet.encoder" in folder.status().message


def test_a_model_that_only_continues_text_is_refused(make_run: MakeRun, causal_folders: dict[str, Path]) -> None:
    folder = make_run(model={"base": str(causal_folders["gpt2"])})
    assert run(folder.path, resume=False) == BAD_INPUT
    assert folder.status().message


# ---------------------------------------------------------------------------------------------- the data


def prepared(pictures: Path, **changes: Any) -> picture_data.PictureData:
    objective: Any = objectives.build(resolve_spec(tiny_spec(pictures, **changes)), None, lambda *_: None)
    data: picture_data.PictureData = objective.data
    return data


def test_batches_depend_on_seed_and_step_alone_and_each_picture_comes_once_a_pass(pictures: Path) -> None:
    data = prepared(pictures)
    size = len(data.train)
    assert (size, len(data.evaluation)) == (18, 6)
    for epoch in range(3):
        assert sorted(data.order(1, epoch * size, size)) == list(range(size))
    assert data.order(1, 0, size) != data.order(1, size, size)
    assert data.order(1, 15, 9) == [*data.order(1, 15, 3), *data.order(1, 18, 6)]
    one, labels = data.batch(1, 7, 6, (16, 16), 0.35, True)
    same, _ = data.batch(1, 7, 6, (16, 16), 0.35, True)
    other, _ = data.batch(2, 7, 6, (16, 16), 0.35, True)
    assert one.shape == (6, 16, 16, 3)
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert labels.tolist() == [int(data.train.labels[n]) for n in data.order(1, 36, 6)]
    assert {Path(file).parent.name for file in data.train.files} == set(COLOURS)


def test_the_share_for_evaluation_is_the_same_for_every_seed_and_never_learnt_from(pictures: Path) -> None:
    one, two = prepared(pictures, seed=1), prepared(pictures, seed=2)
    assert one.evaluation.files == two.evaluation.files
    assert not set(one.evaluation.files) & set(one.train.files)
    assert len({Path(file).parent.name for file in one.evaluation.files}) == 3


def test_pictures_are_decoded_once_and_kept_small(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.effect_noise((900, 300), 50).convert("RGB").save(pictures / "red" / "wide.png")
    first = prepared(pictures, data={"evaluation": 0.0})
    assert len(first.evaluation) == 0
    wide = next(number for number, file in enumerate(first.train.files) if "wide" in file)
    assert first.train.picture(wide).shape == (13, 40, 3)
    monkeypatch.setattr(picture_data, "_make", lambda *_: pytest.fail("decoded twice"))
    again = prepared(pictures, data={"evaluation": 0.0})
    assert np.array_equal(again.train.picture(3), first.train.picture(3))
    assert isinstance(again.train._bytes, np.memmap)


def test_a_cut_is_a_part_of_the_picture_at_least_as_large_as_asked_and_mirrored_where_told() -> None:
    ramp = np.zeros((40, 80, 3), dtype=np.uint8)
    ramp[..., 0] = np.arange(80)
    ramp[..., 1] = np.arange(40)[:, None]
    draws = np.random.default_rng(0).random((200, 4))
    for draw in draws:
        part = cut(ramp, (20, 20), draw, 0.25, mirrored=False).astype(int)
        assert part.shape == (20, 20, 3)
        wide = (part[:, -1, 0] - part[:, 0, 0]).mean() * 20 / 19
        high = (part[-1, :, 1] - part[0, :, 1]).mean() * 20 / 19
        assert 0.7 < wide / high < 1.4
        assert wide * high > 0.19 * 40 * 80
        mirrored = cut(ramp, (20, 20), draw, 0.25, mirrored=True)
        assert np.array_equal(mirrored[:, ::-1], part)
    middle = cut(ramp, (20, 20), draws[0], 1.0, mirrored=False)
    assert middle[:, 0, 0].mean() == pytest.approx(20.5, abs=0.6)
    assert middle[:, -1, 0].mean() == pytest.approx(58.5, abs=0.6)


def test_scores_of_classes_and_the_loss_of_their_frequencies() -> None:
    confusion = np.array([[3, 1, 0], [0, 2, 0], [0, 0, 0]])
    ant, bee, cow = class_scores(confusion, ("ant", "bee", "cow"))
    assert (ant["pictures"], ant["recall"], ant["precision"], ant["taken_for"]) == (4, 0.75, 1.0, "bee")
    assert (bee["recall"], bee["precision"], bee["taken_for"]) == (1.0, 2 / 3, "")
    assert (cow["pictures"], cow["recall"], cow["precision"]) == (0, None, None)
    expected = -(np.log(4 / 6) + np.log(2 / 6)) / 2
    assert frequency_loss(np.array([0, 0, 0, 1]), np.array([0, 1]), 2) == pytest.approx(expected)


def test_what_is_written_is_read_back(pictures: Path) -> None:
    spec = msgspec.structs.replace(tiny_spec(pictures), name="again")
    assert parse_spec(write_spec(spec), Path("/elsewhere")) == spec


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_train_and_show_from_a_shell(pictures: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    near = {"train": [pictures.name], "evaluation": 0.25}
    spec = tiny_spec(pictures, name="shell", data=near, samples={"pictures": ["pictures/red/00.png"]})
    (tmp_path / "spec.toml").write_text(write_spec(spec), "utf-8")
    assert commands.main(["train", str(tmp_path / "spec.toml"), "--json"]) == 0
    first, *records, last = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert first["event"] == "baselines"
    assert [record["step"] for record in records if "accuracy" in record] == [4, 8, 12]
    assert (last["state"], last["accuracy"]) == ("finished", records[-1]["accuracy"])
    assert commands.main(["show", "shell"]) == 0
    said = capfd.readouterr().out
    assert f"at step 12: {pictures / 'red' / '00.png'}: " in said
    assert "class red: " in said
    assert 'objective = "classify-images"' in said
