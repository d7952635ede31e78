"""Ways through a lattice: against every way there is."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bigmodel_studio.core.data import tag_decoding

TAGS = ("O", "B-location", "I-location", "B-person", "I-person")
Lattice = list[list[float]]


def lattices(tags: int) -> st.SearchStrategy[Lattice]:
    row = st.lists(st.floats(-20, 0, allow_nan=False), min_size=tags, max_size=tags)
    return st.lists(row, min_size=1, max_size=5)


def is_whole(path: tuple[int, ...], tags: tuple[str, ...]) -> bool:
    """Whether each I stands right after a B or an I of its type, told from the tags' names alone."""
    for place, number in enumerate(path):
        tag, before = tags[number], tags[path[place - 1]] if place else "O"
        if tag.startswith("I-") and "B-" + tag[2:] in tags and before not in ("B-" + tag[2:], tag):
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(lattice=lattices(len(TAGS)))
def test_viterbi_finds_the_best_of_all_ways_that_are_whole(lattice: Lattice) -> None:
    ways = itertools.product(range(len(TAGS)), repeat=len(lattice))
    best = max(tag_decoding.total(lattice, way) for way in ways if is_whole(way, TAGS))
    found = tag_decoding.viterbi(lattice, TAGS)
    assert is_whole(tuple(found), TAGS)
    assert tag_decoding.total(lattice, found) == pytest.approx(best)
    assert tag_decoding.total(lattice, tag_decoding.greedy(lattice)) >= best - 1e-9


@settings(max_examples=40, deadline=None)
@given(lattice=lattices(len(TAGS)))
def test_where_the_greedy_way_is_whole_it_is_the_best(lattice: Lattice) -> None:
    greedy = tag_decoding.greedy(lattice)
    names = [TAGS[number] for number in greedy]
    assert (not tag_decoding.broken(names, TAGS)) == is_whole(tuple(greedy), TAGS)
    if is_whole(tuple(greedy), TAGS):
        best = tag_decoding.total(lattice, tag_decoding.viterbi(lattice, TAGS))
        assert math.isclose(best, tag_decoding.total(lattice, greedy), abs_tol=1e-9)


def test_tags_of_no_entities_and_types_that_have_no_beginning_are_free() -> None:
    for tags in (("NOUN", "VERB"), ("I-name", "O"), ("O", "B")):
        assert tag_decoding.viterbi([[-3.0, -0.1], [-0.2, -2.0]], tags) == [1, 0]
    assert tag_decoding.viterbi([], TAGS) == []


def test_the_places_where_a_way_breaks_are_told() -> None:
    assert tag_decoding.broken(["O", "I-person", "I-person", "B-person", "I-location"], TAGS) == [1, 4]
