"""From a stranger's picture file to pixels, safely: formats from an allow-list, its size looked at before it is decoded
and every way in which it can be wrong said in words. The window never decodes such a file; the preview is made here.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from bigmodel_studio.core.text.messages import StudioError
from bigmodel_studio.engine.failures import is_out_of_memory

FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF")
MOST_MEGAPIXELS = 50
_WHITE = (255, 255, 255)


def read_picture(path: Path) -> Image.Image:
    """The picture as RGB, upright by its EXIF; the first frame where it has several, transparency laid on white.

    Raises ``StudioError``: "picture-missing", "-unreadable", "-empty", "-format", "-too-large", "-damaged".
    """
    try:
        if not path.is_file():
            code = "picture-format" if path.exists() else "picture-missing"
            raise StudioError(code, formats=", ".join(FORMATS))
        if path.stat().st_size == 0:
            raise StudioError("picture-empty")
        with open(path, "rb") as stream:
            return _decode(stream)
    except OSError as error:
        raise StudioError("picture-unreadable", detail=error.strerror or "it cannot be opened") from error


def preview_png(picture: Image.Image, most_px: int) -> bytes:
    """A PNG of at most ``most_px`` a side, without anything else that was in the file."""
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
            if width * height > MOST_MEGAPIXELS * 1_000_000:
                raise StudioError("picture-too-large", width=width, height=height, most=MOST_MEGAPIXELS)
            Image.MAX_IMAGE_PIXELS = MOST_MEGAPIXELS * 1_000_000
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
    """Any mode as 8-bit RGB: palettes, grey, 16 bits, floats, CMYK, and what is transparent on white."""
    if picture.mode in _WIDE:
        picture = Image.fromarray(_WIDE[picture.mode](np.asarray(picture)))
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", clear.size, _WHITE)
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    return picture.convert("RGB")


def _from_16_bits(values: np.ndarray) -> np.ndarray:
    return np.clip(np.round(values.astype(np.float64) / 257), 0, 255).astype(np.uint8)


def _from_floats(values: np.ndarray) -> np.ndarray:
    """Floats have no agreed range: 0 to 1 where they lie in it, else what they span."""
    finite = np.nan_to_num(values.astype(np.float64))
    low, high = min(0.0, float(finite.min())), max(1.0, float(finite.max()))
    return np.round((finite - low) / (high - low) * 255).astype(np.uint8)


_WIDE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    **dict.fromkeys(("I;16", "I;16B", "I;16L", "I;16N", "I"), _from_16_bits),
    "F": _from_floats,
}
