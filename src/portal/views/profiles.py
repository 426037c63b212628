"""One's own account: the three roles' profiles, and the password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contracts.base import Role
from contracts.users import HeadOfDepartment, OwnChanges, StaffMember, Student, UsersService
from kernel.identity import actor_of, keep
from kernel.registry import services
from portal.access import only
from portal.forms import drafts
from portal.forms.answers import problems_of, submit
from portal.forms.people import OwnPasswordForm, OwnProfileForm

Own = HeadOfDepartment | StaffMember | Student


@require_safe
@only(Role.HOD)
def admin_profile(request: HttpRequest) -> HttpResponseBase:
    return _page(request, "admin_profile_update")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def admin_profile_update(request: HttpRequest) -> HttpResponseBase:
    return _update(request, reverse("admin_profile"))


@require_safe
@only(Role.STAFF)
def staff_profile(request: HttpRequest) -> HttpResponseBase:
    return _page(request, "staff_profile_update")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@only(Role.STAFF)
def staff_profile_update(request: HttpRequest) -> HttpResponseBase:
    return _update(request, reverse("staff_profile"))


@require_safe
@only(Role.STUDENT)
def student_profile(request: HttpRequest) -> HttpResponseBase:
    return _page(request, "student_profile_update")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@only(Role.STUDENT)
def student_profile_update(request: HttpRequest) -> HttpResponseBase:
    return _update(request, reverse("student_profile"))


@sensitive_post_parameters("old_password", "new_password", "confirm_password")
@require_http_methods(["GET", "POST"])
@only(Role.HOD)
def change_own_password(request: HttpRequest) -> HttpResponseBase:
    """The present session goes on, all others of the account end."""
    back = HttpResponseRedirect(reverse("admin_profile"))
    if request.method != "POST":
        return back
    form = OwnPasswordForm(request.POST)
    readable = form.is_valid()
    if request.POST.get("new_password") != request.POST.get("confirm_password"):
        form.add_error("confirm_password", _("New passwords do not match!"))
    elif readable:
        changed = submit(
            form,
            services.get(UsersService).change_own_password,
            None,
            actor=actor_of(request),
            old_password=form.cleaned_data["old_password"],
            new_password=form.cleaned_data["new_password"],
        )
        if changed is not None:
            keep(request, changed)
            messages.success(request, _("Password changed successfully"))
            return HttpResponseRedirect("/")
    messages.error(request, problems_of(form))
    drafts.keep(request, form)
    return back


# --- what the three have in common ------------------------------------------------------------------------------------


def _page(request: HttpRequest, save_name: str) -> HttpResponseBase:
    own = services.get(UsersService).own_profile(actor=actor_of(request))
    form = drafts.restore(request, OwnProfileForm(initial=_known(own), without=_lacking(own)))
    context: dict[str, object] = {
        "form": form,
        "own": own,
        "is_incomplete": own.role is not Role.HOD and own.profile_id is None,
        "save_url": reverse(save_name),
    }
    if own.role is Role.HOD:
        context["password_form"] = drafts.restore(request, OwnPasswordForm())
    return render(request, "portal/pages/own_profile.html", context)


def _update(request: HttpRequest, page_url: str) -> HttpResponseBase:
    back = HttpResponseRedirect(page_url)
    if request.method != "POST":
        messages.error(request, _("Invalid Method!"))
        return back
    actor = actor_of(request)
    users = services.get(UsersService)
    own = users.own_profile(actor=actor)
    form = OwnProfileForm(request.POST, initial=_known(own), without=_lacking(own))
    if form.is_valid():
        login = submit(
            form,
            users.update_own_profile,
            form.NAMES,
            actor=actor,
            changes=OwnChanges(**form.values(OwnChanges.model_fields)),
        )
        if login is not None:
            keep(request, login)
            messages.success(request, _("Profile Updated Successfully"))
            return back
    messages.error(request, _("Failed to Update Profile"))
    drafts.keep(request, form)
    return back


def _known(own: Own) -> dict[str, object]:
    names = ("username", "email", "first_name", "last_name", "address", "phone")
    return {name: getattr(own, name) for name in names if hasattr(own, name)}


def _lacking(own: Own) -> tuple[str, ...]:
    """The fields for which this account has no place."""
    if own.role is Role.HOD:
        return ("address",)
    return ("address", "phone") if own.profile_id is None else ()
