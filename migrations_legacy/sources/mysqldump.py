"""A legacy school in the SQL text that `mysqldump`, MariaDB's dump or phpMyAdmin write.

Rows are spilled into a temporary database as they are read, because they are needed in the order of their keys.
"""

import bz2
import gzip
import lzma
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from migrations_legacy.errors import SourceRefused
from migrations_legacy.sources import mysql
from migrations_legacy.sources.base import BATCH, SourceTable, Values
from migrations_legacy.sources.sql_text import Broken, Declared, Statements
from migrations_legacy.sources.stored import StoredTables, quoted, storable

_START_SHOWN = 64 * 1024
_END_SHOWN = 4096
_BEGINNINGS = ("--", "/*", "#", "create table", "insert into", "drop table", "set ", "start transaction", "use ")
_NUMBERS = ("int", "bit", "bool", "serial")
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def open_sql(path: Path) -> IO[str]:
    """The file as text; bytes that are not UTF-8 are kept as they are."""
    if opener := _OPENERS.get(path.suffix):
        unpacked: IO[str] = opener(path, "rt", encoding="utf-8-sig", errors="surrogateescape")
        return unpacked
    return path.open(encoding="utf-8-sig", errors="surrogateescape")


def looks_like_sql(path: Path) -> bool:
    """Whether a text file begins as dumps of MySQL do."""
    try:
        with open_sql(path) as file:
            start = file.read(_START_SHOWN).lstrip().lower()
    except (OSError, EOFError, lzma.LZMAError):
        return False
    return start.startswith(_BEGINNINGS) and ("create table" in start or "insert into" in start or "mysql" in start)


class MysqldumpSource:
    """Reads a temporary copy of the dump's rows, sorted by key."""

    def __init__(self, path: Path) -> None:
        """Read the file. SourceRefused when it is damaged or ends too early."""
        self._path = path
        self._folder = tempfile.TemporaryDirectory(prefix="legacy-")
        self._connection = sqlite3.connect(Path(self._folder.name) / "dump.sqlite3", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        try:
            self._stored = StoredTables(self._connection, self._spill())
        except Broken as error:
            self.close()
            raise SourceRefused(f"{path}: the dump is truncated or damaged: {error}.") from error
        except (OSError, EOFError, lzma.LZMAError, sqlite3.Error) as error:
            self.close()
            raise SourceRefused(f"{path}: cannot be read ({error}).") from error
        except SourceRefused:
            self.close()
            raise

    @property
    def description(self) -> str:
        return f"SQL dump {self._path}"

    def tables(self) -> Mapping[str, SourceTable]:
        return self._stored.tables()

    def count(self, table: str) -> int:
        return self._stored.count(table)

    def filled(self, table: str) -> dict[str, int]:
        return self._stored.filled(table)

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        return self._stored.batches(table, columns)

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        return self._stored.repeated(table, columns)

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _spill(self) -> dict[str, SourceTable]:
        self._check_end()
        made: set[str] = set()
        waiting: dict[str, list[Values]] = {}
        self._connection.execute("BEGIN")
        with open_sql(self._path) as file:
            statements = Statements(file)
            for name, columns, values in statements.rows():
                table = self._declared(statements, name, columns)
                if name not in made:
                    self._make(table)
                    made.add(name)
                rows = waiting.setdefault(name, [])
                rows.append(self._in_order(table, columns, values))
                if len(rows) >= BATCH:
                    self._store(table, waiting.pop(name))
        for table in statements.tables.values():
            if table.name not in made:
                self._make(table)
            self._store(table, waiting.pop(table.name, []))
            if table.key:
                key = ", ".join(quoted(column) for column in table.key)
                self._connection.execute(
                    f"CREATE INDEX {quoted('key of ' + table.name)} ON {quoted(table.name)} ({key})"
                )
        self._connection.execute("COMMIT")
        return {table.name: table.described() for table in statements.tables.values()}

    def _check_end(self) -> None:
        """The tools say at the end that they are done; what lacks that was cut off between two statements."""
        with open_sql(self._path) as file:
            start = file.read(_END_SHOWN)
            end = start
            while chunk := file.read(1 << 20):
                end = (end + chunk)[-_END_SHOWN:]
        by_tool = any(word in start for word in ("-- MySQL dump", "-- MariaDB dump"))
        if by_tool and "-- Dump completed" not in end:
            raise Broken("it lacks the line that says it is complete")

    @staticmethod
    def _declared(statements: Statements, name: str, columns: tuple[str, ...]) -> Declared:
        if name not in statements.tables:
            if not columns:
                raise Broken(f"rows of {name} come without the names of their columns")
            statements.tables[name] = Declared(name, dict.fromkeys(columns, ("", True)))
        return statements.tables[name]

    @staticmethod
    def _in_order(table: Declared, columns: tuple[str, ...], values: Values) -> Values:
        names = columns or tuple(table.columns)
        if len(names) != len(values):
            raise Broken(f"a row of {table.name} has {len(values)} values for {len(names)} columns")
        if names == tuple(table.columns):
            return values
        given = dict(zip(names, values, strict=True))
        if unknown := given.keys() - table.columns.keys():
            raise Broken(f"{table.name} has no column {sorted(unknown)[0]}")
        return tuple(given.get(column) for column in table.columns)

    def _make(self, table: Declared) -> None:
        # Only whole numbers get a type: text would otherwise be turned into numbers, and exact decimals into floats.
        columns = ", ".join(
            f"{quoted(name)} {'INTEGER' if kind.endswith(_NUMBERS) else ''}"
            for name, (kind, _) in table.columns.items()
        )
        self._connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns})")

    def _store(self, table: Declared, rows: list[Values]) -> None:
        marks = ", ".join("?" * len(table.columns))
        stored = (tuple([storable(value) for value in row]) for row in _without_zero_days(table, rows))
        self._connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", stored)


def _without_zero_days(table: Declared, rows: list[Values]) -> list[Values]:
    """The rows with NULL for days of zeros, as a server's rows are read."""
    for place, (name, (kind, _)) in enumerate(table.columns.items()):
        if kind in mysql.DAYS and any(mysql.is_zero(row[place]) for row in rows):
            rows = [(*row[:place], None, *row[place + 1 :]) if mysql.is_zero(row[place]) else row for row in rows]
            table.columns[name] = (kind, True)
    return rows
