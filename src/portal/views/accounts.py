"""Accounts of people of any role: closing and opening them, bringing people back, and whether a name is free."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contracts.base import Role
from contracts.errors import Conflict, NotFound
from contracts.users import Person, UsersService
from kernel.identity import actor_of
from kernel.registry import services
from portal import people
from portal.access import only

LISTS = {Role.STAFF: "manage_staff", Role.STUDENT: "manage_student"}


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def restore_person(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Undo a withdrawal."""
    actor = actor_of(request)
    users = services.get(UsersService)
    person = people.person(actor, user_id)
    if person.role not in LISTS:
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


@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def set_active(request: HttpRequest, user_id: int) -> HttpResponseBase:
    """Close an account that is open, or open one that is closed."""
    actor = actor_of(request)
    person = people.person(actor, user_id)
    back = reverse("person_sessions", args=[user_id])
    if person.is_withdrawn:
        return HttpResponseRedirect(back)
    if request.method == "POST":
        wanted = request.POST.get("active") == "1"
        try:
            services.get(UsersService).set_active(actor=actor, user_id=user_id, active=wanted)
        except Conflict as error:
            messages.error(request, str(error))
        else:
            done = _("The account of %s is open.") if wanted else _("The account of %s is closed.")
            messages.success(request, done % person.full_name)
        return HttpResponseRedirect(back)
    return render(request, "portal/confirm.html", _closing(person) if person.is_active else _opening(person))


def _closing(person: Person) -> dict[str, object]:
    return {
        "title": _("Close the account of %s?") % person.full_name,
        "consequences": [
            _("The person is logged out everywhere and cannot log in."),
            _("Nothing is deleted: lists, classes, marks and fines stay as they are."),
        ],
        "confirm_label": _("Close the account"),
        "cancel_url": reverse("person_sessions", args=[person.user_id]),
        "hidden": {"active": "0"},
        "danger": True,
    }


def _opening(person: Person) -> dict[str, object]:
    return {
        "title": _("Open the account of %s?") % person.full_name,
        "consequences": [_("The person can log in again, with the password from before.")],
        "confirm_label": _("Open the account"),
        "cancel_url": reverse("person_sessions", args=[person.user_id]),
        "hidden": {"active": "1"},
    }


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
