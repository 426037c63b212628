"""The same school as a MySQL server holds it, in tables as Django makes them there of the legacy's models."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from migrations_legacy.sources.address import settings_of

PASSWORD = "hidden"
_FIELDS = {
    "integer": "BigIntegerField",
    "smallint unsigned": "PositiveSmallIntegerField",
    "bool": "BooleanField",
    "datetime": "DateTimeField",
    "date": "DateField",
    "real": "FloatField",
    "decimal": "DecimalField",
    "text": "TextField",
}
"""Declared type in the SQLite file → Django's field, whose type in MySQL is asked for."""
_DIGITS = {"max_digits": 10, "decimal_places": 2}


@dataclass(frozen=True)
class InMysql:
    """A database with a school in it. `reader` is the URL of a user who may only read."""

    name: str
    reader: str
    connection: BaseDatabaseWrapper

    def execute(self, statement: str, *params: str) -> list[tuple[Any, ...]]:
        """What somebody does in the legacy, or asks."""
        with self.connection.cursor() as cursor:
            cursor.execute(statement, params or None)
            return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def in_mysql(school: Path, server: str, *, engine: str = "InnoDB") -> Iterator[InMysql]:
    """A database of its own on the server, with what this file holds."""
    parts, name = urlsplit(server), f"legacy_{uuid4().hex[:12]}"
    connection = _connection(urlunsplit(parts._replace(path="/mysql")))
    reader = f"reader_{name[-12:]}"
    host = parts.netloc.rpartition("@")[2]
    url = urlunsplit(parts._replace(netloc=f"{reader}:{PASSWORD}@{host}", path=f"/{name}"))
    made = InMysql(name, url, connection)
    try:
        made.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        made.execute(f"CREATE USER {reader}@'%' IDENTIFIED BY '{PASSWORD}'")
        made.execute(f"GRANT SELECT ON {name}.* TO {reader}@'%'")
        made.execute(f"USE {name}")
        made.execute(
            "SET foreign_key_checks = 0, sql_mode = 'STRICT_TRANS_TABLES', default_storage_engine = %s", engine
        )
        with closing(sqlite3.connect(school)) as legacy:
            _copy(legacy, connection)
        yield made
    finally:
        made.execute(f"DROP DATABASE IF EXISTS {name}")
        made.execute(f"DROP USER IF EXISTS {reader}@'%'")
        connection.close()


def _connection(url: str) -> BaseDatabaseWrapper:
    return ConnectionHandler({"default": {}, "server": settings_of(url) | {"AUTOCOMMIT": True}})["server"]


def _copy(legacy: sqlite3.Connection, connection: BaseDatabaseWrapper) -> None:
    names = legacy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall()
    with connection.cursor() as cursor:
        for (name,) in names:
            cursor.execute(f"CREATE TABLE `{name}` ({', '.join(_columns(legacy, name, connection))})")
            rows = legacy.execute(f'SELECT * FROM "{name}"').fetchall()
            if rows:
                cursor.executemany(f"INSERT INTO `{name}` VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)


def _columns(legacy: sqlite3.Connection, table: str, connection: BaseDatabaseWrapper) -> Iterator[str]:
    """The columns and foreign keys of a table, as CREATE TABLE takes them."""
    for _, name, kind, required, _, is_key in legacy.execute(f'PRAGMA table_info("{table}")'):
        field, _, length = kind.lower().rstrip(")").partition("(")
        # SQLite held longer texts than were declared; a server never had them.
        (longest,) = legacy.execute(f'SELECT MAX(LENGTH("{name}")) FROM "{table}"').fetchone()
        facts = _DIGITS | {"max_length": max(int(length or 255), longest or 0)}
        made = connection.data_types[_FIELDS.get(field, "CharField")] % facts
        number = " AUTO_INCREMENT" if is_key and field == "integer" else ""
        yield f"`{name}` {made}{number}{' NOT NULL' if required else ' NULL'}{' PRIMARY KEY' if is_key else ''}"
    for _, _, target, column, to, *_ in legacy.execute(f'PRAGMA foreign_key_list("{table}")'):
        yield f"FOREIGN KEY (`{column}`) REFERENCES `{target}` (`{to}`)"
