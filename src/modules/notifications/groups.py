"""Who is in a group of people, and who may write to it."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from contracts.academics import AcademicsService, Subject
from contracts.base import MAX_PAGE_SIZE, Actor, Page, PageRequest, Role
from contracts.errors import Forbidden, Invalid
from contracts.notifications import Group, Inbox
from contracts.users import UsersService
from kernel.permissions import require
from kernel.registry import services


def check(group: Group, *, actor: Actor) -> None:
    """May the actor write to the group, and is it one? Raises Forbidden and Invalid."""
    require(actor, Role.HOD, Role.STAFF)
    narrowed = (group.subject_id, group.course_id, group.session_year_id) != (None, None, None)
    if group.inbox is not Inbox.STUDENT and narrowed:
        raise Invalid(fields={"group": [_("Only students can be narrowed to a subject, a course or a session year.")]})
    if group.subject_id is not None and group.course_id is not None:
        raise Invalid(fields={"subject_id": [_("Give a subject or a course, not both.")]})
    subject = _subject(group, actor)
    if actor.role is Role.STAFF and (subject is None or subject.teacher_id != actor.user_id):
        raise Forbidden(message=_("Teachers can write to the students of their own subjects only."))
    if group.subject_id is not None and subject is None:
        raise Invalid(fields={"subject_id": [_("There is no such subject.")]})


def members(group: Group, *, actor: Actor) -> tuple[int, ...]:
    """The ids of the group's people, as in Recipient. Empty when what narrows it does not exist any more."""
    system = Actor.system(request_id=actor.request_id)
    users = services.get(UsersService)
    if group.inbox is Inbox.HOD:
        heads = _everybody(lambda page: users.list_hods(actor=system, page=page))
        return tuple(one.user_id for one in heads if one.is_active)
    if group.inbox is Inbox.STAFF:
        staff = _everybody(lambda page: users.list_staff(actor=system, page=page, complete=True))
        return tuple(one.profile_id for one in staff if one.is_active)
    course_id = group.course_id
    if group.subject_id is not None:
        subject = _subject(group, system)
        if subject is None:
            return ()
        course_id = subject.course_id
    return services.get(AcademicsService).student_ids(
        actor=system, course_id=course_id, session_year_id=group.session_year_id
    )


def _subject(group: Group, actor: Actor) -> Subject | None:
    if group.subject_id is None:
        return None
    return services.get(AcademicsService).subjects(actor=actor, ids=(group.subject_id,)).get(group.subject_id)


def _everybody(ask: Callable[[PageRequest], Page[Any]]) -> Iterator[Any]:
    """All pages of a list of people."""
    number, seen, total = 1, 0, 1
    while seen < total:
        page = ask(PageRequest(number=number, size=MAX_PAGE_SIZE))
        yield from page.items
        if not page.items:
            return
        number, seen, total = number + 1, seen + len(page.items), page.total
