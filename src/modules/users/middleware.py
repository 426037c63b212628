"""Django's `request.user`, which the admin site works with, and ending the session when somebody logs out there."""

from typing import Any

from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kernel.identity import end_session, identity_of
from modules.users.models import User


class SessionUserMiddleware(AuthenticationMiddleware):
    """A session that was ended is nobody's for the admin site as well, which would only look at the password."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]  # as Django does


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    return AnonymousUser() if identity_of(request) is None else get_user(request)


@receiver(user_logged_out, dispatch_uid="modules.users.middleware")
def _end_session(request: HttpRequest | None, **_arguments: Any) -> None:
    if request is not None:
        end_session(request)
