"""`manage.py events`: what is on its way between the modules, and what to do about what got stuck."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from kernel.databases import module_aliases
from kernel.events.subscriptions import find
from kernel.models import Delivery, DeliveryState, InboxEntry
from kernel.tasks import forget_events


class Command(BaseCommand):
    help = "Shows and repairs the delivery of events: list | dead | retry | replay | purge."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="what", required=True)
        listing = commands.add_parser("list", help="deliveries that are not done, and how many there are of each state")
        listing.add_argument("--all", action="store_true", help="with those that are done")
        listing.add_argument("--limit", type=int, default=50)
        commands.add_parser("dead", help="deliveries that were given up, with their last error")
        retry = commands.add_parser("retry", help="try dead deliveries again, from now on")
        replay = commands.add_parser("replay", help="let a consumer take in an event once more, although it did before")
        for one in (retry, replay):
            one.add_argument("delivery", nargs="*", type=int, help="numbers as in `events list`")
        retry.add_argument("--all", action="store_true", help="all that are dead")
        purge = commands.add_parser(
            "purge", help="forget what was delivered long ago, or give up dead deliveries for good"
        )
        purge.add_argument("--older-than", type=int, default=30, metavar="DAYS")
        purge.add_argument("--dead", action="store_true", help="the dead ones as well, whatever their age")
        for one in (*commands.choices.values(),):
            one.add_argument("--database", help="only this database alias")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["what"])(**options)

    def list(self, **options: Any) -> None:
        for alias, deliveries in self._deliveries(options):
            counts = deliveries.order_by().values_list("state").annotate(n=Count("pk"))
            self.stdout.write(f"{alias}: " + (", ".join(f"{n} {state}" for state, n in counts) or "nothing"))
            shown = deliveries if options["all"] else deliveries.exclude(state=DeliveryState.DONE)
            for delivery in shown.select_related("event").order_by("pk")[: options["limit"]]:
                self.stdout.write(line(delivery))

    def dead(self, **options: Any) -> None:
        for _, deliveries in self._deliveries(options):
            for delivery in deliveries.filter(state=DeliveryState.DEAD).select_related("event").order_by("pk"):
                self.stdout.write(line(delivery) + f"\n      {delivery.last_error}")

    def retry(self, **options: Any) -> None:
        if not options["delivery"] and not options["all"]:
            raise CommandError("Name the deliveries, or say --all.")
        changed = 0
        for _, deliveries in self._deliveries(options):
            dead = deliveries.filter(state=DeliveryState.DEAD)
            chosen = dead if options["all"] else dead.filter(pk__in=options["delivery"])
            changed += chosen.update(state=DeliveryState.PENDING, attempts=0, due_at=timezone.now())
        self._say(changed, "to be tried again")

    def replay(self, **options: Any) -> None:
        if not options["delivery"]:
            raise CommandError("Name the deliveries to replay.")
        changed = 0
        for alias, deliveries in self._deliveries(options):
            for delivery in deliveries.filter(pk__in=options["delivery"]).select_related("event"):
                subscription = find(delivery.event.type_id, delivery.consumer)
                if subscription is None:
                    raise CommandError(f"No code answers to {delivery.consumer} any more.")
                with transaction.atomic(using=alias):
                    InboxEntry.objects.using(subscription.database()).filter(
                        consumer=delivery.consumer, event_uid=delivery.event.uid
                    ).delete()
                    delivery.state, delivery.attempts, delivery.due_at = DeliveryState.PENDING, 0, timezone.now()
                    delivery.save()
                changed += 1
        self._say(changed, "to be delivered once more")

    def purge(self, **options: Any) -> None:
        age = timedelta(days=options["older_than"])
        for alias, deliveries in self._deliveries(options):
            if options["dead"]:
                self._say(deliveries.filter(state=DeliveryState.DEAD).delete()[0], f"dead, given up for good ({alias})")
            self.stdout.write(f"{alias}: forgot {forget_events(alias, older_than=age)}")

    def _deliveries(self, options: dict[str, Any]) -> Iterator[tuple[str, QuerySet[Delivery]]]:
        for alias in module_aliases():
            if options["database"] in (None, alias):
                yield alias, Delivery.objects.using(alias).all()

    def _say(self, count: int, what: str) -> None:
        self.stdout.write(f"{count} {'delivery' if count == 1 else 'deliveries'} {what}")


def line(delivery: Delivery) -> str:
    """One delivery in one line."""
    return (
        f"  {delivery.pk:>6}  {delivery.state:<8} {delivery.event.type_id:<40} → {delivery.consumer:<44} "
        f"{delivery.aggregate:<24} attempts {delivery.attempts}, due {delivery.due_at:%Y-%m-%d %H:%M:%S}"
    )
