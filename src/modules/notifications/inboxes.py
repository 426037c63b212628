"""Puts notices into inboxes. Inside a transaction of the module; nobody is told twice of one occasion."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Manager
from django.utils import timezone

from contracts.notifications import Inbox, NoticeKind, NoticesSent
from kernel.events import publish
from modules.notifications.models import MODELS, NotificationModel

BATCH = 1000
"""Recipients per statement and per event."""


def batches(recipient_ids: Iterable[int]) -> list[list[int]]:
    """Everybody once, in groups that one transaction takes; one empty group when there is nobody."""
    recipients = sorted(set(recipient_ids))
    return [recipients[start : start + BATCH] for start in range(0, len(recipients), BATCH)] or [[]]


def put(inbox: Inbox, recipient_ids: Iterable[int], *, kind: NoticeKind, message: str, occasion: UUID) -> int:
    """The same notice for each of these recipients. Returns how many had not been told before."""
    model = MODELS[inbox]
    rows: Manager[Any] = model._default_manager
    told = 0
    for batch in batches(recipient_ids):
        untold = _not_yet_told(model, batch, occasion)
        if untold:
            now = timezone.now()
            rows.bulk_create(
                model(
                    **{model.owner_field: recipient_id},
                    message=message,
                    kind=kind.value,
                    occasion=occasion,
                    created_at=now,
                    updated_at=now,
                )
                for recipient_id in untold
            )
            publish(NoticesSent(occasion=occasion, inbox=inbox, recipient_ids=tuple(untold), kind=kind, at=now))
            told += len(untold)
    return told


def _not_yet_told(model: NotificationModel, recipients: list[int], occasion: UUID) -> list[int]:
    """Those of the recipients who have no notice of the occasion. The inbox of events already sees to that, until its
    old entries are purged and an event is replayed.
    """
    rows = model._default_manager.filter(**{f"{model.owner_field}__in": recipients}, occasion=occasion)
    told = set(rows.values_list(model.owner_field, flat=True))
    return [recipient for recipient in recipients if recipient not in told]
