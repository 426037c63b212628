"""Assignments, as the teacher of a subject sets them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.academics import Subject
from contracts.assessments import AssessmentsService, Assignment, AssignmentStatus
from contracts.base import Role
from contracts.errors import Conflict, Forbidden, NotFound
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.components import Meaning
from portal.forms import drafts
from portal.forms.answers import problems_of, submit
from portal.forms.assignments import AssignmentForm, TaskForm
from portal.listing import all_items
from portal.own_subjects import taught_by
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

LIST = "staff_manage_assignments"
UNKNOWN_SUBJECT = gettext_lazy("(unknown)")
WAITING = "waiting"
SHOWN = (
    (WAITING, gettext_lazy("To grade")),
    (AssignmentStatus.DRAFT.value, gettext_lazy("Drafts")),
    (AssignmentStatus.PUBLISHED.value, gettext_lazy("Open")),
    (AssignmentStatus.CLOSED.value, gettext_lazy("Closed")),
    (AssignmentStatus.GRADED.value, gettext_lazy("Graded")),
)
CSV_HEADER = ("id", "subject", "title", "description", "due_at", "status", "submissions", "ungraded", "created_at")


class Narrowed(TypedDict):
    """How the service is asked for a part of the list."""

    subject_ids: tuple[int, ...] | None
    status: AssignmentStatus | None
    waiting: bool


@dataclass(frozen=True)
class AssignmentRow:
    """One line of the list."""

    assignment: Assignment
    subject: str

    @property
    def status(self) -> tuple[Meaning, str]:
        is_past = timezone.now() > self.assignment.due_at
        return {
            AssignmentStatus.DRAFT: (Meaning.NEUTRAL, _("Draft")),
            AssignmentStatus.PUBLISHED: (Meaning.WARNING, _("Past due")) if is_past else (Meaning.INFO, _("Open")),
            AssignmentStatus.CLOSED: (Meaning.NEUTRAL, _("Closed")),
            AssignmentStatus.GRADED: (Meaning.GOOD, _("Graded")),
        }[self.assignment.status]


@require_safe
@only(Role.STAFF)
def manage_assignments(request: HttpRequest) -> HttpResponseBase:
    """One's own subjects' assignments."""
    actor = actor_of(request)
    subjects = taught_by(actor)
    choices = tuple((str(s.id), f"{s.name} ({s.course_name})") for s in subjects.values())
    state = ListState.from_request(
        request,
        sortable=("title", "due_at"),
        filters=(Filter("subject", _("Subject"), choices), Filter("show", _("Show"), SHOWN)),
    )
    narrowed = _narrowed(state.active)
    service = services.get(AssessmentsService)
    if wants_csv(request.GET):
        found = all_items(
            lambda page: service.list_assignments(actor=actor, page=page, **narrowed), state.page_request()
        )
        rows = (
            (
                *(a.id, _name(subjects, a), a.title, a.description),
                *(a.due_at, a.status, a.submission_count, a.ungraded_count, a.created_at),
            )
            for a in found
        )
        return csv_response("assignments.csv", CSV_HEADER, rows)
    page = service.list_assignments(actor=actor, page=state.page_request(), **narrowed)
    table = Table(
        columns=(
            Column("title", _("Assignment"), sortable=True),
            Column("due_at", _("Due"), sortable=True),
            Column("status", _("Status")),
            Column("submissions", _("Handed in")),
        ),
        state=state,
        page=page,
        caption=_("Your assignments"),
        search_label=_("Title of an assignment"),
        exports=True,
        has_actions=True,
        empty=Empty(
            _("No assignments yet"),
            _("What you set the students of your subjects stands here, with what they hand in."),
            _("Add the first assignment"),
            reverse("staff_add_assignment"),
            icon="document-text",
        ),
    )
    rows_shown = [AssignmentRow(a, _name(subjects, a)) for a in page.items]
    return state.remember(render(request, "portal/pages/assignments.html", {"table": table, "rows": rows_shown}))


def _narrowed(active: Mapping[str, str]) -> Narrowed:
    """What the filters mean to the service."""
    show = active.get("show", "")
    return {
        "subject_ids": (int(active["subject"]),) if "subject" in active else None,
        "status": AssignmentStatus(show) if show not in ("", WAITING) else None,
        "waiting": show == WAITING,
    }


def _name(subjects: Mapping[int, Subject], assignment: Assignment) -> str:
    found = subjects.get(assignment.subject_id)
    return found.name if found else str(UNKNOWN_SUBJECT)


@require_safe
@only(Role.STAFF)
def add_assignment(request: HttpRequest) -> HttpResponseBase:
    subjects = taught_by(actor_of(request))
    in_a_week = timezone.localtime().replace(hour=23, minute=59, second=0, microsecond=0) + timedelta(days=7)
    form = drafts.restore(request, AssignmentForm(subjects=subjects.values(), initial={"due_date": in_a_week}))
    return render(request, "portal/pages/add_assignment.html", {"form": form, "has_subjects": bool(subjects)})


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def add_assignment_save(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return HttpResponseRedirect(reverse(LIST))
    actor = actor_of(request)
    form = AssignmentForm(request.POST, subjects=taught_by(actor).values())
    if form.is_valid():
        assignment = submit(
            form,
            services.get(AssessmentsService).add_assignment,
            AssignmentForm.NAMES,
            actor=actor,
            subject_id=form.cleaned_data["subject"],
            title=form.cleaned_data["title"],
            description=form.cleaned_data["description"],
            due_at=form.cleaned_data["due_date"],
            draft=form.cleaned_data["draft"],
        )
        if assignment is not None:
            is_draft = assignment.status is AssignmentStatus.DRAFT
            messages.success(request, _("The draft is saved.") if is_draft else _("Assignment Added Successfully!"))
            if assignment.due_at < timezone.now():
                messages.warning(request, _("Its due date has passed already: nobody can hand it in."))
            return HttpResponseRedirect(reverse(LIST))
    messages.error(request, _("Could Not Add Assignment: %s") % problems_of(form))
    drafts.keep(request, form)
    return HttpResponseRedirect(reverse("staff_add_assignment"))


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def edit_assignment(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    actor = actor_of(request)
    service = services.get(AssessmentsService)
    assignment = service.assignment(actor=actor, assignment_id=assignment_id)
    stored = {
        "title": assignment.title,
        "description": assignment.description,
        "due_date": timezone.localtime(assignment.due_at),
    }
    form = TaskForm(request.POST if request.method == "POST" else None, initial=stored)
    if form.is_valid():
        saved = submit(
            form,
            service.update_assignment,
            TaskForm.NAMES,
            actor=actor,
            assignment_id=assignment_id,
            title=form.cleaned_data["title"],
            description=form.cleaned_data["description"],
            due_at=form.cleaned_data["due_date"],
        )
        if saved is not None:
            messages.success(request, _("“%s” is saved.") % saved.title)
            return HttpResponseRedirect(reverse("staff_view_submissions", args=(assignment_id,)))
    return render(
        request,
        "portal/pages/edit_assignment.html",
        {"form": form, "assignment": assignment},
        status=422 if form.errors else 200,
    )


@require_POST
@only(Role.STAFF)
def move_assignment(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    """The next step in an assignment's life, which `do` names."""
    service = services.get(AssessmentsService)
    steps = {
        "publish": (service.publish_assignment, _("“%s” is published: students see it and can hand in.")),
        "close": (service.close_assignment, _("“%s” is closed: nothing more can be handed in.")),
        "graded": (service.finish_grading, _("“%s” is graded.")),
    }
    if request.POST.get("do") not in steps:
        raise NotFound(entity="assessments.Assignment", id=assignment_id)
    step, said = steps[request.POST["do"]]
    try:
        moved = step(actor=actor_of(request), assignment_id=assignment_id)
        messages.success(request, said % moved.title)
    except Conflict as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("staff_view_submissions", args=(assignment_id,)))


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def delete_assignment(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    """Asks on a page of its own, since the legacy's link is a GET; deletes by POST."""
    actor = actor_of(request)
    service = services.get(AssessmentsService)
    back = HttpResponseRedirect(reverse(LIST))
    try:
        assignment = service.assignment(actor=actor, assignment_id=assignment_id)
        if request.method == "POST":
            service.delete_assignment(actor=actor, assignment_id=assignment_id)
            messages.success(request, _("Assignment deleted successfully"))
            return back
    except NotFound:
        messages.error(request, _("Assignment not found"))
        return back
    except Forbidden:
        messages.error(request, _("You are not authorized to delete this assignment"))
        return back
    return render(
        request,
        "portal/confirm.html",
        {
            "title": _("Delete assignment “%s”?") % assignment.title,
            "consequences": _consequences(assignment),
            "confirm_label": _("Delete assignment"),
            "cancel_url": reverse(LIST),
            "danger": True,
        },
    )


def _consequences(assignment: Assignment) -> list[str]:
    due = date_format(timezone.localtime(assignment.due_at), "j M Y, H:i")
    if not assignment.submission_count:
        return [_("It is due on %s.") % due, _("Nobody has handed anything in.")]
    count = assignment.submission_count
    gone = ngettext(
        "%d submission is deleted with it, with its file and mark.",
        "%d submissions are deleted with it, with their files and marks.",
        count,
    )
    ungraded = assignment.ungraded_count
    still = ngettext("%d of them is not graded yet.", "%d of them are not graded yet.", ungraded)
    return [
        _("It is due on %s.") % due,
        gone % count,
        *([still % ungraded] if ungraded else []),
        _("This cannot be undone."),
    ]
