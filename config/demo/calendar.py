"""The demo school's year and lessons, relative to the day on which it is made."""

from datetime import date, timedelta

WEEKS = 10
"""How much of the term lies behind."""

_PATTERNS = ((0, 2), (1, 3), (0, 3), (2, 4), (1, 4))
"""Two lessons a week: days after Monday."""


def session_year(today: date) -> tuple[date, date]:
    """First and last day of the school year, both inclusive: it began some months ago, on the first of a month."""
    first = (today - timedelta(weeks=WEEKS + 4)).replace(day=1)
    return first, first.replace(year=first.year + 1) - timedelta(days=1)


def lessons(subject: int, today: date) -> list[date]:
    """Days of the term on which a subject was taught, up to yesterday: today's register is still to be taken."""
    monday = today - timedelta(days=today.weekday())
    days = [
        monday - timedelta(weeks=week) + timedelta(days=weekday)
        for week in range(WEEKS, -1, -1)
        for weekday in _PATTERNS[subject % len(_PATTERNS)]
    ]
    return [day for day in days if day < today]


def next_weekday(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)
