"""Who is behind a request, resolved by users' contract at every request.

`pages` knows people by their browser's session, `tokens` by what a program brings, `origin` where a request comes from.
"""

from kernel.identity.origin import origin_of
from kernel.identity.pages import end_session, keep, log_in, log_out
from kernel.identity.requests import actor_for, actor_of, identity_of
from kernel.identity.tokens import bearer_of, identity_from_bearer

__all__ = [
    "actor_for",
    "actor_of",
    "bearer_of",
    "end_session",
    "identity_from_bearer",
    "identity_of",
    "keep",
    "log_in",
    "log_out",
    "origin_of",
]
