"""Approved leave excuses absences, whichever came first; its cancellation turns back what it turned."""

from collections.abc import Callable
from typing import Any

import pytest

from contracts.attendance import AttendanceService, AttendanceStatus
from contracts.base import Audience
from contracts.leaves import LeaveApproved, LeaveCancelled, LeaveStatus
from kernel.events.subscriptions import consumers_of
from kernel.models import AuditEntry
from kernel.totals import rebuild_all
from modules.attendance.models import Attendance, AttendanceReport
from tests import actors
from tests.modules.attendance.conftest import Leaves
from tests.modules.attendance.fakes import (
    FRIDAY,
    MATHS,
    MONDAY,
    PHYSICS,
    TUESDAY,
    YEAR,
    FakeLeaves,
    absence,
)
from tests.modules.attendance.marks import assert_figures_are_a_count_of_the_marks, marks, shown

pytestmark = pytest.mark.django_db

LEAVE = absence(5, 701, MONDAY, TUESDAY)


def take(attendance: AttendanceService, letters: dict[str, str], *, subject: int = PHYSICS, on: Any = MONDAY) -> int:
    return attendance.record(
        actor=actors.teacher(), subject_id=subject, session_year_id=YEAR, on=on, marks=marks(**letters)
    ).id


def test_an_absence_on_approved_leave_is_excused_when_it_is_marked(
    attendance: AttendanceService, leaves: FakeLeaves
) -> None:
    leaves.approved.append(LEAVE)
    register = take(attendance, {"s701": "a", "s702": "a"})
    assert shown(attendance, register) == {701: "e", 702: "a"}
    assert AttendanceReport.objects.get(student_id=701).excused_by == 5
    assert_figures_are_a_count_of_the_marks()


@pytest.mark.parametrize("letter", ["p", "l"])
def test_who_came_in_spite_of_leave_came(attendance: AttendanceService, leaves: FakeLeaves, letter: str) -> None:
    leaves.approved.append(LEAVE)
    assert shown(attendance, take(attendance, {"s701": letter})) == {701: letter}


def test_leave_of_other_days_or_people_excuses_nothing(attendance: AttendanceService, leaves: FakeLeaves) -> None:
    leaves.approved += [absence(6, 702, MONDAY, MONDAY), absence(7, 701, TUESDAY, FRIDAY)]
    assert shown(attendance, take(attendance, {"s701": "a"})) == {701: "a"}


def test_correcting_to_absent_is_excused_by_leave_too(attendance: AttendanceService, leaves: FakeLeaves) -> None:
    register = take(attendance, {"s701": "p"})
    leaves.approved.append(LEAVE)
    attendance.correct(actor=actors.teacher(), register_id=register, marks=marks(s701="a"))
    assert shown(attendance, register) == {701: "e"}


def test_a_roll_proposes_excused_for_those_on_leave_and_says_why(
    attendance: AttendanceService, decisions: Leaves
) -> None:
    decisions.approve(LEAVE)
    ask: dict[str, Any] = {"actor": actors.teacher(), "subject_id": PHYSICS, "session_year_id": YEAR, "on": MONDAY}
    roll = attendance.roll(**ask)
    assert roll.excused_reasons == {701: "Wedding"}
    assert [m.student_id for m in roll.marks if m.status is AttendanceStatus.EXCUSED] == [701]
    register = attendance.record(**ask, marks=roll.marks).id
    decisions.cancel(LEAVE)
    assert shown(attendance, register)[701] == "a"


def test_leave_approved_afterwards_excuses_the_absences_of_its_days(
    attendance: AttendanceService, decisions: Leaves, recorded: Callable[[], list[dict[str, Any]]]
) -> None:
    monday = take(attendance, {"s701": "a", "s702": "a"})
    maths = take(attendance, {"s701": "a"}, subject=MATHS, on=TUESDAY)
    came = take(attendance, {"s701": "l"}, subject=PHYSICS, on=TUESDAY)
    friday = take(attendance, {"s701": "a"}, on=FRIDAY)
    decisions.approve(LEAVE)
    assert [shown(attendance, r)[701] for r in (monday, maths, came, friday)] == ["e", "e", "l", "a"]
    assert shown(attendance, monday)[702] == "a"
    told = recorded()[4:]
    assert [(e["register_id"], e["first_time"]) for e in told] == [(monday, False), (maths, False)]
    assert told[0]["changed"] == [{"student_id": 701, "status": "excused"}]
    assert AuditEntry.objects.get(action="attendance.followed_leave").detail["leave"] == 5
    assert_figures_are_a_count_of_the_marks()


def test_cancelling_a_leave_turns_back_what_it_turned_and_nothing_else(
    attendance: AttendanceService, decisions: Leaves
) -> None:
    before = take(attendance, {"s701": "a"})
    by_teacher = take(attendance, {"s701": "e"}, subject=MATHS)
    decisions.approve(LEAVE)
    after = take(attendance, {"s701": "a"}, on=TUESDAY)
    came_after_all = take(attendance, {"s701": "a"}, subject=MATHS, on=TUESDAY)
    take(attendance, {"s701": "p"}, subject=MATHS, on=TUESDAY)
    decisions.cancel(LEAVE)
    assert [shown(attendance, r)[701] for r in (before, by_teacher, after, came_after_all)] == ["a", "e", "a", "p"]
    assert not AttendanceReport.objects.exclude(excused_by=None).exists()
    assert_figures_are_a_count_of_the_marks()


def test_saving_again_keeps_the_leave_that_excused(attendance: AttendanceService, decisions: Leaves) -> None:
    register = take(attendance, {"s701": "a"})
    decisions.approve(LEAVE)
    for letter in ("e", "a"):
        take(attendance, {"s701": letter})
        assert shown(attendance, register) == {701: "e"}
    decisions.cancel(LEAVE)
    assert shown(attendance, register) == {701: "a"}


def test_a_day_that_another_leave_covers_stays_excused(attendance: AttendanceService, decisions: Leaves) -> None:
    monday, tuesday = take(attendance, {"s701": "a"}), take(attendance, {"s701": "a"}, on=TUESDAY)
    other = absence(6, 701, TUESDAY, FRIDAY)
    decisions.approve(LEAVE)
    decisions.approve(other)
    decisions.cancel(LEAVE)
    assert [shown(attendance, r)[701] for r in (monday, tuesday)] == ["a", "e"]
    decisions.cancel(other)
    assert shown(attendance, tuesday)[701] == "a"
    assert_figures_are_a_count_of_the_marks()


def test_withdrawing_a_pending_request_changes_nothing(attendance: AttendanceService, decisions: Leaves) -> None:
    register = take(attendance, {"s701": "a"})
    decisions.cancel(LEAVE, was=LeaveStatus.PENDING)
    assert shown(attendance, register) == {701: "a"}


def test_leave_of_staff_or_without_clear_days_excuses_no_student(
    attendance: AttendanceService, decisions: Leaves
) -> None:
    register = take(attendance, {"s701": "a"})
    staff = {"audience": Audience.STAFF}
    decisions.approve(
        LEAVE.model_copy(
            update={"leave": LEAVE.leave.model_copy(update=staff), "person": LEAVE.person.model_copy(update=staff)}
        )
    )
    decisions.approve(LEAVE.model_copy(update={"first_day": None, "last_day": None}))
    assert shown(attendance, register) == {701: "a"}


def test_legacy_duplicates_of_a_mark_are_all_excused_and_all_turned_back(
    attendance: AttendanceService, decisions: Leaves
) -> None:
    register = take(attendance, {"s701": "a"})
    AttendanceReport.objects.create(attendance=Attendance.objects.get(), student_id=701, status="absent", duplicate=1)
    rebuild_all()
    decisions.approve(LEAVE)
    assert shown(attendance, register) == {701: "ee"}
    decisions.cancel(LEAVE)
    assert shown(attendance, register) == {701: "aa"}
    assert_figures_are_a_count_of_the_marks()


def test_approval_and_cancellation_of_a_leave_reach_one_consumer_so_that_their_order_holds() -> None:
    approved, cancelled = (
        {consumer for consumer in consumers_of(e.type_id()) if consumer.startswith("attendance.")}
        for e in (LeaveApproved, LeaveCancelled)
    )
    assert approved == cancelled == {"attendance.follow_leave"}
