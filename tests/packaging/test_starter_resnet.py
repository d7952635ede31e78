"""The bundled picture classifier as it is shipped, and the recipe that made it, on a made-up archive."""

import importlib
import io
import json
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from transformers import AutoImageProcessor, ResNetForImageClassification

from bigmodel_studio.core.runs.run_folder import RunFolder

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
SIZE_LIMIT_BYTES = 8_000_000


@pytest.fixture
def starter(repository: Path) -> Path:
    return repository / "resources/starters/starter-resnet"


@pytest.fixture
def run(repository: Path) -> RunFolder:
    return RunFolder(repository / "resources/runs/starter-resnet")


@pytest.fixture
def recipes(repository: Path) -> Iterator[dict[str, ModuleType]]:
    """The recipe's modules by name; they are scripts beside each other, not a package."""
    names = ["cifar10", "resnet_training", "resnet_shipping"]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "packaging/recipes"))
        yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A tar laid out as CIFAR-10's: twelve training and three test pictures of each class, a colour for each class."""
    random = np.random.default_rng(0)
    path = tmp_path / "pictures.tar.xz"
    with tarfile.open(path, "w:xz") as tar:
        for part, count in (("train", 12), ("test", 3)):
            for label, name in enumerate(CLASSES):
                for index in range(count):
                    pixels = random.integers(0, 60, (32, 32, 3)) + np.array([20 * label, 190 - 20 * label, 90])
                    content = io.BytesIO()
                    Image.fromarray(pixels.astype(np.uint8)).save(content, "JPEG", quality=95)
                    member = tarfile.TarInfo(f"{part}/{name}/{index:04d}.jpg")
                    member.size = content.tell()
                    content.seek(0)
                    tar.addfile(member, content)
    return path


def tiny(recipes: dict[str, ModuleType]) -> Any:
    """A recipe that trains in a second."""
    return recipes["resnet_training"].Recipe(
        depths=(1, 1),
        widths=(8, 16),
        image_size=32,
        early_image_size=24,
        epochs=2,
        early_epochs=1,
        batch=16,
        held_out_per_class=2,
        record_every=2,
    )


# ---------------------------------------------------------------- what is shipped


def load(folder: Path) -> tuple[Any, Any]:
    loaded: Any = ResNetForImageClassification.from_pretrained(
        folder, dtype=torch.float32, use_safetensors=True, output_loading_info=True
    )
    model, report = loaded
    return model, report


def test_the_starter_loads_whole_and_knows_its_ten_labels(starter: Path) -> None:
    model, report = load(starter)
    assert not report["missing_keys"]
    assert not report["unexpected_keys"]
    assert not report["mismatched_keys"]
    assert [model.config.id2label[index] for index in range(10)] == CLASSES
    assert model.config.label2id == {name: index for index, name in enumerate(CLASSES)}
    card = (starter / "README.md").read_text(encoding="utf-8")
    assert f"{sum(p.numel() for p in model.parameters()):,}" in card
    assert "Krizhevsky" in card


def test_the_starter_is_float16_and_small(starter: Path) -> None:
    with safe_open(starter / "model.safetensors", framework="pt") as file:
        kinds = {name: file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    counters = {name for name in kinds if name.endswith("num_batches_tracked")}
    assert {kind for name, kind in kinds.items() if name not in counters} == {torch.float16}
    assert sum(path.stat().st_size for path in starter.iterdir()) <= SIZE_LIMIT_BYTES


def test_the_preprocessor_gives_64_pixels_whatever_the_picture_is(starter: Path) -> None:
    processor: Any = AutoImageProcessor.from_pretrained(starter)
    for size in ((32, 32), (500, 300), (40, 900)):
        pixels = processor(Image.new("RGB", size, (255, 0, 0)), return_tensors="pt")["pixel_values"]
        assert pixels.shape == (1, 3, 64, 64)


def test_the_run_of_the_starter_is_a_finished_run(run: RunFolder) -> None:
    spec, status = run.spec(), run.status()
    assert spec is not None
    assert (spec.name, spec.objective, spec.model.architecture) == ("starter-resnet", "classify-images", "resnet")
    assert run.state_now() == "finished"
    assert (status.pid, status.host, status.step) == (None, "", spec.schedule.steps)
    assert 2 <= len(status.sparkline) <= 64
    metrics = run.metrics()
    assert metrics[0]["step"] == 1
    assert metrics[-1]["step"] == status.steps
    assert metrics[-1]["accuracy"] > 0.84
    assert (run.path / "metrics.jsonl").stat().st_size < 400_000
    assert len(run.samples()[-1]["predictions"]) == 10
    assert not any(Path(folder).is_absolute() for folder in spec.data.train)


@pytest.mark.slow
@pytest.mark.shared
def test_the_starter_recognises_test_pictures(
    starter: Path, shared_assets: Path, recipes: dict[str, ModuleType]
) -> None:
    """300 of the 10,000 of the card; 0.75 is more than four standard errors below the figure there."""
    path = shared_assets / "cifar10-images.tar.xz"
    if not path.is_file():
        pytest.skip("cifar10-images.tar.xz is not in ../shared/assets")
    pictures = recipes["cifar10"].read_archive(path, "test", limit=300)
    assert recipes["resnet_shipping"].score(starter, pictures).accuracy >= 0.75


# ---------------------------------------------------------------- the recipe


def test_an_archive_becomes_pictures_by_class_and_name(recipes: dict[str, ModuleType], archive: Path) -> None:
    pictures = recipes["cifar10"].read_archive(archive, "train")
    assert pictures.images.shape == (120, 3, 32, 32)
    assert pictures.images.dtype == torch.uint8
    assert pictures.labels.bincount().tolist() == [12] * 10
    assert pictures.names[:2] == ("train/airplane/0000.jpg", "train/airplane/0001.jpg")
    few = recipes["cifar10"].read_archive(archive, "test", limit=20)
    assert few.labels.bincount().tolist() == [2] * 10


def test_an_archive_with_a_foreign_class_is_refused(recipes: dict[str, ModuleType], tmp_path: Path) -> None:
    path = tmp_path / "foreign.tar"
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo("train/zebra/0000.jpg"))
    with pytest.raises(ValueError, match=r"train/zebra/0000\.jpg"):
        recipes["cifar10"].read_archive(path, "train")
    with pytest.raises(ValueError, match="no pictures under test/"):
        recipes["cifar10"].read_archive(path, "test")


def test_the_split_is_even_seeded_and_without_overlap(recipes: dict[str, ModuleType], archive: Path) -> None:
    pictures = recipes["cifar10"].read_archive(archive, "train")
    training, validation = recipes["cifar10"].split(pictures, 3, seed=5)
    assert validation.labels.bincount().tolist() == [3] * 10
    assert set(training.names) | set(validation.names) == set(pictures.names)
    assert not set(training.names) & set(validation.names)
    assert recipes["cifar10"].split(pictures, 3, seed=5)[1].names == validation.names
    assert recipes["cifar10"].split(pictures, 3, seed=6)[1].names != validation.names


def test_channel_statistics_are_those_of_numpy(recipes: dict[str, ModuleType], archive: Path) -> None:
    images = recipes["cifar10"].read_archive(archive, "train").images
    mean, std = recipes["cifar10"].channel_statistics(images)
    reference = images.numpy().astype(np.float64) / 255
    assert mean == pytest.approx(reference.mean(axis=(0, 2, 3)), abs=1e-4)
    assert std == pytest.approx(reference.std(axis=(0, 2, 3)), abs=1e-4)


def test_the_network_trains_on_what_the_shipped_preprocessor_gives(
    recipes: dict[str, ModuleType], archive: Path, starter: Path
) -> None:
    images = recipes["cifar10"].read_archive(archive, "test").images
    processor: Any = AutoImageProcessor.from_pretrained(starter)
    shipped = processor([Image.fromarray(i.permute(1, 2, 0).numpy()) for i in images], return_tensors="pt")
    std = min(processor.image_std)
    ours = recipes["cifar10"].to_pixels(images, 64, processor.image_mean, processor.image_std)
    assert (ours - shipped["pixel_values"]).abs().max() <= 1.01 / 255 / std


def test_shifting_moves_mirrors_and_reflects(recipes: dict[str, ModuleType]) -> None:
    image = torch.arange(32, dtype=torch.uint8).expand(32, 32).repeat(3, 1, 1)
    many = image.repeat(64, 1, 1, 1)
    moved = recipes["cifar10"].shift_and_mirror(many, 4, torch.Generator().manual_seed(0))
    rows = {tuple(row.tolist()) for row in moved[:, 0, 7]}
    columns = np.arange(32)
    allowed = set()
    for shift in range(-4, 5):
        row = np.pad(columns, 4, mode="reflect")[4 + shift : 36 + shift]
        allowed |= {tuple(row.tolist()), tuple(row[::-1].tolist())}
    assert rows <= allowed
    assert len(rows) > 10


def test_cutting_out_hides_one_square_at_most(recipes: dict[str, ModuleType]) -> None:
    pixels = torch.ones(50, 3, 64, 64)
    hidden = (recipes["cifar10"].cut_out(pixels, 16, torch.Generator().manual_seed(0)) == 0).sum(dim=(2, 3))
    assert hidden.max() == 16 * 16
    assert (hidden >= 8 * 8).all()
    assert (hidden[:, 0] == hidden[:, 2]).all()


def test_the_rate_rises_then_falls_to_almost_nothing(recipes: dict[str, ModuleType]) -> None:
    recipe = recipes["resnet_training"].Recipe()
    rates = [recipe.learning_rate_at(step, 1000) for step in range(1, 1001)]
    assert max(rates) == pytest.approx(recipe.learning_rate)
    assert rates.index(max(rates)) + 1 == round(1000 * recipe.warmup_ratio)
    assert 0 < rates[-1] < recipe.learning_rate / 500


def test_a_killed_training_goes_on_to_the_same_weights_and_ships(
    recipes: dict[str, ModuleType], archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training, shipping = recipes["resnet_training"], recipes["resnet_shipping"]
    recipe, machine = tiny(recipes), training.Machine(precision="float32")
    pictures = recipes["cifar10"].read_archive(archive, "train")
    threads = torch.get_num_threads()
    try:
        whole = training.train(recipe, pictures, tmp_path / "whole", machine)
        save = training._save

        def killed(*arguments: Any) -> None:
            save(*arguments)
            raise KeyboardInterrupt

        monkeypatch.setattr(training, "_save", killed)
        with pytest.raises(KeyboardInterrupt):
            training.train(recipe, pictures, tmp_path / "killed", machine)
        monkeypatch.setattr(training, "_save", save)
        resumed = training.train(recipe, pictures, tmp_path / "killed", machine)
        expected = whole.model.state_dict()
        assert all(torch.equal(tensor, expected[name]) for name, tensor in resumed.model.state_dict().items())
        with pytest.raises(ValueError, match="choose another --work"):
            training.train(training.Recipe(), pictures, tmp_path / "killed", machine)

        output, run = tmp_path / "starter", tmp_path / "run"
        scores = shipping.ship(recipe, machine, resumed, archive, tmp_path / "killed", output, run)
    finally:
        torch.set_num_threads(threads)

    assert sum(map(sum, scores.confusion)) == 30
    assert f"**{scores.accuracy:.2%}**" in (output / "README.md").read_text(encoding="utf-8")
    spec = tomllib.loads((run / "spec.toml").read_text(encoding="utf-8"))
    assert (spec["schedule"]["steps"], spec["data"]["evaluation"]) == (12, 0.1667)
    assert spec["model"]["widths"] == list(asdict(recipe)["widths"])
    folder = RunFolder(run)
    assert folder.spec() is not None
    assert folder.state_now() == "finished"
    assert [record["step"] for record in folder.metrics() if "loss" in record] == [1, 2, 4, 6, 8, 10, 12]
    assert [record["step"] for record in folder.metrics() if "accuracy" in record] == [6, 12]
    assert all(len(record["predictions"]) == 10 for record in folder.samples())
    assert json.loads((run / "status.json").read_text(encoding="utf-8"))["pid"] is None
    assert not list(run.glob("checkpoints"))


def test_a_sparkline_is_the_means_of_equal_stretches(recipes: dict[str, ModuleType]) -> None:
    sparkline = recipes["resnet_shipping"].sparkline
    assert sparkline([]) == []
    assert sparkline([1.0, 2.0, 3.0]) == [1.0, 2.0, 3.0]
    assert sparkline([float(i // 2) for i in range(128)]) == [float(i) for i in range(64)]
