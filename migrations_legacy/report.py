"""What a run did: figures per table, whether they balance, and how they are written down."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migrations_legacy.fates import ARCHIVED, MAPPED, TableFate
from migrations_legacy.keeping import shown

_TOLD = 20
"""Rows of which a remark is told in full; the others are counted."""


class Disagreement(Exception):
    """The figures of a table do not add up; the transaction is rolled back."""


@dataclass
class TableReport:
    """One mapping of one source table."""

    context: str
    source: str
    target: str
    main: bool = True
    counted: int = 0
    """Rows that the source says the table has."""
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    """Reason's code → rows."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Rule's name → rows."""
    edited_here: int = 0
    """Part of `unchanged`: the source did not change, but we did, and ours was kept."""
    removed_here: int = 0
    """Part of `unchanged`: placed by an earlier run and deleted here since."""
    merged: int = 0
    """Rows that both sides changed in different columns; each side's changes stand."""
    gone: int = 0
    """Rows of earlier runs that have no place any more, as a rule because the source no longer has them."""
    removed: int = 0
    """Part of `gone`: deleted here too."""
    kept: Counter[str] = field(default_factory=Counter)
    """Part of `gone`: a conflict, and so kept here; reason → rows."""
    source_checksum: str = ""
    target_checksum: str = ""
    """Empty when nothing was written and so nothing was verified."""
    verified: int = 0
    """Rows that both checksums were taken over."""
    seconds: float = 0.0

    @property
    def written(self) -> int:
        return self.inserted + self.updated

    @property
    def balances(self) -> bool:
        """Every row that was read went somewhere, and every row there was has been read."""
        placed = self.written + self.unchanged
        return self.counted == self.read == placed + self.quarantined.total() + self.skipped.total()

    @property
    def agrees(self) -> bool:
        """Both sides hold the same content."""
        return not self.target_checksum or self.source_checksum == self.target_checksum

    def add_earlier(self, earlier: "TableReport") -> None:
        """Join with what an earlier pass of the same run did; this pass has found that unchanged."""
        self.unchanged -= earlier.written
        self.inserted += earlier.inserted
        self.updated += earlier.updated
        self.merged += earlier.merged
        self.gone += earlier.removed
        self.removed += earlier.removed
        self.seconds += earlier.seconds

    def as_dict(self) -> dict[str, Any]:
        return {
            "context": self.context,
            "source": self.source,
            "target": self.target,
            "main": self.main,
            "read": self.read,
            "written": self.written,
            "inserted": self.inserted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined.total(),
            "quarantined_by_reason": dict(sorted(self.quarantined.items())),
            "skipped": self.skipped.total(),
            "skipped_by_rule": dict(sorted(self.skipped.items())),
            "edited_here": self.edited_here,
            "removed_here": self.removed_here,
            "merged": self.merged,
            "gone_from_source": self.gone,
            "removed": self.removed,
            "kept_though_gone": dict(sorted(self.kept.items())),
            "verified": self.verified,
            "source_checksum": self.source_checksum,
            "target_checksum": self.target_checksum,
            "balances": self.balances,
            "agrees": self.agrees,
            "seconds": round(self.seconds, 3),
        }


@dataclass
class MediaReport:
    """What happened to the files."""

    found: int = 0
    copied: int = 0
    unchanged: int = 0
    different: list[str] = field(default_factory=list)
    """Files that exist here with other content; they were not touched."""
    refused: list[str] = field(default_factory=list)
    """Files that are no plain files inside the folder."""
    missing: list[str] = field(default_factory=list)
    """Paths that rows refer to, for which there is no file."""

    def as_dict(self) -> dict[str, Any]:
        return {
            "found": self.found,
            "copied": self.copied,
            "unchanged": self.unchanged,
            "different": self.different,
            "refused": self.refused,
            "missing": self.missing,
        }


@dataclass
class Report:
    """A whole run."""

    source: str
    dry_run: bool
    tables: list[TableReport] = field(default_factory=list)
    media: MediaReport | None = None
    sources: list[TableFate] = field(default_factory=list)
    """What became of each table and column of the source; empty when the run stopped before."""
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    """Legacy table → rule that filled or changed values → rows."""
    archive_changed: int = 0
    """Tables whose archive was written."""
    absent: list[str] = field(default_factory=list)
    """Tables of the legacy that the source does not have, or has no rows of."""
    warnings: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def succeeded(self) -> bool:
        return not self.wrong

    @property
    def wrong(self) -> list[str]:
        """Tables whose figures do not add up: first as they were moved, then as the source has them."""
        moved = [table.source for table in self.tables if not (table.balances and table.agrees)]
        return moved + [fate.name for fate in self.sources if not fate.balances]

    def note_rules(self, *notes: Mapping[str, Counter[str]]) -> None:
        """Take in how often which rule filled or made values."""
        for tables in notes:
            for table, rules in tables.items():
                for rule, rows in rules.items():
                    self.rules.setdefault(table, Counter())[rule] = rows

    def note(self, table: str, key: object, text: str, rule: str) -> None:
        """A remark about a row: counted under its rule, and told of the first few rows."""
        counted = self.rules.setdefault(table, Counter())
        counted[rule] += 1
        if counted[rule] <= _TOLD:
            self.warnings.append(shown(f"{table} {key}: {text}"))

    @property
    def unmapped(self) -> dict[str, int]:
        """Tables of the source that the legacy does not have → rows; they are archived."""
        return {fate.name: fate.rows for fate in self.sources if fate.fate == ARCHIVED}

    @property
    def extra_columns(self) -> dict[str, list[str]]:
        """Legacy table → the source's columns of which the values are archived."""
        return {f.legacy: list(names) for f in self.sources if f.fate == MAPPED and (names := f.archived_columns())}

    @property
    def changed(self) -> bool:
        """Whether anything was brought over."""
        moved = any(table.written or table.removed for table in self.tables)
        return moved or bool(self.archive_changed or (self.media and self.media.copied))

    @property
    def verdict(self) -> str:
        """One sentence."""
        if not self.succeeded:
            return f"FAILED: the figures of {', '.join(dict.fromkeys(self.wrong))} do not agree."
        written = sum(table.written for table in self.tables)
        removed = sum(table.removed for table in self.tables)
        if self.dry_run:
            planned = f"{written} rows would be" + (f", and {removed} deleted." if removed else ".")
            return f"Dry run: nothing was written. {planned}" if written + removed else "Dry run: nothing to write."
        conflicts = f" Conflicts to decide: {self.conflicts}." if self.conflicts else ""
        if not self.changed:
            return f"Nothing changed since the last run. The balance holds and both sides agree.{conflicts}"
        done = f"{written} rows written" + (f", {removed} deleted" if removed else "")
        return f"{done}. The balance holds and both sides agree.{conflicts}"

    @property
    def conflicts(self) -> int:
        """Rows that both sides changed since the last run, and of which ours was kept for the time being."""
        return sum(table.quarantined["conflict"] + table.kept.total() for table in self.tables)

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "dry_run": self.dry_run,
            "succeeded": self.succeeded,
            "changed": self.changed,
            "verdict": self.verdict,
            "tables": [table.as_dict() for table in self.tables],
            "media": self.media.as_dict() if self.media else None,
            "sources": [fate.as_dict() for fate in self.sources],
            "rules": {table: dict(sorted(rules.items())) for table, rules in sorted(self.rules.items()) if rules},
            "unmapped_tables": self.unmapped,
            "absent_tables": self.absent,
            "unmapped_columns": self.extra_columns,
            "warnings": self.warnings,
            "seconds": round(self.seconds, 3),
        }
