"""Reads of feedback, straight from rows to DTOs."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from pydantic import TypeAdapter

from contracts.base import Audience, PersonRef
from contracts.feedback import Feedback, FeedbackCounts, FeedbackMonth, FeedbackRef, FeedbackStatistics
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


def statistics(audience: Audience, first_day: date, last_day: date) -> FeedbackStatistics:
    """Days are those of the school's time zone. Two queries."""
    here = timezone.get_current_timezone()
    rows = feedback_of(audience).filter(
        created_at__gte=datetime.combine(first_day, time.min, here),
        created_at__lt=datetime.combine(last_day, time.min, here) + timedelta(days=1),
    )
    answered = Count("pk", filter=~Q(reply=""))
    months = tuple(
        FeedbackMonth(first_day=month.date(), sent=sent, answered=replies)
        for month, sent, replies in rows.annotate(month=TruncMonth("created_at", tzinfo=here))
        .values("month")
        .annotate(sent=Count("pk"), answered=answered)
        .order_by("month")
        .values_list("month", "sent", "answered")
    )
    waited = ExpressionWrapper(F("replied_at") - F("created_at"), output_field=DurationField())
    timed = rows.filter(replied_at__isnull=False).aggregate(replies=Count("pk"), mean=Avg(waited))
    mean: timedelta | None = timed["mean"]
    sent, replied = sum(month.sent for month in months), sum(month.answered for month in months)
    return FeedbackStatistics(
        sent=sent,
        answered=replied,
        response_rate=replied * 100 // sent if sent else None,
        timed_replies=timed["replies"],
        mean_response_hours=mean.total_seconds() / 3600 if mean is not None else None,
        months=months,
    )
