"""The instruction set that a packed model is translated into, and the numbers that the kernels know things by.

A program is a table of int64, one row per operation; ``kernels_run`` executes it. Addresses are those of buffers that
``program.Program`` keeps alive. Knows neither numba nor torch.
"""

from __future__ import annotations

from typing import Final

WIDTH: Final = 24
"""Fields of an operation."""
FLOATS: Final = 4
"""Float constants of an operation, in a table beside it."""

# -- operations
EMBED: Final = 0
NORM: Final = 1
MATMUL: Final = 2
PLACE: Final = 3
ATTEND: Final = 4
QUANTISE: Final = 5
ACTIVATE: Final = 6
CAP: Final = 7
REPACK: Final = 8
"""No step of a model: moves the blocks of a GGUF file into tiles."""

# -- fields of every operation
OP: Final = 0
WAITS: Final = 1
"""How many operations just before this one must be complete: 0 where it does not read what they write."""
ROWS: Final = 2
"""0: every row that is fed; 1: the rows whose logits are wanted."""
PARTS: Final = 3
"""Chunks per row, or chunks in all for a matrix product: what threads take one at a time."""
SRC: Final = 4
SRC_STRIDE: Final = 5
DST: Final = 6
DST_STRIDE: Final = 7
WIDTH_IN: Final = 8
"""Values in a row of the source."""
KIND: Final = 9
QUANTS: Final = 10
"""Where the 8-bit copy of the row goes to or comes from; 0 where there is none."""
QUANTS_STRIDE: Final = 11
SCALES: Final = 12
SUMS: Final = 13
GROUPS: Final = 14
"""Groups of 32 in a row of the 8-bit copy; also the stride of scales and sums."""
WEIGHT: Final = 15
BIAS: Final = 16
WEIGHT_STRIDE: Final = 17
"""Bytes from one row (or one tile of 16 rows) of the weight to the next."""
ROWS_OUT: Final = 18
CHUNK: Final = 19
"""Tiles, groups of four rows, or columns in a chunk."""
ADD: Final = 20
"""1: the result is added to what the destination holds."""
EXTRA: Final = 21
EXTRA_2: Final = 22
EXTRA_3: Final = 23

# -- EMBED: DST x, WEIGHT table, KIND its kind, EXTRA position table (float32) or 0, EXTRA_2 its offset in rows
# -- NORM: KIND 0 root mean square, 1 layer norm; EXTRA 1: take source rows by the map of wanted rows
# -- PLACE: rotary positions, norms per head, and the row's keys and values into the cache
PLACE_KEYS: Final = 8
PLACE_VALUES: Final = 9
PLACE_STRIDE: Final = 10
"""Floats from one row of keys or values to the next."""
PLACE_HEADS: Final = 11
PLACE_KV_HEADS: Final = 12
PLACE_HEAD: Final = 13
"""Values in a head; a padded head has ``PLACE_PADDED``."""
PLACE_PADDED: Final = 14
PLACE_Q_NORM: Final = 15
PLACE_K_NORM: Final = 16
PLACE_ROPE: Final = 17
"""Which parameter holds the address of the rotary table; 0 where positions are not rotated."""
PLACE_ROTARY: Final = 18
"""Values of a head that are rotated (even)."""
PLACE_HALF: Final = 19
"""1: the cache is in float16."""
PLACE_LAYER: Final = 20
"""Bytes from the start of a cache block to this layer's part."""
# -- ATTEND shares HEADS, KV_HEADS, HEAD, PADDED, HALF and LAYER with PLACE
ATTEND_WINDOW: Final = 15
"""Tokens seen, the row's own included; 0: all."""

# -- REPACK: SRC rows of blocks, DST tiles, DST_STRIDE bytes of a tile; of rows that are copied, bytes of a row
REPACK_ORDER: Final = 21
"""Address of int64: which row is taken for each; 0: all as they are."""
REPACK_ZEROS: Final = 22
"""Address of a row of zeros, which fills the last tile up."""
REPACK_SCALES: Final = 23
"""Bytes of the scales at the start of a tile."""

# -- floats
EPSILON: Final = 0
SCALE: Final = 1
LIMIT: Final = 2
OFFSET: Final = 3

# -- parameters of a run
P_ROWS: Final = 0
P_WANTED: Final = 1
P_TABLE: Final = 2
"""Address of int64 [rows, ROW_WIDTH]: token, position, address of the sequence's block addresses."""
P_MAP: Final = 3
"""Address of int64 [wanted]: which rows' logits are wanted."""
P_SCRATCH: Final = 4
P_SCRATCH_STRIDE: Final = 5
"""Floats of attention scores for each thread."""
P_ROPE: Final = 8
"""From here on: addresses of rotary tables, each float32 [positions, cosines then sines]."""
PARAMETERS: Final = 16
ROW_WIDTH: Final = 4

# -- kinds of weight
F32: Final = 0
BF16: Final = 1
F16: Final = 2
Q8: Final = 3
"""Groups of 32: a float16 scale and 32 values of 8 bits, kept with 128 added."""
Q4: Final = 4
"""Groups of 32: a float16 scale and 32 values of 4 bits around 8 (as GGUF's Q4_0)."""
Q4_MIN: Final = 5
"""Groups of 32: a float16 scale, a float16 minimum and 32 values of 4 bits (as Q4_1)."""
Q4_K: Final = 6
"""Groups of 256 with a float16 scale and minimum, eight groups of 32 within by 6-bit factors (as Q4_K)."""
PACKED: Final = (Q8, Q4, Q4_MIN, Q4_K)
STORED: Final = (F32, BF16, F16)

# -- activations
SILU: Final = 0
GELU_TANH: Final = 1
GELU: Final = 2
RELU: Final = 3

GROUP: Final = 32
TILE: Final = 16
BLOCK: Final = 64
"""Positions in a block of the cache."""
LINE: Final = 16
"""int64 of a thread counter: its own pair of cache lines, so that threads do not share them."""

ZERO_POINTS: Final = {Q8: 128, Q4: 8, Q4_MIN: 0, Q4_K: 0}
SCALE_BYTES: Final = {Q8: 32, Q4: 32, Q4_MIN: 64, Q4_K: 32}
"""Bytes of scales for each group of a tile."""
QUANT_BYTES: Final = {Q8: 512, Q4: 256, Q4_MIN: 256, Q4_K: 256}
"""Bytes of quants for each group of a tile."""
