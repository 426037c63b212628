"""Tables of attendance: registers and marks, and the figures that are computed from them.

The figures have no references of their own: they stand and fall with the marks that they count.
"""

from collections import Counter
from collections.abc import Mapping
from operator import add
from typing import Any, ClassVar

from django.db import models
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.attendance import AttendanceStatus
from kernel.databases import atomic, insert_from, serialize
from kernel.refs import ModuleRef, Reaction
from kernel.totals import Rebuildable, RunningTotal
from modules.attendance import rules

MODULE = "attendance"
STATUSES = tuple(s.value for s in AttendanceStatus)
_NONE = (0,) * len(STATUSES)


class Attendance(models.Model):
    """A register: one subject of one session year on one day."""

    id = models.BigAutoField(primary_key=True)
    subject_id = ModuleRef("academics.Subject", reaction=Reaction.BLOCK, db_index=False)
    session_year_id = ModuleRef("academics.SessionYear", reaction=Reaction.BLOCK)
    date = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    duplicate = models.PositiveSmallIntegerField(default=0)
    """0 for the register of the day; 1, 2, … for further ones that the legacy held."""

    class Meta:
        verbose_name = _("attendance register")
        verbose_name_plural = _("attendance registers")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject_id", "session_year_id", "date", "duplicate"], name="attendance_one_register_a_day"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["date", "id"], name="attendance_by_day")]

    def __str__(self) -> str:
        return f"{self.date}: {self.subject_id}"


class AttendanceReport(models.Model):
    """A mark: one student in one register."""

    id = models.BigAutoField(primary_key=True)
    # The unique constraint below begins with it: an index of its own would be a second one of two million entries.
    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="reports", db_index=False)
    student_id = ModuleRef("users.StudentProfile", reaction=Reaction.BLOCK)
    status = models.CharField(max_length=7, choices=[(s, s) for s in STATUSES])
    excused_by = ModuleRef("leaves.StudentLeave", reaction=Reaction.KEEP, null=True, blank=True, db_index=False)
    """The leave that made an absence excused, and whose cancellation turns it back. Few rows have one; they are found
    by their student.
    """
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    duplicate = models.PositiveSmallIntegerField(default=0)
    """0 for the student's mark; 1, 2, … for further ones in the same register that the legacy held."""

    class Meta:
        verbose_name = _("attendance mark")
        verbose_name_plural = _("attendance marks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["attendance", "student_id", "duplicate"], name="attendance_one_mark_each")
        ]

    def __str__(self) -> str:
        return f"{self.student_id}: {self.status}"


def take_turn() -> None:
    """Inside a transaction, wait for whoever else changes marks. They share the school's figures, so that they would
    meet anyway; in turn, what one has read is still true when it is written.
    """
    serialize(MODULE, "marks")


_counted = F("present") + F("absent") + F("late")
PERMILLE: CombinedExpression = ((F("present") + F("late")) * 2000 + _counted) / NullIf(_counted * 2, 0)
"""`rules.permille` in the database's integers."""


class Tallied(models.Model, Rebuildable):
    """How many marks of each status."""

    present = models.PositiveIntegerField(default=0)
    absent = models.PositiveIntegerField(default=0)
    late = models.PositiveIntegerField(default=0)
    excused = models.PositiveIntegerField(default=0)

    counts: ClassVar[tuple[str, ...]] = STATUSES
    """The fields that hold counts."""
    keys: ClassVar[tuple[str, ...]]
    """The fields that say whose counts they are."""

    class Meta:
        abstract = True

    @classmethod
    def rebuild(cls) -> None:
        """Replace all rows by what counting gives. The tables are rebuilt in the order in which they stand here: the
        first counts the marks, the next ones add up what it holds.
        """
        manager: models.Manager[Any] = cls._default_manager
        with atomic(MODULE):
            take_turn()
            manager.all().delete()
            fields, rows = (*cls.keys, *cls.counts), cls.counted()
            if isinstance(rows, QuerySet):
                insert_from(cls, fields, rows)
            else:
                manager.bulk_create([cls(**dict(zip(fields, row, strict=True))) for row in rows])

    @classmethod
    def counted(cls) -> QuerySet[Any, Any] | list[tuple[int, ...]]:
        """The table's rows as they should be, as tuples of the keys and the counts."""
        raise TypeError(f"{cls.__name__} does not say how it is counted")


class StudentSubjectTotal(Tallied):
    """A student's marks in a subject, over all session years."""

    id = models.BigAutoField(primary_key=True)
    student_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()

    keys = ("student_id", "subject_id")

    class Meta:
        verbose_name = _("attendance of a student in a subject")
        verbose_name_plural = _("attendance of students in subjects")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["student_id", "subject_id"], name="attendance_one_total_each")
        ]
        indexes: ClassVar = [models.Index(fields=["subject_id", "student_id"], name="attendance_totals_by_subject")]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.subject_id}"

    @classmethod
    def counted(cls) -> QuerySet[Any, Any]:
        # Adding nothing keeps SQLite from going through the index of students, mark by mark all over the table.
        pairs = AttendanceReport.objects.values(student=F("student_id") + 0, subject=F("attendance__subject_id"))
        by_status = {s: Count("pk", filter=Q(status=s)) for s in STATUSES}
        return pairs.annotate(**by_status).order_by().values_list("student", "subject", *STATUSES)


class StudentTotal(Tallied):
    """A student's marks over all subjects and session years."""

    student_id = models.BigIntegerField(primary_key=True)
    permille = models.GeneratedField(
        expression=PERMILLE, output_field=models.IntegerField(null=True), db_persist=True, null=True
    )
    """Tenths of a percent; NULL without marks that count. Indexed, so that the lowest are found without a sort."""

    keys = ("student_id",)

    class Meta:
        verbose_name = _("attendance of a student")
        verbose_name_plural = _("attendance of students")
        indexes: ClassVar = [models.Index(fields=["permille", "student_id"], name="attendance_lowest_first")]

    def __str__(self) -> str:
        return str(self.student_id)

    @classmethod
    def counted(cls) -> QuerySet[Any, Any]:
        return _sums("student_id").values_list("student_id", *STATUSES)


class SubjectTotal(Tallied):
    """Registers and marks of a subject, over all session years."""

    subject_id = models.BigIntegerField(primary_key=True)
    registers = models.PositiveIntegerField(default=0)

    keys = ("subject_id",)
    counts = (*STATUSES, "registers")

    class Meta:
        verbose_name = _("attendance in a subject")
        verbose_name_plural = _("attendance in subjects")

    def __str__(self) -> str:
        return str(self.subject_id)

    @classmethod
    def counted(cls) -> list[tuple[int, ...]]:
        marks = {subject_id: sums for subject_id, *sums in _sums("subject_id").values_list("subject_id", *STATUSES)}
        registers = Attendance.objects.values_list("subject_id").annotate(n=Count("pk")).order_by()
        return [(subject_id, *marks.get(subject_id, [0] * len(STATUSES)), n) for subject_id, n in registers]


def _sums(key: str) -> QuerySet[Any, Any]:
    """The marks of each student or subject, added up."""
    rows: QuerySet[Any, Any] = StudentSubjectTotal.objects.values(key).order_by()
    sums: QuerySet[Any, Any] = rows.annotate(**{s: Sum(s) for s in STATUSES})
    return sums


class AttendanceTotal(RunningTotal):
    """The school's figures: "registers", "present", …, "band:75"; and "subject:3:band:75" for a subject. A band is
    named by its lower percent and holds the number of students.
    """

    class Meta:
        verbose_name = _("attendance total")
        verbose_name_plural = _("attendance totals")

    @classmethod
    def recount(cls) -> dict[str, int]:
        """Counted from the marks, and not from the tables above, so that their mistakes show."""
        return cls._figures(StudentSubjectTotal.counted())

    @classmethod
    def rebuilt(cls) -> dict[str, int]:
        return cls._figures(StudentSubjectTotal.objects.values_list("student_id", "subject_id", *STATUSES))

    @classmethod
    def _figures(cls, rows: QuerySet[Any, Any]) -> dict[str, int]:
        """`rows`: student, subject, and a count for each status."""
        in_subjects: Counter[tuple[int, ...]] = Counter()  # subject and counts → students: there are far fewer of these
        of_students: dict[int, tuple[int, ...]] = {}
        for student_id, subject_id, *counts in rows.iterator(chunk_size=5000):
            in_subjects[subject_id, *counts] += 1
            of_students[student_id] = tuple(map(add, of_students.get(student_id, _NONE), counts))
        totals = Counter(registers=Attendance.objects.count())
        for (subject_id, *counts), students in in_subjects.items():
            by_status = dict(zip(STATUSES, counts, strict=True))
            totals.update({status: n * students for status, n in by_status.items()})
            totals.update(dict.fromkeys(bands(by_status, subject_id), students))
        for counts_of_student, students in Counter(of_students.values()).items():
            totals.update(dict.fromkeys(bands(dict(zip(STATUSES, counts_of_student, strict=True))), students))
        return {name: n for name, n in totals.items() if n}


def bands(counts: Mapping[str, int], subject_id: int | None = None) -> list[str]:
    """The running total in which somebody with these marks is one: a list of one name, empty when no mark counts."""
    tenths = rules.permille(present=counts["present"], absent=counts["absent"], late=counts["late"])
    return [] if tenths is None else [band_name(rules.band_of(tenths)[0], subject_id)]


def band_name(lower: int, subject_id: int | None = None) -> str:
    """The running total of a band of the school or of a subject."""
    return f"band:{lower}" if subject_id is None else f"subject:{subject_id}:band:{lower}"
