"""Several fines, taken back at once."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.base import PageRequest, Role
from contracts.finance import FinanceService, FineStatus
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.bulk import MOST_ROWS, BulkAction, Selection, bulk_page
from portal.forms.fines import CancelFineForm
from portal.views.fines import rows_of

CANCEL = "cancel"


@require_http_methods(["GET", "POST"])
@only(Role.STAFF, Role.HOD)
def fines_selected(request: HttpRequest) -> HttpResponseBase:
    actor = actor_of(request)
    selection = Selection.from_request(request, reverse("manage_fines"))
    finance = services.get(FinanceService)
    page = PageRequest(size=MOST_ROWS, order="due_date")
    unpaid = finance.list_fines(actor=actor, page=page, status=FineStatus.UNPAID, ids=selection.ids).items
    rows = {row.fine.id: f"{row.name}: {row.amount}, {row.fine.reason}" for row in rows_of(actor, unpaid)}
    form = CancelFineForm(request.POST if request.method == "POST" else None)

    def cancel(row: int) -> object:
        return finance.cancel_fine(actor=actor, fine_id=row, reason=form.cleaned_data["reason"])

    action = _taking_back(len(rows)) if selection.action == CANCEL else None
    return bulk_page(request, selection, action, rows, cancel, form=form)


def _taking_back(count: int) -> BulkAction:
    return BulkAction(
        ngettext("Take back %(n)d fine?", "Take back %(n)d fines?", count) % {"n": count},
        ngettext("Take back %(n)d fine", "Take back %(n)d fines", count) % {"n": count},
        [
            _("The students are told that they need not pay."),
            _("A fine for which a payment was begun stays on record as cancelled; the others are deleted."),
        ],
        lambda n: ngettext("%(n)d fine taken back.", "%(n)d fines taken back.", n) % {"n": n},
        danger=True,
    )
