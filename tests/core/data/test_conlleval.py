"""Entities as ``conlleval`` counts them, worked by hand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bigmodel_studio.core.data.conlleval import Counts, Entity, count, count_all, entities, together


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("O B-PER I-PER O", [(1, 2, "PER")]),
        ("B-PER B-PER", [(0, 0, "PER"), (1, 1, "PER")]),
        ("B-PER I-LOC", [(0, 0, "PER"), (1, 1, "LOC")]),
        ("O I-LOC I-LOC", [(1, 2, "LOC")]),
        ("I-PER O I-PER", [(0, 0, "PER"), (2, 2, "PER")]),
        ("B-PER I-PER E-PER I-PER", [(0, 2, "PER"), (3, 3, "PER")]),
        ("S-LOC S-LOC", [(0, 0, "LOC"), (1, 1, "LOC")]),
        ("B-MISC I-MISC B-MISC O", [(0, 1, "MISC"), (2, 2, "MISC")]),
        ("O O", []),
        ("", []),
    ],
)
def test_where_entities_begin_and_end(tags: str, found: list[tuple[int, int, str]]) -> None:
    assert entities(tags.split()) == [Entity(*each) for each in found]


def test_an_entity_is_right_as_a_whole_or_not_at_all() -> None:
    truth = ["B-PER", "I-PER", "O", "B-LOC", "O", "B-ORG"]
    said = ["B-PER", "O", "O", "B-LOC", "B-LOC", "B-LOC"]
    counts = count(truth, said)
    assert counts["PER"] == Counts(there=1, predicted=1, right=0)
    assert counts["LOC"] == Counts(there=1, predicted=3, right=1)
    assert counts["ORG"] == Counts(there=1, predicted=0, right=0)
    whole = together(counts)
    assert (whole.precision, whole.recall) == (1 / 4, 1 / 3)
    assert whole.f1 == pytest.approx(2 * (1 / 4) * (1 / 3) / (1 / 4 + 1 / 3))


def test_the_example_of_the_shared_task() -> None:
    """Two sentences, one guessed right but for one entity's type."""
    first = (["B-NP", "I-NP", "O", "B-VP"], ["B-NP", "I-NP", "O", "B-NP"])
    second = (["B-NP", "O"], ["B-NP", "O"])
    whole = together(count_all([first, second]))
    assert whole == Counts(there=3, predicted=3, right=2)


TAGS = st.lists(st.sampled_from(["O", "B-a", "I-a", "B-b", "I-b"]), max_size=12)


@given(TAGS)
def test_who_says_the_truth_is_right(tags: list[str]) -> None:
    whole = together(count(tags, tags))
    assert whole.there == whole.predicted == whole.right == len(entities(tags))


@given(TAGS)
def test_entities_are_in_order_and_apart(tags: list[str]) -> None:
    found = entities(tags)
    assert all(one.last < other.first for one, other in itertools.pairwise(found))
    covered = {place for entity in found for place in range(entity.first, entity.last + 1)}
    assert covered == {place for place, tag in enumerate(tags) if tag != "O"}
