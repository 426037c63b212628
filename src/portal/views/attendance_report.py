"""A report on attendance: the marks of some days added up by day, week, month, subject or student."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contracts.academics import AcademicsService, Subject
from contracts.attendance import LONGEST_REPORT_DAYS, AttendanceService, ReportBy, ReportLine
from contracts.base import MAX_PAGE_SIZE, Actor, Page, PageRequest, Role
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.components import Meaning
from portal.dashboards.pieces import LOW_ATTENDANCE
from portal.listing import all_items
from portal.own_subjects import EVERYTHING, taught_by
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

USUAL_DAYS = 30

BY = Filter(
    "by",
    gettext_lazy("Add up by"),
    (
        (ReportBy.WEEK.value, gettext_lazy("Week")),
        (ReportBy.MONTH.value, gettext_lazy("Month")),
        (ReportBy.SUBJECT.value, gettext_lazy("Subject")),
        (ReportBy.STUDENT.value, gettext_lazy("Student")),
    ),
    unset_label=gettext_lazy("Day"),
)
FROM = Filter("from", gettext_lazy("From"), kind="date")
TO = Filter("to", gettext_lazy("To"), kind="date")

CSV_HEADER = ("of", "id", "name", "registers", "present", "late", "absent", "excused", "percentage")


@dataclass(frozen=True)
class Row:
    """A line with what it stands for, in words."""

    line: ReportLine
    name: str

    @property
    def is_low(self) -> bool:
        percentage = self.line.tally.percentage
        return percentage is not None and percentage < LOW_ATTENDANCE

    @property
    def meaning(self) -> Meaning:
        return Meaning.BAD if self.is_low else Meaning.NEUTRAL


@require_safe
@only(Role.HOD, Role.STAFF)
def attendance_report(request: HttpRequest) -> HttpResponseBase:
    """Of the last thirty days, until others are asked for; teachers see their own subjects."""
    actor = actor_of(request)
    subjects = _subjects(actor)
    of_subject = Filter("subject", _("Subject"), tuple((str(s.id), s.name) for s in subjects.values()))
    filters = (BY, FROM, TO, of_subject)
    state = ListState.from_request(request, sortable=("percentage",), filters=filters)
    by = ReportBy(state.active.get("by", ReportBy.DAY))
    first_day, last_day = _days(state)
    subject_ids = (int(state.active["subject"]),) if "subject" in state.active else None

    def ask(page: PageRequest) -> Page[ReportLine]:
        return services.get(AttendanceService).report(
            actor=actor, by=by, first_day=first_day, last_day=last_day, page=page, subject_ids=subject_ids
        )

    if wants_csv(request.GET):
        lines = all_items(ask, state.page_request())
        return csv_response(f"attendance-by-{by}.csv", CSV_HEADER, _csv_rows(actor, by, lines))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _title(by)),
            Column("registers", _("Registers"), numeric=True),
            Column("present", _("Present"), numeric=True),
            Column("late", _("Late"), numeric=True),
            Column("absent", _("Absent"), numeric=True),
            Column("excused", _("Excused"), numeric=True),
            Column("percentage", _("Attendance"), sortable=True, numeric=True),
        ),
        state=state,
        page=page,
        caption=_("Attendance report"),
        exports=True,
        empty=Empty(_("No attendance on these days"), _("Choose other days or another subject."), icon="chart-bar"),
    )
    context = {"table": table, "rows": _rows(actor, by, page.items), "first_day": first_day, "last_day": last_day}
    return state.remember(render(request, "portal/pages/attendance_report.html", context))


def _days(state: ListState) -> tuple[date, date]:
    """The days asked for, in order, and no more than a report may have: then the last ones of them."""
    last_day = date.fromisoformat(state.active["to"]) if "to" in state.active else timezone.localdate()
    usual = last_day - timedelta(days=USUAL_DAYS - 1)
    first_day = date.fromisoformat(state.active["from"]) if "from" in state.active else usual
    if first_day > last_day:
        first_day, last_day = last_day, first_day
    return max(first_day, last_day - timedelta(days=LONGEST_REPORT_DAYS - 1)), last_day


def _subjects(actor: Actor) -> dict[int, Subject]:
    """Those whose attendance the actor sees, as far as one list holds them."""
    if actor.role is Role.STAFF:
        return taught_by(actor)
    found = services.get(AcademicsService).list_subjects(actor=actor, page=EVERYTHING)
    return {subject.id: subject for subject in found.items}


def _title(by: ReportBy) -> str:
    return {
        ReportBy.DAY: _("Day"),
        ReportBy.WEEK: _("Week from"),
        ReportBy.MONTH: _("Month"),
        ReportBy.SUBJECT: _("Subject"),
        ReportBy.STUDENT: _("Student"),
    }[by]


def _rows(actor: Actor, by: ReportBy, lines: Iterable[ReportLine]) -> list[Row]:
    lines = list(lines)
    names = _names(actor, by, lines)
    return [Row(line, _name(by, line, names)) for line in lines]


def _names(actor: Actor, by: ReportBy, lines: list[ReportLine]) -> Mapping[int, str]:
    """Of subjects or students, by id."""
    if by is ReportBy.SUBJECT:
        ids = tuple(line.subject_id for line in lines if line.subject_id is not None)
        found = services.get(AcademicsService).subjects(actor=actor, ids=ids)
        return {i: f"{subject.name} ({subject.course_name})" for i, subject in found.items()}
    if by is ReportBy.STUDENT:
        ids = tuple(line.student_id for line in lines if line.student_id is not None)
        students = services.get(UsersService).students(actor=actor, student_ids=ids)
        return {i: student.full_name for i, student in students.items()}
    return {}


def _name(by: ReportBy, line: ReportLine, names: Mapping[int, str]) -> str:
    if line.first_day is not None:
        return date_format(line.first_day, "F Y" if by is ReportBy.MONTH else "D, j M Y")
    return names.get(line.subject_id or line.student_id or 0, _("(deleted)"))


def _csv_rows(actor: Actor, by: ReportBy, lines: Iterable[ReportLine]) -> Iterable[tuple[object, ...]]:
    for row in _in_batches(actor, by, lines):
        line, tally = row.line, row.line.tally
        yield (
            line.first_day or by.value,
            line.subject_id or line.student_id,
            "" if line.first_day else row.name,
            line.registers,
            tally.present,
            tally.late,
            tally.absent,
            tally.excused,
            tally.percentage,
        )


def _in_batches(actor: Actor, by: ReportBy, lines: Iterable[ReportLine]) -> Iterable[Row]:
    """Names are looked up for a page at a time."""
    batch: list[ReportLine] = []
    for line in lines:
        batch.append(line)
        if len(batch) == MAX_PAGE_SIZE:
            yield from _rows(actor, by, batch)
            batch = []
    yield from _rows(actor, by, batch)
