"""The engine, with sources and mappings made up for the purpose."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session

from migrations_legacy import batches
from migrations_legacy.convert import instant, integer, text
from migrations_legacy.engine import Engine
from migrations_legacy.errors import MappingError
from migrations_legacy.mapping import Context, Duplicates, SkipRule, TableMapping, column, constant, same
from migrations_legacy.models import PlacedBlock, QuarantinedRow
from migrations_legacy.prepared import Values
from migrations_legacy.progress import Silent, Written
from migrations_legacy.report import Report
from migrations_legacy.sources.base import Row, Rows
from migrations_legacy.target import TargetTable
from modules.academics.models import Course
from modules.assessments.models import StudentResult
from tests.legacy.memory import MemorySource

pytestmark = pytest.mark.django_db

STAMP = "2024-09-02 08:30:15.123456"
COURSES = TableMapping(
    source="courses",
    target="academics.Course",
    columns=(*same(integer, "id"), column("name", "course_name", text), *same(instant, "created_at", "updated_at")),
)


def course(number: int, name: str = "Optics") -> Row:
    return {"id": number, "course_name": name, "created_at": STAMP, "updated_at": STAMP}


def moved(
    tables: dict[str, Sequence[Row]], *mappings: TableMapping, module: str = "academics", dry_run: bool = False
) -> Report:
    contexts = [Context(module, mappings)]
    return Engine(MemorySource(tables), contexts, progress=Silent(), dry_run=dry_run).run()


def test_batches_never_split_a_block_of_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_ROWS_PER_BATCH", 10)
    rows = [course(number) for number in (*range(995, 1020), *range(5000, 5003))]
    parts = iter([Rows.of(("id",), rows[start : start + 7]) for start in range(0, len(rows), 7)])
    ids = [[int(str(row["id"])) for row in batch] for batch in batches.batches(parts, "id")]
    assert [number for batch in ids for number in batch] == [row["id"] for row in rows]
    blocks = [{number // 1000 for number in batch} for batch in ids]
    assert len(blocks) > 1
    assert all(not one & other for place, one in enumerate(blocks) for other in blocks[place + 1 :])


@pytest.mark.parametrize("ids", [range(1, 60), (1, 10**6, 2**40, 2**62), (-5, 0, 3)])
def test_ids_may_be_dense_sparse_or_strange(ids: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_ROWS_PER_BATCH", 2)
    rows = [course(number) for number in ids]
    assert moved({"courses": rows}, COURSES).succeeded
    assert sorted(Course.objects.values_list("pk", flat=True)) == sorted(ids)
    again = moved({"courses": rows}, COURSES)
    assert not again.changed
    assert again.succeeded


def test_rows_may_have_text_for_a_key() -> None:
    sessions = TableMapping(
        source="django_session",
        target="sessions.Session",
        columns=(*same(text, "session_key", "session_data"), *same(instant, "expire_date")),
        key="session_key",
    )
    rows = [
        {"session_key": f"key{number}", "session_data": "x", "expire_date": "2999-01-01 00:00:00"}
        for number in range(5)
    ]
    assert moved({"django_session": rows}, sessions).succeeded
    assert Session.objects.get(pk="key3").expire_date == datetime(2999, 1, 1, tzinfo=UTC)
    rows[2] = {**rows[2], "session_data": "y"}
    again = moved({"django_session": rows[1:]}, sessions)
    (figures,) = again.tables
    assert (figures.updated, figures.unchanged, figures.gone, figures.removed) == (1, 3, 1, 1)
    assert not Session.objects.filter(pk="key0").exists()
    assert again.succeeded


def test_rows_can_be_left_out_by_a_rule_with_a_name() -> None:
    mapping = TableMapping(
        source="courses",
        target="academics.Course",
        columns=COURSES.columns,
        skips=(SkipRule("without a name", lambda row: not row["course_name"]),),
    )
    report = moved({"courses": [course(1), course(2, "")]}, mapping)
    assert report.tables[0].skipped == {"without a name": 1}
    assert report.tables[0].balances
    assert not QuarantinedRow.objects.exists()


def test_a_number_that_is_taken_here_gives_way_to_the_next_free_one() -> None:
    StudentResult.objects.create(pk=900, student_id=701, subject_id=1, duplicate=0)
    results = TableMapping(
        source="studentresult",
        target="assessments.StudentResult",
        columns=(*same(integer, "id", "student_id", "subject_id"), constant("exam_marks", 1.0)),
        duplicates=Duplicates("duplicate", by=("student_id", "subject_id")),
    )
    rows = [{"id": number, "student_id": 701, "subject_id": 1} for number in (1, 2)]
    assert moved({"studentresult": rows}, results, module="assessments").succeeded
    assert dict(StudentResult.objects.values_list("pk", "duplicate")) == {900: 0, 1: 1, 2: 2}


def test_rows_that_the_target_does_not_hold_as_written_are_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = TargetTable.read_range

    def forgetful(self: TargetTable, *borders: int, lock: bool = False) -> list[Values]:
        return reading(self, *borders, lock=lock)[1:]

    monkeypatch.setattr(TargetTable, "read_range", forgetful)
    report = moved({"courses": [course(1), course(2)]}, COURSES)
    assert not report.succeeded
    assert "courses" in report.verdict
    assert not Course.objects.exists()
    assert not PlacedBlock.objects.exists()


@pytest.mark.parametrize(
    ("description", "mapping", "complaint"),
    [
        (
            "no such model",
            TableMapping("courses", "academics.Lesson", COURSES.columns),
            "there is no model academics.Lesson",
        ),
        (
            "no such field",
            TableMapping("courses", "academics.Course", (*COURSES.columns, constant("colour", "red"))),
            "has no field colour",
        ),
        (
            "no such column",
            TableMapping("courses", "academics.Course", (*same(integer, "id"), column("name", "title", text))),
            "has no column title",
        ),
        (
            "the key is not filled",
            TableMapping("courses", "academics.Course", COURSES.columns[1:]),
            "does not fill id",
        ),
        (
            "a field without default is not filled",
            TableMapping("courses", "academics.SessionYear", COURSES.columns[:1]),
            "first_day has no default",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_before_anything_is_written(
    description: str, mapping: TableMapping, complaint: str
) -> None:
    with pytest.raises(MappingError, match=complaint):
        moved({"courses": [course(1)]}, COURSES, mapping)
    assert not Course.objects.exists(), description


def test_progress_is_one_line_a_table_and_redrawn_only_on_a_terminal() -> None:
    written: list[str] = []
    for in_place in (False, True):
        progress = Written(written.append, in_place=in_place)
        progress.start("students", 10)
        progress._drawn -= 1
        progress.advance(5)
        progress.finish("5 written")
    file_lines, terminal_lines = written[:1], written[1:]
    assert file_lines[0].startswith("students: 10 rows, 5 written")
    assert terminal_lines[0].startswith("\r\x1b[Kstudents: 50 %, 5 of 10 rows")
    assert terminal_lines[1].startswith("\r\x1b[Kstudents: 10 rows")
