"""Keeps the computed figures right with every change of marks, in a number of statements that no class size changes.

Writers take turns (`models.take_turn`), so that what is read here is still true when it is written.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.attendance import AttendanceStatus
from modules.attendance.models import (
    AttendanceTotal,
    StudentSubjectTotal,
    StudentTotal,
    SubjectTotal,
    Tallied,
    bands,
)

Key = tuple[int, ...]
"""The ids that tell a row of a table from others."""
Deltas = dict[Key, Counter[str]]
"""What is added to the counts of rows, negative for what is taken away."""


@dataclass(frozen=True)
class Change:
    """A mark that is new (`old` is None) or has another status than before."""

    register_id: int
    subject_id: int
    student_id: int
    old: AttendanceStatus | None
    new: AttendanceStatus


def apply(changes: Iterable[Change], *, new_registers: Mapping[int, int]) -> None:
    """Add changes of marks, and new registers by subject, to all figures. Inside the transaction of the change."""
    students: Deltas = {}
    pairs: Deltas = {}
    subjects: Deltas = {(s,): Counter(registers=n) for s, n in new_registers.items()}
    school: Counter[str] = Counter(registers=sum(new_registers.values()))
    for change in changes:
        delta = Counter({change.new.value: 1})
        if change.old is not None:
            delta[change.old.value] -= 1
        school.update(delta)
        students.setdefault((change.student_id,), Counter()).update(delta)
        pairs.setdefault((change.student_id, change.subject_id), Counter()).update(delta)
        subjects.setdefault((change.subject_id,), Counter()).update(delta)
    for _key, before, after in _add(StudentTotal, ("student_id",), students):
        school.update(bands(after))
        school.subtract(bands(before))
    for key, before, after in _add(StudentSubjectTotal, ("student_id", "subject_id"), pairs):
        subject_id = key[1]
        school.update(bands(after, subject_id))
        school.subtract(bands(before, subject_id))
    _add(SubjectTotal, ("subject_id",), subjects)
    AttendanceTotal.add(school)


def _add(model: type[Tallied], keys: tuple[str, ...], deltas: Deltas) -> list[tuple[Key, Counter[str], Counter[str]]]:
    """Add to rows of a table, in two statements; returns the counts of each row before and after."""
    if not deltas:
        return []
    manager: Any = model._default_manager
    fields = model.counts
    rows = manager.filter(**{f"{name}__in": {key[n] for key in deltas} for n, name in enumerate(keys)})
    kept = {tuple(row[k] for k in keys): Counter({f: row[f] for f in fields}) for row in rows.values(*keys, *fields)}
    moves = []
    for key in sorted(deltas):
        before = kept.get(key, Counter())
        after = Counter({f: before[f] + deltas[key][f] for f in fields})
        moves.append((key, before, after))
    manager.bulk_create(
        [model(**dict(zip(keys, key, strict=True)), **after) for key, _before, after in moves],
        update_conflicts=True,
        unique_fields=keys,
        update_fields=fields,
    )
    return moves
