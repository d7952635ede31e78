"""Draws the bundled sample pictures: ours to give away, and plain enough that anyone can say what is on them.

``python packaging/recipes/sample_pictures.py resources/samples/pictures`` writes one PNG a subject, named by what it
shows. They are drawn four times as large and scaled down, with a little grain, as a photo would have.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

SIDE = 320
SCALE = 4
SEED = 1
Colour = tuple[int, int, int]
Draw = ImageDraw.ImageDraw
Point = tuple[float, float]


def gradient(
    top: Colour, bottom: Colour, begin: float = 0.0, end: float = 1.0, onto: Image.Image | None = None
) -> Image.Image:
    """A vertical gradient over the rows ``begin`` to ``end`` (shares of the height)."""
    side = SIDE * SCALE
    image = onto or Image.new("RGB", (side, side))
    draw = ImageDraw.Draw(image)
    first, last = int(begin * side), int(end * side)
    for row in range(first, last):
        share = (row - first) / max(1, last - first)
        mixed = [round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)]
        draw.line([(0, row), (side, row)], fill=(mixed[0], mixed[1], mixed[2]))
    return image


def _at(points: list[Point]) -> list[Point]:
    side = SIDE * SCALE
    return [(x * side, y * side) for x, y in points]


def polygon(draw: Draw, points: list[Point], fill: Colour) -> None:
    """A filled polygon in shares of the side."""
    draw.polygon(_at(points), fill=fill)


def ellipse(draw: Draw, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
    """A filled ellipse about (x, y), in shares of the side."""
    draw.ellipse(_at([(x - rx, y - ry), (x + rx, y + ry)]), fill=fill)


def airplane() -> Image.Image:
    """An airliner from the side, against the sky."""
    image = gradient((92, 148, 214), (196, 222, 244))
    draw = ImageDraw.Draw(image)
    body, shade, dark = (240, 242, 245), (176, 182, 192), (60, 70, 90)
    polygon(draw, [(0.10, 0.30), (0.17, 0.30), (0.28, 0.46), (0.14, 0.47)], shade)
    polygon(
        draw, [(0.08, 0.46), (0.20, 0.43), (0.80, 0.43), (0.88, 0.46), (0.92, 0.50), (0.86, 0.54), (0.20, 0.55)], body
    )
    polygon(draw, [(0.20, 0.525), (0.88, 0.525), (0.86, 0.54), (0.20, 0.55)], shade)
    polygon(draw, [(0.44, 0.50), (0.60, 0.50), (0.36, 0.74), (0.29, 0.74)], (150, 158, 170))
    polygon(draw, [(0.46, 0.43), (0.58, 0.43), (0.44, 0.29), (0.40, 0.29)], shade)
    polygon(draw, [(0.10, 0.47), (0.19, 0.48), (0.10, 0.56), (0.05, 0.56)], (150, 158, 170))
    ellipse(draw, 0.455, 0.60, 0.035, 0.022, dark)
    polygon(draw, [(0.83, 0.445), (0.87, 0.465), (0.83, 0.468)], dark)
    for window in range(14):
        ellipse(draw, 0.27 + window * 0.038, 0.474, 0.008, 0.010, dark)
    return image


def ship() -> Image.Image:
    """A ship on the sea."""
    image = gradient((150, 190, 226), (218, 230, 238), 0.0, 0.62)
    gradient((44, 92, 138), (18, 48, 84), 0.62, 1.0, image)
    draw = ImageDraw.Draw(image)
    polygon(draw, [(0.08, 0.55), (0.93, 0.53), (0.84, 0.70), (0.16, 0.70)], (40, 52, 78))
    polygon(draw, [(0.15, 0.665), (0.855, 0.665), (0.84, 0.70), (0.16, 0.70)], (150, 44, 40))
    polygon(draw, [(0.24, 0.46), (0.74, 0.46), (0.78, 0.54), (0.20, 0.55)], (240, 240, 238))
    polygon(draw, [(0.30, 0.38), (0.62, 0.38), (0.66, 0.46), (0.28, 0.46)], (226, 228, 228))
    polygon(draw, [(0.40, 0.26), (0.49, 0.26), (0.50, 0.38), (0.39, 0.38)], (190, 60, 50))
    polygon(draw, [(0.40, 0.26), (0.49, 0.26), (0.492, 0.29), (0.398, 0.29)], (30, 30, 34))
    draw.line(_at([(0.70, 0.22), (0.70, 0.46)]), fill=(60, 60, 66), width=6)
    for window in range(9):
        ellipse(draw, 0.28 + window * 0.05, 0.50, 0.010, 0.010, (60, 80, 110))
    for wave in range(16):
        y = 0.70 + 0.28 * (wave / 16) ** 1.3
        x = (wave * 0.37) % 0.8
        draw.line(_at([(x, y), (x + 0.18, y)]), fill=(96, 140, 178), width=5)
    return image


def automobile() -> Image.Image:
    """A red car on a road."""
    image = gradient((196, 210, 220), (228, 232, 232), 0.0, 0.5)
    gradient((120, 140, 96), (140, 150, 110), 0.5, 0.62, image)
    gradient((120, 120, 122), (90, 90, 94), 0.62, 1.0, image)
    draw = ImageDraw.Draw(image)
    red, dark, glass = (190, 30, 34), (24, 24, 26), (70, 92, 112)
    ellipse(draw, 0.5, 0.765, 0.42, 0.035, (62, 62, 66))
    polygon(
        draw,
        [
            (0.06, 0.56),
            (0.14, 0.52),
            (0.30, 0.50),
            (0.40, 0.36),
            (0.68, 0.36),
            (0.80, 0.50),
            (0.93, 0.54),
            (0.95, 0.70),
            (0.93, 0.74),
            (0.07, 0.74),
            (0.05, 0.68),
        ],
        red,
    )
    polygon(draw, [(0.34, 0.50), (0.42, 0.39), (0.53, 0.39), (0.53, 0.50)], glass)
    polygon(draw, [(0.55, 0.39), (0.66, 0.39), (0.75, 0.50), (0.55, 0.50)], glass)
    polygon(draw, [(0.05, 0.66), (0.95, 0.66), (0.94, 0.70), (0.05, 0.70)], (130, 18, 22))
    ellipse(draw, 0.09, 0.60, 0.025, 0.022, (244, 236, 200))
    ellipse(draw, 0.925, 0.59, 0.018, 0.022, (240, 120, 60))
    for x in (0.25, 0.75):
        ellipse(draw, x, 0.73, 0.095, 0.095, dark)
        ellipse(draw, x, 0.73, 0.052, 0.052, (176, 178, 182))
    return image


SUBJECTS: dict[str, Callable[[], Image.Image]] = {"airplane": airplane, "automobile": automobile, "ship": ship}


def draw_subject(name: str) -> Image.Image:
    """One picture, ``SIDE`` × ``SIDE`` RGB."""
    image = SUBJECTS[name]().resize((SIDE, SIDE), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))
    grain = random.Random(SEED)
    pixels = bytearray(image.tobytes())
    for index in range(len(pixels)):
        pixels[index] = min(255, max(0, pixels[index] + grain.randint(-5, 5)))
    return Image.frombytes("RGB", image.size, bytes(pixels))


def main(folder: Path) -> None:
    """Write every picture into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SUBJECTS:
        draw_subject(name).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
