"""Packed matrices: what rounding costs, and that nothing else is lost."""

from __future__ import annotations

import pytest
import torch

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.weights import BITS, dequantised, pack, stored


@pytest.mark.parametrize(("rows", "columns"), [(16, 32), (1, 1), (50, 77), (33, 256)])
@pytest.mark.parametrize("kind", [ops.Q8, ops.Q4, ops.Q4_MIN])
def test_rounding_is_within_half_a_step(kind: int, rows: int, columns: int) -> None:
    torch.manual_seed(rows)
    matrix = torch.randn(rows, columns) * torch.rand(rows, 1) * 0.1
    found = dequantised(pack(matrix, kind))
    assert found.shape == matrix.shape
    groups = torch.nn.functional.pad(matrix, (0, -columns % 32)).view(rows, -1, 32)
    if kind == ops.Q4_MIN:
        step = (groups.amax(2).clamp(min=0) - groups.amin(2).clamp(max=0)) / 15
    else:
        step = groups.abs().amax(2) / (127 if kind == ops.Q8 else 7)
    bound = (0.5 * step * 1.01 + 1e-6).repeat_interleave(32, dim=1)[:, :columns]
    assert bool(((found - matrix).abs() <= bound).all())


def test_zeros_and_tiny_values_survive() -> None:
    matrix = torch.zeros(16, 64)
    matrix[3, 40] = 1e-9
    for kind in (ops.Q8, ops.Q4, ops.Q4_MIN):
        found = dequantised(pack(matrix, kind))
        assert bool(found.isfinite().all())
        assert float((found - matrix).abs().max()) < 1e-6


@pytest.mark.parametrize("kind", [ops.Q8, ops.Q4, ops.Q4_MIN])
def test_bits_are_as_stated(kind: int) -> None:
    weight = pack(torch.randn(160, 640), kind)
    assert 8 * weight.bytes / (160 * 640) == pytest.approx(BITS[kind], rel=0.02)


def test_stored_weights_are_not_copied() -> None:
    matrix = torch.randn(6, 8)
    assert stored(matrix).address == matrix.data_ptr()
    assert stored(matrix[2:5]).address == matrix[2].data_ptr()
    assert torch.equal(dequantised(stored(matrix.t())), matrix.t())
