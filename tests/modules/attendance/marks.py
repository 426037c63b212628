"""Short ways to write marks down, and to count them anew."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from contracts.attendance import AttendanceService, AttendanceStatus, Mark
from modules.attendance import rules
from modules.attendance.models import (
    STATUSES,
    Attendance,
    AttendanceReport,
    AttendanceTotal,
    StudentSubjectTotal,
    StudentTotal,
    SubjectTotal,
    Tallied,
)
from tests import actors

LETTERS = {s.value[0]: s for s in AttendanceStatus}


def marks(**letters: str) -> tuple[Mark, ...]:
    """`marks(s701="p", s702="a")`: present, absent, late, excused by their first letters."""
    return tuple(Mark(student_id=int(name[1:]), status=LETTERS[letter]) for name, letter in letters.items())


def shown(attendance: AttendanceService, register_id: int) -> dict[int, str]:
    """A register's marks by student, as first letters; several of one student as several letters."""
    found: dict[int, str] = {}
    for mark in attendance.register(actor=actors.hod(), register_id=register_id).marks:
        found[mark.student_id] = found.get(mark.student_id, "") + mark.status.value[0]
    return found


def percentage(counts: Counter[str]) -> Decimal | None:
    """As in the school's rules, in the words of a calculator."""
    counted = counts["present"] + counts["late"] + counts["absent"]
    if not counted:
        return None
    exact = Decimal(100 * (counts["present"] + counts["late"])) / counted
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def assert_figures_are_a_count_of_the_marks() -> None:
    by_student: dict[tuple[int, ...], Counter[str]] = {}
    by_pair: dict[tuple[int, ...], Counter[str]] = {}
    by_subject: dict[tuple[int, ...], Counter[str]] = {
        (i,): Counter() for i in Attendance.objects.values_list("subject_id", flat=True)
    }
    school: Counter[str] = Counter(registers=Attendance.objects.count())
    for student, subject, status in AttendanceReport.objects.values_list(
        "student_id", "attendance__subject_id", "status"
    ):
        school[status] += 1
        by_student.setdefault((student,), Counter())[status] += 1
        by_pair.setdefault((student, subject), Counter())[status] += 1
        by_subject[(subject,)][status] += 1
    for counted, prefix in ((by_student, ""), (by_pair, "subject:")):
        for key, counts in counted.items():
            percent = percentage(counts)
            for lower, upper in rules.BANDS:
                if percent is not None and (lower <= percent < upper or upper == percent == 100):
                    school[f"{prefix}{key[1]}:band:{lower}" if prefix else f"band:{lower}"] += 1
    assert _kept(StudentTotal, "student_id") == by_student
    assert _kept(StudentSubjectTotal, "student_id", "subject_id") == by_pair
    assert _kept(SubjectTotal, "subject_id") == by_subject
    assert {t.name: t.value for t in AttendanceTotal.objects.exclude(value=0)} == {n: v for n, v in school.items() if v}
    assert AttendanceTotal.differences() == {}


def _kept(model: type[Tallied], *keys: str) -> dict[tuple[int, ...], Counter[str]]:
    rows = model._default_manager.values(*keys, *STATUSES)
    return {tuple(r[k] for k in keys): Counter({s: r[s] for s in STATUSES if r[s]}) for r in rows}
