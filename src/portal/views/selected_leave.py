"""Several requests for leave, decided at once."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from contracts.base import Audience, PageRequest, Role
from contracts.leaves import LeaveRef, LeavesService, LeaveStatus
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only
from portal.bulk import MOST_ROWS, BulkAction, Selection, bulk_page
from portal.forms.leave import DecisionForm
from portal.views.leave import days_in_words, name_of, people_behind

APPROVE, REJECT = "approve", "reject"


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def student_leave_selected(request: HttpRequest) -> HttpResponseBase:
    return _decide(request, Audience.STUDENT)


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def staff_leave_selected(request: HttpRequest) -> HttpResponseBase:
    return _decide(request, Audience.STAFF)


def _decide(request: HttpRequest, audience: Audience) -> HttpResponseBase:
    actor = actor_of(request)
    selection = Selection.from_request(request, reverse(f"{audience}_leave_view"))
    leaves = services.get(LeavesService)
    page = PageRequest(size=MOST_ROWS, order="first_day")
    pending = leaves.requests(
        actor=actor, audience=audience, page=page, status=LeaveStatus.PENDING, ids=selection.ids
    ).items
    people = people_behind(actor, audience, pending)
    rows = {
        leave.ref.id: f"{name_of(people.get(leave.person.profile_id))} ({days_in_words(leave)})" for leave in pending
    }
    form = DecisionForm(request.POST if request.method == "POST" else None)
    operation = leaves.reject if selection.action == REJECT else leaves.approve

    def decide(row: int) -> object:
        return operation(actor=actor, leave=LeaveRef(audience=audience, id=row), note=form.cleaned_data["note"])

    return bulk_page(request, selection, _action(selection.action, len(rows)), rows, decide, form=form)


def _action(name: str, count: int) -> BulkAction | None:
    told = [_("Each person is told, with your note.")]
    if name == APPROVE:
        return BulkAction(
            ngettext("Approve %(n)d request for leave?", "Approve %(n)d requests for leave?", count) % {"n": count},
            ngettext("Approve %(n)d request", "Approve %(n)d requests", count) % {"n": count},
            told,
            lambda n: ngettext("%(n)d request approved.", "%(n)d requests approved.", n) % {"n": n},
        )
    if name == REJECT:
        return BulkAction(
            ngettext("Reject %(n)d request for leave?", "Reject %(n)d requests for leave?", count) % {"n": count},
            ngettext("Reject %(n)d request", "Reject %(n)d requests", count) % {"n": count},
            told,
            lambda n: ngettext("%(n)d request rejected.", "%(n)d requests rejected.", n) % {"n": n},
            danger=True,
        )
    return None
