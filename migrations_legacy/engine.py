"""Moves a school: context by context, each in a transaction of its own, and accounts for every row."""

from collections.abc import Sequence
from uuid import uuid4

from django.db import IntegrityError, router, transaction

from kernel.guard import acting_as
from migrations_legacy.errors import LegacyError, MappingError, first_line
from migrations_legacy.mapping import Context, TableMapping
from migrations_legacy.models import PlacedBlock
from migrations_legacy.plan import check_columns
from migrations_legacy.progress import Progress
from migrations_legacy.report import Report, TableReport
from migrations_legacy.sources.base import Source
from migrations_legacy.table_move import Shared, TableMove
from migrations_legacy.target import TargetTable


class Disagreement(Exception):
    """The figures of a context do not add up; its transaction is rolled back."""


class Engine:
    """One run from one source. `files`: the media paths that placed rows refer to → the first such row."""

    def __init__(
        self, source: Source, contexts: Sequence[Context], *, progress: Progress, dry_run: bool = False
    ) -> None:
        """MappingError when the mappings do not fit the source or the models; nothing is written then."""
        self._source, self._contexts, self._progress, self._dry_run = source, contexts, progress, dry_run
        self.report = Report(source=source.description, dry_run=dry_run)
        self.files: dict[str, str] = {}
        tables = set(source.tables())
        present = [mapping for context in contexts for mapping in context.tables if mapping.source in tables]
        for mapping in present:
            check_columns(mapping, source.columns(mapping.source))
        self._targets = {id(mapping): TargetTable(mapping) for mapping in present}
        referred = {
            reference.table for context in contexts for table in context.tables for reference in table.references
        }
        self._shared = Shared(
            source=source,
            run=uuid4().hex,
            dry_run=dry_run,
            progress=progress,
            placed={table: set() for table in referred},
            warn=self.report.warnings.append,
            uses_file=self._note_file,
        )

    def run(self) -> Report:
        """Move everything. Stops after the first context whose figures do not agree; the report says which."""
        self._look_over_the_source()
        try:
            for context in self._contexts:
                self._move(context)
        except Disagreement:
            self.report.warnings.append("The run stopped; what does not agree was rolled back.")
        return self.report

    def _note_file(self, row: str, path: str) -> None:
        self.files.setdefault(path, row)

    def _look_over_the_source(self) -> None:
        tables = set(self._source.tables())
        mapped: dict[str, set[str]] = {}
        for context in self._contexts:
            for table in context.tables:
                mapped.setdefault(table.source, set()).update(table.source_columns())
            for skipped in context.skipped:
                mapped[skipped.source] = (
                    set(self._source.columns(skipped.source)) if skipped.source in tables else set()
                )
        self.report.absent = sorted(mapped.keys() - tables)
        self.report.unmapped = {table: self._source.count(table) for table in sorted(tables - mapped.keys())}
        for name in sorted(mapped.keys() & tables):
            if extra := [column for column in self._source.columns(name) if column not in mapped[name]]:
                self.report.extra_columns[name] = extra

    def _move(self, context: Context) -> None:
        tables = [table for table in context.tables if id(table) in self._targets]
        aliases = {self._targets[id(table)].alias for table in tables}
        if len(aliases) > 1:
            raise MappingError(f"{context.name}: its tables are in more than one database.")
        self._skip(context)
        if not aliases:
            return
        alias = aliases.pop()
        # A read outside any transaction: from here on the guard sees a new piece of work.
        self._targets[id(tables[0])].is_empty()
        deferred = alias != router.db_for_write(PlacedBlock)
        with acting_as(context.name):
            if self._dry_run:
                for table in tables:
                    self._run_one(context, table, deferred=deferred)
                return
            try:
                with transaction.atomic(using=alias):
                    moves = [self._run_one(context, table, deferred=deferred) for table in tables]
            except IntegrityError as error:
                raise LegacyError(f"{context.name}: the database refuses the move ({first_line(error)}).") from error
            for move in moves:
                move.finish()

    def _skip(self, context: Context) -> None:
        for skipped in context.skipped:
            if skipped.source in self._source.tables():
                rows = self._source.count(skipped.source)
                figures = TableReport(context.name, skipped.source, "", counted=rows, read=rows)
                figures.skipped[skipped.rule] = rows
                self.report.tables.append(figures)

    def _run_one(self, context: Context, mapping: TableMapping, *, deferred: bool) -> TableMove:
        figures = TableReport(context.name, mapping.source, mapping.target, main=mapping.main)
        self.report.tables.append(figures)
        target = self._targets[id(mapping)]
        move = TableMove(mapping=mapping, target=target, report=figures, shared=self._shared, deferred=deferred)
        move.run()
        if not self._dry_run:
            move.verify()
            target.reset_sequence()
        self._progress.finish(move.summary())
        if not (figures.balances and figures.agrees):
            raise Disagreement
        return move
