"""Tensors of GGUF files, against the ``gguf`` package's own reader and numbers."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from bigmodel_studio.core.models import gguf_support
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.gguf import tensors as tensors_module
from bigmodel_studio.engine.gguf.tensors import GgufTensors
from tests.gguf_files import llama
from tests.gguf_written import stored_as

SHAPE = (48, 512)


def one_of_each(path: Path, kinds: list[str]) -> Path:
    """A file with a matrix of each type, called like it."""
    values = np.random.default_rng(5).normal(0, 0.2, SHAPE).astype(np.float32)
    writer = gguf.GGUFWriter(path, "llama")
    for kind in kinds:
        writer.add_tensor(kind, stored_as(kind, values), raw_dtype=gguf.GGMLQuantizationType[kind])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("chunk", [1 << 22, 1000])
def test_each_type_is_what_the_reference_says_bit_for_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(tensors_module, "CHUNK_VALUES", chunk)
    path = one_of_each(tmp_path / "all.gguf", sorted(gguf_support.TYPES))
    tensors = GgufTensors(path)
    seen = set()
    for theirs in gguf.GGUFReader(path).tensors:
        expected = gguf.quants.dequantize(theirs.data, theirs.tensor_type).reshape(SHAPE)
        assert torch.equal(tensors.tensor(theirs.name), torch.from_numpy(np.array(expected, dtype=np.float32)))
        assert tensors.info(theirs.name).shape == SHAPE
        tensors.release(theirs.name)
        assert torch.equal(
            tensors.tensor(theirs.name, torch.bfloat16).float()[0, :4], torch.tensor(expected[0, :4]).bfloat16().float()
        )
        seen.add(theirs.name)
    assert seen == gguf_support.TYPES


def test_a_type_that_is_not_read_is_refused_by_its_name(tmp_path: Path) -> None:
    values = np.zeros((4, 84 * 2), dtype=np.uint8)
    writer = gguf.GGUFWriter(tmp_path / "m.gguf", "llama")
    writer.add_tensor("small", values, raw_dtype=gguf.GGMLQuantizationType.Q2_K)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(StudioError) as caught:
        GgufTensors(tmp_path / "m.gguf").blocks("small")
    assert caught.value.problem.code == "gguf-run-type"
    assert caught.value.problem.arguments["types"] == "Q2_K"


def test_a_file_that_became_shorter_is_refused(tmp_path: Path) -> None:
    path = llama(tmp_path / "m.gguf")
    tensors = GgufTensors(path)
    whole = tensors.header.tensors["output.weight"]
    tensors.header.tensors["output.weight"] = whole._replace(start=path.stat().st_size - 10)
    with pytest.raises(StudioError) as caught:
        tensors.blocks("output.weight")
    assert caught.value.problem.code == "weights-truncated"


def test_parts_of_a_model_are_read_as_one(tmp_path: Path) -> None:
    first = one_of_each(tmp_path / "m-00001-of-00002.gguf", ["F32", "Q8_0"])
    one_of_each(tmp_path / "m-00002-of-00002.gguf", ["Q4_K"])
    whole = GgufTensors(one_of_each(tmp_path / "whole.gguf", ["F32", "Q8_0", "Q4_K"]))
    parts = GgufTensors(first)
    for name in ("F32", "Q8_0", "Q4_K"):
        assert torch.equal(parts.tensor(name), whole.tensor(name))
