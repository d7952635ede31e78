"""Pictures: classifying them, previews of them that are safe to show, and drawing simple ones to learn from."""

from __future__ import annotations

import msgspec

from bigmodel_studio.protocol.values import Label, ModelRef, Problem

__all__ = ["Classify", "DrawPictures", "Picture", "Prediction", "Preview"]


class Classify(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Say what is on pictures, by absolute path. One ``Prediction`` a picture, in order; ends with ``Done(None)``.

    ``preview_px`` > 0 asks for a re-encoded PNG of at most that many pixels a side, so that the window never decodes a
    stranger's file.
    """

    model: ModelRef
    images: tuple[str, ...]
    top_k: int = 5
    preview_px: int = 0


class Preview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Small PNGs of pictures, by absolute path, so that the window never decodes a stranger's file.

    One ``Picture`` a file, in order; ends with ``Done(None)``.
    """

    images: tuple[str, ...]
    most_px: int = 160


class DrawPictures(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Draw pictures of simple shapes, so many of each, into a new folder. ``Progress``, then ``Done(None)``."""

    folder: str
    each: int


class Prediction(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What one picture is, or why it could not be read (``error``: a code with arguments). Sizes in pixels."""

    image: str
    predictions: tuple[Label, ...] = ()
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    preview: bytes | None = None
    error: Problem | None = None


class Picture(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A small PNG of one picture, or why it could not be read. Sizes in pixels, of the picture itself."""

    image: str
    preview: bytes | None = None
    width: int = 0
    height: int = 0
    error: Problem | None = None
