"""What an account is in the school, as pure functions."""

from contracts.base import Role

USER_TYPES: dict[Role, str] = {Role.HOD: "1", Role.STAFF: "2", Role.STUDENT: "3"}
"""How a role is stored. An account with any other text has a login and no part in the school."""

_ROLES = {user_type: role for role, user_type in USER_TYPES.items()}

INCOMPLETE = "incomplete"


def role_of(user_type: str) -> Role:
    """The role that a stored user type means; Role.NONE for whatever the legacy left there besides 1, 2 and 3."""
    return _ROLES.get(user_type, Role.NONE)


def counted_as(role: Role, *, has_profile: bool) -> str | None:
    """The total in which a person is counted; None for accounts of no role. HODs need no profile to be one."""
    if role is Role.HOD or (has_profile and role in USER_TYPES):
        return role.value
    return INCOMPLETE if role in USER_TYPES else None
