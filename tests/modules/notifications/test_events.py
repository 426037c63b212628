"""Each event of the school tells the right people the right thing, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet

from contracts.assessments import (
    AssignmentDueSoon,
    AssignmentPublished,
    ResultRecorded,
    SemesterResultDecided,
    SemesterStatus,
    SubmissionGraded,
)
from contracts.base import Audience, Event, PersonRef
from contracts.feedback import FeedbackRef, FeedbackReplied, FeedbackSent
from contracts.finance import FineCancelled, FineIssued, FineOverdue, FineReminderDue, FineWaived, PaymentSucceeded
from contracts.leaves import LeaveApproved, LeaveCancelled, LeaveRef, LeaveRejected, LeaveRequested, LeaveStatus
from contracts.notifications import NoticeKind
from kernel.models import Delivery, DeliveryState, OutboxEvent
from modules.notifications import inboxes
from modules.notifications.models import MODELS, StudentNotification
from tests.modules.notifications.fakes import OPTICS, FakeAcademics, school

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ASHA = PersonRef(audience=Audience.STUDENT, profile_id=701)
DEVI = PersonRef(audience=Audience.STAFF, profile_id=501)
STRANGER = PersonRef(audience=Audience.STUDENT, profile_id=9999)


def decided(status: SemesterStatus, reason: str = "", *, promoted: bool | None = None) -> SemesterResultDecided:
    return SemesterResultDecided(
        student_id=701, course_id=1, session_year_id=1, status=status, reason=reason, promoted=promoted, at=AT
    )


Told = list[tuple[str, int, str, str]]


def leave(person: PersonRef, **fields: Any) -> dict[str, Any]:
    days = {"first_day": date(2026, 3, 2), "last_day": date(2026, 3, 3), "written_dates": ""}
    return {"leave": LeaveRef(audience=person.audience, id=7), "person": person, "at": AT, **days, **fields}


def feedback(person: PersonRef) -> dict[str, Any]:
    return {"feedback": FeedbackRef(audience=person.audience, id=4), "person": person, "at": AT}


NO_DAYS = {"first_day": None, "last_day": None}
FINE: dict[str, Any] = {"fine_id": 12, "student_id": 701, "at": AT}
REMINDER = FINE | {"amount": Decimal("1500.5"), "reason": "Late book", "due_date": date(2026, 4, 1)}

CASES: list[tuple[Event, Told]] = [
    (
        LeaveRequested(**leave(ASHA), reason="Wedding"),
        [
            ("hod", 1, "leave", "Asha Rao asks for leave (2 Mar 2026 to 3 Mar 2026): Wedding"),
            ("hod", 2, "leave", "Asha Rao asks for leave (2 Mar 2026 to 3 Mar 2026): Wedding"),
        ],
    ),
    (
        LeaveRequested(**leave(DEVI, last_day=date(2026, 3, 2)), reason="Exam"),
        [
            ("hod", 1, "leave", "Devi Rao asks for leave (2 Mar 2026): Exam"),
            ("hod", 2, "leave", "Devi Rao asks for leave (2 Mar 2026): Exam"),
        ],
    ),
    (
        LeaveApproved(**leave(ASHA), note="", reason="Wedding"),
        [("student", 701, "leave", "Your leave (2 Mar 2026 to 3 Mar 2026) is approved.")],
    ),
    (
        LeaveApproved(**leave(DEVI, **{**NO_DAYS, "written_dates": " next week "}), note="Enjoy", reason="Trip"),
        [("staff", 501, "leave", "Your leave (next week) is approved. Note: Enjoy")],
    ),
    (
        LeaveRejected(**leave(ASHA, **NO_DAYS), note="Exams"),
        [("student", 701, "leave", "Your leave (days not given) is rejected. Note: Exams")],
    ),
    (
        LeaveCancelled(**leave(ASHA), was=LeaveStatus.APPROVED),
        [("student", 701, "leave", "Your approved leave (2 Mar 2026 to 3 Mar 2026) is cancelled.")],
    ),
    (
        LeaveCancelled(**leave(STRANGER, last_day=date(2026, 3, 2)), was=LeaveStatus.PENDING),
        [
            ("hod", 1, "leave", "A student withdrew the request for leave (2 Mar 2026)."),
            ("hod", 2, "leave", "A student withdrew the request for leave (2 Mar 2026)."),
        ],
    ),
    (
        FeedbackSent(**feedback(DEVI)),
        [("hod", 1, "feedback", "Devi Rao sent feedback."), ("hod", 2, "feedback", "Devi Rao sent feedback.")],
    ),
    (FeedbackReplied(**feedback(DEVI)), [("staff", 501, "feedback", "Your feedback has been answered.")]),
    (
        AssignmentPublished(assignment_id=5, subject_id=OPTICS, title="Lenses", due_at=AT, at=AT),
        [
            (
                "student",
                student_id,
                "assignment",
                "New assignment in Optics: “Lenses”, due 1 Mar 2026, 09:30",
            )
            for student_id in (701, 702, 703)
        ],
    ),
    (
        AssignmentDueSoon(assignment_id=5, subject_id=OPTICS, title="Lenses", due_at=AT, handed_in=(702, 999), at=AT),
        [
            (
                "student",
                student_id,
                "assignment",
                "“Lenses” in Optics is due 1 Mar 2026, 09:30: you have not handed it in yet.",
            )
            for student_id in (701, 703)
        ],
    ),
    (AssignmentDueSoon(assignment_id=5, subject_id=99, title="Lenses", due_at=AT, handed_in=(), at=AT), []),
    (AssignmentPublished(assignment_id=5, subject_id=99, title="Lenses", due_at=AT, at=AT), []),
    (
        SubmissionGraded(
            submission_id=9, assignment_id=5, title="100% Lenses", student_id=701, marks=Decimal("7.50"), at=AT
        ),
        [("student", 701, "assignment", "What you handed in for “100% Lenses” has been graded: 7.5.")],
    ),
    (
        SubmissionGraded(
            submission_id=9,
            assignment_id=5,
            title="Lenses",
            student_id=701,
            marks=Decimal(7),
            commented=True,
            at=AT,
        ),
        [("student", 701, "assignment", "What you handed in for “Lenses” has been graded: 7. There is a comment.")],
    ),
    (
        ResultRecorded(result_id=8, student_id=701, subject_id=OPTICS, created=True, at=AT),
        [("student", 701, "result", "Your result in Optics has been entered.")],
    ),
    (
        ResultRecorded(result_id=8, student_id=701, subject_id=OPTICS, created=False, at=AT),
        [("student", 701, "result", "Your result in Optics has been corrected.")],
    ),
    *(
        (event, [("student", 701, "result", f"Your semester result is {words}")])
        for event, words in (
            (decided(SemesterStatus.PUBLISHED, promoted=True), "published: you are promoted."),
            (decided(SemesterStatus.PUBLISHED, promoted=False), "published: you are not promoted."),
            (decided(SemesterStatus.PUBLISHED), "published."),
            (decided(SemesterStatus.WITHHELD, "Fees 100% due"), "withheld: Fees 100% due"),
            (decided(SemesterStatus.CANCELLED, "Copied", promoted=False), "cancelled: Copied"),
        )
    ),
    (
        FineIssued(**FINE, amount=Decimal("1500.5"), reason="Late book", due_date=date(2026, 4, 1)),
        [("student", 701, "fine", "Fine no. 12: ₹1,500.50 for “Late book”. Pay it by 1 Apr 2026.")],
    ),
    (
        FineOverdue(**FINE, amount=Decimal("1500.5"), due_date=date(2026, 4, 1)),
        [("student", 701, "fine", "Fine no. 12 over ₹1,500.50 was to be paid by 1 Apr 2026 and is overdue.")],
    ),
    (
        FineReminderDue(**REMINDER, overdue=False),
        [("student", 701, "fine", "Fine no. 12 over ₹1,500.50 for “Late book” is to be paid by 1 Apr 2026.")],
    ),
    (
        FineReminderDue(**REMINDER, overdue=True),
        [
            (
                *("student", 701, "fine"),
                "Fine no. 12 over ₹1,500.50 for “Late book” was to be paid by 1 Apr 2026 and is still unpaid.",
            )
        ],
    ),
    (
        FineWaived(**FINE, amount=Decimal("1500.50"), reason="A hardship."),
        [("student", 701, "fine", "Fine no. 12 over ₹1,500.50 is waived: A hardship. You need not pay it.")],
    ),
    (FineCancelled(**FINE), [("student", 701, "fine", "Fine no. 12 is cancelled. You need not pay it.")]),
    (
        PaymentSucceeded(**FINE, payment_id=3, amount=Decimal(500)),
        [("student", 701, "fine", "We received ₹500.00 for fine no. 12. Thank you.")],
    ),
]


def told() -> Told:
    """Everything in all inboxes."""
    return [
        (inbox.value, owner_id, kind, message)
        for inbox, model in MODELS.items()
        for owner_id, kind, message in model._default_manager.order_by(model.owner_field).values_list(
            model.owner_field, "kind", "message"
        )
    ]


def own_deliveries() -> QuerySet[Delivery]:
    return Delivery.objects.filter(consumer__startswith="notifications.")


@pytest.mark.parametrize(("event", "expected"), CASES, ids=lambda value: getattr(type(value), "__name__", ""))
def test_an_event_tells_the_right_people_once_however_often_it_is_delivered(
    tell: Callable[[Event], None], replay: Callable[..., None], event: Event, expected: Told
) -> None:
    tell(event)
    assert told() == expected
    assert not own_deliveries().exclude(state=DeliveryState.DONE).exists()
    replay()
    replay(forgotten=True)
    assert told() == expected


def test_every_occasion_is_told_of_by_itself(tell: Callable[[Event], None]) -> None:
    for _ in range(2):
        tell(FeedbackReplied(**feedback(ASHA)))
    assert len(told()) == 2


def test_a_large_course_is_told_in_batches(
    tell: Callable[[Event], None], django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "BATCH", 500)
    students = tuple(range(1, 2001))
    with school(FakeAcademics(students)), django_assert_max_num_queries(60):
        tell(AssignmentPublished(assignment_id=5, subject_id=OPTICS, title="Lenses", due_at=AT, at=AT))
    rows = StudentNotification.objects.filter(kind=NoticeKind.ASSIGNMENT)
    assert set(rows.values_list("student_id", flat=True)) == set(students)
    assert rows.count() == len(students)
    sent = OutboxEvent.objects.filter(type_id="notifications.sent.v1")
    assert [len(e.body["recipient_ids"]) for e in sent] == [500] * 4


def test_who_cannot_be_asked_now_is_asked_again_later(
    tell: Callable[[Event], None], replay: Callable[..., None]
) -> None:
    class Broken(FakeAcademics):
        def student_ids(self, **arguments: Any) -> tuple[int, ...]:
            raise ConnectionError("academics is away")

    event = AssignmentPublished(assignment_id=5, subject_id=OPTICS, title="Lenses", due_at=AT, at=AT)
    with school(Broken()):
        tell(event)
    assert told() == []
    assert own_deliveries().get().state == DeliveryState.PENDING
    Delivery.objects.update(due_at=AT)
    replay()
    assert len(told()) == 3
