"""What students handed in: the teacher grades it, and whoever may see a file downloads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.assessments import AssessmentsService, Assignment, Submission
from contracts.base import Actor, Role
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.users import Student, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import everybody, only
from portal.components import Meaning
from portal.forms.answers import submit
from portal.forms.assignments import GradeForm
from portal.forms.fields import read_mark
from portal.listing import all_pages
from portal.marksheet import mark_text
from portal.tables import Column, Empty, ListState, Table, csv_response, wants_csv
from portal.views.assignments import LIST

CSV_HEADER = ("id", "student", "email", "submitted_at", "late", "file", "status", "marks", "comment")


@dataclass(frozen=True)
class SubmissionRow:
    """One line of the list, with its form: what was typed there stays while it is wrong."""

    submission: Submission
    student: Student | None
    typed: str = ""
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.student.full_name if self.student else _("(deleted student)")

    @property
    def marks(self) -> str:
        return "" if self.submission.marks is None else mark_text(self.submission.marks)

    @property
    def value(self) -> str:
        """What stands in the input."""
        return self.typed if self.errors else self.marks

    @property
    def status(self) -> tuple[Meaning, str]:
        if self.submission.marks is None:
            return Meaning.WARNING, _("Not graded")
        return Meaning.GOOD, _("Graded (%s)") % self.marks


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def view_submissions(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    """The submissions of an assignment; a row's form posts its mark to this same address.

    With htmx the page that answers is the list itself, of which the browser takes the row; without, it is a redirect.
    """
    actor = actor_of(request)
    service = services.get(AssessmentsService)
    try:
        assignment = service.assignment(actor=actor, assignment_id=assignment_id)
    except NotFound:
        messages.error(request, _("Assignment Not Found"))
        return HttpResponseRedirect(reverse(LIST))
    form = GradeForm(request.POST) if request.method == "POST" else None
    graded: Submission | None = None
    if form is not None and form.is_valid():
        graded = submit(
            form,
            service.grade,
            None,
            actor=actor,
            submission_id=form.cleaned_data["submission_id"],
            marks=form.cleaned_data["marks"],
        )
        if graded is not None and not _by_htmx(request):
            messages.success(request, _said(actor, graded))
            return HttpResponseRedirect(f"{request.get_full_path()}#submission-{graded.id}")
    state = ListState.from_request(request, sortable=("submitted_at", "marks", "status"), default_sort="submitted_at")
    if wants_csv(request.GET) and form is None:
        rows = _csv_rows(actor, assignment_id, state)
        return csv_response(f"submissions-{assignment_id}.csv", CSV_HEADER, rows)
    context = _context(actor, assignment, state, form)
    if graded is not None:
        context["said"] = _said(actor, graded)
    response = render(request, "portal/pages/submissions.html", context)
    if form is not None and form.errors and not _by_htmx(request):
        response.status_code = 422
    return state.remember(response)


def _by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _said(actor: Actor, graded: Submission) -> str:
    student = _students(actor, (graded.student_id,)).get(graded.student_id)
    name = student.full_name if student else _("(deleted student)")
    return _("%(name)s: marks %(marks)s saved.") % {"name": name, "marks": mark_text(graded.marks or Decimal(0))}


def _context(actor: Actor, assignment: Assignment, state: ListState, form: GradeForm | None) -> dict[str, object]:
    page = services.get(AssessmentsService).submissions(
        actor=actor, assignment_id=assignment.id, page=state.page_request()
    )
    table = Table(
        columns=(
            Column("name", _("Student")),
            Column("submitted_at", _("Handed in"), sortable=True),
            Column("file", _("File")),
            Column("status", _("Status"), sortable=True),
            Column("marks", _("Marks (0–10)"), sortable=True),
        ),
        state=state,
        page=page,
        caption=_("Submissions of “%s”") % assignment.title,
        exports=True,
        empty=Empty(
            _("Nothing handed in yet"), _("As soon as a student hands something in, it stands here to be graded.")
        ),
    )
    students = _students(actor, tuple({s.student_id for s in page.items}))
    refused = form if form is not None and form.errors else None
    rows = [_row(s, students.get(s.student_id), refused) for s in page.items]
    on_no_row = refused if refused is not None and not any(row.errors for row in rows) else None
    return {"assignment": assignment, "table": table, "rows": rows, "form": refused, "on_no_row": on_no_row}


def _row(submission: Submission, student: Student | None, refused: GradeForm | None) -> SubmissionRow:
    if refused is None or refused.data.get("submission_id") != str(submission.id):
        return SubmissionRow(submission, student)
    errors = tuple(str(text) for texts in refused.errors.values() for text in texts)
    return SubmissionRow(submission, student, refused.data.get("marks", ""), errors)


def _students(actor: Actor, ids: tuple[int, ...]) -> Mapping[int, Student]:
    return services.get(UsersService).students(actor=actor, student_ids=ids) if ids else {}


def _csv_rows(actor: Actor, assignment_id: int, state: ListState) -> Iterator[tuple[object, ...]]:
    service = services.get(AssessmentsService)
    for batch in all_pages(
        lambda page: service.submissions(actor=actor, assignment_id=assignment_id, page=page), state.page_request()
    ):
        students = _students(actor, tuple({s.student_id for s in batch}))
        for s in batch:
            row = SubmissionRow(s, students.get(s.student_id))
            email = row.student.email if row.student else ""
            late = _("yes") if s.is_late else ""
            yield (s.id, row.name, email, s.submitted_at, late, s.file_name, s.status, row.marks, s.comment)


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def grade_assignment(request: HttpRequest, submission_id: int) -> HttpResponseBase:
    """The legacy's AJAX endpoint; scripts read its texts, so they are not translated."""
    return HttpResponse(_graded(request, submission_id), content_type="text/html; charset=utf-8")


def _graded(request: HttpRequest, submission_id: int) -> str:
    if request.method != "POST":
        return "Method Not Allowed"
    typed = request.POST.get("marks", "").strip()
    if not typed:
        return "Missing required fields"
    try:
        marks = read_mark(typed)
    except ValueError:
        return "Invalid marks value"
    if marks < 0:
        return "Marks cannot be negative"
    try:
        services.get(AssessmentsService).grade(actor=actor_of(request), submission_id=submission_id, marks=marks)
    except NotFound:
        return "Submission not found"
    except Forbidden:
        return "You don't have permission to grade this submission"
    except Invalid as error:
        return f"Error: {' '.join(text for texts in error.fields.values() for text in texts)}"
    return "OK"


@require_safe
@everybody
def submission_file(request: HttpRequest, submission_id: int) -> HttpResponseBase:
    """A file that was handed in, for those whom it concerns; saved by the browser, never opened within the site."""
    file = services.get(AssessmentsService).submission_file(actor=actor_of(request), submission_id=submission_id)
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
