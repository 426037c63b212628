from collections.abc import Callable, Iterator
from datetime import date

import pytest

from contracts.academics import AcademicsService, Course, SessionYear
from contracts.base import Event
from kernel.databases import atomic
from kernel.events import publish
from kernel.models import OutboxEvent
from kernel.registry import services
from tests import actors
from tests.modules.academics.fakes import other_modules


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    with other_modules():
        yield


@pytest.fixture
def academics() -> AcademicsService:
    return services.get(AcademicsService)


@pytest.fixture
def physics(academics: AcademicsService) -> Course:
    return academics.add_course(actor=actors.hod(), name="Physics")


@pytest.fixture
def music(academics: AcademicsService) -> Course:
    return academics.add_course(actor=actors.hod(), name="Music")


@pytest.fixture
def year(academics: AcademicsService) -> SessionYear:
    return academics.add_session_year(actor=actors.hod(), first_day=date(2025, 6, 1), last_day=date(2026, 5, 31))


@pytest.fixture
def published() -> Callable[[], list[str]]:
    """The names of the events published so far."""
    return lambda: list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))


@pytest.fixture
def tell(deliver: Callable[[], int]) -> Callable[[Event], None]:
    """Publish an event of another module, as it would, and deliver it."""

    def publish_and_deliver(event: Event) -> None:
        with atomic(event.module()):
            publish(event)
        deliver()

    return publish_and_deliver
