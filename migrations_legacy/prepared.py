"""Rows of a source made ready to be written: one by one, or column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

Values = tuple[Any, ...]
"""A row's mapped fields, in their order."""


class Prepared(NamedTuple):
    """One row ready to be written: the values of the mapped fields in order, and its duplicate number if it has one."""

    key: Any
    values: Values
    number: int = 0


@dataclass(frozen=True)
class PreparedColumns:
    """Many rows ready to be written: of each mapped field, in order, the values of all rows."""

    keys: Sequence[Any]
    columns: Sequence[Sequence[Any]]
    numbers: Sequence[int]
    """The duplicate numbers; 0 where there are none."""

    @cached_property
    def values(self) -> list[Values]:
        """The values of the mapped fields, row by row."""
        return list(zip(*self.columns, strict=True))

    def row(self, place: int) -> Prepared:
        """One of the rows."""
        return Prepared(self.keys[place], self.values[place], self.numbers[place])
