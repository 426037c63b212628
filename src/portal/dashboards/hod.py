"""The head of department's home."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.academics import AcademicsService, Course, Subject
from contracts.assessments import AssessmentsService, SemesterCounts
from contracts.attendance import AttendanceService, SchoolAttendance
from contracts.base import Actor, Audience, PageRequest, PersonRef
from contracts.feedback import FeedbackService
from contracts.leaves import LeavesService
from contracts.users import PeopleCounts, UsersService
from kernel.registry import services
from portal.charts import Bar, BarChart, Chart, GroupedBars, Series, ShareBar
from portal.components import Figure, Waiting
from portal.dashboards.pieces import LowStudent, bands_chart, figure, low_students, waiting

SHOWN = 10
"""Charts compare the ten largest: a bar for each would say nothing in a large school."""


@dataclass(frozen=True)
class Board:
    waiting: tuple[Waiting, ...]
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    lowest: list[LowStudent]
    registers: int


def board(actor: Actor) -> Board:
    people = services.get(UsersService).counts(actor=actor)
    academics = services.get(AcademicsService)
    largest = PageRequest(size=SHOWN, order="-student_count")
    courses = academics.list_courses(actor=actor, page=largest).items
    subjects = academics.list_subjects(actor=actor, page=largest).items
    school = services.get(AttendanceService).school(actor=actor)
    return Board(
        waiting=_waiting(actor, people),
        figures=_figures(actor, people),
        charts=(
            bands_chart(school.bands),
            _students_per_course(courses),
            _students_and_staff(people),
            _subjects_per_course(courses),
            _students_per_subject(subjects),
            _teachers(actor, subjects),
        ),
        lowest=_lowest(actor, school),
        registers=school.registers,
    )


def _waiting(actor: Actor, people: PeopleCounts) -> tuple[Waiting, ...]:
    leaves = services.get(LeavesService)
    feedback = services.get(FeedbackService)
    by_students, by_staff = (leaves.counts(actor=actor, audience=audience).pending for audience in Audience)
    from_students, from_staff = (feedback.counts(actor=actor, audience=audience).unanswered for audience in Audience)
    return (
        *waiting(
            _("Leave asked for by students"), by_students, "student_leave_view", "?status=pending", icon="calendar-days"
        ),
        *waiting(_("Leave asked for by staff"), by_staff, "staff_leave_view", "?status=pending", icon="briefcase"),
        *waiting(
            _("Feedback from students without reply"),
            from_students,
            "student_feedback_message",
            "?answered=no",
            icon="chat-bubble-left-right",
        ),
        *waiting(
            _("Feedback from staff without reply"),
            from_staff,
            "staff_feedback_message",
            "?answered=no",
            icon="chat-bubble-left-right",
        ),
        *waiting(
            _("Accounts without profile"), people.incomplete, "manage_student", "?profile=missing", icon="user-minus"
        ),
    )


def _figures(actor: Actor, people: PeopleCounts) -> tuple[Figure, ...]:
    counts = services.get(AcademicsService).counts(actor=actor)
    semester = services.get(AssessmentsService).semester_counts(actor=actor)
    return (
        figure(_("Students"), people.students, "manage_student"),
        figure(_("Staff"), people.staff, "manage_staff"),
        figure(_("Courses"), counts.courses, "manage_course"),
        figure(_("Subjects"), counts.subjects, "manage_subject"),
        figure(_("Results published"), semester.published, "semester_results", _withheld(semester)),
    )


def _withheld(counts: SemesterCounts) -> str:
    kept = counts.withheld + counts.cancelled
    return ngettext("%(n)d withheld or cancelled", "%(n)d withheld or cancelled", kept) % {"n": kept} if kept else ""


def _students_and_staff(people: PeopleCounts) -> Chart:
    return ShareBar(
        title=_("Students and staff"),
        unit=_("people"),
        parts=(Bar(_("Students"), people.students), Bar(_("Staff"), people.staff, tone="info")),
    )


def _students_per_course(courses: tuple[Course, ...]) -> Chart:
    return BarChart(
        title=_("Students per course (the ten largest)"),
        unit=_("students"),
        bars=tuple(Bar(course.name, course.student_count) for course in courses),
    )


def _subjects_per_course(courses: tuple[Course, ...]) -> Chart:
    return BarChart(
        title=_("Subjects per course (the ten largest)"),
        unit=_("subjects"),
        bars=tuple(Bar(course.name, course.subject_count, tone="info") for course in courses),
    )


def _students_per_subject(subjects: tuple[Subject, ...]) -> Chart:
    return BarChart(
        title=_("Students per subject (the ten largest)"),
        unit=_("students"),
        bars=tuple(Bar(f"{subject.name} ({subject.course_name})", subject.student_count) for subject in subjects),
    )


def _teachers(actor: Actor, subjects: tuple[Subject, ...]) -> Chart:
    """Registers taken and approved leave of whoever teaches the largest subjects."""
    teacher_ids = tuple(dict.fromkeys(subject.teacher_id for subject in subjects))
    teachers = services.get(UsersService).staff_by_user(actor=actor, user_ids=teacher_ids)
    taken = services.get(AttendanceService).register_counts(actor=actor, subject_ids=tuple(s.id for s in subjects))
    profiles = {user_id: t.profile_id for user_id, t in teachers.items() if t.profile_id is not None}
    leave = services.get(LeavesService).counts_by_person(
        actor=actor, people=tuple(PersonRef(audience=Audience.STAFF, profile_id=p) for p in profiles.values())
    )
    shown = [user_id for user_id in teacher_ids if user_id in teachers]
    return GroupedBars(
        title=_("Teachers of the ten largest subjects"),
        unit=_("registers taken there, and approved leaves"),
        categories=tuple(teachers[user_id].full_name for user_id in shown),
        series=(
            Series(
                _("Registers"), tuple(sum(taken.get(s.id, 0) for s in subjects if s.teacher_id == u) for u in shown)
            ),
            Series(
                _("Leaves"),
                tuple(leave[f"staff:{profiles[u]}"].approved if u in profiles else 0 for u in shown),
                tone="warning",
            ),
        ),
    )


def _lowest(actor: Actor, school: SchoolAttendance) -> list[LowStudent]:
    ids = tuple(t.student_id for t in school.lowest)
    students = services.get(UsersService).students(actor=actor, student_ids=ids)
    counts = services.get(LeavesService).counts_by_person(
        actor=actor, people=tuple(PersonRef(audience=Audience.STUDENT, profile_id=i) for i in ids)
    )
    return low_students(school.lowest, students, {i: counts[f"student:{i}"].approved for i in ids})
