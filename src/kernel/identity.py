"""Who is behind a request. Made from the page session, and resolved by users' contract at every request (cached where
users is remote).

The session holds the keys that Django's own login would write, so that the admin site and a legacy session go on
working.
"""

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from contracts.base import Actor
from contracts.users import Identity, LoggedIn, UsersService
from kernel import context
from kernel.registry import services

USER_KEY, BACKEND_KEY, HASH_KEY = "_auth_user_id", "_auth_user_backend", "_auth_user_hash"
IDENTITY = "_identity"
"""Where a request keeps whom it was found to come from."""


def identity_of(request: HttpRequest) -> Identity | None:
    """The person who is logged in, or None. Asked once per request. Raises ModuleUnavailable when users is out of
    reach.
    """
    if IDENTITY not in vars(request):
        found = _identify(request.session)
        vars(request)[IDENTITY] = found
        structlog.contextvars.bind_contextvars(user_id=found.user_id if found else None)
    identity: Identity | None = vars(request)[IDENTITY]
    return identity


def actor_of(request: HttpRequest) -> Actor:
    """The actor for whom a page works."""
    identity = identity_of(request)
    if identity is None:
        return Actor.anonymous(request_id=context.request_id())
    return Actor(
        user_id=identity.user_id, role=identity.role, profile_id=identity.profile_id, request_id=context.request_id()
    )


def _identify(session: SessionBase) -> Identity | None:
    user_id, session_hash = session.get(USER_KEY), session.get(HASH_KEY)
    if not (isinstance(user_id, str) and user_id.isdecimal() and isinstance(session_hash, str)):
        return None
    system = Actor.system(request_id=context.request_id())
    return services.get(UsersService).identify(actor=system, user_id=int(user_id), session_hash=session_hash)


def log_in(request: HttpRequest, login: LoggedIn) -> None:
    """Begin a session for a person who has just proved who they are; whatever the anonymous session held is dropped."""
    if request.session.get(USER_KEY) not in (None, str(login.identity.user_id)):
        request.session.flush()
    request.session.cycle_key()
    keep(request, login)
    rotate_token(request)


def keep(request: HttpRequest, login: LoggedIn) -> None:
    """Let this session survive a change of its own password."""
    request.session[USER_KEY] = str(login.identity.user_id)
    request.session[BACKEND_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    request.session[HASH_KEY] = login.session_hash
    vars(request)[IDENTITY] = login.identity


def log_out(request: HttpRequest) -> None:
    """End the session and everything in it."""
    request.session.flush()
    vars(request)[IDENTITY] = None
