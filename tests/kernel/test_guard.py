"""The guard: planted crossings of a border are caught, whatever way the SQL took."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection, transaction
from pytest_django import Settings

from kernel import guard
from kernel.context import running
from kernel.guard import BoundaryCrossed
from modules.leaves.models import LeaveTotal, StudentLeave

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _pretend_the_audit_log_belongs_to_finance(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that two owners exist whichever modules run here."""
    owners = dict(guard.table_owners()) | {"kernel_auditentry": "finance"}
    monkeypatch.setattr(guard, "table_owners", lambda: owners)
    guard.touched.cache_clear()
    yield
    guard.touched.cache_clear()


def test_a_module_may_use_its_own_tables() -> None:
    with running("leaves"):
        assert StudentLeave.objects.count() == 0


@pytest.mark.parametrize("stranger", ["finance", "portal"])
def test_a_module_or_the_portal_that_reaches_for_anothers_table_is_caught(stranger: str) -> None:
    with running(stranger), pytest.raises(BoundaryCrossed, match=f"{stranger} touches tables of leaves"):
        StudentLeave.objects.count()


def test_reaching_it_through_get_model_is_caught() -> None:
    with running("finance"), pytest.raises(BoundaryCrossed):
        apps.get_model("leaves", "StudentLeave").objects.count()


def test_reaching_it_through_raw_sql_is_caught() -> None:
    with running("finance"), connection.cursor() as cursor, pytest.raises(BoundaryCrossed):
        cursor.execute("select count(*) from leaves_studentleave")


def test_a_join_across_modules_is_caught_even_where_no_module_runs() -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(BoundaryCrossed, match="one statement touches tables of finance and leaves"),
    ):
        cursor.execute("select 1 from leaves_studentleave s join kernel_auditentry a on a.id = s.id")


def test_a_transaction_that_writes_to_two_modules_is_caught() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        LeaveTotal.add({"x": 1})
        with pytest.raises(BoundaryCrossed, match="one transaction writes to finance and leaves"):
            cursor.execute("delete from kernel_auditentry")


def test_two_transactions_one_after_the_other_are_fine() -> None:
    with transaction.atomic():
        LeaveTotal.add({"x": 1})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from kernel_auditentry")


def test_in_production_a_crossing_is_logged_and_not_stopped(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.GUARD = "log"
    with running("finance"):
        assert StudentLeave.objects.count() == 0
    assert "boundary_crossed" in caplog.text


def test_values_are_not_mistaken_for_tables() -> None:
    with running("finance"), connection.cursor() as cursor:
        cursor.execute("select %s", ["leaves_studentleave"])
