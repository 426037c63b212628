"""Moves one table: reads, converts, compares, writes, reads back, and remembers what was placed.

Rows are handled in blocks of a thousand neighbouring keys. A block in which both sides agreed is sealed with a
fingerprint of each; as long as both stay as they are, a later run passes over it without looking at its rows.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

from django.db import transaction

from migrations_legacy.batches import batches
from migrations_legacy.decide import Decision, decide
from migrations_legacy.digest import Checksum, column_digest, digest_of, digests_of, key_number
from migrations_legacy.errors import Unplaceable
from migrations_legacy.ledger import Block, Ledger
from migrations_legacy.mapping import TableMapping
from migrations_legacy.merging import Prefer, merge_columns
from migrations_legacy.originals import OriginalsKeeper
from migrations_legacy.plan import Plan
from migrations_legacy.quarantine import Quarantine
from migrations_legacy.report import Disagreement, TableReport
from migrations_legacy.seals import Seals, borders
from migrations_legacy.settled import Settled, Shared
from migrations_legacy.sources.base import Row
from migrations_legacy.target import Prepared, TargetTable, Values

TAKEN = (
    "the id belongs to another row that was entered here; give the legacy's row another id, or let ids here begin "
    "higher from the first move on (--reserve)"
)
"""What to do about a row whose place is taken."""


class TableMove:
    """One mapping at work. `run` brings over what was inserted and updated; `gone` is what it no longer met."""

    def __init__(
        self, *, mapping: TableMapping, target: TargetTable, report: TableReport, shared: Shared, deferred: bool
    ) -> None:
        """`deferred`: see Ledger."""
        self.mapping, self.target, self.report = mapping, target, report
        self._shared = shared
        self._hashed = target.has_text_key
        self.ledger = Ledger(mapping.source, mapping.target, hashed=self._hashed, deferred=deferred)
        self.quarantine = Quarantine(mapping.source, mapping.target, run=shared.run, dry_run=shared.dry_run)
        self.originals = OriginalsKeeper(mapping, target)
        self.gone: set[int] = set()
        """Keys that earlier runs placed and that have no place any more."""
        self.quarantined: set[int] = set()
        """Keys of rows that this run met and could not place."""
        self.remembered = 0
        """Rows that earlier runs placed, as far as they were looked at."""
        self._files = [(index, column.field) for index, column in enumerate(mapping.columns) if column.is_file]
        self._latest = frozenset(i for i, column in enumerate(mapping.columns) if column.field in mapping.latest)
        self._fresh = self.ledger.is_empty and target.is_empty()
        self._visited: set[int] = set()
        self._highest = 0
        self._source_sum = Checksum()
        self._target_sum = Checksum()
        self._settled = Settled()
        self._seals = Seals(mapping, target)

    def run(self) -> None:
        """Bring the table up to date. Disagreement when the target does not hold what was written."""
        began = time.monotonic()
        source, table, report = self._shared.source, self.mapping.source, self.report
        report.counted = source.count(table)
        self._shared.progress.start(f"{table} → {self.mapping.target}", report.counted)
        try:
            for batch in batches(source.rows(table), self.mapping.key):
                report.read += len(batch)
                self._take(batch)
                self._shared.progress.advance(report.read)
        finally:
            report.source_checksum, report.target_checksum = str(self._source_sum), str(self._target_sum)
            report.verified = self._source_sum.rows
        for number in self.ledger.numbers() - self._visited:
            self._note_gone(self.ledger.load({number})[number].entries.keys())
        report.seconds += time.monotonic() - began

    def finish(self) -> None:
        """After all tables were moved: the quarantine holds what this run put there, and new rows get ids above."""
        self.quarantine.close()
        if self._shared.dry_run:
            return
        with self._transaction():
            if self.report.written or self.report.removed:
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
        self._shared.note(self.mapping.source, row[self.mapping.key], text, rule)
        self._settled.uneven.add(self.ledger.block_of(key_number(row[self.mapping.key])))

    def _transaction(self) -> AbstractContextManager[object]:
        return nullcontext() if self._shared.dry_run else transaction.atomic(using=self.target.alias)

    def _take(self, batch: list[Row]) -> None:
        blocks = self.ledger.by_block(batch, self.mapping.key)
        self._visited |= blocks.keys()
        if not self._hashed:
            self._highest = max(self._highest, key_number(batch[-1][self.mapping.key]))
        remembered = {number: Block() for number in blocks} if self._fresh else self.ledger.load(blocks)
        for number in self._seals.unbroken(blocks, remembered):
            if self._references_hold(blocks[number]):
                self._pass_over(blocks.pop(number), remembered.pop(number))
        if blocks:
            with self._transaction():
                self._settle(blocks, remembered)
            self.ledger.flush()

    def _references_hold(self, rows: Sequence[Row]) -> bool:
        placed = self._shared.placed
        return all(
            placed[reference.table].issuperset([row[reference.column] for row in rows])
            for reference in self.mapping.references
        )

    def _pass_over(self, rows: Sequence[Row], block: Block) -> None:
        digests = list(block.entries.values())
        self.remembered += len(digests)
        self.report.unchanged += len(rows)
        self._source_sum.add_all(digests)
        self._target_sum.add_all(digests)
        if self._is_referred_to:
            self._shared.placed[self.mapping.source].update(block.entries)

    @property
    def _is_referred_to(self) -> bool:
        return self.mapping.main and self.mapping.source in self._shared.placed

    def _settle(self, blocks: dict[int, list[Row]], remembered: dict[int, Block]) -> None:
        """Decide about rows of whole blocks, and carry it out."""
        self._settled = settled = Settled(remembered=remembered)
        rows = [row for rows in blocks.values() for row in rows]
        numbers = [key_number(row[self.mapping.key]) for row in rows]
        ours, met = self._present(rows), set(numbers)
        for block in remembered.values():
            self.remembered += len(block.entries)
            self._note_gone(block.entries.keys() - met)
        new = not ours and not any(block.entries for block in remembered.values())
        if not (new and self._insert_all(numbers, rows)):
            for number, row in zip(numbers, rows, strict=True):
                self._decide(number, row, ours.get(number))
        self._write(settled.inserts, self.target.insert, "inserted")
        self._write(settled.updates, self.target.update, "updated")
        if self._shared.dry_run:
            return
        for key, values in settled.changes:
            self.target.update_columns(key, values)
        self._verify_and_seal(blocks)
        self.ledger.save(remembered)
        if self.mapping.source:
            self.originals.store(numbers, self.originals.lost(settled.placed), fresh=self._fresh)

    def _present(self, rows: Sequence[Row]) -> dict[int, Values]:
        """The target's rows of these keys, which nobody else changes before the transaction ends."""
        if self._fresh:
            return {}
        lock = not self._shared.dry_run
        keys = [row[self.mapping.key] for row in rows]
        if self._hashed or {type(key) for key in keys} != {int}:
            return self.target.read(keys, lock=lock)
        index, written = self.target.key_index, self.target.written
        found = self.target.read_range(key_number(keys[0]), key_number(keys[-1]), lock=lock)
        return {row[index]: written(row) for row in found}

    def _insert_all(self, numbers: Sequence[int], rows: Sequence[Row]) -> bool:
        """Decide at once about rows that neither side knew before. False when one of them takes a closer look."""
        prepared = self._plan.prepare_all(rows)
        if prepared is None:
            return False
        settled, theirs = self._settled, self.target.all_written([one.values for one in prepared])
        settled.theirs = dict(zip(numbers, theirs, strict=True))
        settled.digests = dict(zip(numbers, digests_of(theirs), strict=True))
        settled.inserts = dict(zip(numbers, zip(prepared, rows, strict=True), strict=True))
        return True

    def _decide(self, number: int, row: Row, mine: Values | None) -> None:
        settled = self._settled
        if rule := self._plan.skipped_by(row):
            self.report.skipped[rule] += 1
            self._leave_out(number)
            return
        try:
            prepared = self._plan.prepare(row)
        except Unplaceable as problem:
            self._reject(number, row, problem, mine)
            if problem.code == "missing_reference":
                self._leave_out(number)
            return
        theirs = self.target.written(prepared.values)
        digest = digest_of(theirs)
        settled.theirs[number], settled.digests[number] = theirs, digest
        if mine == theirs:
            self.report.unchanged += 1
            self._agree(number, prepared, row)
            return
        base = self._block(number).entries.get(number)
        decision = decide(base=base, ours=None if mine is None else digest_of(mine), theirs=digest)
        if decision is Decision.CONFLICT:
            self._resolve(number, prepared, row, mine)
        elif decision is Decision.INSERT:
            settled.inserts[number] = (prepared, row)
        elif decision is Decision.UPDATE:
            settled.updates[number] = (prepared, row)
        elif decision is Decision.TAKEN:
            self._reject(number, row, Unplaceable("taken", TAKEN), None)
        else:
            self._keep_ours(number, prepared, row, mine)

    def _resolve(self, number: int, prepared: Prepared, row: Row, mine: Values | None) -> None:
        """Both sides changed the row since the last run."""
        settled, prefer = self._settled, self._shared.prefer
        block = self._block(number)
        settled.uneven.add(self.ledger.block_of(number))
        if mine is not None and number in block.columns:
            merged = merge_columns(
                base=block.columns[number],
                ours=mine,
                theirs=settled.theirs[number],
                latest=self._latest,
                prefer=prefer,
            )
            if merged.taken:
                settled.changes.append((prepared.key, {place: prepared.values[place] for place in merged.taken}))
            if not merged.conflicts:
                self.report.updated += bool(merged.taken)
                self.report.merged += 1
                self._remember([number])
                if merged.taken:
                    self._take_in({number: prepared})
                else:
                    self._keep_ours(number, prepared, row, mine)
                return
            block.columns[number] = tuple(
                before if place in merged.conflicts else column_digest(value)
                for place, (before, value) in enumerate(zip(block.columns[number], settled.theirs[number], strict=True))
            )
            names = ", ".join(self.mapping.columns[place].field for place in merged.conflicts)
            self._reject(number, row, Unplaceable("conflict", f"{Decision.CONFLICT.value}: {names}"), mine)
        elif prefer is Prefer.LEGACY:
            rows = settled.inserts if mine is None else settled.updates
            rows[number] = (prepared, row)
        elif prefer is Prefer.NEW:
            self._remember([number])
            self._keep_ours(number, prepared, row, mine)
        else:
            self._reject(number, row, Unplaceable("conflict", Decision.CONFLICT.value), mine)

    def _keep_ours(self, number: int, prepared: Prepared, row: Row, mine: Values | None) -> None:
        """The row was changed or removed here, and stays so."""
        self.report.unchanged += 1
        self._settled.uneven.add(self.ledger.block_of(number))
        if mine is None:
            self.report.removed_here += 1
        else:
            self.report.edited_here += 1
            self._take_in({number: prepared})
            self._settled.placed.append((number, row))

    def _agree(self, number: int, prepared: Prepared, row: Row) -> None:
        """Both sides hold the same."""
        self._remember([number])
        self._source_sum.add(self._settled.digests[number])
        self._target_sum.add(self._settled.digests[number])
        self._take_in({number: prepared})
        self._settled.placed.append((number, row))

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
            self._reject(number, rows[number][1], problem, prepared.values if figure == "updated" else None)

        if rows and not self._shared.dry_run:
            write([prepared for prepared, _ in rows.values()], failed)
        for number in refused:
            del rows[number]
        self._remember(rows)
        self._take_in({number: prepared for number, (prepared, _) in rows.items()})
        self._settled.placed += [(number, row) for number, (_, row) in rows.items()]
        if self._shared.dry_run:
            digests = [self._settled.digests[number] for number in rows]
            self._source_sum.add_all(digests)
            self._target_sum.add_all(digests)
        setattr(self.report, figure, getattr(self.report, figure) + len(rows))

    def _verify_and_seal(self, blocks: dict[int, list[Row]]) -> None:
        """Read back what was written. Blocks in which nothing is left to say are sealed."""
        settled = self._settled
        written = settled.inserts.keys() | settled.updates.keys()
        sealable = set() if self._hashed or self._files else settled.remembered.keys() - settled.uneven
        if not written and not sealable:
            return
        found: list[Values] = []
        if self._hashed:
            there = self.target.read([settled_row[0].key for settled_row in self._written_rows()])
        else:
            found, index = self.target.read_range(*borders(settled.remembered)), self.target.key_index
            there = {row[index]: row for row in self.target.all_written(found)} if written else {}
        theirs, digests = settled.theirs, settled.digests
        self._source_sum.add_all([digests[number] for number in written])
        self._target_sum.add_all(
            [
                digests[number] if there[number] == theirs[number] else digest_of(there[number])
                for number in written & there.keys()
            ]
        )
        if self._source_sum != self._target_sum:
            raise Disagreement
        self._seals.seal(blocks, settled.remembered, sealable, found)

    def _written_rows(self) -> Iterator[tuple[Prepared, Row]]:
        yield from self._settled.inserts.values()
        yield from self._settled.updates.values()

    def _block(self, number: int) -> Block:
        return self._settled.remembered[self.ledger.block_of(number)]

    def _remember(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._block(number).entries[number] = self._settled.digests[number]
        if self.mapping.merged:
            for number in numbers:
                digests = tuple([column_digest(value) for value in self._settled.theirs[number]])
                self._block(number).columns[number] = digests

    def _note_gone(self, numbers: Collection[int]) -> None:
        if numbers:
            self.gone.update(numbers)
            self._settled.uneven.update(self.ledger.block_of(number) for number in numbers)

    def _leave_out(self, number: int) -> None:
        """The row is read, but has no place any more: if an earlier run placed it, it goes."""
        self._settled.uneven.add(self.ledger.block_of(number))
        if number in self._block(number).entries:
            self.gone.add(number)

    def _reject(self, number: int, row: Row, problem: Unplaceable, mine: Values | None) -> None:
        self.report.quarantined[problem.code] += 1
        self.quarantined.add(number)
        self._settled.uneven.add(self.ledger.block_of(number))
        self.quarantine.add(key=row[self.mapping.key], code=problem.code, reason=problem.text, row=row)
        if mine is not None and number in self._block(number).entries and problem.code != "missing_reference":
            # What an earlier run placed is still there.
            self._take_in({number: None})

    def _take_in(self, rows: Mapping[int, Prepared | None]) -> None:
        """The rows have a place: others may refer to them, and their files should be there."""
        if self._is_referred_to:
            self._shared.placed[self.mapping.source].update(rows)
        for index, name in self._files:
            for prepared in rows.values():
                if prepared is not None and (path := prepared.values[index]):
                    self._shared.uses_file(f"{self.mapping.source} {prepared.key} {name}", path)
