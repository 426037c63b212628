"""The rules on marks and deadlines, for any numbers and times."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.assessments import rules

numbers = st.decimals(min_value=-1000, max_value=1000, allow_nan=False, allow_infinity=False)
odd = [Decimal("nan"), Decimal("inf"), Decimal("-inf")]
times = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.integers(-50, 150))
def test_every_tenth_from_0_to_10_is_a_grade(tenths: int) -> None:
    assert (rules.grade_problem(Decimal(tenths) / 10) is None) == (0 <= tenths <= 100)


@given(numbers)
def test_a_grade_is_in_range_and_has_one_place(mark: Decimal) -> None:
    problem = rules.grade_problem(mark)
    if not 0 <= mark <= 10:
        assert problem == "range"
    else:
        assert (problem is None) == ((mark * 10) % 1 == 0)


@given(numbers)
def test_a_result_mark_is_any_number_from_0_to_100(mark: Decimal) -> None:
    assert rules.is_result_mark(mark) == (0 <= mark <= 100)


@pytest.mark.parametrize("mark", odd)
def test_what_is_no_number_is_no_mark(mark: Decimal) -> None:
    assert rules.grade_problem(mark) == "range"
    assert not rules.is_result_mark(mark)


@given(st.floats(allow_nan=False))
def test_a_stored_mark_reads_as_the_number_that_it_is(stored: float) -> None:
    assert float(rules.exact(stored)) == stored


@pytest.mark.parametrize(("stored", "read"), [(66.6, "66.6"), (-5.0, "-5.0"), (math.inf, "Infinity")])
def test_old_marks_read_as_they_were_shown(stored: float, read: str) -> None:
    assert str(rules.exact(stored)) == read


@pytest.mark.parametrize(
    ("exam", "passed"), [("40", True), ("39.999", False), ("-1", False), ("Infinity", True), ("-Infinity", False)]
)
def test_forty_passes(exam: str, passed: bool) -> None:
    assert rules.is_passed(Decimal(exam)) is passed


@given(times, st.integers(-1000, 1000))
def test_late_is_what_comes_after_the_deadline(due_at: datetime, microseconds: int) -> None:
    assert rules.is_late(due_at + timedelta(microseconds=microseconds), due_at) == (microseconds > 0)
