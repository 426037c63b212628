"""Changing marks, with everything that follows from it inside the module: figures, audit and events.

All functions run inside a transaction of the module, after `models.take_turn`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from contracts.attendance import AttendanceRecorded, AttendanceStatus, Mark
from contracts.base import Actor
from contracts.leaves import Absence
from kernel import audit
from kernel.events import publish
from modules.attendance import totals
from modules.attendance.models import Attendance, AttendanceReport
from modules.attendance.totals import Change

ABSENT, EXCUSED = AttendanceStatus.ABSENT, AttendanceStatus.EXCUSED


@dataclass(frozen=True)
class Wanted:
    """What a student's marks shall be, and the leave that excuses, if one does."""

    status: AttendanceStatus
    excused_by: int | None


def with_leave(marks: Iterable[Mark], leaves: Mapping[int, Absence]) -> dict[int, Wanted]:
    """What given marks come to, by student: whoever is given as absent or excused while on approved leave is excused by
    that leave.
    """
    wanted = {}
    for mark in marks:
        on_leave = mark.student_id in leaves and mark.status in (ABSENT, EXCUSED)
        wanted[mark.student_id] = (
            Wanted(EXCUSED, leaves[mark.student_id].leave.id) if on_leave else Wanted(mark.status, None)
        )
    return wanted


def marks_by_student(register: Attendance) -> dict[int, list[AttendanceReport]]:
    """A register's marks, held until the transaction ends; several of one student come from the legacy."""
    found: dict[int, list[AttendanceReport]] = {}
    for report in AttendanceReport.objects.filter(attendance=register).select_for_update().order_by("id"):
        found.setdefault(report.student_id, []).append(report)
    return found


def save(
    actor: Actor,
    register: Attendance,
    wanted: Mapping[int, Wanted],
    marked: Mapping[int, list[AttendanceReport]],
    *,
    first_time: bool,
) -> None:
    """Set the marks of some students of a register, all of a student's where there are several, and tell of it.

    A mark that already has the wanted status stays as it is, with the leave that excused it.
    """
    new: list[AttendanceReport] = []
    turned: list[AttendanceReport] = []
    changes: list[Change] = []
    now = timezone.now()
    for student_id, want in wanted.items():
        if student_id not in marked:
            new.append(AttendanceReport(attendance=register, student_id=student_id, created_at=now))
            changes.append(_set(new[-1], register, want))
        for report in marked.get(student_id, ()):
            if report.status != want.status:
                changes.append(_set(report, register, want))
                turned.append(report)
    if not changes and not first_time:
        return
    AttendanceReport.objects.bulk_create(new)
    _update(turned)
    _conclude([register], changes, new=register if first_time else None)
    audit.record(
        actor=actor,
        action="attendance.recorded" if first_time else "attendance.corrected",
        target=f"Attendance:{register.pk}",
        marks=len(new),
        turned={str(c.student_id): [c.old, c.new] for c in changes if c.old is not None},
    )


def excuse(actor: Actor, *, student_id: int, leave_id: int, first_day: date, last_day: date) -> None:
    """Turn a student's absences on the days of an approved leave into excused."""
    rows = _of_student(student_id, status=ABSENT, attendance__date__range=(first_day, last_day))
    changes = [_set(row, row.attendance, Wanted(EXCUSED, leave_id)) for row in rows]
    _follow(actor, rows, changes, leave_id)


def restore(actor: Actor, *, student_id: int, leave_id: int, other_leaves: Iterable[Absence]) -> None:
    """Turn back what a leave turned, unless another approved leave covers the day."""
    rows = _of_student(student_id, status=EXCUSED, excused_by=leave_id)
    others = list(other_leaves)
    changes = []
    for row in rows:
        other = next((a for a in others if a.first_day <= row.attendance.date <= a.last_day), None)
        if other:
            row.excused_by = other.leave.id
        else:
            changes.append(_set(row, row.attendance, Wanted(ABSENT, None)))
    _follow(actor, rows, changes, leave_id)


def _of_student(student_id: int, **conditions: object) -> list[AttendanceReport]:
    rows = AttendanceReport.objects.filter(student_id=student_id, **conditions)
    return list(rows.select_related("attendance").select_for_update(of=("self",)).order_by("attendance_id", "id"))


def _follow(actor: Actor, rows: list[AttendanceReport], changes: list[Change], leave_id: int) -> None:
    """Write what a decision on a leave did to marks."""
    _update(rows)
    if changes:
        _conclude([row.attendance for row in rows], changes, new=None)
        audit.record(
            actor=actor,
            action="attendance.followed_leave",
            target=f"StudentProfile:{changes[0].student_id}",
            leave=leave_id,
            turned={str(c.register_id): [c.old, c.new] for c in changes},
        )


def _set(report: AttendanceReport, register: Attendance, want: Wanted) -> Change:
    old = AttendanceStatus(report.status) if report.status else None
    report.status, report.excused_by = want.status.value, want.excused_by
    return Change(register.pk, register.subject_id, report.student_id, old, want.status)


def _update(rows: list[AttendanceReport]) -> None:
    """Write rows that were set: a statement for each kind of mark among them, and for each leave."""
    ids: dict[tuple[str, int | None], list[int]] = {}
    for row in rows:
        ids.setdefault((row.status, row.excused_by), []).append(row.pk)
    now = timezone.now()
    for (status, leave_id), pks in ids.items():
        AttendanceReport.objects.filter(pk__in=pks).update(status=status, excused_by=leave_id, updated_at=now)


def _conclude(registers: Iterable[Attendance], changes: list[Change], *, new: Attendance | None) -> None:
    """Bring the figures up to date, and tell of each register that changed."""
    now = timezone.now()
    changed: dict[int, dict[int, Mark]] = {new.pk: {}} if new else {}
    for change in changes:
        mark = Mark(student_id=change.student_id, status=change.new)
        changed.setdefault(change.register_id, {})[change.student_id] = mark
    Attendance.objects.filter(pk__in=changed).update(updated_at=now)
    totals.apply(changes, new_registers={new.subject_id: 1} if new else {})
    for register in {r.pk: r for r in registers if r.pk in changed}.values():
        register.updated_at = now
        publish(
            AttendanceRecorded(
                register_id=register.pk,
                subject_id=register.subject_id,
                session_year_id=register.session_year_id,
                date=register.date,
                changed=tuple(changed[register.pk].values()),
                first_time=register is new,
                at=now,
            )
        )
