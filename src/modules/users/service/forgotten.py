"""New passwords for people who forgot theirs."""

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, utc_now
from contracts.errors import Invalid, LimitReached
from contracts.users import NOWHERE, Origin, PasswordResetAsked, UsersService
from kernel.databases import atomic
from kernel.events import publish
from modules.users import accounts, checks, credentials, forgotten, throttle
from modules.users.models import PasswordReset, User


class ForgottenPasswords(UsersService):
    def request_password_reset(self, *, actor: Actor, email: str, origin: Origin = NOWHERE) -> None:
        """The accounts are looked up later, with the mail, so that the answer takes the same time with and without."""
        if wait := throttle.wait_before_reset(email, origin.address):
            raise LimitReached(retry_after=wait, message=_("This was asked too often. Try again in a few minutes."))
        wanted = email.replace("\0", "").strip()[:254]
        with atomic(self.module):
            asked = PasswordReset.objects.create(email=wanted, asked_at=timezone.now())
            publish(PasswordResetAsked(request_id=asked.pk, at=utc_now()))

    def reset_forgotten_password(self, *, actor: Actor, token: str, new_password: str) -> None:
        user = _owner_of(token)
        if problems := checks.password_problems(new_password, user, field="new_password"):
            raise Invalid(fields=problems)
        password_hash = make_password(new_password)
        with atomic(self.module):
            held = User.objects.select_for_update().get(pk=user.pk)
            if not forgotten.fits(token, held):
                raise _not_good()
            accounts.set_password(actor, held, password_hash, action="users.forgotten_password_reset")


def _owner_of(token: str) -> User:
    """Raises Invalid for a token that is not good."""
    user = credentials.able_to_log_in().filter(pk=forgotten.claimed_id(token) or 0).first()
    if user is None or not forgotten.fits(token, user):
        raise _not_good()
    return user


def _not_good() -> Invalid:
    return Invalid(fields={"token": [_("This code is not good, or not any more. Ask for a new mail.")]})
