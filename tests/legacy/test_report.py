"""The report says what happened, and whether it adds up."""

import json
from collections import Counter
from pathlib import Path

import pytest

from migrations_legacy.fates import ARCHIVED, MAPPED, ColumnFate, TableFate
from migrations_legacy.rendering import as_text, write_report
from migrations_legacy.report import MediaReport, Report, TableReport

pytestmark = pytest.mark.sqlite_only


def figures(**changes: object) -> TableReport:
    """A table of ten rows that balances."""
    report = TableReport(
        "users", "students", "users.StudentProfile", counted=10, read=10, inserted=4, updated=1, unchanged=2
    )
    report.quarantined, report.skipped = Counter(missing_reference=2), Counter({"expired": 1})
    report.source_checksum = report.target_checksum = "00ff"
    for name, value in changes.items():
        setattr(report, name, value)
    return report


@pytest.mark.parametrize(
    ("description", "changes", "succeeded"),
    [
        ("all rows are accounted for", {}, True),
        ("a row got lost", {"inserted": 3}, False),
        ("a row was counted twice", {"unchanged": 3}, False),
        ("not all rows were read", {"counted": 11}, False),
        ("the target holds something else", {"target_checksum": "00fe"}, False),
        ("nothing was verified since nothing was written", {"target_checksum": ""}, True),
    ],
)
def test_a_run_succeeds_only_if_the_figures_add_up(
    description: str, changes: dict[str, object], succeeded: bool
) -> None:
    report = Report(source="x", dry_run=False, tables=[figures(), figures(**changes)])
    assert report.succeeded is succeeded, description
    assert ("FAILED" in report.verdict) is not succeeded
    assert ("WRONG" in as_text(report)) is not succeeded


def test_the_verdict_tells_a_repeated_run_from_a_first_one() -> None:
    idle = figures(inserted=0, updated=0, unchanged=7)
    assert "Nothing changed" in Report(source="x", dry_run=False, tables=[idle]).verdict
    assert "10 rows written" in Report(source="x", dry_run=False, tables=[figures(), figures()]).verdict
    assert "nothing was written" in Report(source="x", dry_run=True, tables=[figures()]).verdict


def test_the_text_names_reasons_rules_and_what_was_left_out() -> None:
    report = Report(source="x", dry_run=False, tables=[figures(edited_here=1, gone=3)])
    report.sources = [
        TableFate("library_book", "", ARCHIVED, rows=5, archived=5),
        TableFate("students", "students", MAPPED, columns=[ColumnFate("blood_group", ARCHIVED, filled=2, accounted=2)]),
    ]
    report.media = MediaReport(found=2, copied=1, missing=[f"pic{number}.png" for number in range(30)])
    text = as_text(report)
    for part in ("missing_reference", "“expired”", "library_book", "blood_group", "1 were changed here", "and 10 more"):
        assert part in text
    assert text.endswith(report.verdict)


def test_a_report_is_written_as_json_or_text_by_the_name_of_its_file(tmp_path: Path) -> None:
    report = Report(source="x", dry_run=False, tables=[figures()])
    write_report(report, tmp_path / "report.json")
    write_report(report, tmp_path / "report.txt")
    table = json.loads((tmp_path / "report.json").read_text())["tables"][0]
    assert table["read"] == table["written"] + table["unchanged"] + table["quarantined"] + table["skipped"] == 10
    assert (tmp_path / "report.txt").read_text().strip() == as_text(report)


@pytest.mark.parametrize("suffix", ["json", "txt", "html"])
def test_a_remark_about_any_value_can_be_written(tmp_path: Path, suffix: str) -> None:
    report = Report(source="school.sqlite3", dry_run=False)
    report.note("students", 1, f"{'b' * 10_000_000}\udcff\x00", "a rule")
    report.note("students", 2, "caf\udce9 \x00", "a rule")
    write_report(report, tmp_path / f"report.{suffix}")
    written = (tmp_path / f"report.{suffix}").read_text()
    assert "caf" in written
    assert len(written) < 100_000
