"""What notifications asks about people before it writes to them."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from contracts.base import Actor, Audience, PersonRef, Role
from contracts.notifications import Inbox, Recipient
from contracts.users import Person, Student, UsersService
from kernel.registry import services


def owner(actor: Actor) -> Recipient | None:
    """The actor as somebody with an inbox; None for accounts without profile and for the house itself."""
    owners = {Role.STUDENT: actor.student_id, Role.STAFF: actor.staff_id, Role.HOD: actor.user_id}
    recipient_id = owners.get(actor.role)
    return None if recipient_id is None else Recipient(inbox=Inbox(actor.role.value), id=recipient_id)


def inbox_of(person: PersonRef) -> Inbox:
    return Inbox(person.audience.value)


def student(student_id: int, *, actor: Actor) -> Student | None:
    return services.get(UsersService).students(actor=actor, student_ids=(student_id,)).get(student_id)


def name_of(person: PersonRef, *, actor: Actor) -> str:
    """The full name; a general word for a person who is not known any more."""
    found: Person | None
    if person.audience is Audience.STUDENT:
        found = student(person.profile_id, actor=actor)
        return found.full_name if found else _("A student")
    found = services.get(UsersService).staff(actor=actor, staff_ids=(person.profile_id,)).get(person.profile_id)
    return found.full_name if found else _("A member of staff")


def unknown(recipients: Iterable[Recipient], *, actor: Actor) -> list[Recipient]:
    """Those of the recipients who do not exist."""
    users, system = services.get(UsersService), Actor.system(request_id=actor.request_id)
    wanted = list(recipients)
    known: set[Recipient] = set()
    for inbox in Inbox:
        ids = tuple(r.id for r in wanted if r.inbox is inbox)
        if not ids:
            continue
        if inbox is Inbox.HOD:
            people = users.people(actor=system, user_ids=ids)
            found = {user_id for user_id, person in people.items() if person.role is Role.HOD}
        else:
            entity = "users.StudentProfile" if inbox is Inbox.STUDENT else "users.StaffProfile"
            found = set(users.existing(actor=system, entity=entity, ids=ids))
        known |= {Recipient(inbox=inbox, id=recipient_id) for recipient_id in found}
    return [recipient for recipient in wanted if recipient not in known]
