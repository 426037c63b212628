"""Reads of attendance, straight from rows to DTOs."""

from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from contracts.attendance import (
    AttendanceStatus,
    Band,
    DatedMark,
    Mark,
    Register,
    SchoolAttendance,
    StudentTally,
    SubjectTally,
    Tally,
)
from modules.attendance import rules
from modules.attendance.models import (
    STATUSES,
    Attendance,
    AttendanceReport,
    AttendanceTotal,
    StudentSubjectTotal,
    StudentTotal,
    SubjectTotal,
    band_name,
)

REGISTER_FIELDS = ("id", "subject_id", "session_year_id", "date", "created_at", "updated_at")
LOWEST = 10


def build_registers(rows: QuerySet[Attendance, Any]) -> tuple[Register, ...]:
    """The rows as DTOs, in two queries: the registers, and the counts of their marks."""
    registers: list[dict[str, Any]] = list(rows.values(*REGISTER_FIELDS))
    counts: dict[int, dict[str, int]] = {}
    marks = AttendanceReport.objects.filter(attendance_id__in=[r["id"] for r in registers])
    for register_id, status, n in marks.values_list("attendance_id", "status").annotate(n=Count("pk")).order_by():
        counts.setdefault(register_id, dict.fromkeys(STATUSES, 0))[status] = n
    nobody = dict.fromkeys(STATUSES, 0)
    return tuple(Register(**(row | counts.get(row["id"], nobody))) for row in registers)


def register(register_id: int) -> Register:
    return build_registers(Attendance.objects.filter(pk=register_id))[0]


def marks_of(register_id: int) -> tuple[Mark, ...]:
    rows = AttendanceReport.objects.filter(attendance_id=register_id).order_by("id").values_list("student_id", "status")
    return tuple(Mark(student_id=student_id, status=AttendanceStatus(status)) for student_id, status in rows)


def student_marks(student_id: int, subject_id: int, first_day: date, last_day: date) -> tuple[DatedMark, ...]:
    rows = (
        AttendanceReport.objects.filter(
            student_id=student_id, attendance__subject_id=subject_id, attendance__date__range=(first_day, last_day)
        )
        .order_by("attendance__date", "id")
        .values("status", "attendance_id", date=F("attendance__date"))
    )
    return tuple(
        DatedMark(
            register_id=row["attendance_id"],
            subject_id=subject_id,
            date=row["date"],
            status=AttendanceStatus(row["status"]),
        )
        for row in rows
    )


def tally(row: dict[str, Any]) -> Tally:
    """The tally of a row that holds the four counts."""
    counts = {s: row[s] for s in STATUSES}
    tenths = rules.permille(present=row["present"], absent=row["absent"], late=row["late"])
    return Tally(**counts, percentage=rules.percentage(tenths))


def student_tallies(student_ids: tuple[int, ...]) -> dict[int, Tally]:
    rows = StudentTotal.objects.filter(student_id__in=student_ids).order_by("student_id")
    return {row["student_id"]: tally(row) for row in rows.values("student_id", *STATUSES)}


def student_subject_tallies(student_id: int) -> tuple[SubjectTally, ...]:
    rows = StudentSubjectTotal.objects.filter(student_id=student_id).order_by("subject_id")
    return tuple(SubjectTally(subject_id=r["subject_id"], tally=tally(r)) for r in rows.values("subject_id", *STATUSES))


def register_counts(subject_ids: tuple[int, ...]) -> dict[int, int]:
    rows = SubjectTotal.objects.filter(subject_id__in=subject_ids).values_list("subject_id", "registers")
    return dict.fromkeys(subject_ids, 0) | dict(rows)


def subject_tallies(subject_ids: tuple[int, ...]) -> dict[int, Tally]:
    marked = Q(present__gt=0) | Q(absent__gt=0) | Q(late__gt=0) | Q(excused__gt=0)
    rows = SubjectTotal.objects.filter(marked, subject_id__in=subject_ids).order_by("subject_id")
    return {row["subject_id"]: tally(row) for row in rows.values("subject_id", *STATUSES)}


def lowest(rows: QuerySet[StudentTotal, Any], limit: int) -> tuple[StudentTally, ...]:
    """Students with the lowest percentage, lowest first; those without marks that count have none."""
    rows = rows.filter(permille__isnull=False).order_by("permille", "student_id")
    return tuple(
        StudentTally(student_id=r["student_id"], tally=tally(r)) for r in rows.values("student_id", *STATUSES)[:limit]
    )


def students_in(subject_ids: tuple[int, ...]) -> QuerySet[StudentTotal, Any]:
    """Students with marks in one of these subjects, at a cost that grows with their number and not with the school."""
    pairs = StudentSubjectTotal.objects.filter(subject_id__in=subject_ids).values("student_id")
    return StudentTotal.objects.filter(student_id__in=pairs)


def bands_in_subjects(subject_ids: tuple[int, ...]) -> tuple[Band, ...]:
    ids = set(subject_ids)
    kept = AttendanceTotal.read(band_name(lower, i) for i in ids for lower, _upper in rules.BANDS)
    return tuple(
        Band(lower=lower, upper=upper, students=sum(kept[band_name(lower, i)] for i in ids))
        for lower, upper in rules.BANDS
    )


def school() -> SchoolAttendance:
    """In two queries that touch a dozen rows each."""
    bands = {band_name(lower): (lower, upper) for lower, upper in rules.BANDS}
    kept = AttendanceTotal.read(("registers", *STATUSES, *bands))
    return SchoolAttendance(
        registers=kept["registers"],
        tally=tally(kept),
        bands=tuple(Band(lower=lo, upper=up, students=kept[name]) for name, (lo, up) in bands.items()),
        lowest=lowest(StudentTotal.objects.all(), LOWEST),
    )


def untaken_on(day: date, subject_ids: tuple[int, ...]) -> tuple[int, ...]:
    taken = set(
        Attendance.objects.filter(date=day, subject_id__in=subject_ids).values_list("subject_id", flat=True).distinct()
    )
    return tuple(i for i in subject_ids if i not in taken)
