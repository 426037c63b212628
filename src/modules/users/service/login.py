"""Who logs in, and whose session it is."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.base import Actor, Role
from contracts.errors import LimitReached, Unauthenticated
from contracts.users import NOWHERE, Identity, LoggedIn, Origin, SessionKind, UsersService
from kernel.databases import atomic
from kernel.permissions import require_system
from modules.users import credentials, queries, sessions
from modules.users.models import User


class Login(UsersService):
    def log_in(self, *, actor: Actor, email: str, password: str, origin: Origin = NOWHERE) -> LoggedIn:
        accounts = credentials.able_to_log_in().filter(email=email)
        user = proven(email, password, accounts, origin)
        with atomic(self.module):
            credentials.note_login(user)
            session = sessions.begin(user, SessionKind.PAGE, origin)
        return login_of(user.pk, session_id=session.public_id)

    def identify(self, *, actor: Actor, user_id: int, session_hash: str, session_id: str) -> Identity | None:
        require_system(actor)
        rows = queries.identity_rows_in_session(
            queries.visible().filter(credentials.ABLE, pk=user_id), public_id=session_id, kind=SessionKind.PAGE
        )
        if not rows or not credentials.is_session_of(queries.account_of(rows[0]), session_hash):
            return None
        return queries.to_identity(rows[0])

    def adopt_session(
        self, *, actor: Actor, user_id: int, session_hash: str, session_id: str, origin: Origin
    ) -> Identity | None:
        require_system(actor)
        user = credentials.able_to_log_in().filter(pk=user_id).first()
        if user is None or not credentials.is_session_of(user, session_hash):
            return None
        sessions.begin_once(user, SessionKind.PAGE, origin, public_id=session_id)
        return self.identify(actor=actor, user_id=user_id, session_hash=session_hash, session_id=session_id)

    def note_session_seen(self, *, actor: Actor, session_id: str, origin: Origin) -> None:
        require_system(actor)
        sessions.note_seen(session_id, origin)


def proven(name: str, password: str, accounts: credentials.Accounts, origin: Origin) -> User:
    """Who the password proves one to be. Raises Unauthenticated, also for accounts of no role, and LimitReached."""
    try:
        user = credentials.open_account(name, password, accounts, address=origin.address)
    except credentials.TooManyFailures as error:
        minutes = -(-error.retry_after // 60)
        text = ngettext(
            "Too many failed logins. Try again in %(minutes)d minute.",
            "Too many failed logins. Try again in %(minutes)d minutes.",
            minutes,
        )
        raise LimitReached(retry_after=error.retry_after, message=text % {"minutes": minutes}) from None
    if user is None:
        raise Unauthenticated(message=_("Invalid Login Credentials!"))
    if user.role is Role.NONE:
        raise Unauthenticated(
            message=_("This account is neither a head's, a teacher's nor a student's. Ask the school's office.")
        )
    return user


def login_of(user_id: int, *, session_id: str | None = None) -> LoggedIn:
    """The login as it stands now, in this session of the account."""
    (row,) = queries.identity_rows(queries.visible().filter(pk=user_id))
    identity = queries.to_identity(row, session_id=session_id)
    return LoggedIn(identity=identity, session_hash=credentials.session_hash(row["password"]))
