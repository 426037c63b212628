"""Changes of accounts and profiles, made inside the transaction of whoever calls."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Role, utc_now
from contracts.errors import Conflict, Invalid, NotFound
from contracts.users import UserCreated, UserEvent, UserUpdated
from kernel import audit
from kernel.databases import alias_of, serialize
from kernel.events import publish
from kernel.refs import erase
from modules.users import checks, photos, sessions
from modules.users.models import PROFILES, HodProfile, StaffProfile, StudentProfile, User, UserSession, UserTotal
from modules.users.rules import INCOMPLETE, USER_TYPES, counted_as

MODULE = "users"
AnyProfile = HodProfile | StaffProfile | StudentProfile


def hold_names() -> None:
    """Let nobody else take a username or an e-mail until the transaction ends."""
    serialize(MODULE, "names")


def missing(user_id: int) -> NotFound:
    return NotFound(entity="users.User", id=user_id, message=_("There is no such person."))


def locked(user_id: int, *roles: Role, withdrawn: bool = False) -> User:
    """An account, held until the transaction ends.

    Raises NotFound for half-made and withdrawn ones (`withdrawn` lets these through), and for those of other roles.
    """
    user = User.objects.select_for_update().filter(pk=user_id, half_made=False).first()
    if user is None or (user.withdrawn_at and not withdrawn) or (roles and user.role not in roles):
        raise missing(user_id)
    return user


def profile_of(user: User) -> AnyProfile | None:
    """The person's profile, also one that is half made; None for incomplete accounts and those of no role."""
    model = PROFILES.get(user.role)
    return model._default_manager.filter(user=user).first() if model else None


def whole_profile_of(user: User) -> AnyProfile | None:
    """As `profile_of`, without half-made ones."""
    profile = profile_of(user)
    return None if isinstance(profile, StudentProfile) and profile.half_made else profile


def settled_profile_of(user: User) -> AnyProfile | None:
    """As `profile_of`. Raises Conflict("pending") while an enrolment is under way."""
    profile = profile_of(user)
    if isinstance(profile, StudentProfile) and profile.half_made:
        raise Conflict(reason="pending", message=_("This account is being completed. Look again in a moment."))
    return profile


def create_account(role: Role, values: Mapping[str, Any], *, password_hash: str, half_made: bool = False) -> User:
    """A new account. Raises Invalid when its name or e-mail was taken since it was checked."""
    hold_names()
    if problems := checks.account_problems(values):
        raise Invalid(fields=problems)
    return User.objects.create(
        **{name: values[name] for name in checks.ACCOUNT},
        password=password_hash,
        user_type=USER_TYPES[role],
        half_made=half_made,
    )


def welcome(actor: Actor, user: User, profile: AnyProfile, *, was_incomplete: bool = False) -> None:
    """A person is complete: count, note and tell."""
    UserTotal.add({user.role.value: 1} | ({INCOMPLETE: -1} if was_incomplete else {}))
    audit.record(actor=actor, action="users.created", target=f"User:{user.pk}", role=user.role.value)
    publish(UserCreated(**facts(user, profile)))


def change(
    actor: Actor, user: User, profile: AnyProfile | None, values: Mapping[str, Any], *, picture: str = ""
) -> None:
    """Keep changed values of account and profile; only those are checked, since old data may break today's rules.

    Raises Invalid, also for profile fields of an account without profile.
    """
    of_account = _differing(user, {n: v for n, v in values.items() if n in checks.ACCOUNT})
    rest = {n: v for n, v in values.items() if n not in checks.ACCOUNT}
    of_profile = _differing(profile, rest) if profile else {n: v for n, v in rest.items() if v}
    problems = checks.account_problems(of_account, user_id=user.pk)
    if profile is not None:
        problems |= checks.field_problems(type(profile), of_profile)
    else:
        absent = _("This account has no profile that could hold it.")
        problems |= {name: [absent] for name in (*of_profile, *(["photo"] if picture else []))}
    if problems:
        raise Invalid(fields=problems)
    if isinstance(profile, StudentProfile) and picture:
        forget_picture(profile)
        of_profile["profile_pic"] = picture
    if of_account:
        _save(user, of_account)
    if profile is not None and of_profile:
        _save(profile, of_profile | {"updated_at": timezone.now()})
    if of_account or of_profile:
        audit.record(
            actor=actor, action="users.updated", target=f"User:{user.pk}", fields=sorted(of_account | of_profile)
        )
        publish(UserUpdated(**facts(user, profile)))


def _differing(row: User | AnyProfile, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the row does not have yet. Raises Invalid for fields that this kind of profile lacks."""
    alien = [name for name, value in values.items() if value and not hasattr(row, name)]
    if alien:
        raise Invalid(fields={name: [_("This kind of account does not have it.")] for name in alien})
    return {name: value for name, value in values.items() if getattr(row, name, value) != value}


def _save(row: User | AnyProfile, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))


def set_password(actor: Actor, user: User, password_hash: str, *, action: str) -> None:
    """Sessions of the account end with its old password, but for the one in which people change their own."""
    _save(user, {"password": password_hash})
    sessions.follow_password(user, actor)
    audit.record(actor=actor, action=action, target=f"User:{user.pk}")


def count(user: User, profile: AnyProfile | None, change_by: int) -> None:
    """Let an account enter (+1) or leave (-1) the totals."""
    name = counted_as(user.role, has_profile=profile is not None)
    if name:
        UserTotal.add({name: change_by})


def forget_picture(profile: AnyProfile | None) -> None:
    """Delete a student's picture once the transaction has succeeded."""
    if isinstance(profile, StudentProfile) and profile.profile_pic:
        transaction.on_commit(partial(photos.forget, profile.profile_pic), using=alias_of(MODULE), robust=True)


def erase_account(user: User, profile: AnyProfile | None) -> None:
    """Delete the account with its profile. Publishes UsersDeleted for both."""
    forget_picture(profile)
    UserSession.objects.filter(user=user).delete()  # here, since nobody needs to hear of it
    erase(User.objects.filter(pk=user.pk))


def facts(user: User, profile: AnyProfile | None) -> dict[str, Any]:
    """What every event about a person tells."""
    return {"user_id": user.pk, "role": user.role, "profile_id": profile.pk if profile else None, "at": utc_now()}


def tell(event: type[UserEvent], user: User, profile: AnyProfile | None) -> None:
    publish(event(**facts(user, profile)))
