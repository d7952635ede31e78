"""The window's way to the Hub with real engines, against a Hub on loopback: asking, fetching, the lock, the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bigmodel_studio.client.job import Job
from bigmodel_studio.client.lane import LANES, Lane
from bigmodel_studio.client.network import Network
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import (
    Cancelled,
    Describe,
    Description,
    Done,
    Download,
    Downloaded,
    Downloading,
    End,
    Event,
    Failed,
    HubPage,
    LookAtRepo,
    ModelRef,
    Request,
    SearchHub,
)
from tests.hub_models import NAME, NEEDED, published
from tests.loopback_hub import LoopbackHub, serving
from tests.processes import engines, kill

WAIT_MS = 120_000
SPY = """
import os, sys

def heard(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["SPY"], "a") as stream:
            stream.write(f"{event} {arguments[1:] if event == 'socket.connect' else arguments}\\n")

sys.addaudithook(heard)
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    for name in ("HF_HUB_OFFLINE", "HF_ENDPOINT", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    with serving() as served:
        served.add(NAME, published(), facts={"downloads": 5})
        yield served


@pytest.fixture
def settings(hub: LoopbackHub) -> SettingsStore:
    store = SettingsStore()
    store.change(hub_endpoint=hub.url)
    return store


@pytest.fixture
def network(qapp: object, settings: SettingsStore) -> Iterator[Network]:
    made = Network(settings)
    yield made
    made.close()


@pytest.fixture
def spied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the engines of this test write which connections they wanted."""
    (tmp_path / "spy").mkdir()
    (tmp_path / "spy" / "sitecustomize.py").write_text(SPY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "spy"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("SPY", str(tmp_path / "spy" / "heard"))
    return tmp_path / "spy" / "heard"


def end_of(qtbot: QtBot, job: Job) -> End:
    ends: list[End] = []
    job.ended.connect(ends.append)
    qtbot.waitUntil(lambda: bool(ends), timeout=WAIT_MS)
    return ends[0]


def until(qtbot: QtBot, job: Job, share: float) -> None:
    """Wait until so much of a download is there."""
    said: list[Event] = []
    job.happened.connect(said.append)
    qtbot.waitUntil(
        lambda: any(
            isinstance(event, Downloading) and event.done_bytes > share * event.total_bytes > 0 for event in said
        ),
        timeout=WAIT_MS,
    )


def result_of(qtbot: QtBot, job: Job) -> object:
    end = end_of(qtbot, job)
    assert isinstance(end, Done), end
    return end.result


def test_what_is_asked_is_answered_and_noted(qtbot: QtBot, network: Network, hub: LoopbackHub, spied: Path) -> None:
    page = result_of(qtbot, network.lane().submit(SearchHub(words="model")))
    assert isinstance(page, HubPage)
    assert [model.id for model in page.models] == [NAME]
    done = result_of(qtbot, network.download(Download(id=NAME)))
    assert isinstance(done, Downloaded)
    assert len(hub.requests) == len(network.requests())
    assert {each.purpose for each in network.requests()} == {"search", "download"}
    assert all(each.status for each in network.requests())
    assert "socket.connect" in spied.read_text()  # so that its silence elsewhere means something


def test_the_lock_ends_a_download_and_lets_nothing_out(
    qtbot: QtBot, network: Network, hub: LoopbackHub, settings: SettingsStore, spied: Path
) -> None:
    hub.bytes_per_s = 50_000
    job = network.download(Download(id=NAME))
    until(qtbot, job, 0.1)
    settings.change(offline=True)
    network.set_locked(True)
    assert network.locked
    assert isinstance(end_of(qtbot, job), Cancelled)
    assert not engines()
    noted, asked = len(network.requests()), len(hub.requests)
    assert noted == asked
    spied.unlink(missing_ok=True)
    requests: list[Request] = [SearchHub(words="x"), LookAtRepo(id=NAME)]
    ends = [end_of(qtbot, network.lane().submit(request)) for request in requests]
    ends.append(end_of(qtbot, network.download(Download(id=NAME))))
    for end in ends:
        assert isinstance(end, Failed)
        assert end.problem.code == "hub-locked"
    assert (len(network.requests()), len(hub.requests)) == (noted, asked)
    assert not spied.exists()
    settings.change(offline=False)
    network.set_locked(False)
    hub.bytes_per_s = 0
    assert isinstance(result_of(qtbot, network.download(Download(id=NAME))), Downloaded)


@pytest.mark.slow
def test_other_lanes_open_no_socket_even_where_the_network_may_be_used(
    qtbot: QtBot, hub: LoopbackHub, spied: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    lane = Lane(LANES["measure"])
    try:
        described = end_of(qtbot, lane.submit(Describe(model=ModelRef(source="builtin", id="starter-gpt"))))
        assert isinstance(described, Done)
        refused = end_of(qtbot, lane.submit(Describe(model=ModelRef(source="hub", id=NAME))))
        assert isinstance(refused, Failed)
    finally:
        lane.close()
    assert not spied.exists()
    assert hub.requests == []


def test_an_engine_killed_three_times_and_the_download_still_comes_whole(
    qtbot: QtBot, network: Network, hub: LoopbackHub
) -> None:
    hub.bytes_per_s = 100_000
    for share in (0.2, 0.45, 0.7):
        job = network.download(Download(id=NAME))
        until(qtbot, job, share)
        for engine in engines():
            kill(engine.pid)
        end = end_of(qtbot, job)
        assert isinstance(end, Failed)
        assert end.engine_lost
    hub.bytes_per_s = 0
    done = result_of(qtbot, network.download(Download(id=NAME)))
    assert isinstance(done, Downloaded)
    assert done.again == ()
    files = {path.name: path.read_bytes() for path in Path(done.path).iterdir()}
    assert files == {name: data for name, data in published().items() if name in NEEDED}
    assert hub.sent_bytes < 2 * done.bytes


def test_an_engine_that_nobody_asks_is_ended_and_comes_back(
    qtbot: QtBot, network: Network, hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    network._idle.setInterval(50)
    result_of(qtbot, network.lane().submit(LookAtRepo(id=NAME)))
    qtbot.waitUntil(lambda: network.lane().pid is None, timeout=WAIT_MS)
    result_of(qtbot, network.lane().submit(LookAtRepo(id=NAME)))


def test_another_mirror_is_used_from_the_next_request_on(
    qtbot: QtBot, network: Network, hub: LoopbackHub, settings: SettingsStore
) -> None:
    result_of(qtbot, network.lane().submit(LookAtRepo(id=NAME)))
    with serving() as mirror:
        mirror.add(NAME, published())
        settings.change(hub_endpoint=mirror.url)
        asked = len(hub.requests)
        result_of(qtbot, network.lane().submit(LookAtRepo(id=NAME)))
        assert len(hub.requests) == asked
        assert mirror.requests


def test_a_model_is_described_from_afar(
    qtbot: QtBot, network: Network, hub: LoopbackHub, causal_folders: dict[str, Path]
) -> None:
    hub.add("org/gpt", {entry.name: entry.read_bytes() for entry in causal_folders["gpt2"].iterdir()})
    said = result_of(qtbot, network.lane().submit(Describe(model=ModelRef(source="hub", id="org/gpt"))))
    assert isinstance(said, Description)
    assert not said.weights_here
    assert {each.purpose for each in network.requests()} == {"describe"}
    assert len(network.requests()) == len(hub.requests)


def test_a_proxy_is_asked_in_place_of_the_hub(
    qtbot: QtBot, network: Network, hub: LoopbackHub, settings: SettingsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "")
    settings.change(hub_endpoint="http://hub.invalid", proxy=hub.url)
    page = result_of(qtbot, network.lane().submit(SearchHub(words="model")))
    assert isinstance(page, HubPage)
    assert [model.id for model in page.models] == [NAME]
    assert hub.asked("http://hub.invalid/api/models")
    assert network.requests()[0].host == "hub.invalid"


def test_huggingface_hubs_own_variable_locks_too(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert network.locked
    assert network.lane().spec.environment["HF_HUB_OFFLINE"] == "1"
