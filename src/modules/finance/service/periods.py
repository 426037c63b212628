"""Periods that are asked for by their days."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.errors import Invalid

EARLIEST, LATEST = date(1900, 1, 1), date(9998, 12, 31)
"""Days beyond are as these: at the ends of the calendar, no moment can be told in another time zone."""


def moments(first_day: date, last_day: date) -> tuple[datetime, datetime]:
    """When the period begins, and when it is over, by the school's calendar.

    Raises Invalid("last_day") when it ends before it begins.
    """
    if last_day < first_day:
        raise Invalid(fields={"last_day": [_("The last day is before the first day.")]})
    first_day, last_day = (min(max(day, EARLIEST), LATEST) for day in (first_day, last_day))
    after = last_day + timedelta(days=1)
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (first_day, after))
    return begin, end
