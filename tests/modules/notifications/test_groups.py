"""Writing to a group: who may, who is in it, and that everybody gets it once."""

from collections.abc import Callable

import pytest

from contracts.base import Actor, PageRequest
from contracts.errors import Forbidden, Invalid
from contracts.notifications import Group, Inbox, NotificationsService
from kernel.events.relay import Relay
from kernel.models import AuditEntry
from modules.notifications import inboxes
from modules.notifications.models import HodNotification, StaffNotification, StudentNotification
from tests import actors
from tests.modules.notifications.fakes import COURSE, FIRST_YEAR, OPTICS

pytestmark = pytest.mark.django_db

STUDENTS, STAFF, HODS = (Group(inbox=inbox) for inbox in (Inbox.STUDENT, Inbox.STAFF, Inbox.HOD))
OWN_CLASS = Group(inbox=Inbox.STUDENT, subject_id=OPTICS)


@pytest.mark.parametrize(
    ("actor", "group", "size"),
    [
        (actors.hod(), STUDENTS, 3),
        (actors.hod(), Group(inbox=Inbox.STUDENT, course_id=COURSE), 3),
        (actors.hod(), Group(inbox=Inbox.STUDENT, course_id=COURSE, session_year_id=FIRST_YEAR), 1),
        (actors.hod(), OWN_CLASS, 3),
        (actors.hod(), STAFF, 20),
        (actors.hod(), HODS, 2),
        (actors.teacher(), OWN_CLASS, 3),
        (actors.teacher(), OWN_CLASS.model_copy(update={"session_year_id": FIRST_YEAR}), 1),
    ],
)
def test_everybody_in_the_group_gets_the_message(
    notifications: NotificationsService, actor: Actor, group: Group, size: int
) -> None:
    assert notifications.group_size(actor=actor, group=group) == size
    assert notifications.send_to_group(actor=actor, group=group, message=" Closed on Monday ") == size
    Relay().drain()
    rows = {Inbox.STUDENT: StudentNotification, Inbox.STAFF: StaffNotification, Inbox.HOD: HodNotification}
    told = rows[group.inbox]._default_manager.values_list("message", flat=True)
    assert list(told) == ["Closed on Monday"] * size
    assert AuditEntry.objects.filter(action="notifications.sent").count() == 1


@pytest.mark.parametrize(
    "group",
    [STUDENTS, STAFF, HODS, Group(inbox=Inbox.STUDENT, course_id=COURSE), Group(inbox=Inbox.STUDENT, subject_id=9)],
)
def test_teachers_write_to_the_students_of_their_own_subjects_only(
    notifications: NotificationsService, group: Group
) -> None:
    with pytest.raises(Forbidden):
        notifications.send_to_group(actor=actors.teacher(), group=group, message="Hello")
    with pytest.raises(Forbidden):
        notifications.group_size(actor=actors.teacher(), group=group)


@pytest.mark.parametrize("actor", [actors.teacher(user_id=11), actors.student(), actors.anonymous()])
def test_another_teacher_and_students_cannot_write_to_the_class(
    notifications: NotificationsService, actor: Actor
) -> None:
    with pytest.raises(Forbidden):
        notifications.send_to_group(actor=actor, group=OWN_CLASS, message="Hello")


@pytest.mark.parametrize(
    ("group", "message", "field"),
    [
        (STUDENTS, " ", "message"),
        (STUDENTS, "x" * 2001, "message"),
        (Group(inbox=Inbox.STAFF, course_id=COURSE), "Hello", "group"),
        (Group(inbox=Inbox.STUDENT, subject_id=9), "Hello", "subject_id"),
        (Group(inbox=Inbox.STUDENT, subject_id=OPTICS, course_id=COURSE), "Hello", "subject_id"),
    ],
)
def test_what_cannot_be_sent_names_its_field(
    notifications: NotificationsService, group: Group, message: str, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        notifications.send_to_group(actor=actors.hod(), group=group, message=message)
    assert set(caught.value.fields) == {field}
    assert not AuditEntry.objects.filter(action="notifications.sent").exists()


def test_a_crowd_told_in_parts_is_told_once_also_when_the_delivery_is_repeated(
    notifications: NotificationsService, replay: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "BATCH", 2)
    notifications.send_to_group(actor=actors.hod(), group=STUDENTS, message="Hello")
    Relay().drain()
    replay(forgotten=True)
    assert StudentNotification.objects.count() == 3
    assert notifications.inbox(actor=actors.student(), page=PageRequest()).total == 1
