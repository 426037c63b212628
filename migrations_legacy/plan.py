"""A mapping made ready to run: from a source row to a row for the target, as fast as plain Python allows."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from migrations_legacy.convert import (
    as_is,
    decimal,
    integer,
    media_path,
    picture_path,
    real,
    text,
    text_or_blank,
)
from migrations_legacy.digest import are_numbers
from migrations_legacy.errors import Doubtful, MappingError, Unplaceable
from migrations_legacy.fields import Step
from migrations_legacy.mapping import Column, TableMapping
from migrations_legacy.prepared import Prepared, PreparedColumns
from migrations_legacy.sources.base import Row, Rows

Getter = Callable[[Row], Any]
Note = Callable[[Row, str, str], None]
"""Takes a remark about a row, and the rule that it is counted under."""

_LOW, _HIGH = -(2**31), 2**31 - 1
_VARIED = frozenset({as_is, integer, text, text_or_blank, decimal, real, media_path, picture_path})


def check_columns(mapping: TableMapping, columns: Sequence[str]) -> None:
    """MappingError when the source's table lacks a column that the mapping reads."""
    if missing := sorted(mapping.source_columns() - mapping.ignored - set(columns)):
        raise MappingError(f"The source's table {mapping.source} has no column {', '.join(missing)}.")


class Plan:
    """Converts rows of one mapping. Knows which rows of other tables have a place, and numbers duplicates."""

    def __init__(
        self,
        mapping: TableMapping,
        *,
        steps: Sequence[Step],
        placed: dict[str, set[int]],
        repeated: frozenset[tuple[object, ...]],
        note: Note,
    ) -> None:
        """`steps`: see TargetTable.storing; `placed`: source table → placed keys; `repeated`: see Source.repeated."""
        self._mapping = mapping
        self._getters = [_getter(column, step, note) for column, step in zip(mapping.columns, steps, strict=True)]
        self._in_columns = [_in_columns(column, step) for column, step in zip(mapping.columns, steps, strict=True)]
        self._references = [(ref, placed.get(ref.table, set())) for ref in mapping.references]
        self._note = note
        self._by = mapping.duplicates.by if mapping.duplicates else ()
        self._repeated = repeated
        self._seen: dict[tuple[object, ...], int] = {}

    def skipped_by(self, row: Row) -> str | None:
        """The name of the rule that leaves this row out, if one does."""
        for rule in self._mapping.skips:
            if rule.applies(row):
                return rule.name
        return None

    def prepare(self, row: Row) -> Prepared:
        """The row for the target. Unplaceable when it has none there."""
        for reference, keys in self._references:
            if row[reference.column] not in keys:
                what = (
                    f"{reference.column} {row[reference.column]} is not among the {reference.table} that have a place"
                )
                if not reference.kept:
                    raise Unplaceable("missing_reference", what)
                self._note(row, f"{what}; it is kept", f"kept though its {reference.column} is gone")
        values = tuple([get(row) for get in self._getters])
        return Prepared(row[self._mapping.key], values, self._number(tuple([row[column] for column in self._by])))

    def prepare_all(self, rows: Rows) -> PreparedColumns | None:
        """All of these rows, worked out column by column, which costs a fraction of `prepare`.

        None when it takes a closer look at one of them: a rule leaves it out, it has no place, or there is something to
        remark. Then nothing has happened.
        """
        if any(rule.applies(row) for rule in self._mapping.skips for row in rows):
            return None
        if not all(keys.issuperset(rows.column(reference.column)) for reference, keys in self._references):
            return None
        try:
            columns = [stored(rows) for stored in self._in_columns]
        except (Doubtful, Unplaceable):
            return None
        return PreparedColumns(rows.column(self._mapping.key), columns, self._numbers(rows))

    def _numbers(self, rows: Rows) -> Sequence[int]:
        groups = list(zip(*map(rows.column, self._by), strict=True)) if self._repeated else []
        if self._repeated.isdisjoint(groups):
            return [0] * len(rows)
        return [self._number(group) for group in groups]

    def _number(self, group: tuple[object, ...]) -> int:
        """How many rows with the same values came before."""
        if group not in self._repeated:
            return 0
        number = self._seen.get(group, 0)
        self._seen[group] = number + 1
        return number


def _getter(column: Column, step: Step, note: Note) -> Getter:
    """A function from a row to the column's value, which notes what is to be remarked."""
    stored, sources = _chained(column.convert, step), column.sources

    def get(row: Row) -> Any:
        try:
            return stored(*[row[source] for source in sources])
        except Doubtful as doubt:
            note(row, doubt.text, doubt.rule)
            return step(doubt.value)

    return get


def _in_columns(column: Column, step: Step) -> Callable[[Rows], Sequence[Any]]:
    """A function from rows to the column's values in all of them."""
    stored, sources = _chained(column.convert, step), column.sources
    # Nearly all values of a school's millions are ids, and nearly all ids are what they should be.
    are_ids = column.convert is integer and _takes_32_bits(step)

    def values(rows: Rows) -> Sequence[Any]:
        given = list(map(rows.column, sources))
        if not given:
            return [stored()] * len(rows)
        if are_ids and are_numbers(ids := given[0]) and min(ids) >= _LOW and max(ids) <= _HIGH:
            return ids
        return list(map(stored, *given))

    return values


def _takes_32_bits(step: Step) -> bool:
    try:
        return bool(step(_LOW) == _LOW and step(_HIGH) == _HIGH)
    except Unplaceable:
        return False


def _chained(convert: Callable[..., Any], step: Step) -> Callable[..., Any]:
    """Both steps in one; for what tends to repeat (times, days, states), each value is worked out once."""

    def stored(*values: Any) -> Any:
        return step(convert(*values))

    return stored if convert in _VARIED else lru_cache(maxsize=8192, typed=True)(stored)
