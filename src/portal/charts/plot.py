"""The shapes charts are made of, and the arithmetic of their scales.

Across, places are percentages of the drawing's width; down, they are pixels. So a chart fills whatever width it gets
while its text keeps its size, without a script and without style attributes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from unicodedata import east_asian_width

from django.utils import formats

Number = int | float | Decimal

PHONE_CHARACTERS = 40
"""How many characters of axis text fit side by side across the narrowest drawing (a card on a phone of 360 px)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, or a part of one."""

    x: str
    y: int
    width: str
    height: int
    tone: str
    hatched: bool = False
    """Drawn with a pattern, so that good and bad differ without their colours."""
    rounded: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    y: int
    text: str
    anchor: str = "start"
    css: str = ""
    shift: int = 0
    """Pixels to the right of x."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line across the whole width."""

    y: int
    css: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, each "x,y" with x from 0 to 1000."""

    points: str
    tone: str
    css: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: int
    tone: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A finished drawing. `gutter` is the room at the left for the axis, in steps of 8 px."""

    height: int
    gutter: int = 0
    tracks: tuple[Mark, ...] = ()
    rules: tuple[Rule, ...] = ()
    marks: tuple[Mark, ...] = ()
    lines: tuple[Line, ...] = ()
    dots: tuple[Dot, ...] = ()
    labels: tuple[Label, ...] = field(default=())


def drawable(value: Number | None) -> float:
    """The length a value is drawn with: nothing for what is missing, negative or not a number."""
    if value is None or not math.isfinite(value) or value <= 0:
        return 0.0
    return float(value)


def percent(part: float, whole: float) -> str:
    """A place across, as in "37.5%"."""
    return f"{part / whole * 100 if whole else 0:.3f}".rstrip("0").rstrip(".") + "%"


def number_text(value: Number | None, unit: object = "") -> str:
    """A value as people read it: grouped, at most two decimals, "–" for what is missing; per cent keep their sign."""
    if value is None or not math.isfinite(value):
        return "–"
    rounded = round(Decimal(str(value)), 2)
    places = 0 if rounded == rounded.to_integral_value() else (1 if round(rounded, 1) == rounded else 2)
    text = formats.number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{text}\u00a0%" if unit == "%" else text


def width_of(text: str) -> int:
    """How many letters of the Latin alphabet are about as wide as this text."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def shorten(text: object, room: int = PHONE_CHARACTERS) -> str:
    """The text if it fits into so many letters, otherwise its beginning; the data table tells it in full."""
    words = str(text)
    if width_of(words) <= room:
        return words
    end = 0
    while width_of(words[: end + 1]) < room:
        end += 1
    return words[:end].rstrip() + "…"


def scale(
    values: Iterable[Number | None],
    *,
    top: Number | None = None,
    bottom: Number = 0,
    steps: int = 4,
    whole: bool = False,
) -> tuple[float, ...]:
    """Round values for an axis, as in 0, 50, 100, 150: from `bottom` to `top`, or to at least the largest value.

    `whole`: things are counted, of which there are no halves.
    """
    low = float(bottom)
    high = float(top) if top is not None else max((drawable(value) for value in values), default=0.0)
    if high <= low:
        return (low, low + 1)
    if top is not None:
        return tuple(low + (high - low) / steps * index for index in range(steps + 1))
    raw = (high - low) / steps
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if raw <= m * magnitude * 1.0000001)
    if whole or high - low >= steps:
        step = math.ceil(step)
    return tuple(low + step * index for index in range(math.ceil(round((high - low) / step, 6)) + 1))


def every_nth(labels: tuple[str, ...], *, room: float = 1) -> int:
    """How many labels to go on by, so that those shown do not touch on a phone. Each takes `room` times its width."""
    longest = max(map(width_of, labels), default=1)
    fitting = max(2, int(PHONE_CHARACTERS // (longest * room + 2)))
    return max(1, math.ceil(len(labels) / fitting))
