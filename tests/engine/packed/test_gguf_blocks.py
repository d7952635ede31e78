"""Blocks of GGUF files after repacking: the ``gguf`` package's numbers, bit for bit or within half an 8-bit step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.block_moves import BlockMoves
from bigmodel_studio.engine.packed.gguf_blocks import repack
from bigmodel_studio.engine.packed.weights import dequantised

SIZES = {"Q4_K": (144, 256, (0, 2)), "Q5_K": (176, 256, (0, 2)), "Q6_K": (210, 256, (208,))}
"""K-quants, which ``gguf`` cannot make: bytes and values of a block, and where its float16 numbers are."""


def blocks_of(kind: str, rows: int, columns: int) -> NDArray[np.uint8]:
    draw = np.random.default_rng(rows + columns)
    if kind not in SIZES:
        values = (draw.standard_normal((rows, columns)) * 0.1).astype(np.float32)
        found: NDArray[np.uint8] = gguf.quants.quantize(values, gguf.GGMLQuantizationType[kind])
        return found.view(np.uint8).reshape(rows, -1)
    size, values_in, scales = SIZES[kind]
    blocks = draw.integers(0, 256, (rows, columns // values_in, size)).astype(np.uint8)
    for place in scales:
        halves = (draw.random((rows, columns // values_in, 1)) * 0.01).astype(np.float16)
        blocks[..., place : place + 2] = halves.view(np.uint8).reshape(rows, -1, 2)
    return blocks.reshape(rows, -1)


def reference(blocks: NDArray[np.uint8], kind: str) -> torch.Tensor:
    return torch.from_numpy(np.array(gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind]), np.float32))


@pytest.mark.parametrize(("rows", "columns"), [(16, 256), (37, 512)])
@pytest.mark.parametrize("kind", ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K"])
def test_numbers_that_a_tile_can_hold_are_kept_bit_for_bit(kind: str, rows: int, columns: int) -> None:
    blocks = blocks_of(kind, rows, columns)
    found = dequantised(repack(blocks, kind))
    assert torch.equal(found, reference(blocks, kind))


@pytest.mark.parametrize("kind", ["Q5_0", "Q5_1", "Q5_K", "Q6_K"])
def test_five_and_six_bits_are_within_half_a_step_of_eight(kind: str) -> None:
    blocks = blocks_of(kind, 20, 512)
    expected = reference(blocks, kind)
    weight = repack(blocks, kind)
    assert weight.kind == ops.Q8
    step = expected.view(20, -1, 32).abs().amax(2) / 127
    bound = (step * 0.5 * 1.01 + 1e-7).repeat_interleave(32, dim=1)
    assert bool(((dequantised(weight) - expected).abs() <= bound).all())


@pytest.mark.parametrize("kind", ["F16", "Q4_K", "Q8_0", "Q6_K"])
def test_rows_are_taken_as_they_are_named(kind: str) -> None:
    blocks = blocks_of(kind, 37, 256)
    order = np.random.default_rng(1).permutation(37)[:21]
    plain, found = dequantised(repack(blocks, kind)), dequantised(repack(blocks, kind, order))
    if kind == "Q6_K":
        torch.testing.assert_close(found, plain[order])
    else:
        assert torch.equal(found, plain[order])


@pytest.mark.parametrize("kind", ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q4_K"])
def test_the_kernels_move_blocks_to_the_very_places_that_numpy_does(kernel: Callable[..., Any], kind: str) -> None:
    """Whole tiles and one that is filled up, rows in another order, several chunks, on one thread and on three."""
    for rows, columns in ((16, 256), (37, 768), (1333, 4096)):
        blocks = blocks_of(kind, rows, columns)
        order = np.random.default_rng(3).permutation(rows)[: rows * 2 // 3]
        for threads, taken in ((1, None), (3, order)):
            with closing(BlockMoves(kernel, threads)) as moves:
                found, expected = repack(blocks, kind, taken, moves), repack(blocks, kind, taken)
            assert (found.kind, found.rows, found.stride) == (expected.kind, expected.rows, expected.stride)
            memory = (torch.as_tensor(weight.keeps[0]).view(torch.uint8) for weight in (found, expected))
            assert torch.equal(*memory)


def test_a_row_that_is_not_there_is_refused(kernel: Callable[..., Any]) -> None:
    with closing(BlockMoves(kernel)) as moves, pytest.raises(IndexError):
        repack(blocks_of("Q8_0", 16, 256), "Q8_0", np.array([3, 16]), moves)


def test_a_type_that_is_not_known_is_refused() -> None:
    with pytest.raises(KeyError):
        repack(np.zeros((1, 66), np.uint8), "IQ2_XXS")
