"""What is asked of a source: once as it lies there (`Reader`), once as the school that it means (`Source`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Protocol

Row = Mapping[str, object]
"""A row by the legacy's column names; values as the source gives them, not yet converted."""
Values = tuple[object, ...]
"""A row by the order of the columns that were asked for."""

BATCH = 2000
"""Rows that are read at once."""


class Rows:
    """Some rows of a legacy table, in the order of their keys: seen one by one, or column by column.

    What is done a column at a time costs a fraction of what it costs a row at a time.
    """

    def __init__(self, columns: tuple[str, ...], values: list[Values]) -> None:
        """`values`: each row, by the order of `columns`."""
        self.columns, self.values = columns, values

    @classmethod
    def of(cls, columns: tuple[str, ...], rows: Sequence[Row]) -> "Rows":
        """The same from rows by name."""
        return cls(columns, [tuple([row[column] for column in columns]) for row in rows])

    @classmethod
    def joined(cls, parts: Sequence["Rows"]) -> "Rows":
        """Parts of one table, one after the other."""
        if len(parts) == 1:
            return parts[0]
        found = cls(parts[0].columns, list(chain.from_iterable([part.values for part in parts])))
        found._by_column = [
            list(chain.from_iterable(column)) for column in zip(*[p._by_column for p in parts], strict=True)
        ]
        return found

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(len(self)))

    def row(self, place: int) -> Row:
        """One row, by the names of its columns."""
        return dict(zip(self.columns, self.values[place], strict=True))

    def part(self, start: int, end: int) -> "Rows":
        """The rows from one place to before another."""
        found = Rows(self.columns, self.values[start:end])
        found._by_column = [column[start:end] for column in self._by_column]
        return found

    def picked(self, places: Sequence[int]) -> "Rows":
        """The rows at these places, which ascend."""
        if len(places) == len(self):
            return self
        return Rows(self.columns, [self.values[place] for place in places])

    def column(self, name: str) -> Sequence[object]:
        """The values of one column, in the order of the rows."""
        return self._by_column[self.columns.index(name)]

    @cached_property
    def _by_column(self) -> list[Sequence[object]]:
        return list(zip(*self.values, strict=True)) if self.values else [()] * len(self.columns)


@dataclass(frozen=True)
class SourceColumn:
    """A column as the source declares it."""

    name: str
    kind: str = ""
    """Declared type in lower case; empty when the source does not say."""
    nullable: bool = True
    refers_to: tuple[str, str] | None = None
    """Table and column that a declared foreign key points to."""

    @property
    def holds_numbers(self) -> bool:
        """Whether it is declared to hold whole numbers."""
        return "int" in self.kind or "serial" in self.kind


@dataclass(frozen=True)
class SourceTable:
    """A table as the source declares it, under the name that it has there."""

    name: str
    columns: tuple[SourceColumn, ...]
    key: tuple[str, ...] = ()
    """Columns of the declared primary key; none when there is none."""

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> SourceColumn:
        """The column of this name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class Reader(Protocol):
    """A database, dump or file at one moment: what others write to it after it was opened is not seen."""

    @property
    def description(self) -> str:
        """One line for the report: what is read, and where it is; without secrets."""

    def tables(self) -> Mapping[str, SourceTable]:
        """All tables by their names, in alphabetical order."""

    def count(self, table: str) -> int:
        """Number of rows."""

    def filled(self, table: str) -> dict[str, int]:
        """Column → number of its values that are not NULL."""

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        """All rows in the order of their key, a bounded number at a time; all columns unless some are named."""

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        """The combinations of values in these columns that more than one row has."""

    def close(self) -> None:
        """Give up everything that was opened."""


class Source(Protocol):
    """A legacy school in the tables and columns of `legacy_schema`."""

    @property
    def description(self) -> str:
        """One line for the report: what is read, and where it is."""

    def tables(self) -> tuple[str, ...]:
        """Short names of all tables there are, whether known or not, in alphabetical order."""

    def columns(self, table: str) -> tuple[str, ...]:
        """Column names of a table."""

    def count(self, table: str) -> int:
        """Number of rows."""

    def batches(self, table: str) -> Iterator[Rows]:
        """All rows in the order of their key, a bounded number at a time."""

    def offered(self, table: str, column: str) -> Iterator[list[tuple[int, object]]]:
        """(key, value) of a column of the source's own, which an operator's map has said the meaning of."""

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[Values]:
        """The combinations of values in these columns that more than one row has."""

    def may_be_empty(self, table: str, column: str) -> bool:
        """Whether rows may have nothing in this column, by its declaration or, where that is not known, by the rows."""

    def close(self) -> None:
        """Give up everything that was opened."""
