"""From what the legacy stored to what it meant: pure functions of one value (or a few) of a source row.

Values arrive as SQLite or JSON give them. What means nothing raises Unplaceable, with a code that groups such rows in
the report and a text that says what is wrong.
"""

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote

from migrations_legacy.errors import Doubtful, Unplaceable

_ISO_DATE = re.compile(r"(?<![\d-])(\d{4}-\d{2}-\d{2})(?![\d-])")
_YEAR = re.compile(r"[12]\d{3}")
_OTHER_DIGITS = re.compile(r"\d")
_MEDIA_URL = "/media/"
_TRUE = frozenset({1, "1", "true", "t", "yes", "on"})
_FALSE = frozenset({0, "0", "false", "f", "no", "off"})


def as_is(value: object) -> object:
    """No conversion."""
    return value


def integer(value: object) -> int | None:
    """A whole number, also when it was stored as text or as 3.0."""
    if value is None or type(value) is int:
        return value
    try:
        number = int(value) if isinstance(value, bool | str) else int(str(value).removesuffix(".0"))
    except ValueError as error:
        raise Unplaceable("bad_number", f"{value!r} is not a whole number") from error
    return number


def text(value: object) -> str | None:
    """Text, unchanged in every character. Bytes that were not UTF-8, and NUL characters, cannot be stored."""
    if value is None:
        return None
    written = value if isinstance(value, str) else str(value)
    if "\x00" in written:
        raise Unplaceable("bad_text", "the text holds a NUL character")
    if not written.isascii() and any("\ud800" <= char <= "\udfff" for char in written):
        raise Unplaceable("bad_text", "the text is not valid UTF-8")
    return written


def text_or_blank(value: object) -> str:
    """Text; NULL becomes the empty text."""
    return text(value) or ""


def tidy(value: object) -> str | None:
    """Text that works only without the blanks and line ends that old imports left around it."""
    written = text(value)
    if written is None or written == (bare := written.strip()):
        return written
    raise Doubtful(bare, f"blanks or a line end around {bare!r} are left out", rule="blanks and line ends left out")


def tidy_or_blank(value: object) -> str:
    """As `tidy`; NULL becomes the empty text."""
    return tidy(value) or ""


def boolean(value: object) -> bool | None:
    """A truth value from 0/1, JSON's true/false, or their usual spellings."""
    if value is None:
        return None
    plain = value.strip().lower() if isinstance(value, str) else value
    if plain in _TRUE:
        return True
    if plain in _FALSE:
        return False
    raise Unplaceable("bad_boolean", f"{value!r} is neither true nor false")


@lru_cache(maxsize=8192)
def _parse_instant(written: str) -> datetime:
    moment = datetime.fromisoformat(written.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def instant(value: object) -> datetime | None:
    """An aware UTC time. The legacy stored UTC without saying so."""
    if value is None:
        return None
    try:
        return _parse_instant(str(value))
    except (ValueError, OverflowError) as error:
        raise Unplaceable("bad_time", f"{value!r} is not a date and time") from error


@lru_cache(maxsize=8192)
def _parse_day(written: str) -> date:
    return datetime.fromisoformat(written.strip()).date()


def day(value: object) -> date | None:
    """A date; of a date with a time, the date."""
    if value is None:
        return None
    try:
        return _parse_day(str(value))
    except ValueError as error:
        raise Unplaceable("bad_date", f"{value!r} is not a date") from error


def opening_day(value: object) -> date | None:
    """The first day of a session; of a mere year, its first day."""
    return _day_of_session(value, month=1, number=1)


def closing_day(value: object) -> date | None:
    """The last day of a session; of a mere year, its last day."""
    return _day_of_session(value, month=12, number=31)


def _day_of_session(value: object, *, month: int, number: int) -> date | None:
    written = str(value).strip() if value is not None else ""
    if _YEAR.fullmatch(written):
        found = date(int(written), month, number)
        raise Doubtful(
            found, f"the session says {written} only; it is taken for {found}", rule="a year taken for a day"
        )
    return day(value)


def decimal(value: object) -> Decimal | None:
    """An exact number. SQLite keeps 500 as an integer and 0.1 as a float; both come back as they were written."""
    if value is None:
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as error:
        raise Unplaceable("bad_number", f"{value!r} is not a number") from error
    if not number.is_finite():
        raise Unplaceable("bad_number", f"{value!r} is not a finite number")
    return number


def real(value: object) -> float | None:
    """A floating point number, also an infinite one, which the legacy accepted as a mark; NaN has no place."""
    if value is None:
        return None
    try:
        number = float(str(value))
    except ValueError as error:
        raise Unplaceable("bad_number", f"{value!r} is not a number") from error
    if math.isnan(number):
        raise Unplaceable("bad_number", f"{value!r} is not a number")
    return number


def media_path(value: object) -> str:
    """A file's path below the media folder, "" when there is none.

    The legacy's edit page stored a percent-encoded address (`/media/pic%20url.png`) for the file `pic url.png`; other
    values are paths already, in which a percent sign is part of the name. Paths that lead out are refused.
    """
    if value is None:
        return ""
    written = text_or_blank(value)
    path = written.rstrip("\r\n")
    while path.startswith(_MEDIA_URL):
        path = unquote(path.removeprefix(_MEDIA_URL))
    if not path.strip():
        return ""
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or "\x00" in path:
        raise Unplaceable("bad_path", f"{written!r} leads out of the media folder")
    return path


def picture_path(value: object) -> str:
    """As `media_path`, but a picture that cannot be is left out with a remark: the person matters more."""
    try:
        return media_path(value)
    except Unplaceable as problem:
        raise Doubtful("", f"the picture is left out: {problem.text}", rule="pictures that cannot be") from problem


def _sole_day(value: object) -> date | None:
    written = text_or_blank(value)
    found = _ISO_DATE.findall(written)
    if len(found) != 1 or _OTHER_DIGITS.search(_ISO_DATE.sub("", written)):
        return None
    try:
        return date.fromisoformat(found[0])
    except ValueError:
        return None


def leave_first_day(value: object) -> date | None:
    """The first day of a leave whose dates were typed freely.

    Known only when the text holds exactly one ISO date and no other digits; everything else is left to people to read.
    """
    return _sole_day(value)


def leave_last_day(value: object) -> date | None:
    """The last day of a leave; see `leave_first_day`. One day is its own first and last."""
    return _sole_day(value)
