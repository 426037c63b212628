"""The same school as other databases hold it: in PostgreSQL, and as MySQL's dump."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

_MYSQL = {
    "bool": "tinyint(1)",
    "datetime": "datetime(6)",
    "real": "double",
    "decimal": "decimal(10,2)",
    "text": "longtext",
}
_POSTGRES = {
    "integer": "bigint",
    "smallint unsigned": "integer",
    "bool": "boolean",
    "datetime": "timestamptz",
    "real": "double precision",
    "decimal": "numeric",
}
_WRITTEN = ("bool", "datetime", "decimal")
"""Types whose values PostgreSQL takes in their written form."""


def _tables(school: Path) -> Iterator[tuple[str, list[tuple[str, str, bool, bool]], list[tuple[object, ...]]]]:
    """(table, columns with type, nullable and whether they are the key, rows)."""
    legacy = sqlite3.connect(school)
    names = legacy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").fetchall()
    for (name,) in names:
        columns = [
            (info[1], str(info[2]).lower().partition("(")[0], not info[3], bool(info[5]))
            for info in legacy.execute(f'PRAGMA table_info("{name}")')
        ]
        yield name, columns, legacy.execute(f'SELECT * FROM "{name}"').fetchall()
    legacy.close()


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return "1e308" if value == float("inf") else repr(value)
    text = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{text}'"


def make_mysqldump(school: Path, path: Path) -> Path:
    """What `mysqldump` would write of this school."""
    lines = ["-- MySQL dump 10.13  Distrib 8.0.36", "/*!40101 SET NAMES utf8mb4 */;", "SET @OLD = 'a;b';"]
    for name, columns, rows in _tables(school):
        declared = [
            f"  `{column}` {_MYSQL.get(kind, kind or 'longtext')}{'' if nullable else ' NOT NULL'}"
            f"{' AUTO_INCREMENT' if key and kind == 'integer' else ''}"
            for column, kind, nullable, key in columns
        ]
        keys = [f"  PRIMARY KEY (`{column}`)" for column, _, _, key in columns if key]
        lines += [f"DROP TABLE IF EXISTS `{name}`;", f"CREATE TABLE `{name}` (", ",\n".join(declared + keys)]
        lines += [") ENGINE=InnoDB COMMENT='it''s (one)';", f"LOCK TABLES `{name}` WRITE;"]
        if rows:
            values = ",".join(f"({','.join(map(_literal, row))})" for row in rows)
            lines.append(f"INSERT INTO `{name}` VALUES {values};")
        lines.append("UNLOCK TABLES;")
    lines.append("DELIMITER ;;\nCREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET @a = 1; END ;;\nDELIMITER ;")
    lines.append("-- Dump completed on 2026-01-02  3:04:05")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@contextmanager
def in_postgres(school: Path) -> Iterator[str]:
    """The URL of a database of its own, on the server under test, that holds this school."""
    own = os.environ["DATABASE_URL"]
    name = f"legacy_{os.getpid()}"
    with psycopg.connect(own, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        server.execute(f"CREATE DATABASE {name}".encode())
    parts = urlsplit(own)
    url = urlunsplit(parts._replace(path=f"/{name}"))
    try:
        with psycopg.connect(url) as legacy:
            for table, columns, rows in _tables(school):
                _fill(legacy, table, columns, rows)
        yield url
    finally:
        with psycopg.connect(own, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _fill(
    legacy: "psycopg.Connection[tuple[object, ...]]",
    table: str,
    columns: list[tuple[str, str, bool, bool]],
    rows: list[tuple[object, ...]],
) -> None:
    types = [_POSTGRES.get(kind, kind or "text") for _, kind, _, _ in columns]
    declared = ", ".join(
        f'"{name}" {type_}{"" if nullable else " NOT NULL"}{" PRIMARY KEY" if key else ""}'
        for (name, _, nullable, key), type_ in zip(columns, types, strict=True)
    )
    legacy.execute(f'CREATE TABLE "{table}" ({declared})'.encode())
    marks = ", ".join(
        f"(%s::text)::{type_}" if kind in _WRITTEN else "%s"
        for (_, kind, _, _), type_ in zip(columns, types, strict=True)
    )
    with legacy.cursor() as cursor:
        for row in rows:
            shown = [
                value if value is None or kind not in _WRITTEN else str(value)
                for value, (_, kind, _, _) in zip(row, columns, strict=True)
            ]
            cursor.execute(f'INSERT INTO "{table}" VALUES ({marks})'.encode(), shown)
