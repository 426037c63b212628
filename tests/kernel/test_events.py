"""Events: stored with the change, delivered at least once to each consumer in order, taking effect exactly once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contracts.base import Event
from kernel import context
from kernel.events import Effect, publish, subscriptions
from kernel.events.outbox import PublishedByStranger, PublishedOutsideTransaction
from kernel.events.parcels import MAX_ATTEMPTS, pause_after
from kernel.events.relay import Relay
from kernel.models import Delivery, DeliveryState, InboxEntry, OutboxEvent
from modules.leaves.models import LeaveTotal


class Probed(Event, name="probe.happened", version=1):
    """An event of these tests, which nothing else listens to."""

    number: int

    def aggregate(self) -> str:
        return f"probe:{self.number}"


Handler = Callable[[Probed, Effect], None]


def publish_now(number: int = 1) -> None:
    with transaction.atomic():
        publish(Probed(number=number))


@contextmanager
def consumer(name: str, handler: Handler) -> Iterator[None]:
    """A consumer of the module leaves for the length of a test."""
    subscription = subscriptions.Subscription(f"leaves.{name}", "leaves", Probed, handler)
    subscriptions.add(subscription)
    try:
        yield
    finally:
        subscriptions.remove(subscription)


def count_effect(name: str) -> Handler:
    """A handler whose effect is one more in a running total."""

    def handle(event: Probed, effect: Effect) -> None:
        with effect.once():
            LeaveTotal.add({name: 1})

    return handle


def effects(name: str) -> int:
    return LeaveTotal.read([name])[name]


def states(name: str) -> list[str]:
    return list(Delivery.objects.filter(consumer=f"leaves.{name}").order_by("pk").values_list("state", flat=True))


def make_due() -> None:
    Delivery.objects.exclude(state=DeliveryState.DONE).update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_an_event_cannot_be_published_outside_the_transaction_of_its_change() -> None:
    with pytest.raises(PublishedOutsideTransaction):
        publish(Probed(number=1))


@pytest.mark.django_db
def test_a_module_cannot_publish_an_event_of_another() -> None:
    with context.running("finance"), transaction.atomic(), pytest.raises(PublishedByStranger):
        publish(Probed(number=1))


@pytest.mark.django_db
def test_a_change_that_is_rolled_back_tells_nobody() -> None:
    with consumer("probe", count_effect("x")):
        with transaction.atomic():
            publish(Probed(number=1))
            transaction.set_rollback(True)
        assert Relay().drain() == 0
    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db
def test_every_consumer_has_the_effect_once(deliver: Callable[[], int]) -> None:
    with consumer("one", count_effect("one")), consumer("two", count_effect("two")):
        publish_now()
        deliver()
        deliver()
        assert (effects("one"), effects("two")) == (1, 1)


@pytest.mark.django_db
def test_a_consumer_that_fails_delays_nobody_else_and_is_tried_again(deliver: Callable[[], int]) -> None:
    broken = True

    def fails_at_first(event: Probed, effect: Effect) -> None:
        with effect.once():
            LeaveTotal.add({"failing": 1})
            if broken:
                raise RuntimeError("mail server is down")

    with consumer("failing", fails_at_first), consumer("sound", count_effect("sound")):
        publish_now()
        deliver()
        assert (effects("failing"), effects("sound")) == (0, 1)
        assert "mail server is down" in Delivery.objects.get(consumer="leaves.failing").last_error
        broken = False
        make_due()
        deliver()
        assert (effects("failing"), effects("sound")) == (1, 1)


@pytest.mark.django_db
def test_a_delivery_whose_mark_was_lost_after_the_effect_has_no_second_effect(deliver: Callable[[], int]) -> None:
    with consumer("probe", count_effect("probe")):
        publish_now()
        deliver()
        Delivery.objects.update(state=DeliveryState.CLAIMED, due_at=timezone.now() - timedelta(seconds=1))
        deliver()
        assert effects("probe") == 1
        assert states("probe") == ["done"]


@pytest.mark.django_db
def test_two_relays_at_once_hand_a_delivery_over_once() -> None:
    with consumer("probe", count_effect("probe")):
        publish_now()
        relay = Relay()
        [seen_by_both] = relay._due("default")
        assert relay._claim("default", seen_by_both)
        assert not relay._claim("default", seen_by_both)


@pytest.mark.django_db
def test_a_claim_that_lapsed_is_taken_over() -> None:
    with consumer("probe", count_effect("probe")):
        publish_now()
        [delivery] = Relay()._due("default")
        Relay()._claim("default", delivery)
        assert Relay().drain() == 0
        make_due()
        assert Relay().drain() == 1
        assert effects("probe") == 1


@pytest.mark.django_db
def test_events_of_one_thing_keep_their_order_for_each_consumer() -> None:
    seen: list[int] = []
    broken = True

    def ordered(event: Probed, effect: Effect) -> None:
        if broken and event.number == 1:
            raise RuntimeError("not yet")
        with effect.once():
            seen.append(event.number)

    with consumer("ordered", ordered):
        for number in (1, 1, 2):
            publish_now(number)
        Relay().drain()
        assert seen == [2]
        assert Delivery.objects.filter(consumer="leaves.ordered", attempts=0).count() == 1
        broken = False
        make_due()
        Relay().drain()
        assert seen == [2, 1, 1]


@pytest.mark.django_db
def test_after_the_last_attempt_a_delivery_is_dead_and_can_be_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    broken = True

    def broken_handler(event: Probed, effect: Effect) -> None:
        if broken:
            raise RuntimeError("always")
        with effect.once():
            LeaveTotal.add({"probe": 1})

    with consumer("probe", broken_handler):
        publish_now()
        for _ in range(MAX_ATTEMPTS):
            make_due()
            assert Relay().deliver_due() == 1
        make_due()
        assert Relay().deliver_due() == 0
        call_command("events", "dead")
        assert "RuntimeError: always" in capsys.readouterr().out
        broken = False
        call_command("events", "retry", "--all")
        Relay().drain()
        assert (effects("probe"), states("probe")) == (1, ["done"])


@pytest.mark.django_db
def test_a_replayed_delivery_takes_effect_once_more() -> None:
    with consumer("probe", count_effect("probe")):
        publish_now()
        Relay().drain()
        call_command("events", "replay", str(Delivery.objects.get().pk))
        Relay().drain()
        assert effects("probe") == 2


@pytest.mark.django_db
def test_a_delivery_to_a_consumer_that_no_code_answers_to_is_kept() -> None:
    with consumer("probe", count_effect("probe")):
        publish_now()
    Relay().drain()
    assert states("probe") == ["pending"]
    with pytest.raises(CommandError, match="No code answers"):
        call_command("events", "replay", str(Delivery.objects.get().pk))


@pytest.mark.django_db
def test_purging_forgets_only_what_was_delivered_long_ago(capsys: pytest.CaptureFixture[str]) -> None:
    with consumer("probe", count_effect("probe")):
        publish_now(1)
        Relay().drain()
        long_ago = timezone.now() - timedelta(days=40)
        Delivery.objects.update(done_at=long_ago)
        OutboxEvent.objects.update(published_at=long_ago)
        InboxEntry.objects.update(handled_at=long_ago)
        publish_now(2)
        call_command("events", "purge")
        assert [e.aggregate for e in OutboxEvent.objects.all()] == ["probe:2"]
        assert not InboxEntry.objects.exists()
        call_command("events", "list")
        assert "1 pending" in capsys.readouterr().out


@pytest.mark.django_db
def test_an_event_carries_the_request_that_caused_it_to_its_consumers(deliver: Callable[[], int]) -> None:
    requests: list[str] = []

    def note(event: Probed, effect: Effect) -> None:
        requests.extend([effect.actor.request_id, context.request_id()])

    with consumer("probe", note):
        with structlog.contextvars.bound_contextvars(request_id="req-7"):
            publish_now()
        deliver()
    assert requests == ["req-7", "req-7"]
    assert InboxEntry.objects.filter(consumer="leaves.probe").count() == 1


@given(st.integers(1, 60), st.floats(0, 0.999))
def test_pauses_grow_and_stay_within_an_hour_and_a_half(attempts: int, chance: float) -> None:
    pause = pause_after(attempts, jitter=lambda: chance)
    assert min(2 ** (attempts - 1), 3600) <= pause.total_seconds() <= min(2 ** (attempts - 1), 3600) * 1.5


@pytest.mark.django_db
def test_looking_for_due_deliveries_takes_one_query_per_database(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with consumer("probe", count_effect("probe")):
        for n in range(5):
            publish_now(n)
        with django_assert_num_queries(1):
            assert len(Relay()._due(connection.alias)) == 5
