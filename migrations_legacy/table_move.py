"""Moves one table: reads, converts, compares, writes, reads back, and remembers what was placed.

Rows are handled in blocks of a thousand neighbouring keys. A block in which both sides agreed is sealed with a
fingerprint of each; as long as both stay as they are, a later run passes over it without looking at its rows. What is
new on one side, or the same on both, is settled a batch at a time; only the other rows are looked at one by one.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from itertools import compress

from django.db import transaction

from migrations_legacy.batches import batches
from migrations_legacy.books import Books
from migrations_legacy.decisions import Decisions
from migrations_legacy.digest import are_numbers, digest_of, digests_of, key_number
from migrations_legacy.errors import Unplaceable
from migrations_legacy.ledger import Block, Ledger
from migrations_legacy.mapping import TableMapping
from migrations_legacy.originals import OriginalsKeeper
from migrations_legacy.plan import Plan
from migrations_legacy.prepared import Prepared, PreparedColumns, Values
from migrations_legacy.report import Disagreement, TableReport
from migrations_legacy.seals import Seals, borders
from migrations_legacy.settled import Shared, Written
from migrations_legacy.sources.base import Row, Rows
from migrations_legacy.target import TargetTable


class TableMove:
    """One mapping at work. `run` brings over what was inserted and updated; the books say what it no longer met."""

    def __init__(
        self, *, mapping: TableMapping, target: TargetTable, report: TableReport, shared: Shared, deferred: bool
    ) -> None:
        """`deferred`: see Ledger."""
        self.mapping, self.target, self.report = mapping, target, report
        self._shared = shared
        self._hashed = target.has_text_key
        self.ledger = Ledger(mapping.source, mapping.target, hashed=self._hashed, deferred=deferred)
        self.books = Books(mapping, report, self.ledger, shared)
        self.originals = OriginalsKeeper(mapping, target)
        self._decisions = Decisions(self.books, target, shared.prefer)
        self._fresh = self.ledger.is_empty and target.is_empty()
        self._visited: set[int] = set()
        self._highest = 0
        self._seals = Seals(mapping, target)

    def run(self) -> None:
        """Bring the table up to date. Disagreement when the target does not hold what was written."""
        began = time.monotonic()
        source, table, report, books = self._shared.source, self.mapping.source, self.report, self.books
        report.counted = source.count(table)
        self._shared.progress.start(f"{table} → {self.mapping.target}", report.counted)
        try:
            for batch in batches(source.batches(table), self.mapping.key):
                report.read += len(batch)
                self._take(batch)
                self._shared.progress.advance(report.read)
        finally:
            report.source_checksum, report.target_checksum = str(books.source_sum), str(books.target_sum)
            report.verified = books.source_sum.rows
        for number in self.ledger.numbers() - self._visited:
            books.note_gone(self.ledger.load({number})[number].entries.keys())
        report.seconds += time.monotonic() - began

    def finish(self) -> None:
        """After all tables were moved: the quarantine holds what this run put there, and new rows get ids above."""
        self.books.quarantine.close()
        if self._shared.dry_run:
            return
        with self._transaction():
            if self.report.written or self.report.removed or self._shared.after_a_kill:
                self.target.renumber()
            self.target.reserve(self._highest, self._shared.reserve)

    def summary(self) -> str:
        """The figures in a few words."""
        report = self.report
        return f"{report.written} written, {report.unchanged} unchanged, {report.quarantined.total()} quarantined"

    @cached_property
    def _plan(self) -> Plan:
        """Made when the first row needs it: a run in which nothing changed does not look for duplicates."""
        duplicates = self.mapping.duplicates
        source, table = self._shared.source, self.mapping.source
        return Plan(
            self.mapping,
            steps=self.target.storing(),
            placed=self._shared.placed,
            repeated=source.repeated(table, duplicates.by) if duplicates else frozenset(),
            note=self._note,
        )

    def _note(self, row: Row, text: str, rule: str) -> None:
        key = row[self.mapping.key]
        self._shared.note(self.mapping.source, key, text, rule)
        self.books.uneven([key_number(key)])

    def _transaction(self) -> AbstractContextManager[object]:
        return nullcontext() if self._shared.dry_run else transaction.atomic(using=self.target.alias)

    def _take(self, batch: Rows) -> None:
        keys = batch.column(self.mapping.key)
        blocks = self.ledger.by_block(batch, self.mapping.key)
        self._visited |= blocks.keys()
        if not self._hashed:
            self._highest = max(self._highest, key_number(keys[-1]))
        remembered = {number: Block() for number in blocks} if self._fresh else self.ledger.load(blocks)
        unbroken = [n for n in self._seals.unbroken(blocks, remembered) if self._references_hold(blocks[n])]
        for number in unbroken:
            self.books.pass_over(blocks.pop(number), remembered.pop(number))
        if blocks:
            in_order = not unbroken and are_numbers(keys)
            with self._transaction():
                self._settle(batch if in_order else Rows.joined(list(blocks.values())), blocks, remembered)
            self.ledger.flush()

    def _references_hold(self, rows: Rows) -> bool:
        placed = self._shared.placed
        return all(
            placed[reference.table].issuperset(rows.column(reference.column)) for reference in self.mapping.references
        )

    def _settle(self, rows: Rows, blocks: dict[int, Rows], remembered: dict[int, Block]) -> None:
        """Decide about rows of whole blocks, in the order of these, and carry it out."""
        keys = rows.column(self.mapping.key)
        numbers = keys if are_numbers(keys) else list(map(key_number, keys))
        ours = self._present(keys)
        self.books.open(remembered, set(numbers))
        together = self._plan.prepare_all(rows)
        is_new = not ours and not self._hashed and not any(block.entries for block in remembered.values())
        if together and is_new and (written := self._place(blocks, numbers, together)):
            placed: Sequence[int] = range(len(rows))
        else:
            if together:
                self._tell_apart(numbers, rows, together, ours)
            else:
                for number, row in zip(numbers, rows, strict=True):
                    self._decisions.decide(self._plan, number, row, ours.get(number))
            written = self._carry_out()
            placed = [place for place, number in enumerate(numbers) if number in self.books.settled.placed]
        if self._shared.dry_run:
            self.books.add_to_sums(written.digests)
            return
        self._verify_and_seal(blocks, written)
        self.ledger.save(remembered)
        stored = self.target.written_columns(together.columns) if together and len(placed) == len(rows) else None
        lost = self.originals.lost([numbers[place] for place in placed], rows.picked(placed), stored)
        self.originals.store(numbers, lost, fresh=self._fresh)

    def _present(self, keys: Sequence[object]) -> dict[int, Values]:
        """The target's rows of these keys, which nobody else changes before the transaction ends."""
        if self._fresh:
            return {}
        lock = not self._shared.dry_run
        if self._hashed or not are_numbers(keys):
            return self.target.read(keys, lock=lock)
        index, found = self.target.key_index, self.target.read_range(keys[0], keys[-1], lock=lock)
        return {row[index]: row for row in self.target.all_written(found)}

    def _place(self, blocks: Mapping[int, Rows], numbers: Sequence[int], prepared: PreparedColumns) -> Written | None:
        """Insert rows that neither side knew before. None when the target refuses one: then nothing has happened."""
        if not (self._shared.dry_run or self.target.insert_all(prepared)):
            return None
        theirs = self.target.all_written(prepared.values)
        digests = digests_of(theirs)
        end = 0
        for block, rows in blocks.items():
            start, end = end, end + len(rows)
            self.books.enter(block, numbers[start:end], digests[start:end], theirs[start:end])
        self.books.take_in(numbers, prepared.values)
        self.report.inserted += len(numbers)
        return Written(numbers, theirs, digests)

    def _tell_apart(
        self, numbers: Sequence[int], rows: Rows, prepared: PreparedColumns, ours: Mapping[int, Values]
    ) -> None:
        """Which rows are the same on both sides, and decide about the others."""
        settled, theirs = self.books.settled, self.target.all_written(prepared.values)
        settled.theirs = dict(zip(numbers, theirs, strict=True))
        settled.digests = dict(zip(numbers, digests_of(theirs), strict=True))
        same = [ours.get(number) == values for number, values in settled.theirs.items()]
        self.books.agree(dict(compress(zip(numbers, prepared.values, strict=True), same)))
        for place, is_same in enumerate(same):
            if not is_same:
                number = numbers[place]
                self._decisions.compare(number, rows.row(place), prepared.row(place), ours.get(number))

    def _carry_out(self) -> Written:
        """Write what was decided row by row."""
        settled = self.books.settled
        self._write(settled.inserts, self.target.insert, "inserted")
        self._write(settled.updates, self.target.update, "updated")
        if not self._shared.dry_run:
            for key, values in settled.changes:
                self.target.update_columns(key, values)
        numbers = sorted(settled.inserts.keys() | settled.updates.keys())
        return Written(numbers, [settled.theirs[n] for n in numbers], [settled.digests[n] for n in numbers])

    def _write(
        self,
        rows: dict[int, tuple[Prepared, Row]],
        write: Callable[[list[Prepared], Callable[[Prepared, Unplaceable], None]], None],
        figure: str,
    ) -> None:
        refused: set[int] = set()

        def failed(prepared: Prepared, problem: Unplaceable) -> None:
            number = key_number(prepared.key)
            refused.add(number)
            # A row that is to be updated is there, if not as it should be: others may refer to it.
            self.books.reject(number, rows[number][1], problem, prepared.values if figure == "updated" else None)

        if rows and not self._shared.dry_run:
            write([prepared for prepared, _ in rows.values()], failed)
        for number in refused:
            del rows[number]
        self.books.remember(rows)
        self.books.take_in(rows, [prepared.values for prepared, _ in rows.values()])
        self.books.settled.placed.update(rows)
        setattr(self.report, figure, getattr(self.report, figure) + len(rows))

    def _verify_and_seal(self, blocks: Mapping[int, Rows], written: Written) -> None:
        """Read back what was written. Blocks in which nothing is left to say are sealed."""
        books, settled = self.books, self.books.settled
        sealable = set() if self._hashed or books.files else settled.remembered.keys() - settled.uneven
        if not written.numbers and not sealable:
            return
        found: list[Values] = []
        if self._hashed:
            changed = [*settled.inserts.values(), *settled.updates.values()]
            by_number = self.target.read([prepared.key for prepared, _ in changed])
            there: Sequence[Values | None] = [by_number.get(number) for number in written.numbers]
        else:
            found = self.target.read_range(*borders(settled.remembered))
            there = self._of(found, written.numbers)
        books.source_sum.add_all(written.digests)
        books.target_sum.add_all(
            written.digests if there == written.theirs else [digest_of(values) for values in there if values]
        )
        if books.source_sum != books.target_sum:
            raise Disagreement
        self._seals.seal(blocks, settled.remembered, sealable, found)

    def _of(self, found: list[Values], numbers: Sequence[int]) -> Sequence[Values | None]:
        """Those of the rows found that have these keys, in their order; None for those that are not there."""
        if not numbers:
            return []
        rows = self.target.all_written(found)
        if len(rows) == len(numbers):
            return rows
        by_number = {row[self.target.key_index]: row for row in rows}
        return [by_number.get(number) for number in numbers]
