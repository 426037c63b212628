"""A student's home: where they stand."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService, Subject
from contracts.assessments import AssessmentsService
from contracts.attendance import AttendanceService, Tally
from contracts.base import MAX_PAGE_SIZE, Actor, Audience, PageRequest, PersonRef
from contracts.finance import FinanceService
from contracts.leaves import LeavesService
from contracts.notifications import Notice, NotificationsService
from kernel.registry import services
from portal.charts import Bar, Chart, Series, ShareBar, StackedBars
from portal.components import Figure, Waiting
from portal.dashboards.pieces import LOW_ATTENDANCE, figure, waiting

NOTHING = Tally(present=0, absent=0, late=0, excused=0, percentage=None)


@dataclass(frozen=True)
class Board:
    waiting: tuple[Waiting, ...]
    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    overall: Tally
    notices: tuple[Notice, ...]
    enrolled: bool

    @property
    def in_danger(self) -> bool:
        return self.overall.percentage is not None and self.overall.percentage < LOW_ATTENDANCE


def board(actor: Actor, student_id: int) -> Board:
    attendance = services.get(AttendanceService)
    overall = attendance.student_tallies(actor=actor, student_ids=(student_id,)).get(student_id, NOTHING)
    by_subject = {t.subject_id: t.tally for t in attendance.student_subject_tallies(actor=actor, student_id=student_id)}
    enrolled, subjects = _subjects(actor, student_id)
    me = PersonRef(audience=Audience.STUDENT, profile_id=student_id)
    leave = services.get(LeavesService).counts_by_person(actor=actor, people=(me,))[f"student:{student_id}"]
    to_hand_in = services.get(AssessmentsService).list_assignments(actor=actor, page=PageRequest(size=1), waiting=True)
    fines = services.get(FinanceService).totals(actor=actor)
    notices = services.get(NotificationsService).inbox(actor=actor, page=PageRequest(size=5), unread_only=True)
    return Board(
        waiting=(
            *waiting(
                _("Assignments to hand in"),
                to_hand_in.total,
                "student_view_assignments",
                "?show=waiting",
                icon="document-text",
            ),
            *waiting(_("Fines to pay"), fines.unpaid_count, "student_view_fines", icon="banknotes"),
            *waiting(_("Leave requests without decision"), leave.pending, "student_apply_leave", icon="calendar-days"),
            *waiting(_("Unread notices"), notices.total, "inbox", icon="bell"),
        ),
        figures=(
            figure(_("Lessons recorded"), overall.total, "student_view_attendance"),
            figure(_("Present"), overall.present + overall.late, "student_view_attendance"),
            figure(_("Absent"), overall.absent, "student_view_attendance"),
            figure(_("Subjects"), len(subjects)),
        ),
        charts=(_present_and_absent(overall), _per_subject(subjects, by_subject)),
        overall=overall,
        notices=notices.items,
        enrolled=enrolled,
    )


def _subjects(actor: Actor, student_id: int) -> tuple[bool, tuple[Subject, ...]]:
    """Whether the student is enrolled, and the subjects of the course."""
    academics = services.get(AcademicsService)
    enrollment = academics.current_enrollments(actor=actor, student_ids=(student_id,)).get(student_id)
    if enrollment is None:
        return False, ()
    page = PageRequest(size=MAX_PAGE_SIZE)
    return True, academics.list_subjects(actor=actor, page=page, course_id=enrollment.course_id).items


def _present_and_absent(overall: Tally) -> Chart:
    return ShareBar(
        title=_("Present and absent"),
        unit=_("lessons"),
        parts=(
            Bar(_("Present"), overall.present, tone="good"),
            Bar(_("Late"), overall.late, tone="warning"),
            Bar(_("Absent"), overall.absent, tone="bad"),
            Bar(_("Excused"), overall.excused, tone="info"),
        ),
    )


def _per_subject(subjects: tuple[Subject, ...], tallies: dict[int, Tally]) -> Chart:
    found = [tallies.get(subject.id, NOTHING) for subject in subjects]
    return StackedBars(
        title=_("Attendance per subject"),
        unit=_("lessons"),
        categories=tuple(subject.name for subject in subjects),
        series=(
            Series(_("Present"), tuple(t.present + t.late for t in found), tone="good"),
            Series(_("Absent"), tuple(t.absent for t in found), tone="bad"),
            Series(_("Excused"), tuple(t.excused for t in found), tone="info"),
        ),
    )
