"""Attendance: registers of a subject on a day, who was there, and the figures drawn from them."""

from abc import ABC
from datetime import date
from decimal import Decimal
from enum import StrEnum

from contracts.base import DTO, Actor, Event, Instant, Page, PageRequest, RowsDeleted, Service, command, query
from contracts.errors import Invalid, NotFound


class AttendanceStatus(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    LATE = "late"
    EXCUSED = "excused"


class Mark(DTO):
    """One student's status in a register."""

    student_id: int
    status: AttendanceStatus


class Register(DTO):
    """The attendance of one subject, session year and day. Old data may hold several for the same day."""

    id: int
    subject_id: int
    session_year_id: int
    date: date
    present: int
    absent: int
    late: int
    excused: int
    created_at: Instant
    updated_at: Instant


class RegisterWithMarks(DTO):
    summary: Register
    marks: tuple[Mark, ...]
    """In the order in which they were first taken; old data may hold several for one student."""


class DatedMark(DTO):
    """A student's own view of one mark."""

    register_id: int
    subject_id: int
    date: date
    status: AttendanceStatus


class Tally(DTO):
    """How many marks of each status. `percentage` = (present + late) / (all − excused) × 100, one place, None without
    marks that count.
    """

    present: int
    absent: int
    late: int
    excused: int
    percentage: Decimal | None

    @property
    def total(self) -> int:
        return self.present + self.absent + self.late + self.excused


class SubjectTally(DTO):
    subject_id: int
    tally: Tally


class StudentTally(DTO):
    student_id: int
    tally: Tally


class Band(DTO):
    """How many students have an attendance of at least `lower` and less than `upper` percent, as it is shown with one
    place; the last band includes 100.
    """

    lower: int
    upper: int
    students: int


class SchoolAttendance(DTO):
    """The whole school's figures, kept as running totals: reading them costs the same at any size."""

    registers: int
    tally: Tally
    bands: tuple[Band, ...]
    lowest: tuple[StudentTally, ...]
    """The ten students with the lowest percentage, lowest first, among those who have one."""


class Roll(DTO):
    """What a teacher needs to take the roll: the class, what was saved before, and who is excused by leave that day."""

    subject_id: int
    session_year_id: int
    date: date
    student_ids: tuple[int, ...]
    """Students who may be marked: those enrolled on that day, and those with a mark in the saved register."""
    register_id: int | None
    """The register that `record` would change; of several in old data the first."""
    marks: tuple[Mark, ...]
    """Of the saved register, or else present for everybody, excused for those on approved leave."""
    excused_reasons: dict[int, str]
    """Student id → the reason given with the approved leave."""


class ReportBy(StrEnum):
    """What the lines of a report stand for."""

    DAY = "day"
    WEEK = "week"
    """From Monday."""
    MONTH = "month"
    SUBJECT = "subject"
    STUDENT = "student"


class ReportLine(DTO):
    """The marks of a day, week, month, subject or student; of the first three fields one is given."""

    first_day: date | None
    """The day, or the first of the week or month, also where the report begins later."""
    subject_id: int | None
    student_id: int | None
    registers: int
    """How many registers hold these marks."""
    tally: Tally


LONGEST_REPORT_DAYS = 366


class AttendanceService(Service, ABC, name="attendance"):
    @query(errors=(NotFound, Invalid))
    def roll(self, *, actor: Actor, subject_id: int, session_year_id: int, on: date) -> Roll:
        """The class to be marked on a day. The subject's teacher, or the HOD. Invalid("on") as in `record`."""

    @command(idempotent=True, errors=(NotFound, Invalid))
    def record(
        self, *, actor: Actor, subject_id: int, session_year_id: int, on: date, marks: tuple[Mark, ...]
    ) -> Register:
        """Save the whole class in one call; saving the same day again corrects it. All or nothing.

        Students of the class who are not in `marks` keep what they have. An absence on approved leave becomes excused,
        and absent again when the leave is cancelled. Where old data holds several registers of the day, the first one
        is corrected (`correct` reaches the others); where it holds several marks of a student, all of them are set.

        The subject's teacher, or the HOD. Invalid names students who are not enrolled in the subject's course and this
        session year on that day, or who are marked twice ("marks"), and days outside the session year or in the future
        ("on"). Publishes AttendanceRecorded, unless nothing changed.
        """

    @command(idempotent=True, errors=(NotFound, Invalid))
    def correct(self, *, actor: Actor, register_id: int, marks: tuple[Mark, ...]) -> Register:
        """Change marks of exactly this register, whatever its age; students without a mark in it are refused ("marks").

        Leave, and several marks of a student, as in `record`. The subject's teacher, or the HOD. Publishes
        AttendanceRecorded, unless nothing changed.
        """

    @query(errors=(NotFound,))
    def registers(self, *, actor: Actor, subject_id: int, session_year_id: int) -> tuple[Register, ...]:
        """Registers of a subject and year in the order they were made. The subject's teacher, or the HOD."""

    @query()
    def list_registers(
        self,
        *,
        actor: Actor,
        page: PageRequest,
        subject_ids: tuple[int, ...] | None = None,
        session_year_id: int | None = None,
        first_day: date | None = None,
        last_day: date | None = None,
    ) -> Page[Register]:
        """Registers, newest day first; order: date, created_at. The HOD sees all, teachers those of their subjects."""

    @query(errors=(NotFound,))
    def register(self, *, actor: Actor, register_id: int) -> RegisterWithMarks:
        """One register with its marks. The subject's teacher, or the HOD."""

    @query(errors=(NotFound,))
    def student_marks(
        self, *, actor: Actor, student_id: int, subject_id: int, first_day: date, last_day: date
    ) -> tuple[DatedMark, ...]:
        """A student's marks in a subject between two days, both included, by date; a reversed range is empty.

        Staff and HOD for anyone; students for themselves, in subjects of courses that they are or were enrolled in
        (NotFound otherwise).
        """

    @query()
    def student_tallies(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Tally]:
        """Totals over all subjects and years per student; students without marks are left out. Students only for
        themselves.
        """

    @query()
    def student_subject_tallies(self, *, actor: Actor, student_id: int) -> tuple[SubjectTally, ...]:
        """A student's totals per subject. Students only for themselves."""

    @query()
    def register_counts(self, *, actor: Actor, subject_ids: tuple[int, ...]) -> dict[int, int]:
        """Number of registers per subject; 0 included. HOD and staff."""

    @query()
    def subject_tallies(self, *, actor: Actor, subject_ids: tuple[int, ...]) -> dict[int, Tally]:
        """Totals of all marks per subject; subjects without marks are left out. HOD and staff."""

    @query()
    def lowest_in_subjects(
        self, *, actor: Actor, subject_ids: tuple[int, ...], limit: int = 10
    ) -> tuple[StudentTally, ...]:
        """Students with the lowest percentage among those with marks in these subjects; the figures are those of all
        their subjects. HOD and staff.
        """

    @query()
    def bands_in_subjects(self, *, actor: Actor, subject_ids: tuple[int, ...]) -> tuple[Band, ...]:
        """Distribution of the attendance in these subjects; a student counts once in each. HOD and staff."""

    @query()
    def school(self, *, actor: Actor) -> SchoolAttendance:
        """HOD only."""

    @query(errors=(Invalid,))
    def report(
        self,
        *,
        actor: Actor,
        by: ReportBy,
        first_day: date,
        last_day: date,
        page: PageRequest,
        subject_ids: tuple[int, ...] | None = None,
        student_ids: tuple[int, ...] | None = None,
    ) -> Page[ReportLine]:
        """The marks of these days, both included, added up; in the order of days or ids; order: percentage.

        `subject_ids`, `student_ids`: only the marks in these, of these. HOD for everything, teachers for their own
        subjects, students for themselves. Invalid("last_day") when it lies before the first, or more than 366 days are
        asked for.
        """

    @query()
    def untaken_on(self, *, actor: Actor, on: date, subject_ids: tuple[int, ...]) -> tuple[int, ...]:
        """Which of these subjects have no register on this day. HOD and staff."""


class AttendanceRecorded(Event, name="attendance.recorded", version=1):
    """A register was taken or corrected. `changed` holds the marks that are new or different."""

    register_id: int
    subject_id: int
    session_year_id: int
    date: date
    changed: tuple[Mark, ...]
    first_time: bool
    at: Instant

    def aggregate(self) -> str:
        return f"register:{self.register_id}"


class AttendanceDeleted(RowsDeleted, name="attendance.deleted", version=1):
    """Registers or marks that were erased."""
