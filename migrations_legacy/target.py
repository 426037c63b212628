"""The target's side of a mapping: reading digests of what is there, and writing rows in bulk."""

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from django.apps import apps
from django.db import DataError, IntegrityError, connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_legacy.digest import fingerprint, key_number
from migrations_legacy.errors import MappingError, Unplaceable, first_line
from migrations_legacy.fields import AnyField, Step, reading, storing, writing
from migrations_legacy.mapping import TableMapping
from migrations_legacy.prepared import Prepared, PreparedColumns, Values

_PER_STATEMENT = 2000
_READ = 5000
_KEYS_PER_QUERY = 500
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_ASIDE = 16000
"""Added to numbers of duplicates while they change places."""
_REFUSALS = (IntegrityError, DataError)

Failed = Callable[[Prepared, Unplaceable], None]


class TargetTable:
    """A model's table as a mapping fills it."""

    def __init__(self, mapping: TableMapping) -> None:
        """MappingError when the model does not exist, lacks a mapped field, or needs a value that nobody gives."""
        try:
            self.model: type[models.Model] = apps.get_model(mapping.target)
        except (LookupError, ValueError) as error:
            raise MappingError(f"{mapping.source}: there is no model {mapping.target}.") from error
        self._mapping = mapping
        self.alias: str = router.db_for_write(self.model)
        self.fields = [self._field(column.field) for column in mapping.columns]
        self._key_field = self._field(mapping.target_key) if mapping.target_key else self.model._meta.pk
        if self._key_field not in self.fields:
            raise MappingError(
                f"{mapping.target}: the mapping of {mapping.source} does not fill {self._key_field.name}."
            )
        self.key_index = self.fields.index(self._key_field)
        self._number_field = self._field(mapping.duplicates.field) if mapping.duplicates else None
        self._defaults = self._unmapped_defaults()
        self._written = [
            (index, step) for index, field in enumerate(self.fields) if (step := writing(field, self.connection))
        ]

    @property
    def connection(self) -> BaseDatabaseWrapper:
        return connections[self.alias]

    @property
    def has_text_key(self) -> bool:
        """Whether rows are told apart by text and not by a number."""
        return isinstance(self._key_field, models.CharField)

    def storing(self) -> list[Step]:
        """For each mapped field, the function from a converted value to the database's parameter."""
        return [storing(field, self.connection) for field in self.fields]

    def written(self, values: Values) -> Values:
        """A row's mapped values, given as parameters or as read back, in the form that every database shares."""
        if not self._written:
            return values
        written = list(values)
        for index, step in self._written:
            if written[index] is not None:
                written[index] = step(written[index])
        return tuple(written)

    def all_written(self, rows: list[Values]) -> list[Values]:
        """As `written`, for many rows."""
        if not (self._written and rows):
            return rows
        return list(zip(*self.written_columns(list(zip(*rows, strict=True))), strict=True))

    def written_columns(self, columns: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        """As `written`, for the columns of many rows."""
        found = list(columns)
        for index, step in self._written:
            found[index] = [None if value is None else step(value) for value in found[index]]
        return found

    def written_one(self, place: int, value: Any) -> Any:
        """As `written`, for one mapped field."""
        step = dict(self._written).get(place)
        return value if step is None or value is None else step(value)

    def is_empty(self) -> bool:
        """Whether the table holds no row at all."""
        return not self.model._base_manager.using(self.alias).exists()

    def read(self, keys: Sequence[Any], *, lock: bool = False) -> dict[int, Values]:
        """Key number → written values of the rows that are there now, of these keys.

        `lock`: nobody else changes them before the transaction ends. SQLite has one writer at a time anyway.
        """
        found: dict[int, Values] = {}
        ending = " FOR UPDATE" if lock and self.connection.vendor == "postgresql" else ""
        for start in range(0, len(keys), _KEYS_PER_QUERY):
            part = tuple(keys[start : start + _KEYS_PER_QUERY])
            marks = ", ".join(["%s"] * len(part))
            name = self._name(self._key_field)
            for row in self._rows(f"WHERE {name} IN ({marks}) ORDER BY {name}{ending}", part):
                found[key_number(row[self.key_index])] = self.written(row)
        return found

    def read_range(self, first: int, last: int, *, lock: bool = False) -> list[Values]:
        """The rows whose keys are between two numbers, as the database gives them, in the order of keys."""
        first, last = max(first, _LOWEST), min(last, _HIGHEST)
        name = self._name(self._key_field)
        ending = " FOR UPDATE" if lock and self.connection.vendor == "postgresql" else ""
        return self._rows(f"WHERE {name} BETWEEN %s AND %s ORDER BY {name}{ending}", (first, last))

    def fingerprints(self, first: int, last: int, width: int, rows: Sequence[Values] | None = None) -> dict[int, bytes]:
        """Block of `width` keys → fingerprint of the rows in it, between two keys.

        `rows`: what `read_range` gave just now. PostgreSQL works fingerprints out by itself, which spares the journey.
        """
        first, last = max(first, _LOWEST), min(last, _HIGHEST)
        if self.connection.vendor == "postgresql":
            return self._fingerprints_by_server(first, last, width)
        found = self.read_range(first, last) if rows is None else rows
        keys = [row[self.key_index] for row in found]
        prints: dict[int, bytes] = {}
        start = 0
        while start < len(keys):
            block = keys[start] // width
            end = bisect_left(keys, (block + 1) * width, start)
            prints[block] = fingerprint(found[start:end])
            start = end
        return prints

    def pages(self) -> Iterator[list[Values]]:
        """All rows in their written form, page by page in the order of keys."""
        key, last = self._name(self._key_field), None
        while True:
            where, params = (f"WHERE {key} > %s", (last,)) if last is not None else ("", ())
            rows = self._rows(f"{where} ORDER BY {key} LIMIT {_READ}", params)
            if rows:
                yield [self.written(row) for row in rows]
            if len(rows) < _READ:
                return
            last = rows[-1][self.key_index]

    def insert_all(self, rows: PreparedColumns) -> bool:
        """Insert rows, many with each statement. False when the database refuses one: then none is inserted."""
        columns = [*rows.columns, *([rows.numbers] if self._number_field else [])]
        columns += [[default() for _ in rows.keys] for _, default in self._defaults]
        try:
            with transaction.atomic(using=self.alias):
                if self.connection.vendor == "postgresql":
                    self._insert_arrays(columns)
                else:
                    self._insert_lists(columns)
        except _REFUSALS:
            return False
        return True

    def insert(self, rows: Sequence[Prepared], failed: Failed) -> None:
        """Insert rows; those that the database refuses are handed to `failed` one by one."""
        numbered = self._number_field is not None
        defaults = [default for _, default in self._defaults]

        def params(row: Prepared) -> Values:
            given = (*row.values, row.number) if numbered else row.values
            return (*given, *[default() for default in defaults]) if defaults else given

        self._execute(f"{self._insert_into} VALUES {self._marks('%s')}", rows, params, failed)

    def update(self, rows: Sequence[Prepared], failed: Failed) -> None:
        """Set the mapped fields of rows that exist."""
        assigned = [index for index in range(len(self.fields)) if index != self.key_index]
        fields = [self.fields[index] for index in assigned] + ([self._number_field] if self._number_field else [])
        if not fields:
            return
        names = ", ".join(f"{self._name(field)} = %s" for field in fields)
        statement = f"UPDATE {self._table} SET {names} WHERE {self._name(self._key_field)} = %s"
        numbered = self._number_field is not None

        def params(row: Prepared) -> tuple[Any, ...]:
            number = (row.number,) if numbered else ()
            return (*(row.values[index] for index in assigned), *number, row.values[self.key_index])

        self._execute(statement, rows, params, failed)

    def update_columns(self, key: Any, values: Mapping[int, Any]) -> None:
        """Set some mapped fields, by their places, of one row."""
        names = ", ".join(f"{self._name(self.fields[index])} = %s" for index in values)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {self._table} SET {names} WHERE {self._name(self._key_field)} = %s", [*values.values(), key]
            )

    def renumber(self) -> None:
        """Close the gaps in the numbers of duplicates where rows are gone: one of them has to have the number 0."""
        if self._mapping.duplicates is None or self._number_field is None:
            return
        by = [field.attname for field in self._fields_of(self._mapping.duplicates.by)]
        name = self._number_field.attname
        rows = self.model._base_manager.using(self.alias)
        for group in rows.filter(**{f"{name}__gt": 0}).values(*by).distinct().order_by():
            numbers = list(rows.filter(**group).order_by(name).values_list("pk", name))
            if [number for _, number in numbers] != list(range(len(numbers))):
                for aside in (_ASIDE, 0):
                    for place, (pk, _) in enumerate(numbers):
                        rows.filter(pk=pk).update(**{name: aside + place})

    def free_number(self, row: Prepared) -> int:
        """The lowest number above all that rows agreeing with this one have."""
        if self._mapping.duplicates is None or self._number_field is None:
            return row.number
        same = {
            field.attname: row.values[self.fields.index(field)]
            for field in self._fields_of(self._mapping.duplicates.by)
        }
        name = self._number_field.attname
        rows = self.model._base_manager.using(self.alias).filter(**same)
        highest = rows.aggregate(highest=models.Max(name))["highest"]
        return row.number if highest is None else int(highest) + 1

    def reserve(self, highest: int, room: int) -> None:
        """Let the database's own numbering go on above what is there, and `room` above the legacy's highest key.

        It never goes back: numbers that were given away here stay given away.
        """
        if not isinstance(self._key_field, models.AutoField) or not self._key_field.primary_key:
            return
        key, table = self._name(self._key_field), self.model._meta.db_table
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT MAX({key}) FROM {self._table}")
            present = max(cursor.fetchone()[0] or 0, min(highest + room, _HIGHEST) if room else 0)
            if not present:
                return
            if self.connection.vendor == "postgresql":
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", (self._table, self._key_field.column))
                sequence = cursor.fetchone()[0]
                highest_given = f"SELECT last_value FROM {sequence}"
                cursor.execute(f"SELECT SETVAL(%s, GREATEST(%s, ({highest_given})))", (sequence, present))
            else:
                cursor.execute("UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", (present, table))
                if not cursor.rowcount:
                    cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", (table, present))

    @cached_property
    def _inserted(self) -> list[AnyField]:
        """The fields that an insert fills, in its order."""
        number = [self._number_field] if self._number_field else []
        return [*self.fields, *number, *(field for field, _ in self._defaults)]

    @cached_property
    def _insert_into(self) -> str:
        return f"INSERT INTO {self._table} ({', '.join(map(self._name, self._inserted))})"

    def _marks(self, mark: str) -> str:
        return f"({', '.join([mark] * len(self._inserted))})"

    def _insert_arrays(self, columns: Sequence[Sequence[Any]]) -> None:
        arrays = ", ".join(f"%s::{field.cast_db_type(self.connection)}[]" for field in self._inserted)
        with self.connection.cursor() as cursor:
            for start in range(0, len(columns[0]), _PER_STATEMENT):
                part = [list(column[start : start + _PER_STATEMENT]) for column in columns]
                cursor.execute(f"{self._insert_into} SELECT * FROM UNNEST({arrays})", part)

    def _insert_lists(self, columns: Sequence[Sequence[Any]]) -> None:
        """Past Django's cursor, which would look for marks of its own in every statement, row by row."""
        self.connection.ensure_connection()
        raw: sqlite3.Connection = self.connection.connection
        size = min(_PER_STATEMENT, raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER) // len(columns))
        rows = list(zip(*columns, strict=True))
        with self.connection.wrap_database_errors:
            for start in range(0, len(rows), size):
                part = rows[start : start + size]
                lists = ", ".join([self._marks("?")] * len(part))
                raw.execute(f"{self._insert_into} VALUES {lists}", list(chain.from_iterable(part)))

    @property
    def _table(self) -> str:
        return self.connection.ops.quote_name(self.model._meta.db_table)

    def _name(self, field: AnyField) -> str:
        return self.connection.ops.quote_name(str(field.column))

    def _field(self, name: str) -> AnyField:
        for field in self.model._meta.concrete_fields:
            if name in (field.name, field.attname):
                return field
        raise MappingError(
            f"{self._mapping.target} has no field {name}, which the mapping of {self._mapping.source} fills."
        )

    def _unmapped_defaults(self) -> list[tuple[AnyField, Callable[[], Any]]]:
        """What stands in fields that the legacy does not know."""
        found: list[tuple[AnyField, Callable[[], Any]]] = []
        for field in self.model._meta.concrete_fields:
            if (
                field in self.fields
                or field is self._number_field
                or field.generated
                or field.db_default is not models.NOT_PROVIDED
            ):
                continue
            if field.primary_key and isinstance(field, models.AutoField):
                continue
            if field.has_default() or field.null or field.empty_strings_allowed:
                found.append((field, self._default(field)))
            else:
                raise MappingError(f"{self._mapping.target}.{field.name} has no default, and no mapping fills it.")
        return found

    def _default(self, field: AnyField) -> Callable[[], Any]:
        if callable(field.default) and field.has_default():
            return lambda: field.get_db_prep_save(field.get_default(), self.connection)
        value = field.get_db_prep_save(field.get_default(), self.connection)
        return lambda: value

    def _fields_of(self, columns: Sequence[str]) -> list[AnyField]:
        """The mapped fields that are filled from these source columns."""
        wanted = set(columns)
        return [
            field
            for field, column in zip(self.fields, self._mapping.columns, strict=True)
            if wanted & set(column.sources)
        ]

    def _fingerprints_by_server(self, first: int, last: int, width: int) -> dict[int, bytes]:
        names = ", ".join(self._name(field) for field in self.fields)
        key = self._name(self._key_field)
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT FLOOR({key}::numeric / {width})::bigint, DECODE(MD5(STRING_AGG(ROW({names})::text, '' "
                f"ORDER BY {key})), 'hex') FROM {self._table} WHERE {key} BETWEEN %s AND %s GROUP BY 1",
                (first, last),
            )
            return {block: bytes(digest)[:8] for block, digest in cursor.fetchall()}

    def _rows(self, rest: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        names = ", ".join(reading(field, self.connection) for field in self.fields)
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {names} FROM {self._table} {rest}", params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _execute(
        self,
        statement: str,
        rows: Sequence[Prepared],
        params: Callable[[Prepared], tuple[Any, ...]],
        failed: Failed,
    ) -> None:
        """Carry out a statement for each row."""
        for start in range(0, len(rows), _PER_STATEMENT):
            part = rows[start : start + _PER_STATEMENT]
            values = [params(row) for row in part]
            try:
                with transaction.atomic(using=self.alias), self.connection.cursor() as cursor:
                    cursor.executemany(statement, values)
            except _REFUSALS:
                self._one_by_one(statement, part, params, failed)

    def _one_by_one(
        self,
        statement: str,
        rows: Sequence[Prepared],
        params: Callable[[Prepared], tuple[Any, ...]],
        failed: Failed,
    ) -> None:
        """Find out which rows of a refused batch the database does not take."""
        for row in rows:
            try:
                self._execute_one(statement, params(row))
            except _REFUSALS as error:
                if self._number_field is None or not self._fits_with_other_number(statement, row, params):
                    text = f"{self._mapping.target} does not take the row: {first_line(error)}"
                    failed(row, Unplaceable("refused", text))

    def _fits_with_other_number(
        self, statement: str, row: Prepared, params: Callable[[Prepared], tuple[Any, ...]]
    ) -> bool:
        try:
            self._execute_one(statement, params(Prepared(row.key, row.values, self.free_number(row))))
        except _REFUSALS:
            return False
        return True

    def _execute_one(self, statement: str, params: tuple[Any, ...]) -> None:
        with transaction.atomic(using=self.alias), self.connection.cursor() as cursor:
            cursor.execute(statement, params)
