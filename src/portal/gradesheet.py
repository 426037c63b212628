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
    """A student. `typed` and `typed_comment` are what was typed where it differs from mark and comment; `errors` and
    `comment_errors` are what is wrong with it.
    """

    student_id: int
    student: Student | None
    submission: Submission | None
    typed: str | None = None
    errors: tuple[str, ...] = ()
    typed_comment: str | None = None
    comment_errors: tuple[str, ...] = ()

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
    def comment(self) -> str:
        return self.submission.comment if self.submission else ""

    @property
    def comment_input(self) -> str:
        return f"comment_{self.student_id}"

    @property
    def seen_comment_input(self) -> str:
        return f"seen_comment_{self.student_id}"

    @property
    def is_changed(self) -> bool:
        return self.typed is not None or self.typed_comment is not None

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.comment_errors)

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """For the summary of errors: input, its label, message."""
        return [(c.id, c.label, error) for c in (self.cell, self.comment_cell) for error in c.errors]

    @property
    def comment_cell(self) -> Cell:
        text = self.comment if self.typed_comment is None else self.typed_comment
        return Cell(self.comment_input, _("Comment for %s") % self.name, text, self.comment_errors)

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
    changed = [place for place, row in enumerate(after) if row.is_changed]
    if any(row.has_errors for row in after) or not changed:
        return after, []
    try:
        save_all(tuple(_entry(after[place]) for place in changed))
    except Invalid as error:
        for name, messages in error.fields.items():
            number, _dot, field = name.partition(".")
            after[changed[int(number)]] = _refused(after[changed[int(number)]], field, messages)
        return after, []
    except Conflict as error:
        if error.reason != "changed":
            raise
        return [_read(row, posted) for row in fresh()], []
    return after, [after[place] for place in changed]


def _refused(row: GradeRow, field: str, messages: list[str]) -> GradeRow:
    """Messages stand at their input; those about the student at the mark."""
    if field == "comment":
        return replace(row, comment_errors=(*row.comment_errors, *messages))
    return replace(row, errors=(*row.errors, *messages))


def _read(row: GradeRow, posted: Mapping[str, str]) -> GradeRow:
    """The row with what was typed for it, where that is another mark or comment, and what is wrong with it."""
    row = _read_comment(_read_mark(row, posted), posted)
    if row.typed_comment and row.typed is None and row.marks is None:
        return replace(row, errors=(*row.errors, _("Give a mark too: the comment is read beside it.")))
    return row


def _read_mark(row: GradeRow, posted: Mapping[str, str]) -> GradeRow:
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


def _read_comment(row: GradeRow, posted: Mapping[str, str]) -> GradeRow:
    typed = _lines(posted.get(row.comment_input, row.comment))
    seen = _lines(posted.get(row.seen_comment_input, row.comment))
    if typed in (row.comment, seen):
        return row
    if seen == row.comment:
        return replace(row, typed_comment=typed)
    problem = _("Somebody else wrote “%s” in the meantime. Save again to write yours instead.") % row.comment
    return replace(row, typed_comment=typed, comment_errors=(problem,))


def _lines(text: str) -> str:
    """As it is kept; browsers send other ends of lines."""
    return text.replace("\r\n", "\n").strip()


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
    marks = row.marks if row.typed is None and row.marks is not None else read_mark(row.typed or "")
    seen = SeenMark(marks=row.marks, comment=None if row.typed_comment is None else row.comment)
    return GradeEntry(student_id=row.student_id, marks=marks, comment=row.typed_comment, seen=seen)
