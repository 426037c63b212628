"""What the registry costs, and what DTOs cost over bare ORM rows."""

from datetime import date

import pytest
from django.conf import settings as django_settings

from contracts.base import Audience, PageRequest
from contracts.leaves import LeaveRef, LeavesService
from kernel.registry import services
from kernel.rpc.local import bind_local
from modules.leaves import queries
from modules.leaves.models import StudentLeave
from tests import actors
from tests.benchmarks.timing import median_times, report

pytestmark = [pytest.mark.benchmark, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _hundred_requests(settings: object) -> None:
    assert django_settings.DEBUG is False
    day = date(2026, 3, 2)
    StudentLeave.objects.bulk_create(
        StudentLeave(pk=n, student_id=n, first_day=day, last_day=day, reason="Trip") for n in range(1, 101)
    )


def test_a_call_through_the_registry_costs_hardly_more_than_the_method_itself() -> None:
    bare = services.provider(LeavesService)
    bound = bind_local(LeavesService, bare, strict=False)
    one = LeaveRef(audience=Audience.STUDENT, id=1)
    hundred = PageRequest(size=100)
    hod = actors.hod()
    for rows, direct, through in (
        (1, lambda: bare.get(actor=hod, leave=one), lambda: bound.get(actor=hod, leave=one)),
        (
            100,
            lambda: bare.requests(actor=hod, audience=Audience.STUDENT, page=hundred),
            lambda: bound.requests(actor=hod, audience=Audience.STUDENT, page=hundred),
        ),
    ):
        times = median_times({"direct": direct, "through": through}, rounds=200, calls=5)
        detail = f"direct {times['direct'] * 1e6:.0f} µs"
        report(f"registry against the bare method, {rows} rows", times["through"] / times["direct"], 1.05, detail)


@pytest.mark.parametrize("rows", [1, 100])
def test_rows_as_dtos_cost_little_more_than_bare_rows(rows: int) -> None:
    times = median_times(
        {
            "orm": lambda: list(StudentLeave.objects.order_by("pk")[:rows]),
            "dto": lambda: queries.build(StudentLeave.objects.order_by("pk")[:rows]),
        },
        rounds=200,
        calls=5,
    )
    detail = f"bare query {times['orm'] * 1e6:.0f} µs"
    report(f"query to DTOs against the bare query, {rows} rows", times["dto"] / times["orm"], 1.3, detail)
