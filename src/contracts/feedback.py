"""Feedback: what students and staff write to the heads of department, and the replies."""

from abc import ABC

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

    @query()
    def counts(self, *, actor: Actor, audience: Audience) -> FeedbackCounts:
        """HOD only."""

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
