"""What people may do with their inbox, and who may write to whom."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.base import Actor, Event, PageRequest, Role, utc_now
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.notifications import Inbox, NoticeKind, NotificationsService, Recipient
from contracts.users import UsersDeleted
from kernel.models import AuditEntry, OutboxEvent
from modules.notifications.models import HodNotification, StaffNotification, StudentNotification
from tests import actors

pytestmark = pytest.mark.django_db

ASHA = Recipient(inbox=Inbox.STUDENT, id=701)
BALA = Recipient(inbox=Inbox.STUDENT, id=702)
DEVI = Recipient(inbox=Inbox.STAFF, id=501)
MEERA = Recipient(inbox=Inbox.HOD, id=1)


def messages(notifications: NotificationsService, actor: Actor, **request: Any) -> list[str]:
    unread_only = request.pop("unread_only", False)
    page = notifications.inbox(actor=actor, page=PageRequest(**request), unread_only=unread_only)
    return [notice.message for notice in page.items]


def test_each_kind_of_person_has_an_inbox_of_their_own(notifications: NotificationsService) -> None:
    sent = notifications.send(actor=actors.hod(), recipients=(ASHA, DEVI, MEERA), message=" School is closed. ")
    assert sent == 3
    for actor, recipient in [(actors.student(), ASHA), (actors.teacher(), DEVI), (actors.hod(), MEERA)]:
        (notice,) = notifications.inbox(actor=actor, page=PageRequest()).items
        assert (notice.recipient, notice.kind, notice.message) == (recipient, NoticeKind.MESSAGE, "School is closed.")
        assert notifications.unread_count(actor=actor) == 1
    assert messages(notifications, actors.student(student_id=702)) == []
    assert messages(notifications, actors.hod(user_id=2)) == []


def test_the_newest_notice_comes_first_and_words_are_found(notifications: NotificationsService) -> None:
    for message in ("Exam on Monday", "Bring the book", "Exam moved"):
        notifications.send(actor=actors.hod(), recipients=(ASHA,), message=message)
    assert messages(notifications, actors.student()) == ["Exam moved", "Bring the book", "Exam on Monday"]
    assert messages(notifications, actors.student(), search="exam") == ["Exam moved", "Exam on Monday"]
    assert messages(notifications, actors.student(), number=2, size=2) == ["Exam on Monday"]


def test_marking_a_notice_read_and_unread_again(notifications: NotificationsService) -> None:
    notifications.send(actor=actors.hod(), recipients=(ASHA,), message="Hello")
    (notice,) = notifications.inbox(actor=actors.student(), page=PageRequest()).items
    first = notifications.mark_read(actor=actors.student(), notice_id=notice.id)
    again = notifications.mark_read(actor=actors.student(), notice_id=notice.id)
    assert first.read_at is not None
    assert again.read_at == first.read_at
    assert notifications.unread_count(actor=actors.student()) == 0
    assert messages(notifications, actors.student(), unread_only=True) == []
    assert notifications.mark_read(actor=actors.student(), notice_id=notice.id, read=False).read_at is None
    assert messages(notifications, actors.student(), unread_only=True) == ["Hello"]


def test_marking_all_read_touches_ones_own_only(notifications: NotificationsService) -> None:
    for _ in range(2):
        notifications.send(actor=actors.hod(), recipients=(ASHA, BALA), message="Hello")
    assert notifications.mark_all_read(actor=actors.student()) == 2
    assert notifications.mark_all_read(actor=actors.student()) == 0
    assert notifications.unread_count(actor=actors.student(student_id=702)) == 2


def test_marking_several_touches_ones_own_only_and_counts_what_changed(notifications: NotificationsService) -> None:
    for _ in range(3):
        notifications.send(actor=actors.hod(), recipients=(ASHA, BALA), message="Hello")
    ids = tuple(StudentNotification.objects.order_by("-pk").values_list("pk", flat=True)[:4])
    assert notifications.mark_selected(actor=actors.student(), notice_ids=ids) == 2
    assert notifications.mark_selected(actor=actors.student(), notice_ids=ids) == 0
    assert notifications.unread_count(actor=actors.student()) == 1
    assert notifications.unread_count(actor=actors.student(student_id=702)) == 3
    assert notifications.mark_selected(actor=actors.student(), notice_ids=(*ids, 999999), read=False) == 2
    assert notifications.mark_selected(actor=actors.student(), notice_ids=()) == 0
    assert notifications.unread_count(actor=actors.student()) == 3


def test_a_notice_of_somebody_else_is_not_there(notifications: NotificationsService) -> None:
    notifications.send(actor=actors.hod(), recipients=(ASHA,), message="Hello")
    notice_id = StudentNotification.objects.get().pk
    strangers = [
        actors.student(student_id=702),
        actors.student(student_id=None),
        actors.teacher(staff_id=701),
        actors.hod(user_id=701),
        actors.system(),
    ]
    for actor in strangers:
        with pytest.raises(NotFound):
            notifications.mark_read(actor=actor, notice_id=notice_id)
    assert StudentNotification.objects.get().read_at is None


@pytest.mark.parametrize("actor", [actors.student(student_id=None), actors.teacher(staff_id=None)])
def test_accounts_without_profile_have_an_empty_inbox(notifications: NotificationsService, actor: Actor) -> None:
    assert notifications.inbox(actor=actor, page=PageRequest()).total == 0
    assert notifications.unread_count(actor=actor) == 0
    assert notifications.mark_all_read(actor=actor) == 0
    assert notifications.mark_selected(actor=actor, notice_ids=(1,)) == 0


def test_nobody_has_an_inbox_without_a_part_in_the_school(notifications: NotificationsService) -> None:
    nobody = Actor(user_id=5, role=Role.NONE, profile_id=None, request_id="test")
    for actor in (actors.anonymous(), nobody):
        calls: list[Callable[[Actor], object]] = [
            lambda a: notifications.inbox(actor=a, page=PageRequest()),
            lambda a: notifications.unread_count(actor=a),
            lambda a: notifications.mark_read(actor=a, notice_id=1),
            lambda a: notifications.mark_selected(actor=a, notice_ids=(1,)),
            lambda a: notifications.mark_all_read(actor=a),
            lambda a: notifications.send(actor=a, recipients=(ASHA,), message="Hello"),
        ]
        for call in calls:
            with pytest.raises(Forbidden):
                call(actor)


def test_teachers_write_to_students_and_students_to_nobody(notifications: NotificationsService) -> None:
    assert notifications.send(actor=actors.teacher(), recipients=(ASHA,), message="Hello") == 1
    for actor, recipients in [
        (actors.teacher(), (ASHA, MEERA)),
        (actors.teacher(), (DEVI,)),
        (actors.student(), (BALA,)),
    ]:
        with pytest.raises(Forbidden):
            notifications.send(actor=actor, recipients=recipients, message="Hello")


def test_who_is_named_twice_is_told_once(notifications: NotificationsService) -> None:
    assert notifications.send(actor=actors.hod(), recipients=(ASHA, ASHA, BALA), message="Hello") == 2
    assert StudentNotification.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"message": " \n"}, {"message"}),
        ({"message": "x" * 2001}, {"message"}),
        ({"message": "\x00"}, {"message"}),
        ({"recipients": ()}, {"recipients"}),
        ({"recipients": (ASHA, Recipient(inbox=Inbox.STUDENT, id=9999))}, {"recipients"}),
        ({"recipients": (Recipient(inbox=Inbox.STAFF, id=9999),)}, {"recipients"}),
        ({"recipients": (Recipient(inbox=Inbox.HOD, id=31),)}, {"recipients"}),
    ],
)
def test_a_message_needs_words_and_people_who_exist(
    notifications: NotificationsService, fields: dict[str, Any], wrong: set[str]
) -> None:
    with pytest.raises(Invalid) as caught:
        notifications.send(actor=actors.hod(), **{"recipients": (ASHA,), "message": "Hello", **fields})
    assert set(caught.value.fields) == wrong
    assert not StudentNotification.objects.exists()


def test_sending_is_noted_and_announced_once_per_kind_of_inbox(notifications: NotificationsService) -> None:
    notifications.send(actor=actors.hod(), recipients=(BALA, ASHA, DEVI), message="Hello")
    events = OutboxEvent.objects.order_by("id")
    assert [(e.body["inbox"], e.body["recipient_ids"]) for e in events] == [("student", [701, 702]), ("staff", [501])]
    assert AuditEntry.objects.get().detail == {"recipients": 3}


def test_an_inbox_goes_with_its_person(notifications: NotificationsService, tell: Callable[[Event], None]) -> None:
    notifications.send(actor=actors.hod(), recipients=(ASHA, BALA, DEVI, MEERA), message="Hello")
    tell(UsersDeleted(entity="users.StudentProfile", ids=(701,), at=utc_now()))
    tell(UsersDeleted(entity="users.User", ids=(1,), at=utc_now()))
    assert StudentNotification.objects.get().student_id == 702
    assert StaffNotification.objects.count() == 1
    assert not HodNotification.objects.exists()


@pytest.mark.parametrize("notices", [2, 40])
def test_an_inbox_takes_two_queries_whatever_its_length(
    notifications: NotificationsService, notices: int, django_assert_num_queries: Any
) -> None:
    StudentNotification.objects.bulk_create(
        StudentNotification(student_id=701, message="Hello") for _ in range(notices)
    )
    with django_assert_num_queries(2):
        assert notifications.inbox(actor=actors.student(), page=PageRequest(size=50)).total == notices
    with django_assert_num_queries(1):
        assert notifications.unread_count(actor=actors.student()) == notices
