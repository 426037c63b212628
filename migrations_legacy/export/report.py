"""What an export wrote, changed by a rule, and could not write."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SHOWN = 20


@dataclass
class TableFigures:
    """One table of the legacy."""

    source: str
    written: int = 0
    restored: int = 0
    """Part of `written`: rows that had no place here, and that the quarantine or the archive kept."""
    changed: Counter[str] = field(default_factory=Counter)
    """Rule that changed a value → rows."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Reason why a row has no place there → rows."""


@dataclass
class ExportReport:
    """A whole export."""

    target: str
    tables: list[TableFigures] = field(default_factory=list)
    without_place: dict[str, int] = field(default_factory=dict)
    """Model, or model and field, that the legacy does not know → rows with something in it."""
    new_passwords: list[str] = field(default_factory=list)
    """Accounts whose password the legacy cannot check: it has to be given anew."""
    dangling: dict[str, int] = field(default_factory=dict)
    """Table and the table it refers to → rows that refer to nothing; as a rule the legacy had them itself."""
    files: Counter[str] = field(default_factory=Counter)
    """copied, unchanged, missing, different → files."""
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def figures(self, source: str) -> TableFigures:
        """The figures of a table, new ones at the first time."""
        for figures in self.tables:
            if figures.source == source:
                return figures
        self.tables.append(TableFigures(source))
        return self.tables[-1]

    @property
    def verdict(self) -> str:
        """One sentence."""
        rows = sum(table.written for table in self.tables)
        return f"{rows} rows written to {self.target} in {self.seconds:.1f} s."

    def as_dict(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "verdict": self.verdict,
            "tables": [
                {
                    "source": table.source,
                    "written": table.written,
                    "restored": table.restored,
                    "changed_by_rule": dict(sorted(table.changed.items())),
                    "left_out": dict(sorted(table.left_out.items())),
                }
                for table in self.tables
            ],
            "without_place": self.without_place,
            "new_passwords": self.new_passwords,
            "dangling": self.dangling,
            "files": dict(self.files),
            "warnings": self.warnings,
            "seconds": round(self.seconds, 3),
        }


def as_text(report: ExportReport) -> str:
    """The report for people, ending with the verdict."""
    return "\n".join(_lines(report))


def write_report(report: ExportReport, path: Path) -> None:
    """Write a report to a file: JSON when its name ends in .json, else text."""
    if path.suffix.lower() == ".json":
        content = json.dumps(report.as_dict(), indent=2, ensure_ascii=False) + "\n"
    else:
        content = as_text(report) + "\n"
    path.write_text(content, encoding="utf-8")


def _lines(report: ExportReport) -> Iterator[str]:
    for table in report.tables:
        kept = f", {table.restored} of them kept aside until now" if table.restored else ""
        yield f"{table.source}: {table.written} rows{kept}"
        for rule, rows in sorted(table.changed.items()):
            yield f"{table.source}: {rows} changed by the rule “{rule}”"
        for reason, rows in sorted(table.left_out.items()):
            yield f"{table.source}: {rows} left out, {reason}"
    for what, rows in sorted(report.without_place.items()):
        yield f"no place in the legacy: {what}, {rows} rows"
    for what, rows in sorted(report.dangling.items()):
        yield f"refers to nothing: {what}, {rows} rows"
    yield from _some("needs a new password", report.new_passwords)
    for what, files in sorted(report.files.items()):
        yield f"files {what}: {files}"
    yield from _some("warning", report.warnings)
    yield report.verdict


def _some(label: str, items: list[str]) -> Iterator[str]:
    for item in items[:_SHOWN]:
        yield f"{label}: {item}"
    if len(items) > _SHOWN:
        yield f"{label}: and {len(items) - _SHOWN} more; all are in the report file (--report)"
