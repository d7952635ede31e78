"""Matrix products and tables of embeddings: which kernel computes which piece, chosen while running."""

from __future__ import annotations

import numpy as np
from numba import njit

from bigmodel_studio.engine.packed import kernels_matmul, ops
from bigmodel_studio.engine.packed.kernels_vector import load_bf16, load_f16, load_f32, load_i64, load_u8, store_f32

_TILES = kernels_matmul.tiles(kernels_matmul.variant())
_DENSE = kernels_matmul.dense()
q8_1, q8_2, q8_4, q8_8 = (_TILES[ops.Q8, inputs] for inputs in (1, 2, 4, 8))
q4_1, q4_2, q4_4, q4_8 = (_TILES[ops.Q4, inputs] for inputs in (1, 2, 4, 8))
m4_1, m4_2, m4_4, m4_8 = (_TILES[ops.Q4_MIN, inputs] for inputs in (1, 2, 4, 8))
k4_1, k4_2, k4_4, k4_8 = (_TILES[ops.Q4_K, inputs] for inputs in (1, 2, 4, 8))
f32_1, f32_4 = _DENSE[ops.F32, 1], _DENSE[ops.F32, 4]
bf16_1, bf16_4 = _DENSE[ops.BF16, 1], _DENSE[ops.BF16, 4]
f16_1, f16_4 = _DENSE[ops.F16, 1], _DENSE[ops.F16, 4]


@njit(nogil=True)
def _tile(kind, inputs, tile, values, stride, scales, sums, groups, out, out_stride, bias, adds):
    if kind == ops.Q8:
        if inputs == 8:
            q8_8(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        elif inputs == 4:
            q8_4(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        elif inputs == 2:
            q8_2(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        else:
            q8_1(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
    elif kind == ops.Q4:
        if inputs == 8:
            q4_8(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        elif inputs == 4:
            q4_4(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        elif inputs == 2:
            q4_2(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        else:
            q4_1(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
    elif kind == ops.Q4_MIN:
        if inputs == 8:
            m4_8(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        elif inputs == 4:
            m4_4(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        elif inputs == 2:
            m4_2(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
        else:
            m4_1(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
    elif inputs == 8:
        k4_8(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
    elif inputs == 4:
        k4_4(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
    elif inputs == 2:
        k4_2(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)
    else:
        k4_1(tile, values, stride, scales, sums, groups, out, out_stride, bias, adds)


@njit(nogil=True)
def _four(kind, inputs, weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds):
    if kind == ops.F32:
        if inputs == 4:
            f32_4(weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds)
        else:
            f32_1(weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds)
    elif kind == ops.BF16:
        if inputs == 4:
            bf16_4(weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds)
        else:
            bf16_1(weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds)
    elif inputs == 4:
        f16_4(weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds)
    else:
        f16_1(weight, weight_stride, rows, values, stride, length, out, out_stride, bias, adds)


@njit(nogil=True)
def matmul(op, rows, chunk):
    kind, weight, weight_stride = op[ops.KIND], op[ops.WEIGHT], op[ops.WEIGHT_STRIDE]
    bias, adds, dst, dst_stride = op[ops.BIAS], op[ops.ADD], op[ops.DST], op[ops.DST_STRIDE]
    first = chunk * op[ops.CHUNK]
    if kind >= ops.Q8:
        groups, stride = op[ops.GROUPS], op[ops.QUANTS_STRIDE]
        last = min(first + op[ops.CHUNK], (op[ops.ROWS_OUT] + ops.TILE - 1) // ops.TILE)
        for tile in range(first, last):
            row = 0
            while row < rows:
                left = rows - row
                inputs = 8 if left >= 8 else 4 if left >= 4 else 2 if left >= 2 else 1
                _tile(
                    kind,
                    inputs,
                    weight + tile * weight_stride,
                    op[ops.QUANTS] + row * stride,
                    stride,
                    op[ops.SCALES] + row * groups * 4,
                    op[ops.SUMS] + row * groups * 4,
                    groups,
                    dst + row * dst_stride * 4 + tile * 64,
                    dst_stride * 4,
                    bias + tile * 64,
                    adds,
                )
                row += inputs
        return
    last = min(first + op[ops.CHUNK], (op[ops.ROWS_OUT] + 3) // 4)
    stride = op[ops.SRC_STRIDE] * 4
    for four in range(first, last):
        row = 0
        while row < rows:
            inputs = 4 if rows - row >= 4 else 1
            _four(
                kind,
                inputs,
                weight + four * 4 * weight_stride,
                weight_stride,
                min(4, op[ops.ROWS_OUT] - four * 4),
                op[ops.SRC] + row * stride,
                stride,
                op[ops.WIDTH_IN],
                dst + row * dst_stride * 4 + four * 16,
                dst_stride * 4,
                bias + four * 16,
                adds,
            )
            row += inputs


@njit(nogil=True)
def _packed_value(kind, tile, groups, lane, column):
    """One weight of a packed table, as the product kernels use it."""
    group, within = column // 32, column % 32
    four, byte = within // 4, within % 4
    if kind == ops.Q8:
        at = tile + (groups * 32 + 63) // 64 * 64 + group * 512 + four * 64 + lane * 4 + byte
        return load_f16(tile + group * 32 + lane * 2) * np.float32(load_u8(at) - 128)
    size = 64 if kind == ops.Q4_MIN else 32
    at = tile + (groups * size + 63) // 64 * 64 + group * 256 + (four % 4) * 64 + lane * 4 + byte
    quant = np.float32((load_u8(at) >> (4 * (four // 4))) & 15)
    if kind == ops.Q4:
        return load_f16(tile + group * 32 + lane * 2) * (quant - np.float32(8))
    if kind == ops.Q4_MIN:
        at = tile + group * 64 + lane * 2
        return load_f16(at) * quant + load_f16(at + 32)
    block, inner = tile + group // 8 * 256, group % 8
    factors = block + 64 + (inner % 4) * 16 + lane
    a, b, c = load_u8(factors), load_u8(factors + 64), load_u8(factors + 128)
    scale = np.float32(a & 63 if inner < 4 else (c & 15) | ((a >> 6) << 4))
    minimum = np.float32(b & 63 if inner < 4 else (c >> 4) | ((b >> 6) << 4))
    return load_f16(block + lane * 2) * scale * quant + load_f16(block + 32 + lane * 2) * minimum


@njit(nogil=True)
def embed(op, floats, parameters, row):
    entry = parameters[ops.P_TABLE] + row * ops.ROW_WIDTH * 8
    token, position = load_i64(entry), load_i64(entry + 8)
    dst = op[ops.DST] + row * op[ops.DST_STRIDE] * 4
    kind, table, stride, scale = op[ops.KIND], op[ops.WEIGHT], op[ops.WEIGHT_STRIDE], floats[ops.SCALE]
    places = op[ops.EXTRA] + (position + op[ops.EXTRA_2]) * op[ops.WIDTH_IN] * 4
    for column in range(op[ops.WIDTH_IN]):
        if kind == ops.F32:
            value = load_f32(table + token * stride + column * 4)
        elif kind == ops.BF16:
            value = load_bf16(table + token * stride + column * 2)
        elif kind == ops.F16:
            value = load_f16(table + token * stride + column * 2)
        else:
            value = _packed_value(kind, table + token // 16 * stride, op[ops.GROUPS], token % 16, column)
        value *= scale
        if op[ops.EXTRA] != 0:
            value += load_f32(places + column * 4)
        store_f32(dst + column * 4, value)
