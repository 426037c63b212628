"""Reads the tables of an open SQLite connection: a school's own file, or a dump that was spilled into one."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from migrations_legacy.sources.base import BATCH, SourceColumn, SourceTable, Values

_BEHIND = frozenset(
    ("data", "idx", "content", "docsize", "config", "segments", "segdir", "stat", "node", "parent", "rowid")
)
"""How the tables behind those of SQLite's own modules end: fts3, fts4, fts5 and rtree."""
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def quoted(name: str) -> str:
    """A name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'


def tolerant_text(data: bytes) -> str:
    """Text whose bytes are not UTF-8, with surrogates in their place, so that the row can be recognised."""
    return data.decode("utf-8", "surrogateescape")


def _is_behind(name: str, virtual: Collection[str]) -> bool:
    """Whether a table is where one of these virtual tables keeps its content."""
    owner, _, part = name.rpartition("_")
    return part in _BEHIND and owner in virtual


def storable(value: object) -> object:
    """A value of another source as SQLite takes it; what it has no type for, in its written form."""
    if isinstance(value, str):
        broken = not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)
        return value.encode("utf-8", "surrogateescape") if broken else value
    if isinstance(value, int):
        return value if _LOWEST <= value <= _HIGHEST else str(value)
    if value is None or isinstance(value, float | bytes):
        return value
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True, default=str)
    return bytes(value) if isinstance(value, memoryview) else str(value)


class StoredTables:
    """The tables of a connection, read in the order of their keys."""

    def __init__(self, connection: sqlite3.Connection, tables: Mapping[str, SourceTable] | None = None) -> None:
        """`tables`: what is known about them from elsewhere; without it, SQLite is asked."""
        self._connection = connection
        described = dict(sorted(tables.items())) if tables is not None else self._described()
        self._tables = {name: self._with_kind_of_key(table) for name, table in described.items()}

    def tables(self) -> Mapping[str, SourceTable]:
        return self._tables

    def count(self, table: str) -> int:
        count: int = self._connection.execute(f"SELECT COUNT(*) FROM {quoted(table)}").fetchone()[0]
        return count

    def filled(self, table: str) -> dict[str, int]:
        names = self._tables[table].column_names
        counts = ", ".join(f"COUNT({quoted(name)})" for name in names)
        row = self._connection.execute(f"SELECT {counts} FROM {quoted(table)}").fetchone()
        return dict(zip(names, row, strict=True))

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        given = 0
        try:
            for batch in self._batches_from(table, columns, given):
                given += len(batch)
                yield batch
        except sqlite3.OperationalError as error:
            if "decode" not in str(error).lower():
                raise
            # Decoding by hand costs time on every value, so it is done only once the built-in decoder gave up.
            self._connection.text_factory = tolerant_text
            yield from self._batches_from(table, columns, given)

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        names = ", ".join(quoted(column) for column in columns)
        return frozenset(
            self._connection.execute(f"SELECT {names} FROM {quoted(table)} GROUP BY {names} HAVING COUNT(*) > 1")
        )

    def _batches_from(self, table: str, columns: Sequence[str], offset: int) -> Iterator[list[Values]]:
        facts = self._tables[table]
        names = ", ".join(quoted(name) for name in columns or facts.column_names)
        order = ", ".join(quoted(name) for name in facts.key or facts.column_names)
        cursor = self._connection.execute(
            f"SELECT {names} FROM {quoted(table)} ORDER BY {order} LIMIT -1 OFFSET {offset}"
        )
        while rows := cursor.fetchmany(BATCH):
            yield rows

    def _described(self) -> dict[str, SourceTable]:
        """What is behind a virtual table, such as the index of a search, is read through it, or else by itself."""
        listed = self._connection.execute(
            "SELECT name, sql LIKE 'CREATE VIRTUAL TABLE%' FROM sqlite_master "
            "WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        ).fetchall()
        virtual = {name for name, is_virtual in listed if is_virtual}
        readable = {name for name in virtual if self._is_readable(name)}
        return {
            name: self._describe(name)
            for name, _ in listed
            if name in readable or (name not in virtual and not _is_behind(name, readable))
        }

    def _is_readable(self, table: str) -> bool:
        """Whether this SQLite has the module of a virtual table, and that finds its content whole."""
        try:
            self._connection.execute(f"SELECT * FROM {quoted(table)}").fetchone()
        except sqlite3.DatabaseError:
            return False
        return True

    def _describe(self, table: str) -> SourceTable:
        info = self._connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        key = tuple(row[1] for row in sorted(info, key=lambda row: row[5]) if row[5])
        targets = self._targets(table)
        return SourceTable(
            name=table,
            columns=tuple(
                SourceColumn(row[1], kind=str(row[2]).lower(), nullable=not row[3], refers_to=targets.get(row[1]))
                for row in info
            ),
            key=key,
        )

    def _with_kind_of_key(self, table: SourceTable) -> SourceTable:
        """A key is of whole numbers only if each is one, whatever is declared: SQLite takes other values as well."""
        if len(table.key) != 1 or not table.column(table.key[0]).holds_numbers:
            return table
        key = quoted(table.key[0])
        others = f"SELECT 1 FROM {quoted(table.name)} WHERE typeof({key}) <> 'integer' LIMIT 1"
        if self._connection.execute(others).fetchone() is None:
            return table
        columns = [replace(column, kind="") if column.name in table.key else column for column in table.columns]
        return replace(table, columns=tuple(columns))

    def _targets(self, table: str) -> dict[str, tuple[str, str]]:
        """Column → table and column that it refers to, for foreign keys of a single column."""
        listed = self._connection.execute(f"PRAGMA foreign_key_list({quoted(table)})").fetchall()
        composite = {row[0] for row in listed if row[1]}
        # Without a named column, the reference is to the primary key.
        return {row[3]: (row[2], row[4] or "") for row in listed if row[0] not in composite}
