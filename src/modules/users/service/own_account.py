"""What people do with their own account."""

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from contracts.base import Actor, Role
from contracts.errors import Forbidden, Invalid
from contracts.users import HeadOfDepartment, LoggedIn, OwnChanges, StaffMember, Student, UsersService
from kernel.databases import atomic
from kernel.permissions import require_login
from modules.users import accounts, checks, credentials, queries, throttle
from modules.users.models import HodProfile, User
from modules.users.service.login import login_of


class OwnAccount(UsersService):
    def own_profile(self, *, actor: Actor) -> StaffMember | Student | HeadOfDepartment:
        require_login(actor)
        build = queries.BUILDERS.get(actor.role)
        found = build(queries.listed(actor.role).filter(pk=actor.user_id or 0)) if build else ()
        if not found:
            raise accounts.missing(actor.user_id or 0)
        return found[0]

    def update_own_profile(self, *, actor: Actor, changes: OwnChanges) -> LoggedIn:
        user = _own(actor)
        values = checks.given(changes)
        password = values.pop("password")
        password_hash = _new_hash(password, user, field="password") if password else ""
        with atomic(self.module):
            user = accounts.locked(user.pk)
            profile = accounts.whole_profile_of(user)
            if profile is None and user.role is Role.HOD and values.get("phone"):
                profile = HodProfile.objects.create(user=user)  # HODs of the legacy may lack the row; it means nothing
            accounts.change(actor, user, profile, values)
            if password_hash:
                accounts.set_password(actor, user, password_hash, action="users.password_changed")
        return login_of(user.pk, session_id=actor.session_id)

    def change_own_password(self, *, actor: Actor, old_password: str, new_password: str) -> LoggedIn:
        user = _own(actor)
        _prove(user, old_password)
        password_hash = _new_hash(new_password, user, field="new_password")
        with atomic(self.module):
            accounts.set_password(actor, accounts.locked(user.pk), password_hash, action="users.password_changed")
        return login_of(user.pk, session_id=actor.session_id)


def _own(actor: Actor) -> User:
    require_login(actor)
    user = credentials.able_to_log_in().filter(pk=actor.user_id or 0).first()
    if user is None:
        raise Forbidden(message=_("You do not have permission to do this."))
    return user


def _prove(user: User, password: str) -> None:
    """Raises Invalid unless it is the present password: who found a browser logged in does not find out by trying."""
    attempt = throttle.Attempt(name=f"present password of {user.pk}", address="")
    if attempt.wait_seconds():
        raise Invalid(fields={"old_password": [_("Too many wrong passwords. Try again in a few minutes.")]})
    if not user.check_password(password):
        attempt.count_failure()
        raise Invalid(fields={"old_password": [_("Old password is incorrect!")]})


def _new_hash(password: str, user: User, *, field: str) -> str:
    """Raises Invalid when the password breaks the rules."""
    if problems := checks.password_problems(password, user, field=field):
        raise Invalid(fields=problems)
    return make_password(password)
