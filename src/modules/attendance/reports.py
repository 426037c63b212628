"""Reports: the marks of a span of days, added up by day, week, month, subject or student."""

from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.translation import gettext as _

from contracts.attendance import LONGEST_REPORT_DAYS, ReportBy, ReportLine
from contracts.base import Page, PageRequest
from contracts.errors import Invalid
from modules.attendance import queries
from modules.attendance.models import PERMILLE, STATUSES, AttendanceReport

GROUPS: dict[ReportBy, Any] = {
    ReportBy.DAY: F("attendance__date"),
    ReportBy.WEEK: TruncWeek("attendance__date"),
    ReportBy.MONTH: TruncMonth("attendance__date"),
    ReportBy.SUBJECT: F("attendance__subject_id"),
    ReportBy.STUDENT: F("student_id"),
}
FIELDS = {ReportBy.SUBJECT: "subject_id", ReportBy.STUDENT: "student_id"}
"""Where a line says what it stands for; the others do so by their first day."""


def check_days(first_day: date, last_day: date) -> None:
    """Raises Invalid("last_day")."""
    if last_day < first_day:
        raise Invalid(fields={"last_day": [_("The last day lies before the first.")]})
    if (last_day - first_day).days >= LONGEST_REPORT_DAYS:
        text = _("Ask for at most %(days)d days at once.") % {"days": LONGEST_REPORT_DAYS}
        raise Invalid(fields={"last_day": [text]})


def report(
    *,
    by: ReportBy,
    first_day: date,
    last_day: date,
    page: PageRequest,
    subject_ids: tuple[int, ...] | None,
    student_ids: tuple[int, ...] | None,
) -> Page[ReportLine]:
    """In two queries, which read the marks of these days."""
    marks = AttendanceReport.objects.filter(attendance__date__range=(first_day, last_day))
    if subject_ids is not None:
        marks = marks.filter(attendance__subject_id__in=subject_ids)
    if student_ids is not None:
        marks = marks.filter(student_id__in=student_ids)
    groups: QuerySet[Any, Any] = marks.order_by().values(group=GROUPS[by])
    start = (page.number - 1) * page.size
    total = groups.distinct().count()
    counted = groups.annotate(
        registers=Count("attendance", distinct=True), **{s: Count("pk", filter=Q(status=s)) for s in STATUSES}
    ).annotate(permille=PERMILLE)
    rows = counted.order_by(*_ordering(page.order))[start : start + page.size] if start < total else ()
    lines = tuple(_line(by, row) for row in rows)
    return Page(items=lines, total=total, number=page.number, size=page.size)


def _ordering(order: str) -> tuple[Any, ...]:
    match order:
        case "percentage":
            return F("permille").asc(nulls_last=True), "group"
        case "-percentage":
            return F("permille").desc(nulls_last=True), "group"
    return ("group",)


def _line(by: ReportBy, row: dict[str, Any]) -> ReportLine:
    about: dict[str, Any] = dict.fromkeys(("first_day", "subject_id", "student_id"))
    about[FIELDS.get(by, "first_day")] = row["group"]
    return ReportLine(**about, registers=row["registers"], tally=queries.tally(row))
