"""Headers of safetensors files that lie, and what is said of them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.models.weights import INDEX_FILE, read_header, read_weights
from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError, hint, sentence

GOOD: dict[str, Any] = {
    "__metadata__": {"format": "pt"},
    "a": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
    "b": {"dtype": "F16", "shape": [5], "data_offsets": [24, 34]},
    "bn.num_batches_tracked": {"dtype": "I64", "shape": [], "data_offsets": [34, 42]},
}
DATA = bytes(42)


def write(path: Path, header: Any = GOOD, data: bytes = DATA, length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(StudioError) as caught:
        read_header(path)
    problem = caught.value.problem
    assert "{" not in sentence(problem) + hint(problem)
    return problem.code


def test_what_a_file_holds_is_counted(tmp_path: Path) -> None:
    write(tmp_path / "model.safetensors")
    weights = read_weights(tmp_path)
    assert (weights.parameters, weights.bytes, weights.dtype) == (11, 42, "float32")  # a counter is no parameter
    assert weights.tensors["a"].shape == (2, 3)


def changed(**entry: object) -> dict[str, Any]:
    return {**GOOD, "a": {**GOOD["a"], **entry}}


@pytest.mark.parametrize(
    "header",
    [
        b"not json",
        b"[1]",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]}, "a": {}}',
        changed(dtype="F33"),
        changed(shape=[2, 4]),
        changed(shape=[-2, -3]),
        changed(shape=[True, 6]),
        changed(shape=[2**40, 2**40]),
        changed(shape=[2**61] * 500_000),
        changed(shape=[1] * 17),
        changed(data_offsets=[24, 0]),
        changed(data_offsets=[0, 24, 25]),
        {**GOOD, "b": {"dtype": "F16", "shape": [5], "data_offsets": [20, 30]}},
        {key: value for key, value in GOOD.items() if key != "b"},
    ],
)
def test_a_header_that_does_not_add_up_is_refused(tmp_path: Path, header: Any) -> None:
    assert code_of(write(tmp_path / "file", header)) == "weights-header"


def test_each_other_damage_has_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert code_of(write(path, data=DATA[:-1])) == "weights-truncated"
    assert code_of(write(path, data=DATA + b"x")) == "weights-header"
    assert code_of(write(path, length=1 << 60)) == "weights-header"
    assert code_of(write(path, length=5000)) == "weights-truncated"
    for data, code in {
        b"": "weights-empty",
        b"abc": "weights-truncated",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n": "weights-lfs",
        b"PK\x03\x04" + bytes(60): "weights-format",
        b"\x80\x04\x95" + bytes(60): "weights-format",
        b"GGUF" + bytes(60): "weights-format",
    }.items():
        path.write_bytes(data)
        assert code_of(path) == code, data[:8]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 250), value=st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused_but_never_a_crash(tmp_path: Path, place: int, value: int) -> None:
    path = write(tmp_path / "file")
    data = bytearray(path.read_bytes())
    data[place % len(data)] = value
    path.write_bytes(data)
    try:
        tensors = read_header(path)
    except StudioError:
        return
    assert max(tensor.end for tensor in tensors.values()) <= len(data)


def shards(folder: Path, names: dict[str, Any]) -> None:
    (folder / INDEX_FILE).write_text(json.dumps({"weight_map": names}))


def test_shards_are_read_together(tmp_path: Path) -> None:
    write(tmp_path / "one.safetensors", {"a": GOOD["a"]}, bytes(24))
    write(tmp_path / "two.safetensors", {"b": {**GOOD["b"], "data_offsets": [0, 10]}}, bytes(10))
    shards(tmp_path, {"a": "one.safetensors", "b": "two.safetensors"})
    weights = read_weights(tmp_path)
    assert (weights.files, weights.parameters) == (("one.safetensors", "two.safetensors"), 11)


@pytest.mark.parametrize(
    "name", ["../one.safetensors", "/etc/one.safetensors", "..", "", "a\\one.safetensors", "one.bin", 7, None]
)
def test_a_shard_outside_the_folder_is_refused(tmp_path: Path, name: Any) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    write(tmp_path / "one.safetensors")
    shards(folder, {"a": name})
    with pytest.raises(StudioError) as caught:
        read_weights(folder)
    assert caught.value.problem.code == "weights-index"


def test_a_missing_shard_and_a_missing_tensor_are_named(tmp_path: Path) -> None:
    shards(tmp_path, {"a": "one.safetensors"})
    with pytest.raises(StudioError, match=r"one\.safetensors"):
        read_weights(tmp_path)
    write(tmp_path / "one.safetensors")
    shards(tmp_path, {"a": "one.safetensors", "lost": "one.safetensors"})
    with pytest.raises(StudioError, match="lost"):
        read_weights(tmp_path)


def test_a_header_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with open(path, "wb") as stream:
        stream.write(struct.pack("<Q", limits.SAFETENSORS_HEADER_BYTES + 1) + b"{}")
        stream.truncate(limits.SAFETENSORS_HEADER_BYTES + 100)  # a sparse file
    assert code_of(path) == "weights-header"


def test_the_headers_of_all_shards_are_bounded_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {}
    for number in range(3):
        file = f"model-{number}.safetensors"
        write(tmp_path / file, {f"t{number}": {"dtype": "U8", "shape": [42], "data_offsets": [0, 42]}})
        names[f"t{number}"] = file
    (tmp_path / INDEX_FILE).write_text(json.dumps({"weight_map": names}))
    assert read_weights(tmp_path).parameters == 126
    monkeypatch.setattr(limits, "SHARD_HEADERS_BYTES", 100)
    with pytest.raises(StudioError) as caught:
        read_weights(tmp_path)
    assert caught.value.problem.code == "weights-header"


def test_too_many_shards_are_refused_before_any_is_opened(tmp_path: Path) -> None:
    names = {f"t{number}": f"{number}.safetensors" for number in range(limits.SHARDS + 1)}
    (tmp_path / INDEX_FILE).write_text(json.dumps({"weight_map": names}))
    with pytest.raises(StudioError) as caught:
        read_weights(tmp_path)
    assert caught.value.problem.code == "weights-index"
