"""Assignments as their teachers see them: setting and deleting them, and grading what was handed in."""

import csv
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from pytest_django import Settings

from modules.academics.models import Subject
from modules.assessments.models import Assignment, AssignmentSubmission, MarkChange
from tests.portal.assignments import assignment_of
from tests.portal.conftest import Browse
from tests.portal.pages import flashes, text_of, token_of
from tests.portal.school import ESSAY, School, login

LIST, ADD, SAVE = "/manage_assignments/", "/add_assignment/", "/add_assignment_save/"

Body = dict[str, Any]


def grading_of(assignment: Assignment) -> str:
    return f"/view_assignment_submissions/{assignment.pk}/"


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
