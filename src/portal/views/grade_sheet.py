"""The grade sheet: the marks of a whole class for an assignment, saved in one go."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.academics import AcademicsService, SessionYear
from contracts.assessments import AssessmentsService, Assignment, AssignmentStatus, GradeEntry
from contracts.base import Actor, Page, PageRequest, Role
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import gradesheet
from portal.access import only
from portal.forms.assignments import YearForm
from portal.own_subjects import current_year, session_years
from portal.tables import Filter, ListState, Table

ROWS = (100, 200)
"""Students on a page: more than a class has, fewer than make a save slow."""


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def grade_class(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    """The class of the year in which the assignment is due, or of the one that the address names; posts back here."""
    actor = actor_of(request)
    assessments = services.get(AssessmentsService)
    assignment = assessments.assignment(actor=actor, assignment_id=assignment_id)
    years = session_years(actor)
    due_in = current_year(years, on=timezone.localdate(assignment.due_at))
    choice = YearForm(request.GET if "session_year" in request.GET else {"session_year": due_in}, years=years)
    context: dict[str, object] = {"assignment": assignment, "form": choice}
    year_id = choice.cleaned_data["session_year"] if choice.is_valid() else None
    year = next((y for y in years if y.id == year_id), None)
    if year is None or assignment.status is AssignmentStatus.DRAFT:
        return render(request, "portal/pages/grade_class.html", context)
    table = _table(request, actor, assignment, year)

    def fresh() -> list[gradesheet.GradeRow]:
        return _rows(actor, assignment, table)

    def save_all(grades: tuple[GradeEntry, ...]) -> object:
        return assessments.grade_class(actor=actor, assignment_id=assignment_id, grades=grades)

    if request.method == "POST":
        rows, saved = gradesheet.save(fresh, request.POST.dict(), save_all)
        _say(request, rows, saved)
        if not any(row.has_errors for row in rows):
            return HttpResponseRedirect(reverse("staff_grade_class", args=(assignment_id,)) + table.state.url)
    else:
        rows = fresh()
    problems = [problem for row in rows for problem in row.problems]
    context |= {"year": year, "table": table, "state": table.state, "rows": rows, "problems": problems}
    return render(request, "portal/pages/grade_class.html", context, status=422 if problems else 200)


def _table(request: HttpRequest, actor: Actor, assignment: Assignment, year: SessionYear) -> Table:
    """The part of the class that the address names."""
    everybody = services.get(AcademicsService).class_list(
        actor=actor, subject_id=assignment.subject_id, session_year_id=year.id
    )
    state = ListState.from_query(
        request.GET.dict() | {"session_year": str(year.id), "q": "", "sort": ""},
        filters=(Filter("session_year", _("Session year"), ((str(year.id), year.label),)),),
        page_sizes=ROWS,
    )
    first = (state.number - 1) * state.size
    page = Page[int](
        items=everybody[first : first + state.size], total=len(everybody), number=state.number, size=state.size
    )
    return Table(columns=(), state=state, page=page, caption=_("Marks of the class"))


def _rows(actor: Actor, assignment: Assignment, table: Table) -> list[gradesheet.GradeRow]:
    ids: tuple[int, ...] = tuple(table.page.items)
    if not ids:
        return []
    submissions = services.get(AssessmentsService).submissions(
        actor=actor, assignment_id=assignment.id, page=PageRequest(size=ROWS[-1]), student_ids=ids
    )
    students = services.get(UsersService).students(actor=actor, student_ids=ids)
    return gradesheet.rows(ids, students, {s.student_id: s for s in submissions.items})


def _say(request: HttpRequest, rows: list[gradesheet.GradeRow], saved: list[gradesheet.GradeRow]) -> None:
    if saved:
        n = len(saved)
        messages.success(
            request, ngettext("The mark of %d student is saved.", "The marks of %d students are saved.", n) % n
        )
    elif any(row.has_errors for row in rows):
        messages.error(request, _("No mark is saved yet. Correct what is marked, and save again."))
    else:
        messages.info(request, _("No mark was changed."))
