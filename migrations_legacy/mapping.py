"""The language of the mapping files: which legacy table becomes which model's table, and how.

A mapping is data. It names the source table by its short legacy name, the target as Django's "app_label.Model", and for
every column of the target that the legacy fills, where the value comes from.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from migrations_legacy.sources.base import Row

Convert = Callable[..., object]


@dataclass(frozen=True)
class Column:
    """A field of the target, filled from one or more columns of the source by a pure function of their values.

    The function raises Unplaceable when the row has no place with this value, Doubtful when it has one with a remark.
    """

    field: str
    """Name of the model's field; for foreign keys the one ending in `_id`."""
    sources: tuple[str, ...]
    convert: Convert
    is_file: bool = False
    """The value is a path below the media folder; whether the file is there is checked."""
    back: Callable[..., object] | None = None
    """From the stored value to the legacy's, where the conversion is one of the mapping's own."""


def column(
    target: str, source: str, convert: Convert, *, is_file: bool = False, back: Callable[..., object] | None = None
) -> Column:
    """A field that is filled from one column."""
    return Column(target, (source,), convert, is_file=is_file, back=back)


def same(convert: Convert, *names: str) -> tuple[Column, ...]:
    """Fields that are called the same on both sides."""
    return tuple(Column(name, (name,), convert) for name in names)


def computed(target: str, sources: tuple[str, ...], convert: Convert) -> Column:
    """A field that is computed from several columns."""
    return Column(target, sources, convert)


def constant(target: str, value: object) -> Column:
    """A field that is the same in every row that comes from the legacy."""
    return Column(target, (), lambda: value)


@dataclass(frozen=True)
class Reference:
    """A row has a place only if the row it refers to has one; unless it is `kept` even so, with a remark."""

    column: str
    """Source column."""
    table: str
    """Source table that the column's value is a key of."""
    kept: bool = False
    """For references to another module's rows, without which the row still says something to somebody."""


@dataclass(frozen=True)
class Duplicates:
    """Numbers rows that agree in some columns: 0 for the first in the order of ids, 1 for the second, and so on."""

    field: str
    by: tuple[str, ...]
    """Source columns."""


@dataclass(frozen=True)
class SkipRule:
    """Rows that are left out on purpose, under a name that the report states."""

    name: str
    applies: Callable[[Row], bool]


@dataclass(frozen=True)
class TableMapping:
    """One source table into one target table. A source table may have several; exactly one of them is its `main`."""

    source: str
    target: str
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    duplicates: Duplicates | None = None
    skips: tuple[SkipRule, ...] = ()
    key: str = "id"
    """Source column that identifies a row."""
    target_key: str = ""
    """Target field that holds the key's value; the primary key unless said otherwise."""
    main: bool = True
    ignored: frozenset[str] = frozenset()
    """Source columns that are left out on purpose, for a reason stated in the mapping file."""
    merged: bool = False
    """When both sides changed a row, each column is looked at by itself; else the row as a whole is a conflict."""
    latest: tuple[str, ...] = ()
    """Of a merged row: times of the target of which the later one stands."""

    def source_columns(self) -> set[str]:
        """The source's columns that this mapping reads or leaves out on purpose."""
        read = {source for column in self.columns for source in column.sources}
        read |= {self.key} | {reference.column for reference in self.references}
        read |= set(self.duplicates.by) if self.duplicates else set()
        return read | self.ignored


@dataclass(frozen=True)
class SkippedTable:
    """A source table that is left out as a whole, and why."""

    source: str
    rule: str
    kept: bool = False
    """Its rows are kept aside as they are, so that a legacy can be written again with them."""


@dataclass(frozen=True)
class Context:
    """One bounded context's mappings, in an order in which referred tables come first. Moved in one transaction."""

    name: str
    """The module's name, as the guard knows it."""
    tables: tuple[TableMapping, ...]
    skipped: tuple[SkippedTable, ...] = field(default=())
