"""A classifier's run on the Train page: its pictures as it learns, its classes, and the form that begins one."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core import paths
from bigmodel_studio.core.runs import RunFolder
from bigmodel_studio.core.spec import make_spec, write_spec
from bigmodel_studio.protocol import Done, Event, ModelRef, Picture, Preview, Problem, Request
from tests.ui.test_train_page import Bench, checkpoint, make_run

LEFT = Qt.MouseButton.LeftButton


def made_previews(request: Request) -> Iterator[Event]:
    """The lane's answer: a red picture a file, but for those whose name says that they are damaged."""
    assert isinstance(request, Preview)
    stream = io.BytesIO()
    Image.new("RGB", (40, 20), (255, 0, 0)).save(stream, "PNG")
    for image in request.images:
        if "damaged" in image:
            yield Picture(image=image, error=Problem(code="picture-damaged"))
        else:
            yield Picture(image=image, preview=stream.getvalue(), width=400, height=200)
    yield Done()


@pytest.fixture(autouse=True)
def no_bundled_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "starter_runs", lambda: tmp_path / "none")


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(qtbot)
    made.studio.measure = FakeLane(made_previews)
    yield made
    made.close()


def make_classifier_run(name: str = "pets") -> RunFolder:
    run = make_run(name, last={"loss": 0.2, "accuracy": 0.75}, baselines={"class-frequencies": 0.69})
    spec = make_spec({"name": name, "objective": "classify-images", "data": {"train": ["/pets"]}})
    (run.path / "spec.toml").write_text(write_spec(spec))
    lines = [
        {"step": step, "loss": 1.0 / step, "images_per_s": 12.0} | ({"accuracy": step / 8} if step % 4 == 0 else {})
        for step in range(1, 9)
    ]
    (run.path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    samples = [_sample(4, "dog", 0.6), _sample(8, "cat", 0.9)]
    (run.path / "samples.jsonl").write_text("".join(json.dumps(sample) + "\n" for sample in samples))
    return run


def _sample(step: int, said: str, probability: float) -> dict[str, Any]:
    top = [{"label": said, "probability": probability}, {"label": "newt", "probability": 0.05}]
    files = {"/pets/cat/tom.jpg": "cat", "/pets/dog/damaged.jpg": "dog"}
    scores = [("cat", 4, 1.0, 0.8, ""), ("dog", 4, 0.5, None, "cat")]
    return {
        "step": step,
        "predictions": [{"image": file, "expected": is_, **top[0], "top": top} for file, is_ in files.items()],
        "classes": [
            dict(zip(("label", "pictures", "recall", "precision", "taken_for"), score, strict=True)) for score in scores
        ],
    }


def _shown(qtbot: QtBot, bench: Bench, name: str) -> None:
    qtbot.waitUntil(lambda: bench.page.runs.row_of(name) is not None, timeout=5000)
    bench.page.choose(name)
    qtbot.waitUntil(lambda: bench.page.story.pictures.predictions.rowCount() > 0, timeout=5000)


def test_pictures_are_shown_with_what_they_were_taken_for_at_each_step(qtbot: QtBot, bench: Bench) -> None:
    checkpoint(make_classifier_run(), 8)
    _shown(qtbot, bench, "pets")
    story = bench.page.story
    table = story.pictures
    assert story.currentWidget() is table
    assert not story.isTabVisible(story.indexOf(story.samples))
    model = table.predictions
    across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
    assert [model.headerData(row, down) for row in range(2)] == ["8", "4"]
    assert [model.headerData(column, across) for column in range(2)] == ["cat", "dog"]
    said = [[model.index(row, column).data() for column in range(2)] for row in range(2)]
    assert said == [["✓ cat 90%", "✗ cat 90%"], ["✗ dog 60%", "✓ dog 60%"]]
    assert "newt 5%" in model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)

    thumbnails = bench.page.thumbnails
    qtbot.waitUntil(lambda: thumbnails.picture("/pets/cat/tom.jpg") is not None, timeout=5000)
    header = table.horizontalHeader()
    place = header.sectionViewportPosition(0) + header.sectionSize(0) // 2
    painted = header.viewport().grab().toImage().pixelColor(place, 38)
    assert (painted.red(), painted.green()) == (255, 0)
    qtbot.waitUntil(lambda: thumbnails.reason("/pets/dog/damaged.jpg") != "", timeout=5000)
    assert "cut off" in model.headerData(1, across, Qt.ItemDataRole.ToolTipRole)
    bench.page.grab()  # the cells, too, are painted

    qtbot.waitUntil(lambda: "accuracy" in bench.page.curves.minis, timeout=5000)
    assert bench.page.curves.minis["accuracy"].text() == "100.0%"
    assert bench.page.use_button.text() == "Use in Images"
    qtbot.mouseClick(bench.page.use_button, LEFT)
    assert bench.opened == [("images", ModelRef(source="run", id="pets"))]


def test_classes_are_listed_worst_first_and_sorted_by_a_click(qtbot: QtBot, bench: Bench) -> None:
    make_classifier_run()
    _shown(qtbot, bench, "pets")
    story = bench.page.story
    bar = story.tabBar()
    qtbot.mouseClick(bar, LEFT, pos=bar.tabRect(story.indexOf(story.classes)).center())
    assert story.classes.isVisible()
    model = story.classes.model()

    def column(number: int) -> list[str]:
        return [str(model.index(row, number).data()) for row in range(model.rowCount())]

    assert column(0) == ["dog", "cat"]
    assert column(2) == ["50.0%", "100.0%"]
    assert column(3) == ["–", "80.0%"]
    assert column(4) == ["cat", ""]
    header = story.classes.horizontalHeader()
    click = header.rect().center()
    click.setX(header.sectionViewportPosition(0) + 10)
    qtbot.mouseClick(header.viewport(), LEFT, pos=click)
    assert column(0) == ["cat", "dog"]
    story.classes.grab()


def test_the_tabs_are_those_of_the_run_that_is_shown_and_the_log_stays_chosen(qtbot: QtBot, bench: Bench) -> None:
    make_classifier_run()
    make_run("tales")
    _shown(qtbot, bench, "pets")
    story = bench.page.story
    bench.page.choose("tales")
    qtbot.waitUntil(lambda: story.model.rowCount() == 1, timeout=5000)
    assert story.currentWidget() is story.samples
    assert not story.isTabVisible(story.indexOf(story.pictures))
    assert not story.isTabVisible(story.indexOf(story.classes))
    story.setCurrentWidget(story.log)
    _shown(qtbot, bench, "pets")
    assert story.currentWidget() is story.log
