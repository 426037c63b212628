"""The source's tables that were found to be the legacy's, and their rows in the order of the legacy's keys."""

from collections.abc import Iterator, Mapping, Sequence

from migrations_legacy.legacy_schema import TABLES
from migrations_legacy.reading.columns import Alignment, align
from migrations_legacy.reading.keys import as_key
from migrations_legacy.reading.operator import OperatorMap
from migrations_legacy.reading.ordering import Ordered
from migrations_legacy.reading.tables import find_tables
from migrations_legacy.sources.base import Reader, Values


class AlignedTables(Mapping[str, Alignment]):
    """Legacy table → how the source has it."""

    def __init__(self, reader: Reader, said: OperatorMap) -> None:
        self.reader = reader
        self._found = align(reader.tables(), find_tables(reader.tables(), said), said)
        self._ordered: dict[str, Ordered] = {}

    def __getitem__(self, table: str) -> Alignment:
        return self._found[table]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def count(self, table: str) -> int:
        """Number of rows that have a key."""
        if table not in self:
            return 0
        ordered = self.ordered(table)
        return ordered.count() if ordered else self.reader.count(self[table].origin.name)

    def has_text_key(self, table: str) -> bool:
        """Whether the source tells a table's rows apart by something else than whole numbers."""
        alignment = self._found.get(table)
        if alignment is None or TABLES[table].key != "id":
            return False
        return not alignment.key or not alignment.origin.column(alignment.key).holds_numbers

    def ordered(self, table: str) -> Ordered | None:
        """The table in the order of its keys' numbers, where the source's own order is another; see Ordered."""
        alignment = self[table]
        if table not in self._ordered:
            if not self._needs_order(alignment):
                return None
            key = (alignment.key,) if alignment.key else alignment.origin.key
            self._ordered[table] = Ordered(self.reader, alignment.origin, key)
        return self._ordered[table]

    def aside(self, table: str) -> Iterator[tuple[str, Values]]:
        """(reason, row) of rows that have no key of their own."""
        ordered = self.ordered(table)
        return ordered.aside() if ordered else iter(())

    def batches(self, table: str) -> Iterator[Sequence[tuple[int | None, Values]]]:
        """(number of the key, row as the source has it), in the order of numbers; tables with other keys have none."""
        alignment = self[table]
        if ordered := self.ordered(table):
            yield from ordered.batches()
            return
        has_number = TABLES[table].key == "id" and bool(alignment.key)
        place = alignment.origin.column_names.index(alignment.key) if has_number else 0
        for rows in self.reader.batches(alignment.origin.name):
            yield [(as_key(values[place]) if has_number else None, values) for values in rows]

    def close(self) -> None:
        for ordered in self._ordered.values():
            ordered.close()

    def _needs_order(self, alignment: Alignment) -> bool:
        facts = TABLES[alignment.table]
        if facts.key != "id" or facts.many_to_many:
            return False
        return alignment.origin.key != (alignment.key,) or self.has_text_key(alignment.table)
