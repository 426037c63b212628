"""Which pages of other origins may use the API."""

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.sqlite_only

OURS, OTHERS = "https://app.school.example", "https://evil.example"


@pytest.fixture(autouse=True)
def _ours(settings: Settings) -> None:
    settings.CORS_ORIGINS = (OURS,)


def preflight(origin: str, path: str = "/api/v1/leaves/own/") -> dict[str, str]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return dict(Client().options(path, headers=headers).headers)


def test_a_page_of_ours_may_ask_and_read_the_answer(db: None) -> None:
    asked = preflight(OURS)
    assert asked["Access-Control-Allow-Origin"] == OURS
    assert "POST" in asked["Access-Control-Allow-Methods"]
    assert "Authorization" in asked["Access-Control-Allow-Headers"]
    answered = Client().get("/api/v1/leaves/own/", headers={"Origin": OURS})
    assert (answered.status_code, answered["Access-Control-Allow-Origin"]) == (401, OURS)
    assert "Origin" in answered["Vary"]


def test_cookies_are_never_part_of_it() -> None:
    assert "Access-Control-Allow-Credentials" not in preflight(OURS)


@pytest.mark.parametrize("origin", [OTHERS, "null", f"{OURS}.evil.example", OURS.upper()])
def test_other_pages_may_not(origin: str) -> None:
    assert not [name for name in preflight(origin) if name.startswith("Access-Control")]


def test_pages_of_people_are_not_for_other_origins(db: None) -> None:
    assert "Access-Control-Allow-Origin" not in Client().get("/", headers={"Origin": OURS}).headers


def test_without_the_setting_nobody_may(settings: Settings, db: None) -> None:
    settings.CORS_ORIGINS = ()
    assert "Access-Control-Allow-Origin" not in preflight(OURS)
