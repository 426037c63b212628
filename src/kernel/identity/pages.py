"""Sessions of the pages: whose browser it is.

A session holds the keys that Django's own login would write, so that the admin site and a legacy session go on working,
and beside them the id under which users knows it, by which it can be listed and ended.
"""

from contextlib import suppress

import structlog
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import DatabaseError
from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils.crypto import salted_hmac

from contracts.base import Actor
from contracts.errors import ModuleUnavailable, NotFound
from contracts.users import Identity, LoggedIn, UsersService
from kernel import context
from kernel.identity.origin import origin_of
from kernel.identity.remembering import forget, remembered
from kernel.registry import services

log = structlog.get_logger(__name__)

USER_KEY, BACKEND_KEY, HASH_KEY = "_auth_user_id", "_auth_user_backend", "_auth_user_hash"
SESSION_KEY = "_session_id"
IDENTITY = "_identity"
"""Where a request keeps whom it was found to come from."""


def identity_from_session(request: HttpRequest) -> Identity | None:
    """Whose browser a request comes from. Raises ModuleUnavailable when users is out of reach."""
    session = request.session
    try:
        user_id, session_hash = session.get(USER_KEY), session.get(HASH_KEY)
    except DatabaseError as error:  # said in the same words as to whoever brings a token
        log.exception("session_not_read")
        raise ModuleUnavailable(module=UsersService.module) from error
    if not (isinstance(user_id, str) and user_id.isdecimal() and isinstance(session_hash, str)):
        return None
    session_id = session.get(SESSION_KEY)
    if session_id is None:
        return _adopt(request, int(user_id), session_hash)

    def ask() -> Identity | None:
        return services.get(UsersService).identify(
            actor=_house(), user_id=int(user_id), session_hash=session_hash, session_id=session_id
        )

    return remembered(_name(session_id), ask)


def _adopt(request: HttpRequest, user_id: int, session_hash: str) -> Identity | None:
    """A session of the legacy, or of the admin site's own login, becomes one of ours when it is first seen."""
    session_id = _id_of(request.session)
    found = services.get(UsersService).adopt_session(
        actor=_house(), user_id=user_id, session_hash=session_hash, session_id=session_id, origin=origin_of(request)
    )
    if found is not None:
        request.session[SESSION_KEY] = session_id
    return found


def _id_of(session: SessionBase) -> str:
    """Always the same for the same session, so that two requests at once, or one that could not store it, make no
    second one; and nothing by which the session could be taken over.
    """
    return salted_hmac("kernel.identity.pages", session.session_key or "", algorithm="sha256").hexdigest()


def log_in(request: HttpRequest, login: LoggedIn) -> None:
    """Begin a session for a person who has just proved who they are; whatever the anonymous session held is dropped."""
    end_session(request)
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
    request.session[SESSION_KEY] = login.identity.session_id
    vars(request)[IDENTITY] = login.identity
    forget(_name(login.identity.session_id))


def log_out(request: HttpRequest) -> None:
    """End the session and everything in it."""
    end_session(request)
    request.session.flush()
    vars(request)[IDENTITY] = None


def end_session(request: HttpRequest) -> None:
    """Have users note that whatever session this browser had is over."""
    session_id = request.session.get(SESSION_KEY)
    if session_id is None:
        return
    forget(_name(session_id))
    with suppress(NotFound):  # forgotten long after it ended
        services.get(UsersService).end_session(actor=_house(), session_id=session_id)


def _name(session_id: str | None) -> str:
    """Under which an identity is remembered."""
    return f"page:{session_id}"


def _house() -> Actor:
    return Actor.system(request_id=context.request_id())
