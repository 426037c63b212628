"""Assignments, as a student meets them: what is due, handing it in, and what became of it."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contracts.assessments import (
    SUBMISSION_EXTENSIONS,
    SUBMISSION_MAX_BYTES,
    AssessmentsService,
    Assignment,
    AssignmentStatus,
    Submission,
)
from contracts.base import Role, Upload
from contracts.errors import Conflict, Invalid
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.components import Meaning
from portal.marksheet import mark_text
from portal.own_subjects import studied_by
from portal.tables import Column, Empty, Filter, ListState, Table
from portal.views.assignments import UNKNOWN_SUBJECT, WAITING

ACCEPT = ",".join(f".{extension}" for extension in SUBMISSION_EXTENSIONS)


@dataclass(frozen=True)
class OwnAssignmentRow:
    """One line of the list."""

    assignment: Assignment
    subject: str
    submission: Submission | None

    @property
    def is_open(self) -> bool:
        return self.assignment.status is AssignmentStatus.PUBLISHED and timezone.now() <= self.assignment.due_at

    @property
    def is_past(self) -> bool:
        return timezone.now() > self.assignment.due_at

    @property
    def status(self) -> tuple[Meaning, str]:
        if self.submission is None:
            return (Meaning.WARNING if self.is_open else Meaning.BAD), _("Not Submitted")
        if self.submission.marks is None:
            return Meaning.INFO, _("Submitted")
        return Meaning.GOOD, _("Graded (%s)") % mark_text(self.submission.marks)


@require_safe
@only(Role.STUDENT)
def view_assignments(request: HttpRequest) -> HttpResponseBase:
    """Those of the student's course, with what they handed in."""
    actor = actor_of(request)
    if actor.student_id is None:
        return render(request, "portal/pages/no_profile.html")
    subjects = studied_by(actor)
    choices = tuple((str(s.id), s.name) for s in subjects.values())
    state = ListState.from_request(
        request,
        sortable=("title", "due_at"),
        filters=(Filter("subject", _("Subject"), choices), Filter("show", _("Show"), ((WAITING, _("To hand in")),))),
    )
    chosen = (int(state.active["subject"]),) if "subject" in state.active else None
    service = services.get(AssessmentsService)
    page = service.list_assignments(
        actor=actor, page=state.page_request(), subject_ids=chosen, waiting="show" in state.active
    )
    own = service.own_submissions(actor=actor, assignment_ids=tuple(a.id for a in page.items)) if page.items else {}
    table = Table(
        columns=(
            Column("title", _("Assignment"), sortable=True),
            Column("subject", _("Subject")),
            Column("due_at", _("Due"), sortable=True),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Assignments of your course"),
        search_label=_("Title of an assignment"),
        has_actions=True,
        empty=Empty(
            _("No assignments yet"),
            _("What your teachers set stands here, and is handed in here."),
            icon="document-text",
        ),
    )
    rows = [
        OwnAssignmentRow(
            a, subjects[a.subject_id].name if a.subject_id in subjects else str(UNKNOWN_SUBJECT), own.get(a.id)
        )
        for a in page.items
    ]
    context = {"table": table, "rows": rows, "accept": ACCEPT, "largest": SUBMISSION_MAX_BYTES // 1024**2}
    return state.remember(render(request, "portal/pages/own_assignments.html", context))


@require_http_methods(["GET", "POST"])
@only(Role.STUDENT)
def submit_assignment(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    """Hand in a file. What is said is the legacy's; an assignment of another course is not there."""
    back = HttpResponseRedirect(reverse("student_view_assignments"))
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return back
    file = request.FILES.get("submission_file")
    if file is None:
        messages.error(request, _("Please select a file to submit"))
        return back
    try:
        services.get(AssessmentsService).submit(
            actor=actor_of(request), assignment_id=assignment_id, file=_upload(file)
        )
    except Conflict as error:
        known = {
            "deadline": _("Assignment submission deadline has passed"),
            "closed": _("This assignment is closed"),
            "submitted": _("You have already submitted this assignment"),
        }
        messages.error(request, known.get(error.reason) or _("Error submitting assignment: %s") % error)
    except Invalid as error:
        why = " ".join(text for texts in error.fields.values() for text in texts)
        messages.error(request, _("Error submitting assignment: %s") % why)
    else:
        messages.success(request, _("Assignment submitted successfully"))
    return back


def _upload(file: "UploadedFile[bytes]") -> Upload:
    """Raises Invalid, before any of it is read into memory, for a file that is too large."""
    if (file.size or 0) > SUBMISSION_MAX_BYTES:
        largest = SUBMISSION_MAX_BYTES // 1024**2
        problem = _("The file is larger than %(size)d MiB. Make it smaller and try again.") % {"size": largest}
        raise Invalid(fields={"submission_file": [problem]})
    return Upload(name=file.name or "", content=file.read())
