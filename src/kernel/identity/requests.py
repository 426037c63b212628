"""Who asks: the one question that every face of the house has."""

from datetime import timedelta

import structlog
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from contracts.base import Actor
from contracts.users import Identity, UsersService
from kernel import context
from kernel.identity.origin import origin_of
from kernel.identity.pages import IDENTITY, identity_from_session
from kernel.identity.tokens import bearer_of, identity_from_bearer
from kernel.registry import services

SEEN_EVERY = timedelta(minutes=1)
"""How often it is noted that a session is in use."""


def identity_of(request: HttpRequest) -> Identity | None:
    """The person who is logged in, by token (below /api/ only) or by the browser's session, or None. Asked once per
    request.

    Raises ModuleUnavailable when users is out of reach, and Unauthenticated for a token that is not good.
    """
    if IDENTITY not in vars(request):
        token = bearer_of(request)
        found = identity_from_session(request) if token is None else identity_from_bearer(token)
        vars(request)[IDENTITY] = found
        structlog.contextvars.bind_contextvars(user_id=found.user_id if found else None)
        if found is not None:
            _note_seen(request, found)
    identity: Identity | None = vars(request)[IDENTITY]
    return identity


def actor_of(request: HttpRequest) -> Actor:
    """The actor for whom a request is answered."""
    return actor_for(identity_of(request))


def actor_for(identity: Identity | None) -> Actor:
    """The actor that an identity stands for; nobody is the anonymous one."""
    if identity is None:
        return Actor.anonymous(request_id=context.request_id())
    return Actor(
        user_id=identity.user_id,
        role=identity.role,
        profile_id=identity.profile_id,
        request_id=context.request_id(),
        session_id=identity.session_id,
    )


def _note_seen(request: HttpRequest, identity: Identity) -> None:
    """Once in a while, by one of the requests that come at the same time."""
    session_id, seen_at = identity.session_id, identity.session_seen_at
    if session_id is None or seen_at is None or timezone.now() - seen_at < SEEN_EVERY:
        return
    if cache.add(f"identity:seen:{session_id}", True, SEEN_EVERY.total_seconds()):
        house = Actor.system(request_id=context.request_id())
        services.get(UsersService).note_session_seen(actor=house, session_id=session_id, origin=origin_of(request))
