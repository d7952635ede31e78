"""Numbers as a user reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from bigmodel_studio.core import numbers


@pytest.fixture
def german() -> Iterator[None]:
    numbers.use_separators(".", ",")
    yield
    numbers.use_separators(",", ".")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (21_297_152, "21 MB"),
        (1_800_000_000, "1.8 GB"),
        (999_600, "1.0 MB"),
    ],
)
def test_size(value: int, said: str) -> None:
    assert numbers.size(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0, "0"), (999, "999"), (260_032, "260 k"), (5_324_288, "5.3 M"), (124_000_000, "124 M"), (999_999, "1.0 M")],
)
def test_count(value: int, said: str) -> None:
    assert numbers.count(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.014, "14 ms"),
        (2.44, "2.4 s"),
        (59.99, "1 min 00 s"),
        (185, "3 min 05 s"),
        (7810, "2 h 10 min"),
        (356_400, "4 d 3 h"),
    ],
)
def test_duration(value: float, said: str) -> None:
    assert numbers.duration(value) == said


def test_others() -> None:
    assert numbers.exact(5_324_288) == "5,324,288"
    assert numbers.rate(18_420.4, "tokens") == "18,420 tokens/s"
    assert numbers.rate(3.44, "images") == "3.4 images/s"
    assert numbers.percent(0.9474) == "94.7%"
    assert numbers.significant(9.1e-4, 2) == "9.1e-4"
    assert numbers.significant(1234.5) == "1,234"
    assert numbers.size_of(1_800_000_000, 8_000_000_000) == "1.8 / 8.0 GB"


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_what_is_no_number_is_a_dash(value: float | None) -> None:
    assert {numbers.decimal(value), numbers.percent(value), numbers.duration(value), numbers.significant(value)} == {
        "–"
    }


@pytest.mark.usefixtures("german")
def test_a_locale_groups_as_it_does() -> None:
    assert numbers.exact(5_324_288) == "5.324.288"
    assert numbers.count(5_324_288) == "5,3 M"
    assert numbers.decimal(1234.5) == "1.234,50"
