"""Moves one table: reads, converts, compares, writes, and remembers what was placed."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from migrations_legacy.decide import Decision, decide
from migrations_legacy.digest import Checksum, key_number
from migrations_legacy.errors import Unplaceable
from migrations_legacy.ledger import KEYS_PER_BLOCK, Entries, Ledger
from migrations_legacy.mapping import TableMapping
from migrations_legacy.plan import Plan
from migrations_legacy.progress import Progress
from migrations_legacy.quarantine import Quarantine
from migrations_legacy.report import TableReport
from migrations_legacy.sources.base import Row, Source
from migrations_legacy.target import Prepared, TargetTable

_ROWS_PER_BATCH = 5000
_REASONS = {Decision.TAKEN: "taken", Decision.CONFLICT: "conflict"}


@dataclass
class Shared:
    """What the tables of one run have in common."""

    source: Source
    run: str
    dry_run: bool
    progress: Progress
    placed: dict[str, set[int]]
    """Source table → keys that have a place; only for tables that others refer to."""
    warn: Callable[[str], None]
    uses_file: Callable[[str, str], None]
    """Takes a description of a row and the media path that it refers to."""


def batches(rows: Iterator[Row], key: str) -> Iterator[list[Row]]:
    """Rows in the order of their key, cut so that a block of the ledger is never split.

    Tables whose keys are no integers (sessions) come as one batch; their digests are spread over all blocks.
    """
    batch: list[Row] = []
    block: int | None = None
    for row in rows:
        value = row[key]
        if isinstance(value, int):
            here = value // KEYS_PER_BLOCK
            if here != block:
                if len(batch) >= _ROWS_PER_BATCH:
                    yield batch
                    batch = []
                block = here
        batch.append(row)
    if batch:
        yield batch


class TableMove:
    """One mapping at work. `run` gives the figures; `verify` reads back what the target holds."""

    def __init__(
        self, *, mapping: TableMapping, target: TargetTable, report: TableReport, shared: Shared, deferred: bool
    ) -> None:
        """`deferred`: see Ledger."""
        self.report = report
        self._mapping, self._target, self._shared = mapping, target, shared
        hashed = target.has_text_key
        self._ledger = Ledger(mapping.source, mapping.target, hashed=hashed, deferred=deferred)
        self._quarantine = Quarantine(mapping.source, mapping.target, run=shared.run, dry_run=shared.dry_run)
        self._files = [(index, column.field) for index, column in enumerate(mapping.columns) if column.is_file]
        self._remembered = len(self._ledger)
        self._fresh = not self._remembered and target.is_empty()
        self._met = 0
        self._visited: set[int] = set()
        self._excluded: set[int] = set()
        self._source_sum = Checksum()
        self._target_sum = Checksum()

    def run(self) -> None:
        """Move the table."""
        began = time.monotonic()
        source, table, report = self._shared.source, self._mapping.source, self.report
        report.counted = source.count(table)
        self._shared.progress.start(f"{table} → {self._mapping.target}", report.counted)
        plan = self._plan()
        for batch in batches(source.rows(table), self._mapping.key):
            report.read += len(batch)
            self._move(batch, plan)
            self._shared.progress.advance(report.read)
        report.gone = self._remembered - self._met
        self._quarantine.close()
        report.source_checksum = str(self._source_sum)
        report.verified = self._source_sum.rows
        report.seconds = time.monotonic() - began

    def verify(self) -> None:
        """Read the target anew and sum up what this run placed or found in place."""
        if not self.report.written:
            # Every row has just been read from the target and compared.
            self.report.target_checksum = str(self._target_sum)
            return
        began = time.monotonic()
        found = Checksum()
        page: Entries = {}
        for key, digest in self._target.all_digests():
            page[key] = digest
            if len(page) == _ROWS_PER_BATCH:
                self._sum_up(page, found)
                page = {}
        self._sum_up(page, found)
        self.report.target_checksum = str(found)
        if found != self._source_sum:
            self.report.target_checksum += f" ({found.rows} rows)"
        self.report.seconds += time.monotonic() - began

    def finish(self) -> None:
        """After the transaction is committed: remember what was deferred."""
        self._ledger.flush()

    def summary(self) -> str:
        """The figures in a few words."""
        report = self.report
        return f"{report.written} written, {report.unchanged} unchanged, {report.quarantined.total()} quarantined"

    def _plan(self) -> Plan:
        duplicates = self._mapping.duplicates
        source, table = self._shared.source, self._mapping.source
        return Plan(
            self._mapping,
            steps=self._target.storing(),
            placed=self._shared.placed,
            repeated=source.repeated(table, duplicates.by) if duplicates else frozenset(),
            note=lambda row, text: self._shared.warn(f"{table} {row[self._mapping.key]}: {text}"),
        )

    def _move(self, batch: list[Row], plan: Plan) -> None:
        numbers = [key_number(row[self._mapping.key]) for row in batch]
        known = {} if self._fresh else self._ledger.load(numbers)
        ours = {} if self._fresh else self._target.digests([row[self._mapping.key] for row in batch])
        self._visited.update(self._ledger.block_of(number) for number in numbers)
        self._met += sum(1 for number in numbers if number in known)
        self._excluded |= known.keys() - set(numbers)
        news: Entries = {}
        inserts: dict[int, tuple[Prepared, Row]] = {}
        updates: dict[int, tuple[Prepared, Row]] = {}
        digests: Entries = {}
        for row, number in zip(batch, numbers, strict=True):
            if rule := plan.skipped_by(row):
                self.report.skipped[rule] += 1
                continue
            try:
                prepared = plan.prepare(row)
            except Unplaceable as problem:
                self._reject(row, number, problem)
                continue
            digest = self._target.digest(prepared.values)
            decision = decide(base=known.get(number), ours=ours.get(number), theirs=digest)
            digests[number] = digest
            if decision is Decision.INSERT:
                inserts[number] = (prepared, row)
            elif decision is Decision.UPDATE:
                updates[number] = (prepared, row)
            elif decision in _REASONS:
                self._reject(row, number, Unplaceable(_REASONS[decision], decision.value))
                if decision is Decision.CONFLICT and number in ours:
                    self._take_in(number, prepared)
            else:
                self._keep(decision, number, theirs=digest, ours=ours.get(number), news=news)
                if decision is not Decision.REMOVED_HERE:
                    self._take_in(number, prepared)
        self._write(inserts, self._target.insert, "inserted", digests, news)
        self._write(updates, self._target.update, "updated", digests, news)
        if not self._shared.dry_run and any(known.get(number) != digest for number, digest in news.items()):
            self._ledger.save(known | news)

    def _keep(self, decision: Decision, number: int, *, theirs: int, ours: int | None, news: Entries) -> None:
        self.report.unchanged += 1
        if decision is Decision.UNCHANGED and ours is not None:
            self._source_sum.add(theirs)
            self._target_sum.add(ours)
            news[number] = theirs
            return
        self._excluded.add(number)
        if decision is Decision.EDITED_HERE:
            self.report.edited_here += 1
        else:
            self.report.removed_here += 1

    def _write(
        self,
        rows: dict[int, tuple[Prepared, Row]],
        write: Callable[[list[Prepared], Callable[[Prepared, Unplaceable], None]], None],
        figure: str,
        digests: Entries,
        news: Entries,
    ) -> None:
        refused: set[int] = set()

        def failed(prepared: Prepared, problem: Unplaceable) -> None:
            number = key_number(prepared.key)
            refused.add(number)
            self._reject(rows[number][1], number, problem)

        if rows and not self._shared.dry_run:
            write([prepared for prepared, _ in rows.values()], failed)
        for number, (prepared, _) in rows.items():
            if number not in refused:
                news[number] = digests[number]
                self._source_sum.add(digests[number])
                self._take_in(number, prepared)
        setattr(self.report, figure, getattr(self.report, figure) + len(rows) - len(refused))

    def _reject(self, row: Row, number: int, problem: Unplaceable) -> None:
        self.report.quarantined[problem.code] += 1
        self._excluded.add(number)
        self._quarantine.add(key=row[self._mapping.key], code=problem.code, reason=problem.text, row=row)

    def _take_in(self, number: int, prepared: Prepared) -> None:
        """The row has a place: others may refer to it, and its files should be there."""
        if self._mapping.main and self._mapping.source in self._shared.placed:
            self._shared.placed[self._mapping.source].add(number)
        for index, field in self._files:
            if prepared.values[index]:
                self._shared.uses_file(f"{self._mapping.source} {prepared.key} {field}", prepared.values[index])

    def _sum_up(self, page: Entries, found: Checksum) -> None:
        remembered = self._ledger.load(page)
        for key, digest in page.items():
            if key in remembered and key not in self._excluded and self._ledger.block_of(key) in self._visited:
                found.add(digest)
