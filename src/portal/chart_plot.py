"""The shapes charts are made of, and the arithmetic of their scales.

Across, places are percentages of the drawing's width; down, they are pixels. So a chart fills whatever width it gets
while its text keeps its size, without a script and without style attributes.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import formats

Number = int | float | Decimal

PHONE_CHARACTERS = 40
"""How many characters of axis text fit side by side across the narrowest drawing (a card on a phone of 360 px)."""
LABEL_LENGTH = 40
"""What is longer is cut, and told in full by the data table."""


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


def shorten(text: object, length: int = LABEL_LENGTH) -> str:
    words = str(text)
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def scale(values: Iterable[Number | None], *, top: Number | None = None, steps: int = 4) -> tuple[float, ...]:
    """Round values for an axis from 0 to at least the largest, as in 0, 50, 100, 150; `top` fixes its end."""
    largest = float(top) if top is not None else max((drawable(value) for value in values), default=0.0)
    if largest <= 0:
        return (0.0, 1.0)
    whole = largest >= steps
    raw = largest / steps
    magnitude = 10 ** math.floor(math.log10(raw))
    step = next(m * magnitude for m in (1, 2, 2.5, 5, 10) if raw <= m * magnitude * 1.0000001)
    if whole:
        step = math.ceil(step)
    if top is not None:
        step = largest / steps
    count = math.ceil(round(largest / step, 6))
    return tuple(step * index for index in range(count + 1))


def every_nth(labels: tuple[str, ...]) -> int:
    """How many labels to go on by, so that those that are shown do not touch on a phone."""
    longest = max((len(label) for label in labels), default=1)
    fitting = max(2, PHONE_CHARACTERS // (longest + 2))
    return max(1, math.ceil(len(labels) / fitting))
