"""A legacy school in a database server, named by a URL (see `address`), read in one snapshot that the server gives."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from migrations_legacy.errors import SourceRefused, first_line
from migrations_legacy.sources import mysql
from migrations_legacy.sources.address import settings_of, without_password
from migrations_legacy.sources.base import BATCH, SourceColumn, SourceTable, Values
from migrations_legacy.sources.copied import CopiedTables
from migrations_legacy.sources.sql_text import Broken, declared

_ALIAS = "legacy"
_DRIVERS = {"postgresql": "psycopg", "mysql": "mysqlclient"}
_SNAPSHOT = {"postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",), "mysql": mysql.SNAPSHOT}


class DatabaseSource:
    """Reads a database server inside one transaction that sees one moment and may not write."""

    def __init__(self, url: str) -> None:
        """Connect and take the snapshot. SourceRefused when the URL is wrong or the server does not let us in."""
        settings = settings_of(url)
        self._shown = without_password(url)
        self._copied = CopiedTables()
        try:
            self._connection: BaseDatabaseWrapper = ConnectionHandler({"default": {}, _ALIAS: settings})[_ALIAS]
        except ImproperlyConfigured as error:
            self._copied.close()
            driver = _DRIVERS[settings["ENGINE"].rpartition(".")[2]]
            raise SourceRefused(
                f"{self._shown}: the driver is missing; install it with: pip install {driver}"
            ) from error
        try:
            if self._is_mysql:
                self._connection.settings_dict["OPTIONS"]["conv"] = mysql.conversions()
            self._connection.ensure_connection()
            for statement in _SNAPSHOT[self._connection.vendor]:
                self._execute(statement)
            self._tables = {name: self._describe(name) for name in self._names()}
            self._copy()
        except (DatabaseError, ImproperlyConfigured, Broken, TypeError, UnicodeError) as error:
            self.close()
            raise SourceRefused(f"{self._shown}: the database cannot be read ({first_line(error).strip()}).") from error
        self._stored = self._copied.stored()

    @property
    def description(self) -> str:
        return f"database {self._shown}"

    def tables(self) -> Mapping[str, SourceTable]:
        return self._tables

    def count(self, table: str) -> int:
        if table in self._copied:
            return self._stored.count(table)
        return int(self._execute(f"SELECT COUNT(*) FROM {self._name(table)}")[0][0])

    def filled(self, table: str) -> dict[str, int]:
        if table in self._copied:
            return self._stored.filled(table)
        columns = self._tables[table].columns
        counts = ", ".join(f"COUNT({self._filled(column)})" for column in columns)
        found = self._execute(f"SELECT {counts} FROM {self._name(table)}")[0]
        return {column.name: count for column, count in zip(columns, found, strict=True)}

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        """Page after page by the key: no cursor stays open, so that other questions can be asked in between."""
        if table in self._copied:
            yield from self._stored.batches(table, columns)
            return
        facts = self._tables[table]
        names = tuple(columns) or facts.column_names
        listed = ", ".join(self._name(name) for name in (*names, *facts.key))
        ordered = ", ".join(self._name(name) for name in facts.key)
        sought = f"WHERE ({ordered}) > ({', '.join(['%s'] * len(facts.key))})"
        last: tuple[Any, ...] = ()
        while True:
            rows = self._execute(
                f"SELECT {listed} FROM {self._name(table)} {sought if last else ''} ORDER BY {ordered} LIMIT {BATCH}",
                last,
            )
            if rows:
                yield [row[: len(names)] for row in rows]
            if len(rows) < BATCH:
                return
            last = rows[-1][len(names) :]

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        if table in self._copied:
            return self._stored.repeated(table, columns)
        names = ", ".join(self._name(column) for column in columns)
        return frozenset(self._execute(f"SELECT {names} FROM {self._name(table)} GROUP BY {names} HAVING COUNT(*) > 1"))

    def close(self) -> None:
        self._copied.close()
        if self._connection.connection is not None:
            self._connection.close()

    @property
    def _is_mysql(self) -> bool:
        return self._connection.vendor == "mysql"

    def _execute(self, statement: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return list(cursor.fetchall()) if cursor.description else []

    def _name(self, name: str) -> str:
        return self._connection.ops.quote_name(name)

    def _filled(self, column: SourceColumn) -> str:
        name = self._name(column.name)
        return mysql.filled(name, column.kind) if self._is_mysql else name

    def _names(self) -> list[str]:
        with self._connection.cursor() as cursor:
            listed = self._connection.introspection.get_table_list(cursor)
        # A partition is read with its table. MariaDB's tables that keep their history are of no type that Django knows.
        return sorted(info.name for info in listed if info.type not in ("v", "p"))

    def _describe(self, table: str) -> SourceTable:
        if self._is_mysql:
            # Its tables about tables hide keys and references from a user who may only read.
            return self._with_zero_days(declared(self._execute(f"SHOW CREATE TABLE {self._name(table)}")[0][1]))
        introspection = self._connection.introspection
        with self._connection.cursor() as cursor:
            described = introspection.get_table_description(cursor, table)
            targets = introspection.get_relations(cursor, table)
            key = tuple(introspection.get_primary_key_columns(cursor, table) or ())
        columns = tuple(
            SourceColumn(
                info.name,
                kind=self._kind(info),
                nullable=bool(info.null_ok),
                refers_to=(targets[info.name][1], targets[info.name][0]) if info.name in targets else None,
            )
            for info in described
        )
        return SourceTable(table, columns, key)

    def _with_zero_days(self, table: SourceTable) -> SourceTable:
        """Columns that have a day of zeros, which is read as NULL, may be NULL."""
        days = [column for column in table.columns if mysql.may_be_zero(column)]
        if not days:
            return table
        least = ", ".join(f"MIN({self._name(column.name)})" for column in days)
        found = self._execute(f"SELECT {least} FROM {self._name(table.name)}")[0]
        zero = {column.name for column, value in zip(days, found, strict=True) if value is None}
        columns = [replace(column, nullable=column.nullable or column.name in zero) for column in table.columns]
        return replace(table, columns=tuple(columns))

    def _copy(self) -> None:
        """Copy what cannot be read in pages, and try whether the rest can be read at all."""
        changing = {name for (name,) in self._execute(mysql.WITHOUT_TRANSACTIONS)} if self._is_mysql else set()
        for name, table in self._tables.items():
            listed = ", ".join(map(self._name, table.column_names))
            statement = f"SELECT {listed} FROM {self._name(name)}"
            if table.key and name not in changing:
                self._execute(f"{statement} LIMIT 0")
            else:
                self._copied.add(table, self._streamed(statement))

    def _streamed(self, statement: str) -> Iterator[Sequence[Values]]:
        """Rows that do not all come into memory."""
        connection = self._connection
        raw = connection.connection.cursor(mysql.streaming_cursor()) if self._is_mysql else connection.chunked_cursor()
        with closing(raw) as cursor:
            cursor.execute(statement)
            while rows := cursor.fetchmany(BATCH):
                yield rows

    def _kind(self, info: Any) -> str:
        try:
            kind = self._connection.introspection.get_field_type(info.type_code, info)
        except KeyError:
            return ""
        # Fields that number themselves are declared as numbers too.
        return "integer" if "Integer" in kind or "AutoField" in kind else kind.lower()
