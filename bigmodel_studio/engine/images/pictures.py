"""From a stranger's picture file to pixels, safely: formats from an allow-list, its size looked at before it is decoded
and every way in which it can be wrong said in words. The window never decodes such a file; the preview is made here.
"""

from __future__ import annotations

import io
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from bigmodel_studio.core.system import limits
from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import is_out_of_memory

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
_WHITE = (255, 255, 255)
_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
"""In a JPEG's coded data: a marker that is neither a stuffed byte nor a restart (ITU-T T.81, B.1.1)."""
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_BLOCK_ROWS_BYTES = 8 << 20
_KEPT = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""Bytes of a pixel, as Pillow keeps a picture of that mode in memory; 4 in every other mode."""
_RGB_BYTES = 4
_WEBP_BYTES = 12
"""Of a pixel, while Pillow decodes a WebP: its frame, the frame before it and the copy that is handed over, as RGBA."""
_COEFFICIENT_BYTES = 2
"""Of a progressive JPEG's, all of which are kept until the last scan."""
_BITS_PER_SAMPLE, _SAMPLES_PER_PIXEL, _ROWS_PER_STRIP, _TILE_HEIGHT = 258, 277, 278, 323


def read_picture(path: Path) -> Image.Image:
    """Return the picture as RGB, upright by its EXIF; the first frame where it has several, transparency laid on white.

    Everything in its header is checked against ``limits`` before a pixel is decoded.
    Raises ``StudioError``: "picture-missing", "-unreadable", "-empty", "-format", "-too-large", "-memory", "-scans",
    "-slow", "-damaged".
    """
    try:
        if not path.is_file():
            code = "picture-format" if path.exists() else "picture-missing"
            raise StudioError(code, formats=", ".join(FORMATS))
        if path.stat().st_size == 0:
            raise StudioError("picture-empty")
        with open(path, "rb", buffering=0) as stream:
            return _decode(io.BufferedReader(_UntilLate(stream)))
    except OSError as error:
        raise StudioError("picture-unreadable", detail=error.strerror or "it cannot be opened") from error


def preview_png(picture: Image.Image, most_px: int) -> bytes:
    """Return a PNG of at most ``most_px`` a side, without anything else that was in the file."""
    share = min(1.0, most_px / picture.width, most_px / picture.height)
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    small = picture.resize(size, reducing_gap=2.0)  # ``thumbnail`` would need a copy of the whole
    small.info.clear()  # a colour profile or a comment would be written into the PNG as well
    stream = io.BytesIO()
    small.save(stream, "PNG")
    return stream.getvalue()


def _decode(stream: io.BufferedReader) -> Image.Image:
    try:
        with _bombs_are_errors(), Image.open(stream, formats=FORMATS) as opened:
            width, height = opened.size
            if width * height > limits.PICTURE_MEGAPIXELS * 1_000_000:
                raise StudioError("picture-too-large", width=width, height=height, most=limits.PICTURE_MEGAPIXELS)
            Image.MAX_IMAGE_PIXELS = limits.PICTURE_MEGAPIXELS * 1_000_000
            _check_cost(opened, stream)
            opened.load()
            ImageOps.exif_transpose(opened, in_place=True)
            return to_rgb(opened)
    except StudioError:
        raise
    except UnidentifiedImageError as error:
        raise StudioError("picture-format", formats=", ".join(FORMATS)) from error
    except Exception as error:  # decoders raise whatever they like on a damaged file
        if is_out_of_memory(error):
            raise
        raise StudioError("picture-damaged") from error


def _check_cost(opened: Image.Image, stream: io.BufferedReader) -> None:
    """Refuse what would take too much memory or time to decode, from the header and a JPEG's markers alone."""
    pixels = opened.width * opened.height
    size = decoded_bytes(opened, _bytes_of(stream))
    if size > limits.PICTURE_DECODED_BYTES:
        raise StudioError("picture-memory", megabytes=size >> 20, most=limits.PICTURE_DECODED_BYTES >> 20)
    if opened.format == "JPEG":
        place = stream.tell()
        stream.seek(0)
        scans = count_scans(stream.read(limits.PICTURE_FILE_BYTES))
        stream.seek(place)
        if scans > limits.PICTURE_SCANS or scans * pixels > limits.PICTURE_SCANNED_MEGAPIXELS * 1_000_000:
            most = min(limits.PICTURE_SCANS, limits.PICTURE_SCANNED_MEGAPIXELS * 1_000_000 // max(1, pixels))
            raise StudioError("picture-scans", scans=scans, most=most)


def decoded_bytes(opened: Image.Image, file_bytes: int) -> int:
    """Return the most bytes that decoding a picture and making it RGB takes, from its header alone.

    Counted are its pixels in every plane, what its decoder keeps beside them, and the copy as RGB; not what turning it
    upright takes, for only a picture that was decoded whole is turned.
    """
    pixels = opened.width * opened.height
    kept = pixels * _KEPT.get(opened.mode, 4)
    copy = 0 if opened.mode == "RGB" and not opened.has_transparency_data else pixels * _RGB_BYTES
    look = _BESIDE.get(opened.format or "")
    return kept + max(copy, 0 if look is None else look(opened, file_bytes))


def _bytes_of(stream: io.BufferedReader) -> int:
    place = stream.tell()
    size = stream.seek(0, io.SEEK_END)
    stream.seek(place)
    return size


def _beside_jpeg(opened: Image.Image, file_bytes: int) -> int:
    """Return bytes of the coefficients that a progressive JPEG's decoder keeps."""
    layers: list[tuple[int, int, int, int]] = getattr(opened, "layer", [])
    if not opened.info.get("progressive") or not layers:
        return 0
    largest = max(across * down for _, across, down, _ in layers)
    samples = sum(opened.width * opened.height * across * down for _, across, down, _ in layers) // max(1, largest)
    return samples * _COEFFICIENT_BYTES


def _beside_tiff(opened: Image.Image, file_bytes: int) -> int:
    """Return bytes of the file, and of the strip or the row of tiles that is decoded at a time, in all its planes."""
    tags: dict[int, Any] = getattr(opened, "tag_v2", {})
    bits = tags.get(_BITS_PER_SAMPLE, (1,))
    widest = max(bits) if isinstance(bits, tuple) and bits else bits if isinstance(bits, int) else 8
    samples = tags.get(_SAMPLES_PER_PIXEL, 1)
    rows = tags.get(_TILE_HEIGHT, tags.get(_ROWS_PER_STRIP, opened.height))
    rows = min(rows, opened.height) if isinstance(rows, int) else opened.height
    return file_bytes + opened.width * rows * int(widest) * (samples if isinstance(samples, int) else 1) // 8


def _beside_webp(opened: Image.Image, file_bytes: int) -> int:
    """Return bytes of the file, and of the frames that its decoder keeps."""
    return file_bytes + opened.width * opened.height * _WEBP_BYTES


_BESIDE: Mapping[str, Callable[[Image.Image, int], int]] = {
    "JPEG": _beside_jpeg,
    "TIFF": _beside_tiff,
    "WEBP": _beside_webp,
}
"""What the decoder of a format keeps beside the pixels."""


def count_scans(data: bytes) -> int:
    """Return how many scans a JPEG has, by its markers (ITU-T T.81, annex B), without decoding any."""
    scans, at = 0, 2
    while found := _MARKER.search(data, at):
        code, at = data[found.end() - 1], found.end()
        if code == _END_OF_IMAGE:
            break
        scans += code == _START_OF_SCAN
        if code not in (0x01, 0xD8):
            at += int.from_bytes(data[at : at + 2], "big")
    return scans


class _UntilLate(io.RawIOBase):
    """A file whose reads end with an error once decoding has taken ``limits.PICTURE_S`` of this thread's time."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self._end = time.thread_time() + limits.PICTURE_S

    def readable(self) -> bool:
        """Return whether it can be read: it can."""
        return True

    def seekable(self) -> bool:
        """Return whether a reader may jump in it: it may."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place; returns it in bytes from the start."""
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Buffer) -> int | None:
        """Fill ``buffer``; returns how many bytes were read. Raises ``StudioError`` "picture-slow"."""
        if time.thread_time() > self._end:
            raise StudioError("picture-slow", seconds=limits.PICTURE_S)
        return self._file.readinto(buffer)


@contextmanager
def _bombs_are_errors() -> Iterator[None]:
    """Pillow's own guard, off for the header (so that the size can be told), and an error where it warns later."""
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def to_rgb(picture: Image.Image) -> Image.Image:
    """Return any mode as 8-bit RGB: palettes, grey, 16 bits, floats, CMYK, and what is transparent on white.

    A few rows at a time, so that there is the picture and the copy, and nothing between; RGB is returned as it is.
    """
    if picture.mode in _WIDE:
        return _by_rows(picture, _WIDE[picture.mode](picture))
    if picture.has_transparency_data:
        return _by_rows(picture, lambda rows: rows.convert("RGBA"))
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _from_16_bits(picture: Image.Image) -> Callable[[Image.Image], Image.Image]:
    def scaled(rows: Image.Image) -> Image.Image:
        return _grey(np.clip(np.round(np.asarray(rows).astype(np.float32) / 257), 0, 255))

    return scaled


def _from_floats(picture: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Floats have no agreed range: 0 to 1 where they lie in it, else what they span."""
    low, high = 0.0, 1.0
    for _, rows in _rows_of(picture):
        values = np.asarray(rows)
        finite = np.isfinite(values)
        low = min(low, float(np.min(values, where=finite, initial=0.0)))
        high = max(high, float(np.max(values, where=finite, initial=1.0)))

    def scaled(rows: Image.Image) -> Image.Image:
        finite = np.nan_to_num(np.asarray(rows).astype(np.float64), nan=0.0, posinf=high, neginf=low)
        return _grey(np.round((finite - low) / (high - low) * 255))

    return scaled


def _grey(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values.astype(np.uint8))


def _by_rows(picture: Image.Image, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Return the picture as RGB, its rows converted a few at a time: greys, or RGBA that is laid on white."""
    result = Image.new("RGB", picture.size, _WHITE)
    for top, rows in _rows_of(picture):
        made = convert(rows)
        result.paste(made, (0, top), made.getchannel("A") if made.mode == "RGBA" else None)
    return result


def _rows_of(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield a few rows at a time, each part with the number of its first row."""
    step = max(1, _BLOCK_ROWS_BYTES // max(1, picture.width * 8))
    for top in range(0, picture.height, step):
        yield top, picture.crop((0, top, picture.width, min(top + step, picture.height)))


_WIDE: dict[str, Callable[[Image.Image], Callable[[Image.Image], Image.Image]]] = {
    **dict.fromkeys(("I;16", "I;16B", "I;16L", "I;16N", "I"), _from_16_bits),
    "F": _from_floats,
}
"""What makes rows of a mode with more than 8 bits grey ones of 8 bits, from the whole picture."""
