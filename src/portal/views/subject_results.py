"""The results of a class in a subject: figures, grades, and whether its students see them. For teacher and head."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService, Subject
from contracts.assessments import AssessmentsService, Result, SubjectGrade, SubjectReport
from contracts.base import Actor, PageRequest, Role
from contracts.errors import NotFound
from contracts.users import Student, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import mark_figures
from portal.access import only
from portal.bulk import ACTION, LIST, BulkAction, Selection, ask_first
from portal.class_order import Ask, Figures, class_pages
from portal.components import Figure, Meaning
from portal.ids import row_id_or_none
from portal.listing import all_pages
from portal.marksheet import mark_text
from portal.own_subjects import session_years
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

CSV_HEADER = ("id", "student", "email", "assignment_marks", "exam_marks", "percentage", "grade", "passed", "withheld")
FIGURES = ("assignment", "exam", "percentage")
RELEASE, WITHHOLD = "release", "withhold"
SHOWN = (
    ("released", gettext_lazy("Published")),
    ("withheld", gettext_lazy("Kept back")),
    ("missing", gettext_lazy("No result")),
)
NEWEST = PageRequest(size=10)
"""So many assignments are named."""


@dataclass(frozen=True)
class SubjectRow:
    """A student of the class."""

    student: Student
    result: Result | None
    grade: SubjectGrade | None

    @property
    def assignment(self) -> str:
        return mark_text(self.result.assignment_marks) if self.result else "–"

    @property
    def exam(self) -> str:
        return mark_text(self.result.exam_marks) if self.result else "–"

    @property
    def percentage(self) -> str:
        return f"{self.grade.percentage:.2f}" if self.grade else "–"

    @property
    def status(self) -> tuple[Meaning, str]:
        if self.result is None:
            return Meaning.NEUTRAL, _("No result")
        return (Meaning.WARNING, _("Kept back")) if self.result.withheld else (Meaning.GOOD, _("Published"))


@require_safe
@only(Role.STAFF, Role.HOD)
def subject_results(request: HttpRequest, subject_id: int) -> HttpResponseBase:
    """Of everybody who is enrolled in its course, or of the session year that the address names."""
    actor = actor_of(request)
    subject = _subject(actor, subject_id)
    years = tuple((str(year.id), year.label) for year in reversed(session_years(actor)))
    state = ListState.from_request(
        request,
        sortable=("name", *FIGURES),
        default_sort="name",
        filters=(Filter("session_year", _("Session year"), years), Filter("shown", _("Status"), SHOWN)),
    )
    ids = _class(actor, subject, state.active)
    report = services.get(AssessmentsService).subject_report(actor=actor, subject_id=subject_id, student_ids=ids)
    wanted = [i for i in ids if state.active.get("shown") in (None, _shown(report, i))]
    ask = class_pages(actor, state, {i: _figures_of(report, i) for i in wanted})
    if wants_csv(request.GET):
        return csv_response("subject-results.csv", CSV_HEADER, _csv_rows(ask, report, state))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("Student"), sortable=True),
            Column("assignment", _("Assignment marks"), sortable=True, numeric=True),
            Column("exam", _("Exam marks"), sortable=True, numeric=True),
            Column("percentage", _("Percent"), sortable=True, numeric=True),
            Column("grade", _("Grade")),
            Column("passed", _("Result")),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Results of the class"),
        search_label=_("Name, username or e-mail"),
        exports=True,
        bulk_action_url=reverse("subject_results_selected", args=(subject_id,)),
        empty=Empty(_("Nobody is here"), _("Who is enrolled in the subject's course stands here."), icon="chart-bar"),
    )
    assignments = services.get(AssessmentsService).list_assignments(actor=actor, page=NEWEST, subject_ids=(subject_id,))
    context = {
        "table": table,
        "rows": _rows(page.items, report),
        "subject": subject,
        "withheld": sum(result.withheld for result in report.results.values()),
        "release_url": _whole_class(subject_id, RELEASE, state),
        "figures": (
            Figure(_("Results"), _("%(n)d of %(all)d") % {"n": len(report.results), "all": len(ids)}),
            *mark_figures.tiles(report.figures, unit="%"),
        ),
        "chart": mark_figures.chart(report.figures, title=_("Results of the class"), x_unit=_("percent")),
        "assignments": assignments.items,
        "is_teacher": actor.role is Role.STAFF,
    }
    return state.remember(render(request, "portal/pages/subject_results.html", context))


@require_http_methods(["GET", "POST"])
@only(Role.STAFF, Role.HOD)
def subject_results_selected(request: HttpRequest, subject_id: int) -> HttpResponseBase:
    """Publish the results of the ticked students, or keep them back; without ticked rows, of the whole class."""
    actor = actor_of(request)
    subject = _subject(actor, subject_id)
    assessments = services.get(AssessmentsService)
    selection = Selection.from_request(request, reverse("subject_results", args=(subject_id,)))
    ids = selection.ids or _class(actor, subject, request.GET.dict())
    report = assessments.subject_report(actor=actor, subject_id=subject_id, student_ids=ids)
    withhold = selection.action == WITHHOLD
    fitting = tuple(i for i in ids if i in report.results and report.results[i].withheld != withhold)
    people = services.get(UsersService).students(actor=actor, student_ids=fitting)
    names = {i: people[i].full_name if i in people else _("(deleted student)") for i in fitting}
    words = {RELEASE: _releasing, WITHHOLD: _withholding}.get(selection.action)
    action = words(len(fitting)) if words else None
    asked = ask_first(request, replace(selection, ids=ids), action, names)
    if asked is not None or action is None:
        return asked or HttpResponseRedirect(selection.list_url)
    decide = assessments.withhold_results if withhold else assessments.release_results
    messages.success(request, action.done(decide(actor=actor, subject_id=subject_id, student_ids=fitting)))
    return HttpResponseRedirect(selection.list_url)


def _releasing(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Publish %(n)d result?", "Publish %(n)d results?", count) % {"n": count},
        ngettext("Publish %(n)d result", "Publish %(n)d results", count) % {"n": count},
        [_("The students see their marks in this subject, and are told.")],
        lambda n: ngettext("%(n)d result published.", "%(n)d results published.", n) % {"n": n},
    )


def _withholding(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Keep %(n)d result back?", "Keep %(n)d results back?", count) % {"n": count},
        ngettext("Keep %(n)d result back", "Keep %(n)d results back", count) % {"n": count},
        [_("The students no longer see their marks in this subject, until you publish them.")],
        lambda n: ngettext("%(n)d result is kept back.", "%(n)d results are kept back.", n) % {"n": n},
    )


def _subject(actor: Actor, subject_id: int) -> Subject:
    subject = services.get(AcademicsService).subjects(actor=actor, ids=(subject_id,)).get(subject_id)
    if subject is None:
        raise NotFound(entity="academics.Subject", id=subject_id)
    return subject


def _class(actor: Actor, subject: Subject, chosen: Mapping[str, str]) -> tuple[int, ...]:
    return services.get(AcademicsService).student_ids(
        actor=actor, course_id=subject.course_id, session_year_id=row_id_or_none(chosen.get("session_year"))
    )


def _shown(report: SubjectReport, student_id: int) -> str:
    """By the names of the filter."""
    result = report.results.get(student_id)
    return "missing" if result is None else "withheld" if result.withheld else "released"


def _figures_of(report: SubjectReport, student_id: int) -> Figures:
    result, grade = report.results.get(student_id), report.grades.get(student_id)
    return {
        "assignment": result.assignment_marks if result else None,
        "exam": result.exam_marks if result else None,
        "percentage": grade.percentage if grade else None,
    }


def _rows(students: tuple[Student, ...], report: SubjectReport) -> list[SubjectRow]:
    return [
        SubjectRow(s, report.results.get(s.profile_id), report.grades.get(s.profile_id))
        for s in students
        if s.profile_id is not None
    ]


def _whole_class(subject_id: int, action: str, state: ListState) -> str:
    """Where something is done with the results of everybody who is shown but for the filter of the status."""
    year = {"session_year": state.active["session_year"]} if "session_year" in state.active else {}
    query = {ACTION: action, **year, LIST: replace(state, number=1).url}
    return f"{reverse('subject_results_selected', args=(subject_id,))}?{urlencode(query)}"


def _csv_rows(ask: Ask, report: SubjectReport, state: ListState) -> Iterator[tuple[object, ...]]:
    for batch in all_pages(ask, state.page_request()):
        for row in _rows(batch, report):
            if row.result is None or row.grade is None:
                yield row.student.user_id, row.student.full_name, row.student.email, *("",) * 6
            else:
                yield (
                    *(row.student.user_id, row.student.full_name, row.student.email),
                    *(row.result.assignment_marks, row.result.exam_marks, row.grade.percentage, row.grade.letter),
                    *(_("yes") if known else _("no") for known in (row.grade.passed, row.result.withheld)),
                )
