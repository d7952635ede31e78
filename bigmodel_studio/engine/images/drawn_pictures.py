"""Pictures that the application draws itself, a folder for each of eight shapes: something to tell apart where there
are no photographs. Size, place, turn, colours and noise are drawn by a seed.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from bigmodel_studio.core.system.files import not_saved
from bigmodel_studio.engine.session import Session
from bigmodel_studio.protocol import Done, DrawPictures, Event, Progress

SHAPES = ("circle", "cross", "hexagon", "ring", "square", "star", "stripes", "triangle")
SIDE_PX = 32
SAY_EVERY = 20
_SCALE = 4
"""They are drawn so many times as large, and made smaller with soft edges."""
_CORNERS = {"square": 4, "triangle": 3, "hexagon": 6}


def draw_pictures(request: DrawPictures, session: Session) -> Iterator[Event]:
    """Draw into a folder, which is there whole or not at all, whoever draws it first. Ends with ``Done(None)``.

    Raises ``StudioError`` "file-not-saved".
    """
    folder = Path(request.folder)
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(fresh, ignore_errors=True)
    total = len(SHAPES) * request.each
    try:
        for done in drawn_one_by_one(fresh, request.each):
            if done % SAY_EVERY == 0:
                yield Progress(what="drawing-pictures", done=done, total=total)
        if not folder.is_dir():
            fresh.rename(folder)
    except OSError as error:
        raise not_saved(folder, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    yield Done()


def draw_folders(folder: Path, each: int, seed: int = 0) -> Path:
    """Draw so many PNG files of each shape, in folders of their names. Raises ``OSError``."""
    for _ in drawn_one_by_one(folder, each, seed):
        pass
    return folder


def drawn_one_by_one(folder: Path, each: int, seed: int = 0) -> Iterator[int]:
    """Draw as ``draw_folders`` does; yield the number of pictures that are done after each."""
    chance = np.random.default_rng(seed)
    for place, shape in enumerate(SHAPES):
        (folder / shape).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            draw(shape, chance).save(folder / shape / f"{number:04d}.png")
            yield place * each + number + 1


def draw(shape: str, chance: np.random.Generator) -> Image.Image:
    """Return one picture of ``SIDE_PX`` a side."""
    side = SIDE_PX * _SCALE
    ground, colour = (tuple(int(c) for c in chance.integers(0, 256, 3)) for _ in range(2))
    image = Image.new("RGB", (side, side), ground)
    pen = ImageDraw.Draw(image)
    radius = side * chance.uniform(0.2, 0.4)
    x, y = (chance.uniform(radius, side - radius) for _ in range(2))
    turn = chance.uniform(0, 2 * math.pi)
    box = (x - radius, y - radius, x + radius, y + radius)
    if shape in ("circle", "ring"):
        pen.ellipse(box, fill=colour)
        if shape == "ring":
            pen.ellipse((x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2), fill=ground)
    elif shape in _CORNERS:
        pen.polygon(_corners(x, y, [radius], _CORNERS[shape], turn), fill=colour)
    elif shape == "star":
        pen.polygon(_corners(x, y, [radius, radius * 0.45], 10, turn), fill=colour)
    else:
        _bars(pen, shape, (x, y), radius, turn, colour)
    small = np.asarray(image.resize((SIDE_PX, SIDE_PX), Image.Resampling.BOX), dtype=np.float32)
    noisy = small + chance.normal(0, chance.uniform(5, 40), small.shape)
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def _corners(x: float, y: float, radii: list[float], count: int, turn: float) -> list[tuple[float, float]]:
    """Corners around a place, by turns at each of the radii."""
    angles = [turn + 2 * math.pi * number / count for number in range(count)]
    return [
        (x + radii[number % len(radii)] * math.cos(a), y + radii[number % len(radii)] * math.sin(a))
        for number, a in enumerate(angles)
    ]


def _bars(
    pen: ImageDraw.ImageDraw,
    shape: str,
    place: tuple[float, float],
    radius: float,
    turn: float,
    colour: tuple[int, ...],
) -> None:
    """Two bars across each other, or three beside each other."""
    lines = [(turn, 0.0), (turn + math.pi / 2, 0.0)] if shape == "cross" else [(turn, o) for o in (-0.7, 0.0, 0.7)]
    for angle, offset in lines:
        along = (math.cos(angle) * radius, math.sin(angle) * radius)
        aside = (-math.sin(angle) * radius * offset, math.cos(angle) * radius * offset)
        x, y = place[0] + aside[0], place[1] + aside[1]
        ends = (x - along[0], y - along[1], x + along[0], y + along[1])
        pen.line(ends, fill=colour, width=max(2, round(radius * 0.35)))
