"""What goes up and down over an axis: distributions and trends."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from portal.charts.base import HATCHED_TONES, Bar, Chart, Row, Series, SeriesChart, Text
from portal.charts.plot import (
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

LABELLED_VALUES = 12
"""Up to so many columns carry their value."""
DOTTED_POINTS = 32
"""Up to so many points are marked on a line."""
COLUMN_LABEL = 16
TOP, BASE, HEIGHT = 20, 180, 204


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
        cls,
        title: Text,
        unit: Text,
        x_unit: Text,
        *,
        values: Iterable[Number],
        edges: tuple[Number, ...],
        bad_below: Number | None = None,
    ) -> "Histogram":
        """Count values into ranges from edge to edge; the last includes its end, values beyond the ends are left out.

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
        ticks = scale((one.value for one in self.bins), whole=all(isinstance(one.value, int) for one in self.bins))
        names = tuple(shorten(one.label, COLUMN_LABEL) for one in self.bins)
        texts = tuple(number_text(one.value) for one in self.bins)
        nth = every_nth(names)
        roomy = len(self.bins) <= LABELLED_VALUES and every_nth(texts) == 1
        several_tones = len({one.tone for one in self.bins}) > 1
        pitch = 100 / len(self.bins)
        marks, labels = [], []
        for index, one in enumerate(self.bins):
            height = round(drawable(one.value) / ticks[-1] * (BASE - TOP))
            if drawable(one.value):
                height = max(height, 1)
            y, middle = BASE - height, percent(index + 0.5, len(self.bins))
            hatched = several_tones and one.tone in HATCHED_TONES
            marks.append(Mark(f"{(index + 0.08) * pitch:.3f}%", y, f"{pitch * 0.84:.3f}%", height, one.tone, hatched))
            if roomy and drawable(one.value):
                labels.append(Label(middle, y - 6, texts[index], "middle", "value"))
            if index % nth == 0:
                labels.append(Label(middle, BASE + 18, names[index], "middle"))
        rules, axis, gutter = _axis(ticks, self.unit)
        return Plot(HEIGHT, gutter, rules=rules, marks=tuple(marks), labels=(*labels, *axis))


@dataclass(frozen=True, slots=True)
class LineChart(SeriesChart):
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
        # The last label ends at the edge, so that it reaches further towards the one before it.
        nth, last = every_nth(names, room=1.5), len(names) - 1
        labels = [
            Label(self._x(index), BASE + 18, names[index], self._anchor(index))
            for index in range(0, len(names), nth)
            if last - index >= nth or index == last
        ]
        if last % nth:
            labels.append(Label(self._x(last), BASE + 18, names[last], self._anchor(last)))
        rules, axis, gutter = _axis(ticks, self.unit)
        if self.limit:
            level = _level(self.limit.value, ticks)
            rules = (*rules, Rule(level, "limit"))
            text = f"{self.limit.label}: {number_text(self.limit.value, self.unit)}"
            labels.append(Label("100%", level - 5, text, "end", "label"))
        return Plot(HEIGHT, gutter, rules=rules, lines=tuple(lines), dots=tuple(dots), labels=(*labels, *axis))

    def _x(self, index: int) -> str:
        return percent(index, len(self.names) - 1) if len(self.names) > 1 else "50%"

    def _anchor(self, index: int) -> str:
        return "end" if index == len(self.names) - 1 > 0 else "middle"

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
    return round(BASE - share * (BASE - TOP))


def _axis(ticks: tuple[float, ...], unit: Text) -> tuple[tuple[Rule, ...], tuple[Label, ...], int]:
    """Grid lines, their labels in the gutter, and the gutter's width."""
    rules = tuple(Rule(_level(tick, ticks), "axis" if tick == ticks[0] else "grid") for tick in ticks)
    texts = [number_text(tick, str(unit)) for tick in ticks]
    labels = tuple(
        Label("0%", _level(tick, ticks) + 4, text, "end", shift=-8) for tick, text in zip(ticks, texts, strict=True)
    )
    return rules, labels, min(8, max(map(len, texts)) + 2)
