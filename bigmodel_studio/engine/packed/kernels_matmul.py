"""Matrix products for one piece of the output: 16 packed rows, or four stored rows, against one to eight inputs.

A packed tile holds 16 rows: the scales of all its groups, then their quants. Vector k of a group has inputs 4k … 4k + 3
of every row, 64 bytes in all, which is what ``vpdpbusd`` multiplies and adds into 16 sums of integers. Those are exact;
floats are added group by group in one order, so that a result does not depend on how many inputs went together.
"""

from __future__ import annotations

import functools
import os
from typing import Any

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.emit import (
    FLOAT,
    I16,
    I32,
    LANES,
    V_BYTES,
    V_F32,
    V_HALF,
    V_I8,
    V_I16,
    V_I32,
    Emitter,
    Value,
    emitted,
    features,
    vector,
)

VARIABLE = "BIGMODEL_STUDIO_KERNELS"
"""Chooses the instructions by hand, for tests and for finding faults."""
VARIANTS = ("vnni-512", "vnni-256", "avx2", "plain")
AHEAD_BYTES = 8192
"""How far before it is read memory is asked for: measured, of 1 to 16 KB. Without, a core waits for memory half of the
time, for it looks only a few groups ahead, and not across the end of a tile.
"""
FEW = 4
"""Inputs with which a product waits for memory; with more it computes longer than memory takes."""
_BYTES = 4 * LANES
_HALF_BYTES = vector(V_I8.element, 2 * LANES)
_EIGHT = vector(I32, 8)


@functools.cache
def variant() -> str:
    """Return which instructions multiply packed weights on this processor: one of ``VARIANTS``, best first."""
    chosen = os.environ.get(VARIABLE, "")
    return chosen if chosen in VARIANTS else available()[0]


@functools.cache
def available() -> tuple[str, ...]:
    """Return the variants that this processor can run, best first."""
    has = features()
    rules = {
        "vnni-512": "avx512vnni" in has and "avx512bw" in has,
        "vnni-256": "avxvnni" in has or ("avx512vnni" in has and "avx512vl" in has),
        "avx2": "avx2" in has,
        "plain": True,
    }
    return tuple(name for name in VARIANTS if rules[name])


def _products(code: Emitter, kind: str, total: Value, weight: Value, value: Value) -> Value:
    """Add the products of 64 unsigned weights and 64 signed values to 16 sums, four to each: exact."""
    if kind == "vnni-512":
        return code.call("llvm.x86.avx512.vpdpbusd.512", V_I32, total, weight, value)
    if kind in ("vnni-256", "avx2"):
        halves = [
            _half_products(
                code,
                kind,
                code.lanes(total, list(range(start, start + 8))),
                code.lanes(weight, list(range(4 * start, 4 * start + 32))),
                code.lanes(value, list(range(4 * start, 4 * start + 32))),
            )
            for start in (0, 8)
        ]
        return code.lanes(halves[0], list(range(16)), halves[1])
    wide = vector(I32, 4 * LANES)
    product = Value(code, code.builder.zext(weight.raw, wide)) * Value(code, code.builder.sext(value.raw, wide))
    for place in range(4):
        total = total + code.lanes(product, list(range(place, 4 * LANES, 4)))
    return total


def _half_products(code: Emitter, kind: str, total: Value, weight: Value, value: Value) -> Value:
    if kind == "vnni-256":
        return code.call("llvm.x86.avx512.vpdpbusd.256", _EIGHT, total, weight, value)
    ones = code.constant(vector(I16, 16), 1)
    # The instruction saturates two products at 16 bits: seven bits of the weight at a time stay below.
    for mask in (0x7F, 0x80):
        pairs = code.call("llvm.x86.avx2.pmadd.ub.sw", vector(I16, 16), weight & mask, value)
        total = total + code.call("llvm.x86.avx2.pmadd.wd", _EIGHT, pairs, ones)
    return total


def _group_weights(code: Emitter, kind: int, quants: Value) -> list[Value]:
    """Return the eight vectors of a group's weights, as unsigned bytes."""
    if kind == ops.Q8:
        return [code.load(quants + place * _BYTES, V_BYTES) for place in range(8)]
    halves = [code.load(quants + place * _BYTES, V_BYTES) for place in range(4)]
    # A shift of 32-bit lanes, which there is an instruction for; the mask drops what came from the neighbour.
    high = [(half.bits(V_I32) >> 4).bits(V_BYTES) & 15 for half in halves]
    return [half & 15 for half in halves] + high


def _half(code: Emitter, address: Value) -> Value:
    return code.widen(code.load(address, V_HALF))


def _tile(kind: int, inputs: int, instructions: str) -> Any:
    """Return the products of one packed tile with ``inputs`` rows of 8-bit values.

    Arguments: tile, values, their stride, scales, sums, groups (also the stride of scales and sums), output, its
    stride in bytes, bias (16 floats) and whether to add to the output.
    """

    def body(
        code: Emitter,
        tile: Value,
        values: Value,
        stride: Value,
        scales: Value,
        sums: Value,
        groups: Value,
        out: Value,
        out_stride: Value,
        bias: Value,
        adds: Value,
    ) -> None:
        totals = [code.local(V_F32) for _ in range(inputs)]
        quants = tile + (groups * ops.SCALE_BYTES[kind] + 63 & -64)

        def ask(at: Value) -> None:
            """Ask for the share of one group in the memory ahead: each line of it once, tile after tile."""
            share = ops.SCALE_BYTES[kind] + ops.QUANT_BYTES[kind]
            place = quants + at * share + AHEAD_BYTES
            for line in range(0, share, _BYTES):
                code.prefetch(place + line)

        def group(at: Value, scale: Value, minimum: Value | None) -> None:
            if inputs <= FEW:
                ask(at)
            weights = _group_weights(code, kind, quants + at * ops.QUANT_BYTES[kind])
            for row, total in enumerate(totals):
                place = (groups * row + at) * 4
                sum_ = code.load(sums + place, I32)
                row_scale = code.load(scales + place, FLOAT)
                start = values + stride * row + at * 32
                # Few inputs wait for each sum to be complete; integers may be added in any order.
                chains = 4 if inputs <= 2 else 1
                found = [code.splat(sum_ * -ops.ZERO_POINTS[kind])] + [code.constant(V_I32, 0)] * (chains - 1)
                for number, weight in enumerate(weights):
                    four = code.splat(code.load(start + number * 4, I32)).bits(V_BYTES)
                    chain = number % chains
                    found[chain] = _products(code, instructions, found[chain], weight, four)
                whole = functools.reduce(lambda a, b: a + b, found)
                result = code.fma(code.floats(whole), scale * code.splat(row_scale), total.get())
                if minimum is not None:
                    offset = Value(code, code.builder.sitofp(sum_.raw, FLOAT)) * row_scale
                    result = code.fma(minimum, code.splat(offset), result)
                total.set(result)

        if kind == ops.Q4_K:
            _super_groups(code, tile, groups, group)
        else:
            with code.loop(groups) as at:
                place = tile + at * ops.SCALE_BYTES[kind]
                group(at, _half(code, place), _half(code, place + 32) if kind == ops.Q4_MIN else None)
        offset = code.load(bias, V_F32)
        for row, total in enumerate(totals):
            place = out + out_stride * row
            total.set(total.get() + offset)
            with code.when(code.constant(adds.raw.type, 0) < adds):
                total.set(total.get() + code.load(place, V_F32))
            code.store(total.get(), place)

    return emitted("iiiiiiiiii", "v", body)


def _super_groups(code: Emitter, tile: Value, groups: Value, group: Any) -> None:
    """Walk through groups of 256: float16 scale and minimum, and two 6-bit factors for each of eight groups.

    Of a tile's 256 bytes: 32 of scales, 32 of minima, then four times 16 bytes each: A, B (six bits for group j, two
    for the top of group j + 4) and C (the low four bits of both factors of group j + 4).
    """
    unsigned = lambda value: Value(code, code.builder.uitofp(value.raw, V_F32))  # noqa: E731

    with code.loop(groups >> 3) as block:
        place = tile + block * 256
        scale, minimum = _half(code, place), _half(code, place + 32)
        with code.loop(code.constant(groups.raw.type, 4)) as at:
            factors = place + at * LANES + 64
            a, b, c = (code.load(factors + part * 64, V_I8) for part in range(3))
            first = block * 8 + at
            group(first, scale * unsigned(a & 63), minimum * unsigned(b & 63))
            high_scale = (c & 15) | ((a >> 6) << 4)
            high_minimum = (c >> 4) | ((b >> 6) << 4)
            group(first + 4, scale * unsigned(high_scale), minimum * unsigned(high_minimum))


def _dense(kind: int, inputs: int) -> Any:
    """Return the products of up to four stored rows with ``inputs`` rows of floats.

    Arguments: the first weight row, bytes from one to the next, how many there are (1 to 4), values, their stride in
    bytes, values in a row, output, its stride in bytes, bias (4 floats) and whether to add to the output.
    """
    loaded, size = {ops.F32: (V_F32, 4), ops.BF16: (V_I16, 2), ops.F16: (V_HALF, 2)}[kind]

    def one(code: Emitter, address: Value) -> Value:
        short = vector(loaded.element, 1)
        return Value(
            code, code.builder.extract_element(code.widen(code.load(address, short)).raw, code.constant(I32, 0).raw)
        )

    def body(
        code: Emitter,
        weight: Value,
        weight_stride: Value,
        rows: Value,
        values: Value,
        stride: Value,
        length: Value,
        out: Value,
        out_stride: Value,
        bias: Value,
        adds: Value,
    ) -> None:
        last = rows - 1
        zero = code.constant(rows.raw.type, 0)
        index = [code.select(last < place, last, zero + place) for place in range(4)]
        places = [weight + weight_stride * row for row in index]
        totals = [[code.local(V_F32) for _ in range(inputs)] for _ in range(4)]
        tails = [[code.local(FLOAT) for _ in range(inputs)] for _ in range(4)]
        with code.loop(length >> 4) as at:
            rows_in = [code.load(values + stride * row + at * _BYTES, V_F32) for row in range(inputs)]
            for row, place in enumerate(places):
                weights = code.widen(code.load(place + at * (LANES * size), loaded))
                for column, value in enumerate(rows_in):
                    total = totals[row][column]
                    total.set(code.fma(weights, value, total.get()))
        done = length & -LANES
        with code.loop(length - done) as extra:
            at = done + extra
            for row, place in enumerate(places):
                weight_value = one(code, place + at * size)
                for column in range(inputs):
                    tail = tails[row][column]
                    value = code.load(values + stride * column + at * 4, FLOAT)
                    tail.set(tail.get() + weight_value * value)
        for row in range(4):
            with code.when(code.constant(rows.raw.type, row) < rows):
                offset = code.load(bias + row * 4, FLOAT)
                for column in range(inputs):
                    result = code.local(FLOAT)
                    result.set(code.total(totals[row][column].get()) + tails[row][column].get() + offset)
                    place = out + out_stride * column + row * 4
                    with code.when(zero < adds):
                        result.set(result.get() + code.load(place, FLOAT))
                    code.store(result.get(), place)

    return emitted("iiiiiiiiii", "v", body)


def tiles(instructions: str) -> dict[tuple[int, int], Any]:
    """Return the kernels of packed tiles by kind and number of inputs (1, 2, 4 or 8)."""
    return {(kind, inputs): _tile(kind, inputs, instructions) for kind in ops.PACKED for inputs in (1, 2, 4, 8)}


def dense() -> dict[tuple[int, int], Any]:
    """Return the kernels of stored rows by kind and number of inputs (1 or 4)."""
    return {(kind, inputs): _dense(kind, inputs) for kind in ops.STORED for inputs in (1, 4)}
