"""Asking only for what changed, changing only what was seen, and doing a thing once."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from contracts.errors import ModuleUnavailable
from kernel.models import KeptResponse
from kernel.rest import idempotency
from modules.leaves.models import StudentLeave
from tests.api.conftest import As, Program
from tests.portal.school import School

DAYS = {"first_day": "2027-01-04", "last_day": "2027-01-05", "reason": "Wedding"}


@pytest.fixture
def student(school: School, speak_for: As) -> Program:
    return speak_for(school.student)


@pytest.fixture
def path(school: School) -> str:
    """A request that waits."""
    leave = StudentLeave.objects.get(student_id=school.student.profile_id, status="pending")
    return f"leaves/requests/student/{leave.pk}/"


# --- ETag -------------------------------------------------------------------------------------------------------------


def test_what_is_still_the_same_is_not_sent_again(student: Program, path: str) -> None:
    seen = student.get(path)["ETag"]
    same = student("GET", path, If_None_Match=seen)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", seen)
    student.post(f"{path}cancel/")
    assert student("GET", path, If_None_Match=seen).status_code == 200


@pytest.mark.parametrize("written", ["{}", "W/{}", '"other", {}', "*"])
def test_what_is_as_it_was_last_seen_can_be_changed(student: Program, path: str, written: str) -> None:
    seen = student.get(path)["ETag"]
    assert student.post(f"{path}cancel/", If_Match=written.format(seen)).status_code == 200


def test_what_changed_meanwhile_is_not_changed(student: Program, path: str, school: School, speak_for: As) -> None:
    seen = student.get(path)["ETag"]
    hod = speak_for(school.hod)
    assert hod.post(f"{path}approve/", If_Match=seen).status_code == 200
    refused = hod.post(f"{path}cancel/", If_Match=seen)
    assert (refused.status_code, refused.data["code"]) == (412, "changed_meanwhile")
    assert hod.get(path).data["status"] == "approved"


def test_a_condition_tells_nothing_about_what_is_anothers(school: School, speak_for: As, path: str) -> None:
    assert speak_for(school.foreign_student).post(f"{path}cancel/", If_Match='"guess"').status_code == 404


# --- Idempotency-Key --------------------------------------------------------------------------------------------------


def ask(program: Program, key: str, body: Any = DAYS) -> Any:
    return program.post("leaves/own/", body, Idempotency_Key=key)


def test_sent_again_it_is_answered_again_and_done_once(student: Program) -> None:
    first, second = ask(student, "k"), ask(student, "k", dict(reversed(DAYS.items())))
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.data, second["Location"], second["ETag"]) == (first.data, first["Location"], first["ETag"])
    assert second["Idempotency-Replayed"] == "true"
    assert StudentLeave.objects.filter(reason="Wedding").count() == 1


def test_without_a_key_it_is_done_again(student: Program) -> None:
    assert [student.post("leaves/own/", DAYS).status_code for _ in range(2)] == [201, 409]


def test_a_refusal_is_kept_as_well(student: Program) -> None:
    refused = [ask(student, "k", DAYS | {"reason": " "}) for _ in range(2)]
    assert [r.status_code for r in refused] == [422, 422]
    assert refused[0].data == refused[1].data


def test_a_key_belongs_to_one_request_of_one_person(student: Program, school: School, speak_for: As) -> None:
    ask(student, "k")
    other = ask(student, "k", DAYS | {"reason": "Another"})
    assert (other.status_code, other.data["code"]) == (422, "idempotency_key_reused")
    assert ask(speak_for(school.foreign_student), "k").status_code == 201


def test_while_the_first_is_being_answered_the_second_is_refused(student: Program) -> None:
    second: list[Any] = []

    def slowly(*args: Any, **kwargs: Any) -> Any:
        second.append(ask(student, "k"))
        raise ModuleUnavailable(module="leaves")

    with patch("kernel.rest.views.invoke", side_effect=slowly):
        assert ask(student, "k").status_code == 503
    assert (second[0].status_code, second[0].data["code"]) == (409, "idempotency_key_in_use")
    assert ask(student, "k").status_code == 201, "what surely did not happen can be tried again"


def test_what_may_have_happened_is_not_tried_again(student: Program) -> None:
    lost = ModuleUnavailable(module="leaves", may_have_executed=True)
    with patch("kernel.rest.views.invoke", side_effect=lost):
        assert ask(student, "k").status_code == 503
    assert (ask(student, "k").status_code, ask(student, "k").data["may_have_executed"]) == (503, True)


def test_of_a_request_whose_process_was_killed_it_is_said_that_it_may_have_happened(student: Program) -> None:
    ask(student, "k")
    KeptResponse.objects.update(status=None, body="", headers={})
    assert (ask(student, "k").status_code, ask(student, "k").data["code"]) == (409, "idempotency_key_in_use")
    KeptResponse.objects.update(begun_at=timezone.now() - idempotency.LAPSE - timedelta(seconds=1))
    assert (ask(student, "k").status_code, ask(student, "k").data["may_have_executed"]) == (503, True)
    assert StudentLeave.objects.filter(reason="Wedding").count() == 1


def test_keys_are_forgotten_after_a_day(student: Program) -> None:
    ask(student, "k")
    KeptResponse.objects.update(begun_at=timezone.now() - idempotency.KEEP - timedelta(seconds=1))
    ask(student, "another")
    assert list(KeptResponse.objects.values_list("key", flat=True)) == ["another"]


@pytest.mark.parametrize("key", ["x" * 256, "kø", " ", "k "])
def test_keys_are_short_and_printable(student: Program, key: str) -> None:
    response = ask(student, key)
    assert (response.status_code, response.data["code"]) == (400, "invalid_idempotency_key")
