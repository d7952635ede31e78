"""Colours of runs: told apart by colour-blind people too, another for each neighbor, and the same after a restart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bigmodel_studio.core.runs.run_colours import COLOURS, with_colours
from bigmodel_studio.ui.look.theme import SCHEMES, Scheme

SEEN_AS = {
    "everyone": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
"""How linear RGB is seen (Machado, Oliveira and Fernandes 2009, severity 1)."""
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
LEAST_DISTANCE = 12.0
"""In CIE Lab; two colours become one at about 2.3 side by side, and curves are thin."""


def lab(colour: str, seen_as: str) -> np.ndarray:
    encoded = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(SEEN_AS[seen_as] @ linear, 0, 1) / WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen_as", SEEN_AS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_eight_colours_are_told_apart(scheme: Scheme, seen_as: str) -> None:
    series = SCHEMES[scheme].series
    assert len(series) == COLOURS == 8
    for one, other in itertools.combinations(series, 2):
        assert np.linalg.norm(lab(one, seen_as) - lab(other, seen_as)) >= LEAST_DISTANCE, (one, other)


def test_seven_runs_have_seven_colours_and_keep_them_when_others_go() -> None:
    names = [f"run-{number}" for number in range(7)]
    first = with_colours({}, names)
    assert len({first[name] for name in names}) == 7
    later = with_colours(first, [*names[2:], "new"])
    assert [later[name] for name in names[2:]] == [first[name] for name in names[2:]]
    assert later["new"] not in {first[name] for name in names[2:]}
    assert with_colours(later, names)["run-0"] == first["run-0"], "one that is restored has its colour again"


def test_neighbors_in_a_long_list_differ() -> None:
    names = [f"run-{number}" for number in range(100)]
    colours = with_colours({}, names)
    for at in range(len(names) - COLOURS):
        assert len({colours[name] for name in names[at : at + COLOURS]}) == COLOURS


def test_a_number_that_is_no_colour_is_given_anew() -> None:
    assert with_colours({"odd": 99}, ["odd"])["odd"] < COLOURS
