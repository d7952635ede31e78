"""A lane with a scripted engine, closed when its test ends."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.lane import Lane
from tests.faults.lanes import MakeLane, scripted_spec


@pytest.fixture
def make_lane(qtbot: QtBot) -> Iterator[MakeLane]:
    """Make lanes that are closed when the test ends: ``make_lane(mode, cancel_timeout_s=1.0, …)``."""
    made: list[Lane] = []

    def make(mode: str = "serve", **changes: Any) -> Lane:
        made.append(Lane(scripted_spec(mode, **changes)))
        return made[-1]

    yield make
    for lane in made:
        lane.close()


@pytest.fixture
def lane(make_lane: MakeLane) -> Lane:
    return make_lane()
