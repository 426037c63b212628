"""Deciding on semester results: who sees theirs, and who is promoted."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.assessments import LONGEST_REASON, SemesterResult, SemesterResultDecided, SemesterStatus
from contracts.base import Actor
from contracts.errors import Invalid
from kernel import audit
from kernel.databases import atomic, serialize
from kernel.events import publish
from modules.assessments import queries, semester
from modules.assessments.models import SemesterDecision

MODULE = "assessments"

Change = Callable[[SemesterDecision, SemesterResult], bool]
"""Decides anew on a result; whether that is another decision."""
FIELDS = ("status", "reason", "promoted", "decided_by", "decided_at")


def set_status(actor: Actor, student_ids: tuple[int, ...], status: SemesterStatus, *, reason: str = "") -> int:
    """Returns with how many students that made a difference. What is incomplete is not published."""
    if status is not SemesterStatus.PUBLISHED:
        _check(reason)
    wanted = status.value, reason.strip()

    def change(row: SemesterDecision, result: SemesterResult) -> bool:
        if (row.status, row.reason) == wanted or (status is SemesterStatus.PUBLISHED and not result.is_complete):
            return False
        row.status, row.reason = wanted
        return True

    action = f"assessments.semester_results_{status.value}"
    return _decide(actor, student_ids, change, told={status.value}, action=action, reason=wanted[1])


def set_promotion(actor: Actor, student_ids: tuple[int, ...], promoted: bool | None) -> int:
    """Returns with how many students that made a difference. None: as the policy says."""

    def change(row: SemesterDecision, _result: SemesterResult) -> bool:
        if row.promoted is promoted:
            return False
        row.promoted = promoted
        return True

    told = {SemesterStatus.PUBLISHED.value}
    return _decide(actor, student_ids, change, told=told, action="assessments.promotion_decided", promoted=promoted)


def _decide(
    actor: Actor, student_ids: tuple[int, ...], change: Change, *, told: set[str], action: str, **detail: object
) -> int:
    """`told`: the students whose result has one of these statuses then are told."""
    results = semester.undecided(actor, student_ids, withheld=True)
    with atomic(MODULE):
        serialize(MODULE, "semester decisions")
        held = queries.semester_decisions(tuple(results))
        rows = {i: held.get(semester.key_of(one)) or _undecided(one) for i, one in results.items()}
        changed = {i: row for i, row in rows.items() if change(row, results[i])}
        for row in changed.values():
            row.decided_by, row.decided_at = actor.user_id, timezone.now()
        SemesterDecision.objects.bulk_update([row for row in changed.values() if row.pk], FIELDS)
        SemesterDecision.objects.bulk_create(row for row in changed.values() if not row.pk)
        for course_id in {row.course_id for row in changed.values()}:
            students = [i for i, row in changed.items() if row.course_id == course_id]
            audit.record(actor=actor, action=action, target=f"Course:{course_id}", students=students, **detail)
        for i, row in changed.items():
            if row.status in told:
                _tell(semester.decided(results[i], row), at=row.decided_at)
    return len(changed)


def _undecided(result: SemesterResult) -> SemesterDecision:
    return SemesterDecision(
        student_id=result.student_id, course_id=result.course_id, session_year_id=result.session_year_id
    )


def _tell(result: SemesterResult, *, at: datetime) -> None:
    publish(
        SemesterResultDecided(
            student_id=result.student_id,
            course_id=result.course_id,
            session_year_id=result.session_year_id,
            status=result.status,
            reason=result.reason,
            promoted=result.promoted,
            at=at,
        )
    )


def _check(reason: str) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": [_("Say why: the students read it.")]})
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(fields={"reason": [_("The reason can have at most %(n)d characters.") % {"n": LONGEST_REASON}]})
