"""The list of students; taking them out and bringing them back."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.base import Role
from kernel.totals import rebuild_all
from modules.academics.models import Enrollment
from modules.attendance.models import AttendanceReport
from modules.users.models import StudentProfile, User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of
from tests.portal.pictures import picture
from tests.portal.school import PASSWORD, School, Somebody, grow, login, make_account, make_people


@pytest.fixture
def incomplete(school: School) -> Somebody:
    return make_account("Ines", "Incomplete", Role.STUDENT)


@pytest.fixture
def newcomer(school: School) -> Somebody:
    """A student to whom nothing refers."""
    (person,) = make_people([("Noah", "Newcomer", Role.STUDENT)])
    return person


def edit_form(client: Client, person: Somebody) -> dict[str, str]:
    return fields_of(client.get(f"/edit_student/{person.user_id}/"), "/edit_student_save/")


# --- taking out and bringing back -------------------------------------------------------------------------------------


def test_who_has_no_history_is_erased_after_a_question(as_hod: Client, newcomer: Somebody) -> None:
    url = f"/delete_student/{newcomer.user_id}/"
    assert "Delete Noah Newcomer?" in text_of(as_hod.get(url))
    assert User.objects.filter(pk=newcomer.user_id).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_student/")
    assert flashes(response) == ["success: Student Deleted Successfully."]
    assert not User.objects.filter(pk=newcomer.user_id).exists()


def test_who_has_history_is_withdrawn_with_it_and_comes_back(school: School, as_hod: Client, client: Client) -> None:
    student = school.student
    url = f"/delete_student/{student.user_id}/"
    words = text_of(as_hod.get(url))
    assert "Withdraw Student0 Surname0?" in words
    assert "attendance marks: 6" in words
    marks = AttendanceReport.objects.filter(student_id=student.profile_id).count()
    response = as_hod.post(url)
    assert flashes(response)[0] == "success: Student Deleted Successfully."
    assert flashes(response)[1].startswith("info: Student0 Surname0 has history")
    assert AttendanceReport.objects.filter(student_id=student.profile_id).count() == marks
    credentials = {"email": student.email, "password": PASSWORD}
    assert client.post("/doLogin/", credentials)["Location"] == "/"
    assert names(as_hod.get("/manage_student/?q=surname0")) == []
    assert names(as_hod.get("/manage_student/?profile=withdrawn")) == ["Student0"]
    assert as_hod.get(f"/edit_student/{student.user_id}/")["Location"] == f"/restore_person/{student.user_id}/"

    back = as_hod.post(f"/restore_person/{student.user_id}/")
    assert (back["Location"], flashes(back)[-1]) == ("/manage_student/", "success: Student0 Surname0 is back.")
    assert names(as_hod.get("/manage_student/?q=surname0")) == ["Student0"]
    assert client.post("/doLogin/", credentials)["Location"] == "/student_home/"


def test_an_incomplete_account_is_deleted_by_the_legacys_link_after_a_question(
    as_hod: Client, incomplete: Somebody
) -> None:
    url = f"/delete_incomplete_student/{incomplete.user_id}"
    assert "Delete Ines Incomplete?" in text_of(as_hod.get(url))
    assert User.objects.filter(pk=incomplete.user_id).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_student/")
    assert flashes(response) == ["success: Incomplete student account deleted successfully!"]
    assert not User.objects.filter(pk=incomplete.user_id).exists()


def test_nobody_is_taken_out_by_others_or_without_the_token(school: School, browse: Browse, client: Client) -> None:
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    for person in (school.student, school.foreign_student):
        url = f"/delete_student/{person.user_id}/"
        assert strict.post(url).status_code == 403
        for browser, home in ((client, "/"), (browse(school.teacher), "/staff_home/")):
            assert browser.post(url)["Location"] == home
    assert not User.objects.exclude(withdrawn_at=None).exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_incomplete_student_account_says_so_as_the_legacy_did(
    method: str, school: School, as_hod: Client
) -> None:
    for user_id, said in (
        (school.student.user_id, "Cannot delete: Student has a complete profile"),
        (school.teacher.user_id, "Student not found"),
        (999999, "Student not found"),
    ):
        response = as_hod.generic(method.upper(), f"/delete_incomplete_student/{user_id}")
        assert (response.status_code, response["Location"]) == (302, "/manage_student/")
        assert flashes(response)[-1] == f"error: {said}"
    assert as_hod.generic(method.upper(), "/delete_incomplete_student/abc").status_code == 404


# --- the list ---------------------------------------------------------------------------------------------------------


def names(response: Any) -> list[str]:
    return [row.person.first_name for row in response.context["rows"]]


def test_the_list_shows_searches_and_sorts(school: School, as_hod: Client) -> None:
    StudentProfile.objects.filter(pk=school.students[-1].profile_id).update(gender="Female", address="4 Lane")
    page = as_hod.get("/manage_student/")
    assert names(page)[:2] == ["Student39", "Student38"], "newest first"
    assert len(names(page)) == 25
    words = text_of(page)
    assert f"{school.courses[1].name} {school.year.first_day} to {school.year.last_day}" in words
    assert "· Female" in words
    assert "4 Lane" in words
    assert len(names(as_hod.get("/manage_student/?page=2"))) == 15
    assert names(as_hod.get("/manage_student/?sort=name"))[:2] == ["Student0", "Student1"]
    assert names(as_hod.get("/manage_student/?q=surname7"))[:1] == ["Student7"]
    assert names(as_hod.get("/manage_student/?q=student7.surname7%40school"))[:1] == ["Student7"]


def test_the_list_is_narrowed_by_course_year_and_profile(school: School, as_hod: Client, incomplete: Somebody) -> None:
    def total(query: str) -> int:
        return int(as_hod.get(f"/manage_student/?{query}").context["table"].page.total)

    assert total("") == 41
    assert total(f"course={school.courses[0].pk}") == 20
    assert total(f"course={school.courses[0].pk}&session_year={school.year.pk}&q=surname1") == 5
    assert total(f"session_year={school.earlier_year.pk}") == 0
    assert total("profile=complete") == 40
    assert total("profile=missing") == 1
    assert total("profile=withdrawn") == 0
    assert total("course=999&session_year=x&profile=y") == 41
    words = text_of(as_hod.get("/manage_student/?profile=missing"))
    assert "No Profile" in words
    assert "Staff without profile" in words


def test_the_link_on_the_heads_home_leads_to_the_incomplete_accounts(as_hod: Client, incomplete: Somebody) -> None:
    rebuild_all()
    assert "/manage_student/?profile=missing" in as_hod.get("/admin_home/").content.decode()


def test_a_student_whose_course_is_gone_is_shown_as_complete(school: School, as_hod: Client) -> None:
    Enrollment.objects.filter(student_id=school.student.profile_id).delete()
    page = as_hod.get("/manage_student/?q=surname0&profile=complete")
    assert names(page) == ["Student0"]
    assert f"/edit_student/{school.student.user_id}/" in page.content.decode()


def test_the_list_is_exported_as_it_is_filtered(school: School, as_hod: Client) -> None:
    User.objects.filter(pk=school.student.user_id).update(last_name="=1+1")
    response = as_hod.get(f"/manage_student/?course={school.courses[0].pk}&sort=name&export=csv")
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,first_name,last_name,username,email,course,session_year,gender,address,status")
    assert len(lines) == 21
    assert f"{school.student.user_id},Student0,'=1+1,student0.surname0" in lines[1]
    assert "Biology" in lines[1]


def test_the_list_shows_who_has_a_picture(school: School, as_hod: Client) -> None:
    student = school.students[-1]
    assert "/photo/" not in as_hod.get("/manage_student/").content.decode()
    as_hod.post("/edit_student_save/", edit_form(as_hod, student) | {"profile_pic": picture()})
    assert f'<img src="/photo/{student.profile_id}/?small" alt=""' in as_hod.get("/manage_student/").content.decode()


def test_the_list_costs_the_same_at_any_size(school: School, as_hod: Client, incomplete: Somebody) -> None:
    def cost(query: str) -> int:
        url = f"/manage_student/?{query}"
        as_hod.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert as_hod.get(url).status_code == 200
        return len(captured)

    queries = ("", f"course={school.courses[0].pk}&page=1", "q=surname", "profile=missing")
    few = [cost(query) for query in queries]
    grow(school, 60)
    assert [cost(query) for query in queries] == few
    assert max(few) <= 12
