"""The relay: takes due deliveries from the outboxes of this process's modules and has each carried to its consumer.

A delivery is claimed before it is carried; a claim lapses, so that what a crash leaves behind is delivered again.
Deliveries of one aggregate to one consumer keep their order: a later one waits while an earlier one waits or is dead.
"""

from datetime import timedelta
from typing import Protocol

import structlog
from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from contracts.errors import ModuleMoving
from kernel.databases import module_aliases
from kernel.events.parcels import Parcel, hand_over, settle
from kernel.models import Delivery, DeliveryState

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)
BATCH = 100
"""Deliveries taken at once, from each database."""


class CarrierDown(Exception):
    """Nothing can be carried now. The outbox keeps it."""


class Carrier(Protocol):
    """How parcels get to their consumers."""

    full: bool
    """Whether there was no room for more when it was last asked. There will be soon, and nobody tells."""

    def may_carry(self, alias: str, due: QuerySet[Delivery]) -> QuerySet[Delivery]:
        """Those of the due deliveries of a database that can go out now."""

    def carry(self, parcel: Parcel) -> None:
        """Bring it to its consumer, or on its way there. Raises CarrierDown."""


class InProcess:
    """Consumers of this process are called at once. What is for modules elsewhere is left to a process that can."""

    full = False

    def may_carry(self, alias: str, due: QuerySet[Delivery]) -> QuerySet[Delivery]:
        if not settings.DIVIDED:
            return due[:BATCH]
        here = Q(*(("consumer__startswith", f"{module}.") for module in settings.LOCAL_MODULES), _connector=Q.OR)
        return due.filter(here)[:BATCH]

    def carry(self, parcel: Parcel) -> None:
        settle(parcel, problem_with(parcel))


def problem_with(parcel: Parcel) -> str:
    """Hand a parcel over; what went wrong in one line, or nothing.

    Raises ModuleMoving while the consumer's module moves, which is no failure: the claim lapses, and nothing counts.
    """
    try:
        with structlog.contextvars.bound_contextvars(request_id=parcel.request_id):
            hand_over(parcel)
    except ModuleMoving:
        raise
    except Exception as error:
        log.exception("delivery_failed", consumer=parcel.consumer, event_type=parcel.type_id, attempts=parcel.attempt)
        return f"{type(error).__name__}: {error}"
    return ""


class Relay:
    """Has everything carried that is due. Several relays may run at once, in threads and processes."""

    def __init__(self, carrier: Carrier | None = None) -> None:
        self.carrier = carrier or InProcess()

    def deliver_due(self) -> int:
        """Have carried what is due now, one attempt each; returns the number of attempts."""
        attempts = 0
        for alias in module_aliases():
            for delivery in self._due(alias):
                try:
                    attempts += self._attempt(alias, delivery)
                except ModuleMoving as reason:
                    log.info("delivery_waits", consumer=delivery.consumer, moving=reason.module)
                except CarrierDown as reason:
                    log.warning("events_are_kept", reason=str(reason))
                    return attempts
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
        due = (
            Delivery.objects.using(alias)
            .filter(state__in=[DeliveryState.PENDING, DeliveryState.CLAIMED], due_at__lte=timezone.now())
            .filter(~Exists(earlier))
            .select_related("event")
            .order_by("pk")
        )
        return list(self.carrier.may_carry(alias, due))

    def _attempt(self, alias: str, delivery: Delivery) -> bool:
        """Whether it was carried, and not taken by another relay. Raises CarrierDown, and ModuleMoving while the module
        at either end moves: the claim, if there is one, then lapses.
        """
        parcel = self._claim(alias, delivery)
        if parcel is None:
            return False
        try:
            self.carrier.carry(parcel)
        except CarrierDown:
            self._give_back(alias, parcel)
            raise
        return True

    def _claim(self, alias: str, delivery: Delivery) -> Parcel | None:
        """What this relay now holds; None when another one was quicker.

        Taking over a claim that lapsed is no further attempt: it may be that nobody ever began.
        """
        fresh = int(delivery.state == DeliveryState.PENDING)
        claimed_until = timezone.now() + CLAIM
        taken = (
            Delivery.objects.using(alias)
            .filter(pk=delivery.pk, state=delivery.state, due_at=delivery.due_at)
            .update(
                state=DeliveryState.CLAIMED,
                attempts=F("attempts") + fresh,
                due_at=claimed_until,
            )
        )
        if not taken:
            return None
        return Parcel(
            delivery=delivery.pk,
            attempt=delivery.attempts + fresh,
            claimed_until=claimed_until,
            consumer=delivery.consumer,
            event_uid=delivery.event.uid,
            type_id=delivery.event.type_id,
            body=delivery.event.body,
            request_id=delivery.event.request_id,
        )

    def _give_back(self, alias: str, parcel: Parcel) -> None:
        """As if it had never been claimed."""
        Delivery.objects.using(alias).filter(
            pk=parcel.delivery, state=DeliveryState.CLAIMED, due_at=parcel.claimed_until
        ).update(state=DeliveryState.PENDING, attempts=parcel.attempt - 1, due_at=timezone.now())
