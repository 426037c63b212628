"""Writes a legacy school table by table, in constant memory."""

import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from kernel.guard import acting_as
from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.digest import key_number
from migrations_legacy.export import passwords
from migrations_legacy.export.django_rows import MIGRATIONS, default_rows
from migrations_legacy.export.files import MediaOut
from migrations_legacy.export.leftovers import without_place
from migrations_legacy.export.report import ExportReport, TableFigures
from migrations_legacy.export.rules import BELONGS, CHANGED, LEFT_OUT
from migrations_legacy.export.students import NEVER, PAST, STUDENTS, Enrollments, is_enrolled
from migrations_legacy.export.tables import BackwardTable, LegacyRow
from migrations_legacy.export.writer import LegacyFile
from migrations_legacy.keeping import given_back
from migrations_legacy.ledger import Ledger
from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.mapping import TableMapping
from migrations_legacy.models import OriginalValues, QuarantinedRow
from migrations_legacy.originals import decode
from migrations_legacy.prepared import Values
from migrations_legacy.progress import Progress
from migrations_legacy.quarantine import WITHHELD

_AT_ONCE = 1000
_SESSIONS = "sessions of this system: everybody logs in once"
_UNDECIDED = frozenset({"conflict", "taken"})
_LINKS = (
    ("customuser_groups", "customuser_id", "customuser"),
    ("customuser_user_permissions", "customuser_id", "customuser"),
    ("django_admin_log", "user_id", "customuser"),
)
_NO_NULL = "NULL, where the legacy's tables take none: what stands for it here"
_TAKEN = "its key or name is another row's now"
_NO_ACCOUNT = "of an account that is gone"
_OTHER_VERSION = "the list of migrations says what the file's tables are"


class Export:
    """One export. `media`: where the files that rows refer to are copied, if anywhere."""

    def __init__(
        self, file: LegacyFile, report: ExportReport, *, progress: Progress, media: MediaOut | None = None
    ) -> None:
        self._file, self._report, self._progress, self._media = file, report, progress, media
        self._missing: dict[str, set[Any]] = {}
        """Legacy table → keys of rows that are left out, so that what belongs to them is left out too."""
        self._enrollments = Enrollments()

    def run(self) -> ExportReport:
        """Write everything. The caller completes the file."""
        began = time.monotonic()
        for context in CONTEXTS:
            for mapping in context.tables:
                if mapping.main:
                    with acting_as(context.name):
                        self._table(mapping)
                    self._held_back(mapping)
            for skipped in context.skipped:
                self._kept_aside(skipped.source)
        for table, column, owner in _LINKS:
            if gone := self._file.delete_links_to_nobody(table, column, owner):
                self._report.figures(table).written -= gone
                self._report.figures(table).left_out[_NO_ACCOUNT] += gone
        self._report.without_place = {what: rows for what, rows in without_place() if rows}
        self._report.dangling = self._file.complete()
        self._report.seconds = time.monotonic() - began
        return self._report

    def _table(self, mapping: TableMapping) -> None:
        table = BackwardTable(mapping)
        figures = self._report.figures(mapping.source)
        total = table.target.model._base_manager.using(table.target.alias).count()
        self._progress.start(f"{mapping.target} → {mapping.source}", total)
        left_out = self._left_out(table)
        done = 0
        for page in table.pages():
            done += len(page)
            rows = [(values, row) for values, row in page if self._has_place(table, values, row, left_out, figures)]
            if mapping.source == STUDENTS:
                rows = self._with_enrollment(rows, figures)
            for values, row in rows:
                self._apply_rules(table, values, row, figures)
            figures.written += self._file.write(mapping.source, [row for _, row in rows])
            self._progress.advance(done)
        figures.changed[_NO_NULL] += table.nulls_filled
        if highest := max((key for key in self._missing.get(mapping.source, ()) if isinstance(key, int)), default=0):
            # The legacy is not to give the id of a row that stays here to another one.
            self._file.reserve(mapping.source, highest)
        self._progress.finish(f"{figures.written} written")

    def _left_out(self, table: BackwardTable) -> dict[Any, str]:
        """Keys of rows without a place in the legacy → reason."""
        found: dict[Any, str] = {}
        rows = table.target.model._base_manager.using(table.target.alias)
        for rule in LEFT_OUT:
            if rule.target == table.mapping.target:
                found |= dict.fromkeys(rows.filter(rule.which).values_list("pk", flat=True), rule.reason)
        if table.mapping.source == "django_session":
            ledger = Ledger(table.mapping.source, table.mapping.target, hashed=True)
            of_the_legacy = {number for _, block in ledger.everything() for number in block.entries}
            keys = rows.values_list("pk", flat=True).iterator()
            found |= {key: _SESSIONS for key in keys if key_number(key) not in of_the_legacy}
        return found

    def _has_place(
        self,
        table: BackwardTable,
        values: Values,
        row: LegacyRow,
        left_out: Mapping[Any, str],
        figures: TableFigures,
    ) -> bool:
        key = values[table.target.key_index]
        reason = left_out.get(key)
        if reason is None:
            references = table.mapping.references
            belongs = any(row.get(ref.column) in self._missing.get(ref.table, ()) for ref in references)
            reason = BELONGS if belongs else None
        if reason is None:
            return True
        self._leave_out(table.mapping.source, key, reason, figures)
        return False

    def _leave_out(self, source: str, key: Any, reason: str, figures: TableFigures) -> None:
        figures.left_out[reason] += 1
        self._missing.setdefault(source, set()).add(key)

    def _with_enrollment(
        self, rows: Sequence[tuple[Values, LegacyRow]], figures: TableFigures
    ) -> list[tuple[Values, LegacyRow]]:
        enrollments = self._enrollments.of([row["id"] for _, row in rows])
        placed = []
        for values, row in rows:
            columns, current = enrollments.get(row["id"], ({}, False))
            if not is_enrolled(columns):
                self._leave_out(STUDENTS, row["id"], NEVER, figures)
                continue
            figures.changed[PAST] += not current
            placed.append((values, row | columns))
        return placed

    def _apply_rules(self, table: BackwardTable, values: Values, row: LegacyRow, figures: TableFigures) -> None:
        for rule in CHANGED:
            if rule.target == table.mapping.target and rule.applies(table.facts(values)):
                figures.changed[rule.rule] += 1
        if table.mapping.source == "customuser" and passwords.is_unknown_there(row["password"]):
            row["password"] = passwords.unusable()
            figures.changed[passwords.RULE] += 1
            self._report.new_passwords.append(f"{row['id']} {row['username']} {row['email']}".rstrip())
        if self._media is not None:
            for place, column in enumerate(table.mapping.columns):
                if column.is_file and values[place]:
                    self._media.take(values[place])

    def _held_back(self, mapping: TableMapping) -> None:
        """Rows that found no place here go back as they came."""
        held = QuarantinedRow.objects.filter(source=mapping.source, target=mapping.target).exclude(code__in=_UNDECIDED)
        figures = self._report.figures(mapping.source)
        for part in _parts(row for row in held.order_by("pk").values_list("row", flat=True).iterator() if row):
            rows = [_complete(mapping.source, {name: given_back(value) for name, value in row.items()}) for row in part]
            written = self._file.restore(mapping.source, rows)
            figures.written += written
            figures.restored += written
            figures.left_out[_TAKEN] += len(rows) - written
        figures.left_out = +figures.left_out
        figures.changed = +figures.changed

    def _kept_aside(self, source: str) -> None:
        """A table that the move left out."""
        figures = self._report.figures(source)
        kept = OriginalValues.objects.filter(source=source, target="").order_by("key")
        rows: Iterator[LegacyRow] = (decode(columns) for columns in kept.values_list("columns", flat=True).iterator())
        if source == "django_migrations":
            known = list(rows)
            if {(row["app"], row["name"]) for row in known} != set(MIGRATIONS):
                figures.changed[_OTHER_VERSION] += bool(known)
                known = list(default_rows(source))
            rows = iter(known)
        elif not kept.exists():
            rows = default_rows(source)
        for part in _parts(rows):
            written = self._file.restore(source, [_complete(source, row) for row in part])
            figures.written += written
            figures.left_out[_TAKEN] += len(part) - written
        figures.left_out = +figures.left_out
        figures.changed = +figures.changed


def _complete(source: str, row: Mapping[str, Any]) -> LegacyRow:
    """A kept row with all columns that the legacy's table has; a password that was not kept is one that nobody has."""
    values = {name: row.get(name) for name in TABLES[source].columns}
    if values.get("password") == WITHHELD:
        values["password"] = passwords.unusable()
    return values


def _parts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while part := list(islice(rows, _AT_ONCE)):
        yield part
