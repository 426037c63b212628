"""Proving who one is: which account a name and a password open."""

import structlog
from django.contrib.auth.hashers import make_password, verify_password
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from modules.users import throttle
from modules.users.models import User, UserSession

log = structlog.get_logger(__name__)

MOST_ACCOUNTS = 50
"""How many accounts of one name are tried; each costs a hash. More share a name only where the e-mail is blank."""


Accounts = QuerySet[User]


class TooManyFailures(Exception):
    """Nobody may try this name now; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


ABLE = Q(is_active=True, half_made=False, withdrawn_at=None)
"""Accounts that may have a session."""


def able_to_log_in() -> QuerySet[User]:
    return User.objects.filter(ABLE)


def open_account(name: str, password: str, accounts: Accounts, *, address: str) -> User | None:
    """The first of these accounts, by id, whose password fits; None, and counted as a failure, when there is none.

    An unknown name takes the time of one hash, like a known one. Raises TooManyFailures: see `throttle`.
    """
    attempt = throttle.Attempt(name=name, address=address)
    if wait := attempt.wait_seconds():
        raise TooManyFailures(wait)
    strangers_wait = attempt.strangers_wait_seconds()
    if strangers_wait:
        accounts = accounts.filter(Exists(UserSession.objects.filter(user=OuterRef("pk"), address=address)))
    # PostgreSQL refuses to be asked for a NUL character, which nobody's name holds.
    candidates = [] if "\0" in name else list(accounts.order_by("id")[:MOST_ACCOUNTS])
    for user in candidates:
        fits, outdated = verify_password(password, user.password)
        if fits:
            if outdated:
                user.renew_hash(make_password(password))
            return user
    if not candidates:
        make_password(password)
    attempt.count_failure()
    log.warning("login_failed", accounts=[user.pk for user in candidates])
    if strangers_wait:
        raise TooManyFailures(strangers_wait)
    return None


def note_login(user: User) -> None:
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())


def session_hash(password_hash: str) -> str:
    """What a session keeps to be ended by a change of the password. The legacy computed the same."""
    return User(password=password_hash).get_session_auth_hash()


def is_session_of(user: User, claimed: str) -> bool:
    """Whether a session's hash belongs to the account's password, under the present key or a former one."""
    known = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(claimed, value) for value in known)
