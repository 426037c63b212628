"""Schools of the legacy, small to large, after their move: what is measured in them, and how that is shown.

They are made with the legacy's generator; BENCHMARK_DATA=folder keeps them for the next time, and
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

from tests.legacy.samples import generate

ROOT = Path(__file__).resolve().parents[2]
TURNS = 3
SIZES = os.environ.get("BENCHMARK_SIZES", "small,medium,large").split(",")

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


def measured(module: str, into: Path) -> dict[str, Measures]:
    """By size, the medians of what `python -m <module>` prints, in a copy of the school in this folder."""
    folder = Path(os.environ.get("BENCHMARK_DATA", into))
    databases = {size: copied(size, folder, into) for size in SIZES}
    turns: dict[str, list[Measures]] = {size: [] for size in SIZES}
    for _ in range(TURNS):
        for size, database in databases.items():
            turns[size].append(json.loads(run("-m", module, database=database)))
    return {size: medians(taken) for size, taken in turns.items()}
