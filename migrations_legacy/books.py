"""What the move of one table knows of its rows: which were placed, which have no place any more, and what they held."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from migrations_legacy.digest import Checksum, column_digest
from migrations_legacy.errors import Unplaceable
from migrations_legacy.ledger import Block, Ledger
from migrations_legacy.mapping import TableMapping
from migrations_legacy.prepared import Values
from migrations_legacy.quarantine import Quarantine
from migrations_legacy.report import TableReport
from migrations_legacy.settled import Settled, Shared
from migrations_legacy.sources.base import Row, Rows


class Books:
    """Kept for one mapping during one run; `settled` is about the blocks at work."""

    def __init__(self, mapping: TableMapping, report: TableReport, ledger: Ledger, shared: Shared) -> None:
        self.mapping, self.report, self.ledger, self._shared = mapping, report, ledger, shared
        self.quarantine = Quarantine(mapping.source, mapping.target, run=shared.run, dry_run=shared.dry_run)
        self.settled = Settled()
        self.gone: set[int] = set()
        """Keys that earlier runs placed and that have no place any more."""
        self.quarantined: set[int] = set()
        """Keys of rows that this run met and could not place."""
        self.remembered = 0
        """Rows that earlier runs placed, as far as they were looked at."""
        self.source_sum, self.target_sum = Checksum(), Checksum()
        self.files = [(place, column.field) for place, column in enumerate(mapping.columns) if column.is_file]
        self._is_referred_to = mapping.main and mapping.source in shared.placed

    def block(self, number: int) -> Block:
        """The block at work that a key number belongs to."""
        return self.settled.remembered[self.ledger.block_of(number)]

    def open(self, remembered: dict[int, Block], met: Collection[int]) -> None:
        """Begin with some blocks, in which the source has these keys."""
        self.settled = Settled(remembered=remembered)
        for block in remembered.values():
            self.remembered += len(block.entries)
            self.note_gone(block.entries.keys() - met)

    def pass_over(self, rows: Rows, block: Block) -> None:
        """Nothing of the block changed on either side."""
        digests = list(block.entries.values())
        self.remembered += len(digests)
        self.report.unchanged += len(rows)
        self.add_to_sums(digests)
        if self._is_referred_to:
            self._shared.placed[self.mapping.source].update(block.entries)

    def add_to_sums(self, digests: Sequence[int]) -> None:
        """Both sides hold rows of these digests."""
        self.source_sum.add_all(digests)
        self.target_sum.add_all(digests)

    def remember(self, numbers: Iterable[int]) -> None:
        """Rows whose content the next run compares with: what the source says today."""
        digests, theirs = self.settled.digests, self.settled.theirs
        for number in numbers:
            self.block(number).entries[number] = digests[number]
        if self.mapping.merged:
            for number in numbers:
                self.block(number).columns[number] = tuple([column_digest(value) for value in theirs[number]])

    def take_in(self, numbers: Collection[int], rows: Collection[Values] = ()) -> None:
        """The rows have a place: others may refer to them, and their files should be there. `rows`: their content."""
        if self._is_referred_to:
            self._shared.placed[self.mapping.source].update(numbers)
        for place, name in self.files if rows else ():
            for number, values in zip(numbers, rows, strict=True):
                if path := values[place]:
                    self._shared.uses_file(f"{self.mapping.source} {number} {name}", path)

    def enter(self, block: int, numbers: Sequence[int], digests: Sequence[int], theirs: Sequence[Values]) -> None:
        """All rows of a block of which nothing was known; `theirs` and digests are of what the source says."""
        entered = self.settled.remembered[block]
        entered.entries = dict(zip(numbers, digests, strict=True))
        if self.mapping.merged:
            columns = [tuple(map(column_digest, values)) for values in theirs]
            entered.columns = dict(zip(numbers, columns, strict=True))

    def agree(self, rows: Mapping[int, Values]) -> None:
        """Rows of which both sides hold the same."""
        self.report.unchanged += len(rows)
        self.remember(rows)
        self.add_to_sums([self.settled.digests[number] for number in rows])
        self.take_in(rows, rows.values())
        self.settled.placed.update(rows)

    def note_gone(self, numbers: Collection[int]) -> None:
        """Rows that an earlier run placed, and that the source no longer has."""
        self.gone.update(numbers)
        self.uneven(numbers)

    def leave_out(self, number: int) -> None:
        """The row is read, but has no place any more: if an earlier run placed it, it goes."""
        self.uneven([number])
        if number in self.block(number).entries:
            self.gone.add(number)

    def reject(self, number: int, row: Row, problem: Unplaceable, mine: Values | None) -> None:
        """The row has no place. `mine`: what stands in it."""
        self.report.quarantined[problem.code] += 1
        self.quarantined.add(number)
        self.uneven([number])
        self.quarantine.add(key=row[self.mapping.key], code=problem.code, reason=problem.text, row=row)
        if mine is not None and number in self.block(number).entries and problem.code != "missing_reference":
            # What an earlier run placed is still there.
            self.take_in([number])

    def uneven(self, numbers: Iterable[int]) -> None:
        """The blocks of these rows hold something besides rows that are the same on both sides."""
        self.settled.uneven.update(map(self.ledger.block_of, numbers))
