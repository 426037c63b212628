"""A new SQLite file with the legacy's tables. It comes into being as a whole, or not at all."""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from migrations_legacy.errors import LegacyError
from migrations_legacy.legacy_schema import APP_PREFIX, TABLES
from migrations_legacy.sources.stored import storable

SCHEMA = Path(__file__).with_name("schema.sql")
_OF_DJANGO = ("auth_", "django_")


class TargetRefused(LegacyError):
    """The path given is not one that a legacy can be written to."""


def full_name(table: str) -> str:
    """The name that the table has in the database."""
    return table if table.startswith(_OF_DJANGO) else APP_PREFIX + table


class LegacyFile:
    """Write rows, then `complete`; `abandon` leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        """TargetRefused when there is something under the path already, or its folder cannot be written to."""
        self.path = path
        self._part = path.with_name(path.name + ".part")
        if path.exists():
            raise TargetRefused(f"{path}: there is something already; an export never overwrites.")
        if not path.absolute().parent.is_dir():
            raise TargetRefused(f"{path}: there is no such folder.")
        try:
            self._part.unlink(missing_ok=True)
            self._part.touch(mode=0o600, exist_ok=False)
        except OSError as error:
            raise TargetRefused(f"{path}: cannot be written ({error.strerror or error}).") from error
        self._connection = sqlite3.connect(self._part, isolation_level=None)
        # Nobody reads the file before it is complete, so that no journal is needed. Indexes are built at the end, but
        # those that tell which rows have no place.
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        statements = [part.strip() for part in SCHEMA.read_text(encoding="utf-8").split(";\n") if part.strip()]
        self._indexes = [part for part in statements if part.startswith("CREATE INDEX ")]
        for statement in statements:
            if statement not in self._indexes:
                self._connection.execute(statement)
        self._connection.execute("BEGIN")

    def write(self, table: str, rows: Sequence[Mapping[str, object]]) -> int:
        """Insert rows; returns how many."""
        columns = TABLES[table].columns
        names = ", ".join(f'"{name}"' for name in columns)
        before = self._connection.total_changes
        try:
            self._connection.executemany(
                f'INSERT INTO "{full_name(table)}" ({names}) VALUES ({", ".join("?" * len(columns))})',
                [[row[name] for name in columns] for row in rows],
            )
        except (UnicodeEncodeError, OverflowError):
            # Text that is not UTF-8, or a number of more than 64 bits; the rows before it are written.
            self.restore(table, rows)
        return self._connection.total_changes - before

    def restore(self, table: str, rows: Sequence[Mapping[str, object]]) -> int:
        """Insert rows as they came, whatever they hold, besides those whose key or unique value is taken."""
        columns = TABLES[table].columns
        names = ", ".join(f'"{name}"' for name in columns)
        before = self._connection.total_changes
        for row in rows:
            values = [storable(row[name]) for name in columns]
            marks = [
                "CAST(? AS TEXT)" if isinstance(value, bytes) and isinstance(row[name], str) else "?"
                for name, value in zip(columns, values, strict=True)
            ]
            self._connection.execute(
                f'INSERT OR IGNORE INTO "{full_name(table)}" ({names}) VALUES ({", ".join(marks)})', values
            )
        return self._connection.total_changes - before

    def reserve(self, table: str, highest: int) -> None:
        """Let the legacy number new rows above this."""
        name = full_name(table)
        self._connection.execute("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", (highest, name))
        self._connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
            (name, highest, name),
        )

    def delete_links_to_nobody(self, table: str, column: str, owner: str) -> int:
        """Delete rows whose owner was not written; returns how many."""
        return self._connection.execute(
            f'DELETE FROM "{full_name(table)}" WHERE "{column}" NOT IN (SELECT id FROM "{full_name(owner)}")'
        ).rowcount

    def complete(self) -> dict[str, int]:
        """Build the indexes and put the file into its place. Returns what refers to nothing: tables → rows."""
        for statement in self._indexes:
            self._connection.execute(statement)
        self._connection.execute("COMMIT")
        dangling: dict[str, int] = {}
        for table, _, referred, _ in self._connection.execute("PRAGMA foreign_key_check"):
            name = f"{table.removeprefix(APP_PREFIX)} → {referred.removeprefix(APP_PREFIX)}"
            dangling[name] = dangling.get(name, 0) + 1
        self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()
        with self._part.open("rb+") as file:
            os.fsync(file.fileno())
        try:
            # A link, unlike a renaming, does not replace what somebody else put there in the meantime.
            os.link(self._part, self.path)
        except FileExistsError as error:
            raise TargetRefused(f"{self.path}: there is something already; an export never overwrites.") from error
        self._part.unlink()
        return dangling

    def abandon(self) -> None:
        """Remove what was written."""
        self._connection.close()
        self._part.unlink(missing_ok=True)
