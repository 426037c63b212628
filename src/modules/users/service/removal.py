"""Taking people out of the school, and back in. History is never lost by it."""

from django.contrib.admin.models import LogEntry
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Role
from contracts.errors import Conflict
from contracts.users import Person, Removal, UserRestored, UsersService, UserWithdrawn
from kernel import audit
from kernel.databases import atomic
from kernel.permissions import require
from kernel.refs import blockers, entity
from modules.users import accounts, sessions
from modules.users.models import EndReason, User
from modules.users.service.administration import person

REMOVABLE = (Role.STAFF, Role.STUDENT)


class Removals(UsersService):
    def remove_incomplete(self, *, actor: Actor, user_id: int) -> Removal:
        require(actor, Role.HOD)
        user, profile = _candidate(user_id)
        if profile:
            raise Conflict(reason="complete", message=_("This person has a complete profile."))
        return _remove(actor, user, None)

    def remove_person(self, *, actor: Actor, user_id: int) -> Removal:
        require(actor, Role.HOD)
        user, profile = _candidate(user_id)
        return _remove(actor, user, profile)

    def restore_person(self, *, actor: Actor, user_id: int) -> Person:
        require(actor, Role.HOD)
        with atomic(self.module):
            user = accounts.locked(user_id, *REMOVABLE, withdrawn=True)
            if user.withdrawn_at:
                profile = accounts.profile_of(user)
                user.withdrawn_at, user.is_active = None, True
                user.save(update_fields=["withdrawn_at", "is_active"])
                accounts.count(user, profile, +1)
                audit.record(actor=actor, action="users.restored", target=f"User:{user_id}")
                accounts.tell(UserRestored, user, profile)
        return person(user_id)


def _candidate(user_id: int) -> tuple[User, accounts.AnyProfile | None]:
    """A person who may be removed, with profile. Raises NotFound, Conflict("withdrawn") and Conflict("pending")."""
    user = User.objects.filter(pk=user_id, half_made=False).first()
    if user is None or user.role not in REMOVABLE:
        raise accounts.missing(user_id)
    if user.withdrawn_at:
        raise Conflict(reason="withdrawn", message=_("This person was removed before."))
    return user, accounts.settled_profile_of(user)


def _remove(actor: Actor, user: User, profile: accounts.AnyProfile | None) -> Removal:
    """Erase who has no history, withdraw everybody else. All modules are asked first, outside the transaction."""
    history = _history(actor, user, profile)
    with atomic(accounts.MODULE):
        held = accounts.locked(user.pk, *REMOVABLE)
        now = accounts.settled_profile_of(held)
        if (now and now.pk) != (profile and profile.pk):
            raise Conflict(reason="changed", message=_("This account changed at this very moment. Look at it again."))
        accounts.count(held, profile, -1)
        if history:
            held.withdrawn_at, held.is_active = timezone.now(), False
            held.save(update_fields=["withdrawn_at", "is_active"])
            sessions.end_all(user.pk, EndReason.CLOSED)
            audit.record(actor=actor, action="users.withdrawn", target=f"User:{user.pk}", used_by=history)
            accounts.tell(UserWithdrawn, held, profile)
        else:
            audit.record(actor=actor, action="users.erased", target=f"User:{user.pk}", username=user.username)
            accounts.erase_account(held, profile)
    return Removal(user_id=user.pk, erased=not history)


def _history(actor: Actor, user: User, profile: accounts.AnyProfile | None) -> dict[str, int]:
    """What refers to the person, over all modules and in the admin site's log: kind in words → number of rows."""
    found = blockers(actor=actor, target=entity(User), ids=(user.pk,))
    if profile:
        for label, count in blockers(actor=actor, target=entity(type(profile)), ids=(profile.pk,)).items():
            found[label] = found.get(label, 0) + count
    if logged := LogEntry.objects.filter(user_id=user.pk).count():
        found[str(LogEntry._meta.verbose_name_plural)] = logged
    return found
