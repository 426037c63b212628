"""Several teachers saving at once."""

from collections.abc import Callable

import pytest

from contracts.attendance import AttendanceService
from modules.attendance.models import Attendance
from tests import actors
from tests.modules.attendance.fakes import MATHS, MONDAY, PHYSICS, YEAR
from tests.modules.attendance.marks import assert_figures_are_a_count_of_the_marks, marks
from tests.modules.races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def saving(attendance: AttendanceService, subject_id: int, **letters: str) -> Callable[[], int]:
    return lambda: (
        attendance.record(
            actor=actors.teacher(), subject_id=subject_id, session_year_id=YEAR, on=MONDAY, marks=marks(**letters)
        ).id
    )


def test_a_day_that_two_save_at_once_has_one_register(attendance: AttendanceService) -> None:
    for n in range(5):
        Attendance.objects.all().delete()
        first, second = at_once(
            saving(attendance, PHYSICS, s701="p", s702="a"), saving(attendance, PHYSICS, s701="l", s702="p")
        )
        assert first == second, n
        assert Attendance.objects.count() == 1


def test_no_mark_is_lost_from_the_figures_of_students_marked_in_two_subjects_at_once(
    attendance: AttendanceService,
) -> None:
    for letter in "plae":
        deeds = [saving(attendance, i, s701=letter, s702=letter, s703="p") for i in (PHYSICS, MATHS) for _ in range(3)]
        assert all(isinstance(saved, int) for saved in at_once(*deeds))
        assert_figures_are_a_count_of_the_marks()
