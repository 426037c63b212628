"""Pages for people who forgot their password."""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from contracts.base import Role
from modules.users.throttle import MOST_RESETS
from tests.portal.pages import fields_of, text_of
from tests.portal.school import PASSWORD, Somebody, make_people

NEW = "quite another one"
DONE = "If an account has this address, a mail is on its way to it."


@pytest.fixture
def person(db: None) -> Somebody:
    return make_people([("Ada", "Student", Role.STUDENT)])[0]


def ask(client: Client, email: str) -> str:
    client.post("/forgot_password/", {"email": email})
    return text_of(client.get("/"))


def choose(client: Client, token: str, password: str = NEW, again: str | None = None) -> str:
    sent = {"token": token, "new_password": password, "confirm_password": password if again is None else again}
    return text_of(client.post("/new_password/", fields_of(client.get("/new_password/")) | sent, follow=True))


def code_of_mail() -> str:
    (sent,) = mail.outbox
    found = re.search(rf"{re.escape(settings.PUBLIC_URL)}/new_password/#(\S+)", str(sent.body))
    assert found
    return found.group(1)


def test_a_forgotten_password_is_renewed_by_mail(client: Client, person: Somebody, deliver: Callable[[], int]) -> None:
    assert 'href="/forgot_password/"' in client.get("/").content.decode()
    assert "Forgot your password?" in text_of(client.get("/forgot_password/"))
    assert DONE in ask(client, person.email)
    deliver()
    assert "You have a new password. Log in with it." in choose(client, code_of_mail())
    for password, home in ((PASSWORD, "/"), (NEW, "/student_home/")):
        assert client.post("/doLogin/", {"email": person.email, "password": password})["Location"] == home


def test_the_address_of_the_page_is_what_the_mail_says() -> None:
    assert reverse("new_password") == settings.RESET_PAGE


def test_nobody_learns_whether_there_is_such_an_account(client: Client, person: Somebody) -> None:
    assert DONE in ask(client, person.email)
    assert DONE in ask(client, "nobody@school.example")
    assert mail.outbox == []


def test_asking_too_often_is_told(client: Client, person: Somebody) -> None:
    for _ in range(MOST_RESETS):
        ask(client, person.email)
    response = client.post("/forgot_password/", {"email": person.email})
    assert response.status_code == 422
    assert "This was asked too often." in text_of(response)
    assert fields_of(response)["email"] == person.email


def test_what_is_wrong_with_a_new_password_is_said_at_its_field(
    client: Client, person: Somebody, deliver: Callable[[], int]
) -> None:
    ask(client, person.email)
    deliver()
    code = code_of_mail()
    assert "This code is not good, or not any more." in choose(client, "1.invented")
    assert "New passwords do not match!" in choose(client, code, again="something else")
    assert "This password is too short." in choose(client, code, "short")
    response = client.post("/new_password/", {"token": code, "new_password": "1", "confirm_password": "1"})
    assert response.status_code == 422
    assert fields_of(response)["token"] == code
    assert fields_of(response)["new_password"] == ""
    assert "You have a new password." in choose(client, code)


def test_empty_forms_and_missing_tokens_are_refused(person: Somebody) -> None:
    client = Client(enforce_csrf_checks=True)
    for path in ("/forgot_password/", "/new_password/"):
        assert client.post(path).status_code == 403
        assert Client().post(path).status_code == 422
        assert client.put(path).status_code in (403, 405)
