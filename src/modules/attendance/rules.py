"""The school's rules on attendance, as pure functions.

Percentages are whole tenths of a percent here and in the tables ("per mille"), so that every database rounds alike.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

BANDS = ((0, 50), (50, 60), (60, 70), (70, 75), (75, 80), (80, 90), (90, 100))
"""Lower and upper percent of each band; 75 is the threshold below which students are warned."""


def permille(*, present: int, absent: int, late: int) -> int | None:
    """(present + late) / (present + absent + late), rounded half up to tenths of a percent; None when nothing counts.

    Excused marks count neither for nor against a student. The tables compute the same (see `models.PERMILLE`).
    """
    counted = present + absent + late
    if not counted:
        return None
    return (2000 * (present + late) + counted) // (2 * counted)


def percentage(tenths: int | None) -> Decimal | None:
    """Tenths of a percent as a percentage with one place."""
    return None if tenths is None else Decimal(tenths).scaleb(-1)


def band_of(tenths: int) -> tuple[int, int]:
    """The band in which a percentage, rounded as it is shown, lies."""
    return next(band for band in reversed(BANDS) if tenths >= band[0] * 10)


def day_problem(day: date, *, today: date, first_day: date, last_day: date) -> str | None:
    """Why no roll can be called on a day: "future", "outside" the session year; None when it can.

    Old data has session years whose days are reversed: they exclude no day.
    """
    if day > today:
        return "future"
    if first_day <= last_day and not first_day <= day <= last_day:
        return "outside"
    return None


def repeated(ids: Iterable[int]) -> list[int]:
    """Ids that occur more than once, in the order of their second occurrence."""
    seen: set[int] = set()
    twice: dict[int, None] = {}
    for i in ids:
        if i in seen:
            twice[i] = None
        seen.add(i)
    return list(twice)
