"""The internal API: for the house alone, with the actor from the token, and each command once."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import jwt
import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from contracts.attendance import AttendanceService
from contracts.base import Actor, Audience, Role
from contracts.errors import Conflict, Forbidden
from contracts.leaves import LeaveCounts, LeavesService
from kernel.context import request_id, running_module
from kernel.models import CommandAnswer
from kernel.registry import services
from kernel.rpc import answers, tokens
from tests import actors
from tests.contract_samples import sample
from tests.kernel.rpc.serving import fake

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.kernel.rpc.serving")]

NONE = LeaveCounts(pending=0, approved=0, rejected=0, cancelled=0)
CANCEL = {"leave": {"audience": "student", "id": 7}}


class Provider:
    """Notes what it is asked, and does what it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.answer: Any = NONE

    def __call__(self, name: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((name, arguments | {"request": request_id(), "running": running_module()}))
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture
def leaves() -> Iterator[Provider]:
    provider = Provider()
    with services.override(LeavesService, fake(LeavesService, provider)):
        yield provider


def token(actor: Actor | None = None, *, module: str = "leaves") -> str:
    return tokens.sign(actor or actors.hod(), caller="portal", module=module)


def post(operation: str, body: Any, *, bearer: str = "", **headers: str) -> Any:
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    return Client().post(
        f"/internal/v1/{operation}", json.dumps(body), content_type="application/json", headers=headers
    )


def code(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, json.loads(response.content)["code"]


def test_who_asks_is_told_by_the_token_and_by_nothing_else(leaves: Provider) -> None:
    asked = post(
        "leaves/counts",
        {"audience": "staff", "actor": actors.hod().model_dump(mode="json")},
        bearer=token(actors.student()),
        **{"X-Request-ID": "test"},
    )
    assert (asked.status_code, json.loads(asked.content)) == (200, NONE.model_dump())
    [(name, arguments)] = leaves.calls
    assert (name, arguments["actor"], arguments["audience"]) == ("counts", actors.student(), Audience.STAFF)


def test_the_request_goes_on_under_its_id_as_the_module_that_is_asked(leaves: Provider) -> None:
    response = post("leaves/counts", {"audience": "staff"}, bearer=token(), **{"X-Request-ID": "page-7"})
    assert (leaves.calls[0][1]["request"], leaves.calls[0][1]["running"]) == ("page-7", "leaves")
    assert response["X-Request-ID"] == "page-7"


def forged(**changes: Any) -> str:
    claims = jwt.decode(token(), options={"verify_signature": False}) | changes
    return jwt.encode({n: v for n, v in claims.items() if v is not None}, "s" * 40, algorithm="HS256")


def test_a_token_that_was_good_is_refused_once_it_is_outlived() -> None:
    good = token()
    tokens.verify(good, module="leaves")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)), pytest.raises(tokens.TokenRefused):
        tokens.verify(good, module="leaves")


def outlived() -> str:
    with time_machine.travel(timezone.now() - timedelta(minutes=5)):
        return token()


@pytest.mark.parametrize(
    "bearer",
    [
        lambda: "",
        lambda: "nonsense",
        lambda: token(module="attendance"),
        outlived,
        forged,
        lambda: jwt.encode(jwt.decode(token(), options={"verify_signature": False}), "", algorithm="none"),
    ],
    ids=["none", "nonsense", "another module's", "outlived", "another secret", "unsigned"],
)
def test_without_a_valid_token_for_the_module_nothing_is_answered(leaves: Provider, bearer: Any) -> None:
    assert code(post("leaves/counts", {"audience": "staff"}, bearer=bearer())) == (401, "service_token_refused")
    assert leaves.calls == []


@pytest.mark.parametrize("missing", ["iss", "aud", "iat", "exp", "actor"])
def test_a_token_that_says_too_little_is_refused(missing: str, settings: Any) -> None:
    settings.SERVICE_SECRETS = ["s" * 40]
    tokens.verify(forged(), module="leaves")
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(forged(**{missing: None}), module="leaves")
    with pytest.raises(tokens.TokenRefused):
        tokens.verify(forged(actor={"user_id": 1}), module="leaves")


def test_secrets_can_be_changed_one_process_after_the_other(settings: Any) -> None:
    old, new = "o" * 40, "n" * 40
    settings.SERVICE_SECRETS = [old]
    of_old_process = token()
    settings.SERVICE_SECRETS = [new, old]
    assert tokens.verify(of_old_process, module="leaves").name == "portal"
    settings.SERVICE_SECRETS = [old, new]
    assert tokens.verify(token(), module="leaves").actor.role is Role.HOD


def test_a_request_that_is_not_in_the_contract_says_where_it_is_wrong_and_not_what_it_said(leaves: Provider) -> None:
    response = post("leaves/counts", {"audience": "secret"}, bearer=token())
    assert code(response) == (400, "request_not_understood")
    assert "audience" in response.content.decode()
    assert "secret" not in response.content.decode()
    assert code(post("leaves/counts", {"audience": "staff"}, bearer=token(), **{"X-Hops": "x"}))[0] == 400


def test_nothing_is_begun_for_a_caller_who_has_stopped_waiting(leaves: Provider) -> None:
    late = post("leaves/cancel", CANCEL, bearer=token(), **{"X-Deadline-Ms": "0"})
    assert code(late) == (503, "module_unavailable")
    assert (leaves.calls, CommandAnswer.objects.count()) == ([], 0)


def test_the_same_key_gets_the_same_answer(leaves: Provider) -> None:
    leaves.answer = Conflict(reason="decided", message="Too late.")
    first, second = (post("leaves/cancel", CANCEL, bearer=token(), **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, first.content, first["Content-Type"]) == (
        second.status_code,
        second.content,
        second["Content-Type"],
    )
    assert len(leaves.calls) == 1
    post("leaves/cancel", CANCEL, bearer=token(), **{"Idempotency-Key": "another"})
    assert len(leaves.calls) == 2


def test_a_key_is_good_for_one_operation(leaves: Provider) -> None:
    leaves.answer = Forbidden()
    post("leaves/cancel", CANCEL, bearer=token(), **{"Idempotency-Key": "k"})
    other = post("leaves/approve", CANCEL, bearer=token(), **{"Idempotency-Key": "k"})
    assert code(other) == (503, "module_unavailable")
    assert [name for name, _ in leaves.calls] == ["cancel"]


def test_a_command_that_is_still_running_is_waited_for_and_not_begun_again(leaves: Provider) -> None:
    CommandAnswer.objects.create(key="k", operation="leaves.cancel")
    looks = []

    def answered_meanwhile(seconds: float) -> None:
        looks.append(seconds)
        CommandAnswer.objects.update(status=200, body='"done"')

    with patch("kernel.rpc.answers.time.sleep", answered_meanwhile):
        response = post("leaves/cancel", CANCEL, bearer=token(), **{"Idempotency-Key": "k"})
    assert (response.content, looks, leaves.calls) == (b'"done"', [answers.LOOK_AGAIN], [])


def test_of_a_command_whose_process_was_killed_the_caller_learns_that_it_may_have_happened(leaves: Provider) -> None:
    CommandAnswer.objects.create(key="k", operation="leaves.cancel")
    response = post("leaves/cancel", CANCEL, bearer=token(), **{"Idempotency-Key": "k", "X-Deadline-Ms": "100"})
    assert code(response) == (503, "module_unavailable")
    assert json.loads(response.content)["may_have_executed"] is True
    assert leaves.calls == []


def test_an_idempotent_command_whose_process_was_killed_is_carried_out_again() -> None:
    attendance = Provider()
    attendance.answer = Forbidden()
    operation = next(o for o in AttendanceService.operations.values() if o.kind == "command" and o.idempotent)
    CommandAnswer.objects.create(key="k", operation=f"attendance.{operation.name}")
    body = sample(operation.request_model, Random(1)).model_dump(mode="json")
    with services.override(AttendanceService, fake(AttendanceService, attendance)):
        response = post(
            f"attendance/{operation.name}", body, bearer=token(module="attendance"), **{"Idempotency-Key": "k"}
        )
    assert code(response) == (403, "forbidden")
    assert len(attendance.calls) == 1


def test_a_bug_is_an_unavailable_module_and_is_not_repeated(leaves: Provider) -> None:
    leaves.answer = ZeroDivisionError()
    for _ in range(2):
        response = post("leaves/cancel", CANCEL, bearer=token(), **{"Idempotency-Key": "k"})
        assert code(response) == (503, "module_unavailable")
        assert json.loads(response.content)["may_have_executed"] is True
    assert len(leaves.calls) == 1


def test_an_error_that_the_contract_does_not_declare_stays_inside(leaves: Provider) -> None:
    leaves.answer = Conflict(reason="x")
    response = post("leaves/counts", {"audience": "staff"}, bearer=token())
    assert code(response) == (503, "module_unavailable")
    assert json.loads(response.content)["may_have_executed"] is False


def test_answers_are_forgotten_after_a_day() -> None:
    CommandAnswer.objects.create(key="new", operation="leaves.cancel")
    old = CommandAnswer.objects.create(key="old", operation="leaves.cancel")
    CommandAnswer.objects.filter(pk=old.pk).update(begun_at=timezone.now() - answers.KEEP - timedelta(hours=1))
    assert answers.forget("default") == 1
    assert CommandAnswer.objects.get().key == "new"


def test_the_api_describes_itself_to_the_house_alone() -> None:
    assert Client().get("/internal/v1/leaves/openapi.json").status_code == 401
    assert Client().get("/internal/v1/leaves/docs").status_code == 401
    schema = Client(headers={"Authorization": f"Bearer {token()}"}).get("/internal/v1/leaves/openapi.json").json()
    apply = schema["paths"]["/internal/v1/leaves/apply"]["post"]
    request = apply["requestBody"]["content"]["application/json"]["schema"]
    assert set(request["properties"]) == {"first_day", "last_day", "reason"}
    assert set(apply["responses"]["200"]["content"]["application/json"]["schema"]["properties"]) >= {"ref", "status"}
    assert set(apply["responses"]) == {"200", "403", "409", "422", "503"}
    mentioned = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(schema)))
    assert mentioned <= set(schema["components"]["schemas"])
