"""Moves a school: table by table, in short transactions, and accounts for every row."""

from collections.abc import Mapping, Sequence
from itertools import chain, islice
from uuid import uuid4

from django.db import IntegrityError, router

from kernel.guard import acting_as
from migrations_legacy.errors import LegacyError, first_line
from migrations_legacy.mapping import Context, TableMapping
from migrations_legacy.merging import Prefer
from migrations_legacy.models import OriginalValues, PlacedBlock, QuarantinedRow
from migrations_legacy.offered_move import OfferedMove
from migrations_legacy.offers import BY_NAME, Offer
from migrations_legacy.originals import encode, store_originals
from migrations_legacy.plan import check_columns
from migrations_legacy.progress import Progress
from migrations_legacy.removal import ContextMove, Removal
from migrations_legacy.report import Disagreement, Report, TableReport
from migrations_legacy.settled import Shared
from migrations_legacy.sources.base import Source
from migrations_legacy.table_move import TableMove
from migrations_legacy.target import TargetTable

_PEOPLE = "customuser"
_FEW = 20
_AT_ONCE = 1000


class Engine:
    """One run from one source. `files`: the media paths that placed rows refer to → the first such row."""

    def __init__(
        self,
        source: Source,
        contexts: Sequence[Context],
        *,
        progress: Progress,
        dry_run: bool = False,
        prefer: Prefer | None = None,
        reserve: int = 0,
        after_a_kill: bool = False,
        offers: Mapping[tuple[str, str], Offer] | None = None,
    ) -> None:
        """MappingError when the mappings do not fit the source or the models; nothing is written then.

        `prefer`: whose side is taken in conflicts; `reserve`: how far above the legacy's ids those of new rows begin;
        `after_a_kill`: an earlier run has no end;
        `offers`: (legacy table, column of the source's own) → the field that it fills.
        """
        self._source, self._contexts, self._progress, self._dry_run = source, contexts, progress, dry_run
        self.report = Report(source=source.description, dry_run=dry_run)
        self.files: dict[str, str] = {}
        tables = set(source.tables())
        present = [mapping for context in contexts for mapping in context.tables if mapping.source in tables]
        for mapping in present:
            check_columns(mapping, source.columns(mapping.source))
        self._targets = {id(mapping): TargetTable(mapping) for mapping in present}
        self._prefer = prefer
        self._reserve = reserve
        self._after_a_kill = after_a_kill
        self._offers = offers or {}

    def run(self) -> Report:
        """Move everything. Stops at the first table whose figures do not agree; the report says which."""
        self._look_over_the_source()
        if not self._dry_run:
            # A column that the map no longer names is archived again, with the values that did not fit.
            unsaid = BY_NAME.keys() - {offer.name for offer in self._offers.values()}
            QuarantinedRow.objects.filter(target__in=unsaid).delete()
        try:
            moves = self._pass()
            if self._makes_room(moves):
                # What was refused may find its place now: a name that somebody had who is gone, for one.
                before, self.report.tables = self.report.tables, []
                self.report.rules, self.report.warnings = {}, []
                self._pass()
                for earlier, later in zip(before, self.report.tables, strict=True):
                    later.add_earlier(earlier)
        except Disagreement:
            self.report.warnings.append("The run stopped; what does not agree was rolled back.")
        return self.report

    def _pass(self) -> list[ContextMove]:
        referred = {ref.table for context in self._contexts for table in context.tables for ref in table.references}
        shared = Shared(
            source=self._source,
            run=uuid4().hex,
            dry_run=self._dry_run,
            progress=self._progress,
            placed={table: set() for table in referred},
            note=self.report.note,
            uses_file=self._note_file,
            prefer=self._prefer,
            reserve=self._reserve,
            after_a_kill=self._after_a_kill,
        )
        moves = [move for context in self._contexts for move in self._move(context, shared)]
        Removal(self._source, moves, prefer=self._prefer, dry_run=self._dry_run).run()
        for move in moves:
            with acting_as(move.context):
                move.table.finish()
        return moves

    def _makes_room(self, moves: Sequence[ContextMove]) -> bool:
        figures = [move.table.report for move in moves]
        refused = sum(table.quarantined["refused"] for table in figures)
        return not self._dry_run and bool(refused) and any(table.removed or table.updated for table in figures)

    def _note_file(self, row: str, path: str) -> None:
        self.files.setdefault(path, row)

    def _look_over_the_source(self) -> None:
        known = {table.source for context in self._contexts for table in context.tables}
        known |= {table.source for context in self._contexts for table in context.skipped}
        self.report.absent = sorted(known - set(self._source.tables()))

    def _move(self, context: Context, shared: Shared) -> list[ContextMove]:
        self._skip(context)
        moves = []
        with acting_as(context.name):
            for mapping in context.tables:
                if id(mapping) in self._targets:
                    try:
                        moves.append(ContextMove(context.name, self._run_one(context, mapping, shared)))
                    except IntegrityError as error:
                        raise LegacyError(
                            f"{mapping.source}: the database refuses the move ({first_line(error)})."
                        ) from error
                    self._fill_offered(context, mapping, moves[-1].table, shared)
        return moves

    def _fill_offered(self, context: Context, mapping: TableMapping, table: TableMove, shared: Shared) -> None:
        """The further fields of a table's rows, of which a column of the source's own is said to be meant for them."""
        for (source, column), offer in self._offers.items():
            if (source, offer.target) == (mapping.source, mapping.target):
                figures = TableReport(context.name, source, offer.name, main=False)
                self.report.tables.append(figures)
                OfferedMove(offer, column, report=figures, shared=shared, refused=table.books.quarantined).run()
                if not (figures.balances and figures.agrees):
                    raise Disagreement

    def _skip(self, context: Context) -> None:
        for skipped in context.skipped:
            if skipped.source in self._source.tables():
                rows = self._source.count(skipped.source)
                figures = TableReport(context.name, skipped.source, "", counted=rows, read=rows)
                figures.skipped[skipped.rule] = rows
                self.report.tables.append(figures)
                if skipped.kept and not self._dry_run:
                    self._keep_aside(skipped.source)

    def _keep_aside(self, table: str) -> None:
        """A table that is left out can be written back as it was."""
        rows = enumerate(chain.from_iterable(self._source.batches(table)))
        count = 0
        while part := {place: encode(row) for place, row in islice(rows, _AT_ONCE)}:
            store_originals(table, "", part)
            count += len(part)
        OriginalValues.objects.filter(source=table, target="", key__gte=count).delete()

    def _run_one(self, context: Context, mapping: TableMapping, shared: Shared) -> TableMove:
        figures = TableReport(context.name, mapping.source, mapping.target, main=mapping.main)
        self.report.tables.append(figures)
        target = self._targets[id(mapping)]
        deferred = target.alias != router.db_for_write(PlacedBlock)
        move = TableMove(mapping=mapping, target=target, report=figures, shared=shared, deferred=deferred)
        move.run()
        self._progress.finish(move.summary())
        if not (figures.balances and figures.agrees):
            raise Disagreement
        gone, remembered = len(move.books.gone), move.books.remembered
        if mapping.source == _PEOPLE and gone > _FEW and gone * 2 > remembered:
            raise LegacyError(
                f"The source lacks {gone} of the {remembered} accounts that were moved from it before. "
                "Is it the same school?"
            )
        return move
