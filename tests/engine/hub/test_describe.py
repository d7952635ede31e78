"""A model of the Hub described without its weights: the same as from a folder, for a few kilobytes."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from bigmodel_studio.core.models.weights import INDEX_FILE, SINGLE_FILE
from bigmodel_studio.core.system import network
from bigmodel_studio.engine.hub import headers
from bigmodel_studio.protocol import Describe, Description, Download, ModelRef
from tests.hub_caches import config
from tests.hub_models import NAME
from tests.hub_tasks import answer, problem
from tests.loopback_hub import Fault, LoopbackHub, sibling

REMOTE = Describe(model=ModelRef(source="hub", id=NAME))


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(network.ALLOWED, "1")


def described(request: Describe) -> Description:
    result = answer(request)
    assert isinstance(result, Description)
    return result


def files_of(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def in_shards(files: dict[str, bytes], count: int = 3) -> dict[str, bytes]:
    """The same weights in several files, as large models have them."""
    data = files.pop(SINGLE_FILE)
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    shards, places = dict(files), {}
    for number in range(count):
        name = f"model-{number + 1:05}-of-{count:05}.safetensors"
        own, body = {}, b""
        for tensor in sorted(header)[number::count]:
            start, end = header[tensor]["data_offsets"]
            own[tensor] = {**header[tensor], "data_offsets": [len(body), len(body) + end - start]}
            body += data[8 + length + start : 8 + length + end]
            places[tensor] = name
        encoded = json.dumps(own).encode()
        shards[name] = struct.pack("<Q", len(encoded)) + encoded + body
    return shards | {INDEX_FILE: json.dumps({"weight_map": places}).encode()}


@pytest.mark.parametrize("shards", [False, True])
@pytest.mark.parametrize("first_bytes", [100_000, 64])
def test_the_same_is_said_as_of_a_folder(
    hub: LoopbackHub, causal_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, shards: bool, first_bytes: int
) -> None:
    monkeypatch.setattr(headers, "FIRST_BYTES", first_bytes)
    folder = causal_folders["llama"]
    files = files_of(folder)
    hub.add(NAME, in_shards(files) if shards else files)
    near = described(Describe(model=ModelRef(source="local", id=str(folder))))
    far = described(REMOTE)
    assert not far.weights_here
    assert near.weights_here
    for field in ("architecture", "kind", "parameters", "layers", "kinds", "flops_per_token", "costs", "weight_bytes"):
        assert getattr(far, field) == getattr(near, field), field
    fetched = sum(int(headers_.get("range", "-0").rpartition("-")[2]) for _, _, headers_ in hub.requests)
    assert fetched < 700_000


def test_a_model_that_is_here_is_read_here(hub: LoopbackHub, causal_folders: dict[str, Path]) -> None:
    hub.add(NAME, files_of(causal_folders["gpt2"]))
    answer(Download(id=NAME))
    hub.requests.clear()
    assert described(REMOTE).weights_here
    assert hub.requests == []


def test_offline_it_is_said_that_it_is_not_here(hub: LoopbackHub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add(NAME, {"config.json": config()})
    monkeypatch.setenv(network.ALLOWED, "")
    assert problem(REMOTE).code == "model-unknown"
    assert hub.requests == []


def _header(length: int, rest: bytes = b"") -> bytes:
    return struct.pack("<Q", length) + rest


HOSTILE: dict[str, tuple[dict[str, bytes], str]] = {
    "no config": ({SINGLE_FILE: b"x"}, "hub-no-model"),
    "no weights": ({"config.json": config()}, "hub-no-safetensors"),
    "a pickle": ({"config.json": config(), SINGLE_FILE: b"\x80\x02" + b"x" * 100}, "weights-format"),
    "a long header": ({"config.json": config(), SINGLE_FILE: _header(50_000_000, b"{}")}, "weights-header"),
    "a cut header": ({"config.json": config(), SINGLE_FILE: _header(10_000, b"{}")}, "weights-truncated"),
    "a header of lies": ({"config.json": config(), SINGLE_FILE: _header(2, b"[]")}, "weights-header"),
    "unknown": (
        {"config.json": b'{"model_type": "zork", "architectures": ["ZForCausalLM"]}', SINGLE_FILE: b"x"},
        "config-unknown-type",
    ),
    "code": (
        {"config.json": b'{"model_type": "zork", "auto_map": {"AutoModel": "m.M"}}', SINGLE_FILE: b"x"},
        "remote-code",
    ),
    "outside": (
        {"config.json": config(), INDEX_FILE: b'{"weight_map": {"a": "../../x.safetensors"}}'},
        "weights-index",
    ),
    "a shard that is not there": (
        {"config.json": config(), INDEX_FILE: b'{"weight_map": {"a": "x.safetensors"}}'},
        "weights-shard-missing",
    ),
    "shards without end": (
        {
            "config.json": config(),
            INDEX_FILE: json.dumps({"weight_map": {str(n): f"{n}.safetensors" for n in range(2000)}}).encode(),
        },
        "hub-too-many-files",
    ),
    "too large": ({"config.json": config(n_layer=10**9), SINGLE_FILE: b"x"}, "config-invalid"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_strangers_files_are_refused_at_once(hub: LoopbackHub, name: str) -> None:
    files, code = HOSTILE[name]
    hub.add(NAME, files)
    assert problem(REMOTE).code == code
    assert len(hub.requests) <= 6


def test_a_config_of_200_mb_is_not_fetched(hub: LoopbackHub) -> None:
    repo = hub.add(NAME, {"config.json": config(), SINGLE_FILE: b"x"})
    repo.siblings = [{**sibling(*each), "size": 200_000_000} for each in repo.files.items()]
    assert problem(REMOTE).code == "config-broken"
    assert hub.sent_bytes == 0


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault("/resolve/", status=401, headers={"X-Error-Code": "GatedRepo"}), "hub-gated"),
        (Fault("/cdn/", status=503), "hub-broken"),
        (Fault("/cdn/", how="stall", at=10), "hub-stalled"),
    ],
)
def test_faults_on_the_way(hub: LoopbackHub, causal_folders: dict[str, Path], fault: Fault, code: str) -> None:
    hub.add(NAME, files_of(causal_folders["gpt2"]))
    hub.faults.append(fault)
    assert problem(REMOTE).code == code


def test_a_server_that_sends_more_than_was_asked_for(
    hub: LoopbackHub, causal_folders: dict[str, Path], monkeypatch: Any
) -> None:
    monkeypatch.setattr(headers, "FIRST_BYTES", 64)
    hub.add(NAME, files_of(causal_folders["gpt2"]))
    hub.ranges = False
    assert described(REMOTE).parameters > 0
