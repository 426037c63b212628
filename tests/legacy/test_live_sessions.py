"""Who is logged in to the legacy stays logged in across the change, if its key is known."""

import json
import shutil
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from migrations_legacy.models import QuarantinedRow
from tests.legacy.moving import move
from tests.legacy.samples import sample

pytestmark = pytest.mark.django_db

KEY = "legacy-test-secret-key"
HOMES = {"hod": "/admin_home/", "staff": "/staff_home/", "student": "/student_home/"}


@pytest.fixture
def live_sessions() -> dict[str, str]:
    manifest = json.loads(sample("golden/manifest.json").read_text())
    sessions: dict[str, str] = manifest["awkward"]["live_sessions"]
    return sessions


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    return Path(shutil.copy(sample("golden/db.sqlite3"), tmp_path))


@pytest.fixture
def _with_the_legacys_key(settings: Settings) -> None:
    settings.LEGACY_SECRET_KEY = KEY
    settings.SECRET_KEY_FALLBACKS = [KEY]


@pytest.mark.usefixtures("_with_the_legacys_key")
def test_a_cookie_of_the_legacy_opens_the_home_page_of_its_owner(golden: Path, live_sessions: dict[str, str]) -> None:
    report = move(golden)
    assert report["succeeded"]
    assert not QuarantinedRow.objects.filter(source="django_session").exists()
    for role, key in live_sessions.items():
        client = Client()
        client.cookies["sessionid"] = key
        assert client.get(HOMES[role]).status_code == 200, role


@pytest.mark.usefixtures("_with_the_legacys_key")
def test_a_session_that_has_ended_is_left_out(golden: Path, live_sessions: dict[str, str]) -> None:
    move(golden)
    assert set(Session.objects.values_list("session_key", flat=True)) == set(live_sessions.values())


def test_without_the_key_everybody_logs_in_once(golden: Path, live_sessions: dict[str, str]) -> None:
    move(golden)
    assert not Session.objects.exists()
    client = Client()
    client.cookies["sessionid"] = live_sessions["hod"]
    assert client.get("/admin_home/").headers["Location"] == "/"
