"""Assignments as students see them: their list, handing in, and the files that were handed in."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.assessments import SUBMISSION_MAX_BYTES
from contracts.base import Role
from modules.academics.models import Enrollment
from modules.assessments.models import AssignmentSubmission
from tests.portal.assignments import PDF, assignment_of, file_of, hand_in
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.school import ESSAY, ESSAY_TEXT, School, Somebody, login, make_account

OWN = "/student/assignments/"


# --- the student's list -----------------------------------------------------------------------------------------------


def test_a_student_is_led_to_what_is_to_hand_in(school: School, as_student: Client) -> None:
    assignment_of(school.genetics, "Pea plants")
    assert "Assignments to hand in 1" in text_of(as_student.get("/student_home/"))
    page = as_student.get("/student/assignments/?show=waiting")
    assert [row.assignment.title for row in page.context["rows"]] == ["Pea plants"]


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
