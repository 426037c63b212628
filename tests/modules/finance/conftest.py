"""Finance through its contract, with invented students and the sandbox as payment provider."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from contracts.finance import FinanceService, Fine
from contracts.users import UsersService
from kernel.models import OutboxEvent
from kernel.registry import services
from tests import actors
from tests.modules.finance.fakes import FakeUsers
from tests.modules.finance.sandbox import Sandbox, in_use, serving

NEXT_WEEK = timedelta(days=7)


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    with serving() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server: Sandbox, settings: Settings) -> Sandbox:
    """The provider in use."""
    return in_use(sandbox_server, settings)


@pytest.fixture(autouse=True)
def users() -> Iterator[UsersService]:
    with services.override(UsersService, FakeUsers()) as fake:
        yield fake


@pytest.fixture
def finance(db: None) -> FinanceService:
    return services.get(FinanceService)


@pytest.fixture
def issue(finance: FinanceService) -> Callable[..., Fine]:
    """Issue a fine; the rest has defaults."""

    def issue(amount: str = "120.50", *, student_id: int = 701, due: date | None = None, reason: str = "Late") -> Fine:
        return finance.issue_fine(
            actor=actors.teacher(),
            student_id=student_id,
            amount=Decimal(amount),
            reason=reason,
            due_date=due or timezone.localdate() + NEXT_WEEK,
        )

    return issue


@pytest.fixture
def published() -> Callable[[], list[str]]:
    """Names of the events so far."""
    return lambda: list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))
