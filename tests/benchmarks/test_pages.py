"""Pages cost the same in a large school as in a small one."""

from pathlib import Path

import pytest

from modules.attendance.rules import BANDS
from tests.benchmarks.schools import measured, table

pytestmark = pytest.mark.benchmark

BAND_TOTALS = 2 * len(BANDS)
"""Saving attendance counts students anew in the bands that they leave or enter, of the school and of the subject: a
statement for each band, however large the class.
"""


def test_pages_take_as_many_statements_in_a_large_school_as_in_a_small_one(tmp_path: Path) -> None:
    schools = measured("tests.benchmarks.pages", tmp_path)
    print(f"\n{table(schools)}\n")

    first, *others = schools.values()
    for path, measures in first.items():
        changing = BAND_TOTALS if path == "/save_attendance_data/" else 0
        for other in others:
            assert abs(other[path]["statements"] - measures["statements"]) <= changing, path
