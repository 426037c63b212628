"""The audit log: written in the transaction of the change itself, so that neither exists without the other."""

from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from contracts.base import DTO, Actor, Instant, Page, PageRequest, Role
from kernel.databases import alias_of, in_transaction, module_aliases
from kernel.models import AuditEntry
from kernel.permissions import require


class AuditRecord(DTO):
    """Who did what to which row, when, and in which request."""

    at: Instant
    action: str
    """As in "leaves.approved"."""
    target: str
    """As in "StudentLeave:7"."""
    actor_user_id: int | None
    """None for the house itself."""
    actor_role: str
    request_id: str
    detail: dict[str, Any]


def record(*, actor: Actor, action: str, target: str, **detail: Any) -> None:
    """Note what an actor did. `action` is "<module>.<verb>", `target` "<Entity>:<id>"; `detail` must be JSON, and
    never a secret.

    Raises RuntimeError outside a transaction on the module's database.
    """
    alias = alias_of(action.partition(".")[0])
    if not in_transaction(alias):
        raise RuntimeError(f"audit entry {action} outside a transaction")
    AuditEntry.objects.using(alias).create(
        action=action,
        target=target,
        actor_user_id=actor.user_id,
        actor_role=actor.role,
        request_id=actor.request_id,
        detail=detail,
    )


def records(
    *,
    actor: Actor,
    page: PageRequest,
    module: str | None = None,
    target: str | None = None,
    user_id: int | None = None,
    request_id: str | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
) -> Page[AuditRecord]:
    """What was done by the modules of this process, newest first; search in action and target. `user_id`: by this
    account; `target`: to this row, as in "StudentLeave:7"; both days are included. HOD only.
    """
    require(actor, Role.HOD)
    wanted = Q()
    for word in page.search.split():
        wanted &= Q(action__icontains=word) | Q(target__icontains=word)
    if module is not None:
        wanted &= Q(action__startswith=f"{module}.")
    given: dict[str, Any] = {"target": target, "actor_user_id": user_id, "request_id": request_id}
    given |= {"at__gte": first_day and _start_of(first_day), "at__lt": last_day and _start_of(last_day, days_later=1)}
    wanted &= Q(**{name: value for name, value in given.items() if value is not None})
    return _newest([AuditEntry.objects.using(alias).filter(wanted) for alias in module_aliases()], page)


def _start_of(day: date, days_later: int = 0) -> datetime:
    """Midnight in the school's time zone; at the ends of the calendar, where no zone reaches, in UTC."""
    if not 1 < day.year < 9999:
        return datetime.combine(day, time.min, UTC)
    return timezone.make_aware(datetime.combine(day + timedelta(days=days_later), time.min))


def _newest(logs: list[QuerySet[AuditEntry]], page: PageRequest) -> Page[AuditRecord]:
    """One page over the logs of all databases."""
    first, end = (page.number - 1) * page.size, page.number * page.size
    total = sum(log.count() for log in logs)
    newest = merge(*(log.order_by("-at", "-pk")[:end] for log in logs), key=lambda entry: entry.at, reverse=True)
    items = tuple(AuditRecord.model_validate(e, from_attributes=True) for e in islice(newest, first, end))
    return Page(items=items if total > first else (), total=total, number=page.number, size=page.size)
