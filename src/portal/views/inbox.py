"""The inbox: what the school told this person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from contracts.notifications import NotificationsService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import everybody
from portal.bulk import NOTHING_TICKED, Selection
from portal.tables import Column, Empty, Filter, ListState, Table

READ, AGAIN_UNREAD = "read", "unread"
UNREAD = Filter("show", gettext_lazy("Show"), (("unread", gettext_lazy("Unread")),))


@require_safe
@everybody
def inbox(request: HttpRequest) -> HttpResponseBase:
    state = ListState.from_request(request, sortable=("created_at",), default_sort="-created_at", filters=(UNREAD,))
    page = services.get(NotificationsService).inbox(
        actor=actor_of(request), page=state.page_request(), unread_only=state.active.get("show") == "unread"
    )
    table = Table(
        columns=(Column("message", _("Notice")), Column("created_at", _("Received"), sortable=True)),
        state=state,
        page=page,
        caption=_("Your notices"),
        search_label=_("Text of a notice"),
        has_actions=True,
        bulk_action_url=reverse("notices_selected"),
        bulk_at_once=True,
        empty=Empty(_("No notices"), _("When something happens that concerns you, it stands here."), icon="bell"),
    )
    return state.remember(render(request, "portal/pages/inbox.html", {"table": table}))


@require_POST
@everybody
def mark_notice(request: HttpRequest, notice_id: int) -> HttpResponseBase:
    """Mark one notice as read, or, with `read=0`, as unread again."""
    read = request.POST.get("read") != "0"
    services.get(NotificationsService).mark_read(actor=actor_of(request), notice_id=notice_id, read=read)
    return HttpResponseRedirect(Selection.from_query(request.POST, reverse("inbox")).list_url)


@require_POST
@everybody
def notices_selected(request: HttpRequest) -> HttpResponseBase:
    """Mark the ticked notices as read or, with `do=unread`, as unread again."""
    selection = Selection.from_query(request.POST, reverse("inbox"))
    if not selection.ids or selection.action not in (READ, AGAIN_UNREAD):
        messages.warning(request, NOTHING_TICKED)
    elif selection.action == READ:
        count = _mark(request, selection, read=True)
        messages.success(request, ngettext("%d notice marked as read.", "%d notices marked as read.", count) % count)
    else:
        count = _mark(request, selection, read=False)
        done = ngettext("%d notice marked as unread.", "%d notices marked as unread.", count) % count
        messages.success(request, done)
    return HttpResponseRedirect(selection.list_url)


def _mark(request: HttpRequest, selection: Selection, *, read: bool) -> int:
    """Returns how many were not so before."""
    notifications = services.get(NotificationsService)
    return notifications.mark_selected(actor=actor_of(request), notice_ids=selection.ids, read=read)


@require_POST
@everybody
def mark_all_notices(request: HttpRequest) -> HttpResponseBase:
    count = services.get(NotificationsService).mark_all_read(actor=actor_of(request))
    messages.success(request, ngettext("%d notice marked as read.", "%d notices marked as read.", count) % count)
    return HttpResponseRedirect(reverse("inbox"))
