"""Notifications over REST, below /api/v1/notifications/."""

from contracts.base import Actor
from contracts.errors import Invalid
from contracts.notifications import Group, Inbox, NotificationsService
from kernel.registry import services
from kernel.rest import ANYONE, TEACHING, Api, composed, does, reads

notifications = Api(NotificationsService)


@composed("query", errors=(Invalid,))
def group_size(
    *,
    actor: Actor,
    inbox: Inbox,
    subject_id: int | None = None,
    course_id: int | None = None,
    session_year_id: int | None = None,
) -> int:
    """How many people a message to the group would reach now. HOD for any; teachers for the students of their own
    subjects.
    """
    group = Group(inbox=inbox, subject_id=subject_id, course_id=course_id, session_year_id=session_year_id)
    return services.get(NotificationsService).group_size(actor=actor, group=group)


urlpatterns = [
    notifications.path(
        "inbox/",
        get=reads("List one's own notices", NotificationsService.inbox, ANYONE, orders=("created_at",), searched=True),
    ),
    notifications.path(
        "inbox/unread-count/",
        get=reads("Count one's unread notices", NotificationsService.unread_count, ANYONE, named="count"),
    ),
    notifications.path(
        "inbox/mark-all-read/",
        post=does("Mark all one's notices as read", NotificationsService.mark_all_read, ANYONE, named="count"),
    ),
    notifications.path(
        "inbox/mark-selected/",
        post=does("Mark several notices as read or unread", NotificationsService.mark_selected, ANYONE, named="count"),
    ),
    notifications.path(
        "inbox/<notice_id>/mark/",
        post=does("Mark a notice as read or unread", NotificationsService.mark_read, ANYONE),
    ),
    notifications.path(
        "messages/",
        post=does("Write to people", NotificationsService.send, TEACHING, named="recipients"),
    ),
    notifications.path(
        "messages/group/",
        get=reads("Count the people of a group", group_size, TEACHING, named="recipients"),
        post=does("Write to a group", NotificationsService.send_to_group, TEACHING, named="recipients"),
    ),
]
