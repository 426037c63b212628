"""A fine that is paid at the office: the head of department records it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.base import Role
from contracts.finance import FinanceService, PaymentMethod
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.forms.answers import submit
from portal.forms.fines import RecordPaymentForm
from portal.views.fines import rows_of, unpaid_fine


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def record_payment(request: HttpRequest, fine_id: int) -> HttpResponseBase:
    """Asks how it was paid, and numbers the receipt."""
    actor = actor_of(request)
    back = HttpResponseRedirect(reverse("manage_fines"))
    fine = unpaid_fine(request, fine_id)
    if fine is None:
        return back
    form = RecordPaymentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        payment = submit(
            form,
            services.get(FinanceService).record_payment,
            {},
            actor=actor,
            fine_id=fine_id,
            method=PaymentMethod(form.cleaned_data["method"]),
            reference=form.cleaned_data["reference"],
        )
        if payment is not None:
            messages.success(request, _("The payment is recorded: receipt no. %d.") % payment.receipt_number)
            return back
    (row,) = rows_of(actor, [fine])
    context = {
        "title": _("Record the payment of %s?") % row.name,
        "consequences": [
            _("%(amount)s for “%(reason)s”") % {"amount": row.amount, "reason": fine.reason},
            _("The fine is marked as paid, and the payment gets the next receipt number."),
            _("The student is told that it is paid."),
        ],
        "confirm_label": _("Record the payment"),
        "cancel_url": reverse("manage_fines"),
        "form": form,
    }
    return render(request, "portal/confirm.html", context, status=422 if form.errors else 200)
