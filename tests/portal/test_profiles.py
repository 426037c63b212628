"""What people do with their own account."""

from typing import Any

import pytest
from django.test import Client

from contracts.base import Role
from modules.users.models import HodProfile, StaffProfile, StudentProfile, User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.pictures import picture
from tests.portal.school import PASSWORD, School, Somebody, login, make_account

NEW = "Chalk-and-slate-7"
PAGES = {Role.HOD: "/admin_profile/", Role.STAFF: "/staff_profile/", Role.STUDENT: "/student_profile/"}
ROLES = tuple(PAGES)


def somebody(school: School, role: Role) -> Somebody:
    return {Role.HOD: school.hod, Role.STAFF: school.teacher, Role.STUDENT: school.student}[role]


def save_url(role: Role) -> str:
    return PAGES[role].replace("profile/", "profile_update/")


def typed(client: Client, role: Role) -> dict[str, str]:
    return fields_of(client.get(PAGES[role]), save_url(role))


def account(person: Somebody) -> User:
    return User.objects.get(pk=person.user_id)


def enters(email: str, password: str) -> bool:
    return bool(Client().post("/doLogin/", {"email": email, "password": password})["Location"] != "/")


# --- the profile ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_everybody_changes_their_own_names_with_the_words_of_the_legacy(
    school: School, browse: Browse, role: Role
) -> None:
    person = somebody(school, role)
    client = browse(person)
    page = client.get(PAGES[role])
    html = page.content.decode()
    assert f'name="email" value="{person.email}"' in html
    assert html.count(" disabled") == 2, "username and e-mail are shown and stay"
    sent = typed(client, role) | {
        "first_name": "Renée",
        "last_name": "Ny",
        "username": "stolen",
        "email": "x@y.example",
    }
    response = client.post(save_url(role), sent)
    assert (response.status_code, response["Location"]) == (302, PAGES[role])
    assert flashes(response) == ["success: Profile Updated Successfully"]
    changed = account(person)
    assert (changed.first_name, changed.last_name, changed.email) == ("Renée", "Ny", person.email)
    assert changed.username != "stolen"
    assert enters(person.email, PASSWORD), "an empty password keeps the old one"
    assert "Renée Ny" in text_of(client.get(PAGES[role]))


def test_staff_students_and_heads_keep_what_is_theirs_to_say(school: School, browse: Browse) -> None:
    for role, model in ((Role.STAFF, StaffProfile), (Role.STUDENT, StudentProfile)):
        client = browse(somebody(school, role))
        client.post(save_url(role), typed(client, role) | {"address": "1 Lane\nTown", "phone": "12"})
        profile = model._default_manager.get(pk=somebody(school, role).profile_id)
        assert (profile.address.splitlines(), profile.phone) == (["1 Lane", "Town"], "12")
    client = browse(school.hod)
    assert "address" not in typed(client, Role.HOD)
    client.post(save_url(Role.HOD), typed(client, Role.HOD) | {"phone": "34"})
    assert HodProfile.objects.get(pk=school.hod.profile_id).phone == "34"


@pytest.mark.parametrize("role", ROLES)
def test_a_new_password_works_at_once_and_the_present_session_goes_on(
    school: School, browse: Browse, role: Role
) -> None:
    person = somebody(school, role)
    client, elsewhere = browse(person), browse(person)
    response = client.post(save_url(role), typed(client, role) | {"password": NEW})
    assert flashes(response) == ["success: Profile Updated Successfully"]
    assert client.get(PAGES[role]).status_code == 200
    assert elsewhere.get(PAGES[role])["Location"] == "/", "all others end"
    assert (enters(person.email, PASSWORD), enters(person.email, NEW)) == (False, True)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("field", "value"), [("first_name", ""), ("last_name", "x" * 151), ("password", "short7!"), ("phone", "1" * 51)]
)
def test_a_refused_change_comes_back_as_typed_with_the_reason_at_the_field(
    school: School, browse: Browse, role: Role, field: str, value: str
) -> None:
    person = somebody(school, role)
    client = browse(person)
    before = account(person)
    sent = typed(client, role) | {"first_name": "Other"} | {field: value}
    response = client.post(save_url(role), sent)
    assert response["Location"] == PAGES[role]
    assert flashes(response) == ["error: Failed to Update Profile"]
    page = client.get(PAGES[role])
    form = page.context["form"]
    assert set(form.errors) == {field}
    assert form["first_name"].value() == sent["first_name"]
    assert f'id="id_{field}"' in page.content.decode(), "the message leads to its field"
    assert "short7!" not in page.content.decode()
    after = account(person)
    assert (after.first_name, after.last_name, after.password) == (
        *(before.first_name, before.last_name),
        before.password,
    )
    assert enters(person.email, PASSWORD)


@pytest.mark.parametrize("role", [Role.STAFF, Role.STUDENT])
def test_a_form_without_an_address_field_is_refused_whole(school: School, browse: Browse, role: Role) -> None:
    """The legacy saved the names and then failed."""
    client = browse(somebody(school, role))
    response = client.post(save_url(role), {"first_name": "X", "last_name": "Y", "password": ""})
    assert flashes(response) == ["error: Failed to Update Profile"]
    assert account(somebody(school, role)).first_name != "X"


@pytest.mark.parametrize("role", ROLES)
def test_the_legacys_form_clears_nothing_that_it_does_not_know(school: School, browse: Browse, role: Role) -> None:
    client = browse(somebody(school, role))
    client.post(save_url(role), typed(client, role) | {"phone": "99"})
    legacy = {"first_name": "A", "last_name": "B", "password": "", "address": "C"}
    assert flashes(client.post(save_url(role), legacy))[-1] == "success: Profile Updated Successfully"
    assert typed(client, role)["phone"] == "99"


def test_old_names_that_are_empty_may_stay_so(school: School, as_teacher: Client) -> None:
    User.objects.filter(pk=school.teacher.user_id).update(last_name="")
    sent = typed(as_teacher, Role.STAFF) | {"password": NEW}
    assert flashes(as_teacher.post("/staff_profile_update/", sent)) == ["success: Profile Updated Successfully"]
    assert enters(school.teacher.email, NEW)


@pytest.mark.parametrize("role", [Role.STAFF, Role.STUDENT])
def test_without_a_profile_names_and_password_can_be_changed_and_the_page_says_what_is_missing(
    school: School, browse: Browse, role: Role
) -> None:
    person = make_account("Ines", "Incomplete", role)
    client = browse(person)
    page = client.get(PAGES[role])
    assert "Profile not found. Please contact administrator." in text_of(page)
    assert not {"address", "phone"} & set(typed(client, role))
    response = client.post(save_url(role), typed(client, role) | {"first_name": "Inés", "password": NEW})
    assert flashes(response) == ["success: Profile Updated Successfully"]
    assert (account(person).first_name, enters(person.email, NEW)) == ("Inés", True)


def test_students_see_their_own_picture(school: School, as_hod: Client, as_student: Client) -> None:
    student = school.student
    form = fields_of(as_hod.get(f"/edit_student/{student.user_id}/"), "/edit_student_save/")
    as_hod.post("/edit_student_save/", form | {"profile_pic": picture()})
    assert f'src="/photo/{student.profile_id}/"' in as_student.get("/student_profile/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_opening_the_address_that_saves_says_what_the_legacy_said(school: School, browse: Browse, role: Role) -> None:
    response = browse(somebody(school, role)).get(save_url(role))
    assert (response.status_code, response["Location"]) == (302, PAGES[role])
    assert flashes(response) == ["error: Invalid Method!"]


def test_the_menu_leads_to_the_profile(school: School, browse: Browse) -> None:
    for role, home in ((Role.HOD, "/admin_home/"), (Role.STAFF, "/staff_home/"), (Role.STUDENT, "/student_home/")):
        assert f'href="{PAGES[role]}"' in browse(somebody(school, role)).get(home).content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_profiles_are_for_their_role_and_need_the_token(
    school: School, browse: Browse, client: Client, role: Role
) -> None:
    sent = {"first_name": "X", "last_name": "Y", "address": "", "password": NEW}
    assert client.post(save_url(role), sent)["Location"] == "/"
    for other in set(ROLES) - {role}:
        assert browse(somebody(school, other)).post(save_url(role), sent).status_code == 302
    strict = login(Client(enforce_csrf_checks=True), somebody(school, role))
    assert strict.post(save_url(role), sent).status_code == 403
    assert not User.objects.filter(first_name="X").exists()
    token = token_of(strict, PAGES[role])
    assert strict.post(save_url(role), sent | {"csrfmiddlewaretoken": token}).status_code == 302
    assert User.objects.filter(first_name="X").count() == 1


# --- the head's password ----------------------------------------------------------------------------------------------


def change(client: Client, old: str, new: str, again: str | None = None) -> Any:
    body = {"old_password": old, "new_password": new, "confirm_password": new if again is None else again}
    return client.post("/change_own_password/", body)


def test_a_head_changes_the_password_and_stays_logged_in_here_only(school: School, browse: Browse) -> None:
    client, elsewhere = browse(school.hod), browse(school.hod)
    form = fields_of(client.get("/admin_profile/"), "/change_own_password/")
    assert {"old_password", "new_password", "confirm_password"} <= set(form)
    response = change(client, PASSWORD, NEW)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/admin_home/"
    assert "Password changed successfully" in text_of(client.get("/admin_home/"))
    assert elsewhere.get("/admin_home/")["Location"] == "/"
    assert (enters(school.hod.email, PASSWORD), enters(school.hod.email, NEW)) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "again", "said", "field"),
    [
        (PASSWORD, NEW, "Something-else-8", "New passwords do not match!", "confirm_password"),
        ("wrong", NEW, NEW, "Old password is incorrect!", "old_password"),
        (PASSWORD, "short7!", "short7!", "too short", "new_password"),
    ],
)
def test_a_refused_password_says_why_and_changes_nothing(
    school: School, as_hod: Client, old: str, new: str, again: str, said: str, field: str
) -> None:
    response = change(as_hod, old, new, again)
    assert (response.status_code, response["Location"]) == (302, "/admin_profile/")
    (flash,) = flashes(response)
    assert flash.startswith("error: ")
    assert said in flash
    page = as_hod.get("/admin_profile/")
    assert set(page.context["password_form"].errors) == {field}
    assert new not in page.content.decode()
    assert enters(school.hod.email, PASSWORD)


def test_opening_the_address_leads_to_the_profile(as_hod: Client) -> None:
    response = as_hod.get("/change_own_password/")
    assert (response.status_code, response["Location"], flashes(response)) == (302, "/admin_profile/", [])
    assert change(as_hod, "", "", "")["Location"] == "/admin_profile/"


def test_only_a_head_changes_it_there_and_only_with_the_token(school: School, browse: Browse, client: Client) -> None:
    assert change(client, PASSWORD, NEW)["Location"] == "/"
    assert change(browse(school.teacher), PASSWORD, NEW)["Location"] == "/staff_home/"
    assert change(browse(school.student), PASSWORD, NEW)["Location"] == "/student_home/"
    assert change(login(Client(enforce_csrf_checks=True), school.hod), PASSWORD, NEW).status_code == 403
    for person in (school.hod, school.teacher, school.student):
        assert enters(person.email, PASSWORD)
