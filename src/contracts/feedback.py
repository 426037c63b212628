"""Feedback: what students and staff write to the heads of department, and the replies."""

from abc import ABC
from datetime import date

from contracts.base import (
    DTO,
    Actor,
    Audience,
    Event,
    Instant,
    Page,
    PageRequest,
    PersonRef,
    RowsDeleted,
    Service,
    command,
    query,
)
from contracts.errors import Invalid, NotFound


class FeedbackRef(DTO):
    """Students' and staff's feedback is numbered apart, as in the legacy."""

    audience: Audience
    id: int


class Feedback(DTO):
    ref: FeedbackRef
    person: PersonRef
    text: str
    reply: str
    """Empty until somebody replied."""
    sent_at: Instant
    replied_at: Instant | None
    """None while unanswered, and for replies from the legacy, which kept no time."""


class FeedbackCounts(DTO):
    total: int
    unanswered: int


class FeedbackMonth(DTO):
    """What was sent in one month of the school's calendar, and how much of that has a reply by now."""

    first_day: date
    """The month's first day."""
    sent: int
    answered: int


class FeedbackStatistics(DTO):
    """Computed from what was sent on the days asked for, whenever it was answered."""

    sent: int
    answered: int
    response_rate: int | None
    """Percent of what was sent that has a reply, rounded down; None when nothing was sent."""
    timed_replies: int
    """Replies whose time is known: those given here. The legacy kept no time."""
    mean_response_hours: float | None
    """From sending to the latest reply, over the timed replies; None without any."""
    months: tuple[FeedbackMonth, ...]
    """Oldest first; months without feedback are left out."""


class FeedbackService(Service, ABC, name="feedback"):
    @command(errors=(Invalid,))
    def send(self, *, actor: Actor, text: str) -> Feedback:
        """Students and staff with a profile. Invalid("text") when blank. Publishes FeedbackSent."""

    @query()
    def own(self, *, actor: Actor, page: PageRequest) -> Page[Feedback]:
        """One's own, newest first; search in text and reply; order: sent_at. Students and staff with a profile."""

    @query()
    def received(
        self, *, actor: Actor, audience: Audience, page: PageRequest, answered: bool | None = None
    ) -> Page[Feedback]:
        """From an audience, newest first; search in text and reply; order: sent_at. HOD only."""

    @query(errors=(NotFound,))
    def get(self, *, actor: Actor, feedback: FeedbackRef) -> Feedback:
        """One piece of feedback: the HOD's view of any, or one's own (NotFound for anybody else's)."""

    @query()
    def counts(self, *, actor: Actor, audience: Audience) -> FeedbackCounts:
        """How much there is, and how much of it waits for a reply. HOD only."""

    @query(errors=(Invalid,))
    def statistics(self, *, actor: Actor, audience: Audience, first_day: date, last_day: date) -> FeedbackStatistics:
        """How an audience's feedback of these days, both included, was answered. HOD only. Invalid("last_day") when it
        lies before the first.
        """

    @command(idempotent=True, errors=(NotFound, Invalid))
    def reply(self, *, actor: Actor, feedback: FeedbackRef, text: str) -> Feedback:
        """Answer, or correct the answer. HOD only. Invalid("text") when blank. Publishes FeedbackReplied when the text
        changed.
        """


class FeedbackSent(Event, name="feedback.sent", version=1):
    feedback: FeedbackRef
    person: PersonRef
    at: Instant

    def aggregate(self) -> str:
        return f"{self.feedback.audience}_feedback:{self.feedback.id}"


class FeedbackReplied(Event, name="feedback.replied", version=1):
    feedback: FeedbackRef
    person: PersonRef
    at: Instant

    def aggregate(self) -> str:
        return f"{self.feedback.audience}_feedback:{self.feedback.id}"


class FeedbackDeleted(RowsDeleted, name="feedback.deleted", version=1):
    """Feedback that was erased."""
