"""A class with its marks in a subject: what is shown, what was typed, and what becomes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from contracts.assessments import RecordedResult, Result, ResultEntry, SeenResult
from contracts.errors import Invalid
from contracts.users import Student
from portal.forms.fields import MarkField, read_mark

FIELDS = ("assignment_marks", "exam_marks")
"""The contract's names. A student's input is called by one of them, an underscore and the StudentProfile's id."""

Save = Callable[[tuple[ResultEntry, ...]], tuple[RecordedResult, ...]]
"""Saves marks, all or none. Raises Invalid with "<row>.<field>" as fields: "seen" where marks became others."""


def mark_text(mark: Decimal) -> str:
    """A mark as people read it: without superfluous zeros; old data has infinite ones."""
    if mark.is_nan():
        return "–"
    if mark.is_infinite():
        return "∞" if mark > 0 else "−∞"
    return format(mark.normalize(), "f")


def input_name(name: str, student_id: int) -> str:
    return f"{name}_{student_id}"


def seen_name(name: str, student_id: int) -> str:
    """The field that carries a mark as it was when the page was made."""
    return f"seen_{input_name(name, student_id)}"


@dataclass(frozen=True)
class Cell:
    """One input."""

    id: str
    label: str
    text: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class SheetRow:
    """A student. By field, `typed` holds what was typed where it differs, and `errors` what is wrong with it."""

    student_id: int
    student: Student | None
    results: tuple[Result, ...]
    """More than one only in old data; the first is shown, and saving sets all of them."""
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.student.full_name if self.student else _("(deleted student)")

    @property
    def result(self) -> Result | None:
        return self.results[0] if self.results else None

    @property
    def assignment(self) -> Cell:
        return self._cell("assignment_marks", _("Assignment marks of %s"))

    @property
    def exam(self) -> Cell:
        return self._cell("exam_marks", _("Exam marks of %s"))

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Hidden fields: the marks that this page shows."""
        return [(seen_name(name, self.student_id), self.stored_text(name)) for name in FIELDS]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """For the summary of errors: input, its label, message."""
        return [(cell.id, cell.label, error) for cell in (self.assignment, self.exam) for error in cell.errors]

    def stored(self, name: str) -> Decimal | None:
        if self.result is None:
            return None
        mark: Decimal = getattr(self.result, name)
        return mark

    def stored_text(self, name: str) -> str:
        mark = self.stored(name)
        return "" if mark is None else mark_text(mark)

    def _cell(self, name: str, label: str) -> Cell:
        text = self.typed.get(name, self.stored_text(name))
        return Cell(input_name(name, self.student_id), label % self.name, text, tuple(self.errors.get(name, ())))


def rows(
    student_ids: Iterable[int], students: Mapping[int, Student], results: Mapping[int, tuple[Result, ...]]
) -> list[SheetRow]:
    """One row per student, in the order of the class."""
    return [SheetRow(i, students.get(i), results.get(i, ())) for i in student_ids]


def save(
    sheet: Iterable[SheetRow], posted: Mapping[str, str], save_all: Save, again: Callable[[], list[SheetRow]]
) -> tuple[list[SheetRow], int]:
    """Save what was typed and differs from what is stored; how the rows are then, and how many were saved.

    All or none: when a row is refused it says what is wrong with it, every row keeps what was typed, and none is saved.
    Marks that somebody else gave since the page was made are not overwritten before they were shown; `again` gives the
    sheet as it has become meanwhile.
    """
    after = [_read(row, posted) for row in sheet]
    entries = {i: entry for i, row in enumerate(after) if (entry := _entry(row)) is not None}
    if any(row.errors for row in after) or not entries:
        return after, 0
    try:
        recorded = save_all(tuple(entries.values()))
    except Invalid as error:
        if any(name.endswith(".seen") for name in error.fields):
            return [_read(row, posted) for row in again()], 0
        for name, messages in error.fields.items():
            number, _dot, field = name.partition(".")
            _refuse(after, list(entries)[int(number)], field, messages)
        return after, 0
    for place, one in zip(entries, recorded, strict=True):
        row = after[place]
        after[place] = SheetRow(row.student_id, row.student, (one.result, *row.results[1:]))
    return after, len(recorded)


def _read(row: SheetRow, posted: Mapping[str, str]) -> SheetRow:
    """The row with what was typed for it, where that differs from what is stored, and what is wrong with it."""
    typed = {name: _typed(row, name, posted) for name in FIELDS}
    if all(typed[name] == row.stored_text(name) for name in FIELDS):
        return row
    marks: dict[str, Decimal] = {}
    errors: dict[str, list[str]] = {}
    for name in FIELDS:
        try:
            marks[name] = _mark(row, name, typed[name])
        except Invalid as error:
            errors |= error.fields
    if not errors and all(marks[name] == row.stored(name) for name in FIELDS):
        return row
    for name in marks:
        if marks[name] != row.stored(name) and _seen(row, name, posted) != row.stored_text(name):
            text = _("Somebody else gave %(mark)s in the meantime. Save again to give %(typed)s.")
            given = {"mark": row.stored_text(name) or _("no mark"), "typed": typed[name]}
            errors[name] = [text % given]
    return replace(row, typed=typed, errors=errors)


def _typed(row: SheetRow, name: str, posted: Mapping[str, str]) -> str:
    """What stands in the input, where it is not only what stood there when the page was made."""
    stored = row.stored_text(name)
    typed = posted.get(input_name(name, row.student_id), stored).strip()
    return stored if typed == _seen(row, name, posted) else typed


def _seen(row: SheetRow, name: str, posted: Mapping[str, str]) -> str:
    """The mark as it was when the page was made; who does not send it saw what is stored."""
    return posted.get(seen_name(name, row.student_id), row.stored_text(name))


def _entry(row: SheetRow) -> ResultEntry | None:
    """What is to be saved of a row; None when nothing was typed that could be."""
    if not row.typed or row.errors:
        return None
    marks = {name: _mark(row, name, row.typed[name]) for name in FIELDS}
    seen = SeenResult(**{name: row.stored(name) for name in FIELDS})
    return ResultEntry(student_id=row.student_id, **marks, seen=seen)


def _refuse(sheet: list[SheetRow], place: int, field: str, messages: list[str]) -> None:
    """Messages stand at their input; those about the student at the last one."""
    row = sheet[place]
    at = field if field in FIELDS else FIELDS[-1]
    sheet[place] = replace(row, errors={**row.errors, at: [*row.errors.get(at, []), *messages]})


def _mark(row: SheetRow, name: str, text: str) -> Decimal:
    """What was typed as a number. Raises Invalid for the field."""
    stored = row.stored(name)
    if stored is not None and text == mark_text(stored):
        return stored
    if not text:
        message = _("Enter this mark too.") if stored is None else _("A mark can be changed, but not taken away.")
        raise Invalid(fields={name: [message]})
    try:
        return read_mark(text)
    except ValueError:
        raise Invalid(fields={name: [str(MarkField.default_error_messages["number"])]}) from None
