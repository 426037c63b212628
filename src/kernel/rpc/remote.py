"""The http binding: the operations of a module that lives in another process, called over pooled connections.

- Every call has a deadline, and what it calls in turn has what is left of it.
- What got lost is asked again, with growing pauses: a query as it is, a command under its idempotency key, so that the
  provider answers again what it answered before instead of doing it twice.
- A module that fails several times in a row is not asked for a while, so that nobody waits for it in vain.
- Errors come back as the class that was raised. Whatever else went wrong is ModuleUnavailable, which says whether the
  command may have been carried out.
"""

import json
import random
import time
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, cast
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
import urllib3
from django.utils.translation import get_language
from pydantic import ValidationError
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from contracts.base import Actor, Operation, Service
from contracts.errors import DomainError, ModuleUnavailable
from kernel import context
from kernel.metrics import counted
from kernel.rpc import journey, tokens
from kernel.rpc.breaker import Breaker
from kernel.rpc.local import refuse_in_transaction

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=Service)

PREFIX = "/internal/v1"
KEY_HEADER, REQUEST_HEADER = "Idempotency-Key", "X-Request-ID"
PROBLEM_TYPE = "application/problem+json"
CONNECT_SECONDS = 1.0
CONNECTIONS = 32
"""Kept open per target; more are opened when more threads call at once."""
PAUSES = (0.05, 0.2, 0.8)
"""Seconds before the second, third and last attempt, each up to half as much again by chance."""
LOST = frozenset({502, 503, 504})
"""What a gateway or a server that is stopping answers in the provider's place."""


class NeverSent(Exception):
    """No connection came about: the provider has not heard of the call."""


class Lost(Exception):
    """The call went out and no answer came back: the provider may have carried it out."""


class Target:
    """A module in another process: its address, the connections to it, and its circuit breaker."""

    def __init__(self, module: str, url: str) -> None:
        self.module, self.url = module, url.rstrip("/")
        self.breaker = Breaker()
        self._path = urlsplit(self.url).path
        # Of this one address: a pool manager would take the address apart again for every call.
        self._pool = urllib3.connection_from_url(self.url, maxsize=CONNECTIONS)

    def post(self, path: str, *, body: bytes, headers: dict[str, str], seconds: float) -> urllib3.BaseHTTPResponse:
        """One attempt. Raises NeverSent or Lost; the circuit breaker takes note."""
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), total=seconds)
        try:
            response = self._pool.urlopen(
                "POST", self._path + path, body=body, headers=headers, timeout=timeout, retries=False
            )
        except (NewConnectionError, ConnectTimeoutError) as error:
            self.breaker.failed()
            raise NeverSent(type(error).__name__) from error
        except HTTPError as error:
            self.breaker.failed()
            raise Lost(type(error).__name__) from error
        if response.status in LOST and response.headers.get("Content-Type") != PROBLEM_TYPE:
            self.breaker.failed()
            raise Lost(f"status {response.status}")
        self.breaker.succeeded()
        return response

    def healthy(self, *, seconds: float) -> bool:
        """Whether the process in which the module lives says that it is well."""
        try:
            answer = self._pool.urlopen("GET", f"{self._path}/health", timeout=seconds, retries=False)
            return bool(answer.status == 200)
        except HTTPError:
            return False

    def close(self) -> None:
        """Let go of the connections; no call goes out any more."""
        self._pool.close()


def bind_http(interface: type[S], target: Target) -> S:
    """An object with the interface's operations, each carried out by the process behind the target."""
    methods: dict[str, Any] = {"__slots__": (), "__doc__": f"HTTP binding of {interface.__name__}."}
    for name, operation in interface.operations.items():
        call = counted(_bind(target, operation), module=target.module, operation=name, binding="http")
        methods[name] = staticmethod(call)
    return cast(S, type(f"Http{interface.__name__}", (interface,), methods)())


def _bind(target: Target, operation: Operation) -> Callable[..., Any]:
    path = f"{PREFIX}/{target.module}/{operation.name}"

    def call(*, actor: Actor, **arguments: Any) -> Any:
        refuse_in_transaction(target.module, operation.name)
        body = operation.request_model(**arguments).model_dump_json().encode()
        return _result(target, operation, _ask(target, operation, path, body, actor))

    return call


def _ask(target: Target, operation: Operation, path: str, body: bytes, actor: Actor) -> urllib3.BaseHTTPResponse:
    """The provider's answer, with as many attempts as the deadline allows."""
    route = journey.current()
    headers = _headers(target, operation, actor)
    may_have_executed = False
    reason = "no time left"
    for pause in (*PAUSES, None):
        if route.hops >= journey.MAX_HOPS:
            reason = "too many hops: modules call each other in a circle"
            break
        if route.remaining() <= journey.HEAD_START:
            break
        if not target.breaker.allows():
            reason = "its circuit is open"
            break
        try:
            return target.post(path, body=body, headers=headers | route.headers(), seconds=route.remaining())
        except NeverSent as error:
            reason = str(error)
        except Lost as error:
            reason, may_have_executed = str(error), operation.kind == "command"
        if pause is not None:
            time.sleep(max(0.0, min(pause * (1 + random.random() / 2), route.remaining())))  # noqa: S311 - no secret
    log.error("call_failed", module=target.module, operation=operation.name, reason=reason)
    raise ModuleUnavailable(module=target.module, may_have_executed=may_have_executed)


def _headers(target: Target, operation: Operation, actor: Actor) -> dict[str, str]:
    token = tokens.sign(actor, caller=context.running_module() or "house", module=target.module)
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept-Language": get_language() or "en",
        REQUEST_HEADER: actor.request_id,
    }
    if operation.kind == "command":
        headers[KEY_HEADER] = uuid4().hex
    if trace := context.trace():
        headers[context.TRACE_HEADER] = trace
    return headers


def _result(target: Target, operation: Operation, response: urllib3.BaseHTTPResponse) -> Any:
    if response.status == 200:
        try:
            return operation.result_adapter.validate_json(response.data)
        except ValidationError as problem:
            _not_understood(target, operation, problem, may_have_executed=operation.kind == "command")
    try:
        error = DomainError.from_problem(json.loads(response.data))
    except (ValueError, KeyError, TypeError) as problem:
        # Refused before it was carried out (token, unknown operation, unreadable request), or a bug outside of it.
        executed = response.status >= 500 and operation.kind == "command"
        _not_understood(target, operation, problem, may_have_executed=executed, status=response.status)
    if not isinstance(error, operation.allowed_errors):
        _not_understood(target, operation, error, may_have_executed=operation.kind == "command")
    raise error


def _not_understood(
    target: Target, operation: Operation, error: Exception, *, may_have_executed: bool, **facts: Any
) -> NoReturn:
    """The two sides do not have the same contract, or the same secret: a mistake in how the house is set up."""
    log.error("answer_not_understood", module=target.module, operation=operation.name, error=str(error), **facts)
    raise ModuleUnavailable(module=target.module, may_have_executed=may_have_executed) from error
