"""A legacy school in the JSON that `manage.py dumpdata` writes, in one file or spread over several.

Dumps are read as a stream and spilled into a temporary database, because rows come in any order and a large school's
dump does not fit into memory. Accepted: JSON and JSON lines, plain or compressed with gzip, bzip2 or xz.
"""

import bz2
import gzip
import json
import lzma
import math
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import APP_PREFIX, TABLES
from migrations_legacy.sources.base import Row

_CHUNK = 1 << 20
_LONGEST_OBJECT = 64 << 20
_BETWEEN_OBJECTS = " \t\r\n,[]"
_DJANGO_TABLES = {
    "admin.logentry": "django_admin_log",
    "sessions.session": "django_session",
    "contenttypes.contenttype": "django_content_type",
    "auth.group": "auth_group",
    "auth.permission": "auth_permission",
}
_APP = APP_PREFIX.rstrip("_")
_MANY_TO_MANY = {
    ("customuser", "groups"): ("customuser_groups", "customuser_id", "group_id"),
    ("customuser", "user_permissions"): ("customuser_user_permissions", "customuser_id", "permission_id"),
    ("auth_group", "permissions"): ("auth_group_permissions", "group_id", "permission_id"),
}


def _open_text(path: Path) -> IO[str]:
    match path.suffix:
        case ".gz":
            return gzip.open(path, "rt", encoding="utf-8-sig")
        case ".bz2":
            return bz2.open(path, "rt", encoding="utf-8-sig")
        case ".xz":
            return lzma.open(path, "rt", encoding="utf-8-sig")
        case _:
            return path.open(encoding="utf-8-sig")


def read_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a dump one by one. SourceRefused when it is no such dump, or ends in the middle."""
    decoder = json.JSONDecoder()
    with _open_text(path) as file:
        buffer, at, ended = "", 0, False
        while True:
            while at < len(buffer) and buffer[at] in _BETWEEN_OBJECTS:
                at += 1
            if at < len(buffer):
                try:
                    item, at = decoder.raw_decode(buffer, at)
                except json.JSONDecodeError as error:
                    if ended or len(buffer) - at > _LONGEST_OBJECT:
                        raise SourceRefused(f"{path}: the JSON is truncated or damaged ({error.msg}).") from error
                else:
                    if not isinstance(item, dict) or "model" not in item or "fields" not in item:
                        raise SourceRefused(f"{path}: JSON, but not written by dumpdata.")
                    yield item
                    continue
            elif ended:
                return
            chunk = file.read(_CHUNK)
            ended = not chunk
            buffer, at = buffer[at:] + chunk, 0


def _is_complete(path: Path) -> bool:
    """Whether a dump that starts as a list also ends as one."""
    with _open_text(path) as file:
        first, last = "", ""
        while chunk := file.read(_CHUNK):
            stripped = chunk.strip()
            if stripped:
                first, last = first or stripped[0], stripped[-1]
    return first != "[" or last == "]"


def table_of(model: str) -> str:
    """`student_management_app.students` → `students`; `sessions.session` → `django_session`."""
    label = model.lower()
    if label in _DJANGO_TABLES:
        return _DJANGO_TABLES[label]
    app, _, name = label.partition(".")
    return name if app == _APP else f"{app}_{name}"


def _strict_json(row: dict[str, object]) -> str:
    """JSON that SQLite's functions take: NaN and the infinite numbers, which JSON does not have, become text."""
    try:
        return json.dumps(row, sort_keys=True, allow_nan=False)
    except ValueError:
        finite = {
            name: str(value) if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in row.items()
        }
        return json.dumps(finite, sort_keys=True, allow_nan=False)


class DumpdataSource:
    """Reads a temporary copy of the dumps' rows, sorted by key."""

    def __init__(self, paths: Sequence[Path]) -> None:
        """Read all files. SourceRefused when one is no dump, or when two say different things about one row."""
        self._paths = tuple(paths)
        self._folder = tempfile.TemporaryDirectory(prefix="legacy-")
        self._connection = sqlite3.connect(Path(self._folder.name) / "dump.sqlite3", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = OFF")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._columns: dict[str, dict[str, None]] = {}
        try:
            self._connection.execute("BEGIN")
            for path in self._paths:
                self._spill(path)
            self._connection.execute("COMMIT")
        except UnicodeDecodeError as error:
            self.close()
            raise SourceRefused(f"{path}: not UTF-8 text, so no JSON of dumpdata.") from error
        except (OSError, EOFError, lzma.LZMAError) as error:
            self.close()
            raise SourceRefused(f"{path}: cannot be read ({error}).") from error
        except SourceRefused:
            self.close()
            raise

    @property
    def description(self) -> str:
        return "dumpdata JSON " + ", ".join(str(path) for path in self._paths)

    def tables(self) -> tuple[str, ...]:
        return tuple(sorted(self._columns))

    def columns(self, table: str) -> tuple[str, ...]:
        return tuple(self._columns[table])

    def count(self, table: str) -> int:
        count: int = self._connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
        return count

    def rows(self, table: str) -> Iterator[Row]:
        blank: dict[str, object] = dict.fromkeys(self._columns[table])
        for (data,) in self._connection.execute(f'SELECT data FROM "{table}" ORDER BY key'):
            yield blank | json.loads(data)

    def repeated(self, table: str, columns: tuple[str, ...]) -> frozenset[tuple[object, ...]]:
        names = ", ".join(f"json_extract(data, '$.{column}')" for column in columns)
        return frozenset(
            self._connection.execute(f'SELECT {names} FROM "{table}" GROUP BY {names} HAVING COUNT(*) > 1')
        )

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _spill(self, path: Path) -> None:
        if not _is_complete(path):
            raise SourceRefused(f"{path}: the JSON is truncated: its list is not closed.")
        for item in read_objects(path):
            table = table_of(str(item["model"]))
            known = TABLES.get(table)
            key_column = known.key if known else "id"
            if item.get("pk") is None:
                raise SourceRefused(
                    f"{path}: {item['model']} has rows without a key; write the dump without --natural-primary."
                )
            row: dict[str, object] = {key_column: item["pk"]}
            for name, value in item["fields"].items():
                if (table, name) in _MANY_TO_MANY:
                    self._spill_links(path, table, name, item["pk"], value)
                else:
                    row[self._column(table, name)] = value
            self._store(path, table, item["pk"], row)

    def _spill_links(self, path: Path, table: str, name: str, owner: object, values: Sequence[object]) -> None:
        link, owner_column, other_column = _MANY_TO_MANY[table, name]
        for value in values:
            if isinstance(value, list | dict):
                raise SourceRefused(
                    f"{path}: {table}.{name} uses natural keys; write the dump without --natural-foreign."
                )
            self._store(path, link, f"{owner}:{value}", {owner_column: owner, other_column: value})

    @staticmethod
    def _column(table: str, field: str) -> str:
        """Dumps name foreign keys by field (`course_id`), tables by column (`course_id_id`)."""
        known = TABLES.get(table)
        return f"{field}_id" if known and f"{field}_id" in known.references else field

    def _store(self, path: Path, table: str, key: object, row: dict[str, object]) -> None:
        if any(isinstance(value, list) for column, value in row.items() if table in TABLES and column.endswith("_id")):
            raise SourceRefused(f"{path}: {table} uses natural keys; write the dump without --natural-foreign.")
        if table not in self._columns:
            if not table.isidentifier():
                raise SourceRefused(f"{path}: {table!r} is no name of a model.")
            self._connection.execute(f'CREATE TABLE "{table}" (key PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID')
            self._columns[table] = {}
        self._columns[table].update(dict.fromkeys(row))
        data = _strict_json(row)
        done = self._connection.execute(f'INSERT OR IGNORE INTO "{table}" VALUES (?, ?)', (key, data))
        if done.rowcount == 0:
            stored = self._connection.execute(f'SELECT data FROM "{table}" WHERE key = ?', (key,)).fetchone()[0]
            if stored != data:
                raise SourceRefused(f"{path}: a second, different row {table} {key}; the files are not of one school.")
