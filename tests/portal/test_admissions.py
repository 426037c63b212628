"""Students are admitted, completed and changed by the HOD."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.academics import AcademicsService, EnrollmentStatus
from contracts.base import Role
from contracts.errors import ModuleUnavailable
from contracts.users import PHOTO_MAX_BYTES
from kernel.models import AuditEntry
from kernel.registry import services
from modules.academics.models import Enrollment
from modules.users.models import StudentProfile, User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.pictures import colour_of, picture, picture_bytes
from tests.portal.school import School, Somebody, login, make_account


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
    shown = as_hod.get(f"/photo/{profile.pk}/")
    assert (shown["Content-Type"], colour_of(shown.content)) == ("image/webp", colour_of(picture_bytes()))
    entered = client.post("/doLogin/", {"email": added.email, "password": new["password"]})
    assert entered["Location"] == "/student_home/"


def test_a_student_who_has_attended_for_a_while_is_enrolled_since_then(
    school: School, as_hod: Client, new: dict[str, Any]
) -> None:
    as_hod.post("/add_student_save/", new | {"started_on": school.year.first_day.isoformat()})
    added = StudentProfile.objects.get(user__username="nina")
    assert Enrollment.objects.get(student_id=added.pk).started_on == school.year.first_day


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
        ("started_on", "2999-01-01", "started_on: This day is still to come."),
        ("started_on", "1999-01-01", "started_on: This day is outside of the session year."),
        ("started_on", "soon", "started_on: Enter a valid date."),
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
    page = as_hod.get(response["Location"])
    assert f"/photo/{student.profile_id}/" in page.content.decode()
    assert "Head Master Head of department" in text_of(page), "the frame is still the head's"
    assert colour_of(as_hod.get(f"/photo/{student.profile_id}/").content) == colour_of(picture_bytes())
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


# --- safety -----------------------------------------------------------------------------------------------------------


def test_forms_need_the_token_of_the_page(school: School, new: dict[str, Any]) -> None:
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    for path in ("/add_student_save/", "/edit_student_save/"):
        assert strict.post(path, new).status_code == 403, path
    token = token_of(strict, "/add_student/")
    assert strict.post("/add_student_save/", new | {"csrfmiddlewaretoken": token}).status_code == 302
    assert User.objects.filter(username="nina").exists()


def test_others_are_sent_home_and_change_nothing(
    school: School, browse: Browse, client: Client, new: dict[str, Any]
) -> None:
    for browser, home in (
        (client, "/"),
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
    ):
        for path in ("/add_student_save/", "/edit_student_save/"):
            response = browser.post(path, new | {"student_id": school.student.user_id})
            assert (response.status_code, response["Location"]) == (302, home)
    assert not User.objects.filter(username="nina").exists()
