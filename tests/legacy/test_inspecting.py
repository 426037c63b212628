"""What a source holds is said before anything is moved, and what cannot be told from it an operator may say."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from migrations_legacy.models import ArchivedRow, ArchivedTable
from migrations_legacy.rendering import as_html
from migrations_legacy.report import Report
from modules.users.models import StudentProfile
from tests.legacy.moving import everything, execute, move
from tests.legacy.test_variants import archived, change

pytestmark = pytest.mark.django_db


@pytest.fixture
def odd(school: Path) -> Path:
    """A school with a table of students that nobody would recognise, and one that the legacy does not have."""
    change(
        school,
        (
            "ALTER TABLE {students} RENAME TO campus_member",
            "ALTER TABLE campus_member RENAME COLUMN gender TO g",
            "ALTER TABLE campus_member ADD COLUMN nickname text DEFAULT 'Bee'",
            "ALTER TABLE campus_member ADD COLUMN pin text",
            "CREATE TABLE door_log (id integer PRIMARY KEY, at text)",
            "INSERT INTO door_log VALUES (1, 'noon')",
        ),
    )
    return school


def inspected(school: Path, **options: object) -> str:
    out = io.StringIO()
    call_command("migrate_legacy", "inspect", str(school), stdout=out, **options)
    return out.getvalue()


def a_map(folder: Path, content: str) -> Path:
    path = folder / "map.toml"
    path.write_text(content)
    return path


def test_inspecting_says_what_comes_over_and_what_does_not_and_writes_nothing(odd: Path) -> None:
    before = everything()
    text = inspected(odd)
    assert everything() == before
    assert "student_management_app_courses = courses: 4 rows" in text
    assert "  campus_member: 8 rows (a table that the legacy does not have)" in text
    assert '# "door_log" = "archive"' in text
    assert "\n  students\n" in text, "is not in the source"


def test_an_operator_says_what_a_table_and_its_columns_mean(odd: Path, tmp_path: Path) -> None:
    said = a_map(
        tmp_path,
        """
        [tables]
        campus_member = "students"
        door_log = "skip"
        [columns.campus_member]
        g = "gender"
        nickname = "skip"
        """,
    )
    assert "campus_member = students: 8 rows" in inspected(odd, map=said)
    report = move(odd, map=said)
    assert report["succeeded"]
    assert StudentProfile.objects.get(pk=701).gender == "Female"
    fates = {fate["name"]: fate for fate in report["sources"]}
    assert fates["door_log"]["rule"] == "left out by the operator's map"
    assert {column["name"]: column["fate"] for column in fates["campus_member"]["columns"]}["nickname"] == "skipped"
    assert not ArchivedTable.objects.exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("tables = ", "no valid TOML"),
        ('[tables]\nno_such_table = "students"', "no_such_table, which the source does not have"),
        ('[tables]\ndoor_log = "lessons"', "no table of the legacy"),
        ('[columns.door_log]\nat = "colour"', "no column of the legacy"),
        ('[columns.door_log]\nat = "users.User.is_staff"', "no field that may be filled; inspect lists them"),
        ('[columns.door_log]\nat = "users.StudentProfile.phone"', "the legacy's students have and no others"),
        (
            '[tables]\ncampus_member = "students"\n[columns.campus_member]\n'
            'g = "users.StudentProfile.phone"\nnickname = "users.StudentProfile.phone"',
            "g and nickname of campus_member cannot both become",
        ),
        (
            '[tables]\ncampus_member = "students"\n[columns.campus_member]\npin = "users.StudentProfile.phone"',
            "by its name it holds secrets",
        ),
        ('[columns.door_log]\nwhen = "skip"', "when of door_log, which the source does not have"),
        ('[rows]\nx = "skip"', "nothing else"),
    ],
)
def test_a_map_that_fits_nothing_is_refused_in_one_line(
    odd: Path, tmp_path: Path, content: str, complaint: str
) -> None:
    before = everything()
    with pytest.raises(CommandError, match=complaint) as refusal:
        move(odd, map=a_map(tmp_path, content))
    assert "\n" not in str(refusal.value)
    assert everything() == before


def test_the_archive_mirrors_the_source_and_is_written_only_when_that_changed(school: Path) -> None:
    execute(school, "CREATE TABLE door_log (id integer PRIMARY KEY, at text)")
    execute(school, "INSERT INTO door_log VALUES (1, 'noon'), (2, 'night')")
    move(school)
    ids = set(ArchivedRow.objects.values_list("pk", flat=True))
    move(school)
    assert set(ArchivedRow.objects.values_list("pk", flat=True)) == ids
    execute(school, "DELETE FROM door_log WHERE id = 1")
    execute(school, "UPDATE door_log SET at = 'dawn'")
    assert move(school)["changed"]
    assert archived("door_log") == {"2": {"id": 2, "at": "dawn"}}
    execute(school, "DROP TABLE door_log")
    assert not move(school)["changed"]
    assert archived("door_log"), "a table that is missing says nothing"


def test_a_dry_run_archives_nothing_but_says_what_it_would(school: Path) -> None:
    execute(school, "CREATE TABLE door_log (id integer PRIMARY KEY, at text)")
    execute(school, "INSERT INTO door_log VALUES (1, 'noon')")
    report = move(school, dry_run=True)
    assert report["unmapped_tables"] == {"door_log": 1}
    assert report["succeeded"]
    assert not ArchivedRow.objects.exists()


def test_the_page_needs_nothing_from_elsewhere_and_shows_names_as_text() -> None:
    page = as_html(Report(source="<b>school</b>", dry_run=True, warnings=["x <script>"]))
    assert "&lt;b&gt;school" in page
    assert "<script" not in page
    assert not any(word in page for word in ("http://", "https://", "src=", "url(", "@import"))
