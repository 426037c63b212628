"""The rules on money, for any amounts."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.finance import FineStatus
from modules.finance import rules

acceptable = st.integers(1, 9_999_999_999).map(lambda units: Decimal(units).scaleb(-2))


@given(acceptable)
def test_every_amount_of_two_places_above_zero_can_be_a_fine(amount: Decimal) -> None:
    assert rules.amount_problem(amount) is None


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("0", "not_positive"),
        ("-0.01", "not_positive"),
        ("NaN", "not_positive"),
        ("Infinity", "not_positive"),
        ("-Infinity", "not_positive"),
        ("0.001", "too_precise"),
        ("12.345", "too_precise"),
        ("99999999.99", None),
        ("100000000", "too_large"),
        ("1E+400", "too_large"),
        ("12.500", None),
    ],
)
def test_other_amounts_cannot(amount: str, problem: str | None) -> None:
    assert rules.amount_problem(Decimal(amount)) == problem


@given(st.integers(-(10**16), 10**16))
def test_the_smallest_unit_loses_nothing(units: int) -> None:
    assert rules.to_minor(rules.from_minor(units)) == units


@given(acceptable, acceptable)
def test_an_unpaid_fine_is_settled_by_its_own_amount_only(owed: Decimal, paid: Decimal) -> None:
    problem = rules.settlement_problem(status=FineStatus.UNPAID, owed=owed, paid=paid)
    assert (problem is None) == (owed == paid)


@pytest.mark.parametrize("status", [FineStatus.PAID, FineStatus.CANCELLED, FineStatus.WAIVED])
@given(amount=acceptable)
def test_nothing_settles_what_is_settled_or_cancelled(status: FineStatus, amount: Decimal) -> None:
    assert rules.settlement_problem(status=status, owed=amount, paid=amount) == status


@pytest.mark.parametrize("owed", ["0", "-25"])
def test_nothing_is_paid_for_a_fine_of_zero_or_below(owed: str) -> None:
    assert rules.settlement_problem(status=FineStatus.UNPAID, owed=Decimal(owed), paid=Decimal(owed)) == "amount"


days = st.integers(0, 60).map(timedelta)


@given(due_in=days, beats=st.lists(st.integers(1, 20), min_size=1, max_size=60))
def test_whenever_the_beat_comes_reminders_are_a_week_apart_and_one_at_most_comes_before_the_last_day(
    due_in: timedelta, beats: list[int]
) -> None:
    issued_on = today = date(2026, 1, 1)
    due = issued_on + due_in
    overdue_told_on: date | None = None
    reminded: list[date] = []
    for pause in beats:
        today += timedelta(days=pause)
        if today > due and overdue_told_on is None:
            overdue_told_on = today
        reminded_on = reminded[-1] if reminded else None
        if rules.is_reminder_due(
            today, issued_on=issued_on, due_date=due, overdue_told_on=overdue_told_on, reminded_on=reminded_on
        ):
            reminded.append(today)
    early = [day for day in reminded if day <= due]
    late = [day for day in reminded if day > due]
    assert len(early) <= 1
    assert all(due - day <= rules.REMINDED_BEFORE < due - issued_on for day in early)
    told = [day for day in (overdue_told_on, *late) if day]
    assert all(later - earlier >= rules.REMINDED_AGAIN_AFTER for earlier, later in pairwise(told))
    # Nobody waits longer than the beat does.
    assert all(
        later - earlier < rules.REMINDED_AGAIN_AFTER + timedelta(max(beats)) for earlier, later in pairwise(told)
    )


@pytest.mark.parametrize(
    ("today", "overdue_told", "reminded", "is_due"),
    [
        (8, None, None, False),
        (9, None, None, True),
        (16, None, None, True),
        (9, None, 9, False),
        (17, None, None, False),  # the news that it is overdue comes first
        (23, 17, 9, False),
        (24, 17, 9, True),
        (30, 17, 24, False),
        (31, 17, 24, True),
    ],
)
def test_a_fine_of_the_first_that_is_due_on_the_sixteenth(
    today: int, overdue_told: int | None, reminded: int | None, is_due: bool
) -> None:
    def day(number: int | None) -> date | None:
        return date(2026, 1, number) if number else None

    assert is_due is rules.is_reminder_due(
        date(2026, 1, today),
        issued_on=date(2026, 1, 1),
        due_date=date(2026, 1, 16),
        overdue_told_on=day(overdue_told),
        reminded_on=day(reminded),
    )
