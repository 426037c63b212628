"""A teacher's home."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService
from contracts.assessments import AssessmentsService
from contracts.attendance import AttendanceService
from contracts.base import MAX_PAGE_SIZE, Actor, Audience, PageRequest, PersonRef
from contracts.leaves import LeavesService
from contracts.users import UsersService
from kernel.registry import services
from portal.charts import Bar, BarChart, Chart, ShareBar
from portal.components import Figure, Waiting
from portal.dashboards.pieces import LowStudent, bands_chart, figure, low_students, waiting
from portal.own_subjects import SubjectToday, lessons_today


@dataclass(frozen=True)
class Board:
    waiting: tuple[Waiting, ...]
    figures: tuple[Figure, ...]
    today: list[SubjectToday]
    charts: tuple[Chart, ...]
    lowest: list[LowStudent]


def board(actor: Actor, staff_id: int) -> Board:
    attendance, academics = services.get(AttendanceService), services.get(AcademicsService)
    everything = PageRequest(size=MAX_PAGE_SIZE)
    subjects = academics.list_subjects(actor=actor, page=everything, teacher_id=actor.user_id).items
    ids = tuple(s.id for s in subjects)
    taken = attendance.register_counts(actor=actor, subject_ids=ids)
    lessons = lessons_today(actor, subjects)
    untaken = sum(not lesson.taken for lesson in lessons)
    courses = academics.courses(actor=actor, ids=tuple({s.course_id for s in subjects}))
    me = PersonRef(audience=Audience.STAFF, profile_id=staff_id)
    leave = services.get(LeavesService).counts_by_person(actor=actor, people=(me,))[f"staff:{staff_id}"]
    to_grade = services.get(AssessmentsService).ungraded_count(actor=actor)
    registers = sum(taken.values())
    return Board(
        waiting=(
            *waiting(_("Registers not taken today"), untaken, "staff_take_attendance", icon="clipboard-document-check"),
            *waiting(
                _("Submissions to grade"), to_grade, "staff_manage_assignments", "?show=waiting", icon="document-text"
            ),
            *waiting(
                _("Your leave requests without decision"), leave.pending, "staff_apply_leave", icon="calendar-days"
            ),
        ),
        figures=(
            figure(_("Students in your courses"), sum(c.student_count for c in courses.values())),
            figure(_("Registers taken"), registers, "staff_update_attendance"),
            figure(_("Leaves approved"), leave.approved, "staff_apply_leave"),
            figure(_("Your subjects"), len(subjects)),
        ),
        today=lessons,
        charts=(
            ShareBar(
                title=_("Registers and leave"),
                unit=_("in all"),
                parts=(Bar(_("Registers taken"), registers), Bar(_("Leaves approved"), leave.approved, tone="warning")),
            ),
            BarChart(
                title=_("Registers per subject"),
                unit=_("registers"),
                bars=tuple(Bar(f"{s.name} ({s.course_name})", taken.get(s.id, 0)) for s in subjects),
            ),
            bands_chart(attendance.bands_in_subjects(actor=actor, subject_ids=ids), per_subject=True),
        ),
        lowest=_lowest(actor, ids),
    )


def _lowest(actor: Actor, subject_ids: tuple[int, ...]) -> list[LowStudent]:
    tallies = services.get(AttendanceService).lowest_in_subjects(actor=actor, subject_ids=subject_ids)
    ids = tuple(t.student_id for t in tallies)
    students = services.get(UsersService).students(actor=actor, student_ids=ids)
    counts = services.get(LeavesService).counts_by_person(
        actor=actor, people=tuple(PersonRef(audience=Audience.STUDENT, profile_id=i) for i in ids)
    )
    return low_students(tallies, students, {i: counts[f"student:{i}"].approved for i in ids})
