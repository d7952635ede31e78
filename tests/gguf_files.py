"""GGUF files written from the format's description, for tests of what reads them: by other code than that."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 8: (32, 34), 10: (256, 84), 12: (256, 144), 14: (256, 210), 30: (1, 2)}
"""ggml's types that tests use: values and bytes of a block (F32, F16, Q4_0, Q8_0, Q2_K, Q4_K, Q6_K, BF16)."""
U32, F32, BOOL, STRING, ARRAY, U64 = 4, 6, 7, 8, 9, 10


def text(value: str | bytes, order: str = "<") -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return struct.pack(order + "Q", len(data)) + data


def value(given: Any, order: str = "<") -> bytes:
    """A value with its type before it: a bool, a whole number (u32), a float, a text, or a list of one of these."""
    if isinstance(given, bool):
        return struct.pack(order + "IB", BOOL, given)
    if isinstance(given, int):
        return struct.pack(order + "II", U32, given)
    if isinstance(given, float):
        return struct.pack(order + "If", F32, given)
    if isinstance(given, str):
        return struct.pack(order + "I", STRING) + text(given, order)
    items = [value(each, order) for each in given]
    kind = struct.unpack(order + "I", items[0][:4])[0]
    return struct.pack(order + "IIQ", ARRAY, kind, len(items)) + b"".join(item[4:] for item in items)


def written(
    metadata: Mapping[str, Any],
    tensors: Mapping[str, tuple[Sequence[int], int]],
    *,
    version: int = 3,
    order: str = "<",
    alignment: int = 32,
) -> bytes:
    """A file. ``tensors`` by name: the shape in torch's order, and ggml's number of the type."""
    head = b"GGUF" + struct.pack(order + "IQQ", version, len(tensors), len(metadata))
    for key, given in metadata.items():
        head += text(key, order) + value(given, order)
    offset, data = 0, b""
    for name, (shape, kind) in tensors.items():
        head += text(name, order) + struct.pack(order + "I", len(shape))
        for length in reversed(shape):
            head += struct.pack(order + "Q", length)
        head += struct.pack(order + "IQ", kind, offset)
        values = 1
        for length in shape:
            values *= length
        per, size = BLOCKS[kind]
        padded = -(-(values // per * size) // alignment) * alignment
        data += bytes(padded)
        offset += padded
    return head + bytes(-len(head) % alignment) + data


LLAMA: dict[str, Any] = {
    "general.architecture": "llama",
    "general.name": "Tiny Llama",
    "general.license": "apache-2.0",
    "general.file_type": 15,
    "general.quantization_version": 2,
    "llama.block_count": 2,
    "llama.context_length": 512,
    "llama.embedding_length": 256,
    "llama.feed_forward_length": 512,
    "llama.attention.head_count": 8,
    "llama.attention.head_count_kv": 2,
    "llama.attention.layer_norm_rms_epsilon": 1e-5,
    "llama.rope.freq_base": 10000.0,
    "tokenizer.ggml.model": "llama",
    "tokenizer.ggml.tokens": [f"token{number}" for number in range(300)],
    "tokenizer.ggml.scores": [0.5] * 300,
    "tokenizer.ggml.add_bos_token": True,
}


def llama_tensors(layers: int = 2, kind: int = 12) -> dict[str, tuple[Sequence[int], int]]:
    """What llama.cpp's converter writes for a Llama of that shape, its matrices in one type."""
    tensors: dict[str, tuple[Sequence[int], int]] = {"token_embd.weight": ((300, 256), kind)}
    for layer in range(layers):
        block = f"blk.{layer}."
        tensors[block + "attn_norm.weight"] = ((256,), 0)
        tensors[block + "attn_q.weight"] = ((256, 256), kind)
        tensors[block + "attn_k.weight"] = ((64, 256), kind)
        tensors[block + "attn_v.weight"] = ((64, 256), 14 if kind == 12 else kind)
        tensors[block + "attn_output.weight"] = ((256, 256), kind)
        tensors[block + "ffn_norm.weight"] = ((256,), 0)
        tensors[block + "ffn_gate.weight"] = ((512, 256), kind)
        tensors[block + "ffn_up.weight"] = ((512, 256), kind)
        tensors[block + "ffn_down.weight"] = ((256, 512), kind)
    return tensors | {"output_norm.weight": ((256,), 0), "output.weight": ((300, 256), kind)}


def llama(path: Path, **changed: Any) -> Path:
    """A whole small Llama in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(written(LLAMA | changed, llama_tensors()))
    return path
