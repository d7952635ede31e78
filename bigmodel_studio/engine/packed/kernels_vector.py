"""Kernels over rows of floats: sums, norms, activations, 8-bit copies, and the two halves of attention.

Addresses are int64 and lengths in values; every length but a tail's is a multiple of 16, which buffers are padded to
with zeros. Each writes the same instructions whatever the number of rows, so that a row's result is its own.
"""

from __future__ import annotations

from typing import Any

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.emit import (
    FLOAT,
    HALF,
    I8,
    I16,
    I32,
    I64,
    LANES,
    V_F32,
    V_HALF,
    V_I8,
    V_I32,
    Emitter,
    Value,
    emitted,
)

BYTES = 4 * LANES


def _each(code: Emitter, n: Value) -> Any:
    """Return a loop over the vectors of a row; gives the offset in bytes."""
    return code.loop(n >> 4)


def _dot(code: Emitter, a: Value, b: Value, n: Value) -> Value:
    total = code.local(V_F32)
    with _each(code, n) as at:
        offset = at * BYTES
        total.set(code.fma(code.load(a + offset, V_F32), code.load(b + offset, V_F32), total.get()))
    return code.total(total.get())


def _sum(code: Emitter, a: Value, n: Value) -> Value:
    total = code.local(V_F32)
    with _each(code, n) as at:
        total.set(total.get() + code.load(a + at * BYTES, V_F32))
    return code.total(total.get())


def _spread(code: Emitter, a: Value, n: Value, mean: Value) -> Value:
    total, wide = code.local(V_F32), code.splat(mean)
    with _each(code, n) as at:
        off = code.load(a + at * BYTES, V_F32) - wide
        total.set(code.fma(off, off, total.get()))
    return code.total(total.get())


def _normed(adds: bool) -> Any:
    def body(
        code: Emitter, src: Value, dst: Value, weight: Value, bias: Value, n: Value, mean: Value, scale: Value
    ) -> None:
        centre, wide = code.splat(mean), code.splat(scale)
        with _each(code, n) as at:
            offset = at * BYTES
            value = (code.load(src + offset, V_F32) - centre) * wide * code.load(weight + offset, V_F32)
            value = value + code.load(bias + offset, V_F32)
            code.store(value + code.load(dst + offset, V_F32) if adds else value, dst + offset)

    return emitted("iiiiiff", "v", body)


def _largest(code: Emitter, a: Value, n: Value) -> Value:
    most = code.local(V_F32, float("-inf"))
    with _each(code, n) as at:
        most.set(code.larger(most.get(), code.load(a + at * BYTES, V_F32)))
    return code.total(most.get(), code.larger)


def _exponentials(code: Emitter, a: Value, n: Value, most: Value) -> Value:
    """Replace scores by e^(score − most), and give their sum."""
    total, wide = code.local(V_F32), code.splat(most)
    with _each(code, n) as at:
        value = code.exp(code.load(a + at * BYTES, V_F32) - wide)
        code.store(value, a + at * BYTES)
        total.set(total.get() + value)
    return code.total(total.get())


def _capped(code: Emitter, a: Value, n: Value, limit: Value) -> None:
    wide = code.splat(limit)
    with _each(code, n) as at:
        value = code.load(a + at * BYTES, V_F32)
        code.store(code.tanh(value / wide) * wide, a + at * BYTES)


def _erf(code: Emitter, x: Value) -> Value:
    """Return the error function within 1.5e-7 (Abramowitz and Stegun 7.1.26)."""
    zero, one = code.constant(V_F32, 0.0), code.constant(V_F32, 1.0)
    size = code.larger(x, zero - x)
    t = one / (size * 0.3275911 + 1.0)
    sum_ = code.constant(V_F32, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        sum_ = sum_ * t + factor
    found = one - sum_ * t * code.exp(zero - size * size)
    return code.select(x < zero, zero - found, found)


def _activation(code: Emitter, kind: int, x: Value) -> Value:
    one = code.constant(V_F32, 1.0)
    if kind == ops.SILU:
        return x / (code.exp(code.constant(V_F32, 0.0) - x) + one)
    if kind == ops.GELU_TANH:
        inner = (x + x * x * x * 0.044715) * 0.7978845608028654
        return x * 0.5 * (code.tanh(inner) + one)
    if kind == ops.GELU:
        return x * 0.5 * (_erf(code, x * 0.7071067811865476) + one)
    return code.larger(x, code.constant(V_F32, 0.0))


def _activated(kind: int, gated: bool) -> Any:
    def body(code: Emitter, src: Value, gate: Value, dst: Value, n: Value) -> None:
        with _each(code, n) as at:
            offset = at * BYTES
            value = _activation(code, kind, code.load(src + offset, V_F32))
            code.store(value * code.load(gate + offset, V_F32) if gated else value, dst + offset)

    return emitted("iiii", "v", body)


def _quantised(code: Emitter, src: Value, dst: Value, scale: Value, total: Value) -> None:
    """32 floats as 8-bit numbers around one scale, the largest being ±127; with the sum of those numbers."""
    low, high = code.load(src, V_F32), code.load(src + BYTES, V_F32)
    zero = code.constant(V_F32, 0.0)
    sizes = code.larger(code.larger(low, zero - low), code.larger(high, zero - high))
    # Not a number, or infinity, in any place makes the scale not a number, and with it the result.
    probe = code.total(low * 0.0 + high * 0.0)
    most = code.total(sizes, code.larger) + probe
    inverse = code.splat(
        code.select(
            Value(code, code.builder.fcmp_ordered(">", most.raw, code.constant(FLOAT, 0.0).raw)),
            code.constant(FLOAT, 127.0) / most,
            code.constant(FLOAT, 0.0),
        )
    )
    sums: list[Value] = []
    for place, part in enumerate((low, high)):
        rounded = (part * inverse + 12582912.0) - 12582912.0
        whole = Value(code, code.builder.fptosi(rounded.raw, V_I32))
        code.store(Value(code, code.builder.trunc(whole.raw, V_I8)), dst + place * LANES)
        sums.append(whole)
    code.store(most / 127.0, scale)
    code.store(code.total(sums[0] + sums[1]), total)


def _scores(half: bool) -> Any:
    """Return the products of a query with the 64 keys of a cache block, times a scale.

    Keys lie in groups of 16 positions: [4, head, 16]. ``step`` bytes lie between the groups.
    """
    kind, size = (V_HALF, 2) if half else (V_F32, 4)

    def body(code: Emitter, query: Value, keys: Value, step: Value, head: Value, scale: Value, dst: Value) -> None:
        sums = [code.local(V_F32) for _ in range(4)]
        with code.loop(head) as at:
            value = code.splat(code.load(query + at * 4, FLOAT))
            first = keys + at * (LANES * size)
            for place, total in enumerate(sums):
                key = code.widen(code.load(first + step * place, kind))
                total.set(code.fma(value, key, total.get()))
        wide = code.splat(scale)
        for place, total in enumerate(sums):
            code.store(total.get() * wide, dst + place * BYTES)

    return emitted("iiiifi", "v", body)


def _mixed(half: bool, vectors: int) -> Any:
    """Add values [count, …], each times its weight, to ``dst``: ``vectors`` × 16 columns of them, position by position.

    ``step`` bytes lie between the positions.
    """
    kind, size = (V_HALF, 2) if half else (V_F32, 4)

    def body(code: Emitter, weights: Value, values: Value, step: Value, count: Value, dst: Value) -> None:
        sums = [code.local(V_F32) for _ in range(vectors)]
        for place, total in enumerate(sums):
            total.set(code.load(dst + place * BYTES, V_F32))
        with code.loop(count) as at:
            weight = code.splat(code.load(weights + at * 4, FLOAT))
            first = values + at * step
            for place, total in enumerate(sums):
                value = code.widen(code.load(first + place * LANES * size, kind))
                total.set(code.fma(weight, value, total.get()))
        for place, total in enumerate(sums):
            code.store(total.get(), dst + place * BYTES)

    return emitted("iiiii", "v", body)


def _scaled(code: Emitter, src: Value, dst: Value, n: Value, scale: Value) -> None:
    wide = code.splat(scale)
    with _each(code, n) as at:
        code.store(code.load(src + at * BYTES, V_F32) * wide, dst + at * BYTES)


def _half_to_float(code: Emitter, address: Value) -> Value:
    return Value(code, code.builder.fpext(code.load(address, HALF).raw, FLOAT))


def _store_half(code: Emitter, address: Value, value: Value) -> None:
    code.store(Value(code, code.builder.fptrunc(value.raw, HALF)), address)


def _brain_to_float(code: Emitter, address: Value) -> Value:
    return (Value(code, code.builder.zext(code.load(address, I16).raw, I32)) << 16).bits(FLOAT)


dot = emitted("iii", "f", _dot)
sum_of = emitted("ii", "f", _sum)
spread = emitted("iif", "f", _spread)
norm = _normed(False)
norm_add = _normed(True)
largest = emitted("ii", "f", _largest)
exponentials = emitted("iif", "f", _exponentials)
capped = emitted("iif", "v", _capped)
quantised = emitted("iiii", "v", _quantised)
scaled = emitted("iiif", "v", _scaled)
scores_f32, scores_f16 = _scores(False), _scores(True)
mixed4_f32, mixed4_f16 = _mixed(False, 4), _mixed(True, 4)
mixed1_f32, mixed1_f16 = _mixed(False, 1), _mixed(True, 1)
silu, gelu_tanh, gelu, relu = (_activated(kind, False) for kind in range(4))
silu_gate, gelu_tanh_gate, gelu_gate, relu_gate = (_activated(kind, True) for kind in range(4))

load_i64 = emitted("i", "i", lambda code, address: code.load(address, I64))
load_f32 = emitted("i", "f", lambda code, address: code.load(address, FLOAT))
store_f32 = emitted("if", "v", lambda code, address, value: code.store(value, address))
load_f16 = emitted("i", "f", _half_to_float)
store_f16 = emitted("if", "v", _store_half)
load_bf16 = emitted("i", "f", _brain_to_float)
load_u8 = emitted("i", "i", lambda code, a: Value(code, code.builder.zext(code.load(a, I8).raw, I64)))
