"""What the engine asks of a source."""

from collections.abc import Iterator, Mapping
from typing import Protocol

Row = Mapping[str, object]
"""A row by the legacy's column names; values as the source gives them, not yet converted."""


class Source(Protocol):
    """A legacy school at one moment: what others write to it after it was opened is not seen."""

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

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[tuple[object, ...]]:
        """The combinations of values in these columns that more than one row has."""

    def close(self) -> None:
        """Give up everything that was opened."""
