"""Who logs in, and whose session it is."""

from django.utils.translation import gettext as _

from contracts.base import Actor, Role
from contracts.errors import LimitReached, Unauthenticated
from contracts.users import Identity, LoggedIn, UsersService
from kernel.permissions import require_system
from modules.users import credentials, queries


class Login(UsersService):
    def log_in(self, *, actor: Actor, email: str, password: str) -> LoggedIn:
        accounts = credentials.able_to_log_in().filter(email=email)
        try:
            user = credentials.open_account(email, password, accounts)
        except credentials.TooManyFailures as error:
            raise LimitReached(
                retry_after=error.retry_after,
                message=_("Too many failed logins with this e-mail. Try again in %(minutes)d minutes.")
                % {"minutes": -(-error.retry_after // 60)},
            ) from None
        if user is None:
            raise Unauthenticated(message=_("Invalid Login Credentials!"))
        if user.role is Role.NONE:
            raise Unauthenticated(
                message=_("This account is neither a head's, a teacher's nor a student's. Ask the school's office.")
            )
        credentials.note_login(user)
        return login_of(user.pk)

    def identify(self, *, actor: Actor, user_id: int, session_hash: str) -> Identity | None:
        require_system(actor)
        rows = queries.identity_rows(queries.visible().filter(credentials.ABLE, pk=user_id))
        if not rows or not credentials.is_session_of(rows[0]["password"], session_hash):
            return None
        return queries.to_identity(rows[0])


def login_of(user_id: int) -> LoggedIn:
    """What a new session of this account holds."""
    (row,) = queries.identity_rows(queries.visible().filter(pk=user_id))
    return LoggedIn(identity=queries.to_identity(row), session_hash=credentials.session_hash(row["password"]))
