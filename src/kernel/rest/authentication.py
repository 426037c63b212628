"""Who is behind a request to the API: a token in the Authorization header, or the session of somebody's browser."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from contracts.errors import Forbidden
from contracts.users import Identity
from kernel.identity import bearer_of, identity_of


class Credentials(BaseAuthentication):
    """The identity, or None for a request that brings none. Raises Unauthenticated for a token that is not good."""

    def authenticate(self, request: Request) -> tuple[Identity, None] | None:
        identity = identity_of(request._request)
        if identity is None:
            return None
        if bearer_of(request._request) is None:
            _check_csrf(request)
        return identity, None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def _check_csrf(request: Request) -> None:
    """A browser sends its cookie wherever a page of another site leads it; only our own pages know the token."""

    def nothing(*args: object) -> HttpResponse:
        return HttpResponse()

    check = CSRFCheck(nothing)
    check.process_request(request)
    if check.process_view(request, nothing, (), {}):
        raise Forbidden(message=_("Send the CSRF token in the header X-CSRFToken, or log in with a token."))
