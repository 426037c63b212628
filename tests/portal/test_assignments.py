"""Assignments: setting and deleting them, grading what was handed in, and handing it in."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from contracts.assessments import SUBMISSION_MAX_BYTES
from contracts.base import Role
from modules.academics.models import Enrollment, Subject
from modules.assessments.models import Assignment, AssignmentSubmission, MarkChange
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.school import ESSAY, ESSAY_TEXT, School, Somebody, login, make_account

LIST, ADD, SAVE = "/manage_assignments/", "/add_assignment/", "/add_assignment_save/"
OWN = "/student/assignments/"
PDF = b"%PDF-1.4\nAn essay.\n"

Body = dict[str, Any]


def assignment_of(subject: Subject, title: str = "Herbarium", *, days: int = 7) -> Assignment:
    return Assignment.objects.create(subject_id=subject.pk, title=title, due_at=timezone.now() + timedelta(days=days))


def grading_of(assignment: Assignment) -> str:
    return f"/view_assignment_submissions/{assignment.pk}/"


def file_of(content: bytes = PDF, name: str = "essay.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def hand_in(client: Client, assignment: Assignment, file: SimpleUploadedFile | None = None) -> Any:
    body = {"submission_file": file or file_of()}
    return client.post(f"/student/assignment/{assignment.pk}/submit/", body)


def exported(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


@pytest.fixture
def body(school: School) -> Body:
    """What the form of a new assignment sends."""
    return {
        "subject": school.botany.pk,
        "title": "Herbarium",
        "description": "Ten plants",
        "due_date": "2030-06-01T09:30",
    }


# --- the teacher's list -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "shown"),
    [
        ("waiting", ["Essay on mosses"]),
        ("published", ["Price list", "Essay on mosses"]),
        ("closed", []),
        ("nonsense", ["Price list", "Essay on mosses"]),
    ],
)
def test_the_list_is_narrowed_to_what_is_to_grade_or_to_a_status(
    school: School, as_teacher: Client, show: str, shown: list[str]
) -> None:
    assignment_of(school.markets, "Price list")
    assert [row.assignment.title for row in as_teacher.get(f"{LIST}?show={show}").context["rows"]] == shown
    assert f'href="{LIST}?show=waiting"' in as_teacher.get("/staff_home/").content.decode()


def test_a_student_is_led_to_what_is_to_hand_in(school: School, as_student: Client) -> None:
    assignment_of(school.genetics, "Pea plants")
    assert "Assignments to hand in 1" in text_of(as_student.get("/student_home/"))
    page = as_student.get("/student/assignments/?show=waiting")
    assert [row.assignment.title for row in page.context["rows"]] == ["Pea plants"]


def test_the_list_holds_the_assignments_of_ones_own_subjects(school: School, as_teacher: Client) -> None:
    assignment_of(school.markets, "Price list")
    assignment_of(school.genetics, "Of the other teacher")
    page = as_teacher.get(LIST)
    assert [row.assignment.title for row in page.context["rows"]] == ["Price list", "Essay on mosses"]
    assert "Essay on mosses Botany" in text_of(page)
    assert "20 to grade" in text_of(page)


def test_the_list_is_searched_filtered_and_sorted_by_its_address(school: School, as_teacher: Client) -> None:
    assignment_of(school.markets, "Price list", days=1)

    def titles(query: str) -> list[str]:
        return [row.assignment.title for row in as_teacher.get(LIST + query).context["rows"]]

    assert titles("?q=MOSSES") == ["Essay on mosses"]
    assert titles(f"?subject={school.markets.pk}") == ["Price list"]
    assert titles("?sort=due_at") == ["Price list", "Essay on mosses"]
    assert titles("?sort=-due_at") == ["Essay on mosses", "Price list"]
    assert titles(f"?subject={school.genetics.pk}&sort=nonsense") == ["Price list", "Essay on mosses"], "ignored"


def test_the_export_holds_what_is_filtered(school: School, as_teacher: Client) -> None:
    assignment_of(school.markets, "=SUM(A1)")
    response = as_teacher.get(f"{LIST}?export=csv&subject={school.markets.pk}")
    (row,) = exported(response)
    assert (row["subject"], row["title"], row["submissions"]) == ("Markets", "'=SUM(A1)", "0")


# --- a new one --------------------------------------------------------------------------------------------------------


def test_the_form_offers_ones_own_subjects(school: School, as_teacher: Client) -> None:
    form = as_teacher.get(ADD).context["form"]
    assert [value for value, _label in form.fields["subject"].choices] == [school.botany.pk, school.markets.pk]
    assert 'type="datetime-local"' in as_teacher.get(ADD).content.decode()


def test_a_teacher_without_subjects_is_told_so(school: School, browse: Browse) -> None:
    Subject.objects.update(teacher_id=school.other_teacher.user_id)
    page = browse(school.teacher).get(ADD)
    assert "You teach no subject yet." in text_of(page)
    assert SAVE not in page.content.decode()


def test_an_assignment_is_added_with_its_due_date_by_the_schools_clock(
    school: School, as_teacher: Client, body: Body, settings: Settings
) -> None:
    settings.TIME_ZONE = "Asia/Kolkata"
    response = as_teacher.post(SAVE, body)
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["success: Assignment Added Successfully!"]
    found = Assignment.objects.get(title="Herbarium")
    assert (found.subject_id, found.description) == (school.botany.pk, "Ten plants")
    assert found.due_at == datetime(2030, 6, 1, 4, 0, tzinfo=UTC)
    assert "Asia/Kolkata" in text_of(as_teacher.get(ADD))
    assert "1 Jun 2030, 09:30" in text_of(as_teacher.get(LIST))


def test_a_due_date_that_has_passed_is_accepted_with_a_word(as_teacher: Client, body: Body) -> None:
    response = as_teacher.post(SAVE, body | {"due_date": "2020-06-01T09:30"})
    assert flashes(response) == [
        "success: Assignment Added Successfully!",
        "warning: Its due date has passed already: nobody can hand it in.",
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"subject": "999999"}, "subject"),
        ({"subject": "abc"}, "subject"),
        ({"subject": ""}, "subject"),
        ({"due_date": ""}, "due_date"),
        ({"due_date": "tomorrow"}, "due_date"),
        ({"due_date": "0001-01-01T00:00"}, "due_date"),
        ({"due_date": "9999-12-31T23:59"}, "due_date"),
        ({"title": "with\x00null"}, "title"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    school: School, as_teacher: Client, body: Body, wrong: Body, field: str
) -> None:
    before = Assignment.objects.count()
    response = as_teacher.post(SAVE, body | wrong)
    assert (response.status_code, response["Location"]) == (302, ADD)
    (flash,) = flashes(response)
    assert flash.startswith("error: Could Not Add Assignment: ")
    form = as_teacher.get(ADD).context["form"]
    assert set(form.errors) == {field}
    assert form["description"].value() == "Ten plants"
    assert Assignment.objects.count() == before


def test_another_teachers_subject_gets_no_assignment(school: School, as_teacher: Client, body: Body) -> None:
    response = as_teacher.post(SAVE, body | {"subject": school.genetics.pk})
    assert response["Location"] == ADD
    assert not Assignment.objects.filter(subject_id=school.genetics.pk).exists()


def test_opening_the_forms_address_says_what_the_legacy_said(as_teacher: Client) -> None:
    response = as_teacher.get(SAVE)
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["error: Invalid Method"]


# --- deleting ---------------------------------------------------------------------------------------------------------


def test_a_deletion_is_asked_first_with_what_goes_along(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(f"/delete_assignment/{school.essay.pk}/")
    assert "Delete assignment “Essay on mosses”?" in text_of(page)
    assert "20 submissions are deleted with it" in text_of(page)
    assert Assignment.objects.filter(pk=school.essay.pk).exists()


def test_a_deletion_that_is_confirmed_takes_the_submissions_along(
    school: School, as_teacher: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True, using="default"):
        response = as_teacher.post(f"/delete_assignment/{school.essay.pk}/")
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["success: Assignment deleted successfully"]
    assert not Assignment.objects.exists()
    assert not AssignmentSubmission.objects.exists()
    assert not default_storage.exists(ESSAY)


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_the_teacher_of_the_subject_deletes(school: School, as_teacher: Client, method: str) -> None:
    foreign = assignment_of(school.genetics)
    for assignment_id, said in (
        (foreign.pk, "You are not authorized to delete this assignment"),
        (999999, "Assignment not found"),
    ):
        response = getattr(as_teacher, method)(f"/delete_assignment/{assignment_id}/")
        assert (response.status_code, response["Location"]) == (302, LIST)
        assert flashes(response)[-1] == f"error: {said}"
    assert Assignment.objects.filter(pk=foreign.pk).exists()


# --- grading ----------------------------------------------------------------------------------------------------------


def test_the_submissions_show_who_handed_in_what(school: School, as_teacher: Client) -> None:
    page = as_teacher.get(grading_of(school.essay))
    assert [row.name for row in page.context["rows"]] == [p.name for p in school.classmates]
    assert f"/submission/{school.essay_of(school.student).pk}/file/" in page.content.decode()
    assert "20 handed in, 20 to grade." in text_of(page)


def test_a_mark_is_given_without_scripts(school: School, as_teacher: Client) -> None:
    submission = school.essay_of(school.student)
    address = f"{grading_of(school.essay)}?sort=-submitted_at"
    response = as_teacher.post(address, {"submission_id": submission.pk, "marks": "8,5"})
    assert (response.status_code, response["Location"]) == (302, f"{address}#submission-{submission.pk}")
    assert flashes(response) == [f"success: {school.student.name}: marks 8.5 saved."]
    submission.refresh_from_db()
    assert (submission.marks, submission.status) == (8.5, "graded")
    assert "Graded (8.5)" in text_of(as_teacher.get(address))


def test_zero_is_a_mark_and_a_mark_can_be_corrected(school: School, as_teacher: Client) -> None:
    submission = school.essay_of(school.student)
    for marks in ("0", "10"):
        as_teacher.post(grading_of(school.essay), {"submission_id": submission.pk, "marks": marks})
        assert f"Graded ({marks})" in text_of(as_teacher.get(grading_of(school.essay)))
    assert MarkChange.objects.filter(row_id=submission.pk).count() == 2


def test_with_htmx_the_answer_is_the_list_with_the_row(school: School, as_teacher: Client) -> None:
    submission = school.essay_of(school.student)
    body = {"submission_id": submission.pk, "marks": "7"}
    page = as_teacher.post(grading_of(school.essay), body, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert f'<tr id="submission-{submission.pk}">' in page.content.decode()
    assert f"{school.student.name}: marks 7 saved." in text_of(page)
    wrong = as_teacher.post(grading_of(school.essay), body | {"marks": "11"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 200
    assert "Marks go from 0 to 10." in text_of(wrong)


@pytest.mark.parametrize("marks", ["", "good", "-1", "10.1", "5.55", "nan", "inf", "1e99", "9" * 30])
def test_what_is_no_mark_is_refused_in_its_row_and_stays_there(school: School, as_teacher: Client, marks: str) -> None:
    submission = school.essay_of(school.student)
    page = as_teacher.post(grading_of(school.essay), {"submission_id": submission.pk, "marks": marks})
    assert page.status_code == 422
    (row,) = [row for row in page.context["rows"] if row.errors]
    assert (row.submission.id, row.value) == (submission.pk, marks)
    submission.refresh_from_db()
    assert submission.marks is None


def test_a_submission_that_is_elsewhere_is_refused_on_top(school: School, as_teacher: Client) -> None:
    foreign = assignment_of(school.genetics).submissions.create(student_id=school.student.profile_id)
    for submission_id in (foreign.pk, 999999, "abc", "9" * 40, ""):
        page = as_teacher.post(grading_of(school.essay), {"submission_id": submission_id, "marks": "5"})
        assert page.status_code == 422, submission_id
        assert "There is a problem" in text_of(page)
    foreign.refresh_from_db()
    assert foreign.marks is None


def test_another_teachers_submissions_are_not_shown(school: School, as_teacher: Client) -> None:
    assert as_teacher.get(grading_of(assignment_of(school.genetics))).status_code == 403
    response = as_teacher.get("/view_assignment_submissions/999999/")
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert flashes(response) == ["error: Assignment Not Found"]


def test_marks_of_old_data_are_shown_as_they_are(school: School, as_teacher: Client) -> None:
    AssignmentSubmission.objects.filter(pk=school.essay_of(school.student).pk).update(marks=float("inf"))
    AssignmentSubmission.objects.filter(pk=school.essay_of(school.classmates[1]).pk).update(
        marks=12, student_id=987654, status="odd"
    )
    words = text_of(as_teacher.get(grading_of(school.essay)))
    assert "Graded (∞)" in words
    assert "(deleted student)" in words


def test_the_export_of_submissions_names_the_students(school: School, as_teacher: Client) -> None:
    response = as_teacher.get(f"{grading_of(school.essay)}?export=csv")
    rows = exported(response)
    assert [row["student"] for row in rows] == [p.name for p in school.classmates]
    assert rows[0]["file"] == "essay.txt"


# --- the legacy's AJAX ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "answer"),
    [
        ("7.5", "OK"),
        ("0", "OK"),
        (None, "Missing required fields"),
        ("", "Missing required fields"),
        ("good", "Invalid marks value"),
        ("nan", "Invalid marks value"),
        ("-1", "Marks cannot be negative"),
        ("11", "Error: Marks go from 0 to 10."),
    ],
)
def test_the_legacys_script_reads_these_texts(
    school: School, as_teacher: Client, marks: str | None, answer: str
) -> None:
    submission = school.essay_of(school.student)
    body = {} if marks is None else {"marks": marks}
    response = as_teacher.post(f"/grade_assignment/{submission.pk}/", body)
    assert (response.status_code, response.content.decode()) == (200, answer)
    submission.refresh_from_db()
    assert submission.marks == (float(marks) if answer == "OK" and marks else None)


def test_the_legacys_script_grades_nothing_of_others_and_nothing_by_get(school: School, as_teacher: Client) -> None:
    foreign = assignment_of(school.genetics).submissions.create(student_id=school.student.profile_id)

    def answer(submission_id: int) -> str:
        text: str = as_teacher.post(f"/grade_assignment/{submission_id}/", {"marks": "5"}).content.decode()
        return text

    assert answer(foreign.pk) == "You don't have permission to grade this submission"
    assert answer(999999) == "Submission not found"
    assert as_teacher.get(f"/grade_assignment/{foreign.pk}/?marks=5").content == b"Method Not Allowed"
    foreign.refresh_from_db()
    assert foreign.marks is None


def test_grading_needs_the_token_in_the_field_or_the_header(school: School) -> None:
    client = login(Client(enforce_csrf_checks=True), school.teacher)
    url = f"/grade_assignment/{school.essay_of(school.student).pk}/"
    assert client.post(url, {"marks": "5"}).status_code == 403
    token = token_of(client, grading_of(school.essay))
    assert client.post(url, {"marks": "5"}, headers={"X-CSRFToken": token}).content == b"OK"
    assert client.post(url, {"marks": "6", "csrfmiddlewaretoken": token}).content == b"OK"


# --- the student's list -----------------------------------------------------------------------------------------------


def test_a_student_sees_the_assignments_of_their_course_with_what_became_of_them(
    school: School, as_student: Client
) -> None:
    assignment_of(school.genetics, "Peas")
    assignment_of(school.genetics, "Long ago", days=-1)
    assignment_of(school.markets, "Of another course")
    states = {row.assignment.title: row.status[1] for row in as_student.get(OWN).context["rows"]}
    assert states == {"Long ago": "Not Submitted", "Peas": "Not Submitted", "Essay on mosses": "Submitted"}
    AssignmentSubmission.objects.update(marks=0, status="graded")
    words = text_of(as_student.get(OWN))
    assert "Graded (0)" in words
    assert "Due Date Passed" in words


def test_a_form_is_there_only_while_something_can_be_handed_in(school: School, as_student: Client) -> None:
    is_open, is_over = assignment_of(school.genetics), assignment_of(school.genetics, "Over", days=-1)
    html = as_student.get(OWN).content.decode()
    assert f"/student/assignment/{is_open.pk}/submit/" in html
    assert f"/student/assignment/{is_over.pk}/submit/" not in html
    assert f"/student/assignment/{school.essay.pk}/submit/" not in html
    assert 'enctype="multipart/form-data"' in html


def test_a_student_who_is_enrolled_nowhere_gets_an_empty_list(school: School, browse: Browse) -> None:
    Enrollment.objects.filter(student_id=school.student.profile_id).delete()
    assert "No assignments yet" in text_of(browse(school.student).get(OWN))


def test_a_student_without_profile_is_told_so(school: School, browse: Browse) -> None:
    client = browse(make_account("No", "Profile", Role.STUDENT))
    page = client.get(OWN)
    assert page.status_code == 200
    assert page.templates[0].name == "portal/pages/no_profile.html"
    assert hand_in(client, school.essay).status_code == 403


# --- handing in -------------------------------------------------------------------------------------------------------


def test_what_is_handed_in_is_kept_and_shown(school: School, as_student: Client) -> None:
    assignment = assignment_of(school.genetics)
    response = hand_in(as_student, assignment, file_of(name="Meine Erbsen.pdf"))
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response) == ["success: Assignment submitted successfully"]
    submission = assignment.submissions.get()
    assert (submission.student_id, submission.marks) == (school.student.profile_id, None)
    page = as_student.get(OWN)
    assert "Meine Erbsen.pdf" in text_of(page)
    assert as_student.get(f"/submission/{submission.pk}/file/").content == PDF


@pytest.mark.parametrize(
    ("days", "file", "said"),
    [
        (-1, file_of(), "Assignment submission deadline has passed"),
        (7, None, "Please select a file to submit"),
        (7, file_of(b""), "Error submitting assignment: The file is empty."),
        (7, file_of(b"<html>", "a.pdf"), "Error submitting assignment: Files of this kind cannot be handed in."),
        (7, file_of(PDF, "a.exe"), "Error submitting assignment: Files of this kind cannot be handed in."),
    ],
)
def test_what_cannot_be_handed_in_is_refused_with_the_reason(
    school: School, as_student: Client, days: int, file: SimpleUploadedFile | None, said: str
) -> None:
    assignment = assignment_of(school.genetics, days=days)
    if file:
        file.seek(0)
    body = {"submission_file": file} if file else {}
    response = as_student.post(f"/student/assignment/{assignment.pk}/submit/", body)
    assert (response.status_code, response["Location"]) == (302, OWN)
    (flash,) = flashes(response)
    assert flash.startswith(f"error: {said}")
    assert not assignment.submissions.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    school: School, as_student: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assignment = assignment_of(school.genetics)
    too_large = file_of(PDF + b"x" * SUBMISSION_MAX_BYTES)
    monkeypatch.setattr("portal.views.own_assignments.Upload", None)
    assert flashes(hand_in(as_student, assignment, too_large)) == [
        "error: Error submitting assignment: The file is larger than 10 MiB. Make it smaller and try again."
    ]
    assert not assignment.submissions.exists()


def test_something_is_handed_in_once(school: School, as_student: Client) -> None:
    response = hand_in(as_student, school.essay)
    assert flashes(response) == ["error: You have already submitted this assignment"]
    assert default_storage.open(school.essay_of(school.student).submission_file).read() == ESSAY_TEXT


def test_an_assignment_of_another_course_is_not_there(school: School, as_student: Client) -> None:
    assignment = assignment_of(school.markets)
    assert hand_in(as_student, assignment).status_code == 404
    assert as_student.post("/student/assignment/999999/submit/", {"submission_file": file_of()}).status_code == 404
    assert not assignment.submissions.exists()


def test_opening_the_address_of_the_form_hands_in_nothing(school: School, as_student: Client) -> None:
    response = as_student.get(f"/student/assignment/{school.essay.pk}/submit/")
    assert (response.status_code, response["Location"]) == (302, OWN)
    assert flashes(response) == ["error: Invalid Method"]


def test_handing_in_needs_the_token(school: School) -> None:
    assignment = assignment_of(school.genetics)
    client = login(Client(enforce_csrf_checks=True), school.student)
    assert hand_in(client, assignment).status_code == 403
    action = f"/student/assignment/{assignment.pk}/submit/"
    token = fields_of(client.get(OWN), action)["csrfmiddlewaretoken"]
    response = client.post(action, {"submission_file": file_of(), "csrfmiddlewaretoken": token})
    assert response["Location"] == OWN
    assert assignment.submissions.exists()


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_for_whom_it_concerns(school: School, browse: Browse) -> None:
    def asked_by(person: Somebody) -> Any:
        return browse(person).get(f"/submission/{school.essay_of(school.student).pk}/file/")

    for person in (school.student, school.teacher, school.hod):
        response = asked_by(person)
        assert (response.status_code, response.content) == (200, ESSAY_TEXT)
    assert asked_by(school.classmates[1]).status_code == 404
    assert asked_by(school.foreign_student).status_code == 404
    assert asked_by(school.other_teacher).status_code == 403


def test_a_file_is_saved_and_never_opened_within_the_site(school: School, as_teacher: Client) -> None:
    response = as_teacher.get(f"/submission/{school.essay_of(school.student).pk}/file/")
    assert response["Content-Disposition"] == 'attachment; filename="essay.txt"'
    assert response["Content-Type"] == "text/plain"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_old_files_of_any_kind_come_as_bytes_and_missing_ones_are_not_found(school: School, as_teacher: Client) -> None:
    submission = school.essay_of(school.student)
    with default_storage.open(ESSAY, "wb") as file:
        file.write(b"<html><script>alert(1)</script>")
    assert as_teacher.get(f"/submission/{submission.pk}/file/")["Content-Type"] == "application/octet-stream"
    AssignmentSubmission.objects.filter(pk=submission.pk).update(submission_file="../../etc/passwd")
    assert as_teacher.get(f"/submission/{submission.pk}/file/").status_code == 404
    assert as_teacher.get("/submission/999999/file/").status_code == 404
