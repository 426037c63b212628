"""A student's own fines, and paying one through the payment provider.

Paying takes three steps: the page of the fine makes an order (by POST), the provider's checkout takes the money, and
what it returns (by POST) has finance ask the provider. The provider's own word settles the fine, not the browser's.
"""

from urllib.parse import urlsplit, urlunsplit

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from contracts.base import Actor, Role
from contracts.errors import Conflict, Invalid, NotFound
from contracts.finance import Checkout, FinanceService, FineStatus
from kernel.identity import actor_of, identity_of
from kernel.money import money
from kernel.registry import services
from portal.access import only
from portal.forms.fines import CheckoutReturnForm
from portal.tables import Column, Empty, Filter, ListState, Table
from portal.views.fines import NOT_OWED, FineRow, unpaid_fine

OWN_FINES = "student_view_fines"
RETURNED = (*CheckoutReturnForm.base_fields, "error[code]")
"""What a checkout brings back, under the provider's names."""

SHOW = Filter(
    "show",
    gettext_lazy("Show"),
    (
        (FineStatus.PAID.value, gettext_lazy("Paid")),
        (FineStatus.CANCELLED.value, gettext_lazy("Cancelled")),
        (FineStatus.WAIVED.value, gettext_lazy("Waived")),
        ("all", gettext_lazy("All fines")),
    ),
    unset_label=gettext_lazy("To be paid"),
)

RAZORPAY_CHECKOUT = "https://checkout.razorpay.com"
RAZORPAY_SOURCES = {
    "script-src": [SELF, RAZORPAY_CHECKOUT, "https://cdn.razorpay.com"],
    "frame-src": [RAZORPAY_CHECKOUT, "https://api.razorpay.com"],
    "connect-src": [SELF, "https://*.razorpay.com"],
    "img-src": ["https://*.razorpay.com"],
}
"""What the page with Razorpay's checkout may load besides our own files."""


@require_safe
@only(Role.STUDENT)
def view_fines(request: HttpRequest) -> HttpResponseBase:
    """What is to be paid, or, chosen by the filter, what was."""
    actor = actor_of(request)
    if actor.student_id is None:
        return render(request, "portal/pages/no_profile.html")
    state = ListState.from_request(request, sortable=("amount", "due_date", "issued_at"), filters=(SHOW,))
    shown = state.active.get("show", FineStatus.UNPAID.value)
    finance = services.get(FinanceService)
    page = finance.own_fines(
        actor=actor, page=state.page_request(), status=None if shown == "all" else FineStatus(shown)
    )
    table = Table(
        columns=(
            Column("reason", _("Reason")),
            Column("amount", _("Amount"), sortable=True, numeric=True),
            Column("issued_at", _("Issued"), sortable=True),
            Column("due_date", _("Due"), sortable=True),
            Column("status", _("Status")),
        ),
        state=state,
        page=page,
        caption=_("Your fines"),
        search_label=_("Reason of a fine"),
        has_actions=True,
        empty=Empty(_("Nothing to pay"), _("You have no unpaid fines."), icon="check-circle"),
    )
    totals = finance.totals(actor=actor)
    account = finance.balance(actor=actor, student_id=actor.student_id)
    identity = identity_of(request)
    context = {
        "table": table,
        "rows": [FineRow(fine) for fine in page.items],
        "totals": totals,
        "unpaid_amount": money(totals.unpaid_amount),
        "balance": money(account.balance),
        "held": money(account.held) if account.held > 0 else "",
        "name": identity.name if identity else "",
    }
    return state.remember(render(request, "portal/pages/own_fines.html", context))


@require_http_methods(["GET", "POST"])
@only(Role.STUDENT)
def initialize_payment(request: HttpRequest, fine_id: int) -> HttpResponseBase:
    """By GET the fine with a button; by POST an order with the provider, and its checkout."""
    actor = actor_of(request)
    back = HttpResponseRedirect(reverse(OWN_FINES))
    fine = unpaid_fine(request, fine_id)
    if fine is None:
        return back
    if request.method != "POST":
        return render(request, "portal/pages/pay_fine.html", {"row": FineRow(fine)})
    try:
        checkout = services.get(FinanceService).start_payment(actor=actor, fine_id=fine_id)
    except Conflict as error:
        _tell_why_not(request, error)
        return back
    return _hosted_page(request, checkout) if checkout.checkout_page else _razorpay_page(request, checkout)


def _tell_why_not(request: HttpRequest, error: Conflict) -> None:
    """Why there is nothing to pay. The fine was unpaid a moment ago: when it is paid now, an earlier payment has been
    confirmed.
    """
    match error.reason:
        case "paid":
            messages.success(request, _("Your payment is confirmed: this fine is paid."))
        case "cancelled" | "waived":
            messages.error(request, NOT_OWED)
        case "pending":
            messages.info(request, str(error))
        case "unconfirmed":
            messages.error(request, str(error))
        case _:
            messages.error(request, _("Error initializing payment: %s") % error)


def _hosted_page(request: HttpRequest, checkout: Checkout) -> HttpResponseBase:
    """Hands over to a checkout on the provider's own page, which posts its answer to the callback."""
    address = _as_found_by(request, checkout.checkout_page)
    parts = urlsplit(address)
    context = {
        "checkout": checkout,
        "row": FineRow(checkout.fine),
        "address": address,
        "callback_url": request.build_absolute_uri(reverse("payment_callback")),
    }

    @csp_update({"form-action": [f"{parts.scheme}://{parts.netloc}"]})
    def page(request: HttpRequest) -> HttpResponseBase:
        return render(request, "portal/pages/hosted_checkout.html", context)

    return page(request)


def _as_found_by(request: HttpRequest, address: str) -> str:
    """A checkout on the server's own machine is found under the name by which the browser has found this site."""
    parts = urlsplit(address)
    if parts.hostname != "localhost":
        return address
    site = urlsplit(f"//{request.get_host()}")
    name = f"[{site.hostname}]" if ":" in (site.hostname or "") else site.hostname
    return urlunsplit(parts._replace(netloc=f"{name}:{parts.port or 80}"))


def _razorpay_page(request: HttpRequest, checkout: Checkout) -> HttpResponseBase:
    identity = identity_of(request)
    payer = {"name": identity.name, "email": identity.email} if identity else {}
    context = _checkout_context(checkout) | {"payer": payer, "checkout_script": f"{RAZORPAY_CHECKOUT}/v1/checkout.js"}

    @csp_update(RAZORPAY_SOURCES)
    def page(request: HttpRequest) -> HttpResponseBase:
        response = render(request, "portal/pages/razorpay_checkout.html", context)
        # Banks ask for the payment in a window that the checkout opens and listens to.
        response["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
        return response

    return page(request)


def _checkout_context(checkout: Checkout) -> dict[str, object]:
    return {"checkout": checkout, "row": FineRow(checkout.fine), "form": CheckoutReturnForm()}


@csrf_exempt  # A checkout on another site posts here; what it brings counts by the provider's signature.
@require_http_methods(["GET", "POST"])
def payment_callback(request: HttpRequest) -> HttpResponseBase:
    """What the checkout returned. By GET, as the legacy's checkout returns, it is asked to be confirmed.

    A browser does not send its session along with what another site posts; it does after a redirect.
    """
    if request.POST and identity_of(request) is None:
        said = {name: request.POST[name][:200] for name in RETURNED if name in request.POST}
        return HttpResponseRedirect(f"{reverse('payment_callback')}?{urlencode(said)}")
    return _returned(request)


@only(Role.STUDENT)
def _returned(request: HttpRequest) -> HttpResponseBase:
    answer = request.POST if request.method == "POST" else request.GET
    if "error[code]" in answer:
        messages.error(request, _("The payment was declined. Nothing was paid."))
        return HttpResponseRedirect(reverse(OWN_FINES))
    form = CheckoutReturnForm(answer)
    back = HttpResponseRedirect(reverse(OWN_FINES))
    if not form.is_valid():
        messages.error(request, _failed(_("the answer of the payment provider is incomplete.")))
        return back
    if request.method == "POST":
        _settle(request, actor_of(request), form)
        return back
    return render(
        request,
        "portal/confirm.html",
        {
            "title": _("Complete the payment"),
            "consequences": [
                _("The payment provider reports payment %(payment)s for order %(order)s.")
                % {
                    "payment": form.cleaned_data["razorpay_payment_id"],
                    "order": form.cleaned_data["razorpay_order_id"],
                },
                _("We ask the provider, and your fine is marked as paid when it confirms."),
            ],
            "hidden": form.cleaned_data,
            "confirm_label": _("Complete the payment"),
            "cancel_url": reverse(OWN_FINES),
        },
    )


def _settle(request: HttpRequest, actor: Actor, form: CheckoutReturnForm) -> None:
    """Have finance ask the provider, and say what came of it."""
    data = form.cleaned_data
    try:
        fine = services.get(FinanceService).confirm_payment(
            actor=actor,
            order_id=data["razorpay_order_id"],
            payment_id=data["razorpay_payment_id"],
            signature=data["razorpay_signature"],
        )
    except Invalid as error:
        messages.error(request, _failed(" ".join(text for texts in error.fields.values() for text in texts)))
    except NotFound as error:
        messages.error(request, _failed(str(error)))
    except Conflict as error:
        messages.error(request, _failed(str(error)))
        if error.reason in ("paid", "cancelled", "waived", "amount"):
            messages.warning(request, _("Your payment is on record, but settles nothing. Ask the office."))
    else:
        if fine.status is FineStatus.PAID:
            messages.success(request, _("Payment successful! A confirmation email has been sent."))
        else:
            text = _("Your payment is being confirmed by the payment provider. The fine is marked as paid when it is.")
            messages.info(request, text)


def _failed(why: str) -> str:
    return _("Payment verification failed: %s") % why
