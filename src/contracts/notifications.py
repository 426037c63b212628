"""Notifications: what the school tells each person, in the app and by e-mail."""

from abc import ABC
from enum import StrEnum

from contracts.base import (
    DTO,
    Actor,
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


class NoticeKind(StrEnum):
    """What a notice is about; programs sort by it, pages link by it."""

    MESSAGE = "message"
    LEAVE = "leave"
    FEEDBACK = "feedback"
    ASSIGNMENT = "assignment"
    RESULT = "result"
    FINE = "fine"
    ATTENDANCE = "attendance"


class Notice(DTO):
    """One entry of an inbox."""

    id: int
    recipient: PersonRef
    kind: NoticeKind
    message: str
    read_at: Instant | None
    created_at: Instant


class NotificationsService(Service, ABC, name="notifications"):
    @query()
    def inbox(self, *, actor: Actor, page: PageRequest, unread_only: bool = False) -> Page[Notice]:
        """One's own notices, newest first; search in the message. Empty for people who have no inbox (HODs, incomplete
        accounts).
        """

    @query()
    def unread_count(self, *, actor: Actor) -> int:
        """Of one's own inbox; 0 for people who have none."""

    @command(idempotent=True, errors=(NotFound,))
    def mark_read(self, *, actor: Actor, notice_id: int, read: bool = True) -> Notice:
        """One's own notice only."""

    @command(idempotent=True)
    def mark_all_read(self, *, actor: Actor) -> int:
        """Returns how many were unread."""

    @command(errors=(Invalid,))
    def send(self, *, actor: Actor, recipients: tuple[PersonRef, ...], message: str) -> int:
        """Write to people's inboxes; each recipient gets it once. HOD to anyone, staff to students. Returns how many.
        Publishes NoticeSent.
        """


class NoticeSent(Event, name="notifications.sent", version=1):
    notice_id: int
    recipient: PersonRef
    kind: NoticeKind
    at: Instant

    def aggregate(self) -> str:
        return f"{self.recipient.audience}_notice:{self.notice_id}"


class EmailQueued(Event, name="notifications.email_queued", version=1):
    """A mail is written and waits to be handed to the mail server. Notifications itself listens."""

    delivery_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"delivery:{self.delivery_id}"


class NotificationsDeleted(RowsDeleted, name="notifications.deleted", version=1):
    """Notices that were erased with their person."""
