"""Semester results of a class, for the head of department."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from contracts.academics import AcademicsService, Subject
from contracts.assessments import AssessmentsService, SemesterResult, SemesterStatus
from contracts.base import Actor, Role
from contracts.users import Student
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.bulk import ACTION, LIST
from portal.class_order import Ask, class_pages
from portal.classes import Places
from portal.components import Meaning
from portal.ids import row_id_or_none
from portal.listing import all_pages
from portal.own_subjects import EVERYTHING
from portal.semester import STATUSES, SemesterSheet, is_ready
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

CSV_HEADER = (
    *("id", "student", "email", "rank", "percentage", "gpa", "cgpa"),
    *("missing", "passed", "promoted", "status", "reason"),
)
OUTCOMES = {"promoted": True, "kept": False, "open": None}
OUTCOME_LABELS = (
    ("promoted", gettext_lazy("Promoted")),
    ("kept", gettext_lazy("Not promoted")),
    ("open", gettext_lazy("Results missing")),
)
FIGURES = ("rank", "percentage", "gpa", "cgpa")
"""By what the class is ordered besides the name."""
PUBLISH = "publish"


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

    @property
    def kept_back(self) -> int:
        """Results that teachers keep back."""
        return sum(grade.withheld for grade in self.sheet.result.subjects)


@require_safe
@only(Role.HOD)
def semester_results(request: HttpRequest) -> HttpResponseBase:
    """Of the course and session year that the address names."""
    actor = actor_of(request)
    places = Places(actor)
    state = ListState.from_request(
        request,
        sortable=("name", *FIGURES),
        default_sort="name",
        filters=(
            Filter(
                "course", _("Course"), tuple((str(i), name) for i, name in places.courses), unset_label=_("Choose…")
            ),
            Filter("session_year", _("Session year"), tuple((str(i), label) for i, label in places.years)),
            Filter("outcome", _("Promotion"), OUTCOME_LABELS),
            Filter("status", _("Status"), tuple((s.value, label) for s, (_meaning, label) in STATUSES.items())),
        ),
    )
    everybody = class_results(actor, state.active)
    found = {i: one for i, one in everybody.items() if _is_wanted(one, state.active)}
    figures = {i: {name: getattr(one, name) for name in FIGURES} for i, one in found.items()}
    ask = class_pages(actor, state, figures)
    if wants_csv(request.GET):
        return csv_response("semester-results.csv", CSV_HEADER, _csv_rows(ask, found, state))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("Student"), sortable=True),
            Column("rank", _("Rank"), sortable=True, numeric=True),
            Column("percentage", _("Percent"), sortable=True, numeric=True),
            Column("gpa", _("GPA"), sortable=True, numeric=True),
            Column("cgpa", _("CGPA"), sortable=True, numeric=True),
            Column("passed", _("Result")),
            Column("promoted", _("Promotion")),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Semester results of the class"),
        search_label=_("Name, username or e-mail"),
        exports=True,
        bulk_action_url=reverse("semester_results_selected"),
        empty=Empty(_("Choose a course"), _("The results of its students stand here."), icon="chart-bar"),
    )
    ready = sum(is_ready(one) for one in everybody.values())
    context = {
        "table": table,
        "rows": _rows(page.items, found),
        "ready": ready,
        "publish_url": _publish_url(state),
        "subjects": [(subject.name, _subject_url(subject, state)) for subject in _subjects(actor, state)],
    }
    return state.remember(render(request, "portal/pages/semester_results.html", context))


def class_results(actor: Actor, chosen: Mapping[str, str]) -> dict[int, SemesterResult]:
    """Of the course and session year that an address names, by student; of nobody before a course is chosen."""
    course_id, year_id = (row_id_or_none(chosen.get(name)) for name in ("course", "session_year"))
    if course_id is None:
        return {}
    results = services.get(AssessmentsService).class_semester_results(
        actor=actor, course_id=course_id, session_year_id=year_id
    )
    return {result.student_id: result for result in results}


def _is_wanted(result: SemesterResult, chosen: Mapping[str, str]) -> bool:
    """Whether the filters let it through."""
    if "outcome" in chosen and result.promoted is not OUTCOMES[chosen["outcome"]]:
        return False
    return "status" not in chosen or result.status is SemesterStatus(chosen["status"])


def _rows(students: tuple[Student, ...], found: Mapping[int, SemesterResult]) -> list[ClassRow]:
    by_id = {s.profile_id: s for s in students if s.profile_id is not None}
    return [ClassRow(s, SemesterSheet(found[i])) for i, s in by_id.items() if i in found]


def _subjects(actor: Actor, state: ListState) -> tuple[Subject, ...]:
    """Of the chosen course."""
    if "course" not in state.active:
        return ()
    return (
        services.get(AcademicsService)
        .list_subjects(actor=actor, page=EVERYTHING, course_id=int(state.active["course"]))
        .items
    )


def _subject_url(subject: Subject, state: ListState) -> str:
    """Where the results of the class in a subject are."""
    address = reverse("subject_results", args=(subject.id,))
    return f"{address}?session_year={state.active['session_year']}" if "session_year" in state.active else address


def _publish_url(state: ListState) -> str:
    """Where all of the class whose result is complete are published."""
    chosen = {name: state.active[name] for name in ("course", "session_year") if name in state.active}
    query = {ACTION: PUBLISH, **chosen, LIST: replace(state, number=1).url}
    return f"{reverse('semester_results_selected')}?{urlencode(query)}"


def _csv_rows(ask: Ask, found: Mapping[int, SemesterResult], state: ListState) -> Iterator[tuple[object, ...]]:
    for batch in all_pages(ask, state.page_request()):
        for row in _rows(batch, found):
            result = row.sheet.result
            yield (
                *(row.student.user_id, row.student.full_name, row.student.email),
                *(result.rank, result.percentage, result.gpa, result.cgpa),
                *(len(result.missing_subject_ids), _answer(result.passed), _answer(result.promoted)),
                *(result.status.value, result.reason),
            )


def _answer(known: bool | None) -> str:
    return "" if known is None else _("yes") if known else _("no")
