"""Role of a module in a network, by its type and its place in the tree: the kinds that a treemap is coloured by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from bigmodel_studio.core.models.treemap import Box, squarify
from bigmodel_studio.protocol import Layer

Role = Literal["embedding", "attention", "feed-forward", "convolution", "norm", "head", "other"]
Path = tuple[str, ...]
"""Where a module stands: the names from the outermost to its own."""

_BY_TYPE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("norm", re.compile(r"norm", re.IGNORECASE)),
    ("convolution", re.compile(r"^Conv(Transpose)?\dd$")),  # GPT-2's Conv1D is a matrix
    ("embedding", re.compile(r"embedding", re.IGNORECASE)),
)
_BY_PLACE: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("head", re.compile(r"head$|classifier$|^cls$|^score$|predictions$|^fc$", re.IGNORECASE)),
    ("attention", re.compile(r"att|^[qkv]_proj$", re.IGNORECASE)),
    ("feed-forward", re.compile(r"mlp|ffn|feed_?forward|intermediate|^output$|experts?$|^fc\d$", re.IGNORECASE)),
    ("embedding", re.compile(r"embed|^wte$|^wpe$", re.IGNORECASE)),
)
LEAST_PX = 2.0
"""A module smaller than this is drawn as a part of the one that it is in."""


def role_of(path: Path, type_: str) -> Role:
    """Return what a module is for: its type says it where it can, else a name on the way to it, in the order of the
    table.
    """
    for role, pattern in _BY_TYPE:
        if pattern.search(type_):
            return role
    return next((role for role, pattern in _BY_PLACE if any(map(pattern.search, path))), "other")


class Tile(NamedTuple):
    """A module as drawn: ``whole`` where what is in it is not drawn apart."""

    path: Path
    layer: Layer
    box: Box
    role: Role
    depth: int
    whole: bool


def tiles(layers: Sequence[Layer], whole: Box, gap_px: float = 1.0) -> list[Tile]:
    """Return the modules that can be seen in a box of pixels, each before what is in it; areas are shares of
    parameters.
    """
    return list(_tiles((), layers, whole, gap_px, 0))


def _tiles(path: Path, layers: Sequence[Layer], whole: Box, gap_px: float, depth: int) -> Iterator[Tile]:
    boxes = squarify([drawn_parameters(layer) for layer in layers], whole)
    for layer, box in zip(layers, boxes, strict=True):
        if min(box.width, box.height) < LEAST_PX:
            continue
        here = (*path, layer.name)
        inner = box.inside(gap_px if depth < 2 else 0.0)
        parts = [child for child in layer.children if drawn_parameters(child) > 0]
        opened = bool(parts) and min(inner.width, inner.height) >= 2 * LEAST_PX and depth < 40
        yield Tile(here, layer, box, role_of(here, layer.type), depth, not opened)
        if opened:
            own = layer.parameters - sum(drawn_parameters(child) for child in parts)
            rest = [Layer(name="", type=layer.type, parameters=own)] if own > 0 else []
            yield from (tile for tile in _tiles(here, [*parts, *rest], inner, gap_px, depth + 1) if tile.layer.name)


def drawn_parameters(layer: Layer) -> int:
    """Return a module's parameters, none where it borrows another's: those are drawn, and counted, where they
    belong.
    """
    return 0 if layer.tied_to else layer.parameters


def by_role(layers: Sequence[Layer]) -> dict[Role, int]:
    """Return parameters by role, the most first; those that a module holds itself, beside its children, count as its
    own.
    """
    sums: dict[Role, int] = {}

    def add(path: Path, layer: Layer) -> None:
        own = max(0, drawn_parameters(layer) - sum(drawn_parameters(child) for child in layer.children))
        role = role_of(path, layer.type)
        if own:
            sums[role] = sums.get(role, 0) + own
        for child in layer.children:
            add((*path, child.name), child)

    for layer in layers:
        add((layer.name,), layer)
    return dict(sorted(sums.items(), key=lambda item: -item[1]))
