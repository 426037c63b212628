"""Charts as values: say what the figures are, `{% chart %}` draws them on the server.

Each is a frozen dataclass with a title and a unit, and comes with its data table. Tones are the four meanings of
`portal.components`, "neutral" or "accent". They are made to say something at 20,000 students: shares, distributions,
trends, the ten at the end of a list; never a bar per person.
"""

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar
from zlib import crc32

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from portal.chart_plot import (
    Dot,
    Label,
    Line,
    Mark,
    Number,
    Plot,
    Rule,
    drawable,
    every_nth,
    number_text,
    percent,
    scale,
    shorten,
)

Text = str | Promise

HATCHED_TONES = frozenset({"bad", "warning"})
LABELLED_VALUES = 12
"""Up to so many columns carry their value."""
DOTTED_POINTS = 32
ROW_LABEL = 36
"""Letters of a label and its value on one line, on a phone."""
COLUMN_LABEL = 16
COLUMNS_TOP, COLUMNS_BASE, COLUMNS_HEIGHT = 20, 180, 204


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
        """Whether there is nothing to draw: zeros are something."""

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


@dataclass(frozen=True, slots=True)
class BarChart(Chart):
    """A bar for each category, label above and value at its end: comparisons, "the ten worst"."""

    title: Text
    unit: Text
    bars: tuple[Bar, ...]
    top: Number | None = None
    """The value of a full bar; without it, that of the longest. For per cent: 100."""

    @property
    def is_empty(self) -> bool:
        return not self.bars

    @property
    def header(self) -> tuple[str, ...]:
        return "", str(self.unit)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(Row(str(bar.label), (number_text(bar.value, self.unit),), bar.url) for bar in self.bars)

    def plot(self) -> Plot:
        whole = drawable(self.top) or max((drawable(bar.value) for bar in self.bars), default=0.0)
        several_tones = len({bar.tone for bar in self.bars}) > 1
        tracks, marks, labels = [], [], []
        for index, bar in enumerate(self.bars):
            y = index * 40
            text = number_text(bar.value, self.unit)
            labels.append(Label("0%", y + 14, shorten(bar.label, ROW_LABEL - len(text)), css="label"))
            labels.append(Label("100%", y + 14, text, "end", "value"))
            tracks.append(Mark("0%", y + 20, "100%", 8, "neutral"))
            width = percent(min(drawable(bar.value), whole), whole)
            marks.append(Mark("0%", y + 20, width, 8, bar.tone, several_tones and bar.tone in HATCHED_TONES))
        return Plot(len(self.bars) * 40 - 8, tracks=tuple(tracks), marks=tuple(marks), labels=tuple(labels))


class _SeriesChart(Chart):
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


@dataclass(frozen=True, slots=True)
class GroupedBars(_SeriesChart):
    """Bars of several series side by side for each category."""

    title: Text
    unit: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self.categories))

    def plot(self) -> Plot:
        # A seventh of the width stays free for the value behind the longest bar.
        whole = max((drawable(value) for one in self.series for value in one.values), default=0.0) * 7 / 6
        pitch = 24 + len(self.series) * 16 + 8
        marks, labels = [], []
        for index, name in enumerate(self.names):
            labels.append(Label("0%", index * pitch + 14, shorten(name), css="label"))
            for place, one in enumerate(self.series):
                y = index * pitch + 22 + place * 16
                value = self.value(one, index)
                width = percent(drawable(value), whole)
                marks.append(Mark("0%", y, width, 12, one.tone, one.tone in HATCHED_TONES))
                labels.append(Label(width, y + 11, number_text(value, self.unit), shift=6))
        return Plot(len(self.names) * pitch - 8, marks=tuple(marks), labels=tuple(labels))


@dataclass(frozen=True, slots=True)
class StackedBars(_SeriesChart):
    """For each category one bar made of its parts. With `share` all bars are of one length and show proportions."""

    title: Text
    unit: Text
    categories: tuple[Text, ...]
    series: tuple[Series, ...]
    share: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self.categories))

    def plot(self) -> Plot:
        totals = [sum(drawable(self.value(one, index)) for one in self.series) for index in range(len(self.names))]
        longest = max(totals, default=0.0)
        tracks, marks, labels = [], [], []
        for index, name in enumerate(self.names):
            y = index * 44
            text = number_text(totals[index], self.unit)
            labels.append(Label("0%", y + 14, shorten(name, ROW_LABEL - len(text)), css="label"))
            labels.append(Label("100%", y + 14, text, "end", "value"))
            tracks.append(Mark("0%", y + 20, "100%", 12, "neutral", rounded=False))
            whole = totals[index] if self.share else longest
            before = 0.0
            for one in self.series:
                length = drawable(self.value(one, index))
                if length:
                    hatched = one.tone in HATCHED_TONES
                    marks.append(
                        Mark(percent(before, whole), y + 20, percent(length, whole), 12, one.tone, hatched, rounded=False)
                    )
                before += length
        return Plot(len(self.names) * 44 - 12, tracks=tuple(tracks), marks=tuple(marks), labels=tuple(labels))


@dataclass(frozen=True, slots=True)
class ShareBar(Chart):
    """One bar cut into its parts, instead of a pie; the legend holds the figures."""

    title: Text
    unit: Text
    parts: tuple[Bar, ...]

    @property
    def is_empty(self) -> bool:
        return not any(drawable(part.value) for part in self.parts)

    @property
    def header(self) -> tuple[str, ...]:
        return "", str(self.unit), _("Share")

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(
            Row(str(part.label), (number_text(part.value, self.unit), self._share(part)), part.url) for part in self.parts
        )

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(
            Key(
                str(part.label),
                part.tone,
                part.tone in HATCHED_TONES,
                number_text(part.value, self.unit) if self.unit == "%" else f"{number_text(part.value)} ({self._share(part)})",
            )
            for part in self.parts
        )

    @property
    def _whole(self) -> float:
        return sum(drawable(part.value) for part in self.parts)

    def _share(self, part: Bar) -> str:
        return number_text(round(drawable(part.value) / self._whole * 100) if self._whole else None, "%")

    def plot(self) -> Plot:
        marks, before = [], 0.0
        for part in self.parts:
            length = drawable(part.value)
            if length:
                place, width = percent(before, self._whole), percent(length, self._whole)
                marks.append(Mark(place, 0, width, 20, part.tone, part.tone in HATCHED_TONES, rounded=False))
            before += length
        return Plot(20, marks=tuple(marks))


@dataclass(frozen=True, slots=True)
class Histogram(Chart):
    """How many there are of each kind or range, as columns in order: marks from 0 to 100, students by attendance."""

    title: Text
    unit: Text
    """What is counted, as in "students"."""
    x_unit: Text
    """What the columns are, as in "attendance, %"."""
    bins: tuple[Bar, ...]

    @classmethod
    def of(
        cls, title: Text, unit: Text, x_unit: Text, *, values: Iterable[Number], edges: tuple[Number, ...], bad_below: Number | None = None
    ) -> "Histogram":
        """Count values into ranges from edge to edge (the last one includes its end; values beyond the ends are left out).

        Ranges that end at or below `bad_below` get the tone "bad".
        """
        counts = [0] * (len(edges) - 1)
        for value in values:
            if edges[0] <= value <= edges[-1]:
                counts[min(bisect_right(edges, value), len(counts)) - 1] += 1
        bins = tuple(
            Bar(
                f"{number_text(low)}–{number_text(high)}",
                count,
                "bad" if bad_below is not None and high <= bad_below else "accent",
            )
            for low, high, count in zip(edges, edges[1:], counts, strict=False)
        )
        return cls(title, unit, x_unit, bins)

    @property
    def is_empty(self) -> bool:
        return not any(drawable(one.value) for one in self.bins)

    @property
    def header(self) -> tuple[str, ...]:
        return str(self.x_unit), str(self.unit)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(Row(str(one.label), (number_text(one.value),), one.url) for one in self.bins)

    def plot(self) -> Plot:
        ticks = scale(one.value for one in self.bins)
        names = tuple(shorten(one.label, COLUMN_LABEL) for one in self.bins)
        texts = tuple(number_text(one.value) for one in self.bins)
        nth = every_nth(names)
        roomy = len(self.bins) <= LABELLED_VALUES and every_nth(texts) == 1
        several_tones = len({one.tone for one in self.bins}) > 1
        pitch = 100 / len(self.bins)
        marks, labels = [], []
        for index, one in enumerate(self.bins):
            height = round(drawable(one.value) / ticks[-1] * (COLUMNS_BASE - COLUMNS_TOP))
            if drawable(one.value):
                height = max(height, 1)
            y, middle = COLUMNS_BASE - height, percent(index + 0.5, len(self.bins))
            hatched = several_tones and one.tone in HATCHED_TONES
            marks.append(Mark(f"{(index + 0.08) * pitch:.3f}%", y, f"{pitch * 0.84:.3f}%", height, one.tone, hatched))
            if roomy and drawable(one.value):
                labels.append(Label(middle, y - 6, texts[index], "middle", "value"))
            if index % nth == 0:
                labels.append(Label(middle, COLUMNS_BASE + 18, names[index], "middle"))
        rules, axis, gutter = _axis(ticks, self.unit)
        return Plot(COLUMNS_HEIGHT, gutter, rules=rules, marks=tuple(marks), labels=(*labels, *axis))


@dataclass(frozen=True, slots=True)
class LineChart(_SeriesChart):
    """A trend: values at points in order, mostly of time. A gap in the data is a gap in the line."""

    title: Text
    unit: Text
    points: tuple[Text, ...]
    series: tuple[Series, ...]
    top: Number | None = None
    """The end of the axis; without it, a round number above the largest value. For per cent: 100."""
    bottom: Number = 0
    """The start of the axis, for values that stay far from zero."""
    limit: Bar | None = None
    """A level to compare with, as in Bar("Threshold", 75)."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(map(str, self.points))

    def plot(self) -> Plot:
        known = [value for one in self.series for value in one.values]
        ticks = scale([*known, self.limit.value if self.limit else None], top=self.top, bottom=self.bottom)
        lines, dots = [], []
        for place, one in enumerate(self.series):
            css = ("", "line--second", "line--third")[place % 3]
            lines += [Line(run, one.tone, css) for run in self._runs(one, ticks)]
            if len(self.names) <= DOTTED_POINTS:
                dots += [
                    Dot(self._x(index), _level(value, ticks), one.tone)
                    for index, value in enumerate(one.values[: len(self.names)])
                    if value is not None
                ]
        names = tuple(shorten(name, COLUMN_LABEL) for name in self.names)
        nth, last = every_nth(names), len(names) - 1
        labels = [
            Label(self._x(index), COLUMNS_BASE + 18, names[index], self._anchor(index))
            for index in range(0, len(names), nth)
            if last - index >= nth or index == last
        ]
        if last % nth:
            labels.append(Label(self._x(last), COLUMNS_BASE + 18, names[last], self._anchor(last)))
        rules, axis, gutter = _axis(ticks, self.unit)
        if self.limit:
            level = _level(self.limit.value, ticks)
            rules = (*rules, Rule(level, "limit"))
            text = f"{self.limit.label}: {number_text(self.limit.value, self.unit)}"
            labels.append(Label("100%", level - 5, text, "end", "label"))
        return Plot(
            COLUMNS_HEIGHT, gutter, rules=rules, lines=tuple(lines), dots=tuple(dots), labels=(*labels, *axis)
        )

    def _x(self, index: int) -> str:
        return percent(index, len(self.names) - 1) if len(self.names) > 1 else "50%"

    def _anchor(self, index: int) -> str:
        if len(self.names) == 1:
            return "middle"
        return {0: "start", len(self.names) - 1: "end"}.get(index, "middle")

    def _runs(self, one: Series, ticks: tuple[float, ...]) -> Iterable[str]:
        run: list[str] = []
        steps = max(1, len(self.names) - 1)
        for index, value in enumerate((*one.values[: len(self.names)], None)):
            if value is not None:
                run.append(f"{index / steps * 1000:.1f},{_level(value, ticks)}")
                continue
            if len(run) > 1:
                yield " ".join(run)
            run = []


@dataclass(frozen=True, slots=True)
class Sparkline(Chart):
    """A trend of the size of a word, beside a figure that has its own words; it has no table."""

    template_name: ClassVar[str] = "portal/components/sparkline.html"
    title: Text
    unit: Text
    values: tuple[Number, ...]
    tone: str = "accent"

    @property
    def is_empty(self) -> bool:
        return len(self.values) < 2

    @property
    def header(self) -> tuple[str, ...]:
        return "", str(self.unit)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(Row("", (number_text(value, self.unit),)) for value in self.values)

    def plot(self) -> Plot:
        heights = [drawable(value) for value in self.values]
        low, high = min(heights, default=0.0), max(heights, default=0.0)
        steps = max(1, len(heights) - 1)
        points = " ".join(
            f"{index / steps * 1000:.1f},{round(21 - (height - low) / (high - low) * 18) if high > low else 12}"
            for index, height in enumerate(heights)
        )
        return Plot(24, lines=(Line(points, self.tone),))


def _level(value: Number, ticks: tuple[float, ...]) -> int:
    low, high = ticks[0], ticks[-1]
    share = min(max((drawable(value) - low) / (high - low), 0), 1)
    return round(COLUMNS_BASE - share * (COLUMNS_BASE - COLUMNS_TOP))


def _axis(ticks: tuple[float, ...], unit: Text) -> tuple[tuple[Rule, ...], tuple[Label, ...], int]:
    """Grid lines, their labels in the gutter, and the gutter's width."""
    rules = tuple(Rule(_level(tick, ticks), "axis" if tick == ticks[0] else "grid") for tick in ticks)
    texts = [number_text(tick, str(unit)) for tick in ticks]
    labels = tuple(
        Label("0%", _level(tick, ticks) + 4, text, "end", shift=-8) for tick, text in zip(ticks, texts, strict=True)
    )
    return rules, labels, min(8, max(map(len, texts)) + 2)
