"""The people of the golden legacy school log in at the portal, with what they always typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from modules.attendance.models import AttendanceReport
from modules.users.models import User
from modules.users.throttle import MOST_FAILURES
from tests.legacy.samples import golden_manifest, sample
from tests.portal.pages import text_of

HOMES = {"1": "/admin_home/", "2": "/staff_home/", "3": "/student_home/"}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return golden_manifest()


@pytest.fixture
def credentials(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    people: dict[str, dict[str, Any]] = manifest["credentials"]
    return people


@pytest.fixture
def moved(db: None, tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("migrate_legacy", str(sample("golden/db.sqlite3")), report=tmp_path / "report.json", verbosity=0)


def log_in(person: dict[str, Any]) -> tuple[Client, str]:
    """Type e-mail and password; returns the browser and where it was sent."""
    cache.clear()
    client = Client()
    response = client.post("/doLogin/", {"email": person["email"], "password": person["password"] or ""})
    assert response.status_code == 302
    return client, response["Location"]


REFUSED = {
    "hod_inactive": "Invalid Login Credentials!",
    "staff_inactive": "Invalid Login Credentials!",
    "student_inactive": "Invalid Login Credentials!",
    "odd_user_type": "neither a head's, a teacher's nor a student's",
}
"""Accounts with a password that do not get in, and what they are told."""


def test_everybody_who_could_log_in_before_reaches_their_home(
    moved: None, credentials: dict[str, dict[str, Any]]
) -> None:
    reached = []
    for name, person in credentials.items():
        if name in REFUSED or person["password"] is None:
            continue
        client, where = log_in(person)
        assert where == HOMES[person["user_type"]], name
        page = client.get(where)
        assert page.status_code == 200, name
        # Of people who share e-mail and password the first one gets in, as before.
        typed = (person["email"], person["password"])
        first = min(p["id"] for p in credentials.values() if (p["email"], p["password"]) == typed)
        assert client.session["_auth_user_id"] == str(first), name
        reached.append(name)
    assert len(reached) > 35


def test_names_of_any_script_stand_on_the_page_as_they_are(moved: None, credentials: dict[str, dict[str, Any]]) -> None:
    for name in ("student_html", "student_emoji", "staff_blank_email", "student_blank_a", "student_nfd", "hod"):
        client, where = log_in(credentials[name])
        full_name = f"{credentials[name]['first_name']} {credentials[name]['last_name']}"
        assert full_name in text_of(client.get(where)), name


@pytest.mark.parametrize("name", REFUSED)
def test_who_may_not_log_in_is_told_so(moved: None, credentials: dict[str, dict[str, Any]], name: str) -> None:
    client, where = log_in(credentials[name])
    assert where == "/"
    assert REFUSED[name] in text_of(client.get("/"))
    assert "_auth_user_id" not in client.session


def test_unusable_passwords_open_nothing(moved: None, credentials: dict[str, dict[str, Any]]) -> None:
    unusable = {name: person for name, person in credentials.items() if person["password"] is None}
    assert set(unusable) == {"staff_unusable", "student_unusable"}
    for person in unusable.values():
        stored = User.objects.get(pk=person["id"]).password
        for guess in ("", stored, "!", "Legacy#2025"):
            client, where = log_in(person | {"password": guess})
            assert where == "/"
            assert "_auth_user_id" not in client.session


def test_the_right_password_in_the_wrong_case_of_the_e_mail_is_refused(
    moved: None, credentials: dict[str, dict[str, Any]]
) -> None:
    person = credentials["student"] | {"email": credentials["student"]["email"].upper()}
    assert log_in(person)[1] == "/"
    assert log_in(credentials["student"] | {"email": credentials["student"]["username"]})[1] == "/"


def test_sharing_an_e_mail_does_not_lock_anybody_out(moved: None, credentials: dict[str, dict[str, Any]]) -> None:
    cache.clear()
    for _ in range(MOST_FAILURES):
        for name in ("staff_cross_role", "student_cross_role"):
            person = credentials[name]
            body = {"email": person["email"], "password": person["password"]}
            assert Client().post("/doLogin/", body)["Location"] == HOMES[person["user_type"]]


def test_incomplete_accounts_get_pages_that_explain(moved: None, credentials: dict[str, dict[str, Any]]) -> None:
    for name in ("student_incomplete", "student_incomplete2", "staff_no_profile", "staff_no_profile_with_subject"):
        client, where = log_in(credentials[name])
        assert "Profile not found. Please contact administrator." in text_of(client.get(where)), name
    client, where = log_in(credentials["student_orphan_course"])
    assert client.get(where).context["board"].enrolled is False
    assert "You are not enrolled in a course" in text_of(client.get("/student_view_attendance/"))


def test_a_students_figures_are_those_of_the_legacy(
    moved: None, manifest: dict[str, Any], credentials: dict[str, dict[str, Any]]
) -> None:
    client, where = log_in(credentials["student"])
    figures = {str(f.label): str(f.value) for f in client.get(where).context["board"].figures}
    facts = manifest["facts"]["student_attendance"]
    subjects = [s for s in manifest["facts"]["subjects"].values() if s["course"] == 1]
    assert figures == {
        "Lessons recorded": str(facts["total"]),
        "Present": str(facts["present"]),
        "Absent": str(facts["absent"]),
        "Subjects": str(len(subjects)),
    }


def test_a_class_of_old_students_is_taken_by_their_teacher(
    moved: None, manifest: dict[str, Any], credentials: dict[str, dict[str, Any]]
) -> None:
    main = manifest["facts"]["main_class"]
    client, _home = log_in(credentials["staff"])
    body = {"subject": main["subject"], "session_year": main["session"]}
    listed = json.loads(client.post("/get_students/", body).json())
    assert [row["id"] for row in listed] == main["members"]

    year_end = manifest["facts"]["sessions"][str(main["session"])][1]
    day = min(str(timezone.localdate()), year_end)
    marks = json.dumps([{"id": user_id, "status": 0} for user_id in main["members"]])
    save = {"subject_id": main["subject"], "session_year_id": main["session"], "attendance_date": day}
    assert client.post("/save_attendance_data/", save | {"student_ids": marks}).content == b"OK"
    saved = AttendanceReport.objects.filter(attendance__date=day, attendance__subject_id=main["subject"])
    assert saved.filter(status="absent").count() == len(main["members"])


def test_the_awkward_registers_of_the_legacy_are_shown(
    moved: None, manifest: dict[str, Any], credentials: dict[str, dict[str, Any]]
) -> None:
    awkward = manifest["awkward"]
    client, _home = log_in(credentials["hod"])
    registers = [*awkward["attendance_duplicate_same_day"], awkward["attendance_future"], awkward["attendance_empty"]]
    registers += [awkward[f"attendance_with_{what}_report"]["attendance"] for what in ("duplicate", "orphan")]
    for register_id in registers:
        assert client.get(f"/admin_view_attendance/?register={register_id}").status_code == 200, register_id
        response = client.post("/admin_get_attendance_student/", {"attendance_date": register_id})
        assert isinstance(json.loads(response.json()), list), register_id
    orphan = awkward["attendance_with_orphan_report"]
    rows = json.loads(client.post("/admin_get_attendance_student/", {"attendance_date": orphan["attendance"]}).json())
    assert len(rows) == orphan["live_students"]
