"""The shared samples of legacy schools move in: the golden one as database and as JSON, and a generated larger one."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from migrations_legacy.models import QuarantinedRow
from modules.attendance.models import Attendance, AttendanceReport
from modules.users.models import StudentProfile, User
from tests.legacy.samples import generate, golden_manifest, sample
from tests.legacy.test_export import differences, export
from tests.portal import query_counts
from tests.portal.moved import counted_pages

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="session")
def medium(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school of 1,000 students and 100,000 reports."""
    return generate("medium", tmp_path_factory.mktemp("medium"))


@pytest.fixture
def manifest() -> dict[str, Any]:
    return golden_manifest()


def moved(*sources: Path, report: Path, **options: Any) -> dict[str, Any]:
    call_command("migrate_legacy", *map(str, sources), report=report, verbosity=0, **options)
    content: dict[str, Any] = json.loads(report.read_text())
    return content


def figures(report: dict[str, Any], name: str) -> Iterator[tuple[str, int]]:
    for line in report["tables"]:
        if line["main"]:
            yield line["source"], line[name]


def fingerprint(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir() if p.is_file()}


def test_the_golden_school_moves_in_with_nothing_lost(manifest: dict[str, Any], tmp_path: Path) -> None:
    golden = sample("golden")
    before = fingerprint(golden)
    report = moved(golden / "db.sqlite3", media=golden / "media", report=tmp_path / "report.json")
    assert report["succeeded"]
    expected = {
        name.removeprefix("student_management_app_"): rows for name, rows in manifest["facts"]["counts"].items()
    }
    assert dict(figures(report, "read")) == expected
    assert not report["unmapped_tables"]
    assert not report["unmapped_columns"]
    quarantined = dict(QuarantinedRow.objects.values_list("source", "target"))
    assert quarantined == {
        "students": "academics.Enrollment",
        "attendancereport": "attendance.AttendanceReport",
    }
    awkward = manifest["awkward"]
    kept = Attendance.objects.get(pk=awkward["attendance_orphan_subject"]["attendance"])
    assert kept.subject_id == awkward["attendance_orphan_subject"]["missing_subject"]
    enrolment = QuarantinedRow.objects.get(source="students")
    assert int(enrolment.key) == awkward["student_orphan_course"]["student_profile"]
    again = moved(golden / "db.sqlite3", media=golden / "media", report=tmp_path / "again.json")
    assert not again["changed"]
    assert fingerprint(golden) == before


@pytest.mark.sqlite_only  # of the hashes that the test before finds complete on each database
def test_every_login_of_the_golden_school_still_works(manifest: dict[str, Any], tmp_path: Path) -> None:
    moved(sample("golden/db.sqlite3"), report=tmp_path / "report.json")
    tried = 0
    for name, login in manifest["credentials"].items():
        account = User.objects.get(pk=login["id"])
        assert account.email == login["email"], name
        assert account.user_type == login["user_type"], name
        if login["password"] is None:
            assert not account.has_usable_password(), name
        else:
            tried += 1
            assert account.check_password(login["password"]), name
    assert tried > 30


def test_the_golden_dump_moves_in_like_the_database(tmp_path: Path) -> None:
    report = moved(sample("golden/dumpdata.json"), report=tmp_path / "report.json")
    assert report["succeeded"]
    from_dump = dict(figures(report, "written"))
    people = list(StudentProfile.objects.order_by("pk").values("pk", "user_id", "profile_pic", "address"))
    hashes = list(User.objects.order_by("pk").values_list("pk", "password"))
    again = moved(sample("golden/dumpdata.json"), report=tmp_path / "again.json")
    assert not again["changed"]
    other = moved(sample("golden/db.sqlite3"), report=tmp_path / "database.json")
    assert other["succeeded"]
    # Dumps cut times to milliseconds, so that many rows differ; what they tell is the same.
    inserted = {source for source, rows in figures(other, "inserted") if rows}
    assert not inserted
    assert from_dump["attendancereport"] == AttendanceReport.objects.count()
    assert list(StudentProfile.objects.order_by("pk").values("pk", "user_id", "profile_pic", "address")) == people
    assert list(User.objects.order_by("pk").values_list("pk", "password")) == hashes


@pytest.mark.slow
def test_a_larger_school_moves_in_goes_back_row_by_row_and_then_stays_unchanged(medium: Path, tmp_path: Path) -> None:
    before = fingerprint(medium)
    report = moved(medium / "db.sqlite3", media=medium / "media", report=tmp_path / "report.json")
    assert report["succeeded"]
    assert dict(figures(report, "written"))["attendancereport"] > 90_000
    back, _report = export(tmp_path)
    assert not list(differences(medium / "db.sqlite3", back))
    assert query_counts.compare(counted_pages(), file=query_counts.MOVED) == {}, "see tests/portal/query_counts.py"
    again = moved(medium / "db.sqlite3", media=medium / "media", report=tmp_path / "again.json")
    assert again["succeeded"]
    assert not again["changed"]
    assert fingerprint(medium) == before
