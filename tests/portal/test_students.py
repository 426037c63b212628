"""The students, as the HOD keeps them: admitting, completing, changing, taking out and bringing back, and the list."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.academics import AcademicsService
from contracts.base import Role
from contracts.errors import ModuleUnavailable
from contracts.users import PHOTO_MAX_BYTES
from kernel.models import AuditEntry
from kernel.registry import services
from kernel.totals import rebuild_all
from modules.academics.models import Enrollment, EnrollmentStatus
from modules.attendance.models import AttendanceReport
from modules.users.models import StudentProfile, User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.pictures import picture, picture_bytes
from tests.portal.school import PASSWORD, School, Somebody, grow, login, make_account, make_people


@pytest.fixture
def new(school: School) -> dict[str, Any]:
    """A new student, in the legacy's fields."""
    return {
        "email": "Nina.New@School.example",
        "username": "nina",
        "password": "Chalk-and-slate-7",
        "first_name": "Nina",
        "last_name": "New",
        "address": "1 Lane",
        "gender": "Female",
        "course_id": str(school.courses[1].pk),
        "session_year_id": str(school.year.pk),
    }


@pytest.fixture
def incomplete(school: School) -> Somebody:
    return make_account("Ines", "Incomplete", Role.STUDENT)


@pytest.fixture
def newcomer(school: School) -> Somebody:
    """A student to whom nothing refers."""
    (person,) = make_people([("Noah", "Newcomer", Role.STUDENT)])
    return person


def user(person: Somebody) -> User:
    return User.objects.get(pk=person.user_id)


def place(profile_id: int) -> tuple[int, int]:
    """Where a student is enrolled."""
    current = Enrollment.objects.get(student_id=profile_id, status=EnrollmentStatus.ACTIVE)
    return current.course_id, current.session_year_id


def enrolling_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Academics answers questions and does nothing."""

    def away(**_: object) -> None:
        raise ModuleUnavailable(module="academics")

    monkeypatch.setattr(type(services.get(AcademicsService)), "enroll", staticmethod(away))


def edit_form(client: Client, person: Somebody) -> dict[str, str]:
    return fields_of(client.get(f"/edit_student/{person.user_id}/"), "/edit_student_save/")


# --- admitting --------------------------------------------------------------------------------------------------------


def test_a_student_is_admitted_with_the_fields_and_words_of_the_legacy_and_can_log_in(
    school: School, as_hod: Client, client: Client, new: dict[str, Any]
) -> None:
    page = as_hod.get("/add_student/")
    assert set(new) | {"profile_pic"} <= set(fields_of(page, "/add_student_save/"))
    assert 'enctype="multipart/form-data"' in page.content.decode()
    assert school.year.first_day.isoformat() + " to " in text_of(page)
    response = as_hod.post("/add_student_save/", new | {"profile_pic": picture()})
    assert (response.status_code, response["Location"]) == (302, "/manage_student/")
    assert flashes(response) == ["success: Student Added Successfully!"]
    added = User.objects.get(username="nina")
    profile = StudentProfile.objects.get(user=added)
    assert (added.role, added.email, profile.gender, profile.address) == (
        *(Role.STUDENT, "Nina.New@school.example"),
        *("Female", "1 Lane"),
    )
    assert place(profile.pk) == (school.courses[1].pk, school.year.pk)
    assert as_hod.get(f"/photo/{profile.pk}/").content == picture_bytes()
    entered = client.post("/doLogin/", {"email": added.email, "password": new["password"]})
    assert entered["Location"] == "/student_home/"


def test_courses_and_years_are_those_of_this_moment(as_hod: Client, new: dict[str, Any]) -> None:
    as_hod.post("/add_course_save/", {"course": "Philosophy"})
    as_hod.post("/add_session_save/", {"session_start_year": "2031-01-01", "session_end_year": "2031-12-31"})
    words = text_of(as_hod.get("/add_student/"))
    assert "Philosophy" in words
    assert "2031-01-01 to 2031-12-31" in words


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("username", "HEAD.MASTER", "Username already exists. Please choose a different username."),
        ("email", "head.master@SCHOOL.example", "Email already exists. Please use a different email."),
        ("username", "", "username: This field is required."),
        ("email", "nowhere", "email: Enter a valid email address."),
        ("first_name", "x" * 51, "first_name: Ensure this value has at most 50 characters (it has 51)."),
        ("address", "", "address: This field is required."),
        ("gender", "Robot", "gender: Select a valid choice. Robot is not one of the available choices."),
        ("course_id", "999999", "course_id: Select a valid choice. 999999 is not one of the available choices."),
        ("course_id", "", "course_id: This field is required."),
        ("session_year_id", "x", "session_year_id: Select a valid choice. x is not one of the available choices."),
        ("birth_date", "2999-01-01", "birth_date: This day has not come yet."),
    ],
)
def test_a_refused_student_comes_back_as_typed_with_the_legacys_words_and_the_reason_at_the_field(
    as_hod: Client, new: dict[str, Any], field: str, typed: str, said: str
) -> None:
    before = User.objects.count()
    response = as_hod.post("/add_student_save/", new | {field: typed})
    assert (response.status_code, response["Location"]) == (302, "/add_student/")
    assert flashes(response) == [f"error: {said}"]
    assert (User.objects.count(), StudentProfile.objects.count()) == (before, before - 3)
    page = as_hod.get("/add_student/")
    form = page.context["form"]
    assert set(form.errors) == {field}
    assert form["last_name"].value() == "New"
    assert fields_of(page, "/add_student_save/")["password"] == ""
    assert not as_hod.get("/add_student/").context["form"].errors, "and only once"


def test_every_problem_has_a_message_of_its_own(as_hod: Client) -> None:
    said = flashes(as_hod.post("/add_student_save/", {}))
    assert "error: course_id: This field is required." in said
    assert len(said) == 9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg onload=alert(1)>", "This is not a picture that can be read."),
        (b"", "The submitted file is empty."),
        (b"x" * (PHOTO_MAX_BYTES + 1), "The picture is larger than 5 MiB."),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field(
    as_hod: Client, new: dict[str, Any], content: bytes, said: str
) -> None:
    response = as_hod.post("/add_student_save/", new | {"profile_pic": SimpleUploadedFile("me.png", content)})
    assert said in flashes(response)[0]
    assert set(as_hod.get("/add_student/").context["form"].errors) == {"profile_pic"}
    assert not User.objects.filter(username="nina").exists()


def test_a_picture_has_to_be_chosen_again_and_the_page_says_so(as_hod: Client, new: dict[str, Any]) -> None:
    as_hod.post("/add_student_save/", new | {"email": "nowhere", "profile_pic": picture()})
    form = as_hod.get("/add_student/").context["form"]
    assert set(form.errors) == {"email", "profile_pic"}
    assert "once more" in form.errors["profile_pic"][0]


def test_when_academics_is_out_of_reach_nothing_is_left_and_nothing_typed_is_lost(
    as_hod: Client, new: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    enrolling_fails(monkeypatch)
    response = as_hod.post("/add_student_save/", new)
    assert response["Location"] == "/add_student/"
    assert flashes(response)[0].startswith("error: Failed to create student profile: ")
    assert not User.objects.filter(username="nina").exists()
    monkeypatch.undo()
    assert as_hod.get("/add_student/").context["form"]["username"].value() == "nina"


def test_opening_the_addresses_that_save_says_what_the_legacy_said(as_hod: Client) -> None:
    for path, back, said in (
        ("/add_student_save/", "/add_student/", "Invalid Method"),
        ("/edit_student_save/", "/manage_student/", "Invalid Method!"),
    ):
        response = as_hod.get(path)
        assert (response.status_code, response["Location"]) == (302, back)
        assert flashes(response)[-1] == f"error: {said}"


# --- completing -------------------------------------------------------------------------------------------------------


def test_the_complete_link_completes_that_very_account(
    school: School, as_hod: Client, incomplete: Somebody, browse: Browse
) -> None:
    link = f"/add_student/?user_id={incomplete.user_id}"
    assert link in as_hod.get("/manage_student/?profile=missing").content.decode()
    page = as_hod.get(link)
    assert "Complete the account of Ines Incomplete" in text_of(page)
    sent = fields_of(page, "/add_student_save/")
    assert sent["user_id"] == str(incomplete.user_id)
    assert "username" not in sent
    profile = {"gender": "Female", "address": "2 Lane", "course_id": school.courses[0].pk}
    response = as_hod.post("/add_student_save/", sent | profile | {"session_year_id": school.year.pk})
    assert (response.status_code, response["Location"]) == (302, "/manage_student/")
    assert flashes(response) == ["success: The account of Ines Incomplete is complete."]
    kept = StudentProfile.objects.get(user_id=incomplete.user_id)
    assert (kept.address, place(kept.pk)) == ("2 Lane", (school.courses[0].pk, school.year.pk))
    assert browse(incomplete).get("/student_home/").status_code == 200


def test_a_refused_completion_waits_on_the_page_of_its_own_account(
    school: School, as_hod: Client, incomplete: Somebody
) -> None:
    sent = {"user_id": incomplete.user_id, "address": "3 Lane", "session_year_id": school.year.pk}
    response = as_hod.post("/add_student_save/", sent)
    assert response["Location"] == f"/add_student/?user_id={incomplete.user_id}"
    assert not as_hod.get("/add_student/").context["form"].errors
    form = as_hod.get(response["Location"]).context["form"]
    assert (set(form.errors), form["address"].value()) == ({"gender", "course_id"}, "3 Lane")
    assert not StudentProfile.objects.filter(user_id=incomplete.user_id).exists()


def test_only_a_student_account_without_profile_can_be_completed(school: School, as_hod: Client) -> None:
    student = school.student
    assert as_hod.get(f"/add_student/?user_id={student.user_id}")["Location"] == f"/edit_student/{student.user_id}/"
    whole = edit_form(as_hod, student) | {"user_id": student.user_id, "gender": "Male", "address": "Elsewhere"}
    assert "complete profile" in flashes(as_hod.post("/add_student_save/", whole))[-1]
    for user_id in (school.teacher.user_id, school.hod.user_id, 999999, "abc", "", "-1", "9" * 30):
        assert as_hod.get(f"/add_student/?user_id={user_id}").status_code == 404
        assert as_hod.post("/add_student_save/", {"user_id": user_id}).status_code == 404
    assert StudentProfile.objects.get(pk=student.profile_id).address == ""


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_student_is_changed_and_moved_to_another_course(school: School, as_hod: Client) -> None:
    student = school.student
    sent = edit_form(as_hod, student)
    assert (sent["student_id"], sent["course_id"]) == (str(student.user_id), str(school.courses[0].pk))
    changes = {"last_name": "Changed", "gender": "Male", "course_id": school.courses[1].pk, "profile_pic": picture()}
    response = as_hod.post("/edit_student_save/", sent | changes | {"guardian_name": "G"})
    assert (response.status_code, response["Location"]) == (302, f"/edit_student/{student.user_id}/")
    assert flashes(response) == ["success: Student Updated Successfully!"]
    profile = StudentProfile.objects.get(pk=student.profile_id)
    assert (user(student).last_name, profile.gender, profile.guardian_name) == ("Changed", "Male", "G")
    assert place(student.profile_id) == (school.courses[1].pk, school.year.pk)
    assert f"/photo/{student.profile_id}/" in as_hod.get(response["Location"]).content.decode()
    assert as_hod.get(f"/photo/{student.profile_id}/").content == picture_bytes()
    assert AuditEntry.objects.filter(action="users.updated", target=f"User:{student.user_id}").count() == 1


def test_saving_without_a_new_place_or_picture_leaves_both(school: School, as_hod: Client) -> None:
    student = school.student
    as_hod.post("/edit_student_save/", edit_form(as_hod, student) | {"profile_pic": picture()})
    before = list(Enrollment.objects.filter(student_id=student.profile_id).values())
    kept = StudentProfile.objects.get(pk=student.profile_id).profile_pic
    as_hod.post("/edit_student_save/", edit_form(as_hod, student) | {"address": "9 Lane"})
    assert list(Enrollment.objects.filter(student_id=student.profile_id).values()) == before
    assert StudentProfile.objects.get(pk=student.profile_id).profile_pic == kept


def test_two_pages_open_at_once_each_save_their_own_student(school: School, as_hod: Client) -> None:
    """The legacy overwrote the one that was opened last."""
    first, second = school.students[:2]
    sent = edit_form(as_hod, first)
    as_hod.get(f"/edit_student/{second.user_id}/")
    as_hod.post("/edit_student_save/", sent | {"first_name": "Renamed"})
    assert (user(first).first_name, user(second).first_name) == ("Renamed", "Student1")


def without_id(form: dict[str, str]) -> dict[str, str]:
    """As the legacy's page sends it."""
    legacy = ("email", "first_name", "last_name", "username", "address", "gender", "course_id", "session_year_id")
    return {name: form[name] for name in legacy}


def test_the_legacys_form_without_id_is_taken_while_the_session_speaks_of_the_same_student(
    school: School, as_hod: Client
) -> None:
    sent = without_id(edit_form(as_hod, school.student))
    StudentProfile.objects.filter(pk=school.student.profile_id).update(phone="99")
    response = as_hod.post("/edit_student_save/", sent | {"first_name": "Renamed"})
    assert flashes(response) == ["success: Student Updated Successfully!"]
    assert user(school.student).first_name == "Renamed"
    assert StudentProfile.objects.get(pk=school.student.profile_id).phone == "99", "what it does not know stays"

    again = as_hod.post("/edit_student_save/", sent)
    assert (again["Location"], user(school.student).first_name) == ("/manage_student/", "Renamed")


def test_the_legacys_form_without_id_never_overwrites_another_student(school: School, as_hod: Client) -> None:
    first, second = school.students[:2]
    sent = without_id(edit_form(as_hod, first))
    as_hod.get(f"/edit_student/{second.user_id}/")
    response = as_hod.post("/edit_student_save/", sent | {"address": "Stray"})
    assert response["Location"] == "/manage_student/"
    assert flashes(response)[-1].startswith("error: The form did not say which student")
    assert not StudentProfile.objects.filter(address="Stray").exists()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("username", "head.master"),
        ("email", "nowhere"),
        ("first_name", ""),
        ("course_id", "999999"),
        ("gender", "Robot"),
        ("address", "x" * 1001),
    ],
)
def test_a_refused_change_waits_on_the_page_of_its_own_student(
    school: School, as_hod: Client, field: str, typed: str
) -> None:
    student = school.student
    before = (user(student).username, place(student.profile_id))
    response = as_hod.post("/edit_student_save/", edit_form(as_hod, student) | {field: typed, "phone": "7"})
    assert response["Location"] == f"/edit_student/{student.user_id}/"
    assert flashes(response) == ["error: Failed to Update Student."]
    assert not as_hod.get(f"/edit_student/{school.foreign_student.user_id}/").context["form"].errors
    form = as_hod.get(response["Location"]).context["form"]
    assert (set(form.errors), form[field].value(), form["phone"].value()) == ({field}, typed, "7")
    assert (user(student).username, place(student.profile_id)) == before


def test_what_old_data_holds_may_stay_as_it_is(school: School, as_hod: Client) -> None:
    student = school.student
    User.objects.filter(pk=student.user_id).update(email="", first_name="")
    StudentProfile.objects.filter(pk=student.profile_id).update(gender="third", address="")
    Enrollment.objects.filter(student_id=student.profile_id).delete()
    page = as_hod.get(f"/edit_student/{student.user_id}/")
    assert page.status_code == 200
    sent = fields_of(page, "/edit_student_save/")
    assert (sent["gender"], sent["course_id"]) == ("third", "")
    chosen = {"course_id": school.courses[0].pk, "session_year_id": school.year.pk}
    response = as_hod.post("/edit_student_save/", sent | chosen)
    assert flashes(response) == ["success: Student Updated Successfully!"]
    assert StudentProfile.objects.get(pk=student.profile_id).gender == "third"
    assert place(student.profile_id) == (school.courses[0].pk, school.year.pk)


def test_a_move_that_academics_cannot_make_now_is_told_and_the_rest_is_saved(
    school: School, as_hod: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = edit_form(as_hod, school.student) | {"address": "8 Lane", "course_id": school.courses[1].pk}
    enrolling_fails(monkeypatch)
    response = as_hod.post("/edit_student_save/", sent)
    form = as_hod.get(response["Location"]).context["form"]
    assert "the rest is saved" in form.errors["course_id"][0]
    assert StudentProfile.objects.get(pk=school.student.profile_id).address == "8 Lane"
    assert place(school.student.profile_id)[0] == school.courses[0].pk


def test_nobody_but_students_is_changed_here(school: School, as_hod: Client) -> None:
    sent = edit_form(as_hod, school.student)
    before = list(User.objects.order_by("pk").values())
    for user_id in (school.hod.user_id, school.teacher.user_id, 999999, "abc", ""):
        assert as_hod.post("/edit_student_save/", sent | {"student_id": user_id}).status_code == 404
    assert list(User.objects.order_by("pk").values()) == before


def test_an_account_without_profile_is_completed_instead_of_changed(as_hod: Client, incomplete: Somebody) -> None:
    response = as_hod.get(f"/edit_student/{incomplete.user_id}/")
    assert response["Location"] == f"/add_student/?user_id={incomplete.user_id}"


def test_who_is_not_there_is_not_found(school: School, as_hod: Client) -> None:
    for action in ("edit_student", "delete_student"):
        for row in ("999999", "abc", "-1", "9" * 30, str(school.teacher.user_id)):
            assert as_hod.get(f"/{action}/{row}/").status_code == 404, (action, row)
    assert as_hod.post(f"/delete_student/{school.teacher.user_id}/").status_code == 404
    assert user(school.teacher).withdrawn_at is None


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
    assert "Female 4 Lane" in words
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
    assert f'<img src="/photo/{student.profile_id}/" alt=""' in as_hod.get("/manage_student/").content.decode()


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


# --- safety -----------------------------------------------------------------------------------------------------------


def test_forms_need_the_token_of_the_page(school: School, new: dict[str, Any], newcomer: Somebody) -> None:
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    for path in ("/add_student_save/", "/edit_student_save/", f"/delete_student/{newcomer.user_id}/"):
        assert strict.post(path, new).status_code == 403, path
    assert User.objects.filter(pk=newcomer.user_id).exists()
    token = token_of(strict, "/add_student/")
    assert strict.post("/add_student_save/", new | {"csrfmiddlewaretoken": token}).status_code == 302
    assert User.objects.filter(username="nina").exists()


def test_others_are_sent_home_and_change_nothing(
    school: School, browse: Browse, client: Client, new: dict[str, Any]
) -> None:
    before = User.objects.count()
    for browser, home in (
        (client, "/"),
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
    ):
        for path in ("/add_student_save/", "/edit_student_save/", f"/delete_student/{school.student.user_id}/"):
            response = browser.post(path, new | {"student_id": school.student.user_id})
            assert (response.status_code, response["Location"]) == (302, home)
    assert User.objects.filter(withdrawn_at=None).count() == before
    assert user(school.student).username == "student0.surname0"


# --- the legacy's AJAX ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "taken", "free"),
    [("email", "head.master@school.example", "x@y.example"), ("username", "head.master", "nobody")],
)
def test_whether_a_name_is_taken_is_said_in_one_word(
    as_hod: Client, as_teacher: Client, client: Client, field: str, taken: str, free: str
) -> None:
    url = f"/check_{field}_exist/"
    assert as_hod.post(url, {field: taken}).content == b"True"
    assert as_hod.post(url, {field: taken.upper()}).content == b"True", "as when it is saved"
    for sent in ({field: free}, {field: ""}, {field: "a\0b"}, {}):
        assert as_hod.post(url, sent).content == b"False"
    assert as_hod.get(url, {field: taken}).content == b"False"
    assert as_teacher.post(url, {field: taken})["Location"] == "/staff_home/"
    assert client.post(url, {field: taken})["Location"] == "/"


def test_asking_for_names_needs_the_token_in_a_header(school: School) -> None:
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    assert strict.post("/check_email_exist/", {"email": "x"}).status_code == 403
    token = token_of(strict, "/add_staff/")
    answered = strict.post("/check_email_exist/", {"email": school.hod.email}, headers={"X-CSRFToken": token})
    assert (answered.status_code, answered.content) == (200, b"True")
