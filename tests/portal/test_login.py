"""Logging in and out at the legacy's addresses."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from contracts.base import Role
from modules.users.models import User
from modules.users.throttle import MOST_FAILURES
from tests.portal.conftest import Browse
from tests.portal.pages import fields_of, flashes, text_of, token_of
from tests.portal.routes import HOMES
from tests.portal.school import PASSWORD, School, Somebody, make_account, make_people


@pytest.fixture
def person(db: None) -> Somebody:
    return make_people([("Ada", "Student", Role.STUDENT)])[0]


def try_to_log_in(client: Client, email: str, password: str) -> Any:
    return client.post("/doLogin/", {"email": email, "password": password})


def session_keys() -> set[str]:
    return set(Session.objects.values_list("session_key", flat=True))


def test_each_role_reaches_its_home(db: None) -> None:
    for person in make_people([("A", "Head", Role.HOD), ("A", "Teacher", Role.STAFF), ("A", "Student", Role.STUDENT)]):
        client = Client()
        response = try_to_log_in(client, person.email, PASSWORD)
        assert (response.status_code, response["Location"]) == (302, HOMES[person.role])
        page = client.get(HOMES[person.role])
        assert page.status_code == 200
        assert person.name in text_of(page)


def test_a_wrong_password_is_refused_in_the_legacys_words(client: Client, person: Somebody) -> None:
    response = try_to_log_in(client, person.email, "wrong")
    assert (response.status_code, response["Location"]) == (302, "/")
    page = client.get("/")
    assert "Invalid Login Credentials!" in text_of(page)
    assert "Invalid Login Credentials!" not in text_of(client.get("/")), "it is said once"


@pytest.mark.parametrize(
    ("email", "password"), [("", ""), ("nobody@school.example", PASSWORD), ("ada.student", PASSWORD)]
)
def test_unknown_names_and_empty_forms_get_no_session(
    client: Client, person: Somebody, email: str, password: str
) -> None:
    response = try_to_log_in(client, email, password)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert not session_keys()


def test_fields_that_are_missing_or_not_text_are_a_failed_login(client: Client, person: Somebody) -> None:
    for body in ({}, {"email": person.email}, {"password": PASSWORD}, {"email": "a\0b", "password": "c\0d"}):
        response = client.post("/doLogin/", body)
        assert (response.status_code, response["Location"]) == (302, "/"), body


def test_the_e_mail_is_kept_after_a_failure_and_the_password_is_not(client: Client, person: Somebody) -> None:
    try_to_log_in(client, "Ada.Typo@school.example", "a secret guess")
    page = client.get("/")
    assert fields_of(page, "/doLogin/")["email"] == "Ada.Typo@school.example"
    assert fields_of(page, "/doLogin/")["password"] == ""
    assert not any("secret" in str(cookie.value) for cookie in client.cookies.values())
    assert not session_keys(), "a stranger gets no session"


def test_opening_the_address_of_the_form_leads_to_the_form(client: Client, db: None) -> None:
    response = client.get("/doLogin/")
    assert (response.status_code, response["Location"]) == (302, "/")


def test_who_is_logged_in_already_goes_home_from_the_login_page(school: School, as_student: Client) -> None:
    assert as_student.get("/")["Location"] == "/student_home/"


def test_inactive_accounts_are_refused_like_wrong_passwords(client: Client, db: None) -> None:
    gone = make_account("Gone", "Teacher", Role.STAFF, is_active=False)
    try_to_log_in(client, gone.email, PASSWORD)
    assert "Invalid Login Credentials!" in text_of(client.get("/"))
    assert User.objects.get(pk=gone.user_id).last_login is None
    assert not session_keys()


def test_an_account_of_no_role_is_refused_with_the_reason_and_without_a_loop(client: Client, db: None) -> None:
    odd = make_account("Odd", "Type", user_type="9")
    response = try_to_log_in(client, odd.email, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    page = client.get("/")
    assert page.status_code == 200
    assert "neither a head's, a teacher's nor a student's" in text_of(page)


def test_a_session_of_an_account_of_no_role_can_still_be_ended(browse: Browse, db: None) -> None:
    client = browse(make_account("Odd", "Type", user_type="9"))
    assert client.get("/").status_code == 200
    assert client.get("/student_home/")["Location"] == "/"
    assert client.get("/inbox/")["Location"] == "/"
    assert client.get("/logout_user/").status_code == 200
    assert client.post("/logout_user/")["Location"] == "/"
    assert not session_keys()


def test_who_guesses_too_often_has_to_wait_even_with_the_right_password(client: Client, person: Somebody) -> None:
    for _ in range(MOST_FAILURES):
        try_to_log_in(client, person.email, "guess")
    client.get("/")
    try_to_log_in(client, person.email, PASSWORD)
    assert "Too many failed logins." in text_of(client.get("/"))


def test_people_who_share_an_e_mail_get_in_with_their_own_passwords(client: Client, db: None) -> None:
    first, second = make_people([("Elder", "Sibling", Role.STUDENT), ("Some", "Teacher", Role.STAFF)])
    User.objects.filter(pk=second.user_id).update(email=first.email)
    other = User.objects.get(pk=second.user_id)
    other.set_password("Another#2025")
    other.save()
    assert try_to_log_in(Client(), first.email, PASSWORD)["Location"] == "/student_home/"
    assert try_to_log_in(Client(), first.email, "Another#2025")["Location"] == "/staff_home/"


def test_an_empty_e_mail_is_an_e_mail_as_in_the_legacy(client: Client, person: Somebody) -> None:
    User.objects.filter(pk=person.user_id).update(email="")
    assert try_to_log_in(client, "", PASSWORD)["Location"] == "/student_home/"


def test_logging_in_begins_a_new_session_and_a_new_token(client: Client, person: Somebody) -> None:
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = str(session.session_key)
    client.get("/")
    token = client.cookies[settings.CSRF_COOKIE_NAME].value
    try_to_log_in(client, person.email, PASSWORD)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert client.cookies[settings.CSRF_COOKIE_NAME].value != token
    assert planted not in session_keys()


def test_the_session_cookie_is_the_legacys_and_closed_to_scripts(client: Client, person: Somebody) -> None:
    try_to_log_in(client, person.email, PASSWORD)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1209600)


def test_the_login_is_noted(client: Client, person: Somebody) -> None:
    before = datetime.now(UTC)
    try_to_log_in(client, person.email, PASSWORD)
    last_login = User.objects.get(pk=person.user_id).last_login
    assert last_login is not None
    assert last_login >= before


def test_logging_in_needs_the_token_of_the_form(person: Somebody) -> None:
    client = Client(enforce_csrf_checks=True)
    assert try_to_log_in(client, person.email, PASSWORD).status_code == 403
    assert not session_keys()
    body = {"email": person.email, "password": PASSWORD, "csrfmiddlewaretoken": token_of(client)}
    assert client.post("/doLogin/", body)["Location"] == "/student_home/"


def test_the_old_link_to_log_out_asks_and_changes_nothing(as_student: Client) -> None:
    page = as_student.get("/logout_user/")
    assert page.status_code == 200
    assert "Log out?" in text_of(page)
    assert as_student.get("/student_home/").status_code == 200


def test_logging_out_ends_the_session_for_good(as_student: Client) -> None:
    stolen = as_student.cookies[settings.SESSION_COOKIE_NAME].value
    response = as_student.post("/logout_user/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert flashes(response) == ["success: You are logged out."]
    assert as_student.get("/student_home/")["Location"] == "/"
    as_student.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert as_student.get("/student_home/")["Location"] == "/"


def test_logging_out_without_being_logged_in_leads_to_the_form(client: Client, db: None) -> None:
    assert client.get("/logout_user/")["Location"] == "/"
    assert client.post("/logout_user/")["Location"] == "/"


def test_a_session_ends_with_a_change_of_the_password_or_of_the_account(school: School, browse: Browse) -> None:
    client = browse(school.student)
    User.objects.filter(pk=school.student.user_id).update(password="another hash")
    assert client.get("/student_home/")["Location"] == "/"

    client = browse(school.teacher)
    User.objects.filter(pk=school.teacher.user_id).update(is_active=False)
    assert client.get("/staff_home/")["Location"] == "/"
