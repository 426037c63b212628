"""Several teachers saving at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from contracts.attendance import AttendanceService
from modules.attendance.models import Attendance
from tests import actors
from tests.modules.attendance.fakes import MATHS, MONDAY, PHYSICS, YEAR
from tests.modules.attendance.marks import assert_figures_are_a_count_of_the_marks, marks

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(*deeds: Callable[[], int]) -> list[int]:
    def run(deed: Callable[[], int]) -> int:
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def saving(attendance: AttendanceService, subject_id: int, **letters: str) -> Callable[[], int]:
    return lambda: (
        attendance.record(
            actor=actors.teacher(), subject_id=subject_id, session_year_id=YEAR, on=MONDAY, marks=marks(**letters)
        ).id
    )


def test_a_day_that_two_save_at_once_has_one_register(attendance: AttendanceService) -> None:
    for n in range(5):
        Attendance.objects.all().delete()
        first, second = together(
            saving(attendance, PHYSICS, s701="p", s702="a"), saving(attendance, PHYSICS, s701="l", s702="p")
        )
        assert first == second, n
        assert Attendance.objects.count() == 1


def test_no_mark_is_lost_from_the_figures_of_students_marked_in_two_subjects_at_once(
    attendance: AttendanceService,
) -> None:
    for letter in "plae":
        deeds = [saving(attendance, i, s701=letter, s702=letter, s703="p") for i in (PHYSICS, MATHS) for _ in range(3)]
        together(*deeds)
        assert_figures_are_a_count_of_the_marks()
