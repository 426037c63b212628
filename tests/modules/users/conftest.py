"""Fixtures: users' own service, with the other modules replaced."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from contracts.users import UsersService
from kernel.models import OutboxEvent
from kernel.registry import services
from tests.modules.users.fakes import FakeAcademics, Referring, the_others


@pytest.fixture(autouse=True)
def fresh_counters() -> Iterator[None]:
    """Failed logins are counted in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def users() -> UsersService:
    return services.get(UsersService)


@pytest.fixture
def others() -> Iterator[tuple[FakeAcademics, Referring]]:
    with the_others() as found:
        yield found


@pytest.fixture
def academics(others: tuple[FakeAcademics, Referring]) -> FakeAcademics:
    return others[0]


@pytest.fixture
def rest(others: tuple[FakeAcademics, Referring]) -> Referring:
    """Stands for the modules besides academics."""
    return others[1]


@pytest.fixture
def published(db: None) -> "Published":
    return Published()


class Published:
    """What was published since the fixture was made."""

    def __init__(self) -> None:
        self.after = OutboxEvent.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def __call__(self) -> list[str]:
        rows = OutboxEvent.objects.filter(id__gt=self.after).order_by("id")
        return [name.removeprefix("users.") for name in rows.values_list("type_id", flat=True)]
