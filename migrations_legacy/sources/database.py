"""A legacy school in a database server, named by a URL, read in one snapshot that the server gives.

postgres://user:password@host:5432/name        also postgresql://, with ?host=/folder for a socket
mysql://user:password@host:3306/name           also mariadb://; needs the package mysqlclient
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from migrations_legacy.errors import SourceRefused, first_line
from migrations_legacy.sources.base import BATCH, SourceColumn, SourceTable, Values

_ENGINES = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mysql"}
_DRIVERS = {"postgresql": "psycopg", "mysql": "mysqlclient"}
_ALIAS = "legacy"
_SNAPSHOT = {
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "mysql": (
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    ),
}


def is_url(written: str) -> bool:
    """Whether this names a database by its address, and not a file."""
    return "://" in written


def _without_password(url: str) -> str:
    """The address as it may be shown."""
    parts = urlsplit(url)
    place = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    return f"{parts.scheme}://{f'{parts.username}@' if parts.username else ''}{place}{parts.path}"


def settings_of(url: str) -> dict[str, Any]:
    """Django's settings for a database URL. SourceRefused when it is none, or of a kind that cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SourceRefused(f"The database's URL cannot be read: {error}.") from error
    engine = _ENGINES.get(parts.scheme)
    name = unquote(parts.path.removeprefix("/"))
    if engine is None:
        raise SourceRefused(
            f"{parts.scheme}://: not a kind of database that can be read; give postgres:// or mysql://."
        )
    if not name or "/" in name:
        raise SourceRefused(f"{_without_password(url)}: the URL does not end in the name of one database.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    settings = {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(port or options.pop("port", "")),
        "OPTIONS": options,
        "TIME_ZONE": "UTC",
    }
    if engine == "postgresql":
        options.setdefault("connect_timeout", "10")
    return settings


class DatabaseSource:
    """Reads a database server inside one transaction that sees one moment and may not write."""

    def __init__(self, url: str) -> None:
        """Connect and take the snapshot. SourceRefused when the URL is wrong or the server does not let us in."""
        settings = settings_of(url)
        self._shown = _without_password(url)
        vendor = settings["ENGINE"].rpartition(".")[2]
        try:
            self._connection: BaseDatabaseWrapper = ConnectionHandler({"default": {}, _ALIAS: settings})[_ALIAS]
        except ImproperlyConfigured as error:
            raise SourceRefused(
                f"{self._shown}: the driver is missing; install it with: pip install {_DRIVERS[vendor]}"
            ) from error
        try:
            self._connection.ensure_connection()
            for statement in _SNAPSHOT[vendor]:
                self._execute(statement)
            self._tables = {name: self._describe(name) for name in self._names()}
        except (DatabaseError, UnicodeError) as error:
            self.close()
            raise SourceRefused(f"{self._shown}: the database cannot be read ({first_line(error).strip()}).") from error

    @property
    def description(self) -> str:
        return f"database {self._shown}"

    def tables(self) -> Mapping[str, SourceTable]:
        return self._tables

    def count(self, table: str) -> int:
        return int(self._execute(f"SELECT COUNT(*) FROM {self._name(table)}")[0][0])

    def filled(self, table: str) -> dict[str, int]:
        names = self._tables[table].column_names
        counts = ", ".join(f"COUNT({self._name(name)})" for name in names)
        return dict(zip(names, self._execute(f"SELECT {counts} FROM {self._name(table)}")[0], strict=True))

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        """Page after page by the key: no cursor stays open, so that other questions can be asked in between."""
        facts = self._tables[table]
        names = tuple(columns) or facts.column_names
        order = facts.key or facts.column_names
        listed = ", ".join(self._name(name) for name in (*names, *order))
        ordered = ", ".join(self._name(name) for name in order)
        sought = f"({ordered}) > ({', '.join(['%s'] * len(order))})"
        by_key = bool(facts.key)
        last: tuple[Any, ...] = ()
        offset = 0
        while True:
            where = f"WHERE {sought}" if last else ""
            skip = f"OFFSET {offset}" if offset else ""
            rows = self._execute(
                f"SELECT {listed} FROM {self._name(table)} {where} ORDER BY {ordered} LIMIT {BATCH} {skip}", last
            )
            if rows:
                yield [row[: len(names)] for row in rows]
            if len(rows) < BATCH:
                return
            if by_key:
                last = rows[-1][len(names) :]
            else:
                offset += BATCH

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        names = ", ".join(self._name(column) for column in columns)
        return frozenset(self._execute(f"SELECT {names} FROM {self._name(table)} GROUP BY {names} HAVING COUNT(*) > 1"))

    def close(self) -> None:
        if self._connection.connection is not None:
            self._connection.close()

    def _execute(self, statement: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return list(cursor.fetchall()) if cursor.description else []

    def _name(self, name: str) -> str:
        return self._connection.ops.quote_name(name)

    def _names(self) -> list[str]:
        with self._connection.cursor() as cursor:
            listed = self._connection.introspection.get_table_list(cursor)
        return sorted(info.name for info in listed if info.type in ("t", "p"))

    def _describe(self, table: str) -> SourceTable:
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

    def _kind(self, info: Any) -> str:
        try:
            kind = self._connection.introspection.get_field_type(info.type_code, info)
        except KeyError:
            return ""
        # Fields that number themselves are declared as numbers too.
        return "integer" if "Integer" in kind or "AutoField" in kind else kind.lower()
