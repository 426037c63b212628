"""Reads of feedback, straight from rows to DTOs."""

from typing import Any

from django.db.models import F, QuerySet
from pydantic import TypeAdapter

from contracts.base import Audience, PersonRef
from contracts.feedback import Feedback, FeedbackCounts, FeedbackRef
from modules.feedback.models import MODELS, FeedbackMessage, FeedbackTotal, StaffFeedback, StudentFeedback

Rows = QuerySet[StudentFeedback, Any] | QuerySet[StaffFeedback, Any]

_feedback = TypeAdapter(tuple[Feedback, ...])


def feedback_of(audience: Audience) -> Rows:
    return MODELS[audience]._default_manager.all()


def build(rows: Rows) -> tuple[Feedback, ...]:
    """The rows as DTOs, in one query."""
    model = rows.model
    audience = model.audience
    return _feedback.validate_python(
        [
            {
                **row,
                "ref": {"audience": audience, "id": row["id"]},
                "person": {"audience": audience, "profile_id": row["profile_id"]},
            }
            for row in rows.values(
                "id", "text", "reply", "replied_at", sent_at=F("created_at"), profile_id=F(model.person_field)
            )
        ]
    )


def to_dto(row: FeedbackMessage) -> Feedback:
    return Feedback(
        ref=FeedbackRef(audience=row.audience, id=row.pk),
        person=PersonRef(audience=row.audience, profile_id=row.person_id),
        text=row.text,
        reply=row.reply,
        sent_at=row.created_at,
        replied_at=row.replied_at,
    )


def counts(audience: Audience) -> FeedbackCounts:
    totals = FeedbackTotal.read((f"{audience}:total", f"{audience}:unanswered"))
    return FeedbackCounts(total=totals[f"{audience}:total"], unanswered=totals[f"{audience}:unanswered"])
