"""Running the command in tests, and looking at what came of it."""

import json
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from migrations_legacy.models import MoveRun, QuarantinedRow

_numbers = count()


def move(*sources: Path, **options: Any) -> dict[str, Any]:
    """Run the command; gives its report."""
    return move_from(*map(str, sources), folder=sources[0].parent, **options)


def move_from(*sources: str, folder: Path, **options: Any) -> dict[str, Any]:
    """The same, for sources that are no files; the report is written into the folder."""
    report = folder / f"report-{next(_numbers)}.json"
    call_command("migrate_legacy", *sources, report=report, verbosity=0, **options)
    content: dict[str, Any] = json.loads(report.read_text())
    return content


def table(report: dict[str, Any], source: str, target: str = "") -> dict[str, Any]:
    found = [t for t in report["tables"] if t["source"] == source and (t["target"] == target if target else t["main"])]
    assert len(found) == 1
    line: dict[str, Any] = found[0]
    return line


def reasons(source: str) -> dict[str, str]:
    """Key → code of a table's quarantined rows."""
    return dict(QuarantinedRow.objects.filter(source=source).values_list("key", "code"))


def execute(school: Path, statement: str, *params: object) -> None:
    """What somebody does in the legacy."""
    legacy = sqlite3.connect(school)
    with legacy:
        legacy.execute(statement, params)
    legacy.close()


def everything() -> dict[str, int]:
    """How many rows each table holds; besides the list of runs."""
    tables = [
        name
        for name in connection.introspection.table_names()
        if not name.startswith("django_") and name != MoveRun._meta.db_table
    ]
    with connection.cursor() as cursor:
        counts = {}
        for name in tables:
            cursor.execute(f'SELECT COUNT(*) FROM "{name}"')
            counts[name] = cursor.fetchone()[0]
    return counts
