"""Leave: asking for it, deciding on it, and taking it back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from contracts.leaves import LeaveStatus
from kernel.models import OutboxEvent
from modules.leaves.models import StaffLeave, StudentLeave
from modules.notifications.models import HodNotification, StudentNotification
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import School

PENDING, APPROVED, REJECTED, CANCELLED = (s.value for s in LeaveStatus)


@pytest.fixture
def wanted(school: School) -> dict[str, str]:
    """Two days that nobody has asked for yet, in the form's words."""
    day = school.today + timedelta(days=50)
    return {
        "leave_date": day.isoformat(),
        "leave_until": (day + timedelta(days=1)).isoformat(),
        "leave_message": "A wedding",
    }


def waiting_request(school: School) -> StudentLeave:
    return StudentLeave.objects.get(student_id=school.student.profile_id, status=PENDING)


# --- asking -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "model"), [("student", StudentLeave), ("staff", StaffLeave)])
def test_a_request_waits_for_a_decision_and_stands_in_ones_own_list(
    role: str, model: type[StudentLeave | StaffLeave], school: School, browse: Browse, wanted: dict[str, str]
) -> None:
    person = school.student if role == "student" else school.other_teacher
    client = browse(person)
    response = client.post(f"/{role}_apply_leave_save/", wanted)
    assert (response.status_code, response["Location"]) == (302, f"/{role}_apply_leave/")
    assert flashes(response) == ["success: Applied for Leave."]
    row = model._default_manager.latest("id")
    assert (row.person_id, row.reason, row.status) == (person.profile_id, "A wedding", PENDING)
    assert (str(row.first_day), str(row.last_day)) == (wanted["leave_date"], wanted["leave_until"])
    words = text_of(client.get(f"/{role}_apply_leave/"))
    assert "A wedding" in words
    assert "Pending" in words


def test_the_legacys_two_fields_are_enough_for_one_day(as_student: Client, wanted: dict[str, str]) -> None:
    del wanted["leave_until"]
    as_student.post("/student_apply_leave_save/", wanted)
    row = StudentLeave.objects.latest("id")
    assert row.first_day == row.last_day


@pytest.mark.parametrize(
    ("change", "at_fields"),
    [
        ({"leave_date": ""}, {"leave_date"}),
        ({"leave_date": "tomorrow"}, {"leave_date"}),
        ({"leave_message": " "}, {"leave_message"}),
        ({"leave_message": "x" * 2001}, {"leave_message"}),
        ({"leave_until": "2000-01-01"}, {"leave_until"}),
        ({"leave_until": "9999-12-31"}, {"leave_until"}),
        ({"leave_date": "", "leave_message": ""}, {"leave_date", "leave_message"}),
    ],
)
def test_a_refused_request_comes_back_with_all_that_was_typed_and_the_reason_at_the_field(
    school: School, as_student: Client, wanted: dict[str, str], change: dict[str, str], at_fields: set[str]
) -> None:
    before = StudentLeave.objects.count()
    typed = wanted | change
    response = as_student.post("/student_apply_leave_save/", typed)
    assert (response.status_code, response["Location"]) == (302, "/student_apply_leave/")
    page = as_student.get("/student_apply_leave/")
    assert "Failed to Apply Leave" in text_of(page)
    assert set(page.context["form"].errors) == at_fields
    kept = fields_of(page, "/student_apply_leave_save/")
    assert {name: kept[name].strip() for name in typed} == {name: value.strip() for name, value in typed.items()}
    assert StudentLeave.objects.count() == before


def test_days_that_were_asked_for_already_are_refused_with_the_days(school: School, as_student: Client) -> None:
    taken = waiting_request(school)
    as_student.post("/student_apply_leave_save/", {"leave_date": str(taken.first_day), "leave_message": "Again"})
    page = as_student.get("/student_apply_leave/")
    (problem,) = page.context["form"].non_field_errors()
    assert str(taken.first_day) in problem


def test_an_empty_post_and_a_get_say_what_the_legacy_said(as_student: Client, as_teacher: Client) -> None:
    for client, role in ((as_student, "student"), (as_teacher, "staff")):
        response = client.post(f"/{role}_apply_leave_save/")
        assert flashes(response) == ["error: Failed to Apply Leave"]
        client.get(f"/{role}_apply_leave/")
        response = client.get(f"/{role}_apply_leave_save/")
        assert (response.status_code, response["Location"]) == (302, f"/{role}_apply_leave/")
        assert flashes(response) == ["error: Invalid Method"]


def test_nobody_sees_the_requests_of_others(school: School, as_student: Client) -> None:
    StudentLeave.objects.filter(student_id=school.classmates[1].profile_id).update(reason="Something private")
    assert "Something private" not in as_student.get("/student_apply_leave/").content.decode()


# --- deciding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "status", "flash"),
    [("approve", APPROVED, "success: Leave approved."), ("reject", REJECTED, "success: Leave rejected.")],
)
@pytest.mark.parametrize("role", ["student", "staff"])
def test_the_old_link_asks_and_its_button_decides(
    role: str, action: str, status: str, flash: str, school: School, as_hod: Client
) -> None:
    row: Any = waiting_request(school) if role == "student" else StaffLeave.objects.latest("id")
    url = f"/{role}_leave_{action}/{row.pk}/"
    page = as_hod.get(url)
    name = school.student.name if role == "student" else school.other_teacher.name
    assert f"{action.title()} leave of {name}?" in text_of(page)
    assert row.reason in text_of(page)
    row.refresh_from_db()
    assert (row.status, OutboxEvent.objects.count()) == (PENDING, 0), "looking decides nothing"

    response = as_hod.post(url, {"note": "Noted"})
    assert (response.status_code, response["Location"]) == (302, f"/{role}_leave_view/")
    assert flashes(response) == [flash]
    row.refresh_from_db()
    assert (row.status, row.decision_note) == (status, "Noted")
    assert OutboxEvent.objects.count() == 1


def test_what_is_decided_is_not_decided_again(school: School, as_hod: Client) -> None:
    row = waiting_request(school)
    as_hod.post(f"/student_leave_approve/{row.pk}/")
    for method in (as_hod.get, as_hod.post):
        response = method(f"/student_leave_reject/{row.pk}/")
        assert (response.status_code, response["Location"]) == (302, "/student_leave_view/")
        assert "error: This request has already been decided." in flashes(response)
    row.refresh_from_db()
    assert row.status == APPROVED
    assert OutboxEvent.objects.count() == 1


def test_a_note_that_is_too_long_is_refused_on_the_same_page(school: School, as_hod: Client) -> None:
    row = waiting_request(school)
    page = as_hod.post(f"/student_leave_approve/{row.pk}/", {"note": "x" * 2001})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"note"}
    row.refresh_from_db()
    assert row.status == PENDING


def test_the_lists_show_names_days_reason_and_state(school: School, as_hod: Client) -> None:
    words = text_of(as_hod.get("/student_leave_view/"))
    assert "80" in words, "all requests of forty students"
    assert school.students[-1].name in words
    assert "A journey" in words
    assert "Tara Teacher" in text_of(as_hod.get("/staff_leave_view/"))


def test_the_list_is_filtered_by_state_and_searched_by_reason(school: School, as_hod: Client) -> None:
    StudentLeave.objects.filter(pk=waiting_request(school).pk).update(reason="Jury duty")
    assert as_hod.get("/student_leave_view/").context["table"].page.total == 80
    assert as_hod.get("/student_leave_view/?status=pending").context["table"].page.total == 40
    assert as_hod.get("/student_leave_view/?status=nonsense").context["table"].page.total == 80
    (found,) = as_hod.get("/student_leave_view/?q=jury").context["rows"]
    assert found.name == school.student.name
    assert "?status=pending" in as_hod.get("/student_leave_view/?status=pending&page=2").content.decode()


def test_pages_beyond_the_last_and_other_nonsense_in_the_address_are_no_errors(as_hod: Client) -> None:
    for query in ("page=999999", "page=0", "page=x", "sort=password", "size=7", "q=%00", "export=x"):
        assert as_hod.get(f"/student_leave_view/?{query}").status_code == 200, query


def test_the_export_has_every_row_that_is_filtered(school: School, as_hod: Client) -> None:
    response = as_hod.get("/student_leave_view/?status=approved&export=csv")
    lines = response.getvalue().decode("utf-8-sig").strip().splitlines()
    assert response["Content-Type"].startswith("text/csv")
    assert len(lines) == 1 + 40
    assert all("approved" in line for line in lines[1:])


def test_old_requests_without_clear_days_are_shown_as_they_were_written(school: School, as_hod: Client) -> None:
    row = waiting_request(school)
    StudentLeave.objects.filter(pk=row.pk).update(first_day=None, last_day=None, written_dates="after Easter")
    for path in ("/student_leave_view/?status=pending&page=2", f"/student_leave_approve/{row.pk}/"):
        assert "after Easter" in text_of(as_hod.get(path)), path


# --- taking back ------------------------------------------------------------------------------------------------------


def test_ones_own_pending_request_is_withdrawn_after_being_asked(school: School, as_student: Client) -> None:
    row = waiting_request(school)
    url = f"/cancel_leave/student/{row.pk}/"
    assert url in as_student.get("/student_apply_leave/").content.decode()
    assert "Withdraw this request?" in text_of(as_student.get(url))
    row.refresh_from_db()
    assert row.status == PENDING
    response = as_student.post(url)
    assert (response.status_code, response["Location"]) == (302, "/student_apply_leave/")
    row.refresh_from_db()
    assert row.status == CANCELLED


def test_the_head_cancels_approved_leave(school: School, as_hod: Client) -> None:
    row = StudentLeave.objects.filter(status=APPROVED).latest("id")
    response = as_hod.post(f"/cancel_leave/student/{row.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/student_leave_view/")
    row.refresh_from_db()
    assert row.status == CANCELLED


def test_somebody_elses_request_is_not_there(school: School, as_student: Client, as_teacher: Client) -> None:
    foreign = StudentLeave.objects.filter(student_id=school.classmates[1].profile_id, status=PENDING).get()
    for client in (as_student, as_teacher):
        for method in (client.get, client.post):
            assert method(f"/cancel_leave/student/{foreign.pk}/").status_code == 404
    foreign.refresh_from_db()
    assert foreign.status == PENDING


def test_who_comes_too_late_to_withdraw_is_told_so(school: School, as_student: Client, as_hod: Client) -> None:
    row = waiting_request(school)
    as_hod.post(f"/student_leave_approve/{row.pk}/")
    response = as_student.post(f"/cancel_leave/student/{row.pk}/")
    assert response.status_code == 302
    assert flashes(response)[-1].startswith("error: ")
    row.refresh_from_db()
    assert row.status == APPROVED


# --- who is told ------------------------------------------------------------------------------------------------------


def test_the_head_is_told_of_a_request_and_the_student_of_the_decision_once_each(
    school: School, as_student: Client, as_hod: Client, wanted: dict[str, str], deliver: Callable[[], int]
) -> None:
    as_student.post("/student_apply_leave_save/", wanted)
    deliver()
    assert HodNotification.objects.filter(message__contains="A wedding").count() == 1
    assert "A wedding" in text_of(as_hod.get("/inbox/"))
    row = StudentLeave.objects.latest("id")
    as_hod.post(f"/student_leave_approve/{row.pk}/", {"note": "Enjoy"})
    for _ in range(3):
        deliver()
    assert StudentNotification.objects.filter(student_id=school.student.profile_id, kind="leave").count() == 1
    words = text_of(as_student.get("/inbox/"))
    assert "is approved. Note: Enjoy" in words
    assert "Approved" in text_of(as_student.get("/student_apply_leave/"))


def test_the_hod_sees_who_is_away_today_and_who_will_be(school: School, as_hod: Client) -> None:
    StudentLeave.objects.all().delete()
    for days, reason in ((0, "At the dentist"), (3, "A wedding"), (-3, "Was ill")):
        day = school.today + timedelta(days=days)
        StudentLeave.objects.create(
            student_id=school.student.profile_id, first_day=day, last_day=day, reason=reason, status=APPROVED
        )
    for choice, reason in (("today", "At the dentist"), ("coming", "A wedding")):
        page = as_hod.get(f"/student_leave_view/?days={choice}")
        assert [leave.reason for leave in page.context["table"].page.items] == [reason]
