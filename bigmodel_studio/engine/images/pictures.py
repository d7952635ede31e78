"""From a stranger's picture file to pixels, safely: formats from an allow-list, its size looked at before it is decoded
and every way in which it can be wrong said in words. The window never decodes such a file; the preview is made here.
"""

from __future__ import annotations

import io
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

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
_BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
"""As Pillow keeps a picture of that mode in memory; 4 for every other mode."""
_BITS_PER_SAMPLE, _SAMPLES_PER_PIXEL = 258, 277


def read_picture(path: Path) -> Image.Image:
    """Return the picture as RGB, upright by its EXIF; the first frame where it has several, transparency laid on white.

    Everything that its header tells is checked against ``limits`` before a pixel is decoded.
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
    small = picture.copy()
    small.thumbnail((most_px, most_px))
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
            return to_rgb(ImageOps.exif_transpose(opened))
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
    size = max(pixels * _BYTES_PER_PIXEL.get(opened.mode, 4), _stored_bytes(opened, pixels))
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


def _stored_bytes(opened: Image.Image, pixels: int) -> int:
    """Return bytes of all planes of a TIFF as they are stored, decompressed; 0 for other formats."""
    tags = getattr(opened, "tag_v2", None)
    if not tags:
        return 0
    bits = tags.get(_BITS_PER_SAMPLE, (1,))
    widest = max(bits) if isinstance(bits, tuple) and bits else bits if isinstance(bits, int) else 8
    samples = tags.get(_SAMPLES_PER_PIXEL, 1)
    return pixels * int(widest) * (samples if isinstance(samples, int) else 1) // 8


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
    """Return any mode as 8-bit RGB: palettes, grey, 16 bits, floats, CMYK, and what is transparent on white."""
    if picture.mode in _WIDE:
        picture = Image.fromarray(_WIDE[picture.mode](np.asarray(picture)))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", clear.size, _WHITE)
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _from_16_bits(values: np.ndarray) -> np.ndarray:
    return _by_rows(values, lambda rows: np.clip(np.round(rows.astype(np.float32) / 257), 0, 255))


def _from_floats(values: np.ndarray) -> np.ndarray:
    """Floats have no agreed range: 0 to 1 where they lie in it, else what they span."""
    low = min(0.0, float(np.min(values, where=np.isfinite(values), initial=0.0)))
    high = max(1.0, float(np.max(values, where=np.isfinite(values), initial=1.0)))

    def scaled(rows: np.ndarray) -> np.ndarray:
        finite = np.nan_to_num(rows.astype(np.float64), nan=0.0, posinf=high, neginf=low)
        return np.round((finite - low) / (high - low) * 255)

    return _by_rows(values, scaled)


def _by_rows(values: np.ndarray, convert: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Convert [height, width] to 8 bits a few rows at a time: what is between takes a few megabytes, not gigabytes."""
    result = np.empty(values.shape, np.uint8)
    step = max(1, _BLOCK_ROWS_BYTES // max(1, values.shape[-1] * 8))
    for first in range(0, len(values), step):
        result[first : first + step] = convert(values[first : first + step]).astype(np.uint8)
    return result


_WIDE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    **dict.fromkeys(("I;16", "I;16B", "I;16L", "I;16N", "I"), _from_16_bits),
    "F": _from_floats,
}
