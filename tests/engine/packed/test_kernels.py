"""The instructions that multiply packed weights: every variant that this processor can run gives the same bits."""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import kernels_matmul, ops
from bigmodel_studio.engine.packed.gguf_blocks import repack
from bigmodel_studio.engine.packed.weights import Weight, dequantised, pack
from tests.engine.packed.test_gguf_blocks import blocks_of


def compiled(variant: str, kind: int, inputs: int) -> Callable[..., None]:
    kernel = kernels_matmul.tiles(variant)[kind, inputs]

    @numba.njit
    def run(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds):  # type: ignore[no-untyped-def]
        kernel(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)

    found: Callable[..., None] = run
    return found


def product(
    run: Callable[..., None], weight: Weight, values: NDArray[np.int8], scales: NDArray[np.float32]
) -> NDArray[np.float32]:
    inputs = len(values)
    sums = np.ascontiguousarray(values.reshape(inputs, -1, 32).sum(2, dtype=np.int32))
    out, bias = np.zeros((inputs, 16), np.float32), np.zeros(16, np.float32)
    at = [array.ctypes.data for array in (values, scales, sums, out, bias)]
    run(weight.address, at[0], values.shape[1], at[1], at[2], sums.shape[1], at[3], 64, at[4], 0)
    return out


@pytest.mark.parametrize("kind", ops.PACKED)
def test_variants_agree_bit_for_bit(kind: int) -> None:
    draw = np.random.default_rng(kind)
    if kind == ops.Q4_K:
        weight = repack(blocks_of("Q4_K", 16, 512), "Q4_K")
    else:
        weight = pack(torch.from_numpy(draw.standard_normal((16, 512)).astype(np.float32)), kind)
    values = draw.integers(-127, 128, (2, 512)).astype(np.int8)
    values[0, :32], values[1, 32:64] = 127, -127  # the largest sums
    scales = draw.random((2, 16), np.float32)
    found = {name: product(compiled(name, kind, 2), weight, values, scales) for name in kernels_matmul.available()}
    inputs = (values.reshape(2, 16, 32) * scales[:, :, None].astype(np.float64)).reshape(2, 512)
    exact = inputs @ dequantised(weight).double().numpy().T
    for name, result in found.items():
        np.testing.assert_allclose(result, exact, rtol=1e-4, atol=1e-2, err_msg=name)
        np.testing.assert_array_equal(result, found["plain"], err_msg=name)


def test_the_extremes_of_eight_bits_do_not_saturate() -> None:
    matrix = torch.full((16, 32), -1.0)
    matrix[:, ::2] = 1.0
    weight = pack(matrix, ops.Q8)
    values = np.where(np.arange(32) % 2 == 0, 127, -127).astype(np.int8)[None]
    scales = np.ones((1, 1), np.float32)
    for name in kernels_matmul.available():
        out = product(compiled(name, ops.Q8, 1), weight, values, scales)
        np.testing.assert_allclose(out, 127 * 32, rtol=1e-3, err_msg=name)
