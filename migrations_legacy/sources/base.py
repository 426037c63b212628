"""What is asked of a source: once as it lies there (`Reader`), once as the school that it means (`Source`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Row = Mapping[str, object]
"""A row by the legacy's column names; values as the source gives them, not yet converted."""
Values = tuple[object, ...]
"""A row by the order of the columns that were asked for."""

BATCH = 2000
"""Rows that are read at once."""


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

    def rows(self, table: str) -> Iterator[Row]:
        """All rows in the order of their key, in constant memory."""

    def offered(self, table: str, column: str) -> Iterator[list[tuple[int, object]]]:
        """(key, value) of a column of the source's own, which an operator's map has said the meaning of."""

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[Values]:
        """The combinations of values in these columns that more than one row has."""

    def has_empty(self, table: str, column: str) -> bool:
        """Whether a row has nothing in this column."""

    def close(self) -> None:
        """Give up everything that was opened."""
