"""Whatever goes wrong below /api/ is told in one shape."""

from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from contracts.errors import ModuleUnavailable
from tests.api.conftest import As, Program
from tests.portal.school import School

DAYS = {"first_day": "2027-01-04", "last_day": "2027-01-05", "reason": "Wedding"}
LIST = "leaves/requests/student/"


def check(response: Any, status: int, code: str, **more: Any) -> dict[str, Any]:
    """That a response is a problem of this code with these fields; returns it."""
    problem: dict[str, Any] = response.data
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, problem["status"], problem["code"]) == (status, status, code), problem
    assert problem["request_id"] == response["X-Request-ID"]
    assert problem["detail"]
    assert {name: problem[name] for name in more} == more
    return problem


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("nowhere/", 404, "not_found"),
        ("leaves/own", 404, "not_found"),
        ("leaves/requests/nobody/", 404, "not_found"),
        ("leaves/requests/student/x/", 404, "not_found"),
        ("leaves/requests/student/1_0/", 404, "not_found"),
        ("leaves/requests/student/9223372036854775807/", 404, "not_found"),
        ("leaves/requests/student/9223372036854775808/", 404, "not_found"),
        ("leaves/requests/student/-9223372036854775809/", 404, "not_found"),
        ("leaves/own/", 403, "forbidden"),
    ],
)
def test_addresses_that_lead_nowhere_and_what_is_not_allowed(
    school: School, speak_for: As, path: str, status: int, code: str
) -> None:
    check(speak_for(school.hod).get(path), status, code)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"page": 0}, "page"),
        ({"page": "+1"}, "page"),
        ({"page": "1.0"}, "page"),
        ({"page": 1_000_001}, "page"),
        ({"page_size": 1001}, "page_size"),
        ({"page": [1, 2]}, "page"),
        ({"ordering": "reason"}, "ordering"),
        ({"fields": "ref,secret"}, "fields"),
        ({"status": "lost"}, "status"),
        ({"search": "a\0b"}, "search"),
        ({"sort": "status"}, "sort"),
    ],
)
def test_a_query_string_that_cannot_be_meant_names_the_parameter(
    school: School, speak_for: As, query: dict[str, Any], named: str
) -> None:
    assert set(check(speak_for(school.hod).get(LIST, **query), 400, "invalid_query")["errors"]) == {named}


def test_required_parameters_and_numbers_in_lists(school: School, speak_for: As) -> None:
    problem = check(speak_for(school.hod).get("leaves/absences/student/", profile_ids=[1, 2**63]), 400, "invalid_query")
    assert {"first_day", "last_day"} <= set(problem["errors"])
    dates = {"first_day": "2026-01-01", "last_day": "2026-01-02"}
    problem = check(
        speak_for(school.hod).get("leaves/absences/student/", profile_ids=[1, 2**63], **dates), 400, "invalid_query"
    )
    assert set(problem["errors"]) == {"profile_ids.1"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"first_day": None}, "first_day"),
        ({"first_day": 20270104}, "first_day"),
        ({"reason": 5}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"last_day": "2027-01-03"}, "last_day"),
        ({"status": "approved"}, "status"),
        ({"role": "hod"}, "role"),
    ],
)
def test_a_body_that_is_not_right_names_the_field(
    school: School, speak_for: As, change: dict[str, Any], named: str
) -> None:
    problem = check(speak_for(school.student).post("leaves/own/", DAYS | change), 422, "invalid")
    assert set(problem["errors"]) == {named}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{", {}, 400, "bad_request"),
        (b"\xff", {}, 400, "bad_request"),
        (b"[]", {}, 422, "invalid"),
        (b"", {}, 422, "invalid"),
        (b"a=b", {"Content_Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
        (b" " * (1024 * 1024 + 1), {}, 413, "too_large"),
        (b"{}", {"Accept": "text/html"}, 406, "not_acceptable"),
    ],
)
def test_bodies_that_cannot_be_read(
    school: School, speak_for: As, body: bytes, headers: dict[str, Any], status: int, code: str
) -> None:
    check(speak_for(school.student)("POST", "leaves/own/", body, **headers), status, code)


def test_methods_that_an_address_does_not_know(school: School, speak_for: As) -> None:
    for program in (speak_for(school.student), Program()):
        for method in ("DELETE", "PUT", "OPTIONS", "TRACE"):
            response = program(method, "leaves/own/")
            check(response, 405, "method_not_allowed")
            assert response["Allow"] == "GET, HEAD, POST"


def test_without_a_login_every_address_asks_for_one(school: School) -> None:
    response = Program().get("leaves/own/")
    check(response, 401, "unauthenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_changes_nothing_without_the_csrf_token(school: School, speak_for: As) -> None:
    program = speak_for(school.student)
    program.client.handler.enforce_csrf_checks = True
    check(program.post("leaves/own/", DAYS), 403, "forbidden")
    assert program.get("leaves/own/").status_code == 200
    program.client.get("/api/docs/")
    token = program.client.cookies["csrftoken"].value
    assert program.post("leaves/own/", DAYS, X_CSRFToken=token).status_code == 201


def test_domain_errors_keep_their_code_and_fields(school: School, speak_for: As) -> None:
    student = speak_for(school.student)
    student.post("leaves/own/", DAYS)
    check(student.post("leaves/own/", DAYS), 409, "conflict", reason="overlap")
    check(student.get("leaves/requests/staff/1/"), 404, "not_found", entity="leaves.StaffLeave", id=1)


def test_a_module_that_is_out_of_reach_is_said(school: School, speak_for: As) -> None:
    with patch("kernel.rest.views.invoke", side_effect=ModuleUnavailable(module="leaves")):
        check(speak_for(school.student).get("leaves/own/"), 503, "module_unavailable", module="leaves")


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "once"}])
def test_a_database_that_is_lost_after_the_service_was_called_is_said_and_nothing_is_done_twice(
    school: School, speak_for: As, headers: dict[str, str]
) -> None:
    lost = OperationalError()
    lost.__cause__ = psycopg.OperationalError("the connection is closed")
    student = speak_for(school.student)
    with patch("kernel.rest.views.answers.respond", side_effect=lost):
        response = student.post("leaves/own/", DAYS, **headers)
    check(response, 503, "module_unavailable", module="leaves", may_have_executed=True)
    again = student.post("leaves/own/", DAYS, **headers)
    assert (again.status_code, again.data["code"]) == ((503, "module_unavailable") if headers else (409, "conflict"))


def test_what_nobody_foresaw_is_told_without_its_secrets(school: School, speak_for: As) -> None:
    program = speak_for(school.student)
    program.client.raise_request_exception = False
    with patch("kernel.rest.views.invoke", side_effect=RuntimeError("the password is swordfish")):
        problem = check(program.get("leaves/own/"), 500, "server_error")
    assert "swordfish" not in str(problem)


def test_what_fails_before_any_view_is_told_in_the_same_shape(school: School) -> None:
    program = Program()
    response = program("GET", "leaves/own/", Host="evil.example")
    assert (response.status_code, response.data["code"]) == (400, "bad_request")
    with patch("django.contrib.sessions.middleware.SessionMiddleware.process_request", side_effect=RuntimeError):
        program.client.raise_request_exception = False
        response = program.get("leaves/own/")
    assert (response.status_code, response.data["code"]) == (500, "server_error")


def test_pages_of_people_keep_their_own_errors(school: School) -> None:
    assert Client().get("/nowhere/")["Content-Type"].startswith("text/html")


def test_each_identity_has_its_own_rate(school: School, speak_for: As, settings: Settings) -> None:
    settings.API_RATE, settings.API_ANONYMOUS_RATE = 2, 1
    student, teacher, nobody = speak_for(school.student), speak_for(school.teacher), Program()
    assert [student.get("leaves/own/").status_code for _ in range(2)] == [200, 200]
    refused = student.get("leaves/own/")
    check(refused, 429, "limit_reached")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.data["retry_after"] == int(refused["Retry-After"])
    assert teacher.get("leaves/own/").status_code == 200
    assert [nobody.get("leaves/own/").status_code for _ in range(2)] == [401, 429]
