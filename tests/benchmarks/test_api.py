"""The ten operations of the API that programs ask for most cost the same in a large school as in a small one."""

from pathlib import Path

import pytest

from tests.benchmarks.schools import measured, table

pytestmark = pytest.mark.benchmark


def test_operations_take_as_many_statements_in_a_large_school_as_in_a_small_one(tmp_path: Path) -> None:
    schools = measured("tests.benchmarks.api", tmp_path)
    print(f"\n{table(schools)}\n")
    first, *others = schools.values()
    for operation, measures in first.items():
        for other in others:
            assert other[operation]["statements"] == measures["statements"], operation
