"""A mapping made ready to run: from a source row to a row for the target, as fast as plain Python allows."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import repeat
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
from migrations_legacy.errors import Doubtful, MappingError, Unplaceable
from migrations_legacy.fields import Step
from migrations_legacy.mapping import Column, TableMapping
from migrations_legacy.sources.base import Row
from migrations_legacy.target import Prepared

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
        return Prepared(row[self._mapping.key], values, self._number(row) if self._by else 0)

    def prepare_all(self, rows: Sequence[Row]) -> list[Prepared] | None:
        """All of these rows, worked out column by column, which costs a fraction of `prepare`.

        None when it takes a closer look at one of them: a rule leaves it out, it has no place, or there is something to
        remark. Then nothing has happened.
        """
        if any(rule.applies(row) for rule in self._mapping.skips for row in rows):
            return None
        if not all(keys.issuperset([row[ref.column] for row in rows]) for ref, keys in self._references):
            return None
        try:
            columns = [stored(rows) for stored in self._in_columns]
        except (Doubtful, Unplaceable):
            return None
        keys = [row[self._mapping.key] for row in rows]
        return list(map(Prepared, keys, zip(*columns, strict=True), self._numbers(rows)))

    def _numbers(self, rows: Sequence[Row]) -> Iterable[int]:
        groups = zip(*[[row[column] for row in rows] for column in self._by], strict=True)
        if self._repeated.isdisjoint(groups):
            return repeat(0, len(rows))
        return [self._number(row) for row in rows]

    def _number(self, row: Row) -> int:
        """How many rows with the same values came before."""
        if not self._repeated:
            return 0
        group = tuple([row[column] for column in self._by])
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


def _in_columns(column: Column, step: Step) -> Callable[[Sequence[Row]], Iterable[Any]]:
    """A function from rows to the column's values in all of them."""
    stored, sources = _chained(column.convert, step), column.sources
    # Nearly all values of a school's millions are ids, and nearly all ids are what they should be.
    are_ids = column.convert is integer and _takes_32_bits(step)

    def values(rows: Sequence[Row]) -> Iterable[Any]:
        given: list[list[Any]] = [[row[source] for row in rows] for source in sources]
        if not given:
            return [stored()] * len(rows)
        if are_ids and set(map(type, given[0])) == {int} and min(given[0]) >= _LOW and max(given[0]) <= _HIGH:
            return given[0]
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
