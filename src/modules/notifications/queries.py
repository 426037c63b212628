"""Reads of notifications, straight from rows to DTOs."""

from typing import Any

from django.db.models import F, QuerySet
from pydantic import TypeAdapter

from contracts.notifications import Notice, Recipient
from modules.notifications.models import MODELS, HodNotification, StaffNotification, StudentNotification

Rows = QuerySet[StudentNotification, Any] | QuerySet[StaffNotification, Any] | QuerySet[HodNotification, Any]

_notices = TypeAdapter(tuple[Notice, ...])


def notices_of(recipient: Recipient) -> Rows:
    model = MODELS[recipient.inbox]
    return model._default_manager.filter(**{model.owner_field: recipient.id})


def build(rows: Rows) -> tuple[Notice, ...]:
    """The rows as DTOs, in one query."""
    model = rows.model
    values = rows.values("id", "kind", "message", "read_at", "created_at", owner_id=F(model.owner_field))
    return _notices.validate_python(
        [{**row, "recipient": {"inbox": model.inbox, "id": row["owner_id"]}} for row in values]
    )
