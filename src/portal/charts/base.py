"""What every chart can tell about itself, and the values that charts are given."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar
from zlib import crc32

from django.utils.functional import Promise

from portal.charts.plot import Number, Plot, number_text

Text = str | Promise

HATCHED_TONES = frozenset({"bad", "warning"})
"""Drawn with a pattern where they stand beside others."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a chart's data table; a URL makes its label a link."""

    label: str
    cells: tuple[str, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A series in the legend."""

    label: str
    tone: str
    hatched: bool
    value: str = ""


class Chart(ABC):
    """What every chart can tell. Subclasses are frozen dataclasses; title and unit are their first fields."""

    template_name: ClassVar[str] = "portal/components/chart.html"
    title: Text
    unit: Text

    @property
    @abstractmethod
    def is_empty(self) -> bool:
        """Whether there is nothing to draw. Zero is a figure in trends and comparisons, none in shares and counts."""

    @abstractmethod
    def plot(self) -> Plot: ...

    @property
    @abstractmethod
    def header(self) -> tuple[str, ...]:
        """The columns of the data table."""

    @property
    @abstractmethod
    def rows(self) -> tuple[Row, ...]: ...

    @property
    def keys(self) -> tuple[Key, ...]:
        """The legend; empty for a chart of one series."""
        return ()

    @property
    def uid(self) -> str:
        """The same for the same chart, so that a page can be compared with itself."""
        return f"chart-{crc32(repr((str(self.title), self.rows)).encode()):08x}"


@dataclass(frozen=True, slots=True)
class Bar:
    label: Text
    value: Number
    tone: str = "accent"
    url: str = ""
    """Where the data table's row leads."""


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one kind, one for each category; None where there is none."""

    label: Text
    values: tuple[Number | None, ...]
    tone: str = "accent"


class SeriesChart(Chart):
    """What charts of several series over the same categories share."""

    series: tuple[Series, ...]
    __slots__ = ()

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """The categories."""

    @property
    def is_empty(self) -> bool:
        return not self.names or not any(value is not None for one in self.series for value in one.values)

    @property
    def header(self) -> tuple[str, ...]:
        return "", *(f"{one.label} ({self.unit})" if self.unit else str(one.label) for one in self.series)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(
            Row(name, tuple(number_text(self.value(one, index), self.unit) for one in self.series))
            for index, name in enumerate(self.names)
        )

    @property
    def keys(self) -> tuple[Key, ...]:
        if len(self.series) < 2:
            return ()
        return tuple(Key(str(one.label), one.tone, one.tone in HATCHED_TONES) for one in self.series)

    @staticmethod
    def value(one: Series, index: int) -> Number | None:
        return one.values[index] if index < len(one.values) else None
