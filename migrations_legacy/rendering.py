"""A report as text and as a page of its own for people, and as JSON for programs."""

import json
from collections.abc import Iterator
from pathlib import Path

from django.template.loader import render_to_string

from migrations_legacy.report import MediaReport, Report, TableReport

_HEAD = ("table", "target", "read", "written", "unchanged", "quarant.", "skipped", "source sum", "target sum", "")
_SHOWN = 20


def write_report(report: Report, path: Path) -> None:
    """Write a report to a file: JSON or HTML when its name ends in .json or .html, else text."""
    match path.suffix.lower():
        case ".json":
            content = json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n"
        case ".html" | ".htm":
            content = as_html(report)
        case _:
            content = as_text(report) + "\n"
    path.write_text(content, encoding="utf-8")


def as_text(report: Report) -> str:
    """The report for people, ending with the verdict."""
    return "\n".join(_lines(report))


def as_html(report: Report) -> str:
    """The report as a page that needs nothing from elsewhere."""
    tables = report.tables
    figures = [
        ("rows in the source", sum(fate.rows for fate in report.sources)),
        ("written", sum(table.written for table in tables)),
        ("unchanged", sum(table.unchanged for table in tables if table.main)),
        ("deleted", sum(table.removed for table in tables)),
        ("quarantined", sum(table.quarantined.total() for table in tables)),
        ("skipped", sum(table.skipped.total() for table in tables)),
        ("archived as a whole", sum(fate.archived for fate in report.sources)),
        ("conflicts", report.conflicts),
    ]
    # Templates ask a Counter for its entry "items" before its method.
    shown = {"tables": [table.as_dict() for table in tables], "rules": list(_rules(report))}
    return render_to_string("migrations_legacy/report.html", {"report": report, "figures": figures, **shown})


def _rules(report: Report) -> Iterator[tuple[str, str, int]]:
    for table, rules in sorted(report.rules.items()):
        for rule, rows in sorted(rules.items()):
            yield table, rule, rows


def _lines(report: Report) -> Iterator[str]:
    yield f"Source: {report.source}"
    yield ""
    yield from _aligned([_HEAD, *(_figures(table) for table in report.tables)])
    yield ""
    for figures in report.tables:
        yield from _remarks(figures)
    for name, rows in sorted(report.unmapped.items()):
        yield f"{name}: not a table of the legacy; its {rows} rows are archived"
    for name, columns in sorted(report.extra_columns.items()):
        yield f"{name}: archived columns: {', '.join(columns)}"
    for table, rule, rows in _rules(report):
        yield f"{table}: {rows} by the rule “{rule}”"
    for fate in report.sources:
        if not fate.balances:
            wrong = ", ".join(column.name for column in fate.columns if not column.balances) or "rows"
            yield f"{fate.name}: not everything is accounted for: {wrong}"
    if report.sources and report.succeeded:
        number = sum(len(fate.columns) for fate in report.sources)
        yield f"All {len(report.sources)} tables and {number} columns of the source are accounted for."
    for name in report.absent:
        yield f"{name}: nothing in the source"
    if report.media:
        yield from _media(report.media)
    yield from _some("warning", report.warnings)
    yield f"Took {report.seconds:.1f} s."
    yield report.verdict


def _figures(table: TableReport) -> tuple[str, ...]:
    state = "ok" if table.balances and table.agrees else "WRONG"
    return (
        table.source,
        table.target,
        str(table.read),
        str(table.written),
        str(table.unchanged),
        str(table.quarantined.total()),
        str(table.skipped.total()),
        table.source_checksum or "-",
        table.target_checksum or "-",
        state,
    )


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if 2 <= column <= 6 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _remarks(table: TableReport) -> Iterator[str]:
    name = f"{table.source} → {table.target}" if table.target else table.source
    for code, rows in sorted(table.quarantined.items()):
        yield f"{name}: {rows} quarantined, {code}"
    for rule, rows in sorted(table.skipped.items()):
        yield f"{name}: {rows} skipped by the rule “{rule}”"
    if table.edited_here:
        yield f"{name}: {table.edited_here} were changed here since; ours were kept"
    if table.removed_here:
        yield f"{name}: {table.removed_here} were deleted here since and stay deleted"
    if table.merged:
        yield f"{name}: {table.merged} were changed on both sides in different columns; all these changes stand"
    if table.removed:
        yield f"{name}: {table.removed} of earlier runs have no place in the source any more and were deleted"
    for reason, rows in sorted(table.kept.items()):
        yield f"{name}: {rows} kept, {reason}"
    if not table.balances:
        yield f"{name}: the balance fails, {table.counted} rows in the source, {table.read} read"
    if not table.agrees:
        yield f"{name}: source and target differ"


def _media(media: MediaReport) -> Iterator[str]:
    yield f"Media: {media.found} files found, {media.copied} copied, {media.unchanged} were there already."
    yield from _some("not overwritten, other content here", media.different)
    yield from _some("not copied, leads out of the folder or is no plain file", media.refused)
    yield from _some("file missing", media.missing)


def _some(label: str, items: list[str]) -> Iterator[str]:
    for item in items[:_SHOWN]:
        yield f"{label}: {item}"
    if len(items) > _SHOWN:
        yield f"{label}: and {len(items) - _SHOWN} more"
