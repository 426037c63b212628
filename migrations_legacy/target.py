"""The target's side of a mapping: reading digests of what is there, and writing rows in bulk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from migrations_legacy.digest import digest_of, key_number
from migrations_legacy.errors import MappingError, Unplaceable, first_line
from migrations_legacy.fields import AnyField, Step, reading, storing, writing
from migrations_legacy.mapping import TableMapping

_PER_STATEMENT = 2000
_READ = 5000
_REFUSALS = (IntegrityError, DataError)


@dataclass(frozen=True)
class Prepared:
    """One row ready to be written: the values of the mapped fields in order, and its duplicate number if it has one."""

    key: Any
    values: tuple[Any, ...]
    number: int = 0


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

    def digest(self, values: Sequence[Any]) -> int:
        """Digest of a row's mapped values, given as parameters or as read back."""
        if not self._written:
            return digest_of(values)
        written = list(values)
        for index, step in self._written:
            if written[index] is not None:
                written[index] = step(written[index])
        return digest_of(written)

    def is_empty(self) -> bool:
        """Whether the table holds no row at all."""
        return not self.model._base_manager.using(self.alias).exists()

    def digests(self, keys: Sequence[Any]) -> dict[int, int]:
        """Key number → digest of the rows that are there now, of these keys."""
        found: dict[int, int] = {}
        if not keys:
            return found
        if all(type(key) is int for key in keys):
            return dict(self._read(f"WHERE {self._name(self._key_field)} BETWEEN %s AND %s", (min(keys), max(keys))))
        for start in range(0, len(keys), 500):
            part = tuple(keys[start : start + 500])
            marks = ", ".join(["%s"] * len(part))
            found.update(self._read(f"WHERE {self._name(self._key_field)} IN ({marks})", part))
        return found

    def all_digests(self) -> Iterator[tuple[int, int]]:
        """(key number, digest) of every row, read page by page in the order of keys."""
        key, last = self._name(self._key_field), None
        while True:
            where, params = (f"WHERE {key} > %s", (last,)) if last is not None else ("", ())
            rows = self._rows(f"{where} ORDER BY {key} LIMIT {_READ}", params)
            for row in rows:
                yield key_number(row[self.key_index]), self.digest(row)
            if len(rows) < _READ:
                return
            last = rows[-1][self.key_index]

    def insert(self, rows: Sequence[Prepared], failed: Failed) -> None:
        """Insert rows; those that the database refuses are handed to `failed` one by one."""
        fields = [*self.fields, *([self._number_field] if self._number_field else []), *(f for f, _ in self._defaults)]
        names = ", ".join(self._name(field) for field in fields)
        numbered = self._number_field is not None
        defaults = [default for _, default in self._defaults]

        def params(row: Prepared) -> tuple[Any, ...]:
            number = (row.number,) if numbered else ()
            return row.values + number + tuple([default() for default in defaults])

        in_columns = ""
        if self.connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{field.cast_db_type(self.connection)}[]" for field in fields)
            in_columns = f"INSERT INTO {self._table} ({names}) SELECT * FROM UNNEST({arrays})"
        statement = f"INSERT INTO {self._table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"
        self._execute(statement, rows, params, failed, in_columns=in_columns)

    def update(self, rows: Sequence[Prepared], failed: Failed) -> None:
        """Set the mapped fields of rows that exist."""
        assigned = [index for index in range(len(self.fields)) if index != self.key_index]
        if not assigned:
            return
        names = ", ".join(f"{self._name(self.fields[index])} = %s" for index in assigned)
        statement = f"UPDATE {self._table} SET {names} WHERE {self._name(self._key_field)} = %s"

        def params(row: Prepared) -> tuple[Any, ...]:
            return (*(row.values[index] for index in assigned), row.values[self.key_index])

        self._execute(statement, rows, params, failed)

    def free_number(self, row: Prepared) -> int:
        """The lowest number above all that rows agreeing with this one have."""
        if self._mapping.duplicates is None or self._number_field is None:
            return row.number
        shared = set(self._mapping.duplicates.by)
        same = {
            field.attname: row.values[index]
            for index, (field, column) in enumerate(zip(self.fields, self._mapping.columns, strict=True))
            if shared & set(column.sources)
        }
        name = self._number_field.attname
        rows = self.model._base_manager.using(self.alias).filter(**same)
        highest = rows.aggregate(highest=models.Max(name))["highest"]
        return row.number if highest is None else int(highest) + 1

    def reset_sequence(self) -> None:
        """Let the database's own numbering go on after the highest key; explicit keys do not move it on PostgreSQL."""
        with self.connection.cursor() as cursor:
            for statement in self.connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(statement)

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

    def _read(self, where: str, params: tuple[Any, ...]) -> Iterator[tuple[int, int]]:
        for row in self._rows(where, params):
            yield key_number(row[self.key_index]), self.digest(row)

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
        *,
        in_columns: str = "",
    ) -> None:
        """Carry out a statement for each row.

        `in_columns`: one that takes a list for each column and does the same for all rows at once. PostgreSQL answers
        every statement, and its driver looks at every placeholder; both would cost more than the rows.
        """
        for start in range(0, len(rows), _PER_STATEMENT):
            part = rows[start : start + _PER_STATEMENT]
            values = [params(row) for row in part]
            try:
                with transaction.atomic(using=self.alias), self.connection.cursor() as cursor:
                    if in_columns:
                        cursor.execute(in_columns, [list(column) for column in zip(*values, strict=True)])
                    else:
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
