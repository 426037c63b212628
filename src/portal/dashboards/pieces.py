"""Pieces that several home pages are made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from contracts.attendance import Band, StudentTally
from contracts.users import Student
from portal.charts import Bar, Histogram
from portal.components import Figure, Meaning, Text, Waiting
from portal.navigation import is_routed

LOW_ATTENDANCE = 75
"""Percent; under this a student is shown as in danger."""


@dataclass(frozen=True)
class LowStudent:
    """A line in the list of students with the lowest attendance."""

    name: str
    present: int
    absent: int
    on_leave: int
    percentage: Decimal | None

    @property
    def meaning(self) -> Meaning:
        return Meaning.BAD if self.percentage is not None and self.percentage < LOW_ATTENDANCE else Meaning.NEUTRAL


def waiting(label: Text, count: int, url_name: str, query: str = "", *, icon: str) -> tuple[Waiting, ...]:
    """Something that waits, when there is a page that deals with it."""
    if not is_routed(url_name):
        return ()
    return (Waiting(label, count, reverse(url_name) + query, icon),)


def figure(label: str | Promise, value: int, url_name: str = "", note: str = "") -> Figure:
    url = reverse(url_name) if url_name and is_routed(url_name) else ""
    return Figure(label, number_format(value, use_l10n=True, force_grouping=True), url=url, note=note)


def bands_chart(bands: Iterable[Band], *, per_subject: bool = False) -> Histogram:
    """How attendance is distributed: what a bar per student cannot show at 20,000 of them."""
    return Histogram(
        title=_("Attendance, by share of lessons attended"),
        unit=_("students per subject") if per_subject else _("students"),
        x_unit=_("% of lessons"),
        bins=tuple(
            Bar(f"{band.lower}–{band.upper}", band.students, tone="bad" if band.upper <= LOW_ATTENDANCE else "good")
            for band in bands
        ),
    )


def low_students(
    tallies: Iterable[StudentTally], students: Mapping[int, Student], leaves: Mapping[int, int]
) -> list[LowStudent]:
    """Names and figures; `leaves` is the number of approved requests per student."""
    return [
        LowStudent(
            name=students[t.student_id].full_name if t.student_id in students else _("(deleted student)"),
            present=t.tally.present + t.tally.late,
            absent=t.tally.absent,
            on_leave=leaves.get(t.student_id, 0),
            percentage=t.tally.percentage,
        )
        for t in tallies
    ]
