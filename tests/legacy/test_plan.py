"""Rows that are converted all at once come out as those that are converted one by one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_legacy import attendance
from migrations_legacy.errors import Unplaceable
from migrations_legacy.plan import Plan
from migrations_legacy.prepared import Prepared, PreparedColumns
from migrations_legacy.sources.base import Row, Rows
from migrations_legacy.target import TargetTable

MARKS = attendance.CONTEXT.tables[1]
ORDINARY: dict[str, object] = {
    "id": 1,
    "attendance_id_id": 3,
    "student_id_id": 7,
    "status": 1,
    "created_at": "2024-09-02 08:30:00",
    "updated_at": "2024-09-02 08:30:00.25",
}

marks = st.fixed_dictionaries(
    {
        "id": st.integers(-5, 5) | st.sampled_from(["8", 2**40]),
        "attendance_id_id": st.sampled_from([3, 4, 3, 4, 9, None]),
        "student_id_id": st.sampled_from([7, 8, 7, 8, 7, 8, "7"]),
        "status": st.sampled_from([0, 1, True, "yes", "perhaps", None]),
        "created_at": st.sampled_from(["2024-09-02 08:30:00", "2024-09-02", "yesterday", None]),
        "updated_at": st.just("2024-09-02T08:30:00Z"),
    }
)


def plan(remarks: list[str], repeated: frozenset[tuple[object, ...]] = frozenset()) -> Plan:
    return Plan(
        MARKS,
        steps=TargetTable(MARKS).storing(),
        placed={"attendance": {3, 4}, "students": {7, 8}},
        repeated=repeated,
        note=lambda row, text, rule: remarks.append(text),
    )


def table(rows: Sequence[Row]) -> Rows:
    return Rows.of(tuple(ORDINARY), rows)


def one_by_one_of(columns: PreparedColumns) -> list[Prepared]:
    return [columns.row(place) for place in range(len(columns.keys))]


@given(rows=st.lists(marks, min_size=1, max_size=6))
def test_all_at_once_gives_what_each_by_itself_gives_or_leaves_it_to_that(rows: Sequence[Row]) -> None:
    groups = [(row["attendance_id_id"], row["student_id_id"]) for row in rows]
    repeated = frozenset(group for group in groups if groups.count(group) > 1)
    remarks: list[str] = []
    together = plan(remarks, repeated).prepare_all(table(rows))
    assert remarks == []
    one_by_one = plan(remarks, repeated)
    try:
        each = [one_by_one.prepare(row) for row in rows]
    except Unplaceable:
        assert together is None
    else:
        assert (None if together is None else one_by_one_of(together)) == (None if remarks else each)


def test_ordinary_rows_are_converted_at_once_and_duplicates_numbered() -> None:
    rows = [ORDINARY, ORDINARY | {"id": 2}, ORDINARY | {"id": 3, "student_id_id": 8}]
    prepared = plan([], frozenset({(3, 7)})).prepare_all(table(rows))
    assert prepared is not None
    assert prepared.numbers == [0, 1, 0]
    assert list(prepared.keys) == [1, 2, 3]


@pytest.mark.parametrize("odd", [{"status": "perhaps"}, {"attendance_id_id": 9}, {"created_at": None}])
def test_one_odd_row_sends_all_of_them_the_long_way(odd: dict[str, object]) -> None:
    assert plan([]).prepare_all(table([ORDINARY, ORDINARY | odd])) is None
