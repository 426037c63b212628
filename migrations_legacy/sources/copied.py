"""Tables of a server that are copied as a whole when it is opened, each by a single statement.

That is for tables that cannot be read page by page: without a key, pages have no borders; and without transactions, the
server's snapshot does not hold, so that others would change between two pages what is read.
"""

import sqlite3
import tempfile
from collections.abc import Iterable
from pathlib import Path

from migrations_legacy.sources.base import SourceTable, Values
from migrations_legacy.sources.stored import StoredTables, quoted, storable


class CopiedTables:
    """Tables in a temporary database."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="legacy-")
        self._connection = sqlite3.connect(Path(self._folder.name) / "copied.sqlite3", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._tables: dict[str, SourceTable] = {}

    def __contains__(self, table: str) -> bool:
        return table in self._tables

    def add(self, table: SourceTable, batches: Iterable[Iterable[Values]]) -> None:
        """Copy a table's rows."""
        columns = ", ".join(quoted(name) for name in table.column_names)
        marks = ", ".join("?" * len(table.columns))
        self._connection.execute("BEGIN")
        self._connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns})")
        for rows in batches:
            stored = (tuple([storable(value) for value in row]) for row in rows)
            self._connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", stored)
        self._connection.execute("COMMIT")
        self._tables[table.name] = table

    def stored(self) -> StoredTables:
        """What was copied, to be read."""
        return StoredTables(self._connection, self._tables)

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()
