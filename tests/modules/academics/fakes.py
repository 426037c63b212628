"""Stand-ins for the other modules, so that academics is tested without them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from contracts.base import Actor, Role, Service, Usage
from contracts.users import StaffMember, UsersService
from kernel.registry import services
from tests.modules.standing_in import standing_in

STAFF = range(10, 20)
"""User ids of the teachers; 19 has left."""
LEFT = 19
STUDENTS = range(701, 800)
"""StudentProfile's ids."""


class Silent:
    """Answers nothing but whether its rows stand in the way of a deletion."""

    def __init__(self, uses: dict[str, int] | None = None) -> None:
        self.uses = uses or {}

    def usages(self, *, actor: Actor, target: str, ids: tuple[int, ...]) -> tuple[Usage, ...]:
        assert actor.role is Role.SYSTEM
        return tuple(Usage(entity=f"other.{label}", label=label, count=count) for label, count in self.uses.items())


class FakeUsers(Silent):
    def staff_by_user(self, *, actor: Actor, user_ids: tuple[int, ...]) -> dict[int, StaffMember]:
        return {user_id: teacher(user_id) for user_id in user_ids if user_id in STAFF}

    def existing(self, *, actor: Actor, entity: str, ids: tuple[int, ...]) -> frozenset[int]:
        assert (actor.role, entity) == (Role.SYSTEM, "users.StudentProfile")
        return frozenset(ids) & frozenset(STUDENTS)


def teacher(user_id: int) -> StaffMember:
    return StaffMember(
        user_id=user_id,
        role=Role.STAFF,
        profile_id=None,
        username=f"staff{user_id}",
        email="",
        first_name="Asha",
        last_name="Rao",
        is_active=user_id != LEFT,
        joined_at=datetime(2020, 1, 1, tzinfo=UTC),
        address="",
        employee_number="",
        department="",
        designation="",
        phone="",
        joining_date=None,
    )


@contextmanager
def other_modules(*, uses: dict[str, int] | None = None) -> Iterator[None]:
    """All modules but academics, none with a word to say; `uses` is what attendance reports as in the way."""
    with ExitStack() as stack:
        for name, interface in Service.interfaces.items():
            if name not in ("academics", "users"):
                fake = Silent(uses if name == "attendance" else None)
                stack.enter_context(services.override(interface, standing_in(interface, fake)))
        stack.enter_context(services.override(UsersService, standing_in(UsersService, FakeUsers())))
        yield
