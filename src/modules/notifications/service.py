"""What notifications does for others; with the reactions to events the only writer of its tables."""

from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.notifications import Inbox, Notice, NoticeKind, NotificationsService, Recipient
from kernel import audit
from kernel.databases import atomic
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries
from modules.notifications import inboxes, people, queries

LONGEST_MESSAGE = 2000


class Notifications(ReferenceQueries, NotificationsService):
    def inbox(self, *, actor: Actor, page: PageRequest, unread_only: bool = False) -> Page[Notice]:
        require_login(actor)
        own = people.owner(actor)
        if own is None:
            return Page(items=(), total=0, number=page.number, size=page.size)
        rows = queries.notices_of(own)
        if unread_only:
            rows = rows.filter(read_at=None)
        return page_of(rows, page, build=queries.build, search=("message",), order={"created_at": "created_at"})

    def unread_count(self, *, actor: Actor) -> int:
        require_login(actor)
        own = people.owner(actor)
        return queries.notices_of(own).filter(read_at=None).count() if own else 0

    def mark_read(self, *, actor: Actor, notice_id: int, read: bool = True) -> Notice:
        require_login(actor)
        own = people.owner(actor)
        if own is None:
            raise _no_such_notice(notice_id)
        rows = queries.notices_of(own).filter(pk=notice_id)
        with atomic(self.module):
            now = timezone.now()
            rows.filter(read_at__isnull=read).update(read_at=now if read else None, updated_at=now)
            notices = queries.build(rows)
        if not notices:
            raise _no_such_notice(notice_id)
        return notices[0]

    def mark_all_read(self, *, actor: Actor) -> int:
        require_login(actor)
        own = people.owner(actor)
        if own is None:
            return 0
        now = timezone.now()
        return queries.notices_of(own).filter(read_at=None).update(read_at=now, updated_at=now)

    def send(self, *, actor: Actor, recipients: tuple[Recipient, ...], message: str) -> int:
        require(actor, Role.HOD, Role.STAFF)
        if actor.role is Role.STAFF and any(r.inbox is not Inbox.STUDENT for r in recipients):
            raise Forbidden(message=_("Teachers can write to students only."))
        message = message.strip()
        _check_message(message, recipients)
        if people.unknown(recipients, actor=actor):
            raise Invalid(fields={"recipients": [_("Somebody among the recipients does not exist any more.")]})
        occasion = uuid4()
        with atomic(self.module):
            sent = sum(
                inboxes.put(
                    inbox,
                    (r.id for r in recipients if r.inbox is inbox),
                    kind=NoticeKind.MESSAGE,
                    message=message,
                    occasion=occasion,
                )
                for inbox in Inbox
            )
            audit.record(actor=actor, action="notifications.sent", target=f"Occasion:{occasion}", recipients=sent)
        return sent


def _check_message(message: str, recipients: tuple[Recipient, ...]) -> None:
    fields: dict[str, list[str]] = {}
    if not message:
        fields["message"] = [_("Write a message.")]
    elif len(message) > LONGEST_MESSAGE:
        fields["message"] = [_("The message is too long: at most %(limit)d characters.") % {"limit": LONGEST_MESSAGE}]
    elif "\x00" in message:
        fields["message"] = [_("The message holds characters that cannot be stored.")]
    if not recipients:
        fields["recipients"] = [_("Choose at least one person.")]
    if fields:
        raise Invalid(fields=fields)


def _no_such_notice(notice_id: int) -> NotFound:
    return NotFound(entity="notifications.Notice", id=notice_id, message=_("There is no such notice in your inbox."))


provider = Notifications()
