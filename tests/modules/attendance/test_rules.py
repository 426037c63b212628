"""Percentages, bands and days, for any numbers."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.attendance import rules

counts = st.integers(0, 5000)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


@given(counts, counts, counts)
def test_a_percentage_is_rounded_half_up_to_one_place(present: int, absent: int, late: int) -> None:
    percent = rules.percentage(rules.permille(present=present, absent=absent, late=late))
    if present + absent + late == 0:
        assert percent is None
    else:
        exact = Decimal(100 * (present + late)) / (present + absent + late)
        assert percent == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


@given(counts, counts, counts)
def test_a_percentage_lies_between_none_and_all(present: int, absent: int, late: int) -> None:
    tenths = rules.permille(present=present, absent=absent, late=late)
    if tenths is not None:
        assert 0 <= tenths <= 1000
        assert (tenths == 1000) or absent > 0
        assert (tenths == 0) or present + late > 0


@given(counts, counts, st.integers(1, 5000))
def test_coming_late_counts_as_coming(present: int, late: int, absent: int) -> None:
    assert rules.permille(present=present, late=late, absent=absent) == rules.permille(
        present=present + late, late=0, absent=absent
    )


@given(st.integers(0, 1000))
def test_a_percentage_lies_in_its_band_and_hundred_in_the_last(tenths: int) -> None:
    low, high = rules.band_of(tenths)
    assert low * 10 <= tenths < high * 10 or (tenths, high) == (1000, 100)


def test_the_bands_follow_each_other_from_none_to_all_and_part_at_the_threshold() -> None:
    assert (rules.BANDS[0][0], rules.BANDS[-1][1]) == (0, 100)
    assert all(before[1] == after[0] for before, after in zip(rules.BANDS, rules.BANDS[1:], strict=False))
    assert (rules.band_of(749), rules.band_of(750)) == ((70, 75), (75, 80))


@given(days, days, days, days)
def test_a_day_can_be_marked_in_its_session_year_until_today(day: date, today: date, first: date, last: date) -> None:
    problem = rules.day_problem(day, today=today, first_day=first, last_day=last)
    assert (problem == "future") == (day > today)
    assert (problem == "outside") == (day <= today and first <= last and not first <= day <= last)


@pytest.mark.parametrize(
    ("given_ids", "twice"), [((), []), ((1, 2), []), ((1, 2, 1, 1), [1]), ((3, 1, 1, 3, 3), [1, 3])]
)
def test_repeated_ids_are_named_once(given_ids: tuple[int, ...], twice: list[int]) -> None:
    assert rules.repeated(given_ids) == twice
