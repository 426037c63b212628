"""A column of a school's own fills a field that the legacy does not know, where the operator's map says so."""

import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from migrations_legacy.models import QuarantinedRow
from migrations_legacy.offers import OFFERS
from modules.users.models import StaffProfile, StudentProfile
from tests.legacy.moving import execute, move, table
from tests.legacy.school import full_name
from tests.legacy.test_export import LEFT_BEHIND, differences, export
from tests.legacy.test_variants import archived, change

pytestmark = pytest.mark.django_db

STUDENTS = full_name("students")
PHONE = "users.StudentProfile.phone"
BIRTH = "users.StudentProfile.birth_date"


@pytest.fixture
def own_columns(school: Path) -> Path:
    """Students with a telephone, a day of birth and a blood group; one day cannot be, and one number is too long."""
    change(
        school,
        (
            "ALTER TABLE {students} ADD COLUMN phone text",
            "ALTER TABLE {students} ADD COLUMN date_of_birth text",
            "ALTER TABLE {students} ADD COLUMN blood_group text",
            "UPDATE {students} SET phone = '555-' || id || char(13), date_of_birth = '2004-02-' || (id - 690)",
            "UPDATE {students} SET blood_group = 'A' WHERE id = 701",
            "UPDATE {students} SET date_of_birth = '31/02/2004' WHERE id = 702",
            f"UPDATE {{students}} SET phone = '{'5' * 51}' WHERE id = 703",
            "UPDATE {students} SET phone = NULL, date_of_birth = '' WHERE id = 704",
        ),
    )
    return school


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """The example of the documentation."""
    text = Path("docs/migration.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(\[columns\.student_management_app_students\].*?)```", text, re.DOTALL)
    assert example
    path = tmp_path / "own.toml"
    path.write_text(example[1])
    return path


def student(number: int) -> StudentProfile:
    return StudentProfile.objects.get(pk=number)


def column(report: dict[str, Any], name: str) -> dict[str, Any]:
    fate = next(fate for fate in report["sources"] if fate["legacy"] == "students")
    found: dict[str, Any] = next(column for column in fate["columns"] if column["name"] == name)
    return found


def edit(school: Path, name: str, value: str, number: int) -> None:
    execute(school, f"UPDATE {STUDENTS} SET {name} = ? WHERE id = ?", value, number)


def test_a_column_fills_the_field_and_everything_is_accounted_for(own_columns: Path, said: Path) -> None:
    report = move(own_columns, map=said)
    assert report["succeeded"]
    assert (student(701).phone, student(701).birth_date) == ("555-701", date(2004, 2, 11))
    assert (student(704).phone, student(704).birth_date) == ("", None)
    assert column(report, "phone")["to"] == [PHONE]
    assert all(column(report, name)["balances"] for name in ("phone", "date_of_birth", "blood_group"))
    assert archived("_students") == {"701": {"blood_group": "A"}}
    again = move(own_columns, map=said)
    assert not again["changed"]
    assert again["sources"] == report["sources"]


def test_a_value_that_does_not_fit_is_quarantined_and_its_row_is_there(own_columns: Path, said: Path) -> None:
    report = move(own_columns, map=said)
    assert dict(QuarantinedRow.objects.filter(target=BIRTH).values_list("key", "code")) == {"702": "bad_date"}
    too_long = QuarantinedRow.objects.get(target=PHONE, code="too_long")
    assert too_long.row == {"id": 703, "phone": "5" * 51}
    assert (student(702).phone, student(702).birth_date) == ("555-702", None)
    assert table(report, "students", BIRTH)["quarantined_by_reason"] == {"bad_date": 1}
    edit(own_columns, "date_of_birth", "2004-02-28", 702)
    move(own_columns, map=said)
    assert student(702).birth_date == date(2004, 2, 28)
    assert not QuarantinedRow.objects.filter(target=BIRTH).exists()
    edit(own_columns, "date_of_birth", "soon", 702)
    move(own_columns, map=said)
    assert student(702).birth_date == date(2004, 2, 28), "the last good content stays"


def test_what_looks_like_a_secret_is_sealed_and_shown_nowhere(own_columns: Path, said: Path) -> None:
    token = "9944b09199c62bcf9418ad846dd0e4bbdfc6ee4b"
    edit(own_columns, "phone", token, 701)
    move(own_columns, map=said)
    held = QuarantinedRow.objects.get(target=PHONE, code="secret")
    assert (held.key, student(701).phone) == ("701", "")
    assert token not in str(held.row)


def test_a_field_that_only_one_side_changed_follows_it_and_one_that_both_did_is_a_conflict(
    own_columns: Path, said: Path
) -> None:
    move(own_columns, map=said)
    edit(own_columns, "phone", "1", 701)
    StudentProfile.objects.filter(pk=702).update(phone="2 here")
    StudentProfile.objects.filter(pk=705).update(phone="3 here")
    edit(own_columns, "phone", "3", 705)
    report = move(own_columns, map=said)
    assert [student(number).phone for number in (701, 702, 705)] == ["1", "2 here", "3 here"]
    figures = table(report, "students", PHONE)
    assert (figures["updated"], figures["edited_here"]) == (1, 1)
    assert QuarantinedRow.objects.get(target=PHONE, code="conflict").row == {"id": 705, "phone": "3"}
    assert "Conflicts to decide: 1" in report["verdict"]


@pytest.mark.parametrize(("prefer", "phone"), [("legacy", "3"), ("new", "3 here")])
def test_a_preference_decides_for_good(own_columns: Path, said: Path, prefer: str, phone: str) -> None:
    move(own_columns, map=said)
    StudentProfile.objects.filter(pk=705).update(phone="3 here")
    edit(own_columns, "phone", "3", 705)
    move(own_columns, map=said, prefer=prefer)
    assert student(705).phone == phone
    assert not move(own_columns, map=said)["changed"]
    assert not QuarantinedRow.objects.filter(code="conflict").exists()


def test_a_map_may_grow_and_shrink_between_runs(own_columns: Path, said: Path, tmp_path: Path) -> None:
    move(own_columns)
    StudentProfile.objects.filter(pk__in=[701, 704]).update(phone="here")
    assert archived("_students")["701"]["phone"] == "555-701\r"
    move(own_columns, map=said)
    assert dict(QuarantinedRow.objects.filter(target=PHONE, code="conflict").values_list("key", "code")) == {
        "701": "conflict"
    }
    assert (student(702).phone, student(704).phone) == ("555-702", "here")
    assert archived("_students") == {"701": {"blood_group": "A"}}
    only = tmp_path / "only.toml"
    only.write_text(f'[columns."{STUDENTS}"]\ndate_of_birth = "{BIRTH}"\n')
    report = move(own_columns, map=only)
    assert report["succeeded"]
    assert student(702).phone == "555-702"
    assert archived("_students")["702"] == {"phone": "555-702\r"}
    assert not QuarantinedRow.objects.filter(target=PHONE).exists()


def test_rows_without_a_place_and_rows_deleted_on_either_side_take_nobody_down(own_columns: Path, said: Path) -> None:
    move(own_columns, map=said)
    StudentProfile.objects.filter(pk=706).delete()
    execute(own_columns, f"DELETE FROM {STUDENTS} WHERE id = 705")
    execute(own_columns, f"DELETE FROM {full_name('customuser')} WHERE id = 37")
    report = move(own_columns, map=said)
    assert report["succeeded"]
    assert table(report, "students", PHONE)["removed_here"] == 1
    assert not StudentProfile.objects.filter(pk=705).exists()


def test_a_dry_run_says_what_would_be_filled_and_fills_nothing(own_columns: Path, said: Path) -> None:
    report = move(own_columns, map=said, dry_run=True)
    assert report["succeeded"]
    planned = table(report, "students", BIRTH)["updated"]
    move(own_columns)
    assert not StudentProfile.objects.exclude(phone="").exists()
    assert table(move(own_columns, map=said), "students", BIRTH)["updated"] == planned == 6


def test_the_way_back_says_that_the_legacy_has_no_such_column_and_moving_in_again_empties_nothing(
    own_columns: Path, said: Path, tmp_path: Path
) -> None:
    move(own_columns, map=said)
    target, report = export(tmp_path)
    assert not list(differences(own_columns, target, besides=LEFT_BEHIND | {"django_migrations"}))
    assert report["without_place"][PHONE] == StudentProfile.objects.exclude(phone="").count() == 6
    assert move(target)["succeeded"]
    assert student(701).phone == "555-701"


def test_inspecting_lists_the_fields_and_suggests_the_likely_ones(own_columns: Path) -> None:
    out = io.StringIO()
    call_command("migrate_legacy", "inspect", str(own_columns), stdout=out)
    text = out.getvalue()
    assert f"#   {PHONE}: text, at most 50 characters" in text
    assert f"#   {BIRTH}: a date" in text
    assert f'# "date_of_birth" = "{BIRTH}"' in text
    assert '# "blood_group" = "archive"' in text
    assert "a column that the legacy does not have" in text


def test_every_field_that_is_offered_can_be_filled(school: Path, tmp_path: Path) -> None:
    lines: dict[str, list[str]] = {}
    for number, offer in enumerate(OFFERS):
        value = "2020-01-02" if offer.kind == "a date" else f"v{number}"
        change(
            school,
            (
                f"ALTER TABLE {{{offer.table}}} ADD COLUMN own_{number} text",
                f"UPDATE {{{offer.table}}} SET own_{number} = '{value}'",
            ),
        )
        lines.setdefault(offer.table, []).append(f'own_{number} = "{offer.name}"')
    said = tmp_path / "all.toml"
    said.write_text("\n".join(f"[columns.{full_name(name)}]\n" + "\n".join(rows) for name, rows in lines.items()))
    report = move(school, map=said)
    assert report["succeeded"]
    assert set(QuarantinedRow.objects.filter(target__startswith="users.").values_list("code", flat=True)) == {
        "missing_reference"
    }
    for offer in OFFERS:
        values = set(offer.model._default_manager.values_list(offer.field, flat=True))
        assert len(values) == 1, offer.name
        assert values.isdisjoint({"", None}), offer.name
    assert StaffProfile.objects.filter(joining_date=date(2020, 1, 2)).exists()
