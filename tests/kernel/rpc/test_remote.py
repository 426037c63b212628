"""A call over HTTP: what is retried, what is not, when nobody is asked any more, and what the caller learns."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
import urllib3
from django.db import transaction

from contracts.base import Audience
from contracts.errors import Conflict, LimitReached, ModuleUnavailable
from contracts.leaves import Leave, LeaveRef, LeavesService
from kernel.registry import ContractBroken, Services, services
from kernel.rpc import journey, remote
from kernel.rpc.breaker import FAILURES
from kernel.rpc.local import CallInTransaction
from tests import actors
from tests.kernel.rpc.serving import reached_over_http
from tests.kernel.rpc.unreliable import Reply, Request, Unreliable, hang_up, unreliable

LEAVE = LeaveRef(audience=Audience.STUDENT, id=7)
COUNTS = Reply(body=b'{"pending": 1, "approved": 2, "rejected": 3, "cancelled": 4}')


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAUSES", (0.001, 0.001, 0.001))


@pytest.fixture
def provider() -> Iterator[Unreliable]:
    with unreliable(lambda request: COUNTS) as server:
        yield server


def client(url: str) -> LeavesService:
    elsewhere = Services()
    elsewhere.connect(LeavesService, url)
    return elsewhere.get(LeavesService)


def count(leaves: LeavesService) -> int:
    return leaves.counts(actor=actors.hod(), audience=Audience.STAFF).pending


def unavailable(call: Any) -> bool:
    """Makes the call, which must fail; returns whether it may have been carried out."""
    with pytest.raises(ModuleUnavailable) as caught:
        call()
    assert caught.value.module == "leaves"
    return caught.value.may_have_executed


def test_the_actor_travels_in_the_token_alone(provider: Unreliable) -> None:
    assert count(client(provider.url)) == 1
    [request] = provider.requests
    assert request.path == "/internal/v1/leaves/counts"
    assert json.loads(request.body) == {"audience": "staff"}


@pytest.mark.parametrize("lost", [hang_up, lambda request: Reply(502, b"<html>", "text/html")])
def test_a_lost_query_is_asked_again(provider: Unreliable, lost: Any) -> None:
    provider.turns = [lost, lost, lambda request: COUNTS]
    assert count(client(provider.url)) == 1
    assert len(provider.requests) == 3


def test_a_query_that_goes_on_getting_lost_was_never_carried_out(provider: Unreliable) -> None:
    provider.turns = [hang_up]
    assert unavailable(lambda: count(client(provider.url))) is False
    assert len(provider.requests) == 1 + len(remote.PAUSES)


def test_a_lost_command_is_asked_for_again_under_the_same_key(provider: Unreliable) -> None:
    provider.turns = [hang_up]
    assert unavailable(lambda: client(provider.url).cancel(actor=actors.hod(), leave=LEAVE)) is True
    assert len({request.headers["Idempotency-Key"] for request in provider.requests}) == 1
    with pytest.raises(ModuleUnavailable):
        client(provider.url).cancel(actor=actors.hod(), leave=LEAVE)
    assert len({request.headers["Idempotency-Key"] for request in provider.requests}) == 2


def test_a_command_that_reached_nobody_was_not_carried_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert unavailable(lambda: client(f"http://127.0.0.1:{port}").cancel(actor=actors.hod(), leave=LEAVE)) is False


@pytest.mark.parametrize(
    ("reply", "command_executed"),
    [
        (Reply(401, b'{"code": "service_token_refused"}', remote.PROBLEM_TYPE), False),
        (Reply(400, b'{"code": "request_not_understood"}', remote.PROBLEM_TYPE), False),
        (Reply(404, b"<html>no such page</html>", "text/html"), False),
        (Reply(500, b"<html>a bug</html>", "text/html"), True),
        (Reply(200, b'{"ref": "no leave"}'), True),
        (Reply(429, json.dumps(LimitReached().to_problem()).encode(), remote.PROBLEM_TYPE), True),
    ],
    ids=["token", "request", "unknown-operation", "bug", "result", "undeclared-error"],
)
def test_an_answer_that_makes_no_sense_is_an_unavailable_module(
    provider: Unreliable, reply: Reply, command_executed: bool
) -> None:
    provider.turns = [lambda request: reply]
    leaves = client(provider.url)
    assert unavailable(lambda: count(leaves)) is False
    assert unavailable(lambda: leaves.cancel(actor=actors.hod(), leave=LEAVE)) is command_executed
    assert len(provider.requests) == 2  # and asking again would not help


def test_what_a_provider_could_not_reach_itself_is_not_asked_for_again(provider: Unreliable) -> None:
    problem = ModuleUnavailable(module="leaves", may_have_executed=True).to_problem()
    provider.turns = [lambda request: Reply(503, json.dumps(problem).encode(), remote.PROBLEM_TYPE)]
    assert unavailable(lambda: count(client(provider.url))) is True
    assert len(provider.requests) == 1


def test_a_module_that_keeps_failing_is_left_alone_until_a_probe_gets_through(
    provider: Unreliable, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    elsewhere = Services()
    elsewhere.connect(LeavesService, provider.url)
    leaves, breaker = elsewhere.get(LeavesService), elsewhere.target(LeavesService).breaker
    monkeypatch.setattr(breaker, "_clock", lambda: now[0])
    provider.turns = [hang_up]
    for _ in range(3):
        assert unavailable(lambda: count(leaves)) is False
    assert (len(provider.requests), breaker.is_open) == (FAILURES, True)
    assert unavailable(lambda: leaves.cancel(actor=actors.hod(), leave=LEAVE)) is False
    provider.turns = [lambda request: COUNTS]
    now[0] += 60
    assert count(leaves) == 1
    assert not breaker.is_open


def test_the_deadline_shrinks_with_every_hop(provider: Unreliable) -> None:
    leaves = client(provider.url)
    count(leaves)
    with journey.travelling(journey.read({"X-Deadline-Ms": "700", "X-Hops": "3"})):
        count(leaves)
        with journey.within(0.3):
            count(leaves)
    told = [(int(r.headers["X-Deadline-Ms"]), int(r.headers["X-Hops"])) for r in provider.requests]
    assert [hops for _, hops in told] == [1, 4, 4]
    assert told[0][0] < 10_000
    assert told[1][0] <= 650
    assert told[2][0] <= 250


def test_nobody_is_asked_when_no_time_is_left_or_the_chain_runs_in_a_circle(provider: Unreliable) -> None:
    leaves = client(provider.url)
    for headers in ({"X-Deadline-Ms": "10"}, {"X-Hops": str(journey.MAX_HOPS)}):
        with journey.travelling(journey.read(headers)):
            assert unavailable(lambda: count(leaves)) is False
    assert provider.requests == []


def test_a_provider_that_takes_too_long_is_not_waited_for(provider: Unreliable) -> None:
    def too_late(request: Request) -> Reply:
        released.wait()
        return COUNTS

    released = threading.Event()
    provider.turns = [too_late]
    with journey.within(0.2):
        assert unavailable(lambda: client(provider.url).cancel(actor=actors.hod(), leave=LEAVE)) is True
    released.set()
    assert len(provider.requests) == 1


def test_the_trace_of_a_request_is_passed_on(provider: Unreliable) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    with structlog.contextvars.bound_contextvars(traceparent=trace):
        count(client(provider.url))
    assert provider.requests[0].headers["traceparent"] == trace


@pytest.mark.django_db
def test_no_call_leaves_the_process_while_a_transaction_is_open(provider: Unreliable) -> None:
    with transaction.atomic(), pytest.raises(CallInTransaction):
        count(client(provider.url))
    assert provider.requests == []


def test_a_module_is_either_here_or_elsewhere() -> None:
    with pytest.raises(ContractBroken, match="leaves runs here"):
        services.connect(LeavesService, "http://127.0.0.1:1")
    elsewhere = Services()
    assert elsewhere.binding(LeavesService) == "absent"
    elsewhere.connect(LeavesService, "http://127.0.0.1:1")
    assert elsewhere.binding(LeavesService) == "http"
    assert services.binding(LeavesService) == "local"


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.kernel.rpc.serving")
def test_a_command_whose_answer_got_lost_is_carried_out_once(address: str) -> None:
    """The provider did it, and the connection broke before it could say so."""
    carried_out: list[str] = []

    def behave(name: str, arguments: dict[str, Any]) -> Leave:
        carried_out.append(name)
        raise Conflict(reason="decided", message="Too late.")

    def forward(request: Request) -> Reply:
        answer = urllib3.request("POST", address + request.path, body=request.body, headers=request.headers)
        return Reply(answer.status, answer.data, answer.headers["Content-Type"])

    def forward_and_hang_up(request: Request) -> None:
        forward(request)

    with (
        unreliable(forward_and_hang_up, forward_and_hang_up, forward) as gateway,
        reached_over_http(LeavesService, gateway.url, behave) as (_, leaves),
    ):
        assert isinstance(leaves, LeavesService)
        with pytest.raises(Conflict) as caught:
            leaves.approve(actor=actors.hod(), leave=LEAVE)
        assert (caught.value.reason, caught.value.message) == ("decided", "Too late.")
        assert len(gateway.requests) == 3
    assert carried_out == ["approve"]
