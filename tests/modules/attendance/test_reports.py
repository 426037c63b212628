"""Reports: the marks of a span of days added up, each way, and what each person may ask for."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.attendance import AttendanceService, ReportBy, ReportLine
from contracts.base import PageRequest
from contracts.errors import Forbidden, Invalid
from tests import actors
from tests.modules.attendance.fakes import MATHS, MONDAY, MUSIC, MUSICIAN, PHYSICS, TUESDAY, YEAR
from tests.modules.attendance.marks import marks

pytestmark = pytest.mark.django_db

HOD = actors.hod()
MARCH = date(2025, 3, 5)
EVERYTHING: dict[str, Any] = {"first_day": MONDAY, "last_day": MARCH}


@pytest.fixture(autouse=True)
def _taken(attendance: AttendanceService) -> None:
    def take(subject_id: int, day: date, **letters: str) -> None:
        given = marks(**letters)
        attendance.record(actor=HOD, subject_id=subject_id, session_year_id=YEAR, on=day, marks=given)

    take(PHYSICS, MONDAY, s701="p", s702="p", s703="a")
    take(PHYSICS, TUESDAY, s701="l", s702="a", s703="a")
    take(MATHS, TUESDAY, s701="p", s702="e")
    take(PHYSICS, MARCH, s701="a")
    take(MUSIC, MONDAY, **{f"s{MUSICIAN}": "p"})


def asked(attendance: AttendanceService, by: ReportBy, **options: Any) -> tuple[ReportLine, ...]:
    options = EVERYTHING | {"actor": HOD, "page": PageRequest()} | options
    return attendance.report(by=by, **options).items


@pytest.mark.parametrize(
    ("by", "lines"),
    [
        (ReportBy.DAY, [(MONDAY, 2, 4, "75.0"), (TUESDAY, 2, 5, "50.0"), (MARCH, 1, 1, "0.0")]),
        (ReportBy.WEEK, [(MONDAY, 4, 9, "62.5"), (date(2025, 3, 3), 1, 1, "0.0")]),
        (ReportBy.MONTH, [(date(2025, 2, 1), 4, 9, "62.5"), (date(2025, 3, 1), 1, 1, "0.0")]),
    ],
)
def test_days_weeks_and_months_are_added_up(
    attendance: AttendanceService, by: ReportBy, lines: list[tuple[date, int, int, str]]
) -> None:
    found = asked(attendance, by)
    assert [(r.first_day, r.registers, r.tally.total, str(r.tally.percentage)) for r in found] == lines


def test_subjects_and_students_are_added_up_the_worst_first_when_asked(attendance: AttendanceService) -> None:
    assert [(r.subject_id, r.tally.total) for r in asked(attendance, ReportBy.SUBJECT)] == [
        (PHYSICS, 7),
        (MATHS, 2),
        (MUSIC, 1),
    ]
    worst = asked(attendance, ReportBy.STUDENT, page=PageRequest(order="percentage"))
    assert [(r.student_id, r.tally.percentage) for r in worst] == [
        (703, Decimal("0.0")),
        (702, Decimal("50.0")),
        (701, Decimal("75.0")),
        (MUSICIAN, Decimal("100.0")),
    ]
    best = asked(attendance, ReportBy.STUDENT, page=PageRequest(order="-percentage", size=1))
    assert [r.student_id for r in best] == [MUSICIAN]


def test_days_subjects_and_students_narrow_a_report(attendance: AttendanceService) -> None:
    (tuesday,) = asked(attendance, ReportBy.DAY, first_day=TUESDAY, last_day=TUESDAY, subject_ids=(PHYSICS,))
    assert (tuesday.registers, tuesday.tally.total) == (1, 3)
    own = asked(attendance, ReportBy.SUBJECT, student_ids=(702,))
    assert [(r.subject_id, r.tally.excused) for r in own] == [(PHYSICS, 0), (MATHS, 1)]


def test_teachers_get_their_own_subjects_and_students_themselves(attendance: AttendanceService) -> None:
    by_teacher = asked(attendance, ReportBy.SUBJECT, actor=actors.teacher())
    assert {r.subject_id for r in by_teacher} == {PHYSICS, MATHS}
    assert asked(attendance, ReportBy.SUBJECT, actor=actors.teacher(), subject_ids=(MUSIC,)) == ()
    me = actors.student(student_id=702)
    assert [r.student_id for r in asked(attendance, ReportBy.STUDENT, actor=me)] == [702]
    with pytest.raises(Forbidden):
        asked(attendance, ReportBy.STUDENT, actor=me, student_ids=(701,))
    with pytest.raises(Forbidden):
        asked(attendance, ReportBy.DAY, actor=actors.anonymous())


@pytest.mark.parametrize("last_day", [MONDAY - timedelta(days=1), MONDAY + timedelta(days=366)])
def test_days_in_the_wrong_order_and_more_than_a_year_are_refused(
    attendance: AttendanceService, last_day: date
) -> None:
    with pytest.raises(Invalid) as caught:
        asked(attendance, ReportBy.DAY, last_day=last_day)
    assert set(caught.value.fields) == {"last_day"}


def test_a_page_of_a_report_costs_two_queries(
    attendance: AttendanceService, django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    with django_assert_num_queries(2):
        page = attendance.report(actor=HOD, by=ReportBy.DAY, page=PageRequest(number=2, size=2), **EVERYTHING)
    assert ([r.first_day for r in page.items], page.total) == ([MARCH], 3)
