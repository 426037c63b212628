"""What people may do with leave, through the contract."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from contracts.base import Actor, Audience, PageRequest, PersonRef
from contracts.errors import Conflict, Forbidden, Invalid, NotFound
from contracts.leaves import Leave, LeavesService, LeaveStatus
from kernel.models import AuditEntry, OutboxEvent
from kernel.registry import services
from modules.leaves.models import LeaveTotal, StudentLeave
from tests import actors

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def leaves() -> LeavesService:
    return services.get(LeavesService)


@pytest.fixture
def pending(leaves: LeavesService) -> Leave:
    return leaves.apply(actor=actors.student(), first_day=MONDAY, last_day=TUESDAY, reason="Wedding")


def published() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("type_id", flat=True))


def test_a_request_is_pending_counts_both_days_and_is_announced(pending: Leave) -> None:
    assert (pending.status, pending.days, pending.person.profile_id) == (LeaveStatus.PENDING, 2, 701)
    assert published() == ["leaves.requested.v1"]


def test_staff_and_students_are_numbered_apart(leaves: LeavesService, pending: Leave) -> None:
    staff_leave = leaves.apply(actor=actors.teacher(), first_day=MONDAY, last_day=MONDAY, reason="Exam duty")
    assert staff_leave.ref.audience is Audience.STAFF
    assert leaves.own(actor=actors.student(), page=PageRequest()).items == (pending,)
    assert leaves.own(actor=actors.teacher(), page=PageRequest()).items == (staff_leave,)


def test_reversed_days_and_a_missing_reason_are_named_by_field(leaves: LeavesService) -> None:
    with pytest.raises(Invalid) as caught:
        leaves.apply(actor=actors.student(), first_day=TUESDAY, last_day=MONDAY, reason="  ")
    assert set(caught.value.fields) == {"last_day", "reason"}
    assert not StudentLeave.objects.exists()


@pytest.mark.parametrize(("first", "last"), [(MONDAY, MONDAY), (TUESDAY, FRIDAY), (date(2026, 2, 1), FRIDAY)])
def test_a_day_is_asked_for_once(leaves: LeavesService, pending: Leave, first: date, last: date) -> None:
    with pytest.raises(Conflict) as caught:
        leaves.apply(actor=actors.student(), first_day=first, last_day=last, reason="Again")
    assert caught.value.reason == "overlap"


def test_days_of_a_rejected_request_can_be_asked_for_again(leaves: LeavesService, pending: Leave) -> None:
    leaves.reject(actor=actors.hod(), leave=pending.ref, note="Exams")
    assert (
        leaves.apply(actor=actors.student(), first_day=MONDAY, last_day=MONDAY, reason="Please").status
        == LeaveStatus.PENDING
    )


def test_the_same_days_of_two_people_do_not_collide(leaves: LeavesService, pending: Leave) -> None:
    other = actors.student(user_id=32, student_id=702)
    assert leaves.apply(actor=other, first_day=MONDAY, last_day=MONDAY, reason="Trip").person.profile_id == 702


def test_approving_keeps_the_note_and_the_history_and_is_announced(leaves: LeavesService, pending: Leave) -> None:
    approved = leaves.approve(actor=actors.hod(), leave=pending.ref, note=" Enjoy ")
    assert (approved.status, approved.decision_note) == (LeaveStatus.APPROVED, "Enjoy")
    assert [d.status for d in leaves.history(actor=actors.student(), leave=pending.ref)] == [
        LeaveStatus.PENDING,
        LeaveStatus.APPROVED,
    ]
    assert published() == ["leaves.requested.v1", "leaves.approved.v1"]
    assert (
        AuditEntry.objects.filter(
            action="leaves.approved", target=f"StudentLeave:{pending.ref.id}", actor_user_id=1
        ).count()
        == 1
    )


def test_a_decision_is_final_but_the_hod_can_cancel_an_approval(leaves: LeavesService, pending: Leave) -> None:
    leaves.approve(actor=actors.hod(), leave=pending.ref)
    for decide in (leaves.approve, leaves.reject):
        with pytest.raises(Conflict):
            decide(actor=actors.hod(), leave=pending.ref)
    with pytest.raises(Conflict):
        leaves.cancel(actor=actors.student(), leave=pending.ref)
    assert leaves.cancel(actor=actors.hod(), leave=pending.ref).status is LeaveStatus.CANCELLED


def test_owners_withdraw_their_pending_request(leaves: LeavesService, pending: Leave) -> None:
    assert leaves.cancel(actor=actors.student(), leave=pending.ref).status is LeaveStatus.CANCELLED


@pytest.mark.parametrize("actor", [actors.student(), actors.teacher(), actors.anonymous()])
def test_only_the_hod_decides(leaves: LeavesService, pending: Leave, actor: Actor) -> None:
    for decide in (leaves.approve, leaves.reject):
        with pytest.raises(Forbidden):
            decide(actor=actor, leave=pending.ref)


def test_a_request_of_another_person_is_not_there(leaves: LeavesService, pending: Leave) -> None:
    stranger = actors.student(user_id=32, student_id=702)
    for operation in (leaves.get, leaves.cancel, leaves.history):
        with pytest.raises(NotFound):
            operation(actor=stranger, leave=pending.ref)


def test_accounts_without_profile_cannot_ask_for_leave(leaves: LeavesService) -> None:
    with pytest.raises(Forbidden):
        leaves.apply(actor=actors.student(student_id=None), first_day=MONDAY, last_day=MONDAY, reason="x")


def test_counts_follow_every_change_and_equal_a_recount(leaves: LeavesService, pending: Leave) -> None:
    person = PersonRef(audience=Audience.STUDENT, profile_id=701)
    assert leaves.counts(actor=actors.hod(), audience=Audience.STUDENT).pending == 1
    leaves.approve(actor=actors.hod(), leave=pending.ref)
    counts = leaves.counts_by_person(actor=actors.student(), people=(person,))["student:701"]
    assert (counts.pending, counts.approved) == (0, 1)
    assert LeaveTotal.differences() == {}


def test_absences_are_the_approved_requests_that_touch_the_days(leaves: LeavesService, pending: Leave) -> None:
    def ask(day: date) -> list[int]:
        found = leaves.absences(
            actor=actors.teacher(), audience=Audience.STUDENT, profile_ids=(701, 702), first_day=day, last_day=day
        )
        return [a.person.profile_id for a in found]

    assert ask(MONDAY) == []
    leaves.approve(actor=actors.hod(), leave=pending.ref)
    assert (ask(MONDAY), ask(TUESDAY), ask(FRIDAY)) == ([701], [701], [])


@pytest.mark.parametrize("people", [2, 40])
def test_a_list_takes_two_queries_whatever_its_length(
    leaves: LeavesService, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    StudentLeave.objects.bulk_create(
        StudentLeave(student_id=n, first_day=MONDAY, last_day=MONDAY, reason="Trip") for n in range(people)
    )
    with django_assert_num_queries(2):
        page = leaves.requests(actor=actors.hod(), audience=Audience.STUDENT, page=PageRequest(size=50))
    assert page.total == people


@pytest.mark.parametrize(
    ("from_day", "to_day", "found"),
    [(MONDAY, MONDAY, True), (TUESDAY, FRIDAY, True), (FRIDAY, None, False), (None, MONDAY, True), (None, None, True)],
)
def test_requests_are_narrowed_to_those_that_touch_some_days(
    leaves: LeavesService, pending: Leave, from_day: date | None, to_day: date | None, found: bool
) -> None:
    StudentLeave.objects.create(student_id=702, written_dates="after Easter")
    page = leaves.requests(
        actor=actors.hod(), audience=Audience.STUDENT, page=PageRequest(), from_day=from_day, to_day=to_day
    )
    assert (pending in page.items) is found
    assert page.total == found + (from_day is None and to_day is None)
