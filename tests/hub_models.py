"""Repositories as people publish them, in small: what a model needs beside what it does not."""

from __future__ import annotations

import random

from tests.hub_caches import config

NAME = "org/model"


def large(seed: int, size: int) -> bytes:
    """So many bytes without sense, the same each time."""
    return random.Random(seed).randbytes(size)


def published(shards: int = 2, shard_bytes: int = 120_000) -> dict[str, bytes]:
    """A model with its weights in shards; of the weights there is a copy in another format, which nobody needs here."""
    weights = {
        f"model-{number:05}-of-{shards:05}.safetensors": large(number, shard_bytes) for number in range(1, shards + 1)
    }
    return {
        "README.md": b"# A model\n\nIt is small.\n",
        "config.json": config(),
        "tokenizer.json": b"{}",
        "model.safetensors.index.json": b'{"weight_map": {}}',
        **weights,
        "pytorch_model.bin": large(0, 300_000),
        "onnx/model.onnx": b"x" * 1000,
        "train.py": b"print()",
        ".gitattributes": b"*.bin filter=lfs",
    }


NEEDED = {
    "README.md",
    "config.json",
    "tokenizer.json",
    "model.safetensors.index.json",
    "model-00001-of-00002.safetensors",
    "model-00002-of-00002.safetensors",
}
