"""A source of any variant, read as the legacy's own tables and columns."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import islice

from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.reading.aligned import AlignedTables
from migrations_legacy.reading.fallbacks import RAW, Fallbacks
from migrations_legacy.reading.made import Fill, MadeRows
from migrations_legacy.reading.offered import chosen
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.reading.people import Accounts
from migrations_legacy.reading.takes import Takes
from migrations_legacy.sources.base import BATCH, Reader, Rows, Values


class School:
    """The school in a source: what the engine reads. Closes the reader that it was given.

    `notes`: legacy table → rule → rows that it filled; `met`: legacy table → the source's column → values that were
    read. Both of the last time that the table was read through `rows`. `offers`: see `chosen`; `met_offered`: values of
    their columns that were read.
    """

    def __init__(self, reader: Reader, said: OperatorMap | None = None) -> None:
        """`said`: what the operator says about the source. SourceRefused when it does not fit."""
        self.reader = reader
        self.said = said or OperatorMap()
        self.said.check(reader.tables())
        self.aligned = AlignedTables(reader, self.said)
        self.offers = chosen(self.said, self.aligned)
        self.met_offered: Counter[tuple[str, str]] = Counter()
        self.made = MadeRows(self.aligned)
        self.notes: dict[str, Counter[str]] = {}
        self.met: dict[str, Counter[str]] = {}
        self._takes = Takes(self.aligned, self.made)
        self._fallbacks = Fallbacks(self.made, self._unnoted)

    @property
    def description(self) -> str:
        return self.reader.description

    def tables(self) -> tuple[str, ...]:
        return tuple(sorted(self.aligned.keys() | self.made.tables.keys()))

    def columns(self, table: str) -> tuple[str, ...]:
        return TABLES[table].columns

    def count(self, table: str) -> int:
        return self.count_made(table) + self.aligned.count(table)

    def count_made(self, table: str) -> int:
        """Number of rows that the source itself does not have."""
        return sum(1 for _ in self.made.rows(table))

    def batches(self, table: str) -> Iterator[Rows]:
        notes, met = self.notes.setdefault(table, Counter()), self.met.setdefault(table, Counter())
        notes.clear()
        met.clear()
        if self._comes_straight(table) and table not in self.made.tables and table != "customuser":
            yield from self._straight(table, met)
            return
        rows = self._found(table, notes, met) if table in self.aligned else iter(())
        if table in self.made.tables:
            rows = merge(rows, self.made.rows(table), key=lambda row: row["id"])
        if table == "customuser":
            rows = Accounts(notes).settle(rows)
        while part := list(islice(rows, BATCH)):
            yield Rows.of(TABLES[table].columns, part)

    def offered(self, table: str, column: str) -> Iterator[list[tuple[int, object]]]:
        """(key, value) of a column of the source's own, which an operator's map has said the meaning of."""
        place = self.aligned[table].origin.column_names.index(column)
        self.met_offered[table, column] = 0
        for keyed in self.aligned.batches(table):
            batch = [(key, values[place]) for key, values in keyed if key is not None]
            self.met_offered[table, column] += sum(value is not None for _, value in batch)
            yield batch

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[Values]:
        alignment = self.aligned.get(table)
        if alignment is None:
            return frozenset()
        if self.aligned.ordered(table) is None and all(self._is_source_of(table, column) for column in columns):
            raw = tuple([alignment.found[column].column for column in columns])
            takes = [self._takes.take(alignment, column, raw) for column in columns]
            groups = self.reader.repeated(alignment.origin.name, raw)
            return frozenset(tuple([take(group) for take in takes]) for group in groups)
        counts = Counter(tuple([row[column] for column in columns]) for row in self._unnoted(table))
        return frozenset(group for group, rows in counts.items() if rows > 1)

    def may_be_empty(self, table: str, column: str) -> bool:
        alignment = self.aligned.get(table)
        found = alignment.found.get(column) if alignment else None
        if alignment is None or found is None or found.steps:
            return True
        declared = alignment.origin.column(found.column)
        return declared.nullable if declared.kind else any(row[column] is None for row in self._unnoted(table))

    def close(self) -> None:
        self.aligned.close()
        self.reader.close()

    def left_columns(self, table: str) -> list[str]:
        """The source's columns of a table whose values do not come over as they are."""
        alignment = self.aligned[table]
        used = alignment.carried | self.made.used_columns(table)
        used |= {column for owner, column in self.offers if owner == table}
        # What is no day makes no session year, and would be lost otherwise.
        within = self.made.years_within.get(table)
        changed = {within.start, within.end} if within else set()
        changed |= {
            found.column
            for column, found in alignment.found.items()
            if self._is_text_key(table, column) and TABLES[table].key == "id"
        }
        return [name for name in alignment.origin.column_names if name not in used or name in changed]

    def _is_text_key(self, table: str, column: str) -> bool:
        """Whether a column holds keys for which numbers stand."""
        return self.aligned.has_text_key(table if column == "id" else TABLES[table].references.get(column, ""))

    def _unnoted(self, table: str) -> Iterator[Fill]:
        """A table's rows, for what has to be known of it while others are read."""
        found = self._found(table, Counter(), Counter()) if table in self.aligned else iter(())
        return merge(found, self.made.rows(table), key=lambda row: row["id"])

    def _is_source_of(self, table: str, column: str) -> bool:
        """Whether the source itself can say which values of a column occur twice."""
        found = self.aligned[table].found.get(column)
        return found is not None and not found.steps and not self._may_be_filled(table, column)

    def _may_be_filled(self, table: str, column: str) -> bool:
        found = self.aligned[table].found.get(column)
        nullable = found is None or self.aligned[table].origin.column(found.column).nullable
        return nullable and self._fallbacks.fallback(table, column) is not None

    def _comes_straight(self, table: str) -> bool:
        """Whether a table's rows can be handed on as the source has them."""
        alignment = self.aligned.get(table)
        return (
            alignment is not None
            and all(
                self._takes.is_straight(alignment, column) and not self._may_be_filled(table, column)
                for column in TABLES[table].columns
            )
            and self.aligned.ordered(table) is None
        )

    def _straight(self, table: str, met: Counter[str]) -> Iterator[Rows]:
        """Millions of rows of an ordinary school go through here: nothing is done for each value."""
        alignment, columns = self.aligned[table], TABLES[table].columns
        raw = tuple([alignment.found[column].column for column in columns])
        for values in self.reader.batches(alignment.origin.name, raw):
            rows = Rows(columns, values)
            _count(met, raw, map(rows.column, columns))
            yield rows

    def _found(self, table: str, notes: Counter[str], met: Counter[str]) -> Iterator[Fill]:
        alignment, columns = self.aligned[table], TABLES[table].columns
        names = alignment.origin.column_names
        takes = {column: self._takes.take(alignment, column, names) for column in columns}
        fallbacks = [(column, rule) for column in columns if (rule := self._fallbacks.fallback(table, column))]
        for keyed in self.aligned.batches(table):
            _count(met, names, zip(*[values for _, values in keyed], strict=True))
            for key, values in keyed:
                row: Fill = {column: take(values) for column, take in takes.items()}
                if key is not None:
                    row["id"] = key
                row[RAW] = values
                for column, default in fallbacks:
                    if row[column] is None and (value := default.value(row)) is not None:
                        row[column] = value
                        notes[default.rule] += 1
                del row[RAW]
                yield row


def _count(met: Counter[str], names: Iterable[str], columns: Iterable[Sequence[object]]) -> None:
    """Count the values of each column that are not NULL."""
    for name, values in zip(names, columns, strict=True):
        met[name] += len(values) - values.count(None)
