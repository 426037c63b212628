"""Fines, as the staff and the head of department issue them and take them back."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contracts.academics import AcademicsService
from contracts.base import MAX_PAGE_SIZE, Actor, Page, PageRequest, Role
from contracts.errors import Conflict, NotFound
from contracts.finance import FinanceService, Fine, FineKind, FineStatus
from contracts.users import Person, Student, UsersService
from kernel.identity import actor_of
from kernel.money import money
from kernel.registry import services
from portal.access import only
from portal.components import Meaning
from portal.forms import drafts
from portal.forms.answers import problems_of, submit
from portal.forms.fines import KINDS, CancelFineForm, FineForm
from portal.ids import row_id_or_none
from portal.listing import all_pages
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

CANDIDATES = 10
"""So many students are offered to choose from; a search narrows them down."""

STATUS_WORDS: dict[FineStatus, tuple[Meaning, Promise]] = {
    FineStatus.UNPAID: (Meaning.WARNING, gettext_lazy("Pending")),
    FineStatus.PAID: (Meaning.GOOD, gettext_lazy("Paid")),
    FineStatus.CANCELLED: (Meaning.NEUTRAL, gettext_lazy("Cancelled")),
    FineStatus.WAIVED: (Meaning.NEUTRAL, gettext_lazy("Waived")),
}
BEING_CONFIRMED = (Meaning.INFO, gettext_lazy("Payment being confirmed"))
NOT_CONFIRMED = (Meaning.WARNING, gettext_lazy("Payment not confirmed"))
STATUS_FILTER = Filter(
    "status", gettext_lazy("Status"), tuple((s.value, word) for s, (_m, word) in STATUS_WORDS.items())
)
KIND_FILTER = Filter("kind", gettext_lazy("Kind"), KINDS)
NOT_OWED = gettext_lazy("Fine not found or already paid")
CSV_HEADER = (
    *("id", "student", "email", "amount", "reason", "due_date", "status"),
    *("issued_at", "issued_by", "paid_at", "payment", "kind", "department", "waived_at", "waive_reason"),
)


@dataclass(frozen=True)
class FineRow:
    """One line of a list of fines."""

    fine: Fine
    student: Student | None = None
    issuer: Person | None = None

    @property
    def name(self) -> str:
        return self.student.full_name if self.student else _("(deleted student)")

    @property
    def amount(self) -> str:
        return money(self.fine.amount)

    @property
    def status(self) -> tuple[Meaning, Promise]:
        if self.fine.payment_pending:
            return BEING_CONFIRMED
        return NOT_CONFIRMED if self.fine.payment_unconfirmed else STATUS_WORDS[self.fine.status]

    @property
    def about(self) -> str:
        """Kind and department; empty when neither is given."""
        kind = "" if self.fine.kind is FineKind.OTHER else str(KIND_FILTER.text_of(self.fine.kind))
        return " · ".join(filter(None, (kind, self.fine.department)))

    @property
    def is_unpaid(self) -> bool:
        return self.fine.status is FineStatus.UNPAID

    @property
    def is_overdue(self) -> bool:
        return self.is_unpaid and self.fine.due_date < timezone.localdate()


# --- the list ---------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.STAFF, Role.HOD)
def manage_fines(request: HttpRequest) -> HttpResponseBase:
    """All fines of the school, whoever issued them."""
    actor = actor_of(request)
    state = ListState.from_request(
        request, sortable=("amount", "due_date", "issued_at"), filters=(STATUS_FILTER, KIND_FILTER)
    )
    status = FineStatus(state.active["status"]) if "status" in state.active else None
    kind = FineKind(state.active["kind"]) if "kind" in state.active else None
    finance = services.get(FinanceService)
    meant, too_many = _students_meant(actor, state.search)

    def ask(page: PageRequest) -> Page[Fine]:
        return finance.list_fines(actor=actor, page=page, status=status, kind=kind, found_students=meant)

    if wants_csv(request.GET):
        return csv_response("fines.csv", CSV_HEADER, _csv_rows(actor, all_pages(ask, state.page_request())))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("student", _("Student")),
            Column("amount", _("Amount"), sortable=True, numeric=True),
            Column("reason", _("Reason")),
            Column("due_date", _("Due"), sortable=True),
            Column("issued_at", _("Issued"), sortable=True),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Fines of all students"),
        search_label=_("Student or reason"),
        exports=True,
        has_actions=True,
        bulk_action_url=reverse("fines_selected") if any(f.status is FineStatus.UNPAID for f in page.items) else "",
        empty=Empty(
            _("No fines"),
            _("A student who is fined is told by mail, and pays here."),
            _("Add the first fine"),
            reverse("add_fine"),
            icon="banknotes",
        ),
    )
    totals = finance.totals(actor=actor)
    context = {
        "table": table,
        "rows": list(rows_of(actor, page.items)),
        "totals": totals,
        "unpaid_amount": money(totals.unpaid_amount),
        "too_many": too_many,
        "is_head": actor.role is Role.HOD,
    }
    return state.remember(render(request, "portal/pages/fines.html", context))


def _students_meant(actor: Actor, search: str) -> tuple[tuple[int, ...], bool]:
    """Profile ids of the students whose name or e-mail a search may mean; none, and True, when those are too many to
    be meant.
    """
    if not search:
        return (), False
    page = PageRequest(size=MAX_PAGE_SIZE, search=search)
    found = services.get(UsersService).list_students(actor=actor, page=page, complete=True)
    if found.total > MAX_PAGE_SIZE:
        return (), True
    return tuple(s.profile_id for s in found.items if s.profile_id is not None), False


def rows_of(actor: Actor, fines: Iterable[Fine]) -> Iterator[FineRow]:
    """With the names of a whole page at once."""
    fines = list(fines)
    users = services.get(UsersService)
    students: Mapping[int, Student] = {}
    issuers: Mapping[int, Person] = {}
    if fines:
        students = users.students(actor=actor, student_ids=tuple({f.student_id for f in fines}))
    if ids := {f.issued_by for f in fines if f.issued_by is not None}:
        issuers = users.people(actor=actor, user_ids=tuple(ids))
    for fine in fines:
        issuer = issuers.get(fine.issued_by) if fine.issued_by is not None else None
        yield FineRow(fine, students.get(fine.student_id), issuer)


def unpaid_fine(request: HttpRequest, fine_id: int) -> Fine | None:
    """The fine, when it is owed; otherwise None, and the next page says so."""
    with suppress(NotFound):
        fine = services.get(FinanceService).fine(actor=actor_of(request), fine_id=fine_id)
        if fine.status is FineStatus.UNPAID:
            return fine
    messages.error(request, NOT_OWED)
    return None


def _csv_rows(actor: Actor, pages: Iterable[tuple[Fine, ...]]) -> Iterator[tuple[object, ...]]:
    for fines in pages:
        for row in rows_of(actor, fines):
            fine = row.fine
            email = row.student.email if row.student else ""
            issuer = row.issuer.full_name if row.issuer else ""
            yield (
                *(fine.id, row.name, email, fine.amount, fine.reason, fine.due_date, fine.status),
                *(fine.issued_at, issuer, fine.paid_at, fine.payment_reference),
                *(fine.kind, fine.department, fine.waived_at, fine.waive_reason),
            )


# --- a new one --------------------------------------------------------------------------------------------------------


@require_safe
@only(Role.STAFF, Role.HOD)
def add_fine(request: HttpRequest) -> HttpResponseBase:
    """First search for the student, by GET, then choose and say what for. `?student=` (profile id) chooses at once."""
    actor = actor_of(request)
    search = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    # Without a search a large school is not put in order only to offer nobody.
    page = PageRequest(size=CANDIDATES, search=search, order="name" if search else "")
    # Nor is each student asked for their profile.
    complete = True if search else None
    found = services.get(UsersService).list_students(actor=actor, page=page, complete=complete)
    offered = sorted(found.items, key=_by_name) if search or found.total <= CANDIDATES else ()
    shown = {s.profile_id: s for s in offered if s.profile_id}
    chosen = row_id_or_none(request.GET.get("student", ""))
    form = drafts.restore(request, FineForm(initial={"student": chosen}))
    if form.is_bound:
        chosen = row_id_or_none(form["student"].value())
    if chosen is not None and chosen not in shown:
        shown = services.get(UsersService).students(actor=actor, student_ids=(chosen,)) | shown
    if len(shown) == 1 and search and not form.is_bound:
        form.initial["student"] = next(iter(shown))
    form.offer(_labels(actor, shown))
    context = {"form": form, "search": search, "found": found.total, "shown": len(shown), "most": CANDIDATES}
    return render(request, "portal/pages/add_fine.html", context)


def _by_name(student: Student) -> tuple[str, int]:
    return f"{student.first_name} {student.last_name}".lower(), student.user_id


def _labels(actor: Actor, students: Mapping[int, Student]) -> list[tuple[int, SafeString]]:
    """Names, and what tells students of the same name apart: e-mail and course."""
    if not students:
        return []
    academics = services.get(AcademicsService)
    enrolled = academics.current_enrollments(actor=actor, student_ids=tuple(students))
    courses = academics.courses(actor=actor, ids=tuple({e.course_id for e in enrolled.values()}))
    labels = []
    for student_id, student in students.items():
        course = courses.get(enrolled[student_id].course_id) if student_id in enrolled else None
        apart = " · ".join(filter(None, (student.email, course.name if course else "")))
        labels.append((student_id, format_html("<span>{} <small>{}</small></span>", student.full_name, apart)))
    return labels


@require_http_methods(["GET", "POST"])
@only(Role.STAFF, Role.HOD)
def add_fine_save(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        messages.error(request, _("Invalid Method"))
        return HttpResponseRedirect(reverse("manage_fines"))
    form = FineForm(request.POST)
    if form.is_valid():
        fine = submit(
            form,
            services.get(FinanceService).issue_fine,
            FineForm.NAMES,
            actor=actor_of(request),
            student_id=form.cleaned_data["student"],
            amount=form.cleaned_data["amount"],
            reason=form.cleaned_data["reason"],
            due_date=form.cleaned_data["due_date"],
            kind=FineKind(form.cleaned_data["kind"] or FineKind.OTHER),
            department=form.cleaned_data["department"],
        )
        if fine is not None:
            messages.success(request, _("Fine added successfully"))
            return HttpResponseRedirect(reverse("manage_fines"))
    messages.error(request, _("Failed to add fine: %s") % problems_of(form))
    drafts.keep(request, form)
    return HttpResponseRedirect(reverse("add_fine"))


# --- taking one back --------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@only(Role.STAFF, Role.HOD)
def delete_fine(request: HttpRequest, fine_id: int) -> HttpResponseBase:
    """Asks on a page of its own, since the legacy's link is a GET; takes the fine back by POST."""
    actor = actor_of(request)
    finance = services.get(FinanceService)
    back = HttpResponseRedirect(reverse("manage_fines"))
    fine = unpaid_fine(request, fine_id)
    if fine is None:
        return back
    form = CancelFineForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            finance.cancel_fine(actor=actor, fine_id=fine_id, reason=form.cleaned_data["reason"])
        except (NotFound, Conflict):
            messages.error(request, NOT_OWED)
        else:
            messages.success(request, _("Fine deleted successfully"))
        return back
    (row,) = rows_of(actor, [fine])
    begun = finance.payments(actor=actor, fine_id=fine_id)
    kept = _("A payment was begun, so the fine stays on record as cancelled.")
    context = {
        "title": _("Take back the fine of %s?") % row.name,
        "consequences": [
            _("%(amount)s for “%(reason)s”") % {"amount": row.amount, "reason": fine.reason},
            kept if begun else _("The fine is deleted."),
            _("The student is told that it need not be paid."),
        ],
        "confirm_label": _("Take back the fine"),
        "cancel_url": reverse("manage_fines"),
        "danger": True,
        "form": form,
        "waive_url": reverse("waive_fine", args=(fine_id,)) if actor.role is Role.HOD else "",
    }
    return render(request, "portal/pages/take_back_fine.html", context, status=422 if form.errors else 200)
