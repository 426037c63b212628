"""Every variant of the legacy that was met moves in: nothing is lost, and the next run finds nothing changed; nor does
one from the legacy that is written for the way back.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from migrations_legacy.keeping import opened
from migrations_legacy.models import ArchivedRow
from modules.academics.models import Course, Enrollment, SessionYear, Subject
from modules.attendance.models import Attendance, AttendanceReport
from modules.finance.models import Fine
from modules.notifications.models import StaffNotification
from modules.users.models import StaffProfile, StudentProfile, User
from tests.legacy.moving import move
from tests.legacy.school import full_name
from tests.legacy.variants import VARIANTS, Variant, sql

pytestmark = pytest.mark.django_db


def change(school: Path, statements: Iterable[str]) -> None:
    """What somebody made of the legacy."""
    legacy = sqlite3.connect(school, isolation_level=None)
    legacy.execute("PRAGMA foreign_keys = OFF")
    legacy.execute("PRAGMA legacy_alter_table = ON")
    for statement in statements:
        legacy.execute(sql(statement))
    legacy.close()


def map_of(school: Path, *variants: Variant) -> Path | None:
    """The operator's map, as far as it fits what the school has."""
    legacy = sqlite3.connect(school)
    there = {
        (table, column): field
        for variant in variants
        for table, column, field in variant.said
        if column in {info[1] for info in legacy.execute(f'PRAGMA table_info("{full_name(table)}")')}
    }
    legacy.close()
    if not there:
        return None
    path = school.with_suffix(".toml")
    path.write_text("[columns]\n" + "".join(f'{full_name(t)}.{c} = "{field}"\n' for (t, c), field in there.items()))
    return path


def archived(table: str) -> dict[str, dict[str, Any]]:
    """Key → what is archived of a table's rows."""
    return dict(ArchivedRow.objects.filter(table__name__endswith=table).values_list("key", "row"))


def everything_is_there() -> bool:
    """As many people, classes and marks as in the ordinary school."""
    models = (User, StaffProfile, StudentProfile, Enrollment, Subject, AttendanceReport)
    return [model.objects.count() for model in models] == [17, 4, 8, 7, 3, 13]


def can_log_in(account: User, password: str) -> bool:
    # Asking for the hash first: a check that succeeds hashes anew.
    return account.password.startswith("pbkdf2_sha256$260000$") and account.check_password(password)


def people_have_accounts() -> bool:
    student = StudentProfile.objects.select_related("user").get(pk=701)
    teacher = StaffProfile.objects.get(pk=501)
    same = student.user.first_name == "Person" and student.user.email == "students701@school.example"
    typed = student.user.user_type == "3" and User.objects.get(pk=teacher.user_id).user_type == "2"
    taught = set(Subject.objects.values_list("teacher_id", flat=True)) == {teacher.user_id}
    return same and typed and taught and can_log_in(student.user, "clear") and User.objects.count() == 14


def secrets_are_sealed() -> bool:
    kept = archived("_staffs")["501"]["bank_password"], archived("_students")["701"]["remark"]
    return all(value.keys() == {"sealed"} for value in kept) and opened({"x": kept[0]}) == {"x": "sesame"}


CHECKS: dict[str, Callable[[], bool]] = {
    "a misspelt reference": lambda: StaffNotification.objects.get().staff_id == 501,
    "columns in other words": lambda: User.objects.get(pk=2).email == "head@school.example",
    "user types outside 1 to 3, in words and with blanks": lambda: (
        dict(User.objects.filter(pk__in=[12, 13, 35, 36]).values_list("pk", "user_type"))
        == {12: "2", 13: "", 35: "3", 36: "7"}
    ),
    "no user types": lambda: (
        dict(User.objects.filter(pk__in=[1, 10, 31, 13]).values_list("pk", "user_type"))
        == {1: "1", 10: "2", 31: "3", 13: ""}
    ),
    "accounts without profile and profiles without account": lambda: (
        User.objects.filter(pk=11).exists() and not StudentProfile.objects.filter(pk=707).exists()
    ),
    "names used twice": lambda: (
        set(User.objects.filter(pk__in=[31, 32]).values_list("username", flat=True)) == {"user31", "user31-32"}
    ),
    "days for times and times for days": lambda: Attendance.objects.get(pk=3).date == date(2024, 1, 16),
    "line ends and blanks around values": lambda: (
        User.objects.get(pk=31).username == "user31" and not User.objects.filter(password__endswith="\r").exists()
    ),
    "passwords in clear": lambda: can_log_in(User.objects.get(pk=31), "Open#2025"),
    "years for days of a session": lambda: SessionYear.objects.get(pk=1).last_day == date(2024, 12, 31),
    "several registers for a class and day": lambda: Attendance.objects.count() == 10,
    "references to rows that are gone": lambda: Attendance.objects.filter(subject_id=1).count() == 4,
    "empty tables": lambda: not Course.objects.exists() and StudentProfile.objects.count() == 8,
    "columns that are missing": lambda: User.objects.get(pk=31).is_active and Fine.objects.count() == 7,
    "no teacher of a subject": lambda: set(Subject.objects.values_list("teacher_id", flat=True)) == {1},
    "no session years": lambda: SessionYear.objects.get().first_day == date(2024, 1, 15),
    "tables that the legacy does not have": lambda: (
        archived("library_book")["1"] == {"isbn": "1", "title": "Optics", "price": 0.1, "cover": {"bytes": "00ff"}}
        and archived("visits")["row 1"] == {"who": None, "at": {"text": "\\x00"}}
        and "9944b09199c" not in str(archived("authtoken_token"))
    ),
    "columns that the legacy does not have": lambda: archived("_students")["701"] == {"phone": "555", "roll": 701},
    "columns that a map says the meaning of": lambda: (
        StudentProfile.objects.filter(birth_date=date(2004, 5, 6)).count() == 7
        and StaffProfile.objects.get(pk=501).phone == "5550501"
        and not ArchivedRow.objects.exists()
    ),
    "secrets where none are expected": secrets_are_sealed,
    "big integers for keys": lambda: AttendanceReport.objects.filter(pk__gt=5_000_000_000).count() == 13,
    "text for keys": lambda: (
        sorted(Course.objects.values_list("name", flat=True)) == sorted(["Physics", "Physics", "  ", "Économie\u0301"])
        and {row["id"] for row in archived("_courses").values()} == {"C-1", "C-2", "C-3", "C-4"}
    ),
    "no declared keys": lambda: Fine.objects.count() == 6 and len(archived("_fine")) == 2,
    "pairs instead of a reference": lambda: Enrollment.objects.get(student_id=701).course_id == 1,
    "another hierarchy": lambda: (
        Enrollment.objects.get(student_id=707).course_id == 2 and archived("_students")["707"] == {"section_id": 20}
    ),
    "teachers by profile and notices by account": lambda: (
        Subject.objects.get(pk=1).teacher_id == 10 and StaffNotification.objects.get().staff_id == 501
    ),
    "session years inside students": lambda: (
        SessionYear.objects.get().pk == 2023070120240630 == Enrollment.objects.get(student_id=701).session_year_id
    ),
    "people without accounts": people_have_accounts,
    "some people without accounts": lambda: (
        StaffProfile.objects.get(pk=503).user.email == "staff503@school.example" and User.objects.count() == 20
    ),
}
"""Where more, or less, is to be said than that everything is there."""


def test_every_check_is_of_a_variant() -> None:
    assert CHECKS.keys() <= {variant.name for variant in VARIANTS}


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_variant_moves_in_with_nothing_lost_and_can_go_back(school: Path, tmp_path: Path, variant: Variant) -> None:
    change(school, variant.statements)
    said = map_of(school, variant)
    report = move(school, map=said)
    assert CHECKS.get(variant.name, everything_is_there)()
    assert report["succeeded"], [t for t in (*report["tables"], *report["sources"]) if not t["balances"]]
    again = move(school, map=said)
    assert not again["changed"], [t for t in again["tables"] if t["written"] or t["removed"]]
    assert again["sources"] == report["sources"]
    assert again["rules"] == report["rules"]
    if connection.vendor == "sqlite":  # the file would be the same; see test_export.py
        goes_out_and_comes_back_as_it_is_here(tmp_path)


def goes_out_and_comes_back_as_it_is_here(folder: Path) -> None:
    back, told = folder / "back.sqlite3", folder / "told.json"
    call_command("export_legacy", str(back), report=told, verbosity=0)
    left_out = {table["source"]: sum(table["left_out"].values()) for table in json.loads(told.read_text())["tables"]}
    home = move(back)
    assert home["succeeded"]
    assert [table["source"] for table in home["tables"] if table["written"]] == []
    removed = {table["source"]: table["removed"] for table in home["tables"] if table["removed"]}
    assert removed == {table: left_out[table] for table in removed}
