"""Pages cost the same in a large school as in a small one.

Makes the samples with the legacy's generator and moves them in; BENCHMARK_DATA=folder keeps them for the next time, and
BENCHMARK_SIZES=small,medium leaves the large one out.
"""

import json
import os
import sqlite3
import statistics
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from modules.attendance.rules import BANDS
from tests.legacy.samples import generate

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).resolve().parents[2]
TURNS = 3
SIZES = os.environ.get("BENCHMARK_SIZES", "small,medium,large").split(",")

BAND_TOTALS = 2 * len(BANDS)
"""Saving attendance counts students anew in the bands that they leave or enter, of the school and of the subject: a
statement for each band, however large the class.
"""

Measures = dict[str, dict[str, float]]


def environment(database: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": "local",
        "SECRET_KEY": "only-for-benchmarks-" + "x" * 30,
        "DATABASE_URL": f"sqlite:///{database}",
        "MEDIA_ROOT": str(database.parent / "media-moved"),
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "GUARD": "log",
    }


def run(*arguments: str, database: Path) -> str:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(database), check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def moved_in(size: str, folder: Path) -> Path:
    """The database of a legacy school of this size, after the move."""
    home = folder / size
    database = home / "school.sqlite3"
    if not (home / "complete").exists():
        home.mkdir(parents=True, exist_ok=True)
        generate(size, home)
        run("manage.py", "migrate", "--verbosity", "0", database=database)
        run("manage.py", "migrate_legacy", str(home / "db.sqlite3"), "--media", str(home / "media"), database=database)
        (home / "complete").touch()
    return database


def copied(size: str, folder: Path, into: Path) -> Path:
    """A copy to measure in, since saving changes it; a kept database may be older than the newest migration."""
    copy = into / f"{size}.sqlite3"
    with closing(sqlite3.connect(moved_in(size, folder))) as kept, closing(sqlite3.connect(copy)) as target:
        kept.backup(target)
    run("manage.py", "migrate", "--verbosity", "0", database=copy)
    return copy


def medians(turns: list[Measures]) -> Measures:
    """Of each measure of each page, over turns."""
    return {
        path: {name: statistics.median(turn[path][name] for turn in turns) for name in measures}
        for path, measures in turns[0].items()
    }


def table(schools: dict[str, Measures]) -> str:
    """A row for each page. Ratios compare processor time; where the page's length differs, the last that of one row."""
    first, last = (list(schools.values())[side] for side in (0, -1))
    sizes = "/".join(schools)
    columns = ("page", f"statements {sizes}", f"p50 ms {sizes}", f"of processor ms {sizes}", "ratio")
    lines = [f"| {' | '.join((*columns, f'rows {sizes}', 'ratio per row'))} |", "|---" * 7 + "|"]
    for path in first:
        found = [school[path] for school in schools.values()]
        ratio = last[path]["worked"] / first[path]["worked"]
        longer = last[path]["rows"] / first[path]["rows"] if first[path]["rows"] else 1
        cells = (
            path,
            " / ".join(f"{one['statements']:.0f}" for one in found),
            " / ".join(f"{one['elapsed']:.1f}" for one in found),
            " / ".join(f"{one['worked']:.1f}" for one in found),
            f"{ratio:.2f}",
            " / ".join(f"{one['rows']:.0f}" for one in found),
            f"{ratio / longer:.2f}" if longer != 1 else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def test_pages_take_as_many_statements_in_a_large_school_as_in_a_small_one(tmp_path: Path) -> None:
    folder = Path(os.environ.get("BENCHMARK_DATA", tmp_path))
    databases = {size: copied(size, folder, tmp_path) for size in SIZES}
    turns: dict[str, list[Measures]] = {size: [] for size in SIZES}
    for _ in range(TURNS):
        for size, database in databases.items():
            turns[size].append(json.loads(run("-m", "tests.benchmarks.pages", database=database)))
    schools = {size: medians(taken) for size, taken in turns.items()}
    print(f"\n{table(schools)}\n")

    first, *others = schools.values()
    for path, measures in first.items():
        changing = BAND_TOTALS if path == "/save_attendance_data/" else 0
        for other in others:
            assert abs(other[path]["statements"] - measures["statements"]) <= changing, path
