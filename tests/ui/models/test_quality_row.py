"""The button that measures quality, what it says, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.fake import FakeLane
from bigmodel_studio.core.models import quality
from bigmodel_studio.core.system import paths
from bigmodel_studio.protocol import Done, Event, MeasureQuality, ModelRef, Progress, Quality, Request
from bigmodel_studio.ui.pages.models.quality_row import QualityMeasuring, QualityRow
from bigmodel_studio.ui.window.studio import Studio
from tests.ui.shell import bare_studio

STARTER = ModelRef(source="builtin", id="starter-gpt")


def answer(request: Request) -> Iterator[Event]:
    assert isinstance(request, MeasureQuality)
    yield Progress(what="loading")
    yield Progress(what="reading", done=50, total=200)
    found = Quality(
        model=request.model, tokens=1021, perplexity=8.5, stored_perplexity=8.25, top1_agreement=0.971,
        fingerprint=quality.fingerprint(paths.starters() / STARTER.id),
    )  # fmt: skip
    quality.keep(found)
    yield Done(result=found)


@pytest.fixture
def studio(qtbot: QtBot) -> Iterator[Studio]:
    with bare_studio(FakeLane(answer), FakeLane(answer, interval_ms=40)) as made:
        qtbot.waitUntil(lambda: bool(made.precisions(STARTER)))
        yield made


@pytest.fixture
def row(qtbot: QtBot, studio: Studio) -> QualityRow:
    made = QualityRow()
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_click_measures_the_precision_and_the_answer_stays(qtbot: QtBot, studio: Studio, row: QualityRow) -> None:
    measuring = QualityMeasuring(studio, row)
    measuring.about(STARTER, "4-bit")
    assert row.words.text() == ""
    qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert row.button.text() == "Stop measuring"
    qtbot.waitUntil(lambda: "25%" in row.words.text())
    qtbot.waitUntil(lambda: row.button.text() == "Measure quality")
    said = "Perplexity 8.50, as stored 8.25; same top token: 97.1% of 1,021."
    assert row.words.text() == said
    assert isinstance(studio.measure, FakeLane)
    assert studio.measure.requests == [MeasureQuality(model=msgspec.structs.replace(STARTER, precision="4-bit"))]
    qtbot.waitUntil(lambda: studio.precisions(STARTER)[2].quality is not None)
    measuring.about(STARTER, "8-bit")
    assert row.words.text() == ""
    measuring.about(STARTER, "4-bit")
    assert row.words.text() == said


def test_it_is_stopped_by_the_button_and_by_another_model(qtbot: QtBot, studio: Studio, row: QualityRow) -> None:
    measuring = QualityMeasuring(studio, row)
    measuring.about(STARTER, "8-bit")
    another = partial(measuring.about, ModelRef(source="local", id="/x"), "8-bit")
    stops: tuple[Callable[[], None], ...] = (row.button.click, another)
    for stop in stops:
        qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
        assert row.button.text() == "Stop measuring"
        stop()
        assert row.button.text() == "Measure quality"
        assert row.words.text() == ""
    assert not row.isVisible(), "no precisions are known of that model"
