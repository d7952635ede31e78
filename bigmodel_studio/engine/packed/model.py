"""A packed model: weights and the program that computes with them; feeds rows of several sequences at once.

Built layer by layer from a ``Source`` of weights. One step runs at a time; whoever else calls waits.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from bigmodel_studio.engine.packed import ops
from bigmodel_studio.engine.packed.cache import KeyValues
from bigmodel_studio.engine.packed.families import Name, Shape, rotary_table
from bigmodel_studio.engine.packed.pool import Pool, Tempo
from bigmodel_studio.engine.packed.program import Buffer, Linear, Program, padded
from bigmodel_studio.engine.packed.weights import Weight, pack, side_by_side, stored

ROWS = 128
"""Rows that are fed at once: bounds the buffers, and the time until a stop is heard."""
WANTED = 16
"""Rows of logits at first; more are made room for when they are asked for."""
FEW_THREADS_BYTES = 8_000_000
"""Weights below this are read faster by one thread than several can agree on it."""
Kernel = Callable[..., Any]


class Source(Protocol):
    """Where the pieces of a model come from, by the names of ``families`` (``layer`` None: not a layer's)."""

    def weight(self, piece: str, layer: int | None = None) -> Weight:
        """Return a matrix as the kernels read it."""

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        """Return a norm's weight, a bias or a table of positions; None where the model has none."""


class TensorSource:
    """Pieces from named tensors, such as a transformers model's or a safetensors file's.

    ``kind`` is that of ``ops`` to pack linear layers and the head into; None keeps them as stored.
    """

    def __init__(self, shape: Shape, tensor: Callable[[str], torch.Tensor | None], kind: int | None = None) -> None:
        self._shape, self._tensor, self._kind = shape, tensor, kind

    def weight(self, piece: str, layer: int | None = None) -> Weight:
        name = self._shape.names["embedding" if piece == "head" and self._shape.tied else piece]
        matrix = self._found(name, layer, "weight")
        if matrix is None:
            raise KeyError(name.template.format(layer=layer) + ".weight")
        if self._kind is None:
            return stored(matrix)
        if piece == "embedding":
            return stored(matrix.clone())  # else one tensor would keep the whole file mapped
        return pack(matrix, self._kind)

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        name = self._shape.names.get(piece)
        return None if name is None else self._found(name, layer, part)

    def _found(self, name: Name, layer: int | None, part: str) -> torch.Tensor | None:
        tensor = self._tensor(f"{name.template.format(layer=layer)}.{part}")
        if tensor is None:
            return None
        if name.transposed and tensor.ndim == 2:
            tensor = tensor.t()
        return tensor if name.rows is None else tensor[name.rows[0] : name.rows[1]]


class PackedModel:
    """A model ready to be fed. ``kernel`` is ``compiling.kernels()``; ``half_cache``: keys and values in float16."""

    def __init__(
        self,
        shape: Shape,
        source: Source,
        kernel: Kernel,
        *,
        threads: int = 1,
        half_cache: bool = False,
        few_threads_bytes: int = FEW_THREADS_BYTES,
    ) -> None:
        self.shape = shape
        self.weights: dict[str, Weight] = {}
        """Every matrix by its name: piece, or layer and piece as ``3.down``."""
        self.vectors: dict[tuple[str, int | None, str], torch.Tensor | None] = {}
        """Norms, biases and positions by piece, layer and part."""
        self._source, self._kernel = source, kernel
        self._half = half_cache
        self._program = Program(ROWS)
        self._lock = threading.Lock()
        self._logits = Buffer(np.zeros((0, 0), np.float32), 0)
        padded_head = -(-shape.head // ops.TILE) * ops.TILE
        self.padded_head = padded_head
        self.layer_bytes = 2 * ops.BLOCK * shape.kv_heads * padded_head * (2 if half_cache else 4)
        self._attention = {
            ops.PLACE_HEADS: shape.heads,
            ops.PLACE_KV_HEADS: shape.kv_heads,
            ops.PLACE_HEAD: shape.head,
            ops.PLACE_PADDED: padded_head,
            ops.PLACE_HALF: int(half_cache),
        }
        self._zeros = padded(None, max(shape.hidden, shape.intermediate, shape.vocabulary, shape.heads * shape.head))
        with side_by_side():
            self._build()
        self._table, self._constants = self._program.finish()
        self._ropes: list[NDArray[np.float32]] = []
        self._scratch = np.zeros(0, np.float32)
        small = self.weight_bytes < few_threads_bytes
        self._pool = Pool(1 if small else threads)
        self._tempo = Tempo(self._pool.threads)
        del self._source

    @property
    def weight_bytes(self) -> int:
        """What the matrices take; those that share memory count once."""
        return sum({weight.address: weight.bytes for weight in self.weights.values()}.values())

    @property
    def buffer_bytes(self) -> int:
        """What a step needs beside the weights and the caches."""
        return self._program.bytes

    @property
    def table_bytes(self) -> int:
        """Return what rotary tables and attention scores take by now: as much as the longest text wanted."""
        return self._scratch.nbytes + sum(rope.nbytes for rope in self._ropes)

    @property
    def kept_bytes(self) -> int:
        """Return what norms, biases and positions take."""
        return self._program.kept_bytes

    def sequence(self) -> KeyValues:
        """Return an empty sequence."""
        return KeyValues(self.layer_bytes * len(self.shape.layers))

    def close(self) -> None:
        """End the threads; the memory goes when the last reference does."""
        with self._lock:
            self._pool.close()

    # ------------------------------------------------------------ the program

    def _weight(self, piece: str, layer: int | None = None) -> Weight:
        found = self._source.weight(piece, layer)
        self.weights[piece if layer is None else f"{layer}.{piece}"] = found
        return found

    def vector(self, piece: str, layer: int | None = None, part: str = "weight") -> torch.Tensor | None:
        """Return a norm's weight, a bias or the table of positions; None where the model has none."""
        if (piece, layer, part) not in self.vectors:
            self.vectors[piece, layer, part] = self._source.vector(piece, layer, part)
        return self.vectors[piece, layer, part]

    def _linear(self, piece: str, layer: int | None = None) -> Linear:
        bias = self.vector(piece, layer, "bias") if piece != "head" else None
        weight = self._weight(piece, layer)
        return Linear(weight, self._zeros if bias is None else padded(bias, weight.rows))

    def _norm(self, piece: str, layer: int | None, src: Buffer, dst: Buffer, width: int = 0, **more: bool) -> None:
        weight = self.vector(piece, layer)
        assert weight is not None, piece
        bias = self.vector(piece, layer, "bias")
        self._program.norm(
            src,
            dst,
            padded(weight, src.width, self.shape.norm_offset),
            self._zeros if bias is None else padded(bias, src.width),
            layer=self.shape.norm == "layer",
            epsilon=self.shape.epsilon,
            **more,
        )

    def _build(self) -> None:
        shape, program = self.shape, self._program
        embedding = self._weight("embedding")
        x = program.buffer("x", shape.hidden)
        positions = self.vector("positions") if shape.learnt_positions else None
        program.embed(embedding, x, shape.embedding_scale, positions)
        for number in range(len(shape.layers)):
            self._attention_block(number, x)
            self._mlp_block(number, x)
            program.name(f"blocks.{number}.hook_resid_post", x)
        head = self._linear("head")
        final = program.buffer("final", shape.hidden, quantised=head.weight.packed)
        self._norm("norm", None, x, final, wanted=True)
        self._logits = program.buffer("logits", shape.vocabulary, rows=WANTED)
        program.matmul(final, head, self._logits, wanted=True)
        if shape.logit_limit:
            program.cap(self._logits, shape.logit_limit)

    def _attention_block(self, number: int, x: Buffer) -> None:
        shape, program, layer = self.shape, self._program, self.shape.layers[number]
        linears = {piece: self._linear(piece, number) for piece in ("q", "k", "v", "o")}
        any_packed = any(linears[piece].weight.packed for piece in "qkv")
        block = f"blocks.{number}."
        program.name(block + "hook_resid_pre", x)
        if shape.pre_norms:
            normed = program.buffer("normed", shape.hidden, quantised=any_packed)
            self._norm("attention_norm", number, x, normed)
        else:
            normed = self._copied(x, any_packed)
        q = program.buffer("q", shape.heads * shape.head)
        k = program.buffer("k", shape.kv_heads * shape.head)
        v = program.buffer("v", shape.kv_heads * shape.head)
        for at, (piece, dst) in enumerate({"q": q, "k": k, "v": v}.items()):
            program.matmul(normed, linears[piece], dst, free=at > 0)
        for piece, dst in {"q": q, "k": k, "v": v}.items():
            program.name(f"{block}attn.hook_{piece}", dst)
        if shape.qk_norm == "row":
            self._norm("q_norm", number, q, q)
            self._norm("k_norm", number, k, k, free=True)
        attention = self._attention | {ops.PLACE_LAYER: number * self.layer_bytes}
        placed = program.buffer("placed", shape.heads * attention[ops.PLACE_PADDED])
        program.place(
            q,
            k,
            v,
            placed,
            attention,
            rope=ops.P_ROPE + (layer.rope or 0),
            rotated=shape.rotated if layer.rope is not None else 0,
            norms=self._head_norms(number) if shape.qk_norm == "head" else None,
            epsilon=shape.epsilon,
        )
        program.name(block + "attn.hook_rot_q", placed)
        o = linears["o"]
        z = program.buffer("z", shape.heads * shape.head, quantised=o.weight.packed)
        program.attend(
            placed, z, attention, window=layer.window, scale=layer.attention_scale, limit=shape.attention_limit
        )
        program.name(block + "attn.hook_z", z)
        program.quantise(z)
        self._add_to(x, z, o, "attention_post_norm", number)
        program.name(block + "hook_resid_mid", x)

    def _mlp_block(self, number: int, x: Buffer) -> None:
        shape, program = self.shape, self._program
        pieces = ("gate", "up") if shape.gated else ("up",)
        linears = {piece: self._linear(piece, number) for piece in (*pieces, "down")}
        any_packed = any(linears[piece].weight.packed for piece in pieces)
        if shape.pre_norms:
            normed = program.buffer("normed", shape.hidden, quantised=any_packed)
            self._norm("mlp_norm", number, x, normed)
        else:
            normed = self._copied(x, any_packed)
        buffers = {piece: program.buffer(piece, shape.intermediate) for piece in pieces}
        for at, piece in enumerate(pieces):
            program.matmul(normed, linears[piece], buffers[piece], free=at > 0)
        down = linears["down"]
        acted = program.buffer("acted", shape.intermediate, quantised=down.weight.packed)
        program.name(f"blocks.{number}.mlp.hook_pre", buffers[pieces[0]])
        program.name(f"blocks.{number}.mlp.hook_pre_linear", buffers["up"])
        program.activate(shape.activation, buffers[pieces[0]], buffers["up"] if shape.gated else None, acted)
        program.name(f"blocks.{number}.mlp.hook_post", acted)
        self._add_to(x, acted, down, "mlp_post_norm", number)

    def _copied(self, x: Buffer, quantised: bool) -> Buffer:
        """Return the residual stream itself as input, with an 8-bit copy where one is needed."""
        if not quantised:
            return x
        both = self._program.buffer("x8", self.shape.hidden, quantised=True)
        source = Buffer(x.array, x.width, both.quants)
        self._program.quantise(source)
        return source

    def _add_to(self, x: Buffer, src: Buffer, linear: Linear, norm: str, number: int) -> None:
        if not self.shape.post_norms:
            self._program.matmul(src, linear, x, adds=True)
            return
        out = self._program.buffer("out", self.shape.hidden)
        self._program.matmul(src, linear, out)
        self._norm(norm, number, out, x, adds=True)

    def _head_norms(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        found = []
        for piece in ("q_norm", "k_norm"):
            weight = self.vector(piece, number)
            assert weight is not None, piece
            found.append(padded(weight, self.shape.head, self.shape.norm_offset))
        return found[0], found[1]

    # ------------------------------------------------------------ a step

    def feed(
        self, rows: Sequence[tuple[KeyValues, int]], wanted: Sequence[int] = (), *, threads: int = 0
    ) -> torch.Tensor:
        """Feed up to ``ROWS`` tokens, each to its sequence and in order; returns float32 logits [wanted, vocabulary].

        ``wanted`` are places in ``rows``. ``threads``: 0 chooses. Raises ``ValueError`` for ids outside the vocabulary
        and for tokens beyond the model's context where its positions are learnt.
        """
        assert 0 < len(rows) <= ROWS
        with self._lock:
            parameters, keeps = self._prepare(rows, wanted)
            run = functools.partial(self._run, (self._table, self._constants, parameters), keeps)
            if threads or len(rows) > 1:
                run(threads or self._pool.threads)
            else:
                self._tempo.timed(run)
            return torch.from_numpy(self._logits.array[: len(wanted), : self.shape.vocabulary].copy())

    def observe(
        self, rows: Sequence[tuple[KeyValues, int]], names: Collection[str]
    ) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        """Feed tokens as ``feed`` does, on one thread; returns buffers [rows, width] by name, and logits of every row.

        ``names`` are those of the program. Raises ``ValueError`` as ``feed`` does.
        """
        assert 0 < len(rows) <= ROWS
        found: dict[str, torch.Tensor] = {}
        with self._lock:
            parameters, keeps = self._prepare(rows, range(len(rows)))
            counters: NDArray[np.int64] = np.zeros((2 * len(self._table) + 1) * ops.LINE, np.int64)
            done = 0
            places = sorted((self._program.places[name][0], name) for name in names)
            for end, name in [*places, (len(self._table), "")]:
                if end > done:
                    job = (self._table, self._constants, parameters, counters.ctypes.data, done, end, 0)
                    _call_keeping(self._kernel, (self, keeps), *job)
                    done = end
                if name:
                    buffer = self._program.places[name][1]
                    found[name] = torch.from_numpy(buffer.array[: len(rows), : buffer.width].copy())
            return found, torch.from_numpy(self._logits.array[: len(rows), : self.shape.vocabulary].copy())

    def key_layout(self, layer: int) -> tuple[int, int, bool]:
        """Return where a layer's keys begin in a cache block (bytes), a head's padded width, whether it is float16."""
        return layer * self.layer_bytes, self._attention[ops.PLACE_PADDED], self._half

    def _run(self, job: tuple[Any, ...], keeps: Any, threads: int) -> None:
        self._pool.run(functools.partial(_call_keeping, self._kernel, (self, keeps)), job, len(self._table), threads)

    def _prepare(self, rows: Sequence[tuple[KeyValues, int]], wanted: Sequence[int]) -> tuple[NDArray[np.int64], Any]:
        """Return the parameters of a step, and what must live as long as it."""
        longest = 0
        counts: dict[int, int] = {}
        for sequence, token in rows:
            counts[id(sequence)] = counts.get(id(sequence), 0) + 1
            if not 0 <= token < self.shape.vocabulary:
                raise ValueError(f"Token {token} is outside the vocabulary (0 to {self.shape.vocabulary - 1}).")
            longest = max(longest, sequence.length + counts[id(sequence)])
        if self.shape.learnt_positions and longest > self.shape.context:
            raise ValueError(f"{longest} tokens don't fit into the model's context of {self.shape.context}.")
        for sequence in {id(sequence): sequence for sequence, _ in rows}.values():
            sequence.reserve(counts[id(sequence)])
        table = np.zeros((len(rows), ops.ROW_WIDTH), np.int64)
        for place, (sequence, token) in enumerate(rows):
            table[place, :3] = token, sequence.length, sequence.table.ctypes.data
            sequence.length += 1
        self._grow(longest, len(wanted))
        chosen = np.array(wanted, np.int64)
        parameters = np.zeros(ops.PARAMETERS, np.int64)
        parameters[ops.P_ROWS], parameters[ops.P_WANTED] = len(rows), len(wanted)
        parameters[ops.P_TABLE], parameters[ops.P_MAP] = table.ctypes.data, chosen.ctypes.data
        parameters[ops.P_SCRATCH] = self._scratch.ctypes.data
        parameters[ops.P_SCRATCH_STRIDE] = len(self._scratch) // self._pool.threads
        for place, rope in enumerate(self._ropes):
            parameters[ops.P_ROPE + place] = rope.ctypes.data
        tables = [sequence.table for sequence, _ in rows]
        return parameters, (table, chosen, tables, self._scratch, list(self._ropes), self._logits)

    def _grow(self, positions: int, wanted: int) -> None:
        """Make tables, scores and logits as large as the step needs."""
        need = 1 << max(9, (positions + ops.BLOCK - 1).bit_length())
        size = (need + ops.BLOCK + self._attention[ops.PLACE_PADDED] + 64) * self._pool.threads
        if len(self._scratch) < size:
            self._scratch = np.zeros(size, np.float32)
            self._ropes = [rotary_table(rope, need).contiguous().numpy() for rope in self.shape.ropes]
        if wanted > len(self._logits.array):
            array = np.zeros((wanted, self._logits.stride), np.float32)
            self._logits = Buffer(array, self._logits.width)
            table = self._table.copy()
            for row in range(len(table) - (2 if self.shape.logit_limit else 1), len(table)):
                table[row, ops.DST] = array.ctypes.data
            self._table = table


def _call_keeping(kernel: Kernel, owner: Any, *arguments: Any) -> None:
    """Run the kernel while ``held`` lives."""
    kernel(*arguments)
