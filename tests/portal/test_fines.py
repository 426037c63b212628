"""Fines: the staff's list, issuing one for a student found by a search, taking one back; and the student's own list."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contracts.base import Role
from kernel.models import OutboxEvent
from modules.academics.models import Enrollment
from modules.finance.models import Fine, FinePayment
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.school import School, Somebody, login, make_account, make_people

LIST, ADD, SAVE, OWN = "/manage_fines/", "/add_fine/", "/add_fine_save/", "/student_view_fines/"

Body = dict[str, Any]


@pytest.fixture
def body(school: School) -> Body:
    """What the form of a new fine sends."""
    return {
        "student": school.student.profile_id,
        "amount": "12.50",
        "reason": "Broken window",
        "due_date": "2030-06-01",
    }


def fine_for(person: Somebody, reason: str, amount: str = "10", **more: Any) -> Fine:
    due = timezone.localdate() + timedelta(days=3)
    return Fine.objects.create(
        student_id=person.profile_id, amount=Decimal(amount), reason=reason, **({"due_date": due} | more)
    )


def settle(fine: Fine) -> None:
    fine.status, fine.payment_id, fine.payment_date = "paid", "pay_17", timezone.now()
    fine.save()


def reasons(page: Any) -> list[str]:
    return [row.fine.reason for row in page.context["rows"]]


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_holds_everybodys_fines_with_names_and_states(school: School, as_teacher: Client) -> None:
    settle(fine_for(school.foreign_student, "Lost key", issued_by=school.other_teacher.user_id))
    fine_for(school.student, "Noise", "1234.5", due_date=date(2020, 1, 31))
    page = as_teacher.get(LIST)
    words = text_of(page)
    assert page.context["table"].page.total == 42
    assert reasons(page)[:2] == ["Noise", "Lost key"], "newest first"
    assert f"{school.student.name} {school.student.email} ₹1,234.50 Noise 31 Jan 2020 Overdue" in words
    assert f"{school.other_teacher.name} Paid" in words
    assert "Pending" in words


def test_the_lead_says_what_is_unpaid(school: School, as_teacher: Client) -> None:
    Fine.objects.filter(student_id=school.student.profile_id).update(due_date=date(2020, 1, 1))
    assert "40 fines are unpaid, over ₹1,020.00 together. 1 of them is overdue." in text_of(as_teacher.get(LIST))


def test_the_currency_is_the_schools(school: School, as_teacher: Client, settings: Settings) -> None:
    settings.CURRENCY = "CHF"
    assert "CHF\N{NO-BREAK SPACE}25.50" in as_teacher.get(LIST).content.decode()


def test_a_search_finds_reasons_and_names(school: School, as_teacher: Client) -> None:
    fine_for(school.students[17], "Lost key")

    def found(query: str) -> list[tuple[str, str]]:
        return [(row.name, row.fine.reason) for row in as_teacher.get(LIST + query).context["rows"]]

    name = school.students[17].name
    assert found("?q=lost+KEY") == [(name, "Lost key")]
    assert found(f"?q={name}") == [(name, "Lost key"), (name, "Late book")]
    assert found("?q=nothing+like+this") == []


def test_a_search_that_means_very_many_students_searches_reasons_and_says_so(
    school: School, as_teacher: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine_for(school.student, "Surname misspelt")
    monkeypatch.setattr("portal.views.fines.MAX_PAGE_SIZE", 10)
    page = as_teacher.get(f"{LIST}?q=surname")
    assert reasons(page) == ["Surname misspelt"]
    assert "only reasons were searched" in text_of(page)


def test_the_list_is_filtered_and_sorted_by_its_address(school: School, as_teacher: Client) -> None:
    settle(fine_for(school.student, "Lost key", "7"))
    fine_for(school.student, "Noise", "99", due_date=date(2020, 1, 1))
    assert reasons(as_teacher.get(f"{LIST}?status=paid")) == ["Lost key"]
    assert "Lost key" not in reasons(as_teacher.get(f"{LIST}?status=unpaid&size=50"))
    assert reasons(as_teacher.get(f"{LIST}?sort=amount"))[0] == "Lost key"
    assert reasons(as_teacher.get(f"{LIST}?sort=-amount"))[0] == "Noise"
    assert reasons(as_teacher.get(f"{LIST}?sort=due_date"))[0] == "Noise"
    assert as_teacher.get(f"{LIST}?status=nonsense&sort=nonsense&page=abc").context["table"].page.total == 42


def test_the_export_holds_what_is_found_with_names(school: School, as_teacher: Client) -> None:
    settle(fine_for(school.student, "+1 minute", "7.5", issued_by=school.teacher.user_id))
    response: Any = as_teacher.get(f"{LIST}?status=paid&export=csv")
    (row,) = csv.DictReader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    assert (row["student"], row["amount"], row["reason"]) == (school.student.name, "7.50", "'+1 minute")
    assert (row["status"], row["payment"], row["issued_by"]) == ("paid", "pay_17", school.teacher.name)


def test_fines_of_old_data_are_shown_as_they_are(school: School, as_teacher: Client) -> None:
    fine_for(school.student, "x" * 300, "-3")
    Fine.objects.create(student_id=987654, amount=0, reason="", due_date=date(2020, 1, 1))
    words = text_of(as_teacher.get(LIST))
    assert "-₹3.00" in words
    assert "(deleted student)" in words


# --- a new one --------------------------------------------------------------------------------------------------------


def offered(page: Any) -> list[int]:
    return [value for value, _label in page.context["form"].fields["student"].widget.choices]


def test_nobody_is_offered_before_a_search_where_there_are_many(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(ADD)
    assert offered(page) == []
    assert "Search for the student first." in text_of(page)


def test_in_a_small_school_everybody_is_offered(db: None, browse: Browse) -> None:
    teacher, *students = make_people([("A", "Teacher", Role.STAFF), *(("S", f"T{n}", Role.STUDENT) for n in range(3))])
    assert sorted(offered(browse(teacher).get(ADD))) == sorted(p.profile_id for p in students)


def test_a_search_offers_ten_at_most_and_says_how_many_there_are(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(f"{ADD}?q=surname")
    assert len(offered(page)) == 10
    assert "The first 10 of 40." in text_of(page)


def test_the_one_who_is_found_is_chosen_and_told_apart(school: School, as_teacher: Client) -> None:
    person = school.students[17]
    page = as_teacher.get(ADD, {"q": person.email})
    assert offered(page) == [person.profile_id]
    assert fields_of(page, SAVE)["student"] == str(person.profile_id)
    assert f"{person.name} {person.email} · Economics & Trade" in text_of(page)
    Enrollment.objects.all().delete()
    assert f"{person.name} {person.email}" in text_of(as_teacher.get(ADD, {"q": person.email}))


def test_a_search_without_a_hit_says_so(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(f"{ADD}?q=<nobody>")
    assert "No student matches “<nobody>”." in text_of(page)
    assert as_teacher.get(f"{ADD}?q=%00&student={'9' * 40}").status_code == 200


def test_a_student_can_be_named_by_the_address(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(f"{ADD}?student={school.students[9].profile_id}")
    assert fields_of(page, SAVE)["student"] == str(school.students[9].profile_id)


def test_a_fine_is_issued_and_the_student_told(school: School, as_teacher: Client, body: Body) -> None:
    response = as_teacher.post(SAVE, body)
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["success: Fine added successfully"]
    fine = Fine.objects.get(reason="Broken window")
    assert (fine.student_id, fine.amount, fine.due_date) == (
        school.student.profile_id,
        Decimal("12.50"),
        date(2030, 6, 1),
    )
    assert (fine.status, fine.issued_by) == ("unpaid", school.teacher.user_id)
    assert OutboxEvent.objects.filter(type_id="finance.fine_issued.v1").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"student": ""}, "student"),
        ({"student": "999999"}, "student"),
        ({"student": "9" * 40}, "student"),
        ({"student": "abc"}, "student"),
        ({"amount": ""}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "nan"}, "amount"),
        ({"amount": "inf"}, "amount"),
        ({"amount": "1e400"}, "amount"),
        ({"amount": "12.345"}, "amount"),
        ({"amount": "100000000"}, "amount"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 256}, "reason"),
        ({"due_date": "soon"}, "due_date"),
        ({"due_date": ""}, "due_date"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    school: School, as_teacher: Client, body: Body, wrong: Body, field: str
) -> None:
    before = Fine.objects.count()
    response = as_teacher.post(SAVE, body | wrong)
    assert (response.status_code, response["Location"]) == (302, ADD)
    (flash,) = flashes(response)
    assert flash.startswith("error: Failed to add fine: ")
    page = as_teacher.get(ADD)
    form = page.context["form"]
    assert set(form.errors) == {field}
    for name, value in (body | wrong).items():
        assert str(form[name].value()) == str(value)
    if field != "student":
        assert fields_of(page, SAVE)["student"] == str(school.student.profile_id), "who was chosen stays chosen"
    assert Fine.objects.count() == before


def test_opening_the_forms_address_says_what_the_legacy_said(as_teacher: Client) -> None:
    response = as_teacher.get(SAVE)
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["error: Invalid Method"]


def test_issuing_needs_the_token(school: School, body: Body) -> None:
    client = login(Client(enforce_csrf_checks=True), school.teacher)
    assert client.post(SAVE, body).status_code == 403
    token = token_of(client, ADD)
    assert client.post(SAVE, body | {"csrfmiddlewaretoken": token})["Location"] == LIST


# --- taking one back --------------------------------------------------------------------------------------------------


def test_taking_back_is_asked_first(school: School, as_teacher: Client) -> None:
    fine = school.fine_of(school.student)
    words = text_of(as_teacher.get(f"/delete_fine/{fine.pk}/"))
    assert f"Take back the fine of {school.student.name}?" in words
    assert "₹25.50 for “Late book”" in words
    assert "The fine is deleted." in words
    assert Fine.objects.filter(pk=fine.pk, status="unpaid").exists()


def test_a_fine_that_is_taken_back_is_gone(school: School, as_teacher: Client) -> None:
    fine = school.fine_of(school.student)
    response = as_teacher.post(f"/delete_fine/{fine.pk}/", {"reason": "A mistake"})
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["success: Fine deleted successfully"]
    assert not Fine.objects.filter(pk=fine.pk).exists()


def test_one_with_a_payment_that_was_begun_is_kept_as_cancelled(school: School, as_teacher: Client) -> None:
    fine = school.fine_of(school.student)
    FinePayment.objects.create(fine=fine, amount_paid=0, provider="sandbox", order_id="order_1")
    assert "stays on record as cancelled" in text_of(as_teacher.get(f"/delete_fine/{fine.pk}/"))
    as_teacher.post(f"/delete_fine/{fine.pk}/", {"reason": "A mistake"})
    fine.refresh_from_db()
    assert (fine.status, fine.cancel_reason) == ("cancelled", "A mistake")


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_paid_or_unknown_cannot_be_taken_back(school: School, as_teacher: Client, method: str) -> None:
    paid = school.fine_of(school.student)
    settle(paid)
    for fine_id in (paid.pk, 999999):
        response = getattr(as_teacher, method)(f"/delete_fine/{fine_id}/")
        assert (response.status_code, response["Location"]) == (302, LIST)
        assert flashes(response)[-1] == "error: Fine not found or already paid"
    paid.refresh_from_db()
    assert paid.status == "paid"


# --- the student's own ------------------------------------------------------------------------------------------------


def test_a_student_sees_what_they_have_to_pay_themselves(school: School, as_student: Client) -> None:
    settle(fine_for(school.student, "Lost key"))
    fine_for(school.classmates[1], "Of somebody else")
    page = as_student.get(OWN)
    assert reasons(page) == ["Late book"]
    assert "1 fine is to be paid: ₹25.50." in text_of(page)
    (row,) = page.context["rows"]
    assert f"/student/initialize_payment/{row.fine.id}/" in page.content.decode()


def test_what_was_paid_is_shown_by_the_filter_as_a_receipt(school: School, as_student: Client) -> None:
    settle(fine_for(school.student, "Lost key"))
    page = as_student.get(f"{OWN}?show=paid")
    assert reasons(page) == ["Lost key"]
    assert "pay_17" in text_of(page)
    assert school.student.name in text_of(page)
    assert "Pay Now" not in text_of(page)
    assert reasons(as_student.get(f"{OWN}?show=all")) == ["Lost key", "Late book"]
    assert reasons(as_student.get(f"{OWN}?show=cancelled")) == []
    assert reasons(as_student.get(f"{OWN}?show=nonsense")) == ["Late book"]


def test_who_owes_nothing_is_told_so(school: School, as_student: Client) -> None:
    settle(school.fine_of(school.student))
    assert "You have no unpaid fines." in text_of(as_student.get(OWN))


def test_a_student_without_profile_is_told_so(school: School, browse: Browse) -> None:
    page = browse(make_account("No", "Profile", Role.STUDENT)).get(OWN)
    assert page.status_code == 200
    assert page.templates[0].name == "portal/pages/no_profile.html"


# --- paid at the office -----------------------------------------------------------------------------------------------


def test_the_head_records_what_was_paid_at_the_office(school: School, as_hod: Client, as_student: Client) -> None:
    fine = school.fine_of(school.student)
    url = f"/record_payment/{fine.pk}/"
    assert f'href="{url}"' in as_hod.get("/manage_fines/?q=student0").content.decode()
    page = as_hod.get(url)
    assert f"Record the payment of {school.student.name}?" in text_of(page)
    assert Fine.objects.get(pk=fine.pk).status == "unpaid"
    response = as_hod.post(url, fields_of(page) | {"method": "cheque", "reference": "No. 4711"})
    assert (response.status_code, response["Location"]) == (302, "/manage_fines/")
    assert flashes(response) == ["success: The payment is recorded: receipt no. 1."]
    payment = FinePayment.objects.get()
    assert (payment.fine_id, payment.payment_method, payment.transaction_id, payment.amount_paid) == (
        *(fine.pk, "cheque", "No. 4711", fine.amount),
    )
    assert "Receipt no. 1" in text_of(as_student.get("/student_view_fines/?show=paid"))
    again = as_hod.post(url, {"method": "cash"})
    assert flashes(again)[-1] == "error: Fine not found or already paid"


@pytest.mark.parametrize("wrong", [{"method": "gold"}, {}, {"method": "cash", "reference": "x" * 101}])
def test_a_payment_that_makes_no_sense_is_not_recorded(school: School, as_hod: Client, wrong: dict[str, str]) -> None:
    page = as_hod.post(f"/record_payment/{school.fine_of(school.student).pk}/", wrong)
    assert page.status_code == 422
    assert "There is a problem" in text_of(page)
    assert not FinePayment.objects.exists()


def test_only_the_head_is_offered_to_record_payments(school: School, as_teacher: Client) -> None:
    assert "/record_payment/" not in as_teacher.get("/manage_fines/").content.decode()


def test_fines_of_a_kind_are_found_and_say_what_they_are(school: School, as_hod: Client, as_teacher: Client) -> None:
    values = {"student": school.student.profile_id, "amount": "5", "reason": "Torn map", "due_date": "2031-01-01"}
    as_teacher.post("/add_fine_save/", values | {"kind": "library", "department": "Geography"})
    (row,) = as_hod.get("/manage_fines/?kind=library").context["rows"]
    assert (row.fine.reason, row.about) == ("Torn map", "Library · Geography")
    (line,) = csv.DictReader(
        StringIO(as_hod.get("/manage_fines/?kind=library&export=csv").getvalue().decode("utf-8-sig"))
    )
    assert (line["kind"], line["department"], line["waived_at"]) == ("library", "Geography", "")


def test_a_fine_without_a_kind_is_as_the_legacys(school: School, as_teacher: Client) -> None:
    values = {"student": school.student.profile_id, "amount": "5", "reason": "Torn map", "due_date": "2031-01-01"}
    as_teacher.post("/add_fine_save/", values)
    assert Fine.objects.get(reason="Torn map").kind == "other"


def test_a_fine_is_waived_with_a_reason_that_its_student_sees(
    school: School, as_hod: Client, as_teacher: Client, as_student: Client
) -> None:
    fine = school.fine_of(school.student)
    address = f"/waive_fine/{fine.pk}/"
    assert address in as_hod.get(f"/delete_fine/{fine.pk}/").content.decode()
    assert address not in as_teacher.get(f"/delete_fine/{fine.pk}/").content.decode()
    assert as_hod.post(address, {"reason": " "}).status_code == 422
    assert flashes(as_hod.post(address, {"reason": "A hardship"})) == ["success: The fine is waived."]
    own = text_of(as_student.get("/student_view_fines/?show=waived"))
    assert "Waived" in own
    assert "A hardship" in own
    assert "Balance of your account: ₹0.00" in own
    assert "Waived" in text_of(as_hod.get("/fines_report/"))
