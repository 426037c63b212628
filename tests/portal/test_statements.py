"""The statement of a student's account, as the student and the head see it."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.utils import timezone

from contracts.finance import FinanceService, PaymentMethod
from kernel.registry import services
from modules.finance.ledger import posting
from modules.finance.models import Fine
from tests.portal.pages import text_of
from tests.portal.school import School

OWN = "/student_view_statement/"


@pytest.fixture
def paid(school: School) -> Fine:
    fine = school.fine_of(school.student)
    services.get(FinanceService).record_payment(actor=school.hod.actor, fine_id=fine.pk, method=PaymentMethod.CASH)
    return fine


def test_a_student_sees_what_was_charged_and_paid(as_student: Client, paid: Fine) -> None:
    page = as_student.get(OWN)
    payment, fine = page.context["rows"]
    assert (str(payment.what), payment.credited, payment.balance) == ("Payment", f"₹{paid.amount:,.2f}", "₹0.00")
    assert (str(fine.what), fine.charged, fine.credited) == ("Fine", f"₹{paid.amount:,.2f}", "")
    amount = f"₹{paid.amount:,.2f}"
    assert [str(one.value) for one in page.context["figures"]] == ["₹0.00", amount, amount]


def test_a_head_comes_to_it_from_the_list_of_fines_and_a_teacher_not(
    school: School, as_hod: Client, as_teacher: Client, paid: Fine
) -> None:
    address = f"/student_statement/{school.student.profile_id}/"
    assert address in as_hod.get("/manage_fines/?q=Student0").content.decode()
    assert address not in as_teacher.get("/manage_fines/?q=Student0").content.decode()
    page = as_hod.get(address)
    assert len(page.context["rows"]) == 2
    assert school.student.name in text_of(page)


def test_ones_fines_show_the_balance_and_lead_to_the_statement(school: School, as_student: Client) -> None:
    fine = school.fine_of(school.student)
    page = as_student.get("/student_view_fines/")
    assert f"Balance of your account: ₹{fine.amount:,.2f}" in text_of(page)
    assert OWN in page.content.decode()
    assert "held for you" not in text_of(page)


def test_money_that_is_held_is_told(school: School, as_student: Client, as_hod: Client, paid: Fine) -> None:
    Fine.objects.filter(pk=paid.pk).update(status="cancelled")
    posting.post_missing()
    assert "is held for you" in text_of(as_student.get("/student_view_fines/"))
    assert "settles no fine" in text_of(as_student.get(OWN))
    assert "Held for students" in text_of(as_hod.get("/fines_report/"))


def test_other_days_show_what_was_owed_then(as_student: Client, paid: Fine) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert not as_student.get(OWN, {"from": tomorrow.isoformat()}).context["rows"]
    days = {"from": tomorrow.isoformat(), "to": "2001-01-01"}  # the wrong way round
    assert len(as_student.get(OWN, days).context["rows"]) == 2


def test_it_comes_as_csv(as_student: Client, paid: Fine) -> None:
    text = as_student.get(OWN, {"export": "csv"}).getvalue().decode("utf-8-sig")
    payment, fine = csv.DictReader(StringIO(text))
    assert (payment["what"], payment["balance"], fine["what"], fine["charged"]) == (
        *("payment", "0.00", "fine"),
        str(paid.amount),
    )


def test_the_report_closes_with_the_books(school: School, as_hod: Client, paid: Fine) -> None:
    page = as_hod.get("/fines_report/")
    accounts = {str(name): sides for name, *sides in page.context["accounts"]}
    assert accounts["Paid at the office"] == [f"₹{paid.amount:,.2f}", ""]
    debit, credit = page.context["books"]
    assert debit == credit
