"""Reads of leaves, straight from rows to DTOs."""

from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from pydantic import TypeAdapter

from contracts.base import Audience, PersonRef
from contracts.leaves import Absence, Leave, LeaveCounts, LeaveRef, LeaveStatus
from modules.leaves.models import MODELS, LeaveRequest, LeaveTotal

Rows = QuerySet[Any, Any]

_leaves = TypeAdapter(tuple[Leave, ...])
_PLAIN = (
    "first_day",
    "last_day",
    "written_dates",
    "reason",
    "status",
    "decision_note",
    "created_at",
    "decided_at",
)
_absences = TypeAdapter(tuple[Absence, ...])


def requests_of(audience: Audience) -> Rows:
    return MODELS[audience]._default_manager.all()


def build(rows: Rows) -> tuple[Leave, ...]:
    """The rows as DTOs, in one query."""
    audience: Audience = rows.model.audience
    return _leaves.validate_python(
        [
            {
                "ref": {"audience": audience, "id": pk},
                "person": {"audience": audience, "profile_id": profile_id},
                "first_day": first_day,
                "last_day": last_day,
                "written_dates": written_dates,
                "reason": reason,
                "status": status,
                "decision_note": decision_note,
                "applied_at": created_at,
                "decided_at": decided_at,
            }
            for (
                pk,
                profile_id,
                first_day,
                last_day,
                written_dates,
                reason,
                status,
                decision_note,
                created_at,
                decided_at,
            ) in rows.values_list("pk", rows.model.person_field, *_PLAIN)
        ]
    )


def to_dto(row: LeaveRequest) -> Leave:
    return Leave(
        ref=LeaveRef(audience=row.audience, id=row.pk),
        person=PersonRef(audience=row.audience, profile_id=row.person_id),
        first_day=row.first_day,
        last_day=row.last_day,
        written_dates=row.written_dates,
        reason=row.reason,
        status=LeaveStatus(row.status),
        decision_note=row.decision_note,
        applied_at=row.created_at,
        decided_at=row.decided_at,
    )


def counts(audience: Audience, person_ids: tuple[int | str, ...]) -> dict[str, LeaveCounts]:
    """Totals keyed "student:701"; "all" as person id gives those of the audience. One query."""
    totals = LeaveTotal.read(f"{audience}:{person_id}:{status}" for person_id in person_ids for status in LeaveStatus)
    return {
        f"{audience}:{person_id}": LeaveCounts(**{s.value: totals[f"{audience}:{person_id}:{s}"] for s in LeaveStatus})
        for person_id in person_ids
    }


def absences(audience: Audience, profile_ids: tuple[int, ...], first_day: date, last_day: date) -> tuple[Absence, ...]:
    model = MODELS[audience]
    rows = (
        model._default_manager.filter(
            **{f"{model.person_field}__in": profile_ids},
            status=LeaveStatus.APPROVED,
            first_day__lte=last_day,
            last_day__gte=first_day,
        )
        .order_by(model.person_field, "first_day", "id")
        .values("id", "first_day", "last_day", "reason", profile_id=F(model.person_field))
    )
    return _absences.validate_python(
        [
            {
                **row,
                "leave": {"audience": audience, "id": row["id"]},
                "person": {"audience": audience, "profile_id": row["profile_id"]},
            }
            for row in rows
        ]
    )
