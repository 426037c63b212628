"""The school's rules on names and days, as pure functions."""

from datetime import date

LONGEST_NAME = 255


def name_problem(name: str) -> str | None:
    """Why a trimmed name cannot be taken: "blank", "too_long" or "unreadable"; None when it can."""
    if not name:
        return "blank"
    if len(name) > LONGEST_NAME:
        return "too_long"
    if "\x00" in name:
        return "unreadable"
    return None


def days_are_reversed(first_day: date, last_day: date) -> bool:
    """A session year may be a single day, but never end before it begins."""
    return last_day < first_day
