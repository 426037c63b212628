"""Values that the templates' components show: meanings, figures, and what waits for somebody."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Meaning(StrEnum):
    """The four meanings, the same in badges, messages, tiles and charts; and none."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    INFO = "info"
    NEUTRAL = "neutral"


ICONS: dict[Meaning, str] = {
    Meaning.GOOD: "check-circle",
    Meaning.WARNING: "exclamation-triangle",
    Meaning.BAD: "x-circle",
    Meaning.INFO: "information-circle",
    Meaning.NEUTRAL: "minus-circle",
}
"""The sign that stands beside the colour."""

MESSAGE_MEANINGS: dict[str, Meaning] = {
    "success": Meaning.GOOD,
    "warning": Meaning.WARNING,
    "error": Meaning.BAD,
    "info": Meaning.INFO,
    "debug": Meaning.NEUTRAL,
}
"""Level of a flash message → what it means."""


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure moved: "+12" "since last month". `meaning` says whether it is welcome; `rising` draws an arrow."""

    text: Text
    since: Text
    meaning: Meaning = Meaning.NEUTRAL
    rising: bool | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number for a home page. The value comes as text, already in the reader's format."""

    label: Text
    value: Text
    unit: Text = ""
    url: str = ""
    change: Change | None = None
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for a decision or an action; the URL leads to the list, filtered to it."""

    label: Text
    count: int
    url: str
    icon: str = "inbox"
    note: Text = ""
    meaning: Meaning = Meaning.INFO
