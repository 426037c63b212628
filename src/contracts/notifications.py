"""Notifications: what the school tells each person, in the app and by e-mail."""

from abc import ABC
from enum import StrEnum
from uuid import UUID

from contracts.base import (
    DTO,
    Actor,
    Event,
    Instant,
    Page,
    PageRequest,
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


class Inbox(StrEnum):
    """The three kinds of inbox. Notices of each are numbered apart: students' and staff's as in the legacy."""

    STUDENT = "student"
    STAFF = "staff"
    HOD = "hod"


class Recipient(DTO):
    """Whose inbox: StudentProfile's id for students, StaffProfile's for staff, User's for heads of department."""

    inbox: Inbox
    id: int


class Group(DTO):
    """Everybody who has one kind of inbox; of students, only those who are currently enrolled.

    Students may be narrowed to a subject's (those of its course) or a course's, and to a session year.
    """

    inbox: Inbox
    subject_id: int | None = None
    course_id: int | None = None
    session_year_id: int | None = None


class Notice(DTO):
    """One entry of an inbox. `message` is plain text."""

    id: int
    recipient: Recipient
    kind: NoticeKind
    message: str
    read_at: Instant | None
    created_at: Instant


class NotificationsService(Service, ABC, name="notifications"):
    @query()
    def inbox(self, *, actor: Actor, page: PageRequest, unread_only: bool = False) -> Page[Notice]:
        """One's own notices, newest first; search in the message; order: created_at. Empty for accounts without
        profile, which have no inbox. Anyone logged in.
        """

    @query()
    def unread_count(self, *, actor: Actor) -> int:
        """Of one's own inbox; 0 for people who have none. Anyone logged in."""

    @command(idempotent=True, errors=(NotFound,))
    def mark_read(self, *, actor: Actor, notice_id: int, read: bool = True) -> Notice:
        """Mark one's own notice as read, or as unread again. NotFound for anybody else's."""

    @command(idempotent=True)
    def mark_selected(self, *, actor: Actor, notice_ids: tuple[int, ...], read: bool = True) -> int:
        """Mark these of one's own notices as read, or as unread again; anybody else's are left alone. Returns how many
        were not so before. Anyone logged in.
        """

    @command(idempotent=True)
    def mark_all_read(self, *, actor: Actor) -> int:
        """Mark all of one's own notices as read. Returns how many were unread. Anyone logged in."""

    @command(errors=(Invalid,))
    def send(self, *, actor: Actor, recipients: tuple[Recipient, ...], message: str) -> int:
        """Write to people's inboxes; who is named twice gets it once. HOD to anyone, staff to students. Returns how
        many.

        Invalid("message") when blank or longer than 2000 characters, Invalid("recipients") when there are none or one
        does not exist. Publishes NoticesSent.
        """

    @query(errors=(Invalid,))
    def group_size(self, *, actor: Actor, group: Group) -> int:
        """How many people a message to the group would reach now. Who may ask, and Invalid, as for `send_to_group`."""

    @command(errors=(Invalid,))
    def send_to_group(self, *, actor: Actor, group: Group, message: str) -> int:
        """Write to everybody in a group. HOD to any; teachers to the students of their own subjects. Returns how many
        will get it; large groups find it in their inboxes within a few moments.

        Invalid("message") as for `send`; Invalid("subject_id") when there is no such subject, or it is given together
        with a course; Invalid("group") when nobody is in it, or staff or HODs are to be narrowed. Publishes
        GroupNoticeWritten.
        """


class GroupNoticeWritten(Event, name="notifications.group_notice_written", version=1):
    """A message waits to be put into a group's inboxes. Notifications itself listens."""

    occasion: UUID
    group: Group
    message: str
    at: Instant

    def aggregate(self) -> str:
        return f"group_notice:{self.occasion}"


class NoticesSent(Event, name="notifications.sent", version=1):
    """People found the same notice in their inboxes. Large groups are told of in several events."""

    occasion: UUID
    """What the notices have in common: the event that caused them, or the message that somebody sent."""
    inbox: Inbox
    recipient_ids: tuple[int, ...]
    """Of the inbox's kind, as in Recipient."""
    kind: NoticeKind
    at: Instant

    def aggregate(self) -> str:
        return f"{self.inbox}_notices:{self.occasion}"


class EmailQueued(Event, name="notifications.email_queued", version=1):
    """A mail is written and waits to be handed to the mail server. Notifications itself listens."""

    delivery_id: int
    at: Instant

    def aggregate(self) -> str:
        return f"delivery:{self.delivery_id}"


class NotificationsDeleted(RowsDeleted, name="notifications.deleted", version=1):
    """Notices and mails that were erased with their person."""
