"""Session years for schools whose older shape has no table of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from migrations_legacy.convert import closing_day, day, opening_day
from migrations_legacy.errors import Doubtful, Unplaceable
from migrations_legacy.reading.columns import Alignment
from migrations_legacy.reading.names import column_synonyms, plain

MADE = "session years were kept with the students: one row was made for each pair of days"
MADE_ONE = "there are no session years: one was made that spans all registers"
BY_DAY = "no session year was kept: the one that the register's day lies in, or the first"
_FIRST_ID = 1


@dataclass(frozen=True)
class Years:
    """Which columns of a table say when a session starts and ends."""

    start: str
    end: str


def years_within(alignment: Alignment) -> Years | None:
    """The columns of a session's first and last day inside another table, if both are there."""
    taken = {found.column for found in alignment.found.values()}
    found = []
    for wanted in ("session_start_year", "session_end_year"):
        words = {plain(wanted)} | column_synonyms(wanted)
        found.append(
            next((c.name for c in alignment.origin.columns if c.name not in taken and plain(c.name) in words), "")
        )
    return Years(*found) if all(found) else None


def span(start: object, end: object) -> tuple[date, date] | None:
    """Both days, if they are days or years."""
    first, last = _sure(opening_day, start), _sure(closing_day, end)
    return (first, last) if first and last else None


def _sure(convert: Any, value: object) -> date | None:
    try:
        found: date | None = convert(value)
    except Doubtful as doubt:
        return doubt.value if isinstance(doubt.value, date) else None
    except Unplaceable:
        return None
    return found


def made_id(days: tuple[date, date]) -> int:
    """The id of a session year that was made: both its days, read as one number."""
    return int("".join(day.isoformat().replace("-", "") for day in days))


def id_of(start: object, end: object) -> int | None:
    """The id of the session year that is made of these; None when they are no days."""
    days = span(start, end)
    return made_id(days) if days else None


def made_rows(spans: Iterable[tuple[date, date]]) -> Iterator[dict[str, object]]:
    """The legacy's rows for these spans, in the order of their ids."""
    for number, days in sorted((made_id(days), days) for days in set(spans)):
        yield {"id": number, "session_start_year": days[0], "session_end_year": days[1]}


def one_year(days: Iterable[object]) -> dict[str, object]:
    """One session year around all these days; of the calendar year 1970 when there are none."""
    known = [found for value in days if (found := _sure(day, value))]
    first, last = (min(known), max(known)) if known else (date(1970, 1, 1), date(1970, 12, 31))
    end = max(last, first + timedelta(days=1)) if first < date.max else last
    return {"id": _FIRST_ID, "session_start_year": first, "session_end_year": end}


class Calendar:
    """Finds the session year of a day."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._years = [
            (row["id"], found) for row in rows if (found := span(row["session_start_year"], row["session_end_year"]))
        ]

    def sole(self) -> object:
        """The only session year there is; None when there are several or none."""
        return self._years[0][0] if len(self._years) == 1 else None

    def of(self, value: object) -> object:
        """The first session year that this day lies in; the first of all when it lies in none."""
        wanted = _sure(day, value)
        lies_in = [number for number, (first, last) in self._years if wanted and first <= wanted <= last]
        return next(iter(lies_in or [number for number, _ in self._years]), None)
