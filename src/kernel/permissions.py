"""The first line of every operation: may this actor do it?"""

from django.utils.translation import gettext as _

from contracts.base import Actor, Role
from contracts.errors import Forbidden


def require(actor: Actor, *roles: Role) -> None:
    """Raises Forbidden unless the actor has one of the roles. The house itself may do everything."""
    if actor.role is not Role.SYSTEM and actor.role not in roles:
        raise Forbidden(message=_("You do not have permission to do this."))


def require_login(actor: Actor) -> None:
    """Raises Forbidden for anonymous actors and accounts without a part in the school."""
    require(actor, Role.HOD, Role.STAFF, Role.STUDENT)


def require_system(actor: Actor) -> None:
    """Raises Forbidden for everybody but the house itself."""
    require(actor)
