"""What people may do with feedback, through the contract."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from contracts.base import Actor, Audience, PageRequest
from contracts.errors import Forbidden, Invalid, NotFound
from contracts.feedback import Feedback, FeedbackCounts, FeedbackRef, FeedbackService
from kernel.models import AuditEntry, OutboxEvent
from kernel.registry import services
from modules.feedback.models import FeedbackTotal, StaffFeedback, StudentFeedback
from tests import actors

pytestmark = pytest.mark.django_db

Queries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def feedback() -> FeedbackService:
    return services.get(FeedbackService)


@pytest.fixture
def sent(feedback: FeedbackService) -> Feedback:
    return feedback.send(actor=actors.student(), text=" Open the library earlier \n")


def published() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))


def test_feedback_is_unanswered_belongs_to_its_author_and_is_announced(sent: Feedback) -> None:
    assert (sent.text, sent.reply, sent.replied_at) == ("Open the library earlier", "", None)
    assert (sent.person.audience, sent.person.profile_id) == (Audience.STUDENT, 701)
    assert published() == ["feedback.sent.v1"]


def test_students_and_staff_are_numbered_apart(feedback: FeedbackService, sent: Feedback) -> None:
    by_staff = feedback.send(actor=actors.teacher(), text="More chalk")
    assert feedback.own(actor=actors.student(), page=PageRequest()).items == (sent,)
    assert feedback.own(actor=actors.teacher(), page=PageRequest()).items == (by_staff,)
    assert feedback.received(actor=actors.hod(), audience=Audience.STAFF, page=PageRequest()).items == (by_staff,)


def test_nobody_sees_the_feedback_of_another_as_their_own(feedback: FeedbackService, sent: Feedback) -> None:
    assert feedback.own(actor=actors.student(user_id=32, student_id=702), page=PageRequest()).total == 0


def test_blank_feedback_and_blank_replies_are_refused(feedback: FeedbackService, sent: Feedback) -> None:
    with pytest.raises(Invalid) as caught:
        feedback.send(actor=actors.student(), text=" \n ")
    assert set(caught.value.fields) == {"text"}
    with pytest.raises(Invalid):
        feedback.reply(actor=actors.hod(), feedback=sent.ref, text=" ")
    assert (StudentFeedback.objects.count(), published()) == (1, ["feedback.sent.v1"])


def test_a_reply_reaches_the_author_with_its_time_and_is_announced(feedback: FeedbackService, sent: Feedback) -> None:
    replied = feedback.reply(actor=actors.hod(), feedback=sent.ref, text="From Monday on")
    assert replied.replied_at is not None
    assert feedback.own(actor=actors.student(), page=PageRequest()).items == (replied,)
    assert published() == ["feedback.sent.v1", "feedback.replied.v1"]
    assert StudentFeedback.objects.get().replied_by == 1
    assert AuditEntry.objects.filter(action="feedback.replied", target=f"StudentFeedback:{sent.ref.id}").count() == 1


def test_a_reply_can_be_corrected_and_repeating_it_changes_nothing(feedback: FeedbackService, sent: Feedback) -> None:
    first = feedback.reply(actor=actors.hod(), feedback=sent.ref, text="No")
    assert feedback.reply(actor=actors.hod(user_id=2), feedback=sent.ref, text=" No ") == first
    assert feedback.reply(actor=actors.hod(), feedback=sent.ref, text="Yes").reply == "Yes"
    assert published().count("feedback.replied.v1") == 2


@pytest.mark.parametrize("actor", [actors.student(), actors.teacher(), actors.anonymous()])
def test_only_the_hod_reads_what_came_in_and_replies(feedback: FeedbackService, sent: Feedback, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        feedback.received(actor=actor, audience=Audience.STUDENT, page=PageRequest())
    with pytest.raises(Forbidden):
        feedback.counts(actor=actor, audience=Audience.STUDENT)
    with pytest.raises(Forbidden):
        feedback.reply(actor=actor, feedback=sent.ref, text="Hi")


@pytest.mark.parametrize(
    "actor", [actors.hod(), actors.anonymous(), actors.student(student_id=None), actors.teacher(staff_id=None)]
)
def test_only_students_and_staff_with_a_profile_send_feedback(feedback: FeedbackService, actor: Actor) -> None:
    with pytest.raises(Forbidden):
        feedback.send(actor=actor, text="Hello")
    with pytest.raises(Forbidden):
        feedback.own(actor=actor, page=PageRequest())


def test_a_reply_to_nothing_says_so(feedback: FeedbackService, sent: Feedback) -> None:
    for ref in (FeedbackRef(audience=Audience.STUDENT, id=10**6), FeedbackRef(audience=Audience.STAFF, id=sent.ref.id)):
        with pytest.raises(NotFound):
            feedback.reply(actor=actors.hod(), feedback=ref, text="Hello?")


def test_counts_follow_every_change_and_equal_a_recount(feedback: FeedbackService, sent: Feedback) -> None:
    feedback.send(actor=actors.student(user_id=32, student_id=702), text="Thanks")
    feedback.send(actor=actors.teacher(), text="More chalk")
    feedback.reply(actor=actors.hod(), feedback=sent.ref, text="No")
    feedback.reply(actor=actors.hod(), feedback=sent.ref, text="Yes")
    assert feedback.counts(actor=actors.hod(), audience=Audience.STUDENT) == FeedbackCounts(total=2, unanswered=1)
    assert feedback.counts(actor=actors.hod(), audience=Audience.STAFF) == FeedbackCounts(total=1, unanswered=1)
    assert FeedbackTotal.differences() == {}


def test_the_inbox_is_newest_first_searched_and_narrowed_to_what_waits(feedback: FeedbackService) -> None:
    sent = [feedback.send(actor=actors.student(), text=text) for text in ("Library hours", "Canteen", "library books")]
    feedback.reply(actor=actors.hod(), feedback=sent[0].ref, text="Noted for the canteen too")

    def texts(search: str = "", order: str = "", answered: bool | None = None) -> list[str]:
        page = PageRequest(search=search, order=order)
        found = feedback.received(actor=actors.hod(), audience=Audience.STUDENT, page=page, answered=answered)
        return [f.text for f in found.items]

    assert texts() == ["library books", "Canteen", "Library hours"]
    assert texts(order="sent_at") == ["Library hours", "Canteen", "library books"]
    assert texts(search="canteen") == ["Canteen", "Library hours"]
    assert texts(answered=False) == ["library books", "Canteen"]
    assert texts(answered=True) == ["Library hours"]


def test_replies_of_the_legacy_count_as_answered_though_their_time_is_unknown(feedback: FeedbackService) -> None:
    long_ago = datetime(2025, 4, 1, 22, 25, tzinfo=UTC)
    StaffFeedback.objects.create(staff_id=501, text="", reply="Avec plaisir", created_at=long_ago, updated_at=long_ago)
    FeedbackTotal.rebuild()
    (old,) = feedback.own(actor=actors.teacher(), page=PageRequest()).items
    assert (old.text, old.sent_at, old.replied_at) == ("", long_ago, None)
    assert feedback.counts(actor=actors.hod(), audience=Audience.STAFF) == FeedbackCounts(total=1, unanswered=0)


def test_feedback_keeps_its_author_from_being_erased(feedback: FeedbackService, sent: Feedback) -> None:
    usages = feedback.usages(actor=actors.system(), target="users.StudentProfile", ids=(701, 702))
    assert [(u.entity, u.count) for u in usages] == [("feedback.StudentFeedback", 1)]


@pytest.mark.parametrize("messages", [2, 40])
def test_a_list_takes_two_queries_whatever_its_length(
    feedback: FeedbackService, messages: int, django_assert_num_queries: Queries
) -> None:
    StudentFeedback.objects.bulk_create(StudentFeedback(student_id=n, text="Hello") for n in range(messages))
    with django_assert_num_queries(2):
        page = feedback.received(actor=actors.hod(), audience=Audience.STUDENT, page=PageRequest(size=50))
    assert (page.total, len(page.items)) == (messages, messages)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_one_piece_is_read_by_its_author_and_the_hod_and_exists_for_nobody_else(
    feedback: FeedbackService, sent: Feedback
) -> None:
    for reader in (actors.student(), actors.hod()):
        assert feedback.get(actor=reader, feedback=sent.ref) == sent
    for stranger in (actors.student(user_id=32, student_id=702), actors.teacher()):
        with pytest.raises(NotFound):
            feedback.get(actor=stranger, feedback=sent.ref)
    with pytest.raises(Forbidden):
        feedback.get(actor=actors.anonymous(), feedback=sent.ref)


def written_at(at: datetime, *, replied_at: datetime | None = None, reply: str = "") -> None:
    StudentFeedback.objects.create(student_id=701, text="x", created_at=at, reply=reply, replied_at=replied_at)


@pytest.fixture
def autumn() -> None:
    """Two in September, one in October; one reply after 10 h, one after 20 h, one whose time nobody knows."""
    noon = datetime(2026, 9, 5, 12, tzinfo=UTC)
    written_at(noon, reply="yes", replied_at=noon + timedelta(hours=10))
    written_at(noon + timedelta(days=1), reply="no", replied_at=noon + timedelta(days=1, hours=20))
    written_at(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), reply="late")
    written_at(datetime(2026, 11, 1, 0, 0, tzinfo=UTC))


@pytest.mark.usefixtures("autumn")
def test_the_figures_are_computed_from_what_happened(
    feedback: FeedbackService, django_assert_num_queries: Queries
) -> None:
    with django_assert_num_queries(2):
        figures = feedback.statistics(
            actor=actors.hod(), audience=Audience.STUDENT, first_day=date(2026, 9, 1), last_day=date(2026, 10, 31)
        )
    assert (figures.sent, figures.answered, figures.response_rate) == (3, 3, 100)
    assert (figures.timed_replies, figures.mean_response_hours) == (2, 15.0)
    assert [(m.first_day, m.sent, m.answered) for m in figures.months] == [
        (date(2026, 9, 1), 2, 2),
        (date(2026, 10, 1), 1, 1),
    ]


@pytest.mark.usefixtures("autumn")
def test_the_months_are_those_of_the_schools_own_calendar(feedback: FeedbackService) -> None:
    with timezone.override("Asia/Kolkata"):
        figures = feedback.statistics(
            actor=actors.hod(), audience=Audience.STUDENT, first_day=date(2026, 11, 1), last_day=date(2026, 11, 1)
        )
    assert (figures.sent, figures.answered, figures.response_rate) == (2, 1, 50)


def test_nothing_sent_has_no_rate_and_no_time(feedback: FeedbackService) -> None:
    figures = feedback.statistics(
        actor=actors.hod(), audience=Audience.STAFF, first_day=date(2026, 1, 1), last_day=date(2026, 1, 1)
    )
    assert (figures.sent, figures.response_rate, figures.mean_response_hours, figures.months) == (0, None, None, ())


def test_figures_are_the_hods_and_their_days_in_order(feedback: FeedbackService) -> None:
    with pytest.raises(Forbidden):
        feedback.statistics(
            actor=actors.teacher(), audience=Audience.STAFF, first_day=date(2026, 1, 1), last_day=date(2026, 1, 2)
        )
    with pytest.raises(Invalid) as caught:
        feedback.statistics(
            actor=actors.hod(), audience=Audience.STAFF, first_day=date(2026, 1, 2), last_day=date(2026, 1, 1)
        )
    assert set(caught.value.fields) == {"last_day"}
