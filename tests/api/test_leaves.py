"""Leaves over REST: what the table of its addresses leads to."""

from datetime import timedelta

import pytest

from contracts.leaves import LeaveStatus
from modules.leaves.models import StudentLeave
from tests.api.conftest import As
from tests.portal.school import School

DAYS = {"first_day": "2027-01-04", "last_day": "2027-01-05", "reason": "Wedding"}


def pending(school: School) -> str:
    """The path of the student's request that waits."""
    leave = StudentLeave.objects.get(student_id=school.student.profile_id, status=LeaveStatus.PENDING.value)
    return f"leaves/requests/student/{leave.pk}/"


def test_asking_for_leave_answers_the_request_and_where_it_is_found(school: School, speak_for: As) -> None:
    student = speak_for(school.student)
    made = student.post("leaves/own/", DAYS)
    assert (made.status_code, made.data["status"], made.data["reason"]) == (201, "pending", "Wedding")
    path = made["Location"].partition("/api/v1/")[2]
    assert student.get(path).data == made.data
    assert [row["ref"] for row in student.get("leaves/own/", page_size=1).data["items"]] == [made.data["ref"]]


@pytest.mark.parametrize(("action", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_the_head_decides_and_the_history_tells(school: School, speak_for: As, action: str, status: str) -> None:
    hod, path = speak_for(school.hod), pending(school)
    decided = hod.post(f"{path}{action}/", {"note": "Noted"})
    assert (decided.status_code, decided.data["status"], decided.data["decision_note"]) == (200, status, "Noted")
    (step,) = speak_for(school.student).get(f"{path}history/").data
    assert (step["status"], step["decided_by"]) == (status, school.hod.user_id)


def test_a_note_can_be_left_out(school: School, speak_for: As) -> None:
    assert speak_for(school.hod).post(f"{pending(school)}approve/").status_code == 200


def test_owners_withdraw_their_request(school: School, speak_for: As) -> None:
    assert speak_for(school.student).post(f"{pending(school)}cancel/").data["status"] == "cancelled"


def test_the_head_lists_by_status_and_counts(school: School, speak_for: As) -> None:
    hod = speak_for(school.hod)
    waiting = hod.get("leaves/requests/student/", status="pending").data
    assert (waiting["total"], {row["status"] for row in waiting["items"]}) == (4, {"pending"})
    assert hod.get("leaves/requests/student/counts/").data == {
        "pending": 4,
        "approved": 4,
        "rejected": 0,
        "cancelled": 0,
    }


def test_teachers_see_who_is_on_leave(school: School, speak_for: As) -> None:
    day = school.today - timedelta(days=40)
    people = [person.profile_id for person in school.students[:2]]
    found = speak_for(school.teacher).get(
        "leaves/absences/student/", profile_ids=people, first_day=day.isoformat(), last_day=day.isoformat()
    )
    assert [absence["person"]["profile_id"] for absence in found.data] == people
