"""Percentages, bands and totals: always what counting the marks gives, and as cheap to read for many as for few."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from contracts.attendance import AttendanceService, AttendanceStatus, Mark
from kernel.totals import rebuild_all
from modules.attendance import rules
from modules.attendance.models import Attendance, AttendanceReport, AttendanceTotal, StudentTotal, SubjectTotal
from tests import actors
from tests.modules.attendance.conftest import Leaves
from tests.modules.attendance.fakes import CLASS, MATHS, MONDAY, MUSIC, PHYSICS, YEAR, absence
from tests.modules.attendance.marks import assert_figures_are_a_count_of_the_marks, marks

pytestmark = pytest.mark.django_db

HOD = actors.hod()


def take(attendance: AttendanceService, letters: dict[str, str], *, subject: int = PHYSICS, day: int = 0) -> int:
    return attendance.record(
        actor=HOD,
        subject_id=subject,
        session_year_id=YEAR,
        on=MONDAY + timedelta(days=day),
        marks=marks(**letters),
    ).id


def fill(students: int, days: int) -> None:
    """A school whose first student is always there, and the others the less the later they come."""
    registers = Attendance.objects.bulk_create(
        Attendance(subject_id=PHYSICS, session_year_id=YEAR, date=MONDAY + timedelta(days=n)) for n in range(days)
    )
    AttendanceReport.objects.bulk_create(
        AttendanceReport(attendance=r, student_id=i, status="present" if n * students >= i * days else "absent")
        for n, r in enumerate(registers)
        for i in range(students)
    )
    rebuild_all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_figures_follow_any_sequence_of_saving_correcting_and_leave(
    attendance: AttendanceService, decisions: Leaves, seed: int
) -> None:
    chance = random.Random(seed)
    days = [MONDAY + timedelta(days=n) for n in range(6)]
    registers: dict[int, set[int]] = {}
    for step in range(60):
        deed = chance.choice(("record", "record", "correct", "approve", "cancel"))
        some = chance.sample(CLASS, chance.randint(1, len(CLASS)))
        if deed == "record":
            given = tuple(Mark(student_id=i, status=chance.choice(list(AttendanceStatus))) for i in some)
            saved = attendance.record(
                actor=HOD,
                subject_id=chance.choice((PHYSICS, MATHS)),
                session_year_id=YEAR,
                on=chance.choice(days),
                marks=given,
            )
            registers.setdefault(saved.id, set()).update(some)
        elif deed == "correct" and registers:
            register_id, marked = chance.choice(list(registers.items()))
            given = tuple(Mark(student_id=i, status=chance.choice(list(AttendanceStatus))) for i in marked)
            attendance.correct(actor=HOD, register_id=register_id, marks=given)
        elif deed == "approve":
            first, last = sorted(chance.choices(days, k=2))
            decisions.approve(absence(step, some[0], first, last))
        elif deed == "cancel" and decisions.fake.approved:
            decisions.cancel(chance.choice(decisions.fake.approved))
    assert_figures_are_a_count_of_the_marks()
    assert {r.excused_by for r in AttendanceReport.objects.exclude(excused_by=None)} <= {
        a.leave.id for a in decisions.fake.approved
    }


def test_rebuilding_gives_the_same_figures_from_wrong_ones(attendance: AttendanceService) -> None:
    take(attendance, {"s701": "p", "s702": "a", "s703": "e"})
    take(attendance, {"s701": "l", "s702": "p"}, subject=MATHS)
    StudentTotal.objects.update(absent=40)
    SubjectTotal.objects.all().delete()
    AttendanceTotal.add({"present": 5, "band:90": -1})
    assert AttendanceTotal.differences()["present"] == (7, 2)
    rebuild_all()
    assert_figures_are_a_count_of_the_marks()


def test_the_database_rounds_percentages_as_the_rules_do() -> None:
    chance = random.Random(4)
    rows = [
        StudentTotal(
            student_id=n, present=chance.randint(0, 3), absent=chance.randint(0, 400), late=chance.randint(0, 40)
        )
        for n in range(300)
    ]
    rows.append(StudentTotal(student_id=1000, excused=7))
    StudentTotal.objects.bulk_create(rows)
    for row in StudentTotal.objects.all():
        assert row.permille == rules.permille(present=row.present, absent=row.absent, late=row.late)


def test_a_students_tally_counts_all_subjects_and_leaves_out_the_excused(attendance: AttendanceService) -> None:
    for day, letter in enumerate("plae"):
        take(attendance, {"s701": letter, "s702": "e"}, day=day)
    take(attendance, {"s701": "a"}, subject=MATHS)
    found = attendance.student_tallies(actor=HOD, student_ids=(701, 702, 703))
    assert set(found) == {701, 702}
    assert (found[701].present, found[701].late, found[701].absent, found[701].excused) == (1, 1, 2, 1)
    assert (found[701].percentage, found[701].total) == (Decimal("50.0"), 5)
    assert found[702].percentage is None
    by_subject = attendance.student_subject_tallies(actor=actors.student(), student_id=701)
    assert [(s.subject_id, s.tally.percentage) for s in by_subject] == [
        (PHYSICS, Decimal("66.7")),
        (MATHS, Decimal("0.0")),
    ]


def test_a_subjects_tally_counts_all_its_marks(attendance: AttendanceService) -> None:
    take(attendance, {"s701": "p", "s702": "a"})
    take(attendance, {"s701": "p"}, day=1)
    take(attendance, {}, subject=MUSIC)
    tallies = attendance.subject_tallies(actor=HOD, subject_ids=(PHYSICS, MATHS, MUSIC))
    assert {i: (t.present, t.absent, t.percentage) for i, t in tallies.items()} == {PHYSICS: (2, 1, Decimal("66.7"))}
    assert attendance.register_counts(actor=HOD, subject_ids=(MUSIC, MATHS, PHYSICS)) == {
        MUSIC: 1,
        MATHS: 0,
        PHYSICS: 2,
    }


def test_the_schools_figures_cover_everybody_with_marks(attendance: AttendanceService) -> None:
    empty = attendance.school(actor=HOD)
    assert (empty.registers, empty.tally.percentage, empty.lowest) == (0, None, ())
    assert [(b.lower, b.upper) for b in empty.bands] == list(rules.BANDS)
    for day, letter in enumerate("pppa"):
        take(attendance, {"s701": letter, "s702": "p", "s703": "a", "s704": "e"}, day=day)
    school = attendance.school(actor=HOD)
    assert (school.registers, school.tally.total) == (4, 16)
    assert school.tally.percentage == Decimal("58.3")
    assert {(b.lower, b.upper): b.students for b in school.bands if b.students} == {
        (0, 50): 1,
        (75, 80): 1,
        (90, 100): 1,
    }
    assert [s.student_id for s in school.lowest] == [703, 701, 702]


def test_the_lowest_are_ten_in_order_of_percentage_then_of_id(attendance: AttendanceService) -> None:
    fill(students=30, days=15)
    lowest = attendance.school(actor=HOD).lowest
    assert [s.student_id for s in lowest] == sorted(range(30), key=lambda i: (_percent(lowest, i), i))[:10]
    percentages = [s.tally.percentage for s in lowest]
    assert percentages == sorted(percentages, key=lambda p: p or 0)
    some = attendance.lowest_in_subjects(actor=HOD, subject_ids=(PHYSICS, MATHS), limit=3)
    assert some == lowest[:3]
    assert attendance.lowest_in_subjects(actor=HOD, subject_ids=(MATHS,)) == ()
    assert attendance.lowest_in_subjects(actor=HOD, subject_ids=()) == ()


def _percent(known: tuple[Any, ...], student_id: int) -> Decimal:
    found = [s.tally.percentage for s in known if s.student_id == student_id]
    return found[0] if found else Decimal(101)


def test_the_lowest_of_a_subject_are_shown_with_all_their_subjects(attendance: AttendanceService) -> None:
    take(attendance, {"s701": "p", "s702": "p", "s703": "a"})
    take(attendance, {"s702": "a", "s704": "a"}, subject=MATHS)
    lowest = attendance.lowest_in_subjects(actor=actors.teacher(), subject_ids=(PHYSICS,), limit=2)
    assert [(s.student_id, s.tally.percentage) for s in lowest] == [(703, Decimal("0.0")), (702, Decimal("50.0"))]


def test_in_the_bands_of_subjects_a_student_counts_once_per_subject(attendance: AttendanceService) -> None:
    take(attendance, {"s701": "p", "s702": "a"})
    take(attendance, {"s701": "p"}, subject=MATHS)

    def bands(*subject_ids: int) -> dict[int, int]:
        found = attendance.bands_in_subjects(actor=actors.teacher(), subject_ids=subject_ids)
        return {b.lower: b.students for b in found if b.students}

    assert bands(PHYSICS) == {0: 1, 90: 1}
    assert bands(PHYSICS, MATHS, PHYSICS) == {0: 1, 90: 2}
    assert bands(MUSIC) == {}


Reading = Callable[[AttendanceService], Any]
READINGS: dict[str, tuple[int, Reading]] = {
    "school": (2, lambda s: s.school(actor=HOD)),
    "student_tallies": (1, lambda s: s.student_tallies(actor=HOD, student_ids=tuple(range(500)))),
    "student_subject_tallies": (1, lambda s: s.student_subject_tallies(actor=HOD, student_id=1)),
    "subject_tallies": (1, lambda s: s.subject_tallies(actor=HOD, subject_ids=(PHYSICS, MATHS))),
    "register_counts": (1, lambda s: s.register_counts(actor=HOD, subject_ids=(PHYSICS, MATHS))),
    "lowest_in_subjects": (1, lambda s: s.lowest_in_subjects(actor=HOD, subject_ids=(PHYSICS,))),
    "bands_in_subjects": (1, lambda s: s.bands_in_subjects(actor=HOD, subject_ids=(PHYSICS, MATHS))),
    "untaken_on": (1, lambda s: s.untaken_on(actor=HOD, on=MONDAY, subject_ids=(PHYSICS, MATHS))),
    "registers": (2, lambda s: s.registers(actor=HOD, subject_id=PHYSICS, session_year_id=YEAR)),
}


@pytest.mark.parametrize("students", [3, 80])
@pytest.mark.parametrize("reading", READINGS)
def test_figures_are_read_in_a_fixed_number_of_queries(
    attendance: AttendanceService, students: int, reading: str, django_assert_num_queries: Any
) -> None:
    fill(students=students, days=students // 3)
    expected, read = READINGS[reading]
    with django_assert_num_queries(expected):
        assert read(attendance) is not None
