"""Numbers as a user reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from bigmodel_studio.core.text import numbers


@pytest.fixture
def german() -> Iterator[None]:
    numbers.use_language("de", group=".", decimal=",")
    yield
    numbers.use_language("en")


@pytest.fixture
def chinese() -> Iterator[None]:
    numbers.use_language("zh")
    yield
    numbers.use_language("en")


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
    [
        (0, "0"),
        (999, "999"),
        (1000, "1 k"),
        (260_032, "260 k"),
        (2_163_328, "2.16 M"),
        (124_439_808, "124.4 M"),
        (999_940, "999.9 k"),
        (999_999, "1 M"),
        (6_738_415_616, "6.74 B"),
        (70_000_000_000, "70 B"),
        (174_600_000_000, "174.6 B"),
        (1_000_000_000_000, "1 T"),
    ],
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
    assert [numbers.percent(share) for share in (0.0, 0.0004, 0.0005)] == ["0.0%", "<0.1%", "0.1%"]
    assert (numbers.percent(0.004, 0), numbers.percent(0.00004, 2)) == ("0%", "<0.01%")
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
    assert numbers.count(5_324_288) == "5,32 M"
    assert numbers.decimal(1234.5) == "1.234,50"


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (9_999, "9999"),
        (10_000, "1 万"),
        (260_032, "26 万"),
        (2_163_328, "216.3 万"),
        (2_160_000, "216 万"),
        (99_999_999, "1 亿"),
        (124_439_808, "1.24 亿"),
        (6_738_415_616, "67.4 亿"),
        (174_600_000_000, "1746 亿"),
        (1_000_000_000_000, "1 万亿"),
    ],
)
def test_count_as_it_is_written_in_chinese(value: int, said: str) -> None:
    assert numbers.count(value) == said


@pytest.mark.usefixtures("chinese")
def test_times_and_rates_are_said_in_chinese() -> None:
    times = [numbers.duration(seconds) for seconds in (0.014, 2.44, 185, 7800, 4 * 86400 + 3 * 3600)]
    assert times == ["14 毫秒", "2.4 秒", "3 分 05 秒", "2 小时 10 分", "4 天 3 小时"]
    assert numbers.rate(187, "词元") == "187 词元/秒"
    assert numbers.size(21_297_152) == "21 MB"
    assert numbers.size_rate(21_297_152) == "21 MB/秒"


def test_large_numbers_in_powers_of_ten_say_no_more_than_they_know() -> None:
    assert [numbers.power(value) for value in (2e14, 1.26e9, 0.0, None)] == ["2e14", "1.3e9", "0e0", numbers.NOTHING]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.2, "1 s"),
        (40, "40 s"),
        (59.6, "1 min"),
        (250, "4 min"),
        (3598, "1 h 00 min"),
        (7830, "2 h 10 min"),
        (None, "–"),
    ],
)
def test_rough_duration(value: float | None, said: str) -> None:
    assert numbers.rough_duration(value) == said
