"""Bars that lie: comparisons of categories, whose names may be long."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.charts.base import HATCHED_TONES, Bar, Chart, Key, Row, Series, SeriesChart, Text
from portal.charts.plot import Label, Mark, Number, Plot, drawable, number_text, percent, shorten

ROW_LABEL = 36
"""Letters of a label and its value on one line, on a phone."""


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


@dataclass(frozen=True, slots=True)
class GroupedBars(SeriesChart):
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
class StackedBars(SeriesChart):
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
                    place, width, hatched = percent(before, whole), percent(length, whole), one.tone in HATCHED_TONES
                    marks.append(Mark(place, y + 20, width, 12, one.tone, hatched, rounded=False))
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
            Row(str(part.label), (number_text(part.value, self.unit), self._share(part)), part.url)
            for part in self.parts
        )

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(
            Key(str(part.label), part.tone, part.tone in HATCHED_TONES, self._figures(part)) for part in self.parts
        )

    def _figures(self, part: Bar) -> str:
        return self._share(part) if self.unit == "%" else f"{number_text(part.value)} ({self._share(part)})"

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
