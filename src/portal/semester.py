"""A student's semester result in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from contracts.academics import Subject
from contracts.assessments import SemesterResult
from portal.marksheet import mark_text


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
    subjects: Mapping[int, Subject]

    @property
    def grades(self) -> list[Grade]:
        return [
            Grade(
                self.subjects[g.subject_id].name if g.subject_id in self.subjects else _("(deleted subject)"),
                f"{g.percentage:.2f}",
                g.letter,
                mark_text(g.points),
            )
            for g in self.result.subjects
        ]

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
