"""A month of a legacy in use, followed day by day, ends where one move of the last day ends."""

import shutil
from pathlib import Path

import pytest
from django.db import transaction

from kernel.context import running
from kernel.totals import RunningTotal, derived_models
from modules.finance.ledger.checking import problems
from tests.legacy.history import DAYS, Days
from tests.legacy.killing import state
from tests.legacy.moving import move

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_thirty_days_of_deltas_end_where_one_move_of_the_last_day_ends(school: Path, tmp_path: Path) -> None:
    last_day = Path(shutil.copy(school, tmp_path / "last-day.sqlite3"))
    days = Days(last_day, seed=7)
    for day in range(DAYS):
        days.pass_one(day)
    before = transaction.savepoint()
    assert move(last_day)["succeeded"]
    expected = state()
    transaction.savepoint_rollback(before)

    days = Days(school, seed=7)
    deleted = 0
    for day in range(DAYS):
        report = move(school)
        assert report["succeeded"], day
        assert "Conflicts" not in report["verdict"], day
        deleted += sum(table["removed"] for table in report["tables"])
        days.pass_one(day)
    assert move(school)["succeeded"]
    assert deleted > 20
    assert state() == expected
    with running("finance"):
        assert list(problems()) == []
    for model in derived_models():
        if issubclass(model, RunningTotal):
            assert not model.differences(), model
