"""Leave: asking for it, seeing what became of it, and deciding on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contracts.base import MAX_PAGE_SIZE, Actor, Audience, Page, PageRequest, Role
from contracts.errors import Conflict, NotFound
from contracts.leaves import Leave, LeaveRef, LeavesService, LeaveStatus
from contracts.users import Person, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.components import Meaning
from portal.forms import drafts
from portal.forms.answers import submit
from portal.forms.leave import DecisionForm, LeaveForm
from portal.listing import all_items
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

STATUS_WORDS: dict[LeaveStatus, tuple[Meaning, Promise]] = {
    LeaveStatus.PENDING: (Meaning.WARNING, gettext_lazy("Pending")),
    LeaveStatus.APPROVED: (Meaning.GOOD, gettext_lazy("Approved")),
    LeaveStatus.REJECTED: (Meaning.BAD, gettext_lazy("Rejected")),
    LeaveStatus.CANCELLED: (Meaning.NEUTRAL, gettext_lazy("Cancelled")),
}
STATUS_FILTER = Filter(
    "status", gettext_lazy("Status"), tuple((s.value, word) for s, (_m, word) in STATUS_WORDS.items())
)

DAYS_FILTER = Filter(
    "days", gettext_lazy("Days"), (("today", gettext_lazy("Away today")), ("coming", gettext_lazy("Still to come")))
)


@dataclass(frozen=True)
class LeaveRow:
    """One line of a list of requests."""

    leave: Leave
    person: Person | None
    approve_url: str = ""
    reject_url: str = ""
    cancel_url: str = ""

    @property
    def status(self) -> tuple[Meaning, Promise]:
        return STATUS_WORDS[self.leave.status]

    @property
    def name(self) -> str:
        return name_of(self.person)


# --- one's own --------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.STUDENT)
def student_apply_leave(request: HttpRequest) -> HttpResponseBase:
    return _own_page(request, reverse("student_apply_leave_save"))


@require_http_methods(["GET", "POST"])
@only(Role.STUDENT)
def student_apply_leave_save(request: HttpRequest) -> HttpResponseBase:
    return _apply(request, back=reverse("student_apply_leave"))


@require_safe
@only(Role.STAFF)
def staff_apply_leave(request: HttpRequest) -> HttpResponseBase:
    return _own_page(request, reverse("staff_apply_leave_save"))


@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_apply_leave_save(request: HttpRequest) -> HttpResponseBase:
    return _apply(request, back=reverse("staff_apply_leave"))


def _apply(request: HttpRequest, *, back: str) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return HttpResponseRedirect(back)
    form = LeaveForm(request.POST)
    if form.is_valid():
        first_day = form.cleaned_data["leave_date"]
        leave = submit(
            form,
            services.get(LeavesService).apply,
            LeaveForm.NAMES,
            actor=actor_of(request),
            first_day=first_day,
            last_day=form.cleaned_data["leave_until"] or first_day,
            reason=form.cleaned_data["leave_message"],
        )
        if leave is not None:
            messages.success(request, _("Applied for Leave."))
            return HttpResponseRedirect(back)
    messages.error(request, _("Failed to Apply Leave"))
    drafts.keep(request, form)
    return HttpResponseRedirect(back)


def _own_page(request: HttpRequest, save_url: str) -> HttpResponseBase:
    actor = actor_of(request)
    if actor.profile_id is None:
        return render(request, "portal/pages/no_profile.html")
    state = ListState.from_request(request, sortable=("applied_at", "first_day", "status"))
    page = services.get(LeavesService).own(actor=actor, page=state.page_request())
    table = Table(
        columns=(
            Column("first_day", _("Days"), sortable=True),
            Column("reason", _("Reason")),
            Column("applied_at", _("Asked on"), sortable=True),
            Column("status", _("Status"), sortable=True),
        ),
        state=state,
        page=page,
        caption=_("Your leave requests"),
        empty=Empty(
            _("No leave asked for yet"),
            _("Your requests and what became of them will stand here."),
            icon="calendar-days",
        ),
        has_actions=True,
    )
    rows = [
        LeaveRow(
            leave,
            None,
            cancel_url=reverse("cancel_leave", args=[leave.ref.audience, leave.ref.id])
            if leave.status is LeaveStatus.PENDING
            else "",
        )
        for leave in page.items
    ]
    form = drafts.restore(request, LeaveForm())
    context = {"form": form, "save_url": save_url, "table": table, "rows": rows}
    return state.remember(render(request, "portal/pages/own_leave.html", context))


@require_http_methods(["GET", "POST"])
@only(Role.STUDENT, Role.STAFF, Role.HOD)
def cancel_leave(request: HttpRequest, audience: str, leave_id: int) -> HttpResponseBase:
    """Withdraw one's own pending request; the HOD cancels an approved one."""
    actor = actor_of(request)
    leave = _find(actor, audience, leave_id)
    back = {
        Role.HOD: reverse(f"{leave.ref.audience}_leave_view"),
        Role.STAFF: reverse("staff_apply_leave"),
        Role.STUDENT: reverse("student_apply_leave"),
    }[actor.role]
    if request.method == "POST":
        try:
            services.get(LeavesService).cancel(actor=actor, leave=leave.ref)
            messages.success(request, _("The request is cancelled."))
        except Conflict as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(back)
    pending = leave.status is LeaveStatus.PENDING
    return render(
        request,
        "portal/confirm.html",
        {
            "title": _("Withdraw this request?") if pending else _("Cancel this leave?"),
            "consequences": [days_in_words(leave), _("The days can be asked for again afterwards.")],
            "confirm_label": _("Withdraw the request") if pending else _("Cancel the leave"),
            "cancel_url": back,
            "keep_label": _("Keep it"),
            "danger": True,
        },
    )


# --- the HOD's --------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.HOD)
def student_leave_view(request: HttpRequest) -> HttpResponseBase:
    return _requests(request, Audience.STUDENT, _("Student leave"))


@require_safe
@only(Role.HOD)
def staff_leave_view(request: HttpRequest) -> HttpResponseBase:
    return _requests(request, Audience.STAFF, _("Staff leave"))


def _requests(request: HttpRequest, audience: Audience, title: str) -> HttpResponseBase:
    actor = actor_of(request)
    state = ListState.from_request(
        request,
        sortable=("applied_at", "first_day", "status"),
        default_sort="-applied_at",
        filters=(STATUS_FILTER, DAYS_FILTER),
    )
    status = LeaveStatus(state.active["status"]) if "status" in state.active else None
    from_day, to_day = _days_of(state.active.get("days", ""))

    def ask(page: PageRequest) -> Page[Leave]:
        return services.get(LeavesService).requests(
            actor=actor, audience=audience, page=page, status=status, from_day=from_day, to_day=to_day
        )

    if wants_csv(request.GET):
        found = all_items(ask, state.page_request())
        return csv_response(f"{audience}-leave.csv", CSV_HEADER, _csv_rows(actor, audience, found))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("name", _("Name")),
            Column("first_day", _("Days"), sortable=True),
            Column("reason", _("Reason")),
            Column("applied_at", _("Asked on"), sortable=True),
            Column("status", _("Status"), sortable=True),
        ),
        state=state,
        page=page,
        caption=title,
        search_label=_("Reason or dates"),
        exports=True,
        has_actions=True,
        bulk_action_url=reverse(f"{audience}_leave_selected") if _has_pending(page.items) else "",
        empty=Empty(
            _("No requests"), _("When somebody asks for leave, it stands here to be decided."), icon="calendar-days"
        ),
    )
    people = people_behind(actor, audience, page.items)
    rows = [_decidable(leave, people.get(leave.person.profile_id)) for leave in page.items]
    return state.remember(
        render(request, "portal/pages/leave_requests.html", {"title": title, "table": table, "rows": rows})
    )


def _days_of(choice: str) -> tuple[date | None, date | None]:
    """The days that the filter means, by the school's calendar."""
    today = timezone.localdate()
    if choice == "today":
        return today, today
    return (today + timedelta(days=1) if choice == "coming" else None), None


def _has_pending(leaves: Iterable[Leave]) -> bool:
    """Whether there is anything to tick."""
    return any(leave.status is LeaveStatus.PENDING for leave in leaves)


def _decidable(leave: Leave, person: Person | None) -> LeaveRow:
    def url(verb: str) -> str:
        return reverse(f"{leave.ref.audience}_leave_{verb}", args=[leave.ref.id])

    pending = leave.status is LeaveStatus.PENDING
    approved = leave.status is LeaveStatus.APPROVED
    return LeaveRow(
        leave,
        person,
        approve_url=url("approve") if pending else "",
        reject_url=url("reject") if pending else "",
        cancel_url=reverse("cancel_leave", args=[leave.ref.audience, leave.ref.id]) if approved else "",
    )


CSV_HEADER = ("id", "person", "first_day", "last_day", "dates_as_written", "reason", "applied_at", "status", "note")


def _csv_rows(actor: Actor, audience: Audience, found: Iterable[Leave]) -> Iterable[tuple[object, ...]]:
    leaves = list(found)
    people = people_behind(actor, audience, leaves)
    for leave in leaves:
        person = people.get(leave.person.profile_id)
        yield (
            leave.ref.id,
            person.full_name if person else "",
            leave.first_day or "",
            leave.last_day or "",
            leave.written_dates,
            leave.reason,
            leave.applied_at.isoformat(),
            leave.status,
            leave.decision_note,
        )


def name_of(person: Person | None) -> str:
    """As in a list of requests."""
    return person.full_name if person else _("(unknown)")


def people_behind(actor: Actor, audience: Audience, leaves: Iterable[Leave]) -> Mapping[int, Person]:
    """Who asked, by profile id; in calls of at most a page."""
    ids = sorted({leave.person.profile_id for leave in leaves})
    users = services.get(UsersService)
    found: dict[int, Person] = {}
    for start in range(0, len(ids), MAX_PAGE_SIZE):
        batch = tuple(ids[start : start + MAX_PAGE_SIZE])
        if audience is Audience.STUDENT:
            found |= users.students(actor=actor, student_ids=batch)
        else:
            found |= users.staff(actor=actor, staff_ids=batch)
    return found


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def student_leave_approve(request: HttpRequest, leave_id: int) -> HttpResponseBase:
    return _decide(request, Audience.STUDENT, leave_id, approve=True)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def student_leave_reject(request: HttpRequest, leave_id: int) -> HttpResponseBase:
    return _decide(request, Audience.STUDENT, leave_id, approve=False)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def staff_leave_approve(request: HttpRequest, leave_id: int) -> HttpResponseBase:
    return _decide(request, Audience.STAFF, leave_id, approve=True)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def staff_leave_reject(request: HttpRequest, leave_id: int) -> HttpResponseBase:
    return _decide(request, Audience.STAFF, leave_id, approve=False)


def _decide(request: HttpRequest, audience: Audience, leave_id: int, *, approve: bool) -> HttpResponseBase:
    """Asks on a page of its own, since the legacy's link is a GET; decides by POST."""
    actor = actor_of(request)
    back = reverse(f"{audience}_leave_view")
    leave = _find(actor, audience, leave_id)
    if leave.status is not LeaveStatus.PENDING:
        messages.error(request, _("This request has already been decided."))
        return HttpResponseRedirect(back)
    service = services.get(LeavesService)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        operation = service.approve if approve else service.reject
        if submit(form, operation, None, actor=actor, leave=leave.ref, note=form.cleaned_data["note"]):
            messages.success(request, _("Leave approved.") if approve else _("Leave rejected."))
            return HttpResponseRedirect(back)
    person = people_behind(actor, audience, [leave]).get(leave.person.profile_id)
    name = name_of(person)
    return render(
        request,
        "portal/confirm.html",
        {
            "title": (_("Approve leave of %s?") if approve else _("Reject leave of %s?")) % name,
            "consequences": [days_in_words(leave), leave.reason or _("No reason was given."), _("The person is told.")],
            "confirm_label": _("Approve leave") if approve else _("Reject leave"),
            "cancel_url": back,
            "danger": not approve,
            "form": form,
        },
        status=422 if form.errors else 200,
    )


def _find(actor: Actor, audience: str, leave_id: int) -> Leave:
    if audience not in set(Audience):
        raise NotFound(entity="leaves.Leave", id=leave_id)
    return services.get(LeavesService).get(actor=actor, leave=LeaveRef(audience=Audience(audience), id=leave_id))


def days_in_words(leave: Leave) -> str:
    """The days of a request, as the lists show them."""
    if leave.first_day is None or leave.last_day is None:
        return _("Days as written: %s") % (leave.written_dates or _("none"))
    first, last = (date_format(day, "j M Y") for day in (leave.first_day, leave.last_day))
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
