"""The local binding: a call in process that keeps the rules of a remote call.

- No call while the caller holds a transaction open: a remote provider could not see it, and would wait for its locks.
- Only declared errors pass; anything else is a failed module to the caller, and an error with a traceback in the log.
- Only values cross. In strict mode (tests, development) every request and result takes the way over the wire through
  JSON.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from django.db import connections

from contracts.base import Operation, Service
from contracts.errors import DomainError, ModuleUnavailable
from kernel.context import enter_module, leave_module
from kernel.databases import has_open_transaction
from kernel.metrics import counted

log = structlog.get_logger(__name__)

S = TypeVar("S", bound=Service)


class CallInTransaction(RuntimeError):
    """A module was called while the caller held a transaction open. Do the queries first, then open the transaction."""


class UndeclaredError(RuntimeError):
    """A provider raised a domain error that its contract does not declare."""


def bind_local(interface: type[S], provider: S, *, strict: bool) -> S:
    """An object with the interface's operations, each bound to the provider."""
    methods: dict[str, Any] = {"__slots__": (), "__doc__": f"Local binding of {interface.__name__}."}
    for name, operation in interface.operations.items():
        call = _bind(interface.module, operation, getattr(provider, name))
        call = counted(call, module=interface.module, operation=name, binding="local")
        methods[name] = staticmethod(_over_the_wire(operation, call) if strict else call)
    return cast(S, type(f"Local{interface.__name__}", (interface,), methods)())


def refuse_in_transaction(module: str, operation: str) -> None:
    """Raises CallInTransaction while the caller holds a transaction open, on whatever database."""
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block and has_open_transaction(connection):
            raise CallInTransaction(
                f"{module}.{operation} was called while a transaction on {connection.alias!r} is open"
            )


def _bind(module: str, operation: Operation, method: Callable[..., Any]) -> Callable[..., Any]:
    allowed = operation.allowed_errors
    name = operation.name

    def call(**arguments: Any) -> Any:
        refuse_in_transaction(module, name)
        token = enter_module(module)
        try:
            return method(**arguments)
        except allowed:
            raise
        except DomainError as error:
            log.exception("undeclared_error", module=module, operation=name)
            raise UndeclaredError(f"{module}.{name} does not declare {type(error).__name__}") from error
        except CallInTransaction:
            raise
        except Exception as error:
            log.exception("operation_failed", module=module, operation=name)
            raise ModuleUnavailable(module=module, may_have_executed=operation.kind == "command") from error
        finally:
            leave_module(token)

    return call


def _over_the_wire(operation: Operation, call: Callable[..., Any]) -> Callable[..., Any]:
    def wired(**arguments: Any) -> Any:
        actor = arguments.pop("actor")
        request = operation.request_model(**arguments)
        received = operation.request_model.model_validate_json(request.model_dump_json())
        result = call(
            actor=type(actor).model_validate_json(actor.model_dump_json()),
            **{n: getattr(received, n) for n in operation.parameters},
        )
        adapter = operation.result_adapter
        return adapter.validate_json(adapter.dump_json(result))

    return wired
