"""The class on a page: who is in it, and how each is marked."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contracts.attendance import AttendanceStatus, Mark
from contracts.users import Student
from portal.components import Meaning
from portal.ids import row_id

FIELD = "status_"
"""Each student's field is this and the StudentProfile's id."""


@dataclass(frozen=True)
class StatusChoice:
    status: AttendanceStatus
    word: str | Promise
    key: str
    meaning: Meaning


CHOICES = (
    StatusChoice(AttendanceStatus.PRESENT, _("Present"), "P", Meaning.GOOD),
    StatusChoice(AttendanceStatus.ABSENT, _("Absent"), "A", Meaning.BAD),
    StatusChoice(AttendanceStatus.LATE, _("Late"), "L", Meaning.WARNING),
    StatusChoice(AttendanceStatus.EXCUSED, _("Excused"), "E", Meaning.INFO),
)
WORDS: dict[AttendanceStatus, StatusChoice] = {choice.status: choice for choice in CHOICES}


@dataclass(frozen=True)
class RollRow:
    student_id: int
    name: str
    has_photo: bool
    is_active: bool
    status: AttendanceStatus
    reason: str
    """Why the student is excused already; empty when nothing is known."""

    @property
    def initials(self) -> str:
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def field(self) -> str:
        return f"{FIELD}{self.student_id}"


@dataclass(frozen=True)
class Count:
    choice: StatusChoice
    number: int


def rows(
    student_ids: tuple[int, ...], students: Mapping[int, Student], marks: tuple[Mark, ...], reasons: Mapping[int, str]
) -> list[RollRow]:
    """One row per student, in the order of the class; who has no mark yet is present."""
    status = {mark.student_id: mark.status for mark in reversed(marks)}
    found = []
    for student_id in student_ids:
        student = students.get(student_id)
        found.append(
            RollRow(
                student_id=student_id,
                name=student.full_name if student else str(_("(deleted student)")),
                has_photo=student.has_photo if student else False,
                is_active=student.is_active if student else False,
                status=status.get(student_id, AttendanceStatus.PRESENT),
                reason=reasons.get(student_id, ""),
            )
        )
    return found


def counts(roll: list[RollRow]) -> list[Count]:
    return [Count(choice, sum(row.status is choice.status for row in roll)) for choice in CHOICES]


def posted_marks(data: QueryDict) -> tuple[Mark, ...]:
    """The marks in a submitted page. Raises ValueError for a field that is no student or a value that is no status."""
    return tuple(
        Mark(student_id=row_id(name.removeprefix(FIELD)), status=AttendanceStatus(str(data[name])))
        for name in data
        if name.startswith(FIELD)
    )
