"""The relay: takes due deliveries from the outboxes of this process's modules and hands each to its consumer.

A delivery is claimed before it is handed over; a claim lapses, so that what a crash leaves behind is delivered again.
Deliveries of one aggregate to one consumer keep their order: a later one waits while an earlier one waits or is dead.
"""

import random
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from contracts.base import Event
from kernel.context import running
from kernel.databases import module_aliases
from kernel.events.inbox import AlreadyHandled, Effect
from kernel.events.subscriptions import Subscription, find
from kernel.models import Delivery, DeliveryState

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 10
CLAIM = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)


class UnknownConsumer(LookupError):
    """A stored delivery names a consumer that no code answers to."""


def pause_after(attempts: int, *, jitter: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the n-th failure: 1 s, 2 s, 4 s, … at most an hour, and up to half as much again by
    chance.
    """
    seconds = min(2.0 ** (attempts - 1), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * (1 + jitter() / 2))


class Relay:
    """Delivers what is due. Several relays may run at once, in threads and processes."""

    def __init__(self, *, batch: int = 100) -> None:
        self.batch = batch

    def deliver_due(self) -> int:
        """Deliver what is due now, one attempt each; returns the number of attempts."""
        attempts = 0
        for alias in module_aliases():
            for delivery in self._due(alias):
                if self._claim(alias, delivery):
                    self._deliver(alias, delivery)
                    attempts += 1
        return attempts

    def drain(self) -> int:
        """Deliver until nothing is due any more, with what the deliveries themselves publish."""
        total = 0
        while attempts := self.deliver_due():
            total += attempts
        return total

    def _due(self, alias: str) -> list[Delivery]:
        unfinished = Delivery.objects.using(alias).exclude(state=DeliveryState.DONE)
        earlier = unfinished.filter(
            consumer=OuterRef("consumer"), aggregate=OuterRef("aggregate"), pk__lt=OuterRef("pk")
        )
        return list(
            Delivery.objects.using(alias)
            .filter(state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED], due_at__lte=timezone.now())
            .filter(~Exists(earlier))
            .select_related("event")
            .order_by("pk")[: self.batch]
        )

    def _claim(self, alias: str, delivery: Delivery) -> bool:
        """Whether this relay now holds the delivery; another one may have been quicker."""
        return bool(
            Delivery.objects.using(alias)
            .filter(pk=delivery.pk, attempts=delivery.attempts)
            .filter(Q(state=DeliveryState.PENDING) | Q(state=DeliveryState.CLAIMED, due_at=delivery.due_at))
            .update(state=DeliveryState.CLAIMED, attempts=F("attempts") + 1, due_at=timezone.now() + CLAIM)
        )

    def _deliver(self, alias: str, delivery: Delivery) -> None:
        attempts = delivery.attempts + 1
        try:
            with structlog.contextvars.bound_contextvars(request_id=delivery.event.request_id):
                hand_over(delivery)
        except Exception as error:
            log.exception(
                "delivery_failed", consumer=delivery.consumer, event_type=delivery.event.type_id, attempts=attempts
            )
            self._postpone(alias, delivery, attempts, error)
        else:
            self._mine(alias, delivery, attempts).update(
                state=DeliveryState.DONE, done_at=timezone.now(), last_error=""
            )

    def _postpone(self, alias: str, delivery: Delivery, attempts: int, error: Exception) -> None:
        dead = attempts >= MAX_ATTEMPTS
        self._mine(alias, delivery, attempts).update(
            state=DeliveryState.DEAD if dead else DeliveryState.PENDING,
            due_at=timezone.now() + pause_after(attempts),
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )

    def _mine(self, alias: str, delivery: Delivery, attempts: int) -> QuerySet[Delivery]:
        """The delivery, unless the claim lapsed and another relay holds it now."""
        return Delivery.objects.using(alias).filter(pk=delivery.pk, state=DeliveryState.CLAIMED, attempts=attempts)


def hand_over(delivery: Delivery) -> None:
    """Call the consumer. Returns when its effect has happened, now or at an earlier delivery; raises what the handler
    raises.
    """
    stored = delivery.event
    subscription = find(stored.type_id, delivery.consumer)
    if subscription is None:
        raise UnknownConsumer(f"{delivery.consumer} does not listen to {stored.type_id}")
    effect = Effect(
        consumer=subscription.consumer, module=subscription.module, event_uid=stored.uid, request_id=stored.request_id
    )
    with running(subscription.module):
        if not effect.was_had():
            _call(subscription, Event.types[stored.type_id].model_validate(stored.body), effect)


def _call(subscription: Subscription, event: Event, effect: Effect) -> None:
    try:
        subscription.handler(event, effect)
        if not effect.taken:
            with effect.once():
                log.debug("event_without_effect", consumer=subscription.consumer)
    except AlreadyHandled:
        log.info("event_already_handled", consumer=subscription.consumer, event_uid=str(effect.event_uid))
