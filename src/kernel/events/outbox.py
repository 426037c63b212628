"""The outbox: an event is stored in the publishing module's database, in the transaction of the change, one delivery
per consumer.
"""

from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from contracts.base import Event
from kernel import context
from kernel.databases import alias_of, in_transaction
from kernel.events.subscriptions import consumers_of
from kernel.events.wake import wake
from kernel.models import Delivery, OutboxEvent


class PublishedOutsideTransaction(RuntimeError):
    """An event was published outside the transaction of the change that it tells of."""


class PublishedByStranger(RuntimeError):
    """A module published an event of another module."""


def publish(event: Event) -> None:
    """Store an event for all its consumers. It is delivered after, and only if, the transaction commits."""
    alias = alias_of(event.module())
    running = context.running_module()
    if running not in (None, event.module()):
        raise PublishedByStranger(f"{running} published {event.type_id()}")
    if not in_transaction(alias):
        raise PublishedOutsideTransaction(event.type_id())
    now = timezone.now()
    stored = OutboxEvent.objects.using(alias).create(
        uid=uuid4(),
        type_id=event.type_id(),
        aggregate=event.aggregate(),
        body=event.model_dump(mode="json"),
        request_id=context.request_id(),
        published_at=now,
    )
    consumers = consumers_of(event.type_id())
    if consumers:
        Delivery.objects.using(alias).bulk_create(
            Delivery(event=stored, consumer=consumer, aggregate=stored.aggregate, due_at=now) for consumer in consumers
        )
        transaction.on_commit(wake, using=alias)
