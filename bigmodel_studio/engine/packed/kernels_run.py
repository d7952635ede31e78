"""The compiled interpreter: threads go through a program's operations together and take its chunks one at a time.

Every thread walks the same list. A chunk belongs to who counted it; an operation that reads what others write waits
until all their chunks are complete, not until every thread has come: a thread that the system keeps away holds up
nothing but the chunk it is in. Importing this module is cheap; the first call compiles it, or loads it from numba's
cache.
"""

from __future__ import annotations

import math

from numba import njit

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.kernels_attention import attend, place
from bigmodel_studio.engine.packed.kernels_products import embed, matmul
from bigmodel_studio.engine.packed.kernels_repack import repack
from bigmodel_studio.engine.packed.kernels_threads import give_way, pause, read, take
from bigmodel_studio.engine.packed.kernels_vector import (
    capped,
    dot,
    gelu,
    gelu_gate,
    gelu_tanh,
    gelu_tanh_gate,
    load_f32,
    load_i64,
    norm,
    norm_add,
    quantised,
    relu,
    relu_gate,
    silu,
    silu_gate,
    spread,
    sum_of,
)

SPINS = 4000
"""Looks at a counter before a waiting thread gives its time slice away."""


@njit(nogil=True)
def _quantise(row_quants, row_scales, row_sums, src, first, last):
    for group in range(first, last):
        quantised(src + group * 128, row_quants + group * 32, row_scales + group * 4, row_sums + group * 4)


@njit(nogil=True)
def _norm(op, floats, parameters, row):
    n = op[ops.WIDTH_IN]
    padded = (n + 15) // 16 * 16
    from_row = load_i64(parameters[ops.P_MAP] + row * 8) if op[ops.EXTRA] == 1 else row
    src = op[ops.SRC] + from_row * op[ops.SRC_STRIDE] * 4
    dst = op[ops.DST] + row * op[ops.DST_STRIDE] * 4
    mean = 0.0
    if op[ops.KIND] == 1:
        mean = sum_of(src, padded) / n
        whole = n // 16 * 16
        square = spread(src, whole, mean)
        for column in range(whole, n):
            off = load_f32(src + column * 4) - mean
            square += off * off
    else:
        square = dot(src, src, padded)
    scale = 1.0 / math.sqrt(square / n + floats[ops.EPSILON])
    if op[ops.ADD] == 1:
        norm_add(src, dst, op[ops.WEIGHT], op[ops.BIAS], padded, mean, scale)
    else:
        norm(src, dst, op[ops.WEIGHT], op[ops.BIAS], padded, mean, scale)
    if op[ops.QUANTS] != 0:
        groups = op[ops.GROUPS]
        quants = op[ops.QUANTS] + row * op[ops.QUANTS_STRIDE]
        _quantise(quants, op[ops.SCALES] + row * groups * 4, op[ops.SUMS] + row * groups * 4, dst, 0, groups)


@njit(nogil=True)
def _activate(op, row, part):
    first = part * op[ops.CHUNK]
    n = min(op[ops.CHUNK], op[ops.DST_STRIDE] - first)
    src = op[ops.SRC] + (row * op[ops.SRC_STRIDE] + first) * 4
    gate = op[ops.EXTRA] + (row * op[ops.SRC_STRIDE] + first) * 4
    dst = op[ops.DST] + (row * op[ops.DST_STRIDE] + first) * 4
    kind = op[ops.KIND]
    if op[ops.EXTRA] != 0:
        if kind == ops.SILU:
            silu_gate(src, gate, dst, n)
        elif kind == ops.GELU_TANH:
            gelu_tanh_gate(src, gate, dst, n)
        elif kind == ops.GELU:
            gelu_gate(src, gate, dst, n)
        else:
            relu_gate(src, gate, dst, n)
    elif kind == ops.SILU:
        silu(src, src, dst, n)
    elif kind == ops.GELU_TANH:
        gelu_tanh(src, src, dst, n)
    elif kind == ops.GELU:
        gelu(src, src, dst, n)
    else:
        relu(src, src, dst, n)
    if op[ops.QUANTS] != 0:
        _quantise_part(op, row, part, dst - first * 4)


@njit(nogil=True)
def _quantise_part(op, row, part, src):
    groups, size = op[ops.GROUPS], op[ops.CHUNK] // ops.GROUP
    quants = op[ops.QUANTS] + row * op[ops.QUANTS_STRIDE]
    scales, sums = op[ops.SCALES] + row * groups * 4, op[ops.SUMS] + row * groups * 4
    _quantise(quants, scales, sums, src, part * size, min(groups, (part + 1) * size))


@njit(nogil=True)
def _execute(program, constants, parameters, index, chunk, thread):
    op, floats = program[index], constants[index]
    code, parts = op[ops.OP], op[ops.PARTS]
    row, part = chunk // parts, chunk % parts
    scratch = parameters[ops.P_SCRATCH] + thread * parameters[ops.P_SCRATCH_STRIDE] * 4
    if code == ops.MATMUL:
        matmul(op, parameters[op[ops.ROWS]], chunk)
    elif code == ops.NORM:
        _norm(op, floats, parameters, row)
    elif code == ops.PLACE:
        place(op, floats, parameters, row, part, scratch)
    elif code == ops.ATTEND:
        attend(op, floats, parameters, row, part, scratch)
    elif code == ops.QUANTISE:
        _quantise_part(op, row, part, op[ops.SRC] + row * op[ops.SRC_STRIDE] * 4)
    elif code == ops.ACTIVATE:
        _activate(op, row, part)
    elif code == ops.EMBED:
        embed(op, floats, parameters, row)
    elif code == ops.CAP:
        capped(op[ops.DST] + row * op[ops.DST_STRIDE] * 4, op[ops.DST_STRIDE], floats[ops.LIMIT])
    elif code == ops.REPACK:
        repack(op, chunk)


@njit(nogil=True)
def _chunks(program, parameters, index):
    parts = program[index, ops.PARTS]
    rows = parameters[program[index, ops.ROWS]]
    if program[index, ops.OP] == ops.MATMUL:
        return parts if rows > 0 else 0
    return parts * rows


@njit(nogil=True)
def _complete(program, parameters, counters, index):
    """Wait until every chunk of an operation is done."""
    total = _chunks(program, parameters, index)
    spins = 0
    while read(counters + (2 * index + 1) * ops.LINE * 8) < total:
        pause()
        spins += 1
        if spins > SPINS:
            give_way()


@njit(nogil=True, cache=True)
def run(program, constants, parameters, counters, first, last, thread):
    """Do one thread's share of the operations from ``first`` to before ``last``.

    ``program`` int64 [operations, ops.WIDTH], ``constants`` float32 [operations, ops.FLOATS], ``parameters`` int64
    [ops.PARAMETERS]; ``counters`` is the address of two counters for each operation, all zero when the first thread
    starts, ``ops.LINE`` int64 apart. Returns when all of it is complete, whoever did it.
    """
    for index in range(first, last):
        for before in range(max(first, index - program[index, ops.WAITS]), index):
            _complete(program, parameters, counters, before)
        total = _chunks(program, parameters, index)
        counter = counters + 2 * index * ops.LINE * 8
        chunk = take(counter)
        while chunk < total:
            _execute(program, constants, parameters, index, chunk, thread)
            take(counter + ops.LINE * 8)
            chunk = take(counter)
    for index in range(max(first, last - 8), last):
        _complete(program, parameters, counters, index)
