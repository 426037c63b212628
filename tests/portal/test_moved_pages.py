"""Every page of every role of the golden legacy school: it opens, and shows what the legacy held."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from contracts.base import Role
from migrations_legacy.legacy_schema import APP_PREFIX
from modules.assessments.models import Assignment
from modules.finance.models import Fine
from modules.users.models import User
from portal.access import HOME
from tests.legacy.samples import golden_manifest, sample
from tests.portal.moved import browser_of, pages_of, shown
from tests.portal.pages import text_of

CLOSED = ("hod_inactive", "odd_user_type", "staff_inactive", "student_inactive")
"""Who does not get in."""
HOD, TEACHER, STUDENT = 2, 10, 31
LISTS = (
    (HOD, "/manage_staff/", "customuser", "user_type = '2'"),
    (HOD, "/manage_student/", "customuser", "user_type = '3'"),
    (HOD, "/manage_passwords/", "customuser", "user_type IN ('2', '3')"),
    (HOD, "/manage_course/", "courses", "1"),
    (HOD, "/manage_subject/", "subjects", "1"),
    (HOD, "/manage_session/", "sessionyearmodel", "1"),
    (HOD, "/student_leave_view/", "leavereportstudent", "1"),
    (HOD, "/staff_leave_view/", "leavereportstaff", "1"),
    (HOD, "/student_feedback_message/", "feedbackstudent", "1"),
    (HOD, "/staff_feedback_message/", "feedbackstaffs", "1"),
    (TEACHER, "/manage_fines/", "fine", "1"),
    (TEACHER, "/manage_assignments/", "assignment", "subject_id_id IN (1, 2, 10)"),
    (TEACHER, "/staff_apply_leave/", "leavereportstaff", "staff_id_id = 501"),
    (TEACHER, "/staff_feedback/", "feedbackstaffs", "staff_id_id = 501"),
    (STUDENT, "/student_apply_leave/", "leavereportstudent", "student_id_id = 701"),
    (STUDENT, "/student_feedback/", "feedbackstudent", "student_id_id = 701"),
    (STUDENT, "/student_view_fines/?show=all", "fine", "student_id_id = 701"),
    (STUDENT, "/inbox/", "notificationstudent", "student_id_id = 701"),
)
"""Whose list it is, where, and the rows of the legacy that it shows: table and condition."""


@pytest.fixture
def moved(db: None, tmp_path: Path, settings: Settings) -> dict[str, Any]:
    """The golden school has moved in; what its manifest says of it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    golden = sample("golden")
    call_command(
        "migrate_legacy",
        str(golden / "db.sqlite3"),
        media=golden / "media",
        report=tmp_path / "report.json",
        verbosity=0,
    )
    return golden_manifest()


def in_legacy(table: str, where: str = "1") -> int:
    """How many rows the legacy's table holds."""
    with closing(sqlite3.connect(f"file:{sample('golden/db.sqlite3')}?mode=ro", uri=True)) as legacy:
        (number,) = legacy.execute(f"SELECT count(*) FROM {APP_PREFIX}{table} WHERE {where}").fetchone()
    return int(number)


def test_every_page_opens_for_everybody_who_could_log_in(moved: dict[str, Any]) -> None:
    opened: Counter[Role] = Counter()
    for name, person in moved["credentials"].items():
        if name in CLOSED:
            continue
        client, user = browser_of(person["id"]), User.objects.get(pk=person["id"])
        full_name = f"{person['first_name']} {person['last_name']}".strip()
        for path in pages_of(user.role):
            page = shown(client, path)
            assert b"<h1" not in page.content or full_name in text_of(page), (name, path)
            opened[user.role] += 1
    assert opened[Role.HOD] > 40
    assert opened[Role.STAFF] > 130
    assert opened[Role.STUDENT] > 200


def test_who_does_not_get_in_sees_no_page(moved: dict[str, Any]) -> None:
    for name in CLOSED:
        client = browser_of(moved["credentials"][name]["id"])
        for path in HOME.values():
            assert client.get(path).status_code == 302, name


def test_every_page_about_one_row_opens(moved: dict[str, Any]) -> None:
    hod, teacher, student = browser_of(HOD), browser_of(TEACHER), browser_of(STUDENT)
    facts = moved["facts"]
    for number, name in facts["courses"].items():
        assert name in text_of(shown(hod, f"/edit_course/{number}/")), number
    for number, subject in facts["subjects"].items():
        assert subject["name"] in text_of(shown(hod, f"/edit_subject/{number}/")), number
    for number, (first, last) in facts["sessions"].items():
        words = text_of(shown(hod, f"/edit_session/{number}"))
        assert (first in words, last in words) == (True, True), number
    for person in moved["credentials"].values():
        if person.get("profile_id") and person["user_type"] in "23":
            kind = {"2": "staff", "3": "student"}[person["user_type"]]
            page = shown(hod, f"/edit_{kind}/{person['id']}/").content.decode()
            assert f'value="{person["username"]}"' in page, person["id"]
            shown(hod, f"/delete_{kind}/{person['id']}/")
    for assignment in Assignment.objects.filter(subject_id__in=[1, 2, 10]):
        assert assignment.title in text_of(shown(teacher, f"/view_assignment_submissions/{assignment.pk}/"))
    for fine in Fine.objects.filter(student_id=701, status="unpaid"):
        shown(student, f"/student/initialize_payment/{fine.pk}/")


def test_every_list_holds_what_the_legacy_held(moved: dict[str, Any]) -> None:
    for person, path, table, where in LISTS:
        client, expected = browser_of(person), in_legacy(table, where)
        assert expected > 0, path
        assert shown(client, path).context["table"].page.total == expected, path
        for query in ("page=2", "size=100", "export=csv"):
            shown(client, f"{path}{'&' if '?' in path else '?'}{query}")
