"""Blocks of GGUF files into tiles: bytes go straight from the mapped file to where the products read them.

A piece is a few tiles, whose 16 rows are read side by side: so what is written lies in one stretch of memory, and what
is read in 16. ``gguf_blocks`` has the same moves in numpy, bit for bit.
"""

from __future__ import annotations

from numba import njit

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.emit import I8, I16, I32, Emitter, Value, emitted, vector
from bigmodel_studio.engine.packed.kernels_vector import load_i64

_WORDS, _QUARTER, _LINE = vector(I32, 4), vector(I8, 16), vector(I8, 64)


def _scattered(code: Emitter, quarter: Value, dst: Value) -> None:
    """Write 16 bytes of one row as four words, each into its vector of a tile's group."""
    words = quarter.bits(_WORDS).raw
    for place in range(4):
        word = code.builder.extract_element(words, code.constant(I32, place).raw)
        code.store(Value(code, word), dst + place * 64)


def _same(code: Emitter, src: Value, dst: Value) -> None:
    _scattered(code, code.load(src, _QUARTER), dst)


def _unsigned(code: Emitter, src: Value, dst: Value) -> None:
    """Move 32 signed bytes, 128 added to each."""
    for place in range(2):
        _scattered(code, code.load(src + place * 16, _QUARTER) + 128, dst + place * 256)


def _pair(code: Emitter, src: Value, dst: Value) -> None:
    """Move two groups of 32 inputs: a byte of the file has one of each, a byte of a tile inputs j and j + 16 of one."""
    first, second = (code.load(src + place * 16, _QUARTER) for place in range(2))
    _scattered(code, (first & 15) | ((second & 15).bits(_WORDS) << 4).bits(_QUARTER), dst)
    _scattered(code, ((first.bits(_WORDS) >> 4).bits(_QUARTER) & 15) | (second & 240), dst + 256)


def _half(code: Emitter, src: Value, dst: Value) -> None:
    code.store(code.load(src, I16), dst)


def _negative_half(code: Emitter, src: Value, dst: Value) -> None:
    """Change the sign of a float16: minima are added here and subtracted there."""
    code.store(code.load(src, I16) + 32768, dst)


same = emitted("ii", "v", _same)
unsigned = emitted("ii", "v", _unsigned)
pair = emitted("ii", "v", _pair)
half = emitted("ii", "v", _half)
negative_half = emitted("ii", "v", _negative_half)
byte = emitted("ii", "v", lambda code, src, dst: code.store(code.load(src, I8), dst))
line = emitted("ii", "v", lambda code, src, dst: code.store(code.load(src, _LINE), dst))


@njit(nogil=True)
def _source(op, row):
    """Return the address of a row's blocks; past the last row, of zeros."""
    if row >= op[ops.ROWS_OUT]:
        return op[ops.REPACK_ZEROS]
    taken = load_i64(op[ops.REPACK_ORDER] + row * 8) if op[ops.REPACK_ORDER] != 0 else row
    return op[ops.SRC] + taken * op[ops.SRC_STRIDE]


@njit(nogil=True)
def _copied(src, dst, size):
    whole = size // 64 * 64
    for at in range(0, whole, 64):
        line(src + at, dst + at)
    for at in range(whole, size):
        byte(src + at, dst + at)


@njit(nogil=True)
def _super_block(src, dst, quants, lane):
    """Move a block of 256 inputs: scale, minimum, 12 bytes of factors, and 128 bytes of quants."""
    half(src, dst + lane * 2)
    negative_half(src + 2, dst + 32 + lane * 2)
    for at in range(12):
        byte(src + 4 + at, dst + 64 + at * 16 + lane)
    for at in range(4):
        pair(src + 16 + at * 32, quants + at * 512 + lane * 4)


@njit(nogil=True)
def _tile(op, tile):
    kind, groups = op[ops.KIND], op[ops.GROUPS]
    scales = op[ops.DST] + tile * op[ops.DST_STRIDE]
    quants = scales + op[ops.REPACK_SCALES]
    if kind == ops.Q4_K:
        for block in range(groups // 8):
            for lane in range(16):
                src = _source(op, tile * 16 + lane) + block * 144
                _super_block(src, scales + block * 256, quants + block * 2048, lane)
        return
    for group in range(groups):
        for lane in range(16):
            src = _source(op, tile * 16 + lane)
            if kind == ops.Q8:
                half(src + group * 34, scales + group * 32 + lane * 2)
                unsigned(src + group * 34 + 2, quants + group * 512 + lane * 4)
            elif kind == ops.Q4:
                half(src + group * 18, scales + group * 32 + lane * 2)
                same(src + group * 18 + 2, quants + group * 256 + lane * 4)
            else:
                half(src + group * 20, scales + group * 64 + lane * 2)
                half(src + group * 20 + 2, scales + group * 64 + 32 + lane * 2)
                same(src + group * 20 + 4, quants + group * 256 + lane * 4)


@njit(nogil=True)
def repack(op, chunk):
    """Move the blocks of a few tiles, or a few rows as they are."""
    first = chunk * op[ops.CHUNK]
    if op[ops.KIND] < ops.Q8:
        for row in range(first, min(first + op[ops.CHUNK], op[ops.ROWS_OUT])):
            _copied(_source(op, row), op[ops.DST] + row * op[ops.DST_STRIDE], op[ops.DST_STRIDE])
        return
    for tile in range(first, min(first + op[ops.CHUNK], (op[ops.ROWS_OUT] + 15) // 16)):
        _tile(op, tile)
