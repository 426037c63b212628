"""Feedback: writing it, reading the reply, and replying, on the pages and by the legacy's AJAX."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from contracts.base import Role
from modules.feedback.models import MODELS, StaffFeedback, StudentFeedback
from modules.notifications.models import StudentNotification
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.reading import csv_lines, queries_of
from tests.portal.school import School, grow, login, make_account

Row = StudentFeedback | StaffFeedback


@pytest.fixture(autouse=True)
def _a_quiet_start(school: School) -> None:
    """Each test says what was written."""
    for model in MODELS.values():
        model._default_manager.all().delete()


def written(school: School, role: str = "student", text: str = "More light", reply: str = "") -> Row:
    """Feedback by the student, or by the first teacher."""
    replied_at = timezone.now() if reply else None
    if role == "student":
        student_id = school.student.profile_id
        return StudentFeedback.objects.create(student_id=student_id, text=text, reply=reply, replied_at=replied_at)
    staff_id = school.teacher.profile_id
    return StaffFeedback.objects.create(staff_id=staff_id, text=text, reply=reply, replied_at=replied_at)


# --- writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "model"), [("student", StudentFeedback), ("staff", StaffFeedback)])
def test_feedback_is_sent_and_stands_in_ones_own_list(
    role: str, model: type[Row], school: School, browse: Browse
) -> None:
    person = school.student if role == "student" else school.teacher
    client = browse(person)
    response = client.post(f"/{role}_feedback_save/", {"feedback_message": " More light,\r\nplease "})
    assert (response.status_code, response["Location"]) == (302, f"/{role}_feedback/")
    assert flashes(response) == ["success: Feedback Sent."]
    row = model._default_manager.get()
    assert (row.person_id, row.reply) == (person.profile_id, "")
    words = text_of(client.get(f"/{role}_feedback/"))
    assert "More light, please" in words
    assert "No reply yet" in words


@pytest.mark.parametrize("text", [None, "", " \n ", "x" * 10_001, "a\x00b"])
def test_refused_feedback_comes_back_with_what_was_typed(as_student: Client, text: str | None) -> None:
    response = as_student.post("/student_feedback_save/", {} if text is None else {"feedback_message": text})
    assert (response.status_code, response["Location"]) == (302, "/student_feedback/")
    assert flashes(response) == ["error: Failed to Send Feedback."]
    form = as_student.get("/student_feedback/").context["form"]
    assert set(form.errors) == {"feedback_message"}
    assert form["feedback_message"].value() == text
    assert not StudentFeedback.objects.exists()


def test_opening_the_address_that_saves_says_what_the_legacy_said(as_student: Client, as_teacher: Client) -> None:
    for client, role in ((as_student, "student"), (as_teacher, "staff")):
        response = client.get(f"/{role}_feedback_save/")
        assert (response.status_code, response["Location"]) == (302, f"/{role}_feedback/")
        assert flashes(response) == ["error: Invalid Method."]


def test_one_sees_ones_own_feedback_with_the_reply_and_nobody_elses(school: School, as_student: Client) -> None:
    written(school, text="Mine", reply="Noted.\nThanks.")
    StudentFeedback.objects.create(student_id=school.classmates[1].profile_id, text="Something private")
    page = as_student.get("/student_feedback/")
    assert "Noted. Thanks." in text_of(page)
    assert "Replied" in text_of(page)
    assert "Something private" not in page.content.decode()
    assert as_student.get("/student_feedback/?q=noted").context["table"].page.total == 1
    assert as_student.get("/student_feedback/?q=private").context["table"].page.total == 0


@pytest.mark.parametrize("role", [Role.STUDENT, Role.STAFF])
def test_who_has_no_profile_is_told_so(role: Role, browse: Browse) -> None:
    client = browse(make_account("Ina", "Complete", role))
    page = client.get(f"/{role}_feedback/")
    assert page.status_code == 200
    assert "Your account is not complete" in text_of(page)
    response = client.post(f"/{role}_feedback_save/", {"feedback_message": "Hello"})
    assert flashes(response) == ["error: Failed to Send Feedback."]


# --- reading ----------------------------------------------------------------------------------------------------------


def test_the_heads_list_shows_who_wrote_when_and_what(school: School, as_hod: Client) -> None:
    row = written(school, text="More <b>light</b>")
    page = as_hod.get("/student_feedback_message/")
    words = text_of(page)
    assert school.student.name in words
    assert f"User {school.student.user_id}" in words
    assert f"{school.year.first_day} to {school.year.last_day}" in words
    assert f"No. {row.pk}" in words
    assert "More <b>light</b>" in words
    assert "<b>light</b>" not in page.content.decode()
    staff = written(school, "staff", text="A new projector")
    words = text_of(as_hod.get("/staff_feedback_message/"))
    assert school.teacher.name in words
    assert "A new projector" in words
    assert f"No. {staff.pk}" in words


def test_the_heads_list_is_filtered_by_reply_searched_and_sorted(school: School, as_hod: Client) -> None:
    first = written(school, text="Cold soup", reply="Sorry")
    second = written(school, text="Cold rooms")

    def shown(query: str) -> list[int]:
        return [row.feedback.ref.id for row in as_hod.get(f"/student_feedback_message/?{query}").context["rows"]]

    assert shown("") == [second.pk, first.pk]
    assert shown("sort=sent_at") == [first.pk, second.pk]
    assert shown("answered=no") == [second.pk]
    assert shown("answered=yes") == [first.pk]
    assert shown("answered=perhaps") == [second.pk, first.pk]
    assert shown("q=cold+sorry") == [first.pk]


def test_the_export_has_what_is_filtered_with_names(school: School, as_hod: Client) -> None:
    written(school, text="=1+1")
    written(school, text="Replied", reply="Yes")
    header, *lines = csv_lines(as_hod.get("/student_feedback_message/?answered=no&export=csv"))
    (line,) = lines
    found = dict(zip(header, line, strict=True))
    assert found["user_id"] == str(school.student.user_id)
    assert found["person"] == school.student.name
    assert found["session_year"] == f"{school.year.first_day} to {school.year.last_day}"
    assert found["feedback"] == "'=1+1", "a spreadsheet does not run it"
    written(school, "staff", text="A new projector")
    assert len(csv_lines(as_hod.get("/staff_feedback_message/?export=csv"))) == 2


def test_feedback_of_somebody_unknown_is_shown(school: School, as_hod: Client) -> None:
    StudentFeedback.objects.create(student_id=999999, text="From long ago")
    words = text_of(as_hod.get("/student_feedback_message/"))
    assert "(unknown)" in words
    assert "From long ago" in words


def test_more_feedback_costs_no_more_queries(school: School, as_hod: Client, as_student: Client) -> None:
    written(school, reply="Yes")
    written(school, "staff")
    asked = (
        (as_hod, "/student_feedback_message/"),
        (as_hod, "/staff_feedback_message/"),
        (as_student, "/student_feedback/"),
    )
    before = [queries_of(client, path) for client, path in asked]
    grow(school, 40)
    for _ in range(10):
        written(school)
        written(school, "staff", reply="Yes")
    assert [queries_of(client, path) for client, path in asked] == before


# --- replying ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["student", "staff"])
def test_the_head_replies_from_the_list_and_comes_back_to_it(role: str, school: School, as_hod: Client) -> None:
    row = written(school, role)
    url = f"/reply_feedback/{role}/{row.pk}/"
    sent = fields_of(as_hod.get(f"/{role}_feedback_message/?answered=no&q=light"), url)
    assert sent["reply"] == ""
    response = as_hod.post(url, sent | {"reply": "It is being repaired."})
    assert response.status_code == 302
    assert response["Location"] == f"/{role}_feedback_message/?answered=no&q=light"
    assert flashes(response) == ["success: Your reply is sent."]
    row.refresh_from_db()
    assert (row.reply, row.replied_by) == ("It is being repaired.", school.hod.user_id)


def test_a_reply_can_be_corrected(school: School, as_hod: Client) -> None:
    row = written(school, reply="No")
    url = f"/reply_feedback/student/{row.pk}/"
    sent = fields_of(as_hod.get("/student_feedback_message/"), url)
    assert sent["reply"] == "No"
    as_hod.post(url, sent | {"reply": "Yes"})
    row.refresh_from_db()
    assert row.reply == "Yes"


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
def test_a_refused_reply_waits_open_at_its_own_feedback(school: School, as_hod: Client, text: str) -> None:
    row, other = written(school), written(school, text="Another")
    StaffFeedback.objects.create(id=row.pk, staff_id=school.teacher.profile_id, text="The same number")
    response = as_hod.post(f"/reply_feedback/student/{row.pk}/", {"reply": text, "address": "answered=no"})
    assert response["Location"] == f"/student_feedback_message/?answered=no#feedback-{row.pk}"
    assert flashes(response)[0].startswith("error: The reply was not sent: ")
    (staff,) = as_hod.get("/staff_feedback_message/").context["rows"]
    assert not staff.form.errors
    forms = {r.feedback.ref.id: r.form for r in as_hod.get("/student_feedback_message/?answered=no").context["rows"]}
    assert set(forms[row.pk].errors) == {"reply"}
    assert forms[row.pk]["reply"].value() == text
    assert not forms[other.pk].errors
    row.refresh_from_db()
    assert row.reply == ""


def test_an_address_to_come_back_to_leads_nowhere_else(school: School, as_hod: Client) -> None:
    row = written(school)
    for address in ("//evil.example/", "https://evil.example/", "\r\nSet-Cookie: a=b", "a=b#c"):
        response = as_hod.post(f"/reply_feedback/student/{row.pk}/", {"reply": "Yes", "address": address})
        assert response["Location"].startswith("/student_feedback_message/?")
        assert "//" not in response["Location"]


def test_feedback_that_is_not_there_cannot_be_replied_to(school: School, as_hod: Client) -> None:
    row = written(school)
    assert as_hod.post(f"/reply_feedback/nobody/{row.pk}/", {"reply": "Yes"}).status_code == 404
    assert as_hod.post("/reply_feedback/student/abc/", {"reply": "Yes"}).status_code == 404
    for number in ("999999", "9" * 30):
        response = as_hod.post(f"/reply_feedback/student/{number}/", {"reply": "Yes"})
        assert flashes(response)[-1].startswith("error: The reply was not sent: ")
    assert not StaffFeedback.objects.exists()


def test_who_wrote_is_told_of_the_reply(
    school: School, as_hod: Client, as_student: Client, deliver: Callable[[], int]
) -> None:
    row = written(school)
    as_hod.post(f"/reply_feedback/student/{row.pk}/", {"reply": "It is being repaired."})
    deliver()
    told = StudentNotification.objects.filter(student_id=school.student.profile_id, kind="feedback")
    assert told.count() == 1
    assert "It is being repaired." in text_of(as_student.get("/student_feedback/"))


# --- the legacy's AJAX ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["student", "staff"])
def test_the_legacys_script_gets_its_true(role: str, school: School, as_hod: Client) -> None:
    row = written(school, role)
    response = as_hod.post(f"/{role}_feedback_message_reply/", {"id": row.pk, "reply": "Done"})
    assert (response.status_code, response.content) == (200, b"True")
    row.refresh_from_db()
    assert row.reply == "Done"


@pytest.mark.parametrize("role", ["student", "staff"])
def test_the_legacys_script_gets_false_for_any_problem(role: str, school: School, as_hod: Client) -> None:
    row = written(school, role)
    for body in (
        {},
        {"id": row.pk},
        {"reply": "Done"},
        {"id": row.pk, "reply": " "},
        {"id": 999999, "reply": "Done"},
        {"id": "abc", "reply": "Done"},
        {"id": "9" * 30, "reply": "Done"},
    ):
        response = as_hod.post(f"/{role}_feedback_message_reply/", body)
        assert (response.status_code, response.content) == (200, b"False"), body
    response = as_hod.get(f"/{role}_feedback_message_reply/?id={row.pk}&reply=Done")
    assert (response.status_code, response.content) == (200, b"False")
    row.refresh_from_db()
    assert row.reply == ""


# --- for all of it ----------------------------------------------------------------------------------------------------


def test_nothing_is_changed_without_the_token(school: School) -> None:
    row = written(school)
    head = login(Client(enforce_csrf_checks=True), school.hod)
    student = login(Client(enforce_csrf_checks=True), school.student)
    assert head.post(f"/reply_feedback/student/{row.pk}/", {"reply": "Yes"}).status_code == 403
    assert head.post("/student_feedback_message_reply/", {"id": row.pk, "reply": "Yes"}).status_code == 403
    assert student.post("/student_feedback_save/", {"feedback_message": "Hello"}).status_code == 403
    row.refresh_from_db()
    assert (row.reply, StudentFeedback.objects.count()) == ("", 1)
    token = token_of(head, "/student_feedback_message/")
    response = head.post(
        "/student_feedback_message_reply/", {"id": row.pk, "reply": "Yes"}, headers={"X-CSRFToken": token}
    )
    assert response.content == b"True", "a script may send it in a header"


def test_others_are_sent_home_and_change_nothing(school: School, browse: Browse, client: Client) -> None:
    row = written(school)
    for browser, home in (
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
        (client, "/"),
    ):
        for response in (
            browser.get("/student_feedback_message/"),
            browser.post(f"/reply_feedback/student/{row.pk}/", {"reply": "Yes"}),
            browser.post("/student_feedback_message_reply/", {"id": row.pk, "reply": "Yes"}),
        ):
            assert (response.status_code, response["Location"]) == (302, home)
    head = browse(school.hod).post("/student_feedback_save/", {"feedback_message": "Hello"})
    assert (head.status_code, head["Location"]) == (302, "/admin_home/")
    row.refresh_from_db()
    assert (row.reply, StudentFeedback.objects.count()) == ("", 1)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_the_hod_sees_how_feedback_was_answered_and_chooses_the_days(school: School, as_hod: Client) -> None:
    written(school, text="One", reply="Yes")
    written(school, text="Two")
    assert "/feedback_figures/student/" in as_hod.get("/student_feedback_message/").content.decode()
    words = text_of(as_hod.get("/feedback_figures/student/"))
    assert "Sent 2" in words
    assert "Answered 50 %" in words
    nothing = text_of(as_hod.get("/feedback_figures/student/?first_day=2001-01-01&last_day=2001-02-01"))
    assert "Sent 0" in nothing
    turned = as_hod.get("/feedback_figures/student/?first_day=2001-02-01&last_day=2001-01-01")
    assert "The last day lies before the first." in text_of(turned)
    assert as_hod.get("/feedback_figures/parents/").status_code == 404
