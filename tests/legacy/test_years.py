"""Session years of schools that have no table of them: nothing that students' rows say about them is lost."""

from datetime import date
from pathlib import Path

import pytest

from migrations_legacy.models import ArchivedRow
from migrations_legacy.reading.years import made_id, one_year
from tests.legacy.moving import execute, move
from tests.legacy.school import full_name
from tests.legacy.variants import add, drop, sql

pytestmark = pytest.mark.sqlite_only

STUDENTS = full_name("students")


def archived() -> dict[str, object]:
    return dict(ArchivedRow.objects.filter(table__name=STUDENTS).values_list("key", "row"))


@pytest.fixture
def years_inside(school: Path) -> Path:
    """A school whose students carry the days of their session, one of which is no day."""
    for statement in (
        "DROP TABLE {sessionyearmodel}",
        add("students", "session_start_year date"),
        add("students", "session_end_year date"),
        "UPDATE {students} SET session_start_year = '2023-07-01', session_end_year = '2024-06-30'",
        "UPDATE {students} SET session_start_year = 'last summer' WHERE id = 701",
    ):
        execute(school, sql(statement))
    return school


@pytest.mark.django_db
def test_what_is_no_day_of_a_session_is_archived(years_inside: Path) -> None:
    execute(years_inside, sql(drop("students", "session_year_id_id")))
    assert move(years_inside)["succeeded"]
    assert archived()["701"] == {"session_start_year": "last summer", "session_end_year": "2024-06-30"}


@pytest.mark.django_db
def test_days_of_a_session_beside_a_reference_to_one_are_archived(years_inside: Path) -> None:
    execute(years_inside, f"UPDATE {STUDENTS} SET session_start_year = NULL WHERE id <> 701")
    assert move(years_inside)["succeeded"]
    assert archived()["701"] == {"session_start_year": "last summer", "session_end_year": "2024-06-30"}


@pytest.mark.parametrize("day", [date.min, date(987, 6, 5), date.max])
def test_days_at_the_ends_of_the_calendar_make_years(day: date) -> None:
    year = one_year([str(day)])
    assert year["session_start_year"] == day
    assert len(str(made_id((date(1000, 1, 1), day)))) == 16
