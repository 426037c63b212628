"""Logging in and out."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from contracts.base import Actor
from contracts.errors import LimitReached, Unauthenticated
from contracts.users import UsersService
from kernel import context
from kernel.identity import identity_of, log_in, log_out, origin_of
from kernel.registry import services
from portal.access import HOME, everybody
from portal.forms.session import LoginForm

TYPED = "login_email"


@never_cache
@require_safe
def login(request: HttpRequest) -> HttpResponse:
    """`/`: the login form; who is logged in already goes home."""
    identity = identity_of(request)
    if identity is not None and identity.role in HOME:
        return HttpResponseRedirect(HOME[identity.role])
    return render(request, "portal/pages/login.html", {"form": LoginForm(initial=typed(request))})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def do_login(request: HttpRequest) -> HttpResponse:
    """`/doLogin/`: the legacy's address of the form."""
    if request.method != "POST":
        return HttpResponseRedirect("/")
    form = LoginForm(request.POST)
    if not form.is_valid():
        return _refused(form)
    try:
        logged_in = services.get(UsersService).log_in(
            actor=Actor.anonymous(request_id=context.request_id()),
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            origin=origin_of(request),
        )
    except (Unauthenticated, LimitReached) as error:
        messages.error(request, str(error))
        return _refused(form)
    log_in(request, logged_in)
    return HttpResponseRedirect(HOME[logged_in.identity.role])


def _refused(form: LoginForm) -> HttpResponse:
    """Back to the form, with what was typed but the password: in a cookie, since a stranger gets no session."""
    response = HttpResponseRedirect("/")
    response.set_signed_cookie(
        TYPED,
        form.data.get("email", "")[:254],
        max_age=120,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def typed(request: HttpRequest) -> dict[str, str]:
    """The e-mail of the attempt before this one."""
    return {"email": request.get_signed_cookie(TYPED, default="", max_age=120) or ""}


@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """`/logout_user/`: by POST; the legacy's link, a GET, is asked to confirm."""
    identity = identity_of(request)
    if identity is None:
        return HttpResponseRedirect("/")
    if request.method == "POST":
        log_out(request)
        messages.success(request, _("You are logged out."))
        return HttpResponseRedirect("/")
    return render(
        request,
        "portal/confirm.html",
        {
            "title": _("Log out?"),
            "confirm_label": _("Log out"),
            "cancel_url": HOME.get(identity.role, "/"),
            "consequences": [_("You will need your password to come back.")],
        },
    )


@require_safe
@everybody
def user_details(request: HttpRequest) -> HttpResponse:
    """`/get_user_details/`: the legacy's plain text about who is logged in."""
    identity = identity_of(request)
    number = {"hod": "1", "staff": "2", "student": "3"}[identity.role] if identity else ""
    return HttpResponse(
        f"User: {identity.email if identity else ''} User Type: {number}", content_type="text/plain; charset=utf-8"
    )
