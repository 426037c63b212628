from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contracts.academics import AcademicsService
from contracts.attendance import AttendanceService
from contracts.base import Event
from contracts.leaves import Absence, LeaveApproved, LeaveCancelled, LeavesService, LeaveStatus
from kernel.databases import atomic
from kernel.events import publish
from kernel.models import OutboxEvent
from kernel.registry import services
from tests.modules.attendance.fakes import MADE, FakeAcademics, FakeLeaves


@pytest.fixture(autouse=True)
def academics() -> Iterator[FakeAcademics]:
    fake = FakeAcademics()
    with services.override(AcademicsService, fake):
        yield fake


@pytest.fixture(autouse=True)
def leaves() -> Iterator[FakeLeaves]:
    fake = FakeLeaves()
    with services.override(LeavesService, fake):
        yield fake


@pytest.fixture
def attendance() -> AttendanceService:
    return services.get(AttendanceService)


class Leaves:
    """The HOD's decisions on leave, as attendance hears of them."""

    def __init__(self, fake: FakeLeaves, deliver: Callable[[], int]) -> None:
        self.fake, self.deliver = fake, deliver

    def approve(self, absence: Absence) -> None:
        self.fake.approved.append(absence)
        self._tell(LeaveApproved(**self._facts(absence), note="", reason=absence.reason))

    def cancel(self, absence: Absence, *, was: LeaveStatus = LeaveStatus.APPROVED) -> None:
        if was is LeaveStatus.APPROVED:
            self.fake.approved.remove(absence)
        self._tell(LeaveCancelled(**self._facts(absence), was=was))

    def _facts(self, absence: Absence) -> dict[str, Any]:
        days = {"first_day": absence.first_day, "last_day": absence.last_day, "written_dates": ""}
        return {"leave": absence.leave, "person": absence.person, "at": MADE} | days

    def _tell(self, event: Event) -> None:
        with atomic("leaves"):
            publish(event)
        self.deliver()


@pytest.fixture
def decisions(leaves: FakeLeaves, deliver: Callable[[], int]) -> Leaves:
    return Leaves(leaves, deliver)


@pytest.fixture
def recorded() -> Callable[[], list[dict[str, Any]]]:
    """The events that attendance published so far."""

    def read() -> list[dict[str, Any]]:
        rows = OutboxEvent.objects.filter(type_id="attendance.recorded.v1").order_by("id")
        return list(rows.values_list("body", flat=True))

    return read
