"""Tells files of text from those that are none, by their first bytes, before something else is read into them."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from bigmodel_studio.core.text.messages import StudioError

_LOOKED_AT_BYTES = 64 * 1024
_BINARY = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "Zstandard"),
    (b"%PDF-", "PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
"""What files begin with that are taken for text now and then, and what they are."""
_LFS_POINTER = b"version https://git-lfs"
_JSON = re.compile(rb'\s*(?:\[\s*)?\{\s*"[^"\n]{1,100}"\s*:')
"""How an object begins, alone or as the first of a list."""
_MOST_BROKEN = 0.05
"""A larger share of broken characters is another encoding, and no accident."""


def refuse_binary(path: Path) -> None:
    """Raise ``StudioError`` "data-utf16", "data-binary" or "data-lfs" where a file is no text, by its first bytes."""
    with open(path, "rb") as stream:
        start = stream.read(_LOOKED_AT_BYTES)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        raise StudioError("data-utf16", path=str(path))
    if start.startswith(_LFS_POINTER):
        raise StudioError("data-lfs", path=str(path))
    kind = next((name for begin, name in _BINARY if start.startswith(begin)), "binary" if b"\0" in start else "")
    if kind:
        raise StudioError("data-binary", path=str(path), kind=kind)


def refuse_json(path: Path) -> None:
    """Raise ``StudioError`` "data-json-as-text" where a file begins as JSON does, whatever it is called."""
    with open(path, "rb") as stream:
        start = stream.read(_LOOKED_AT_BYTES).removeprefix(codecs.BOM_UTF8)
    if _JSON.match(start):
        raise StudioError("data-json-as-text", path=str(path))


def refuse_other_encoding(path: Path) -> None:
    """Raise ``StudioError`` "data-not-utf8" where the beginning of a file has more broken characters than accidents."""
    with open(path, "rb") as stream:
        start = stream.read(_LOOKED_AT_BYTES)
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(start)
    if text.count("\ufffd") > _MOST_BROKEN * len(text):
        raise StudioError("data-not-utf8", path=str(path), line=1 + text.count("\n", 0, text.index("\ufffd")))
