"""The staff, as the HOD keeps them: adding, completing, changing, taking out and bringing back, and the list."""

from typing import Any

import pytest
from django.test import Client

from contracts.base import Role
from kernel.models import AuditEntry
from modules.academics.models import Subject
from modules.users.models import StaffProfile, User
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.school import PASSWORD, School, Somebody, login, make_account, make_people

NEW = {
    "email": "Nina.New@School.example",
    "username": "nina",
    "password": "Chalk-and-slate-7",
    "first_name": "Nina",
    "last_name": "New",
    "address": "1 Lane\nTown",
}


@pytest.fixture
def incomplete(school: School) -> Somebody:
    return make_account("Ines", "Incomplete", Role.STAFF)


@pytest.fixture
def newcomer(school: School) -> Somebody:
    """A teacher to whom nothing refers."""
    (person,) = make_people([("Noah", "Newcomer", Role.STAFF)])
    return person


def user(person: Somebody) -> User:
    return User.objects.get(pk=person.user_id)


# --- adding -----------------------------------------------------------------------------------------------------------


def test_a_teacher_is_added_with_the_fields_and_words_of_the_legacy_and_can_log_in(
    as_hod: Client, client: Client
) -> None:
    assert set(NEW) <= set(fields_of(as_hod.get("/add_staff/"), "/add_staff_save/"))
    response = as_hod.post("/add_staff_save/", NEW)
    assert (response.status_code, response["Location"]) == (302, "/add_staff/")
    assert flashes(response) == ["success: Staff Added Successfully!"]
    added = User.objects.get(username="nina")
    assert (added.role, added.email, added.first_name) == (Role.STAFF, "Nina.New@school.example", "Nina")
    assert StaffProfile.objects.get(user=added).address == "1 Lane\nTown"
    entered = client.post("/doLogin/", {"email": added.email, "password": NEW["password"]})
    assert entered["Location"] == "/staff_home/"


def test_what_the_legacy_did_not_know_is_kept_too(as_hod: Client) -> None:
    more = {"employee_number": "E7", "department": "Botany", "designation": "Reader", "phone": "12"}
    as_hod.post("/add_staff_save/", NEW | more | {"joining_date": "2020-02-03"})
    profile = StaffProfile.objects.get(user__username="nina")
    assert {name: getattr(profile, name) for name in more} == more
    assert str(profile.joining_date) == "2020-02-03"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("username", "HEAD.MASTER", "Username already exists. Please choose a different username."),
        ("username", "", "This field is required."),
        ("username", "a b", "Enter a valid username."),
        ("email", "head.master@SCHOOL.example", "Email already exists. Please use a different email."),
        ("email", "nowhere", "Enter a valid email address."),
        ("password", "", "This field is required."),
        ("password", "short7!", "This password is too short."),
        ("first_name", " ", "This field is required."),
        ("last_name", "x" * 151, "at most 150 characters"),
        ("address", "x" * 1001, "at most 1000 characters"),
        ("joining_date", "tomorrow", "Enter a valid date."),
    ],
)
def test_a_refused_teacher_comes_back_as_typed_with_the_reason_at_the_field(
    as_hod: Client, field: str, typed: str, said: str
) -> None:
    before = User.objects.count()
    response = as_hod.post("/add_staff_save/", NEW | {field: typed})
    assert (response.status_code, response["Location"]) == (302, "/add_staff/")
    assert flashes(response) == ["error: Failed to Add Staff!"]
    assert User.objects.count() == before
    page = as_hod.get("/add_staff/")
    form = page.context["form"]
    assert set(form.errors) == {field}
    assert said in " ".join(form.errors[field])
    kept = fields_of(page, "/add_staff_save/")
    assert kept["password"] == ""
    assert kept["username"] == (typed if field == "username" else NEW["username"])
    assert not as_hod.get("/add_staff/").context["form"].errors, "and only once"


def test_a_form_without_an_address_field_is_refused_whole(as_hod: Client) -> None:
    sent = {name: value for name, value in NEW.items() if name != "address"}
    assert flashes(as_hod.post("/add_staff_save/", sent)) == ["error: Failed to Add Staff!"]
    assert not User.objects.filter(username="nina").exists()


def test_opening_the_addresses_that_save_says_what_the_legacy_said(as_hod: Client) -> None:
    for path, back, said in (
        ("/add_staff_save/", "/add_staff/", "Invalid Method "),
        ("/edit_staff_save/", "/manage_staff/", "Invalid Method!"),
    ):
        response = as_hod.get(path)
        assert (response.status_code, response["Location"]) == (302, back)
        assert flashes(response)[-1] == f"error: {said}"


# --- completing -------------------------------------------------------------------------------------------------------


def test_the_complete_link_completes_that_very_account(as_hod: Client, incomplete: Somebody) -> None:
    listed = as_hod.get("/manage_staff/?profile=missing")
    link = f"/add_staff/?user_id={incomplete.user_id}"
    assert link in listed.content.decode()
    page = as_hod.get(link)
    assert "Complete the account of Ines Incomplete" in text_of(page)
    sent = fields_of(page, "/add_staff_save/")
    assert sent["user_id"] == str(incomplete.user_id)
    assert "username" not in sent
    response = as_hod.post("/add_staff_save/", sent | {"address": "2 Lane"})
    assert (response.status_code, response["Location"]) == (302, "/manage_staff/")
    assert flashes(response) == ["success: The account of Ines Incomplete is complete."]
    assert StaffProfile.objects.get(user_id=incomplete.user_id).address == "2 Lane"
    assert names(as_hod.get("/manage_staff/?profile=missing")) == []


def test_a_refused_completion_waits_on_the_page_of_its_own_account(
    school: School, as_hod: Client, incomplete: Somebody
) -> None:
    other = make_account("Olga", "Other", Role.STAFF)
    response = as_hod.post("/add_staff_save/", {"user_id": incomplete.user_id, "address": "x" * 1001, "phone": "7"})
    link = f"/add_staff/?user_id={incomplete.user_id}"
    assert response["Location"] == link
    assert not as_hod.get(f"/add_staff/?user_id={other.user_id}").context["form"].errors
    form = as_hod.get(link).context["form"]
    assert (set(form.errors), form["phone"].value()) == ({"address"}, "7")
    assert not StaffProfile.objects.filter(user_id=incomplete.user_id).exists()


def test_only_a_staff_account_without_profile_can_be_completed(school: School, as_hod: Client) -> None:
    response = as_hod.get(f"/add_staff/?user_id={school.teacher.user_id}")
    assert response["Location"] == f"/edit_staff/{school.teacher.user_id}/"
    done = as_hod.post("/add_staff_save/", {"user_id": school.teacher.user_id, "address": "Elsewhere"})
    assert flashes(done)[-1] == "error: Failed to Add Staff!"
    for user_id in (school.student.user_id, school.hod.user_id, 999999, "abc", "", "-1", "9" * 30):
        assert as_hod.get(f"/add_staff/?user_id={user_id}").status_code == 404
        assert as_hod.post("/add_staff_save/", {"user_id": user_id, "address": ""}).status_code == 404
    assert StaffProfile.objects.get(pk=school.teacher.profile_id).address == ""


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_teacher_is_changed(school: School, as_hod: Client) -> None:
    teacher = school.teacher
    sent = fields_of(as_hod.get(f"/edit_staff/{teacher.user_id}/"), "/edit_staff_save/")
    assert (sent["username"], sent["staff_id"]) == ("tara.teacher", str(teacher.user_id))
    response = as_hod.post("/edit_staff_save/", sent | {"last_name": "Tutor", "address": "5 Lane", "phone": "1"})
    assert (response.status_code, response["Location"]) == (302, f"/edit_staff/{teacher.user_id}/")
    assert flashes(response) == ["success: Staff Updated Successfully."]
    profile = StaffProfile.objects.get(pk=teacher.profile_id)
    assert (user(teacher).last_name, profile.address, profile.phone) == ("Tutor", "5 Lane", "1")
    assert AuditEntry.objects.filter(action="users.updated", target=f"User:{teacher.user_id}").count() == 1


def test_the_legacys_form_clears_nothing_that_it_does_not_know(school: School, as_hod: Client) -> None:
    StaffProfile.objects.filter(pk=school.teacher.profile_id).update(phone="99", department="Botany")
    legacy = {
        "email": school.teacher.email,
        "username": "tara.teacher",
        "first_name": "Tara",
        "last_name": "Teacher",
        "address": "6 Lane",
        "staff_id": school.teacher.user_id,
    }
    assert flashes(as_hod.post("/edit_staff_save/", legacy)) == ["success: Staff Updated Successfully."]
    profile = StaffProfile.objects.get(pk=school.teacher.profile_id)
    assert (profile.address, profile.phone, profile.department) == ("6 Lane", "99", "Botany")
    del legacy["address"]
    assert flashes(as_hod.post("/edit_staff_save/", legacy | {"first_name": "T"}))[-1] == (
        "error: Failed to Update Staff."
    )
    assert user(school.teacher).first_name == "Tara", "nothing is half saved"


@pytest.mark.parametrize(
    ("field", "typed"), [("username", "otto.other"), ("email", "nowhere"), ("first_name", ""), ("address", "x" * 1001)]
)
def test_a_refused_change_waits_on_the_page_of_its_own_teacher(
    school: School, as_hod: Client, field: str, typed: str
) -> None:
    url = f"/edit_staff/{school.teacher.user_id}/"
    sent = fields_of(as_hod.get(url), "/edit_staff_save/") | {field: typed}
    response = as_hod.post("/edit_staff_save/", sent)
    assert response["Location"] == url
    assert flashes(response) == ["error: Failed to Update Staff."]
    assert not as_hod.get(f"/edit_staff/{school.other_teacher.user_id}/").context["form"].errors
    form = as_hod.get(url).context["form"]
    assert (set(form.errors), form[field].value()) == ({field}, typed)
    assert (user(school.teacher).username, user(school.teacher).first_name) == ("tara.teacher", "Tara")


def test_what_old_data_holds_may_stay_as_it_is(school: School, as_hod: Client) -> None:
    User.objects.filter(pk=school.teacher.user_id).update(email="", last_name="", username="two words")
    sent = fields_of(as_hod.get(f"/edit_staff/{school.teacher.user_id}/"), "/edit_staff_save/")
    response = as_hod.post("/edit_staff_save/", sent | {"address": "7 Lane"})
    assert flashes(response) == ["success: Staff Updated Successfully."]
    assert (user(school.teacher).email, user(school.teacher).username) == ("", "two words")


def test_nobody_but_staff_is_changed_here(school: School, as_hod: Client) -> None:
    """The legacy changed a head's or a student's account, and said it had failed."""
    before = list(User.objects.order_by("pk").values())
    for person in (school.hod, school.student):
        sent = {"staff_id": person.user_id, "username": "stolen", "email": "a@b.example", "address": ""}
        assert as_hod.post("/edit_staff_save/", sent | {"first_name": "X", "last_name": "Y"}).status_code == 404
        assert as_hod.get(f"/edit_staff/{person.user_id}/").status_code == 404
    assert list(User.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("staff_id", [None, "", "abc", "-1", "9" * 30])
def test_a_form_that_does_not_say_whose_it_is_leads_to_the_list(as_hod: Client, staff_id: str | None) -> None:
    response = as_hod.post("/edit_staff_save/", NEW | ({} if staff_id is None else {"staff_id": staff_id}))
    assert (response.status_code, response["Location"]) == (302, "/manage_staff/")
    assert flashes(response) == ["error: Failed to Update Staff."]


def test_an_account_without_profile_is_completed_instead_of_changed(as_hod: Client, incomplete: Somebody) -> None:
    response = as_hod.get(f"/edit_staff/{incomplete.user_id}/")
    assert response["Location"] == f"/add_staff/?user_id={incomplete.user_id}"


def test_who_is_not_there_is_not_found(as_hod: Client) -> None:
    for action in ("edit_staff", "delete_staff", "restore_person"):
        for row in ("999999", "abc", "-1", "9" * 30):
            assert as_hod.get(f"/{action}/{row}/").status_code == 404, (action, row)
            if action != "edit_staff":
                assert as_hod.post(f"/{action}/{row}/").status_code == 404, (action, row)


# --- taking out and bringing back -------------------------------------------------------------------------------------


def test_who_has_no_history_is_erased_after_a_question(as_hod: Client, newcomer: Somebody) -> None:
    url = f"/delete_staff/{newcomer.user_id}/"
    words = text_of(as_hod.get(url))
    assert "Delete Noah Newcomer?" in words
    assert "erased for good" in words
    assert User.objects.filter(pk=newcomer.user_id).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_staff/")
    assert flashes(response) == ["success: Staff Deleted Successfully."]
    assert not User.objects.filter(pk=newcomer.user_id).exists()


def test_who_has_history_is_withdrawn_and_comes_back(school: School, as_hod: Client, client: Client) -> None:
    teacher = school.teacher
    url = f"/delete_staff/{teacher.user_id}/"
    words = text_of(as_hod.get(url))
    assert "Withdraw Tara Teacher?" in words
    assert "subjects: 2" in words
    assert "Subjects stay with this teacher" in words
    response = as_hod.post(url)
    assert flashes(response)[0] == "success: Staff Deleted Successfully."
    assert flashes(response)[1].startswith("info: Tara Teacher has history")
    assert Subject.objects.filter(teacher_id=teacher.user_id).count() == 2
    assert names(as_hod.get("/manage_staff/")) == ["Otto"]
    credentials = {"email": teacher.email, "password": PASSWORD}
    assert client.post("/doLogin/", credentials)["Location"] == "/"

    again = as_hod.post(url)
    assert flashes(again)[-1].startswith("error: Failed to Delete Staff.")
    assert as_hod.get(f"/edit_staff/{teacher.user_id}/")["Location"] == f"/restore_person/{teacher.user_id}/"
    withdrawn = as_hod.get("/manage_staff/?profile=withdrawn")
    restore = f"/restore_person/{teacher.user_id}/"
    assert restore in withdrawn.content.decode()
    assert "Restore Tara Teacher?" in text_of(as_hod.get(restore))
    assert user(teacher).withdrawn_at is not None, "looking restores nothing"
    back = as_hod.post(restore)
    assert (back["Location"], flashes(back)[-1]) == ("/manage_staff/", "success: Tara Teacher is back.")
    assert client.post("/doLogin/", credentials)["Location"] == "/staff_home/"


def test_students_and_heads_are_not_deleted_as_staff(school: School, as_hod: Client) -> None:
    before = User.objects.count()
    for person in (school.student, school.hod):
        assert as_hod.get(f"/delete_staff/{person.user_id}/").status_code == 404
        assert as_hod.post(f"/delete_staff/{person.user_id}/").status_code == 404
    assert User.objects.filter(withdrawn_at=None).count() == before


def test_an_incomplete_account_is_deleted_by_the_legacys_link_after_a_question(
    as_hod: Client, incomplete: Somebody
) -> None:
    url = f"/delete_incomplete_staff/{incomplete.user_id}"
    assert url in as_hod.get("/manage_staff/?profile=missing").content.decode()
    assert "Delete Ines Incomplete?" in text_of(as_hod.get(url))
    assert User.objects.filter(pk=incomplete.user_id).exists(), "looking deletes nothing"
    response = as_hod.post(url)
    assert (response.status_code, response["Location"]) == (302, "/manage_staff/")
    assert flashes(response) == ["success: Incomplete staff account deleted successfully!"]
    assert not User.objects.filter(pk=incomplete.user_id).exists()


def test_an_incomplete_teacher_of_subjects_keeps_them(school: School, as_hod: Client, incomplete: Somebody) -> None:
    """The legacy lost the subjects and then failed."""
    Subject.objects.filter(pk=school.botany.pk).update(teacher_id=incomplete.user_id)
    as_hod.post(f"/delete_incomplete_staff/{incomplete.user_id}")
    assert Subject.objects.get(pk=school.botany.pk).teacher_id == incomplete.user_id
    assert user(incomplete).withdrawn_at is not None


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_incomplete_staff_account_says_so_as_the_legacy_did(
    method: str, school: School, as_hod: Client
) -> None:
    for user_id, said in (
        (school.teacher.user_id, "Cannot delete: Staff has a complete profile"),
        (school.student.user_id, "Staff not found"),
        (999999, "Staff not found"),
    ):
        response = as_hod.generic(method.upper(), f"/delete_incomplete_staff/{user_id}")
        assert (response.status_code, response["Location"]) == (302, "/manage_staff/")
        assert flashes(response)[-1] == f"error: {said}"
    assert as_hod.generic(method.upper(), "/delete_incomplete_staff/abc").status_code == 404
    assert User.objects.filter(withdrawn_at=None, pk=school.teacher.user_id).exists()


# --- the list ---------------------------------------------------------------------------------------------------------


def names(response: Any) -> list[str]:
    return [row.person.first_name for row in response.context["rows"]]


def test_the_list_shows_searches_sorts_and_filters(school: School, as_hod: Client, incomplete: Somebody) -> None:
    page = as_hod.get("/manage_staff/")
    assert names(page) == ["Ines", "Otto", "Tara"], "newest first"
    words = text_of(page)
    assert "tara.teacher@school.example" in words
    assert "No Profile" in words
    assert f"/manage_subject/?teacher={school.teacher.user_id}" in page.content.decode()
    assert names(as_hod.get("/manage_staff/?sort=name")) == ["Ines", "Otto", "Tara"]
    assert names(as_hod.get("/manage_staff/?sort=-email")) == ["Tara", "Otto", "Ines"]
    assert names(as_hod.get("/manage_staff/?q=tara+teach")) == ["Tara"]
    assert names(as_hod.get("/manage_staff/?profile=missing")) == ["Ines"]
    assert names(as_hod.get("/manage_staff/?profile=complete")) == ["Otto", "Tara"]
    assert names(as_hod.get("/manage_staff/?profile=withdrawn")) == []
    assert names(as_hod.get("/manage_staff/?profile=whatever&sort=password&page=x")) == ["Ines", "Otto", "Tara"]


def test_the_list_is_exported_as_it_is_filtered(school: School, as_hod: Client, incomplete: Somebody) -> None:
    User.objects.filter(pk=incomplete.user_id).update(last_name="=1+1")
    response = as_hod.get("/manage_staff/?profile=missing&export=csv")
    lines = response.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("id,first_name,last_name,username,email,address,subjects,status")
    assert len(lines) == 2
    assert f"{incomplete.user_id},Ines,'=1+1,ines.incomplete" in lines[1]


def test_long_lists_come_in_pages(school: School, as_hod: Client) -> None:
    make_people([(f"Extra{n}", "Teacher", Role.STAFF) for n in range(30)])
    assert len(names(as_hod.get("/manage_staff/"))) == 25
    assert len(names(as_hod.get("/manage_staff/?page=2"))) == 7


# --- safety -----------------------------------------------------------------------------------------------------------


def test_forms_need_the_token_of_the_page(school: School, newcomer: Somebody) -> None:
    strict = login(Client(enforce_csrf_checks=True), school.hod)
    posts = ("/add_staff_save/", "/edit_staff_save/", f"/delete_staff/{newcomer.user_id}/")
    for path in posts:
        assert strict.post(path, NEW).status_code == 403, path
    assert User.objects.filter(pk=newcomer.user_id).exists()
    token = token_of(strict, "/add_staff/")
    assert strict.post("/add_staff_save/", NEW | {"csrfmiddlewaretoken": token}).status_code == 302
    assert User.objects.filter(username="nina").exists()


def test_others_are_sent_home_and_change_nothing(school: School, browse: Browse, client: Client) -> None:
    before = User.objects.count()
    for browser, home in (
        (client, "/"),
        (browse(school.teacher), "/staff_home/"),
        (browse(school.student), "/student_home/"),
    ):
        for path in ("/add_staff_save/", f"/delete_staff/{school.teacher.user_id}/"):
            response = browser.post(path, NEW)
            assert (response.status_code, response["Location"]) == (302, home)
    assert User.objects.filter(withdrawn_at=None).count() == before
