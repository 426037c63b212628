"""A student's semester result in words."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy

from contracts.assessments import SemesterResult, SemesterStatus
from portal.components import Meaning, Text
from portal.marksheet import mark_text

STATUSES: dict[SemesterStatus, tuple[Meaning, Text]] = {
    SemesterStatus.OPEN: (Meaning.NEUTRAL, gettext_lazy("Not published")),
    SemesterStatus.PUBLISHED: (Meaning.GOOD, gettext_lazy("Published")),
    SemesterStatus.WITHHELD: (Meaning.WARNING, gettext_lazy("Withheld")),
    SemesterStatus.CANCELLED: (Meaning.BAD, gettext_lazy("Cancelled")),
}


def is_ready(result: SemesterResult) -> bool:
    """Whether it is published with its class. What was withheld or cancelled for a reason is not."""
    return result.is_complete and result.status is SemesterStatus.OPEN


def can_be_published(result: SemesterResult) -> bool:
    """Whether publishing would make a difference."""
    return result.is_complete and result.status is not SemesterStatus.PUBLISHED


@dataclass(frozen=True)
class Grade:
    """One line."""

    subject: str
    percentage: str
    letter: str
    points: str


@dataclass(frozen=True)
class SemesterSheet:
    result: SemesterResult

    @property
    def grades(self) -> list[Grade]:
        return [
            Grade(
                g.subject_name,
                f"{g.percentage:.2f}",
                g.letter,
                mark_text(g.points),
            )
            for g in self.result.subjects
        ]

    @property
    def status(self) -> tuple[Meaning, Text]:
        return STATUSES[self.result.status]

    @property
    def percentage(self) -> str:
        return _average(self.result.percentage)

    @property
    def gpa(self) -> str:
        return _average(self.result.gpa)

    @property
    def cgpa(self) -> str:
        return _average(self.result.cgpa)


def _average(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.2f}"
