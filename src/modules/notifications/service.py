"""What notifications does for others; with the reactions to events the only writer of its tables."""

from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.base import Actor, Page, PageRequest, Role
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.notifications import (
    Group,
    GroupNoticeWritten,
    Inbox,
    Notice,
    NoticeKind,
    NotificationsService,
    Recipient,
)
from kernel import audit
from kernel.databases import atomic
from kernel.events import publish
from kernel.paging import page_of
from kernel.permissions import require, require_login
from kernel.refs import ReferenceQueries
from modules.notifications import groups, inboxes, people, queries

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

    def mark_selected(self, *, actor: Actor, notice_ids: tuple[int, ...], read: bool = True) -> int:
        require_login(actor)
        own = people.owner(actor)
        if own is None:
            return 0
        now = timezone.now()
        rows = queries.notices_of(own).filter(pk__in=notice_ids, read_at__isnull=read)
        return rows.update(read_at=now if read else None, updated_at=now)

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
        _check(_message_problems(message) | ({} if recipients else {"recipients": [_("Choose at least one person.")]}))
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

    def group_size(self, *, actor: Actor, group: Group) -> int:
        groups.check(group, actor=actor)
        return len(groups.members(group, actor=actor))

    def send_to_group(self, *, actor: Actor, group: Group, message: str) -> int:
        groups.check(group, actor=actor)
        message = message.strip()
        _check(_message_problems(message))
        size = len(groups.members(group, actor=actor))
        _check({} if size else {"group": [_("There is nobody in this group.")]})
        occasion = uuid4()
        with atomic(self.module):
            audit.record(actor=actor, action="notifications.sent", target=f"Occasion:{occasion}", recipients=size)
            publish(GroupNoticeWritten(occasion=occasion, group=group, message=message, at=timezone.now()))
        return size


def _message_problems(message: str) -> dict[str, list[str]]:
    """By field, as for Invalid."""
    if not message:
        return {"message": [_("Write a message.")]}
    if len(message) > LONGEST_MESSAGE:
        return {"message": [_("The message is too long: at most %(limit)d characters.") % {"limit": LONGEST_MESSAGE}]}
    if "\x00" in message:
        return {"message": [_("The message holds characters that cannot be stored.")]}
    return {}


def _check(problems: dict[str, list[str]]) -> None:
    if problems:
        raise Invalid(fields=problems)


def _no_such_notice(notice_id: int) -> NotFound:
    return NotFound(entity="notifications.Notice", id=notice_id, message=_("There is no such notice in your inbox."))


provider = Notifications()
