"""``search``, ``pull`` and ``describe`` of what is on the Hub, as processes against a Hub on loopback; killed, too."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import scan_cache_dir

from bigmodel_studio.core.hub import hub_cache
from bigmodel_studio.core.memory import device_speed
from bigmodel_studio.core.models.weights import read_weights
from bigmodel_studio.core.system.settings import SettingsStore
from bigmodel_studio.protocol import Speed
from tests.hub_models import NAME, NEEDED, published
from tests.loopback_hub import Fault, LoopbackHub, serving
from tests.processes import kill

TIMEOUT_S = 120.0
TOKEN = "hf_abcdefghijklmnopqrstuvwxyzabcd"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    for name in ("HF_HUB_OFFLINE", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "HF_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    with serving() as served:
        monkeypatch.setenv("HF_ENDPOINT", served.url)
        yield served


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "huggingface" / "hub"


def started(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bigmodel_studio", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, encoding="utf-8")


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=TIMEOUT_S)
    return process.returncode, out, err


def until(process: subprocess.Popen[str], done_bytes: int) -> int:
    """Read what it says until so much is there; returns how much."""
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if said.get("done_bytes", 0) > done_bytes:
            return int(said["done_bytes"])
    raise AssertionError(f"it ended before: {process.communicate()}")


def on_disk(cache: Path) -> int:
    return sum(path.stat().st_size for path in cache.rglob("*") if path.is_file() and not path.is_symlink())


def test_killed_three_times_it_comes_whole_and_leaves_nothing_behind(hub: LoopbackHub, cache: Path) -> None:
    files = published(shards=2, shard_bytes=500_000)
    hub.add(NAME, files)
    whole = sum(len(files[name]) for name in NEEDED)
    hub.bytes_per_s = 400_000
    reached = 0
    for part in (0.2, 0.45, 0.7):
        process = started("pull", NAME, "--json")
        reached = until(process, max(round(part * whole), reached))
        kill(process.pid)
        ended(process)
        assert on_disk(cache) <= whole + 500_000
        assert hub_cache.look(NAME).problem is not None  # not taken for whole
    hub.bytes_per_s = 0
    code, out, err = ended(started("pull", NAME, "--json"))
    assert (code, err) == (0, "")
    record = json.loads(out.splitlines()[-1])
    assert (record["id"], record["source"]) == (NAME, "hub")
    assert {path.name: path.read_bytes() for path in Path(record["path"]).iterdir()} == {
        name: files[name] for name in NEEDED
    }
    assert on_disk(cache / "models--org--model" / "blobs") == whole
    assert not list(cache.rglob(f"*{hub_cache.UNFINISHED}"))
    assert not scan_cache_dir(cache).warnings
    assert hub.sent_bytes < whole + 4 * 200_000  # what was on its way at each kill, and not all of it again


def test_two_at_once_both_succeed_and_fetch_it_once(hub: LoopbackHub, cache: Path) -> None:
    files = published(shards=2, shard_bytes=300_000)
    hub.add(NAME, files)
    hub.bytes_per_s = 600_000
    both = [started("pull", NAME, "--json") for _ in range(2)]
    ends = [ended(process) for process in both]
    assert [code for code, _, _ in ends] == [0, 0], ends
    records = [json.loads(out.splitlines()[-1]) for _, out, _ in ends]
    assert records[0]["path"] == records[1]["path"]
    whole = sum(len(files[name]) for name in NEEDED)
    assert sum(record["fetched_bytes"] for record in records) == whole
    assert on_disk(cache / "models--org--model" / "blobs") == whole


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT for another process on Windows")
@pytest.mark.parametrize("stalled", [False, True])
def test_stopped_by_hand_it_says_how_to_go_on(hub: LoopbackHub, stalled: bool) -> None:
    hub.add(NAME, published())
    hub.bytes_per_s = 100_000
    if stalled:
        hub.faults.append(Fault("/cdn/", how="stall", at=50_000))
    process = started("pull", NAME, "--json")
    until(process, 40_000)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    assert code == 3
    assert f"bigmodel-studio pull {NAME}" in err
    assert all("done_bytes" in json.loads(line) for line in out.splitlines())


def test_a_mistake_and_a_fault_end_with_their_codes_and_no_traceback(hub: LoopbackHub) -> None:
    hub.add(NAME, published())
    code, out, err = ended(started("pull", "org/none", "--json"))
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "hint: " in err
    hub.faults.append(Fault("/api/", status=503))
    code, _, err = ended(started("pull", NAME))
    assert code == 1
    assert "503" in err
    SettingsStore().change(offline=True)
    asked = len(hub.requests)
    for command in (["pull", NAME], ["search", "x"], ["describe", NAME]):
        code, _, err = ended(started(*command))
        assert code == 2
        assert "offline" in err
    assert len(hub.requests) == asked


def test_search_tells_what_fits(hub: LoopbackHub) -> None:
    for number, parameters in enumerate([10**6, 10**9, 10**14]):
        facts: dict[str, Any] = {
            "downloads": number,
            "pipeline_tag": "text-generation",
            "safetensors": {"parameters": {"BF16": parameters}, "total": parameters},
            "tags": ["license:mit"],
        }
        hub.add(f"org/chat-{number}", {}, facts=facts)
    command = ("search", "org", "chat", "--task", "text-generation", "--json")
    code, out, _ = ended(started(*command, "--sort", "downloads"))
    assert code == 0
    found = json.loads(out)
    assert [model["id"] for model in found] == ["org/chat-2", "org/chat-1", "org/chat-0"]
    assert [found[0]["fits"], found[2]["fits"]] == [False, True]
    assert (found[2]["parameters"], found[2]["bytes"], found[2]["licence"]) == (10**6, 2 * 10**6, "mit")
    _, out, _ = ended(started(*command, "--max-parameters", "2B", "--limit", "1"))
    assert [model["id"] for model in json.loads(out)] == ["org/chat-1"]
    code, _, err = ended(started("search", "x", "--max-parameters", "much"))
    assert (code, "7B" in err) == (2, True)


@pytest.mark.slow
def test_a_plan_asks_the_hub_for_what_is_not_here(hub: LoopbackHub, causal_folders: dict[str, Path]) -> None:
    hub.add(NAME, {entry.name: entry.read_bytes() for entry in causal_folders["gpt2"].iterdir()})
    device_speed.keep(Speed(device="cpu", dtype="float32", flops_per_s=1e10, bytes_per_s=1e10, measured=1.0))
    code, out, _ = ended(started("plan", NAME, "--device", "cpu", "--json"))
    assert code == 0
    assert json.loads(out)["parts"]["weights"] == 4 * read_weights(causal_folders["gpt2"]).parameters


@pytest.mark.skipif(sys.platform != "linux", reason="reads the command line of a process from /proc")
def test_the_token_is_in_no_argument_and_no_output(hub: LoopbackHub, monkeypatch: Any, home: Path) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.tokens[TOKEN] = "ann"
    hub.add(NAME, published(), private=True, readers={TOKEN})
    hub.bytes_per_s = 200_000
    process = started("pull", NAME, "--json")
    until(process, 10_000)
    assert TOKEN.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
    code, out, err = ended(process)
    assert code == 0
    assert TOKEN not in out + err
    written = [path for path in home.rglob("*") if path.is_file()]
    assert not [path for path in written if TOKEN.encode() in path.read_bytes()]
    assert os.environ["HF_TOKEN"] == TOKEN
