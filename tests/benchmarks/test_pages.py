"""Pages cost the same in a large school as in a small one.

Makes the samples with the legacy's generator and moves them in; BENCHMARK_DATA=folder keeps them for the next time.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.timing import report
from tests.legacy.samples import generate

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).resolve().parents[2]
HOD, TEACHER, STUDENT = 2, 10, 31
TURNS = 3
PAGES = {
    HOD: [
        *("/admin_home/", "/manage_student/", "/manage_staff/", "/manage_subject/", "/manage_passwords/"),
        *("/student_leave_view/", "/student_feedback_message/"),
        "/admin_view_attendance/?subject=1&session_year=3",
    ],
    TEACHER: [
        *("/staff_home/", "/manage_fines/", "/add_fine/", "/manage_assignments/", "/view_assignment_submissions/1/"),
        "/staff_take_attendance/?subject=1&session_year=3&attendance_date=2025-10-17",
    ],
    STUDENT: [
        *("/student_home/", "/student_view_attendance/", "/student_view_result/", "/student/assignments/", "/inbox/"),
    ],
}


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


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("BENCHMARK_DATA")
    return Path(kept) if kept else tmp_path_factory.mktemp("schools")


@pytest.mark.parametrize("size", ["medium", "large"])
def test_pages_are_as_quick_as_in_a_small_school(folder: Path, size: str) -> None:
    small, other = moved_in("small", folder), moved_in(size, folder)
    for user_id, paths in PAGES.items():
        arguments = ("-m", "tests.benchmarks.pages", str(user_id), *paths)
        turns = [[json.loads(run(*arguments, database=database)) for database in (small, other)] for _ in range(TURNS)]
        for path in paths:
            before, after = (statistics.median(turn[side][path] for turn in turns) for side in (0, 1))
            report(f"{path} {size} against small", after / before, 1.5, f"p50 {before:.1f} ms → {after:.1f} ms")
