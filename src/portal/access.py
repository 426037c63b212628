"""Who may open which page: the legacy's rule, that everybody else is sent to their own home.

It is a courtesy to people, not the lock: what an actor may do is decided by the services.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from contracts.base import Role
from kernel.identity import identity_of

HOME = {Role.HOD: "/admin_home/", Role.STAFF: "/staff_home/", Role.STUDENT: "/student_home/"}
PROFILE = {Role.HOD: "admin_profile", Role.STAFF: "staff_profile", Role.STUDENT: "student_profile"}
"""URL name of each role's own page."""
ROLE_LABELS = {Role.HOD: _("Head of department"), Role.STAFF: _("Staff"), Role.STUDENT: _("Student")}
LOGIN = "/"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def only(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Pages for some roles: others are sent to their home, and who is not logged in to the login page."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            identity = identity_of(request)
            if identity is None:
                return HttpResponseRedirect(LOGIN)
            if identity.role not in roles:
                return HttpResponseRedirect(HOME.get(identity.role, LOGIN))
            return _unstored(view(request, *args, **kwargs))

        return guarded

    return decorate


def _unstored(response: HttpResponseBase) -> HttpResponseBase:
    """School computers are shared: after logging out, the browser's way back shows nothing of the person before."""
    if not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    return response


everybody = only(Role.HOD, Role.STAFF, Role.STUDENT)
"""Pages for whoever is logged in."""
