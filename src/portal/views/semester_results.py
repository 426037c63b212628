"""Semester results of a class, and the policy that makes grades of marks, for the head of department."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService
from contracts.assessments import AssessmentsService, SemesterResult
from contracts.base import Actor, Page, PageRequest, Role
from contracts.users import Student, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.classes import Places
from portal.components import Meaning
from portal.forms.answers import submit
from portal.forms.grading import GradingPolicyForm, written
from portal.listing import all_pages
from portal.semester import SemesterSheet
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

CSV_HEADER = ("id", "student", "email", "percentage", "gpa", "cgpa", "missing", "passed", "promoted")

OUTCOMES = (
    ("promoted", gettext_lazy("Promoted")),
    ("kept", gettext_lazy("Not promoted")),
    ("open", gettext_lazy("Results missing")),
)


@dataclass(frozen=True)
class ClassRow:
    """A student of the class."""

    student: Student
    sheet: SemesterSheet

    @property
    def passed(self) -> tuple[Meaning, str]:
        result = self.sheet.result
        if result.passed is None:
            missing = len(result.missing_subject_ids)
            return Meaning.NEUTRAL, ngettext("%d result missing", "%d results missing", missing) % missing
        return (Meaning.GOOD, _("Pass")) if result.passed else (Meaning.BAD, _("Fail"))

    @property
    def promoted(self) -> tuple[Meaning, str] | None:
        promoted = self.sheet.result.promoted
        if promoted is None:
            return None
        return (Meaning.GOOD, _("Promoted")) if promoted else (Meaning.BAD, _("Not promoted"))


@require_safe
@only(Role.HOD)
def semester_results(request: HttpRequest) -> HttpResponseBase:
    """Of the course and session year that the address names."""
    actor = actor_of(request)
    places = Places(actor)
    state = ListState.from_request(
        request,
        sortable=("name",),
        default_sort="name",
        filters=(
            Filter(
                "course", _("Course"), tuple((str(i), name) for i, name in places.courses), unset_label=_("Choose…")
            ),
            Filter("session_year", _("Session year"), tuple((str(i), label) for i, label in places.years)),
            Filter("outcome", _("Promotion"), OUTCOMES),
        ),
    )
    ids = _class(actor, state)
    if wants_csv(request.GET):
        return csv_response("semester-results.csv", CSV_HEADER, _csv_rows(actor, ids, state))
    page = _students(actor, ids, state.page_request())
    table = Table(
        columns=(
            Column("name", _("Student"), sortable=True),
            Column("percentage", _("Percent"), numeric=True),
            Column("gpa", _("GPA"), numeric=True),
            Column("cgpa", _("CGPA"), numeric=True),
            Column("passed", _("Result")),
            Column("promoted", _("Promotion")),
        ),
        state=state,
        page=page,
        caption=_("Semester results of the class"),
        search_label=_("Name, username or e-mail"),
        exports=True,
        empty=Empty(_("Choose a course"), _("The results of its students stand here."), icon="chart-bar"),
    )
    context = {"table": table, "rows": _rows(actor, page.items)}
    return state.remember(render(request, "portal/pages/semester_results.html", context))


def _class(actor: Actor, state: ListState) -> tuple[int, ...]:
    """The students of the chosen class with the chosen outcome; nobody before a course is chosen."""
    if "course" not in state.active:
        return ()
    year = state.active.get("session_year")
    ids = services.get(AcademicsService).student_ids(
        actor=actor, course_id=int(state.active["course"]), session_year_id=int(year) if year else None
    )
    outcome = state.active.get("outcome")
    if outcome is None or not ids:
        return ids
    wanted = {"promoted": True, "kept": False, "open": None}[outcome]
    found = _results(actor, ids)
    return tuple(i for i in ids if i in found and found[i].promoted is wanted)


def _students(actor: Actor, ids: tuple[int, ...], page: PageRequest) -> Page[Student]:
    if not ids:
        return Page[Student](items=(), total=0, number=page.number, size=page.size)
    return services.get(UsersService).list_students(actor=actor, page=page, student_ids=ids)


def _results(actor: Actor, ids: tuple[int, ...]) -> Mapping[int, SemesterResult]:
    return services.get(AssessmentsService).semester_results(actor=actor, student_ids=ids)


def _rows(actor: Actor, students: tuple[Student, ...]) -> list[ClassRow]:
    by_id = {s.profile_id: s for s in students if s.profile_id is not None}
    found = _results(actor, tuple(by_id)) if by_id else {}
    return [ClassRow(s, SemesterSheet(found[i], {})) for i, s in by_id.items() if i in found]


def _csv_rows(actor: Actor, ids: tuple[int, ...], state: ListState) -> Iterator[tuple[object, ...]]:
    for batch in all_pages(lambda page: _students(actor, ids, page), state.page_request()):
        for row in _rows(actor, batch):
            result = row.sheet.result
            yield (
                *(row.student.user_id, row.student.full_name, row.student.email),
                *(result.percentage, result.gpa, result.cgpa),
                *(len(result.missing_subject_ids), _answer(result.passed), _answer(result.promoted)),
            )


def _answer(known: bool | None) -> str:
    return "" if known is None else _("yes") if known else _("no")


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def grading_policy(request: HttpRequest) -> HttpResponseBase:
    """Shows the policy, to be changed; what it makes of marks changes at once, everywhere."""
    actor = actor_of(request)
    service = services.get(AssessmentsService)
    if request.method == "POST":
        form = GradingPolicyForm(request.POST)
        saved = None
        if form.is_valid():
            saved = submit(form, service.set_grading_policy, None, actor=actor, policy=form.policy())
        if saved is not None:
            messages.success(request, _("The grading policy is saved. All grades follow it now."))
            return HttpResponseRedirect(reverse("grading_policy"))
    else:
        form = GradingPolicyForm(initial=written(service.grading_policy(actor=actor)))
    return render(request, "portal/pages/grading_policy.html", {"form": form}, status=422 if form.errors else 200)
