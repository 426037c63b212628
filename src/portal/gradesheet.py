"""A class with its marks for one assignment: what is shown, what was typed, and what becomes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from contracts.assessments import GradeEntry, SeenMark, Submission
from contracts.errors import Conflict, Invalid
from contracts.users import Student
from portal.components import Meaning
from portal.forms.fields import MarkField, read_mark
from portal.marksheet import Cell, mark_text

Save = Callable[[tuple[GradeEntry, ...]], object]
"""Saves marks, all or none. Raises Invalid with "<row>.<field>" as fields, and Conflict("changed")."""


@dataclass(frozen=True)
class GradeRow:
    """A student. `typed` is what was typed where it differs from the mark; `errors` is what is wrong with it."""

    student_id: int
    student: Student | None
    submission: Submission | None
    typed: str | None = None
    errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.student.full_name if self.student else _("(deleted student)")

    @property
    def marks(self) -> Decimal | None:
        return self.submission.marks if self.submission else None

    @property
    def mark(self) -> str:
        return "" if self.marks is None else mark_text(self.marks)

    @property
    def input(self) -> str:
        return f"marks_{self.student_id}"

    @property
    def seen_input(self) -> str:
        """The field that carries the mark as it was when the page was made."""
        return f"seen_{self.student_id}"

    @property
    def cell(self) -> Cell:
        text = self.mark if self.typed is None else self.typed
        return Cell(self.input, _("Marks for %s, 0 to 10") % self.name, text, self.errors)

    @property
    def status(self) -> tuple[Meaning, str]:
        if self.marks is not None:
            return Meaning.GOOD, _("Graded (%s)") % self.mark
        if self.submission is None:
            return Meaning.NEUTRAL, _("Not handed in")
        return Meaning.WARNING, _("Not graded")


def rows(
    student_ids: Iterable[int], students: Mapping[int, Student], submissions: Mapping[int, Submission]
) -> list[GradeRow]:
    """One row per student, in the order of the class."""
    return [GradeRow(i, students.get(i), submissions.get(i)) for i in student_ids]


def save(
    fresh: Callable[[], list[GradeRow]], posted: Mapping[str, str], save_all: Save
) -> tuple[list[GradeRow], list[GradeRow]]:
    """Save what was typed; the rows as they are then, and those of them that were saved.

    All or none: when a row is refused it says why, every row keeps what was typed, and none is saved. A mark that
    somebody else gave since the page was made is not overwritten before it was shown.
    """
    after = [_read(row, posted) for row in fresh()]
    changed = [place for place, row in enumerate(after) if row.typed is not None]
    if any(row.errors for row in after) or not changed:
        return after, []
    try:
        save_all(tuple(_entry(after[place]) for place in changed))
    except Invalid as error:
        for name, messages in error.fields.items():
            place = changed[int(name.partition(".")[0])]
            after[place] = replace(after[place], errors=(*after[place].errors, *messages))
        return after, []
    except Conflict as error:
        if error.reason != "changed":
            raise
        return [_read(row, posted) for row in fresh()], []
    return after, [after[place] for place in changed]


def _read(row: GradeRow, posted: Mapping[str, str]) -> GradeRow:
    """The row with what was typed for it, where that is another mark, and what is wrong with it."""
    typed = posted.get(row.input, row.mark).strip()
    seen = posted.get(row.seen_input, row.mark)
    if typed in (row.mark, seen):
        return row
    problem = _problem(typed)
    if problem is None and read_mark(typed) == row.marks:
        return row
    if problem is None and seen != row.mark:
        problem = _("Somebody else gave %(mark)s in the meantime. Save again to give %(typed)s.") % {
            "mark": row.mark or _("no mark"),
            "typed": typed,
        }
    return replace(row, typed=typed, errors=() if problem is None else (problem,))


def _problem(typed: str) -> str | None:
    """Why this is no number."""
    if not typed:
        return _("A mark can be changed, but not taken away.")
    try:
        read_mark(typed)
    except ValueError:
        return str(MarkField.default_error_messages["number"])
    return None


def _entry(row: GradeRow) -> GradeEntry:
    return GradeEntry(student_id=row.student_id, marks=read_mark(row.typed or ""), seen=SeenMark(marks=row.marks))
