"""What attendance does for others. With `marking`, the only writer of its tables."""

from collections.abc import Container
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.academics import SessionYear
from contracts.attendance import (
    AttendanceService,
    AttendanceStatus,
    Band,
    DatedMark,
    Mark,
    Register,
    RegisterWithMarks,
    ReportBy,
    ReportLine,
    Roll,
    SchoolAttendance,
    StudentTally,
    SubjectTally,
    Tally,
)
from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Forbidden, Invalid, NotFound
from kernel.databases import atomic
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries
from modules.attendance import marking, queries, questions, reports, rules
from modules.attendance.models import Attendance, take_turn

ORDER = {"date": "date", "created_at": "created_at"}


class Attendances(ReferenceQueries, AttendanceService):
    def roll(self, *, actor: Actor, subject_id: int, session_year_id: int, on: date) -> Roll:
        require(actor, Role.HOD, Role.STAFF)
        questions.taught_subject(actor, subject_id)
        _check(on, questions.session_year(actor, session_year_id), ())
        students = questions.class_on(actor, subject_id, session_year_id, on)
        saved = _registers_of(subject_id, session_year_id).filter(date=on).order_by("duplicate").first()
        marks = queries.marks_of(saved.pk) if saved else ()
        students += tuple(dict.fromkeys(m.student_id for m in marks if m.student_id not in set(students)))
        leaves = questions.leaves_on(actor, students, on)
        if saved is None:
            marks = tuple(
                Mark(student_id=i, status=AttendanceStatus.EXCUSED if i in leaves else AttendanceStatus.PRESENT)
                for i in students
            )
        return Roll(
            subject_id=subject_id,
            session_year_id=session_year_id,
            date=on,
            student_ids=students,
            register_id=saved.pk if saved else None,
            marks=marks,
            excused_reasons={i: leave.reason for i, leave in leaves.items()},
        )

    def record(
        self, *, actor: Actor, subject_id: int, session_year_id: int, on: date, marks: tuple[Mark, ...]
    ) -> Register:
        require(actor, Role.HOD, Role.STAFF)
        questions.taught_subject(actor, subject_id)
        _check(on, questions.session_year(actor, session_year_id), marks)
        members = set(questions.class_on(actor, subject_id, session_year_id, on))
        wanted = _wanted(actor, marks, on)
        with atomic(self.module):
            take_turn()
            rows = _registers_of(subject_id, session_year_id).filter(date=on)
            row = rows.select_for_update().order_by("duplicate").first()
            first_time = row is None
            if row is None:
                row = Attendance.objects.create(subject_id=subject_id, session_year_id=session_year_id, date=on)
            marked = marking.marks_by_student(row)
            _refuse_strangers(marks, members | marked.keys(), _("Not in this class on that day: %(ids)s."))
            marking.save(actor, row, wanted, marked, first_time=first_time)
        return queries.register(row.pk)

    def correct(self, *, actor: Actor, register_id: int, marks: tuple[Mark, ...]) -> Register:
        require(actor, Role.HOD, Role.STAFF)
        found = _register(actor, register_id)
        _check_marks(marks)
        wanted = _wanted(actor, marks, found.date)
        with atomic(self.module):
            take_turn()
            row = Attendance.objects.select_for_update().get(pk=register_id)
            marked = marking.marks_by_student(row)
            _refuse_strangers(marks, marked, _("Without a mark in this register: %(ids)s."))
            marking.save(actor, row, wanted, marked, first_time=False)
        return queries.register(register_id)

    def registers(self, *, actor: Actor, subject_id: int, session_year_id: int) -> tuple[Register, ...]:
        require(actor, Role.HOD, Role.STAFF)
        questions.taught_subject(actor, subject_id)
        questions.session_year(actor, session_year_id)
        return queries.build_registers(_registers_of(subject_id, session_year_id).order_by("id"))

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
        require(actor, Role.HOD, Role.STAFF)
        if actor.role is Role.STAFF:
            subject_ids = questions.subjects_taught(actor, subject_ids)
        conditions = {
            "subject_id__in": subject_ids,
            "session_year_id": session_year_id,
            "date__gte": first_day,
            "date__lte": last_day,
        }
        rows = Attendance.objects.filter(**{k: v for k, v in conditions.items() if v is not None})
        return page_of(rows, page, build=queries.build_registers, order=ORDER, default_order="-date")

    def register(self, *, actor: Actor, register_id: int) -> RegisterWithMarks:
        require(actor, Role.HOD, Role.STAFF)
        _register(actor, register_id)
        return RegisterWithMarks(summary=queries.register(register_id), marks=queries.marks_of(register_id))

    def student_marks(
        self, *, actor: Actor, student_id: int, subject_id: int, first_day: date, last_day: date
    ) -> tuple[DatedMark, ...]:
        require_login(actor)
        subject = questions.subject(actor, subject_id)
        if actor.role is Role.STUDENT:
            _require_found(student_id == actor.student_id, "users.StudentProfile", student_id)
            _require_found(
                subject.course_id in questions.courses_of(actor, student_id), "academics.Subject", subject_id
            )
        return queries.student_marks(student_id, subject_id, first_day, last_day)

    def student_tallies(self, *, actor: Actor, student_ids: tuple[int, ...]) -> dict[int, Tally]:
        _require_own_or_staff(actor, student_ids)
        return queries.student_tallies(student_ids)

    def student_subject_tallies(self, *, actor: Actor, student_id: int) -> tuple[SubjectTally, ...]:
        _require_own_or_staff(actor, (student_id,))
        return queries.student_subject_tallies(student_id)

    def register_counts(self, *, actor: Actor, subject_ids: tuple[int, ...]) -> dict[int, int]:
        require(actor, Role.HOD, Role.STAFF)
        return queries.register_counts(subject_ids)

    def subject_tallies(self, *, actor: Actor, subject_ids: tuple[int, ...]) -> dict[int, Tally]:
        require(actor, Role.HOD, Role.STAFF)
        return queries.subject_tallies(subject_ids)

    def lowest_in_subjects(
        self, *, actor: Actor, subject_ids: tuple[int, ...], limit: int = 10
    ) -> tuple[StudentTally, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return queries.lowest(queries.students_in(subject_ids), max(limit, 0))

    def bands_in_subjects(self, *, actor: Actor, subject_ids: tuple[int, ...]) -> tuple[Band, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return queries.bands_in_subjects(subject_ids)

    def school(self, *, actor: Actor) -> SchoolAttendance:
        require(actor, Role.HOD)
        return queries.school()

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
        require_login(actor)
        if actor.role is Role.STUDENT:
            own = (actor.student_id,) if actor.student_id is not None else ()
            student_ids = own if student_ids is None else student_ids
            _require_own_or_staff(actor, student_ids)
        if actor.role is Role.STAFF:
            subject_ids = questions.subjects_taught(actor, subject_ids)
        reports.check_days(first_day, last_day)
        return reports.report(
            by=by,
            first_day=first_day,
            last_day=last_day,
            page=page,
            subject_ids=subject_ids,
            student_ids=student_ids,
        )

    def untaken_on(self, *, actor: Actor, on: date, subject_ids: tuple[int, ...]) -> tuple[int, ...]:
        require(actor, Role.HOD, Role.STAFF)
        return queries.untaken_on(on, subject_ids)


def _register(actor: Actor, register_id: int) -> Attendance:
    """The row, for the subject's teacher and the HOD. Raises NotFound and Forbidden."""
    row = Attendance.objects.filter(pk=register_id).first()
    if row is None:
        raise NotFound(entity="attendance.Attendance", id=register_id, message=_("There is no such register."))
    if actor.role is Role.STAFF:
        questions.taught_subject(actor, row.subject_id)
    return row


def _registers_of(subject_id: int, session_year_id: int) -> QuerySet[Attendance, Attendance]:
    return Attendance.objects.filter(subject_id=subject_id, session_year_id=session_year_id)


def _wanted(actor: Actor, marks: tuple[Mark, ...], on: date) -> dict[int, marking.Wanted]:
    """The marks as they are to be kept, with the leave of those who are not there."""
    missing = tuple(m.student_id for m in marks if m.status in (marking.ABSENT, marking.EXCUSED))
    return marking.with_leave(marks, questions.leaves_on(actor, missing, on))


def _check(on: date, year: SessionYear, marks: tuple[Mark, ...]) -> None:
    fields: dict[str, list[str]] = {}
    problem = rules.day_problem(on, today=timezone.localdate(), first_day=year.first_day, last_day=year.last_day)
    if problem == "future":
        fields["on"] = [_("Attendance cannot be taken for a day to come.")]
    if problem == "outside":
        fields["on"] = [
            _("The session year lasts from %(first)s to %(last)s.") % {"first": year.first_day, "last": year.last_day}
        ]
    _check_marks(marks, fields)


def _check_marks(marks: tuple[Mark, ...], fields: dict[str, list[str]] | None = None) -> None:
    fields = fields or {}
    twice = rules.repeated(m.student_id for m in marks)
    if twice:
        fields["marks"] = [_("Marked more than once: %(ids)s.") % {"ids": ", ".join(map(str, twice))}]
    if fields:
        raise Invalid(fields=fields)


def _refuse_strangers(marks: tuple[Mark, ...], known: Container[int], text: str) -> None:
    strangers = [str(m.student_id) for m in marks if m.student_id not in known]
    if strangers:
        raise Invalid(fields={"marks": [text % {"ids": ", ".join(strangers)}]})


def _require_own_or_staff(actor: Actor, student_ids: tuple[int, ...]) -> None:
    require_login(actor)
    if actor.role is Role.STUDENT and set(student_ids) - {actor.student_id}:
        raise Forbidden(message=_("Students see their own attendance only."))


def _require_found(found: bool, entity: str, row_id: int) -> None:
    if not found:
        raise NotFound(entity=entity, id=row_id, message=_("There is nothing here for you to see."))


provider = Attendances()
