"""GGUF headers: what whole files say, and what is said of those that lie."""

from __future__ import annotations

import contextlib
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.models.gguf import read_header
from bigmodel_studio.core.text.messages import StudioError, hint, sentence
from tests.gguf_files import LLAMA, llama_tensors, written
from tests.gguf_hostile import HOSTILE, array, entry, head
from tests.work import at_most


def problem_of(path: Path, data: bytes) -> str:
    """The code of what is said about a file; its sentences are whole."""
    path.write_bytes(data)
    with pytest.raises(StudioError) as caught:
        read_header(path)
    said = caught.value.problem
    assert "{" not in sentence(said) + hint(said)
    return said.code


@pytest.mark.parametrize(("version", "order"), [(2, "<"), (3, "<"), (3, ">")])
def test_a_whole_file_is_counted_exactly(tmp_path: Path, version: int, order: str) -> None:
    (tmp_path / "m.gguf").write_bytes(written(LLAMA, llama_tensors(), version=version, order=order))
    header = read_header(tmp_path / "m.gguf")
    assert (header.version, header.big_endian) == (version, order == ">")
    assert (header.architecture, header.name, header.licence) == ("llama", "Tiny Llama", "apache-2.0")
    layer = 2 * 256 * 256 + 2 * 64 * 256 + 3 * 512 * 256 + 2 * 256
    assert header.parameters == 2 * 300 * 256 + 256 + 2 * layer
    assert header.dtype == "Q4_K_M"
    assert (header.context_length, header.vocabulary, header.size("block_count")) == (512, 300, 2)
    query = header.tensors["blk.0.attn_k.weight"]
    assert (query.shape, query.type, query.bytes) == ((64, 256), "Q4_K", 64 * 144)
    assert "tokenizer.ggml.tokens" not in header.metadata  # counted, not kept
    assert header.metadata["tokenizer.ggml.add_bos_token"] is True
    assert header.metadata["llama.rope.freq_base"] == 10000.0


def test_the_bytes_are_those_of_ggml(tmp_path: Path) -> None:
    """Q4_K stores 256 values in 144 bytes: 4.5 bits each; Q8_0 32 in 34: 8.5."""
    for kind, bits in ((12, 4.5), (8, 8.5), (14, 6.5625), (1, 16.0), (0, 32.0)):
        (tmp_path / "m.gguf").write_bytes(written({"general.architecture": "llama"}, {"w": ((512, 1024), kind)}))
        header = read_header(tmp_path / "m.gguf")
        assert header.bytes * 8 == bits * header.parameters


def test_a_size_that_differs_by_layer_is_the_largest(tmp_path: Path) -> None:
    metadata = LLAMA | {"llama.attention.head_count_kv": [2, 0, 4, 2]}
    (tmp_path / "m.gguf").write_bytes(written(metadata, llama_tensors()))
    assert read_header(tmp_path / "m.gguf").size("attention.head_count_kv") == 4


FEW_CALLS = 20_000
"""Of functions, for a small header: a file that lies about its lengths is not believed for longer."""


@pytest.mark.parametrize("what", HOSTILE)
def test_each_lie_has_its_own_sentence(tmp_path: Path, what: str) -> None:
    data, code = HOSTILE[what]
    with at_most(FEW_CALLS):
        assert problem_of(tmp_path / "m.gguf", data) == code


def test_a_file_of_many_gigabytes_is_no_reason_to_read_them(tmp_path: Path) -> None:
    """Sparse, so that the lengths could be true: a list of millions of empty texts, a text of gigabytes."""
    for lie, code in ((array(8, 10**9), "gguf-list"), (struct.pack("<IQ", 8, 2**33), "gguf-length")):
        path = tmp_path / "m.gguf"
        path.write_bytes(head(0, 1, entry(b"a", lie)))
        with open(path, "r+b") as stream:
            stream.truncate(64 * 10**9)
        tracemalloc.start()
        with at_most(FEW_CALLS), pytest.raises(StudioError) as caught:
            read_header(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert caught.value.problem.code == code
        assert peak < 2_000_000


def _flipped(data: bytearray, at: int, byte: int) -> None:
    data[at % len(data)] = byte


def _number(data: bytearray, at: int, byte: int) -> None:
    """A length or a count becomes very large, or almost what it was."""
    at %= len(data) - 8
    data[at : at + 8] = struct.pack("<Q", (2**64 - 1) >> (byte % 64))


def _cut(data: bytearray, at: int, byte: int) -> None:
    del data[at % len(data) :]


def _doubled(data: bytearray, at: int, byte: int) -> None:
    at %= len(data)
    data[at:at] = data[at : at + byte]


CHANGES: tuple[Callable[[bytearray, int, int], None], ...] = (_flipped, _number, _cut, _doubled)
SMALL = written(
    {key: LLAMA[key] for key in LLAMA if not key.startswith("tokenizer")} | {"tokenizer.ggml.tokens": ["a", "bc"]},
    {"token_embd.weight": ((2, 256), 12), "blk.0.ffn_up.weight": ((3, 256), 8), "output.weight": ((2, 256), 0)},
)


@settings(max_examples=400, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 900), st.integers(0, 255)), max_size=4))
def test_whatever_a_file_holds_there_is_a_header_or_a_sentence(
    tmp_path: Path, changes: list[tuple[Callable[[bytearray, int, int], None], int, int]]
) -> None:
    data = bytearray(SMALL)
    for change, at, byte in changes:
        if data:
            change(data, at, byte) if len(data) > 8 else _flipped(data, at, byte)
    (tmp_path / "m.gguf").write_bytes(data)
    with at_most(FEW_CALLS), contextlib.suppress(StudioError):
        header = read_header(tmp_path / "m.gguf")
        assert sum(tensor.bytes for tensor in header.tensors.values()) <= len(data)
        assert isinstance(header.dtype + header.architecture, str)


@pytest.mark.shared
def test_a_file_that_was_found_damaged(shared_assets: Path) -> None:
    """Every byte above 127 had become three others on its way."""
    with pytest.raises(StudioError) as caught:
        read_header(shared_assets / "broken-files" / "corrupt-ggml-vocab-gpt-2.gguf")
    assert caught.value.problem.code == "gguf-length"
