"""Results: entering the marks of a class or of one student, and a student's own."""

from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.academics import AcademicsService, SessionYear, Subject
from contracts.assessments import AssessmentsService, RecordedResult, Result, ResultEntry, SemesterResult
from contracts.base import Actor, Page, Role
from contracts.errors import NotFound
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import marksheet
from portal.access import only
from portal.forms import drafts
from portal.forms.answers import submit
from portal.forms.attendance import RegisterChoiceForm
from portal.forms.results import ClassForm, OneResultForm
from portal.own_subjects import current_year, session_years, taught_by
from portal.semester import SemesterSheet
from portal.tables import Filter, ListState, Table

LAST_CLASS = "results_class"
"""Where the session remembers the subject and year for which this teacher last entered marks."""
ROWS = (100, 200)
"""Students on a page: more than a class has, fewer than make a save slow."""


# --- staff ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """The class in a subject and year, or a part of it."""

    subject: Subject
    year: SessionYear
    rows: list[marksheet.SheetRow]
    table: Table
    """For the pager, and with the page's address."""

    @property
    def has_results(self) -> bool:
        return any(row.result for row in self.rows)

    @property
    def has_withheld(self) -> bool:
        return any(row.result and row.result.withheld for row in self.rows)


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_add_result(request: HttpRequest) -> HttpResponseBase:
    """First choose subject and year (by GET, so that it can be bookmarked), then type the class's marks and post them.

    Below it the legacy's form for one student.
    """
    actor = actor_of(request)
    subjects, years = tuple(taught_by(actor).values()), session_years(actor)
    suggested = _suggested(request, subjects, years)
    one = drafts.restore(request, OneResultForm())
    choice = RegisterChoiceForm(_chosen(request, one, suggested), subjects=subjects, years=years, initial=suggested)
    sheet: Sheet | None = None
    if choice.is_bound and choice.is_valid():
        subject = next(s for s in subjects if s.id == choice.cleaned_data["subject"])
        year = next(y for y in years if y.id == choice.cleaned_data["session_year"])
        sheet = _sheet(request, actor, subject, year)
    if request.method == "POST" and sheet is not None:
        sheet = _save_sheet(request, actor, sheet)
        if not any(row.errors for row in sheet.rows):
            return HttpResponseRedirect(reverse("staff_add_result") + sheet.table.state.url)
    context = {
        "form": choice,
        "has_subjects": bool(subjects),
        "sheet": sheet,
        "table": sheet.table if sheet else None,
        "state": sheet.table.state if sheet else None,
        "problems": [problem for row in sheet.rows for problem in row.problems] if sheet else [],
        "one": _for_one_student(one, sheet) if sheet else one,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "portal/pages/add_results.html", context, status=status)


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_add_result_save(request: HttpRequest) -> HttpResponseBase:
    """The marks of one student, as the legacy sends them: `student_list` is a user id."""
    back = HttpResponseRedirect(reverse("staff_add_result"))
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return back
    form = OneResultForm(request.POST)
    recorded = _record_one(actor_of(request), form) if form.is_valid() else None
    if recorded is None:
        messages.error(request, _("Failed to Add Result!"))
        drafts.keep(request, form)
        return back
    _remember(request, form.cleaned_data["subject"], form.cleaned_data["session_year"])
    created = recorded.created
    messages.success(request, _("Result Added Successfully!") if created else _("Result Updated Successfully!"))
    return back


def _record_one(actor: Actor, form: OneResultForm) -> RecordedResult | None:
    """None on a refusal, which then stands in the form."""
    data = form.cleaned_data
    user_id = data["student_list"]
    student = services.get(UsersService).students_by_user(actor=actor, user_ids=(user_id,)).get(user_id)
    if student is None or student.profile_id is None:
        form.add_error("student_list", _("There is no such student."))
        return None
    return submit(
        form,
        services.get(AssessmentsService).record_result,
        OneResultForm.NAMES,
        actor=actor,
        subject_id=data["subject"],
        student_id=student.profile_id,
        exam_marks=data["exam_marks"],
        assignment_marks=data["assignment_marks"],
    )


def _save_sheet(request: HttpRequest, actor: Actor, sheet: Sheet) -> Sheet:
    """Save what changed, all or nothing, say so, and give the sheet as it is then."""

    def save_all(entries: tuple[ResultEntry, ...]) -> tuple[RecordedResult, ...]:
        assessments = services.get(AssessmentsService)
        return assessments.save_results(
            actor=actor, subject_id=sheet.subject.id, entries=entries, withhold="withhold" in request.POST
        )

    def again() -> list[marksheet.SheetRow]:
        return _rows(actor, sheet.subject, tuple(sheet.table.page.items))

    rows, saved = marksheet.save(sheet.rows, request.POST.dict(), save_all, again)
    refused = sum(bool(row.errors) for row in rows)
    _remember(request, sheet.subject.id, sheet.year.id)
    if saved:
        text = ngettext("The marks of %d student are saved.", "The marks of %d students are saved.", saved)
        messages.success(request, text % saved)
    elif refused:
        messages.error(request, _("No mark is saved yet. Correct what is marked, and save again."))
    else:
        messages.info(request, _("No mark was changed."))
    return replace(sheet, rows=rows)


@require_POST
@only(Role.STAFF)
def staff_withhold_results(request: HttpRequest) -> HttpResponseBase:
    """Keep the results of a whole class back, or, with `withheld=0`, release them."""
    actor = actor_of(request)
    form = ClassForm(request.POST)
    if not form.is_valid():
        raise NotFound(entity="academics.Subject", id=str(request.POST.get("subject", ""))[:20])
    subject_id, session_year_id = form.cleaned_data["subject"], form.cleaned_data["session_year"]
    students = services.get(AcademicsService).class_list(
        actor=actor, subject_id=subject_id, session_year_id=session_year_id
    )
    assessments = services.get(AssessmentsService)
    if form.cleaned_data["withheld"]:
        changed = assessments.withhold_results(actor=actor, subject_id=subject_id, student_ids=students)
        said = ngettext("The result of %d student is kept back.", "The results of %d students are kept back.", changed)
    else:
        changed = assessments.release_results(actor=actor, subject_id=subject_id, student_ids=students)
        said = ngettext("%d student sees the result now.", "%d students see their results now.", changed)
    messages.success(request, said % changed)
    where = urlencode({"subject": subject_id, "session_year": session_year_id})
    return HttpResponseRedirect(f"{reverse('staff_add_result')}?{where}")


def _sheet(request: HttpRequest, actor: Actor, subject: Subject, year: SessionYear) -> Sheet:
    everybody = services.get(AcademicsService).class_list(actor=actor, subject_id=subject.id, session_year_id=year.id)
    state = ListState.from_query(
        request.GET.dict() | {"subject": str(subject.id), "session_year": str(year.id), "q": "", "sort": ""},
        filters=(
            Filter("subject", _("Subject"), ((str(subject.id), subject.name),)),
            Filter("session_year", _("Session year"), ((str(year.id), year.label),)),
        ),
        page_sizes=ROWS,
    )
    first = (state.number - 1) * state.size
    ids = everybody[first : first + state.size]
    rows = _rows(actor, subject, ids)
    page = Page[int](items=ids, total=len(everybody), number=state.number, size=state.size)
    table = Table(columns=(), state=state, page=page, caption=_("Marks of the class"))
    return Sheet(subject, year, rows, table)


def _rows(actor: Actor, subject: Subject, ids: tuple[int, ...]) -> list[marksheet.SheetRow]:
    return marksheet.rows(
        ids,
        services.get(UsersService).students(actor=actor, student_ids=ids),
        services.get(AssessmentsService).class_results(actor=actor, subject_id=subject.id, student_ids=ids),
    )


def _for_one_student(form: OneResultForm, sheet: Sheet) -> OneResultForm:
    """The form for this class; the refused one, when it waited, keeps what was typed."""
    if not form.is_bound:
        form = OneResultForm(initial={"subject": sheet.subject.id, "session_year": sheet.year.id})
    students = [row.student for row in sheet.rows if row.student]
    form.offer((s.user_id, _("%(name)s (ID %(id)s)") % {"name": s.full_name, "id": s.user_id}) for s in students)
    return form


def _remember(request: HttpRequest, subject_id: int, session_year_id: int | None) -> None:
    request.session[LAST_CLASS] = {"subject": subject_id, "session_year": session_year_id}


def _suggested(
    request: HttpRequest, subjects: tuple[Subject, ...], years: tuple[SessionYear, ...]
) -> dict[str, int | None]:
    """The class before this one; else the first subject, in the year that holds today."""
    last = request.session.get(LAST_CLASS, {})
    return {
        "subject": last.get("subject") or (subjects[0].id if subjects else None),
        "session_year": last.get("session_year") or current_year(years),
    }


def _chosen(request: HttpRequest, one: OneResultForm, suggested: dict[str, int | None]) -> dict[str, object] | None:
    """The class that the address names, or that of a refused form for one student; None when nobody chose one yet."""
    if "subject" in request.GET or request.method == "POST":
        return dict(request.GET.items())
    if one.is_bound:
        typed = {name: one.data[name] for name in ("subject", "session_year") if one.data.get(name)}
        return {**suggested, **typed}
    return None


# --- students ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ResultRow:
    result: Result
    subject: str

    @property
    def exam(self) -> str:
        return marksheet.mark_text(self.result.exam_marks)

    @property
    def assignment(self) -> str:
        return marksheet.mark_text(self.result.assignment_marks)


@require_safe
@only(Role.STUDENT)
def student_view_result(request: HttpRequest) -> HttpResponseBase:
    """One's own results; on paper a sheet with name, course and day."""
    actor = actor_of(request)
    if actor.student_id is None:
        return render(request, "portal/pages/no_profile.html")
    assessments, academics = services.get(AssessmentsService), services.get(AcademicsService)
    results = assessments.results(actor=actor, student_id=actor.student_id)
    found = assessments.semester_results(actor=actor, student_ids=(actor.student_id,)).get(actor.student_id)
    names = _names(actor, results, found)
    rows = [ResultRow(result, names.get(result.subject_id, _("(deleted subject)"))) for result in results]
    context: dict[str, object] = {"rows": rows, "passed": sum(result.passed for result in results)}
    if found is not None:
        context["semester"] = SemesterSheet(found)
        context["course"] = academics.courses(actor=actor, ids=(found.course_id,)).get(found.course_id)
        context["year"] = academics.session_years(actor=actor, ids=(found.session_year_id,)).get(found.session_year_id)
    return render(request, "portal/pages/own_results.html", context)


def _names(actor: Actor, results: tuple[Result, ...], semester: SemesterResult | None) -> dict[int, str]:
    """Of the subjects of these results, by id; asks for those only that the semester result does not tell."""
    names = {grade.subject_id: grade.subject_name for grade in semester.subjects} if semester else {}
    others = tuple({result.subject_id for result in results} - names.keys())
    found = services.get(AcademicsService).subjects(actor=actor, ids=others) if others else {}
    return names | {i: subject.name for i, subject in found.items()}
