"""Attention: a row's keys and values into the cache, and its look back over them.

A block of the cache has, for each layer, the keys of each head as [4, head, 16] (groups of 16 positions) and then the
values as [64, head]; heads are padded to a multiple of 16.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.kernels_vector import (
    capped,
    exponentials,
    largest,
    load_f32,
    load_i64,
    mixed1_f16,
    mixed1_f32,
    mixed4_f16,
    mixed4_f32,
    scaled,
    scores_f16,
    scores_f32,
    store_f16,
    store_f32,
)


@njit(nogil=True)
def _rotated(src, dst, step, half, head, padded, norm_at, floats, rope, rotary, scratch):
    """Return a head normed and rotated into its place; ``step`` values lie between its values there."""
    if norm_at != 0:
        # Heads lie close together in the source, so that the lanes past the last one are not zero: summed one by one.
        square = np.float32(0)
        for column in range(head):
            square += load_f32(src + column * 4) * load_f32(src + column * 4)
        scale = np.float32(1.0 / math.sqrt(square / np.float32(head) + floats[ops.EPSILON]))
        for column in range(head):
            store_f32(scratch + column * 4, load_f32(src + column * 4) * scale * load_f32(norm_at + column * 4))
        src = scratch
    middle = rotary // 2
    for column in range(middle):
        low, high = load_f32(src + column * 4), load_f32(src + (column + middle) * 4)
        cosine, sine = load_f32(rope + column * 4), load_f32(rope + (column + middle) * 4)
        _put(dst, column * step, half, low * cosine - high * sine)
        _put(dst, (column + middle) * step, half, high * cosine + low * sine)
    for column in range(rotary, head):
        _put(dst, column * step, half, load_f32(src + column * 4))
    for column in range(head, padded):
        _put(dst, column * step, half, np.float32(0))


@njit(nogil=True)
def _put(dst, place, half, value):
    if half:
        store_f16(dst + place * 2, value)
    else:
        store_f32(dst + place * 4, value)


@njit(nogil=True)
def _cache_part(op, entry, block, kv_head):
    """Where a layer's keys of a head begin in a block of the cache, and where its values do."""
    size = 2 if op[ops.PLACE_HALF] else 4
    part = ops.BLOCK * op[ops.PLACE_PADDED] * size
    keys = load_i64(load_i64(entry + 16) + block * 8) + op[ops.PLACE_LAYER] + kv_head * part
    return keys, keys + op[ops.PLACE_KV_HEADS] * part


@njit(nogil=True)
def place(op, floats, parameters, row, part, scratch):
    entry = parameters[ops.P_TABLE] + row * ops.ROW_WIDTH * 8
    position = load_i64(entry + 8)
    heads, head, padded = op[ops.PLACE_HEADS], op[ops.PLACE_HEAD], op[ops.PLACE_PADDED]
    rotary, rope = op[ops.PLACE_ROTARY], parameters[0] * 0
    if rotary:
        rope = parameters[op[ops.PLACE_ROPE]] + position * rotary * 4
    if part < heads:
        src = op[ops.SRC] + (row * op[ops.SRC_STRIDE] + part * head) * 4
        dst = op[ops.DST] + (row * op[ops.DST_STRIDE] + part * padded) * 4
        _rotated(src, dst, 1, False, head, padded, op[ops.PLACE_Q_NORM], floats, rope, rotary, scratch)
        return
    kv_head = part - heads
    offset = (row * op[ops.PLACE_STRIDE] + kv_head * head) * 4
    keys, values = _cache_part(op, entry, position // ops.BLOCK, kv_head)
    half, within = op[ops.PLACE_HALF] == 1, position % ops.BLOCK
    size = 2 if half else 4
    keys += (within // ops.TILE * padded * ops.TILE + within % ops.TILE) * size
    src = op[ops.PLACE_KEYS] + offset
    _rotated(src, keys, ops.TILE, half, head, padded, op[ops.PLACE_K_NORM], floats, rope, rotary, scratch)
    src, values = op[ops.PLACE_VALUES] + offset, values + within * padded * size
    for column in range(head):
        _put(values, column, half, load_f32(src + column * 4))
    for column in range(head, padded):
        _put(values, column, half, np.float32(0))


@njit(nogil=True)
def attend(op, floats, parameters, row, head, scratch):
    entry = parameters[ops.P_TABLE] + row * ops.ROW_WIDTH * 8
    position = load_i64(entry + 8)
    width, padded, half = op[ops.PLACE_HEAD], op[ops.PLACE_PADDED], op[ops.PLACE_HALF] == 1
    kv_head = head // (op[ops.PLACE_HEADS] // op[ops.PLACE_KV_HEADS])
    size = 2 if half else 4
    window = op[ops.ATTEND_WINDOW]
    start = max(0, position - window + 1) if window > 0 else 0
    first, last = start // ops.BLOCK, position // ops.BLOCK
    query = op[ops.SRC] + (row * op[ops.SRC_STRIDE] + head * padded) * 4
    result = scratch
    scores = scratch + padded * 4
    for block in range(first, last + 1):
        keys, _ = _cache_part(op, entry, block, kv_head)
        at, step = scores + (block - first) * ops.BLOCK * 4, padded * ops.TILE * size
        if half:
            scores_f16(query, keys, step, width, floats[ops.SCALE], at)
        else:
            scores_f32(query, keys, step, width, floats[ops.SCALE], at)
    n = (last + 1 - first) * ops.BLOCK
    if floats[ops.LIMIT] > 0:
        capped(scores, n, floats[ops.LIMIT])
    for place in range(start - first * ops.BLOCK):
        store_f32(scores + place * 4, np.float32(-np.inf))
    for place in range(position + 1 - first * ops.BLOCK, n):
        store_f32(scores + place * 4, np.float32(-np.inf))
    total = exponentials(scores, n, largest(scores, n))
    for column in range(padded):
        store_f32(result + column * 4, np.float32(0))
    for block in range(first, last + 1):
        _, values = _cache_part(op, entry, block, kv_head)
        begin = max(start, block * ops.BLOCK)
        count = min(position + 1, (block + 1) * ops.BLOCK) - begin
        weights = scores + (begin - first * ops.BLOCK) * 4
        values += (begin - block * ops.BLOCK) * padded * size
        _mix(weights, values, padded, half, count, result)
    dst = op[ops.DST] + (row * op[ops.DST_STRIDE] + head * width) * 4
    scale = np.float32(1) / total
    whole = width // 16 * 16
    scaled(result, dst, whole, scale)
    for column in range(whole, width):
        store_f32(dst + column * 4, load_f32(result + column * 4) * scale)


@njit(nogil=True)
def _mix(weights, values, padded, half, count, result):
    column = 0
    while column < padded:
        four = padded - column >= 64
        if half:
            if four:
                mixed4_f16(weights, values + column * 2, padded * 2, count, result + column * 4)
            else:
                mixed1_f16(weights, values + column * 2, padded * 2, count, result + column * 4)
        elif four:
            mixed4_f32(weights, values + column * 4, padded * 4, count, result + column * 4)
        else:
            mixed1_f32(weights, values + column * 4, padded * 4, count, result + column * 4)
        column += 64 if four else 16
