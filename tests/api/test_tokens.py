"""The API with a token, as a program uses it."""

import pytest
from django.test import Client
from pytest_django import Settings

from contracts.users import UsersService
from kernel.identity import tokens
from kernel.registry import services
from tests.actors import anonymous, system
from tests.api.conftest import As, Program
from tests.portal.school import PASSWORD, School


@pytest.fixture
def bearer(school: School, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a program of the student sends as Authorization."""
    monkeypatch.setattr(tokens, "_keys", tokens.PublicKeys())  # those of the last test went with its database
    found = services.get(UsersService).log_in_for_tokens(
        actor=anonymous(), username=school.student.email, password=PASSWORD
    )
    return f"Bearer {found.access_token}"


def test_a_token_needs_no_cookie_and_no_csrf_token(school: School, bearer: str) -> None:
    program = Program()
    program.client = Client(enforce_csrf_checks=True)
    body = {"first_day": "2031-01-06", "last_day": "2031-01-07", "reason": "A wedding"}
    made = program.post("leaves/own/", body, Authorization=bearer)
    assert (made.status_code, made.data["person"]["profile_id"]) == (201, school.student.profile_id)


@pytest.mark.parametrize("written", ["Bearer nonsense", "Bearer ", "bearer a.b.c", "Bearer ä"])
def test_a_token_that_is_not_good_is_refused_even_beside_a_session(school: School, speak_for: As, written: str) -> None:
    refused = speak_for(school.student)("GET", "leaves/own/", Authorization=written)
    assert (refused.status_code, refused.data["code"]) == (401, "unauthenticated")


def test_a_session_that_was_ended_ends_its_token(school: School, bearer: str) -> None:
    program = Program()
    assert program("GET", "leaves/own/", Authorization=bearer).status_code == 200
    services.get(UsersService).end_sessions_of(actor=system(), user_id=school.student.user_id)
    assert program("GET", "leaves/own/", Authorization=bearer).status_code == 401


def test_requests_of_one_person_count_together_however_they_are_made(
    school: School, speak_for: As, bearer: str, settings: Settings
) -> None:
    settings.API_RATE = 2
    assert speak_for(school.student).get("leaves/own/").status_code == 200
    assert [Program()("GET", "leaves/own/", Authorization=bearer).status_code for _ in range(2)] == [200, 429]
