"""A fine that need not be paid: the head of department waives it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.base import Role
from contracts.finance import FinanceService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.forms.answers import submit
from portal.forms.fines import WaiveFineForm
from portal.views.fines import rows_of, unpaid_fine


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def waive_fine(request: HttpRequest, fine_id: int) -> HttpResponseBase:
    """Asks why, on a page of its own."""
    actor = actor_of(request)
    back = HttpResponseRedirect(reverse("manage_fines"))
    fine = unpaid_fine(request, fine_id)
    if fine is None:
        return back
    form = WaiveFineForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        waive, reason = services.get(FinanceService).waive_fine, form.cleaned_data["reason"]
        waived = submit(form, waive, {}, actor=actor, fine_id=fine_id, reason=reason)
        if waived is not None:
            messages.success(request, _("The fine is waived."))
            return back
    (row,) = rows_of(actor, [fine])
    context = {
        "title": _("Waive the fine of %s?") % row.name,
        "consequences": [
            _("%(amount)s for “%(reason)s”") % {"amount": row.amount, "reason": fine.reason},
            _("The fine stays on record as waived, and need not be paid."),
            _("The student is told, with the reason."),
        ],
        "confirm_label": _("Waive the fine"),
        "cancel_url": reverse("manage_fines"),
        "form": form,
    }
    return render(request, "portal/confirm.html", context, status=422 if form.errors else 200)
