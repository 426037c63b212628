"""Short addresses lead to where things are, with whatever was asked."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client, override_settings

from config.settings.environment import MODULES
from kernel.rest.schema import endpoints, openapi
from tests.api.conftest import As, Program
from tests.portal.school import School


def test_every_one_is_short_for_an_address_that_is_there_and_described() -> None:
    for short, full in settings.API_ALIASES.items():
        assert any(path.startswith(f"/api/v1/{full}/") for path in endpoints()), full
        assert full.partition("/")[0] in MODULES
        assert short not in MODULES
        assert f"`/api/v1/{short}/` → `/api/v1/{full}/`" in openapi()["info"]["description"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("courses/", "academics/courses/"),
        ("courses/7/", "academics/courses/7/"),
        ("sessions/?search=20&page=2", "academics/session-years/?search=20&page=2"),
        ("assignments/3/submissions/", "assessments/assignments/3/submissions/"),
        ("fines/own/?search=%2F%2Felsewhere", "finance/fines/own/?search=%2F%2Felsewhere"),
        ("fines//elsewhere.example/", "finance/fines//elsewhere.example/"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_method_path_and_query_are_kept(method: str, asked: str, found: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, f"/api/v1/{asked}")
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/{found}")


def test_who_follows_does_what_they_meant(school: School, speak_for: As) -> None:
    head = speak_for(school.hod)
    moved = head.post("courses/", {"name": "Astronomy"})
    made = head.post(urlsplit(moved["Location"]).path.removeprefix("/api/v1/"), {"name": "Astronomy"})
    assert (made.status_code, made.data["name"]) == (201, "Astronomy")


@override_settings(CORS_ORIGINS=("https://app.school.example",))
def test_a_page_of_another_origin_may_follow() -> None:
    answer = Program()("GET", "courses/", Origin="https://app.school.example")
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (308, "https://app.school.example")
