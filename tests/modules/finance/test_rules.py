"""The rules on money, for any amounts."""

from decimal import Decimal

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
