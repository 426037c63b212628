"""The rules on days and decisions, for any days."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from contracts.leaves import LeaveStatus
from modules.leaves import rules

days = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


@given(days, days)
def test_a_span_is_acceptable_when_it_runs_forward_for_at_most_a_year(first: date, last: date) -> None:
    assert (rules.day_problem(first, last) is None) == (0 <= (last - first).days < rules.LONGEST_DAYS)


def test_nothing_follows_a_rejection_or_a_cancellation() -> None:
    for old in (LeaveStatus.REJECTED, LeaveStatus.CANCELLED):
        assert not any(rules.may_become(old, new, by_owner=owner) for new in LeaveStatus for owner in (True, False))
