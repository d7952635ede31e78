"""GGUF files that lie, with the code of what is said of each: for what reads their headers, and what runs them."""

from __future__ import annotations

import struct

from tests.gguf_files import LLAMA, llama_tensors, text, value, written

GOOD = written(LLAMA, llama_tensors())


def head(tensors: int, entries: int, rest: bytes = b"", version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, entries) + rest


def entry(key: bytes, given: bytes) -> bytes:
    return text(key) + given


def info(name: str, shape: tuple[int, ...], kind: int, offset: int) -> bytes:
    lengths = b"".join(struct.pack("<Q", length) for length in shape)
    return text(name) + struct.pack("<I", len(shape)) + lengths + struct.pack("<IQ", kind, offset)


def array(kind: int, count: int, rest: bytes = b"") -> bytes:
    return struct.pack("<IIQ", 9, kind, count) + rest


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "weights-empty"),
    "another format": (b"PK\x03\x04" + bytes(100), "gguf-magic"),
    "three bytes": (b"GGU", "gguf-magic"),
    "the magic alone": (b"GGUF", "weights-truncated"),
    "version 1": (head(0, 0, version=1), "gguf-version"),
    "version of the future": (head(0, 0, version=77), "gguf-version"),
    "2^64 tensors": (head(2**64 - 1, 0), "gguf-counts"),
    "2^63 entries": (head(0, 2**63), "gguf-counts"),
    "more entries than bytes": (head(0, 1000), "gguf-counts"),
    "a key of 2^60 bytes": (head(0, 1, struct.pack("<Q", 2**60) + bytes(99)), "gguf-length"),
    "a key past the end": (head(0, 1, struct.pack("<Q", 5000) + bytes(99)), "weights-truncated"),
    "a key of a megabyte": (head(0, 1, struct.pack("<Q", 10**6) + bytes(10**6 + 50)), "gguf-name"),
    "a text of gigabytes": (
        head(0, 1, entry(b"general.name", struct.pack("<IQ", 8, 2**33) + bytes(99))),
        "gguf-length",
    ),
    "a list of 2^61 texts": (head(0, 1, entry(b"a", array(8, 2**61, bytes(99)))), "gguf-list"),
    "a list of 2^61 numbers": (head(0, 1, entry(b"a", array(12, 2**61, bytes(99)))), "gguf-length"),
    "a list of a billion texts": (head(0, 1, entry(b"a", array(8, 10**9, bytes(99)))), "gguf-list"),
    "lists in lists": (head(0, 1, entry(b"a", array(9, 1, array(9, 1, bytes(99))))), "gguf-nested"),
    "no such type": (head(0, 1, entry(b"a", struct.pack("<I", 99) + bytes(99))), "gguf-value-type"),
    "no such type in a list": (head(0, 1, entry(b"a", array(99, 1, bytes(99)))), "gguf-value-type"),
    "true and more": (head(0, 1, entry(b"a", struct.pack("<IB", 7, 2) + bytes(99))), "gguf-value-type"),
    "not UTF-8": (head(0, 1, entry(b"\xff\xfe", struct.pack("<II", 4, 1))), "gguf-text"),
    "a value that is not UTF-8": (head(0, 1, entry(b"a", struct.pack("<I", 8) + text(b"\xc3("))), "gguf-text"),
    "a key twice": (head(0, 2, 2 * entry(b"a", struct.pack("<II", 4, 1))), "gguf-twice"),
    "aligned to 0": (head(0, 1, entry(b"general.alignment", value(0))), "gguf-alignment"),
    "aligned to 3": (head(0, 1, entry(b"general.alignment", value(3))), "gguf-alignment"),
    "aligned to gigabytes": (head(0, 1, entry(b"general.alignment", value(2**30))), "gguf-alignment"),
    "aligned to a text": (head(0, 1, entry(b"general.alignment", value("32"))), "gguf-alignment"),
    "17 dimensions": (head(1, 0, text("w") + struct.pack("<I", 17) + bytes(999)), "gguf-shape"),
    "a side of 0": (head(1, 0, info("w", (0, 4), 0, 0) + bytes(99)), "gguf-shape"),
    "2^64 values and more": (head(1, 0, info("w", (2**32, 2**32, 2**32), 0, 0) + bytes(99)), "gguf-shape"),
    "half a block": (head(1, 0, info("w", (100, 4), 12, 0) + bytes(999)), "gguf-shape"),
    "an unknown tensor type": (head(1, 0, info("w", (4,), 4, 0) + bytes(99)), "gguf-tensor-type"),
    "a tensor twice": (head(2, 0, info("w", (4,), 0, 0) + info("w", (4,), 0, 32) + bytes(99)), "gguf-twice"),
    "tensors that overlap": (head(2, 0, info("v", (9,), 0, 0) + info("w", (4,), 0, 32) + bytes(199)), "gguf-overlap"),
    "not aligned": (head(1, 0, info("w", (4,), 0, 5) + bytes(99)), "gguf-overlap"),
    "past the end": (head(1, 0, info("w", (4,), 0, 3200) + bytes(99)), "weights-truncated"),
    "far past any end": (head(1, 0, info("w", (4,), 0, 2**63) + bytes(99)), "gguf-length"),
    "a name of a kilobyte": (head(1, 0, info("w" * 1000, (4,), 0, 0) + bytes(99)), "gguf-name"),
    "cut off in the data": (GOOD[:-1], "weights-truncated"),
    "cut off in the header": (GOOD[:1500], "weights-truncated"),
}
