from collections.abc import Callable, Iterator

import pytest

from contracts.base import Event
from contracts.notifications import NotificationsService
from kernel.databases import atomic
from kernel.events import publish
from kernel.events.relay import Relay
from kernel.models import Delivery, DeliveryState, InboxEntry
from kernel.registry import services
from tests.modules.notifications.fakes import school


@pytest.fixture(autouse=True)
def known_school() -> Iterator[None]:
    with school():
        yield


@pytest.fixture
def notifications() -> NotificationsService:
    return services.get(NotificationsService)


@pytest.fixture
def tell(db: None) -> Callable[[Event], None]:
    """Publish an event of another module, as it would, and deliver it with all that follows from it."""

    def publish_and_deliver(event: Event) -> None:
        with atomic(event.module()):
            publish(event)
        Relay().drain()

    return publish_and_deliver


@pytest.fixture
def replay(db: None) -> Callable[..., None]:
    """Deliver everything once more, as after a crash before the deliveries were marked as done.

    With `forgotten` also the notes are gone that the effects happened, as when they are purged after a while.
    """

    def deliver_again(*, forgotten: bool = False) -> None:
        Delivery.objects.update(state=DeliveryState.PENDING, attempts=0)
        if forgotten:
            InboxEntry.objects.all().delete()
        Relay().drain()

    return deliver_again
