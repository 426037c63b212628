"""What a student owes and why: the statement of their account, for themselves and for a head of department."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import NotFound
from contracts.finance import FinanceService, LedgerKind, StatementLine
from contracts.users import UsersService
from kernel.identity import actor_of, identity_of
from kernel.money import money
from kernel.registry import services
from portal.access import only
from portal.components import Figure
from portal.listing import all_items
from portal.tables import Column, Empty, Filter, ListState, Table, csv_response, wants_csv

FROM = Filter("from", gettext_lazy("From"), kind="date")
TO = Filter("to", gettext_lazy("To"), kind="date")
KINDS: dict[LedgerKind, Promise] = {
    LedgerKind.FINE: gettext_lazy("Fine"),
    LedgerKind.PAYMENT: gettext_lazy("Payment"),
    LedgerKind.UNRECORDED: gettext_lazy("Paid, without a record of the payment"),
    LedgerKind.WAIVER: gettext_lazy("Fine waived"),
    LedgerKind.CANCELLATION: gettext_lazy("Fine taken back"),
    LedgerKind.CORRECTION: gettext_lazy("Correction"),
}
CSV_HEADER = ("date", "what", "fine", "reason", "payment", "charged", "credited", "balance")


@dataclass(frozen=True)
class LineRow:
    """One line of a statement."""

    line: StatementLine

    @property
    def what(self) -> Promise:
        return KINDS[self.line.kind]

    @property
    def charged(self) -> str:
        return money(self.line.charged) if self.line.charged else ""

    @property
    def credited(self) -> str:
        return money(self.line.credited) if self.line.credited else ""

    @property
    def balance(self) -> str:
        return money(self.line.balance)


@require_safe
@only(Role.STUDENT)
def own_statement(request: HttpRequest) -> HttpResponseBase:
    actor, identity = actor_of(request), identity_of(request)
    if actor.student_id is None:
        return render(request, "portal/pages/no_profile.html")
    return _statement(request, actor, actor.student_id, identity.name if identity else "")


@require_safe
@only(Role.HOD)
def student_statement(request: HttpRequest, student_id: int) -> HttpResponseBase:
    """By the student's profile id."""
    actor = actor_of(request)
    found = services.get(UsersService).students(actor=actor, student_ids=(student_id,))
    if student_id not in found:
        raise NotFound(entity="users.StudentProfile", id=student_id, message=_("There is no such student."))
    return _statement(request, actor, student_id, found[student_id].full_name)


def _statement(request: HttpRequest, actor: Actor, student_id: int, name: str) -> HttpResponseBase:
    state = ListState.from_request(request, filters=(FROM, TO))
    first_day, last_day = days_asked_for(state)
    finance = services.get(FinanceService)

    def ask(page: PageRequest) -> Page[StatementLine]:
        return finance.statement(actor=actor, student_id=student_id, page=page, first_day=first_day, last_day=last_day)

    if wants_csv(request.GET):
        return csv_response("statement.csv", CSV_HEADER, _csv_rows(all_items(ask, state.page_request())))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("what", _("What")),
            Column("at", _("Date")),
            Column("charged", _("Charged"), numeric=True),
            Column("credited", _("Credited"), numeric=True),
            Column("balance", _("Balance"), numeric=True),
        ),
        state=state,
        page=page,
        caption=_("Statement of account"),
        exports=True,
        empty=Empty(_("Nothing on this account"), _("Fines and payments appear here."), icon="banknotes"),
    )
    balance = finance.balance(actor=actor, student_id=student_id)
    figures = (
        Figure(_("Balance"), money(balance.balance), note=_("still to be paid")),
        Figure(_("Charged"), money(balance.charged)),
        Figure(_("Credited"), money(balance.credited)),
        *((Figure(_("Held"), money(balance.held), note=_("came in, and settles no fine")),) if balance.held else ()),
    )
    context = {
        "table": table,
        "rows": [LineRow(line) for line in page.items],
        "figures": figures,
        "name": name,
        "fines_url": reverse("student_view_fines" if actor.role is Role.STUDENT else "manage_fines"),
    }
    return state.remember(render(request, "portal/pages/statement.html", context))


def days_asked_for(state: ListState) -> tuple[date | None, date | None]:
    """The first and the last day, in order; None for one that was not asked for."""
    first_day, last_day = (
        date.fromisoformat(state.active[one.name]) if one.name in state.active else None for one in (FROM, TO)
    )
    if first_day and last_day and last_day < first_day:
        first_day, last_day = last_day, first_day
    return first_day, last_day


def _csv_rows(lines: Iterable[StatementLine]) -> Iterator[tuple[object, ...]]:
    for one in lines:
        payment = one.payment_id or ""
        yield (one.at, one.kind, one.fine_id, one.reason, payment, one.charged, one.credited, one.balance)
