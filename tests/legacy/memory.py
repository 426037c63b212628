"""A source that is kept in memory: the plain fake for tests of the engine."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from migrations_legacy.sources.base import Row, Rows


class MemorySource:
    """Tables as lists of rows, in the order of their keys."""

    description = "a school in memory"

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self._tables = {name: list(rows) for name, rows in tables.items()}

    def tables(self) -> tuple[str, ...]:
        return tuple(sorted(self._tables))

    def columns(self, table: str) -> tuple[str, ...]:
        return tuple(self._tables[table][0]) if self._tables[table] else ()

    def count(self, table: str) -> int:
        return len(self._tables[table])

    def batches(self, table: str) -> Iterator[Rows]:
        yield Rows.of(self.columns(table), self._tables[table])

    def offered(self, table: str, column: str) -> Iterator[list[tuple[int, object]]]:
        yield [(int(str(row["id"])), row[column]) for row in self._tables[table]]

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[tuple[object, ...]]:
        groups = Counter(tuple(row[column] for column in columns) for row in self._tables[table])
        return frozenset(group for group, rows in groups.items() if rows > 1)

    def may_be_empty(self, table: str, column: str) -> bool:
        return any(row[column] is None for row in self._tables[table])

    def close(self) -> None:
        self._tables = {}
