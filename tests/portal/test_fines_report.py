"""The head's report on what was collected and is owed."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contracts.finance import FinanceService, PaymentMethod
from kernel.registry import services
from modules.finance.models import FinePayment
from tests.portal.pages import text_of
from tests.portal.school import School

PAGE = "/fines_report/"


@pytest.fixture
def paid(school: School) -> FinePayment:
    """A student's fine, settled in cash at the office today."""
    finance = services.get(FinanceService)
    fine = school.fine_of(school.student)
    payment = finance.record_payment(actor=school.hod.actor, fine_id=fine.pk, method=PaymentMethod.CASH)
    return FinePayment.objects.get(pk=payment.id)


def figures(response: Any) -> dict[str, str]:
    return {str(one.label): str(one.value) for one in response.context["figures"]}


def test_the_report_shows_what_came_in_by_whom_and_how(school: School, as_hod: Client, paid: FinePayment) -> None:
    page = as_hod.get(PAGE)
    assert figures(page)["Collected"] == f"₹{paid.amount_paid:,.2f}"
    [row] = page.context["rows"]
    assert (row.name, row.method, row.payment.receipt_number) == (school.student.name, "Cash", paid.receipt_number)
    assert "Collected by month" in text_of(page)


def test_only_the_days_asked_for_count(as_hod: Client, paid: FinePayment) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = as_hod.get(PAGE, {"from": tomorrow.isoformat(), "to": (tomorrow + timedelta(days=9)).isoformat()})
    assert figures(page)["Collected"] == "₹0.00"
    results = page.content.decode().partition('id="results"')[2]
    assert "₹0.00" in results, "the figures change with the list, also where a script replaces it"
    assert "Nothing matches" in text_of(page)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_days_as_any(day: str, as_hod: Client, paid: FinePayment) -> None:
    for name in ("from", "to"):
        assert as_hod.get(PAGE, {name: day}).status_code == 200


def test_what_is_shown_comes_as_csv(school: School, as_hod: Client, paid: FinePayment) -> None:
    text = as_hod.get(PAGE, {"export": "csv"}).getvalue().decode("utf-8-sig")
    [row] = csv.DictReader(StringIO(text))
    assert Decimal(row["amount"]) == paid.amount_paid
    assert (row["student"], row["method"], row["fine"]) == (school.student.name, "cash", str(paid.fine_id))


def test_the_list_of_fines_leads_a_head_to_the_report_and_a_teacher_not(as_hod: Client, as_teacher: Client) -> None:
    assert PAGE in as_hod.get("/manage_fines/").content.decode()
    assert PAGE not in as_teacher.get("/manage_fines/").content.decode()
