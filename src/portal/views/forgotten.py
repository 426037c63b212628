"""Forgotten passwords: asking for a mail, and choosing a new password with what stands in it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from contracts.base import Actor
from contracts.errors import LimitReached
from contracts.users import UsersService
from kernel import context
from kernel.identity import origin_of
from kernel.registry import services
from portal.forms.answers import submit
from portal.forms.session import ForgottenPasswordForm, NewPasswordForm


@never_cache
@require_http_methods(["GET", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    """`/forgot_password/`: what is answered is the same whether anybody has the address."""
    form = ForgottenPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.get(UsersService).request_password_reset(
                actor=_stranger(), email=form.cleaned_data["email"], origin=origin_of(request)
            )
        except LimitReached as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("If an account has this address, a mail is on its way to it. It says how to choose a new password."),
            )
            return HttpResponseRedirect("/")
    return _page(request, "portal/pages/forgot_password.html", form)


@never_cache
@sensitive_post_parameters("token", "new_password", "confirm_password")
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """`/new_password/`: where the link of the mail leads. Its code stands behind the #, which no server gets to see."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        submit(
            form,
            services.get(UsersService).reset_forgotten_password,
            None,
            actor=_stranger(),
            token=form.cleaned_data["token"],
            new_password=form.cleaned_data["new_password"],
        )
        if form.is_valid():
            messages.success(request, _("You have a new password. Log in with it."))
            return HttpResponseRedirect("/")
    return _page(request, "portal/pages/new_password.html", form)


def _page(request: HttpRequest, template: str, form: ForgottenPasswordForm | NewPasswordForm) -> HttpResponse:
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


def _stranger() -> Actor:
    return Actor.anonymous(request_id=context.request_id())
