"""Caches as huggingface_hub makes them, of models without sense, for tests of what reads and removes them."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Mapping
from pathlib import Path

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GPT_SHAPES = {"transformer.wte.weight": (6, 4), "transformer.ln_f.weight": (4,)}


def weights(shapes: Mapping[str, tuple[int, ...]] = GPT_SHAPES) -> bytes:
    """A safetensors file of float32 zeros."""
    header, offset = {}, 0
    for name, shape in shapes.items():
        size = 4
        for length in shape:
            size *= length
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + bytes(offset)


def config(architecture: str = "GPT2LMHeadModel", **more: object) -> bytes:
    return json.dumps({"model_type": "gpt2", "architectures": [architecture], **more}).encode()


def model_files(architecture: str = "GPT2LMHeadModel") -> dict[str, bytes]:
    """The least that a model is made of."""
    return {"config.json": config(architecture), "model.safetensors": weights()}


def cached(
    cache: Path, name: str, files: Mapping[str, bytes] | None = None, *, links: bool = True, commit: str = COMMIT
) -> Path:
    """Put a model into the cache at a revision, as links to blobs or as plain files; returns its folder."""
    folder = cache / ("models--" + name.replace("/", "--"))
    snapshot = folder / "snapshots" / commit
    for part in (folder / "blobs", folder / "refs", snapshot):
        part.mkdir(parents=True, exist_ok=True)
    (folder / "refs" / "main").write_text(commit)
    for file, data in (model_files() if files is None else files).items():
        shown = snapshot / file
        shown.parent.mkdir(parents=True, exist_ok=True)
        if links:
            blob = folder / "blobs" / hashlib.sha256(data).hexdigest()
            blob.write_bytes(data)
            shown.symlink_to(os.path.relpath(blob, shown.parent))
        else:
            shown.write_bytes(data)
    return folder
