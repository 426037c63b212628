"""What students paid in a period, by method and month, and what they owe now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from contracts.base import MAX_PAGE_SIZE, Actor, Page, PageRequest, Role
from contracts.finance import (
    Account,
    CollectedBy,
    FinanceReport,
    FinanceService,
    FineKind,
    Payment,
    PaymentMethod,
    TrialBalance,
)
from kernel.identity import actor_of
from kernel.money import money
from kernel.registry import services
from portal.access import only
from portal.charts import Bar, BarChart, Chart
from portal.components import Figure
from portal.listing import all_items
from portal.tables import Column, Empty, Filter, ListState, Table, Text, csv_response, wants_csv
from portal.views.fines import KIND_FILTER, FineRow, rows_of
from portal.views.statements import FROM, TO, days_asked_for

USUAL_DAYS = 365
METHODS: dict[str, Promise] = {
    "": gettext_lazy("Not recorded"),
    PaymentMethod.CASH: gettext_lazy("Cash"),
    PaymentMethod.CARD: gettext_lazy("Card"),
    PaymentMethod.CHEQUE: gettext_lazy("Cheque"),
    PaymentMethod.TRANSFER: gettext_lazy("Bank transfer"),
    "upi": gettext_lazy("UPI"),
    "netbanking": gettext_lazy("Net banking"),
    "wallet": gettext_lazy("Wallet"),
}
"""Ours and Razorpay's; the legacy wrote others."""
FILTERS = (FROM, TO, KIND_FILTER, Filter("method", gettext_lazy("Method"), tuple(METHODS.items())[1:]))
ACCOUNTS: dict[Account, Promise] = {
    Account.RECEIVABLES: gettext_lazy("Owed by students"),
    Account.INCOME: gettext_lazy("Fines"),
    Account.OFFICE: gettext_lazy("Paid at the office"),
    Account.ONLINE: gettext_lazy("Paid online"),
    Account.UNRECORDED: gettext_lazy("Paid, without a record of the payment"),
    Account.WAIVERS: gettext_lazy("Waived"),
    Account.UNALLOCATED: gettext_lazy("Held for students: it settles no fine"),
}
CSV_HEADER = ("id", "paid_at", "amount", "method", "receipt", "reference", "fine", "student", "email", "reason", "kind")


@dataclass(frozen=True)
class PaymentRow:
    """One line of the list; `fine` is None when it is gone."""

    payment: Payment
    fine: FineRow | None

    @property
    def name(self) -> str:
        return self.fine.name if self.fine else _("(deleted)")

    @property
    def amount(self) -> str:
        return money(self.payment.amount)

    @property
    def kind(self) -> Text:
        return KIND_FILTER.text_of(self.payment.fine_kind)

    @property
    def method(self) -> str:
        return _method(self.payment.method)


@require_safe
@only(Role.HOD)
def fines_report(request: HttpRequest) -> HttpResponseBase:
    """Of the last year, until other days are asked for."""
    actor = actor_of(request)
    state = ListState.from_request(request, sortable=("at", "amount"), default_sort="-at", filters=FILTERS)
    first_day, last_day = _days(state)
    finance = services.get(FinanceService)

    def ask(page: PageRequest) -> Page[Payment]:
        return finance.collections(
            actor=actor,
            page=page,
            first_day=first_day,
            last_day=last_day,
            kind=FineKind(state.active["kind"]) if "kind" in state.active else None,
            method=state.active.get("method"),
        )

    if wants_csv(request.GET):
        return csv_response("payments.csv", CSV_HEADER, _csv_rows(actor, all_items(ask, state.page_request())))
    page = ask(state.page_request())
    table = Table(
        columns=(
            Column("student", _("Student")),
            Column("amount", _("Amount"), sortable=True, numeric=True),
            Column("kind", _("Kind")),
            Column("method", _("Method")),
            Column("receipt", _("Receipt no."), numeric=True),
            Column("at", _("Paid"), sortable=True),
        ),
        state=state,
        page=page,
        caption=_("Payments"),
        exports=True,
        empty=Empty(_("Nothing was paid on these days"), _("Choose other days."), icon="banknotes"),
    )
    books = finance.trial_balance(actor=actor)
    report = finance.report(actor=actor, first_day=first_day, last_day=last_day)
    context = {
        "table": table,
        "rows": _rows(actor, page.items),
        "figures": _figures(report),
        "charts": _charts(report),
        "kinds": _kinds(report),
        "accounts": _accounts(books),
        "books": (money(books.debit), money(books.credit)),
        "first_day": first_day,
        "last_day": last_day,
    }
    return state.remember(render(request, "portal/pages/fines_report.html", context))


def _days(state: ListState) -> tuple[date, date]:
    """The days asked for, in order."""
    first_day, last_day = days_asked_for(state)
    last_day = last_day or timezone.localdate()
    usual = max(last_day, date.min + timedelta(days=USUAL_DAYS)) - timedelta(days=USUAL_DAYS - 1)
    first_day = first_day or usual
    return min(first_day, last_day), max(first_day, last_day)


def _figures(report: FinanceReport) -> tuple[Figure, ...]:
    unpaid = reverse("manage_fines") + "?status=unpaid"

    def count(number: int) -> str:
        return number_format(number, force_grouping=True)

    return (
        Figure(_("Collected"), money(report.collected.amount), note=_("%s payments") % count(report.collected.count)),
        Figure(_("Fined"), money(report.issued.amount), note=_("%s fines") % count(report.issued.count)),
        Figure(
            _("Owed now"),
            money(report.owed.unpaid_amount),
            url=unpaid,
            note=_("%s fines") % count(report.owed.unpaid_count),
        ),
        Figure(
            _("Of that overdue"),
            money(report.overdue_amount),
            url=f"{unpaid}&sort=due_date",
            note=_("%s fines") % count(report.owed.overdue_count),
        ),
    )


def _charts(report: FinanceReport) -> tuple[Chart, ...]:
    def bars(items: Iterable[CollectedBy], name: Iterable[str]) -> tuple[Bar, ...]:
        return tuple(Bar(label, float(one.amount)) for label, one in zip(name, items, strict=True))

    months = [date_format(date.fromisoformat(f"{one.name}-01"), "F Y") for one in report.by_month]
    methods = [_method(one.name) for one in report.by_method]
    return (
        BarChart(title=_("Collected by month"), unit=settings.CURRENCY, bars=bars(report.by_month, months)),
        BarChart(title=_("Collected by method"), unit=settings.CURRENCY, bars=bars(report.by_method, methods)),
    )


def _kinds(report: FinanceReport) -> list[tuple[Text, list[str]]]:
    """Name, and what was fined, collected and waived, and is owed and overdue."""
    return [
        (
            KIND_FILTER.text_of(one.kind),
            [
                money(part.amount) if part.count else ""
                for part in (one.issued, one.collected, one.waived, one.owed, one.overdue)
            ],
        )
        for one in report.by_kind
    ]


def _accounts(books: TrialBalance) -> list[tuple[Promise, str, str]]:
    """Name, debit and credit; those that are empty are left out."""
    return [
        (ACCOUNTS[one.account], money(one.debit) if one.debit else "", money(one.credit) if one.credit else "")
        for one in books.accounts
        if one.debit or one.credit
    ]


def _method(word: str) -> str:
    """As people read it; what the provider or the legacy wrote stays as it is."""
    return str(METHODS.get(word, word))


def _rows(actor: Actor, payments: Iterable[Payment]) -> list[PaymentRow]:
    payments = list(payments)
    fine_ids = tuple({payment.fine_id for payment in payments})
    page = PageRequest(size=MAX_PAGE_SIZE)
    fines = services.get(FinanceService).list_fines(actor=actor, page=page, ids=fine_ids).items if fine_ids else ()
    rows = {row.fine.id: row for row in rows_of(actor, fines)}
    return [PaymentRow(payment, rows.get(payment.fine_id)) for payment in payments]


def _csv_rows(actor: Actor, payments: Iterable[Payment]) -> Iterator[tuple[object, ...]]:
    """Fines and students are looked up for a page at a time."""
    batch: list[Payment] = []
    for payment in payments:
        batch.append(payment)
        if len(batch) == MAX_PAGE_SIZE:
            yield from map(_csv_row, _rows(actor, batch))
            batch = []
    yield from map(_csv_row, _rows(actor, batch))


def _csv_row(row: PaymentRow) -> tuple[object, ...]:
    payment, fine = row.payment, row.fine
    student = fine.student if fine else None
    return (
        *(payment.id, payment.at, payment.amount, payment.method, payment.receipt_number, payment.payment_reference),
        *(payment.fine_id, row.name, student.email if student else "", fine.fine.reason if fine else ""),
        payment.fine_kind,
    )
