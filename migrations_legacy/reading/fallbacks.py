"""What stands for empty values that follow from other rows of the school, and not from their own."""

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import Any

from migrations_legacy.reading import people, years
from migrations_legacy.reading.columns import PROFILES
from migrations_legacy.reading.defaults import DEFAULTS, Default
from migrations_legacy.reading.made import Fill, MadeRows
from migrations_legacy.sources.base import Row

ONLY = "nothing was kept: the only one there is"
HEAD = "no teacher was kept: the first head of department"
FROM_PROFILE = "no user type was kept: it follows from the profile"
RAW = ""
"""Under this name a row holds what the source has, while its empty values are filled."""


class Fallbacks:
    """Makes the defaults of a school; what they need to know is read when first asked."""

    def __init__(self, made: MadeRows, rows: Callable[[str], Iterator[Fill]]) -> None:
        """`rows`: gives a legacy table's rows, made ones included."""
        self._made, self._rows = made, rows

    def fallback(self, table: str, column: str) -> Default | None:
        """What stands for an empty value of a column, if there is a rule for it."""
        match table, column:
            case (_, "admin_id") if table in self._made.logins:
                return Default(people.MADE, partial(self._account, table))
            case ("attendance", "session_year_id_id") if table not in self._made.years_within:
                return Default(years.BY_DAY, lambda row: self._calendar.of(row["attendance_date"]))
            case ("students", "session_year_id_id") if table not in self._made.years_within:
                return Default(ONLY, lambda row: self._calendar.sole())
            case ("students" | "subjects", "course_id_id"):
                return Default(ONLY, lambda row: self._sole_course)
            case ("subjects", "staff_id_id"):
                return Default(HEAD, lambda row: self._first_head)
            case ("customuser", "user_type"):
                return Default(FROM_PROFILE, self._user_type)
        return DEFAULTS.get(table, {}).get(column)

    def _account(self, table: str, row: Row) -> object:
        values: Any = row[RAW]
        profile: Any = row["id"]
        return self._made.account_id(table, profile) if self._made.says_who(table, values) else None

    def _user_type(self, row: Row) -> str:
        return self._types.get(row["id"], "1" if row["is_superuser"] else "")

    @cached_property
    def _calendar(self) -> years.Calendar:
        return years.Calendar(self._rows("sessionyearmodel"))

    @cached_property
    def _sole_course(self) -> object:
        keys = [row["id"] for _, row in zip(range(2), self._rows("courses"), strict=False)]
        return keys[0] if len(keys) == 1 else None

    @cached_property
    def _first_head(self) -> object:
        return next((row["id"] for row in self._rows("customuser") if str(row["user_type"]).strip() == "1"), None)

    @cached_property
    def _types(self) -> dict[object, str]:
        """Account → user type, by the profile that refers to it."""
        found: dict[object, str] = {}
        for number, table in enumerate(PROFILES, start=1):
            for row in self._rows(table):
                found.setdefault(row["admin_id"], str(number))
        return found
