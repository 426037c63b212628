"""Rows that are settled a batch at a time come out as those that are looked at one by one."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.models import OriginalValues, PlacedBlock, QuarantinedRow
from migrations_legacy.plan import Plan
from migrations_legacy.target import TargetTable
from modules.attendance.models import AttendanceReport
from modules.users.models import StudentProfile
from tests.legacy.moving import execute, move
from tests.legacy.samples import sample
from tests.legacy.test_mixtures import undone

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]

APP = "student_management_app_"


def content() -> Iterator[tuple[str, Any]]:
    """All that a move wrote, table by table, in its written form."""
    for context in CONTEXTS:
        for mapping in context.tables:
            yield f"{mapping.source} → {mapping.target}", list(TargetTable(mapping).pages())
    blocks = PlacedBlock.objects.order_by("source", "target", "block")
    yield "remembered", list(blocks.values_list("source", "target", "block", "entries", "columns", "seal"))
    originals = OriginalValues.objects.order_by("source", "target", "key")
    yield "originals", list(originals.values_list("source", "target", "key", "columns"))
    held = QuarantinedRow.objects.order_by("source", "target", "key")
    yield "quarantine", list(held.values_list("source", "target", "key", "code", "reason", "row"))


def figures(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: value for name, value in table.items() if name != "seconds"} for table in report["tables"]]


def history(school: Path) -> Iterator[tuple[str, Any]]:
    """A move, changes on both sides, and a second move: what each left."""
    yield "first report", figures(move(school))
    yield from content()
    execute(school, f"UPDATE {APP}attendancereport SET status = 1 - status WHERE id % 7 = 0")
    execute(school, f"UPDATE {APP}attendancereport SET student_id_id = 99999 WHERE id % 11 = 0")
    execute(school, f"DELETE FROM {APP}attendancereport WHERE id % 5 = 0")
    execute(school, f"UPDATE {APP}students SET address = 'Moved' WHERE id % 2 = 0")
    AttendanceReport.objects.filter(pk__in=[7, 13, 26]).update(status="late")
    StudentProfile.objects.filter(pk__lt=705).update(address="Moved here")
    yield "second report", figures(move(school))
    yield from content()


def test_both_ways_leave_the_same_after_a_move_and_after_a_delta(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with undone():
        at_once = list(history(Path(shutil.copy(sample("golden/db.sqlite3"), tmp_path / "at_once.sqlite3"))))
    monkeypatch.setattr(Plan, "prepare_all", lambda *_: None)
    with undone():
        one_by_one = list(history(Path(shutil.copy(sample("golden/db.sqlite3"), tmp_path / "one_by_one.sqlite3"))))
    for (name, here), (_, there) in zip(at_once, one_by_one, strict=True):
        assert here == there, name
