"""The legacy keeps the enrolment inside the student's row: the current one, else the last there was."""

from collections.abc import Sequence

from kernel.guard import acting_as
from migrations_legacy.contexts import CONTEXTS
from migrations_legacy.export.tables import BackwardTable, LegacyRow
from migrations_legacy.keeping import given_back
from migrations_legacy.mapping import TableMapping
from migrations_legacy.models import QuarantinedRow

ENROLLMENTS = "academics.Enrollment"
STUDENTS = "students"
ENROLLMENT = ("course_id_id", "session_year_id_id")
"""Columns of a student's row in the legacy, which takes none without them."""
_ACTIVE = "active"
PAST = "without a current enrolment: the last one stands"
NEVER = "the student was never enrolled, and the legacy has no place for such a profile"


def never_enrolled(students: Sequence[int]) -> set[int]:
    """Those students whom the legacy has no place for."""
    found = Enrollments().of(students)
    return {student for student in students if not is_enrolled(found.get(student, ({}, False))[0])}


def is_enrolled(columns: LegacyRow) -> bool:
    """Whether a student's row can be written, by its columns of course and session year."""
    return all(columns.get(name) is not None for name in ENROLLMENT)


def _mapping() -> TableMapping:
    return next(table for context in CONTEXTS for table in context.tables if table.target == ENROLLMENTS)


class Enrollments:
    """What the students' rows say about courses and session years."""

    def __init__(self) -> None:
        self._table = BackwardTable(_mapping())

    def of(self, students: Sequence[int]) -> dict[int, tuple[LegacyRow, bool]]:
        """Student → the two columns of the legacy, and whether they are about a current enrolment."""
        if not students:
            return {}
        found = self._held_back(students)
        fields = self._table.fields
        keys: dict[int, tuple[int, str]] = {}
        with acting_as("academics"):
            model = self._table.target.model
            rows = model._base_manager.filter(student_id__in=students).order_by("pk")
            for pk, student, status in rows.values_list("pk", "student_id", "status"):
                if status == _ACTIVE or student not in keys or keys[student][1] != _ACTIVE:
                    keys[student] = (pk, status)
            page = list(self._table.target.read([pk for pk, _ in keys.values()]).values())
        status_at, student_at = fields.index("status"), fields.index("student_id")
        for values, row in self._table.backward(page):
            columns = {name: row[name] for name in ENROLLMENT}
            found[values[student_at]] = (columns, values[status_at] == _ACTIVE)
        return found

    @staticmethod
    def _held_back(students: Sequence[int]) -> dict[int, tuple[LegacyRow, bool]]:
        """Students whose enrolment has no place here, since its course is gone."""
        rows = QuarantinedRow.objects.filter(
            source=STUDENTS, target=ENROLLMENTS, key__in=[str(student) for student in students]
        )
        return {int(held.key): ({name: given_back(held.row.get(name)) for name in ENROLLMENT}, True) for held in rows}
