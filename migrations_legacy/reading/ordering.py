"""Rows of a table in the order of numbers for their keys, where the source itself cannot give that order.

Keys of text, keys of several columns, and tables without a declared key are spilled into a temporary database first.
"""

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from migrations_legacy.reading.keys import as_key, number_for
from migrations_legacy.sources.base import BATCH, Reader, SourceTable, Values
from migrations_legacy.sources.stored import quoted, storable, tolerant_text

NO_KEY = "a row without a key"
SECOND = "a second row with the key of another"


class Ordered:
    """One table, spilled. What has no key of its own is set aside, with the reason."""

    def __init__(self, reader: Reader, table: SourceTable, key: tuple[str, ...]) -> None:
        """`key`: the columns that tell rows apart; none: the whole row does."""
        self._folder = tempfile.TemporaryDirectory(prefix="legacy-")
        self._connection = sqlite3.connect(Path(self._folder.name) / "ordered.sqlite3", isolation_level=None)
        self._connection.text_factory = tolerant_text
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        columns = ", ".join(quoted(f"c{place}") for place in range(len(table.columns)))
        self._connection.execute(f"CREATE TABLE placed (key INTEGER PRIMARY KEY, {columns})")
        self._connection.execute(f"CREATE TABLE aside (number INTEGER PRIMARY KEY, reason TEXT, {columns})")
        self._marks = ", ".join("?" * (len(table.columns) + 1))
        self._next: dict[str, int] = {}
        """Of keys that several rows have: the number that the next such row gets."""
        self._places = [table.column_names.index(name) for name in key]
        self._connection.execute("BEGIN")
        for batch in reader.batches(table.name):
            for values in batch:
                self._take(values)
        self._connection.execute("COMMIT")

    def count(self) -> int:
        """Number of rows that have a key."""
        count: int = self._connection.execute("SELECT COUNT(*) FROM placed").fetchone()[0]
        return count

    def batches(self) -> Iterator[list[tuple[int, Values]]]:
        """(number of the key, row) in the order of numbers."""
        cursor = self._connection.execute("SELECT * FROM placed ORDER BY key")
        while rows := cursor.fetchmany(BATCH):
            yield [(row[0], row[1:]) for row in rows]

    def aside(self) -> Iterator[tuple[str, Values]]:
        """(reason, row) of what could not be told apart."""
        for _, reason, *values in self._connection.execute("SELECT * FROM aside ORDER BY number"):
            yield reason, tuple(values)

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _take(self, values: Values) -> None:
        row = tuple([storable(value) for value in values])
        own = [row[place] for place in self._places]
        if any(value is None for value in own):
            self._set_aside(NO_KEY, row)
        elif len(own) == 1:
            if not self._placed(as_key(own[0]), row):
                self._set_aside(SECOND, row)
        else:
            text = repr(own or row)
            number = self._next.get(text, 1)
            while not self._placed(number_for(f"{text} {number}"), row):
                number += 1
            if number > 1:
                self._next[text] = number + 1

    def _placed(self, key: int | None, row: Values) -> bool:
        done = self._connection.execute(f"INSERT OR IGNORE INTO placed VALUES ({self._marks})", (key, *row))
        return done.rowcount > 0

    def _set_aside(self, reason: str, row: Values) -> None:
        self._connection.execute(f"INSERT INTO aside VALUES (NULL, {self._marks})", (reason, *row))
