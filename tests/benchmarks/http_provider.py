"""The process that answers the measured calls: the internal API over providers that do nothing."""

from typing import Any

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from contracts.base import Audience, Page, PersonRef, utc_now  # noqa: E402 - once Django is set up
from contracts.leaves import Leave, LeaveCounts, LeaveRef, LeavesService, LeaveStatus  # noqa: E402
from kernel.registry import services  # noqa: E402
from tests.kernel.rpc.serving import fake  # noqa: E402


def leave(number: int) -> Leave:
    person = PersonRef(audience=Audience.STUDENT, profile_id=number)
    return Leave(
        ref=LeaveRef(audience=Audience.STUDENT, id=number),
        person=person,
        first_day=None,
        last_day=None,
        written_dates="next week",
        reason="Trip",
        status=LeaveStatus.PENDING,
        decision_note="",
        applied_at=utc_now(),
        decided_at=None,
    )


COUNTS = LeaveCounts(pending=1, approved=2, rejected=3, cancelled=4)
ROWS = tuple(leave(number) for number in range(100))


def answer(name: str, arguments: dict[str, Any]) -> Any:
    if name == "counts":
        return COUNTS
    size = arguments["page"].size
    return Page[Leave](items=ROWS[:size], total=len(ROWS), number=1, size=size)


in_place = services.override(LeavesService, fake(LeavesService, answer))
in_place.__enter__()  # until the process ends
