"""Events through Celery's queues: each to the queue of its consumer's module, and the news back to its publisher."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from contracts.base import Event
from kernel.events import publish, queues, subscriptions
from kernel.events.parcels import Parcel
from kernel.events.relay import InProcess, Relay
from kernel.models import Delivery
from tests.kernel.test_events import Probed, consumer, count_effect, effects, make_due, publish_now, states

pytestmark = pytest.mark.django_db

Sent = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def sent() -> Iterator[Sent]:
    """What was put into queues: the queue's name and what `apply_async` was given."""
    found: Sent = []

    def note(**options: Any) -> None:
        found.append((options["queue"], options))

    with patch.object(queues.deliver, "apply_async", note), patch.object(queues.take_news, "apply_async", note):
        yield found


@pytest.fixture
def relay() -> Relay:
    return Relay(queues.Queues())


def test_a_delivery_goes_to_the_queue_of_its_consumers_module_and_is_done_when_the_worker_is(
    sent: Sent, relay: Relay, settings: Any
) -> None:
    settings.LOCAL_MODULES = [*settings.LOCAL_MODULES, "probe"]
    with consumer("probe", count_effect("probe")):
        publish_now()
        assert relay.deliver_due() == 1
        assert (effects("probe"), states("probe")) == (0, ["claimed"])
        assert relay.deliver_due() == 0
        [(queue, options)] = sent
        assert queue == "leaves"
        queues.deliver(*options["args"])
        assert (effects("probe"), states("probe")) == (1, ["done"])
        queues.deliver(*options["args"])
        assert effects("probe") == 1


def test_the_publisher_learns_from_the_queue_how_it_went_elsewhere(sent: Sent, relay: Relay) -> None:
    """Nothing of the module "probe" runs here: as if its worker were another process."""
    with consumer("probe", count_effect("probe")):
        publish_now()
        relay.deliver_due()
        queues.deliver(*sent[0][1]["args"])
        assert (effects("probe"), states("probe")) == (1, ["claimed"])
        queue, options = sent[1]
        assert queue == "probe"
        queues.take_news(*options["args"])
        assert states("probe") == ["done"]


def test_a_failure_is_told_and_tried_again(sent: Sent, relay: Relay) -> None:
    def fails(event: Event, effect: object) -> None:
        raise RuntimeError("no luck")

    with consumer("probe", fails):
        publish_now()
        relay.deliver_due()
        queues.deliver(*sent[0][1]["args"])
        queues.take_news(*sent[1][1]["args"])
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.last_error) == ("pending", 1, "RuntimeError: no luck")


def test_a_parcel_that_nobody_took_is_no_attempt_and_its_late_news_do_not_count(sent: Sent, relay: Relay) -> None:
    with consumer("probe", count_effect("probe")):
        publish_now()
        for _ in range(3):
            relay.deliver_due()
            make_due()
        assert Delivery.objects.get().attempts == 1
        relay.deliver_due()
        queues.take_news(sent[0][1]["args"][0], "too late")
        assert states("probe") == ["claimed"]
        queues.take_news(sent[-1][1]["args"][0], "")
        assert states("probe") == ["done"]


def test_without_redis_the_outbox_keeps_everything_as_it_was(relay: Relay) -> None:
    def refuse(**options: Any) -> None:
        raise OperationalError("connection refused")

    with consumer("probe", count_effect("probe")), patch.object(queues.deliver, "apply_async", refuse):
        for number in range(3):
            publish_now(number)
        assert relay.deliver_due() == 0
        assert set(Delivery.objects.values_list("state", "attempts")) == {("pending", 0)}


def test_no_more_is_put_into_the_queues_than_can_be_taken_in_time(
    sent: Sent, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "ON_THE_WAY", 2)
    with consumer("probe", count_effect("probe")):
        for number in range(5):
            publish_now(number)
        assert relay.drain() == 2
        assert relay.carrier.full, "the thread looks again soon, since nobody wakes it when there is room"
        queues.take_news(sent[0][1]["args"][0], "")
        assert relay.drain() == 1
        queues.take_news(sent[1][1]["args"][0], "")
        queues.take_news(sent[2][1]["args"][0], "")
        assert relay.drain() == 2
        queues.take_news(sent[3][1]["args"][0], "")
        assert relay.drain() == 0
        assert not relay.carrier.full


def test_a_publisher_knows_consumers_that_run_elsewhere_and_leaves_them_to_the_queues(
    sent: Sent, relay: Relay, settings: Any
) -> None:
    settings.LOCAL_MODULES = [m for m in settings.LOCAL_MODULES if m != "attendance"]
    settings.DIVIDED = True
    settings.CONSUMERS = {Probed.type_id(): ["attendance.follow_leave", "leaves.not_in_this_version"]}
    with consumer("probe", count_effect("probe")):
        assert subscriptions.consumers_of(Probed.type_id()) == ["leaves.probe", "attendance.follow_leave"]
        with transaction.atomic():
            publish(Probed(number=1))
        assert Relay(InProcess()).drain() == 1
        assert Delivery.objects.get(consumer="attendance.follow_leave").state == "pending"
        assert relay.drain() == 1
        [(queue, options)] = sent
        assert queue == "attendance"
        assert Parcel.model_validate(options["args"][0]).body == {"number": 1}
