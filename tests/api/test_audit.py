"""The audit log over REST: who did what, for the head alone."""

from typing import Any

import pytest

from modules.leaves.models import StudentLeave
from tests.api.conftest import As, Program
from tests.portal.school import School


@pytest.fixture
def hod(school: School, speak_for: As) -> Program:
    """Somebody has just approved a request, and a student asked for leave."""
    hod = speak_for(school.hod)
    pending = StudentLeave.objects.get(student_id=school.student.profile_id, status="pending")
    hod.post(f"leaves/requests/student/{pending.pk}/approve/")
    days = {"first_day": "2031-01-06", "last_day": "2031-01-07", "reason": "A wedding"}
    speak_for(school.foreign_student).post("leaves/own/", days)
    return hod


def actions(hod: Program, **query: Any) -> list[str]:
    return [entry["action"] for entry in hod.get("audit/", **query).data["items"]]


def test_what_was_done_is_told_newest_first_with_who_and_where(hod: Program, school: School) -> None:
    newest, earlier = hod.get("audit/").data["items"]
    assert (newest["action"], newest["actor_user_id"]) == ("leaves.pending", school.foreign_student.user_id)
    assert (earlier["action"], earlier["actor_role"]) == ("leaves.approved", "hod")
    assert earlier["target"].startswith("StudentLeave:")
    assert len(earlier["request_id"]) >= 32


def test_it_is_narrowed_by_person_row_request_module_and_day(hod: Program, school: School) -> None:
    newest, earlier = hod.get("audit/").data["items"]
    today = school.today.isoformat()
    assert actions(hod, user_id=school.hod.user_id) == ["leaves.approved"]
    assert actions(hod, target=newest["target"]) == ["leaves.pending"]
    assert actions(hod, request_id=earlier["request_id"]) == ["leaves.approved"]
    assert actions(hod, search="APPROVED") == ["leaves.approved"]
    assert actions(hod, module="finance") == []
    assert len(actions(hod, first_day=today, last_day=today, module="leaves")) == 2
    assert actions(hod, last_day="2020-01-01") == []
    assert len(actions(hod, last_day="9999-12-31")) == 2


def test_pages_hold_every_entry_once(hod: Program) -> None:
    pages = [hod.get("audit/", page=number, page_size=1).data for number in (1, 2, 3)]
    assert [len(page["items"]) for page in pages] == [1, 1, 0]
    assert pages[0]["items"] != pages[1]["items"]
    assert {page["total"] for page in pages} == {2}


def test_nobody_changes_it(hod: Program) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert hod(method, "audit/").status_code == 405
