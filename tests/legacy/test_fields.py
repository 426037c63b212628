"""What a field cannot hold is found out before the database is asked, and the same on every database."""

from decimal import Decimal

import pytest
from django.db import connection, models

from migrations_legacy.errors import Unplaceable
from migrations_legacy.fields import AnyField, storing, writing


def named(field: AnyField) -> AnyField:
    field.set_attributes_from_name("field")
    return field


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (models.CharField(max_length=5), "123456", "too_long"),
        (models.CharField(max_length=5), None, "missing_value"),
        (models.TextField(), None, "missing_value"),
        (models.DecimalField(max_digits=6, decimal_places=2), Decimal("10000"), "too_long"),
        (models.DecimalField(max_digits=6, decimal_places=2), Decimal("0.001"), "too_long"),
        (models.IntegerField(), 2**31, "too_long"),
        (models.PositiveSmallIntegerField(), -1, "too_long"),
        (models.BigIntegerField(), 2**63, "too_long"),
        (models.DateTimeField(), None, "missing_value"),
    ],
)
def test_values_that_do_not_fit(field: AnyField, value: object, code: str) -> None:
    with pytest.raises(Unplaceable) as refusal:
        storing(named(field), connection)(value)
    assert refusal.value.code == code
    assert "field" in refusal.value.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.CharField(max_length=5), "12345"),
        (models.CharField(max_length=5, null=True), None),
        (models.TextField(), "x" * 100_000),
        (models.BigIntegerField(), -(2**63)),
        (models.FloatField(), -0.5),
    ],
)
def test_values_that_fit_stay_as_they_are(field: AnyField, value: object) -> None:
    assert storing(named(field), connection)(value) == value


def test_numbers_that_databases_write_differently_have_one_written_form() -> None:
    amount = writing(named(models.DecimalField(max_digits=12, decimal_places=2)), connection)
    real = writing(named(models.FloatField()), connection)
    assert amount is not None
    assert real is not None
    assert amount(500) == amount("500.00") == amount(Decimal("500.0")) == "500.00"
    assert amount("-0.00") == amount(0)
    assert repr(real(-0.0)) == repr(real(0))
