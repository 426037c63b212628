"""Files: pictures for everybody who is logged in, what was handed in for those whom it concerns, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from modules.assessments.models import AssignmentSubmission
from modules.users.models import StudentProfile
from tests.portal.conftest import Browse
from tests.portal.pages import text_of
from tests.portal.pictures import picture_bytes
from tests.portal.school import School, Somebody

PDF = b"%PDF-1.4\n%%EOF\n"

Put = Callable[[str, bytes], None]


@pytest.fixture
def put() -> Put:
    """Puts a file where the legacy had one."""

    def write(path: str, content: bytes) -> None:
        target = Path(settings.MEDIA_ROOT) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    return write


@pytest.fixture
def face(school: School, put: Put) -> str:
    """The path of the first student's picture."""
    path = "profile_pics/a face.png"
    put(path, picture_bytes())
    StudentProfile.objects.filter(pk=school.student.profile_id).update(profile_pic=path)
    return path


@pytest.fixture
def essay(school: School, put: Put) -> str:
    """The path of what the first student handed in, as the legacy named it."""
    submission = school.essay_of(school.student)
    path = f"assignments/submissions/{school.student.profile_id}_{submission.assignment_id}_essay (final).pdf"
    AssignmentSubmission.objects.filter(pk=submission.pk).update(submission_file=path, original_name="")
    put(path, PDF)
    return path


def everybody(school: School) -> list[Somebody]:
    return [school.hod, school.teacher, school.other_teacher, school.student, school.foreign_student]


# --- pictures ---------------------------------------------------------------------------------------------------------


def test_whoever_is_logged_in_sees_pictures_at_both_addresses(
    school: School, browse: Browse, client: Client, face: str
) -> None:
    for path in (f"/photo/{school.student.profile_id}/", f"/media/{face}"):
        for person in everybody(school):
            response = browse(person).get(path)
            assert (response.status_code, response.content) == (200, picture_bytes())
            assert response["Content-Type"] == "image/png"
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, "/")


def test_pictures_are_kept_by_this_browser_alone_and_asked_for_again(
    school: School, as_teacher: Client, face: str, put: Put
) -> None:
    url = f"/photo/{school.student.profile_id}/"
    first = as_teacher.get(url)
    assert first["X-Content-Type-Options"] == "nosniff"
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Disposition"] == 'inline; filename="a face.png"'
    unchanged = as_teacher.get(url, headers={"If-None-Match": first["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    put(face, picture_bytes(colour="red"))
    changed = as_teacher.get(url, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed.content) == (200, picture_bytes(colour="red"))


def test_an_old_picture_that_is_none_is_never_shown_within_the_site(
    school: School, as_hod: Client, face: str, put: Put
) -> None:
    put(face, b"<script>alert(1)</script>")
    response = as_hod.get(f"/media/{face}")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_pictures_that_are_not_there_are_not_found(school: School, as_hod: Client, face: str, put: Put) -> None:
    (Path(settings.MEDIA_ROOT) / face).unlink()
    put("profile_pics/nobodys.png", picture_bytes())
    for path in (
        f"/photo/{school.student.profile_id}/",
        f"/photo/{school.foreign_student.profile_id}/",
        "/photo/999999/",
        f"/photo/{'9' * 30}/",
        "/photo/abc/",
        f"/media/{face}",
        "/media/profile_pics/nobodys.png",
        "/media/profile_pics/",
        "/media/profile_pics",
        "/media/../manage.py",
        "/media/%2e%2e/manage.py",
        "/media//etc/passwd",
        "/media/a%00b.png",
    ):
        assert as_hod.get(path).status_code == 404, path
    assert "Traceback" not in text_of(as_hod.get("/media/nothing.png"))


def test_the_class_is_shown_with_its_pictures(school: School, as_teacher: Client, face: str) -> None:
    chosen = f"?subject={school.botany.pk}&session_year={school.year.pk}&attendance_date={school.today}"
    html = as_teacher.get(f"/staff_take_attendance/{chosen}").content.decode()
    assert html.count('<img src="/photo/') == 1
    assert f'src="/photo/{school.student.profile_id}/?small" alt=""' in html


# --- what was handed in -----------------------------------------------------------------------------------------------


def test_a_file_that_was_handed_in_is_for_its_student_teacher_and_the_head(
    school: School, browse: Browse, client: Client, essay: str
) -> None:
    """The legacy gave it to everybody who was logged in."""
    for person in (school.hod, school.teacher, school.student):
        response = browse(person).get(f"/media/{essay}")
        assert (response.status_code, response.content) == (200, PDF), person.name
        assert response["Content-Disposition"] == f'attachment; filename="{essay.rpartition("/")[2]}"'
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Cache-Control"] == "private, no-store"
    for person in (school.other_teacher, school.foreign_student, *school.classmates[1:2]):
        assert browse(person).get(f"/media/{essay}").status_code == 404, person.name
    assert client.get(f"/media/{essay}")["Location"] == "/"


def test_only_the_very_name_that_is_on_record_is_answered(school: School, browse: Browse, essay: str, put: Put) -> None:
    submission = school.essay_of(school.student)
    folder = "assignments/submissions"
    mine = f"{school.student.profile_id}_{submission.assignment_id}"
    put(f"{folder}/{mine}_other.pdf", PDF)
    put(f"{folder}/loose.pdf", PDF)
    for person in (school.hod, school.teacher, school.student):
        client = browse(person)
        for path in (
            f"{folder}/{mine}_other.pdf",
            f"{folder}/loose.pdf",
            f"{folder}/{school.student.profile_id}_999999_essay.pdf",
            f"{folder}/999999_{submission.assignment_id}_essay.pdf",
            f"{folder}/{'9' * 30}_1_essay.pdf",
            f"{folder}/x/{mine}_other.pdf",
            folder,
        ):
            assert client.get(f"/media/{path}").status_code == 404, (person.name, path)


def test_a_file_that_is_gone_is_not_found(school: School, as_hod: Client, essay: str) -> None:
    (Path(settings.MEDIA_ROOT) / essay).unlink()
    assert as_hod.get(f"/media/{essay}").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_files_are_only_read(school: School, as_hod: Client, face: str, method: str) -> None:
    for path in (f"/media/{face}", f"/photo/{school.student.profile_id}/"):
        response: Any = getattr(as_hod, method)(path)
        assert response.status_code == 405
    assert (Path(settings.MEDIA_ROOT) / face).exists()
