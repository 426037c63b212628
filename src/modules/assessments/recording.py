"""Entering the classic result: the marks of one student or of many in a subject, all of them or none."""

from collections.abc import Iterable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.academics import Subject
from contracts.assessments import RecordedResult, ResultEntry, ResultRecorded, SeenResult
from contracts.base import Actor
from contracts.errors import Invalid, NotFound
from kernel import audit
from kernel.databases import atomic, serialize
from kernel.events import publish
from modules.assessments import access, queries, rules
from modules.assessments.models import MarkChange, MarkedKind, StudentResult

MODULE = "assessments"
FIELDS = ("exam_marks", "assignment_marks")


def record(
    actor: Actor, subject_id: int, entries: tuple[ResultEntry, ...], *, withhold: bool
) -> tuple[RecordedResult, ...]:
    """Enter the marks, in the order given; new results may be kept back. Raises NotFound, Forbidden, and Invalid with
    `<row>.<field>` as fields.
    """
    subject = _taught(actor, subject_id)
    if problems := _problems(actor, subject, entries):
        raise Invalid(fields=problems)
    with atomic(MODULE):
        serialize(MODULE, f"results:{subject_id}")
        rows = _rows_held(subject_id, [entry.student_id for entry in entries])
        if stale := [n for n, entry in enumerate(entries) if _differs(rows.get(entry.student_id, []), entry.seen)]:
            raise Invalid(fields={f"{n}.seen": [_("Somebody else gave marks in the meantime.")] for n in stale})
        created = StudentResult.objects.bulk_create(
            StudentResult(student_id=entry.student_id, subject_id=subject_id, withheld=withhold, **_marks(entry))
            for entry in entries
            if entry.student_id not in rows
        )
        rows |= {row.student_id: [row] for row in created}
        changed = _set_marks(actor, entries, rows, created)
        for student_id, new in changed.items():
            _tell(rows[student_id], created=new)
        if changed:
            audit.record(
                actor=actor,
                action="assessments.result_recorded",
                target=f"Subject:{subject_id}",
                results=[rows[student_id][0].pk for student_id in changed],
            )
    return tuple(
        RecordedResult(result=queries.result(rows[entry.student_id][0]), created=changed.get(entry.student_id, False))
        for entry in entries
    )


def set_withheld(actor: Actor, subject_id: int, student_ids: tuple[int, ...], *, withheld: bool) -> int:
    """Keep results back, or release them; returns with how many students that made a difference."""
    _taught(actor, subject_id)
    with atomic(MODULE):
        serialize(MODULE, f"results:{subject_id}")
        held = _rows_held(subject_id, student_ids)
        changed = {i: rows for i, rows in held.items() if any(row.withheld != withheld for row in rows)}
        for rows in changed.values():
            for row in rows:
                row.withheld = withheld
            if not withheld:
                _tell(rows, created=True)
        StudentResult.objects.bulk_update([row for rows in changed.values() for row in rows], ["withheld"])
        if changed:
            audit.record(
                actor=actor,
                action=f"assessments.results_{'withheld' if withheld else 'released'}",
                target=f"Subject:{subject_id}",
                results=[row.pk for rows in changed.values() for row in rows],
            )
    return len(changed)


def _taught(actor: Actor, subject_id: int) -> Subject:
    """Raises NotFound, and Forbidden for teachers of other subjects."""
    subject = access.subject(actor, subject_id)
    if subject is None:
        raise NotFound(entity="academics.Subject", id=subject_id, message=_("There is no such subject."))
    access.check_teaches(actor, subject)
    return subject


def _tell(rows: list[StudentResult], *, created: bool) -> None:
    """Publish that a student's result is there or changed, unless it is kept back."""
    first = rows[0]
    if not first.withheld:
        publish(
            ResultRecorded(
                result_id=first.pk,
                student_id=first.student_id,
                subject_id=first.subject_id,
                created=created,
                at=first.updated_at,
            )
        )


def _problems(actor: Actor, subject: Subject, entries: tuple[ResultEntry, ...]) -> dict[str, list[str]]:
    """What is wrong, by row and field, as in "2.exam_marks"."""
    ids = [entry.student_id for entry in entries]
    known = set(
        StudentResult.objects.filter(subject_id=subject.id, student_id__in=ids).values_list("student_id", flat=True)
    )
    courses = access.courses_of(actor, tuple(set(ids) - known))
    seen: set[int] = set()
    problems: dict[str, list[str]] = {}
    for number, entry in enumerate(entries):
        for field in FIELDS:
            if not rules.is_result_mark(getattr(entry, field)):
                problems[f"{number}.{field}"] = [_("Marks go from 0 to %(n)d.") % {"n": rules.HIGHEST_RESULT}]
        if entry.student_id in seen:
            problems[f"{number}.student_id"] = [_("This student comes twice.")]
        elif entry.student_id not in known and courses.get(entry.student_id) != subject.course_id:
            problems[f"{number}.student_id"] = [_("This student is not enrolled in the subject's course.")]
        seen.add(entry.student_id)
    return problems


def _rows_held(subject_id: int, student_ids: Iterable[int]) -> dict[int, list[StudentResult]]:
    """What is there, by student, held until the transaction ends. Old data may have several rows for one."""
    rows: dict[int, list[StudentResult]] = {}
    found = StudentResult.objects.select_for_update().filter(subject_id=subject_id, student_id__in=student_ids)
    for row in found.order_by("student_id", "duplicate"):
        rows.setdefault(row.student_id, []).append(row)
    return rows


def _differs(rows: list[StudentResult], seen: SeenResult | None) -> bool:
    """Whether the marks have become others since they were seen; nobody who saw nothing is told so."""
    if seen is None:
        return False
    now = [getattr(rows[0], field) if rows else None for field in FIELDS]
    then = [getattr(seen, field) for field in FIELDS]
    return repr(now) != repr([None if mark is None else float(mark) for mark in then])  # old data may have NaN


def _set_marks(
    actor: Actor,
    entries: tuple[ResultEntry, ...],
    rows: Mapping[int, list[StudentResult]],
    created: Iterable[StudentResult],
) -> dict[int, bool]:
    """Set every row of each student, and keep who changed which mark from what to what.

    Returns the students with whom something changed, and whether their result is new.
    """
    now = timezone.now()
    new = {row.student_id for row in created}
    changed: dict[int, bool] = {}
    changes: list[MarkChange] = []
    touched: list[StudentResult] = []
    for entry in entries:
        for row in rows[entry.student_id]:
            before = dict.fromkeys(FIELDS) if row.student_id in new else {f: getattr(row, f) for f in FIELDS}
            marks = _marks(entry)
            differing = [field for field in FIELDS if before[field] != marks[field]]
            if not differing:
                continue
            changed[row.student_id] = row.student_id in new
            changes += [_change(actor, row, field, before[field], marks[field]) for field in differing]
            if row.student_id not in new:
                row.exam_marks, row.assignment_marks = marks["exam_marks"], marks["assignment_marks"]
                row.updated_at = now
                touched.append(row)
    StudentResult.objects.bulk_update(touched, [*FIELDS, "updated_at"])
    MarkChange.objects.bulk_create(changes)
    return changed


def _marks(entry: ResultEntry) -> dict[str, float]:
    return {"exam_marks": float(entry.exam_marks), "assignment_marks": float(entry.assignment_marks)}


def _change(actor: Actor, row: StudentResult, field: str, old: float | None, new: float) -> MarkChange:
    return MarkChange(
        kind=MarkedKind.RESULT,
        row_id=row.pk,
        student_id=row.student_id,
        subject_id=row.subject_id,
        field=field,
        old=old,
        new=new,
        changed_by=actor.user_id,
    )
