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
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from migrations_legacy.errors import SourceRefused
from migrations_legacy.legacy_schema import TABLES, short_name
from migrations_legacy.sources.base import BATCH, SourceColumn, SourceTable, Values
from migrations_legacy.sources.stored import storable

_CHUNK = 1 << 20
_LONGEST_OBJECT = 64 << 20
_MOST_DIGITS = 1000
_BETWEEN_OBJECTS = " \t\r\n,[]"
_DJANGO_TABLES = {
    "admin.logentry": "django_admin_log",
    "sessions.session": "django_session",
    "contenttypes.contenttype": "django_content_type",
    "auth.group": "auth_group",
    "auth.permission": "auth_permission",
}
_DJANGO_LINKS = {"groups": "auth_group", "user_permissions": "auth_permission", "permissions": "auth_permission"}
_DJANGO_LINK_COLUMNS = {"groups": "group_id", "user_permissions": "permission_id", "permissions": "permission_id"}


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


def _whole_number(digits: str) -> int | str:
    """The number, or what is written, where that is no number that any database has."""
    return int(digits) if len(digits) <= _MOST_DIGITS else digits


def read_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a dump one by one. SourceRefused when it is no such dump, or ends in the middle."""
    decoder = json.JSONDecoder(parse_int=_whole_number)
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
                except RecursionError as error:
                    raise SourceRefused(f"{path}: JSON, but not written by dumpdata.") from error
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
    """`student_management_app.Students` → `student_management_app_students`; `sessions.session` → `django_session`."""
    label = model.lower()
    return _DJANGO_TABLES.get(label, label.replace(".", "_", 1))


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


def _model_of(table: str) -> str:
    """The model's part of a table's name, as far as it can be told: what follows the app."""
    return short_name(table).rpartition("_")[2]


def _is_link_list(value: object) -> bool:
    """Whether a field's value is the list of keys that a dump writes for a many-to-many field."""
    return isinstance(value, list) and bool(value) and all(type(item) is int for item in value)


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
        self._keys: dict[str, tuple[str, ...]] = {}
        self._targets: dict[tuple[str, str], tuple[str, str]] = {}
        self._filled: Counter[tuple[str, str]] = Counter()
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

    def tables(self) -> Mapping[str, SourceTable]:
        return {name: self._facts(name) for name in sorted(self._columns)}

    def count(self, table: str) -> int:
        count: int = self._connection.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
        return count

    def filled(self, table: str) -> dict[str, int]:
        return {column: self._filled[table, column] for column in self._columns[table]}

    def batches(self, table: str, columns: Sequence[str] = ()) -> Iterator[list[Values]]:
        names = columns or tuple(self._columns[table])
        cursor = self._connection.execute(f'SELECT data FROM "{table}" ORDER BY key')
        while found := cursor.fetchmany(BATCH):
            rows = [json.loads(data) for (data,) in found]
            yield [tuple([row.get(name) for name in names]) for row in rows]

    def repeated(self, table: str, columns: Sequence[str]) -> frozenset[Values]:
        names = ", ".join(f"json_extract(data, '$.{column}')" for column in columns)
        return frozenset(
            self._connection.execute(f'SELECT {names} FROM "{table}" GROUP BY {names} HAVING COUNT(*) > 1')
        )

    def close(self) -> None:
        self._connection.close()
        self._folder.cleanup()

    def _facts(self, table: str) -> SourceTable:
        key = self._keys[table]
        kinds = self._connection.execute(f'SELECT DISTINCT typeof(key) FROM "{table}"').fetchall()
        key_kind = "integer" if kinds == [("integer",)] else "text"
        columns = tuple(
            SourceColumn(name, kind=key_kind if (name,) == key else "", refers_to=self._targets.get((table, name)))
            for name in self._columns[table]
        )
        return SourceTable(table, columns, key)

    def _spill(self, path: Path) -> None:
        if not _is_complete(path):
            raise SourceRefused(f"{path}: the JSON is truncated: its list is not closed.")
        for item in read_objects(path):
            table = table_of(str(item["model"]))
            known = TABLES.get(short_name(table))
            key_column = known.key if known else "id"
            if item.get("pk") is None:
                raise SourceRefused(
                    f"{path}: {item['model']} has rows without a key; write the dump without --natural-primary."
                )
            row: dict[str, object] = {key_column: item["pk"]}
            for name, value in item["fields"].items():
                if name in _DJANGO_LINKS or _is_link_list(value):
                    self._spill_links(path, table, name, item["pk"], value)
                else:
                    row[self._column(table, name)] = value
            self._store(path, table, item["pk"], row, key_columns=(key_column,))

    def _spill_links(self, path: Path, table: str, name: str, owner: object, values: Sequence[object]) -> None:
        """The list that a dump keeps of a many-to-many field, as the rows of the table that it stands for."""
        link, owner_column = f"{table}_{name}", f"{_model_of(table)}_id"
        other_column = _DJANGO_LINK_COLUMNS.get(name, f"{name}_id" if name != _model_of(table) else f"to_{name}_id")
        self._targets[link, owner_column] = (table, "")
        if name in _DJANGO_LINKS:
            self._targets[link, other_column] = (_DJANGO_LINKS[name], "")
        for value in values:
            if isinstance(value, list | dict):
                raise SourceRefused(
                    f"{path}: {short_name(table)}.{name} uses natural keys; write the dump without --natural-foreign."
                )
            self._store(path, link, f"{owner}:{value}", {owner_column: owner, other_column: value}, key_columns=())

    @staticmethod
    def _column(table: str, field: str) -> str:
        """Dumps name foreign keys by field (`course_id`), tables by column (`course_id_id`)."""
        known = TABLES.get(short_name(table))
        return f"{field}_id" if known and f"{field}_id" in known.references else field

    def _store(
        self, path: Path, table: str, key: object, row: dict[str, object], *, key_columns: tuple[str, ...]
    ) -> None:
        known = short_name(table) in TABLES
        if known and any(isinstance(value, list) for column, value in row.items() if column.endswith("_id")):
            raise SourceRefused(
                f"{path}: {short_name(table)} uses natural keys; write the dump without --natural-foreign."
            )
        if table not in self._columns:
            if not table.isidentifier():
                raise SourceRefused(f"{path}: {table!r} is no name of a model.")
            self._connection.execute(f'CREATE TABLE "{table}" (key PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID')
            self._columns[table], self._keys[table] = {}, key_columns
        self._columns[table].update(dict.fromkeys(row))
        key, data = storable(key), _strict_json(row)
        done = self._connection.execute(f'INSERT OR IGNORE INTO "{table}" VALUES (?, ?)', (key, data))
        if done.rowcount:
            self._filled.update((table, column) for column, value in row.items() if value is not None)
            return
        stored = self._connection.execute(f'SELECT data FROM "{table}" WHERE key = ?', (key,)).fetchone()[0]
        if stored != data:
            raise SourceRefused(
                f"{path}: a second, different row {short_name(table)} {key}; the files are not of one school."
            )
