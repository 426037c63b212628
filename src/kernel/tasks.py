"""What the kernel tidies up from time to time, in every database."""

from datetime import timedelta

from django.utils import timezone

from kernel.jobs import on_each_database
from kernel.models import Delivery, DeliveryState, InboxEntry, OutboxEvent
from kernel.rpc import answers

EVENTS_ARE_KEPT = timedelta(days=30)


@on_each_database(every=timedelta(hours=1))
def forget_answers(alias: str) -> str:
    """Answers to commands from other processes, a day after."""
    return f"{answers.forget(alias)} answers"


@on_each_database(every=timedelta(days=1))
def forget_events(alias: str, *, older_than: timedelta = EVENTS_ARE_KEPT) -> str:
    """What was delivered, and taken in, long ago."""
    before = timezone.now() - older_than
    done = Delivery.objects.using(alias).filter(state=DeliveryState.DONE, done_at__lt=before).delete()[0]
    events = OutboxEvent.objects.using(alias).filter(deliveries=None, published_at__lt=before).delete()[0]
    inbox = InboxEntry.objects.using(alias).filter(handled_at__lt=before).delete()[0]
    return f"{done} deliveries, {events} events, {inbox} inbox entries"
