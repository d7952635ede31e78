"""Downloads as the window has them: their turn, pausing, going on, giving up, and coming back at the next start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.downloads import MOST_AT_ONCE, Downloads, Item
from bigmodel_studio.client.fake import FakeNetwork
from bigmodel_studio.core.hub import downloads as noted
from bigmodel_studio.core.models import library
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.protocol import (
    Done,
    Download,
    Downloaded,
    Downloading,
    Event,
    FileProgress,
    ModelRef,
    Request,
)
from tests.hub_caches import cached

SIZE = 1000


def _steps(request: Request) -> Iterator[Event]:
    """A file of ten steps; the repository of the name "broken" breaks at the half."""
    assert isinstance(request, Download)
    for done in range(0, SIZE, SIZE // 10):
        if "broken" in request.id and done >= SIZE // 2:
            raise StudioError("model-unknown", model=request.id, near="")
        file = FileProgress("model.safetensors", done, SIZE, "loading")
        yield Downloading(files=(file,), done_bytes=done, total_bytes=SIZE, bytes_per_s=50.0, seconds_left=3.0)
    yield Done(result=Downloaded(id=request.id, revision="a" * 40, path="/x", bytes=SIZE, fetched_bytes=SIZE))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture
def network(qtbot: QtBot, cache: Path) -> FakeNetwork:
    return FakeNetwork(_steps, interval_ms=20)


@pytest.fixture
def downloads(network: FakeNetwork) -> Iterator[Downloads]:
    made = Downloads(network)
    yield made
    made.close()
    for lane in network.downloads:
        lane.close()


def _begin(downloads: Downloads, name: str) -> Item:
    return downloads.begin(Download(id=name))


def test_one_comes_to_its_end_and_is_gone(qtbot: QtBot, downloads: Downloads) -> None:
    item = _begin(downloads, "org/one")
    shares: list[float | None] = []
    downloads.progressed.connect(lambda said: shares.append(said.share))
    with qtbot.waitSignal(downloads.finished) as finished:
        assert downloads.items() == [item]
    assert finished.args is not None
    assert finished.args[0].id == "org/one"
    assert shares == [each / 10 for each in range(10)]
    assert downloads.items() == []
    assert noted.noted() == []


def test_more_than_run_at_once_wait_for_their_turn(qtbot: QtBot, downloads: Downloads, network: FakeNetwork) -> None:
    items = [_begin(downloads, f"org/{number}") for number in range(4)]
    assert [item.stage for item in items] == ["running", "running", "waiting", "waiting"]
    most = []
    downloads.progressed.connect(lambda _: most.append(downloads.running))
    qtbot.waitUntil(lambda: not downloads.items())
    assert max(most) == MOST_AT_ONCE
    assert len(network.downloads) == 4


def test_pausing_keeps_its_place_and_going_on_asks_again(
    qtbot: QtBot, downloads: Downloads, network: FakeNetwork
) -> None:
    item = _begin(downloads, "org/one")
    qtbot.waitUntil(lambda: item.done_bytes >= 300)
    downloads.pause(item)
    assert item.stage == "pausing"
    qtbot.waitUntil(lambda: item.stage == "paused")
    assert noted.noted()[0].done_bytes >= 300
    with qtbot.waitSignal(downloads.finished):
        downloads.go_on(item)
    assert [lane.requests for lane in network.downloads] == [[Download(id="org/one")]] * 2


def test_what_was_not_finished_is_there_at_the_next_start(
    qtbot: QtBot, downloads: Downloads, network: FakeNetwork
) -> None:
    _begin(downloads, "org/one")
    item = _begin(downloads, "org/two")
    qtbot.waitUntil(lambda: item.done_bytes >= 300)
    downloads.close()
    later = Downloads(network)
    assert [(item.id, item.stage) for item in later.items()] == [("org/one", "paused"), ("org/two", "paused")]
    assert later.items()[1].done_bytes >= 300
    assert later.items()[1].share == pytest.approx(later.items()[1].done_bytes / SIZE)
    with qtbot.waitSignal(later.finished):
        later.go_on(later.items()[0])
    assert [each.request.id for each in noted.noted()] == ["org/two"]
    later.forget_whole({"org/two"})
    assert noted.noted() == []


def test_one_that_fails_says_why_and_can_be_tried_again(qtbot: QtBot, downloads: Downloads) -> None:
    item = _begin(downloads, "org/broken")
    with qtbot.waitSignal(downloads.failed):
        assert item.problem is None
    said: Item = downloads.items()[0]
    assert said.stage == "failed"
    assert said.problem is not None
    assert said.problem.code == "model-unknown"
    with qtbot.waitSignal(downloads.failed):
        downloads.go_on(item)
        assert item.problem is None


def test_giving_up_deletes_what_came_of_it(qtbot: QtBot, downloads: Downloads, cache: Path) -> None:
    item = _begin(downloads, "org/one")
    folder = cached(cache, "org/one", {"config.json": b"{}"})
    qtbot.waitUntil(lambda: item.done_bytes >= 300)
    with qtbot.waitSignal(downloads.dropped):
        downloads.cancel(item)
    assert downloads.items() == []
    assert noted.noted() == []
    assert not folder.exists()


def test_giving_up_keeps_the_copy_that_was_there_before(qtbot: QtBot, downloads: Downloads, cache: Path) -> None:
    folder = cached(cache, "org/one")
    before = library.record(ModelRef(source="hub", id="org/one"))
    assert before.problem is None
    item = _begin(downloads, "org/one")
    (folder / "blobs" / f"{'b' * 64}.incomplete").write_bytes(b"half")
    with qtbot.waitSignal(downloads.dropped):
        downloads.cancel(item)
    assert not list(folder.glob("blobs/*.incomplete"))
    assert library.record(ModelRef(source="hub", id="org/one")).problem is None


def test_one_that_waits_or_is_paused_can_be_given_up(qtbot: QtBot, downloads: Downloads, network: FakeNetwork) -> None:
    items = [_begin(downloads, f"org/{number}") for number in range(3)]
    with qtbot.waitSignal(downloads.dropped):
        downloads.cancel(items[2])
    downloads.pause(items[0])
    qtbot.waitUntil(lambda: items[0].stage == "paused")
    with qtbot.waitSignal(downloads.dropped):
        downloads.cancel(items[0])
    qtbot.waitUntil(lambda: not downloads.items())
    assert len(network.downloads) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 99, "downloads": []}', '{"schema": 1, "downloads": [3]}'])
def test_a_damaged_note_costs_nobody_the_start(home: Path, network: FakeNetwork, text: str) -> None:
    noted.file().write_text(text)
    assert Downloads(network).items() == []
