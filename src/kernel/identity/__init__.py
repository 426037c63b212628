"""Who is behind a request, resolved by users' contract at every request.

`pages` knows people by their browser's session, `origin` where a request comes from.
"""

from django.http import HttpRequest

from contracts.base import Actor
from contracts.users import Identity
from kernel import context
from kernel.identity.origin import origin_of
from kernel.identity.pages import end_session, identity_of, keep, log_in, log_out

__all__ = ["actor_for", "actor_of", "end_session", "identity_of", "keep", "log_in", "log_out", "origin_of"]


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
