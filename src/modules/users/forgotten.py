"""Forgotten passwords: whoever reads the mail of an account may give it a new one.

The token of such a mail is kept nowhere. It is signed, expires, and is made of the present password's hash and the last
login, so that it is good once at most. It goes out in the mail alone: the event that has the mail sent holds none.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from modules.users import credentials
from modules.users.models import User
from modules.users.rules import USER_TYPES

MOST_ACCOUNTS = 10
"""How many accounts of one e-mail are written to."""
MARK = "."


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "modules.users.forgotten"


_tokens = _Tokens()


def accounts_of(email: str) -> list[User]:
    """Who is meant by an e-mail, in whatever case. Each is written to at the address that is stored, if it is one."""
    known = credentials.able_to_log_in().filter(user_type__in=USER_TYPES.values())
    rows = known.annotate(folded=Lower("email")).filter(folded=Lower(Value(email))).order_by("pk")[:MOST_ACCOUNTS]
    return [user for user in rows if _is_address(user.email)]


def _is_address(text: str) -> bool:
    """Old data holds blanks, and texts to which no mail can be sent."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def token_for(user: User) -> str:
    return f"{user.pk}{MARK}{_tokens.make_token(user)}"


def claimed_id(token: str) -> int | None:
    """The account that a token is said to be for; None for what is no token."""
    claimed = token.partition(MARK)[0]
    return int(claimed) if claimed.isascii() and claimed.isdigit() and len(claimed) < 19 else None


def fits(token: str, user: User) -> bool:
    """Whether the token was made for this account, as it still is, and not too long ago."""
    return _tokens.check_token(user, token.partition(MARK)[2])


def write_to(user: User) -> None:
    """Raises what the mail server, or the way to it, answers."""
    token = token_for(user)
    text = _(
        "Dear %(name)s,\n\n"
        "somebody asked for a new password for your account %(username)s. If it was you, open this page within "
        "%(minutes)d minutes and choose one:\n\n%(url)s\n\n"
        "If the page asks for it, this is the code:\n\n%(token)s\n\n"
        "If it was not you, do nothing: your password stays as it is.\n\n%(school)s"
    )
    body = text % {
        "name": user.get_full_name() or user.username,
        "username": user.username,
        "minutes": timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) // timedelta(minutes=1),
        # Behind the #, where it is sent to no server and stands in no log.
        "url": f"{settings.PUBLIC_URL}{settings.RESET_PAGE}#{token}",
        "token": token,
        "school": settings.SCHOOL_NAME,
    }
    EmailMessage(subject=_("A new password"), body=body, to=[user.email]).send()
