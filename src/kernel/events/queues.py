"""The Celery transport: one queue per module, on which come the parcels for it and the news of those that it sent.

Redis may lose what it holds: a parcel counts as delivered only when its consumer's news has reached the outbox, and
until then its claim lapses and it is sent again. The consumer's inbox sees to it that this has no second effect.
"""

from typing import Any

import structlog
from celery import shared_task
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from contracts.errors import ModuleMoving
from kernel import jobs
from kernel.events import wake
from kernel.events.parcels import Parcel, settle
from kernel.events.relay import CLAIM, CarrierDown, problem_with
from kernel.models import Delivery, DeliveryState

log = structlog.get_logger(__name__)

ON_THE_WAY = 1000
"""Deliveries of one database that may be in the queues at once; more would lapse before their turn comes."""


class Queues:
    """Parcels go to the queue of the module that consumes them, wherever its worker runs."""

    def __init__(self) -> None:
        self.full = False

    def may_carry(self, alias: str, due: QuerySet[Delivery]) -> QuerySet[Delivery]:
        on_the_way = (
            Delivery.objects.using(alias).filter(state=DeliveryState.CLAIMED, due_at__gt=timezone.now()).count()
        )
        self.full = on_the_way >= ON_THE_WAY
        return due[: max(0, ON_THE_WAY - on_the_way)]

    def carry(self, parcel: Parcel) -> None:
        try:
            deliver.apply_async(
                args=(parcel.model_dump(mode="json"),),
                queue=parcel.recipient,
                expires=CLAIM.total_seconds(),
                retry=False,
            )
        except (OperationalError, RedisError, OSError) as error:
            raise CarrierDown(f"{type(error).__name__}: {error}") from error


@shared_task(name="events.deliver", ignore_result=True)
def deliver(parcel: dict[str, Any]) -> None:
    """Hand a parcel to its consumer, in the worker of the consumer's module, and tell the publisher how it went."""
    received = Parcel.model_validate(parcel)
    try:
        problem = problem_with(received)
        if received.publisher in settings.LOCAL_MODULES:
            settle(received, problem)
            wake.wake()
            return
    except ModuleMoving as reason:
        log.info("delivery_waits", consumer=received.consumer, moving=reason.module)
        return
    take_news.apply_async(args=(parcel, problem), queue=received.publisher)


@shared_task(name="events.take_news", ignore_result=True)
def take_news(parcel: dict[str, Any], problem: str) -> None:
    """Note in the publisher's outbox, in its own worker, how a delivery elsewhere went."""
    try:
        settle(Parcel.model_validate(parcel), problem)
    except ModuleMoving as reason:  # it is sent again when the claim lapses, and has no second effect
        log.info("delivery_waits", moving=reason.module)
    wake.wake()


@shared_task(name="jobs.run_due", ignore_result=True)
def run_due_jobs() -> None:
    """Sent by beat, which leaves it to the database to know which jobs are due."""
    jobs.run_due()
