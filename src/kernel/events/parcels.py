"""A delivery in a form that may leave the process, what its consumer does with it, and how the outbox learns of it."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from contracts.base import Event
from kernel.context import running
from kernel.databases import alias_of
from kernel.events.inbox import AlreadyHandled, Effect
from kernel.events.subscriptions import Subscription, find, module_of
from kernel.models import Delivery, DeliveryState

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(hours=1)


class UnknownConsumer(LookupError):
    """A stored delivery names a consumer that no code answers to."""


class Parcel(BaseModel):
    """An event on its way to one consumer, with what its publisher needs to know the delivery again."""

    model_config = ConfigDict(frozen=True)

    delivery: int
    """The row in the publisher's outbox."""
    attempt: int
    """Which one this is, from 1."""
    claimed_until: datetime
    """Tells this claim from an earlier one that lapsed."""
    consumer: str
    event_uid: UUID
    type_id: str
    body: dict[str, Any]
    request_id: str

    @property
    def publisher(self) -> str:
        """The module in whose outbox the delivery is."""
        return module_of(self.type_id)

    @property
    def recipient(self) -> str:
        """The module that consumes it."""
        return module_of(self.consumer)


def pause_after(attempts: int, *, jitter: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the n-th failure: 1 s, 2 s, 4 s, … at most an hour, and up to half as much again by
    chance.
    """
    seconds = min(2.0 ** (attempts - 1), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * (1 + jitter() / 2))


def hand_over(parcel: Parcel) -> None:
    """Call the consumer. Returns when its effect has happened, now or at an earlier delivery; raises what the handler
    raises.
    """
    subscription = find(parcel.type_id, parcel.consumer)
    if subscription is None:
        raise UnknownConsumer(f"{parcel.consumer} does not listen to {parcel.type_id}")
    effect = Effect(
        consumer=subscription.consumer,
        module=subscription.module,
        event_uid=parcel.event_uid,
        request_id=parcel.request_id,
    )
    with running(subscription.module):
        if not effect.was_had():
            _call(subscription, Event.types[parcel.type_id].model_validate(parcel.body), effect)


def _call(subscription: Subscription, event: Event, effect: Effect) -> None:
    try:
        subscription.handler(event, effect)
        if not effect.taken:
            with effect.once():
                log.debug("event_without_effect", consumer=subscription.consumer)
    except AlreadyHandled:
        log.info("event_already_handled", consumer=subscription.consumer, event_uid=str(effect.event_uid))


def settle(parcel: Parcel, problem: str) -> None:
    """Tell the publisher's outbox how it went: an empty `problem` is success. A claim that lapsed has no say any more:
    whoever holds the delivery now will settle it.
    """
    held = Delivery.objects.using(alias_of(parcel.publisher)).filter(
        pk=parcel.delivery, state=DeliveryState.CLAIMED, due_at=parcel.claimed_until
    )
    if not problem:
        held.update(state=DeliveryState.DONE, done_at=timezone.now(), last_error="")
    else:
        held.update(
            state=DeliveryState.DEAD if parcel.attempt >= MAX_ATTEMPTS else DeliveryState.PENDING,
            due_at=timezone.now() + pause_after(parcel.attempt),
            last_error=problem[:2000],
        )
