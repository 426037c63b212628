"""Accounts of staff and students alike: bringing people back, and whether a name is free."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.base import Role
from contracts.errors import NotFound
from contracts.users import UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal.access import only

LISTS = {Role.STAFF: "manage_staff", Role.STUDENT: "manage_student"}


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def restore_person(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Undo a withdrawal."""
    actor = actor_of(request)
    users = services.get(UsersService)
    person = users.people(actor=actor, user_ids=(user_id,)).get(user_id)
    if person is None or person.role not in LISTS:
        raise NotFound(entity="users.User", id=user_id)
    list_url = reverse(LISTS[person.role])
    if request.method == "POST":
        users.restore_person(actor=actor, user_id=user_id)
        messages.success(request, _("%s is back.") % person.full_name)
        return HttpResponseRedirect(list_url)
    if not person.is_withdrawn:
        messages.info(request, _("%s is not withdrawn.") % person.full_name)
        return HttpResponseRedirect(list_url)
    consequences = [_("The person is in the lists again and can log in with the old password.")]
    if person.role is Role.STUDENT:
        consequences.append(_("The student is enrolled again as before, if course and session year still exist."))
    return render(
        request,
        "portal/confirm.html",
        {
            "title": _("Restore %s?") % person.full_name,
            "consequences": consequences,
            "confirm_label": _("Restore this person"),
            "cancel_url": f"{list_url}?profile=withdrawn",
        },
    )


# --- the legacy's AJAX: plain text that scripts read ------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def check_email_exist(request: HttpRequest) -> HttpResponseBase:
    """Whether an account has this `email`, in whatever case: `True` or `False`."""
    email = request.POST.get("email")
    users = services.get(UsersService)
    return _said(email is not None and users.email_taken(actor=actor_of(request), email=email))


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def check_username_exist(request: HttpRequest) -> HttpResponseBase:
    """Whether an account has this `username`, in whatever case: `True` or `False`."""
    username = request.POST.get("username")
    users = services.get(UsersService)
    return _said(username is not None and users.username_taken(actor=actor_of(request), username=username))


def _said(taken: bool) -> HttpResponse:
    return HttpResponse(str(taken), content_type="text/html; charset=utf-8")
