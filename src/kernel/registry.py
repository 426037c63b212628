"""Finds the implementation of a service interface, by type.

from kernel.registry import services
leaves = services.get(LeavesService)
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeVar, cast

from django.conf import settings

from contracts.base import Actor, Operation, Service
from contracts.errors import ModuleUnavailable
from kernel.rpc.local import bind_local
from kernel.rpc.remote import Target, bind_http

S = TypeVar("S", bound=Service)


class ContractBroken(Exception):
    """A provider is not what its contract says. Found when the process starts."""


class Services:
    """The one place where interfaces meet implementations."""

    def __init__(self) -> None:
        self._bound: dict[type[Service], Service] = {}
        self._providers: dict[type[Service], Service] = {}
        self._targets: dict[type[Service], Target] = {}

    def get(self, interface: type[S]) -> S:
        """The implementation of an interface. Raises ModuleUnavailable when no binding leads to it."""
        try:
            return cast(S, self._bound[interface])
        except KeyError:
            raise ModuleUnavailable(module=interface.module) from None

    def binding(self, interface: type[Service]) -> Literal["local", "http", "absent"]:
        """How an interface is reached."""
        if interface not in self._bound:
            return "absent"
        return "http" if interface in self._targets else "local"

    def target(self, interface: type[Service]) -> Target:
        """The other process that carries an interface out; KeyError unless its binding is "http"."""
        return self._targets[interface]

    def provider(self, interface: type[S]) -> S:
        """The bare implementation, for the module's own tests and benchmarks."""
        return cast(S, self._providers[interface])

    def provide(self, interface: type[Service], provider: Service) -> None:
        problems = contract_problems(interface, provider)
        if problems:
            raise ContractBroken(
                f"{type(provider).__module__} breaks {interface.__name__}:\n  " + "\n  ".join(problems)
            )
        self._providers[interface] = provider
        self._bound[interface] = bind_local(interface, provider, strict=settings.RPC_STRICT)

    def connect(self, interface: type[Service], url: str) -> None:
        """Reach an interface in another process. Raises ContractBroken when it is provided here."""
        if interface in self._providers:
            raise ContractBroken(f"{interface.module} runs here, and is also to be reached at {url}")
        self._targets[interface] = Target(interface.module, url)
        self._bound[interface] = bind_http(interface, self._targets[interface])

    @contextmanager
    def override(self, interface: type[S], provider: S) -> Iterator[S]:
        """Put another implementation in place for the block, bound with the same rules; for tests."""
        before = (self._bound.get(interface), self._providers.get(interface))
        self._providers[interface] = provider
        self._bound[interface] = bind_local(interface, provider, strict=settings.RPC_STRICT)
        try:
            yield provider
        finally:
            for kept, table in zip(before, (self._bound, self._providers), strict=True):
                if kept is None:
                    del table[interface]
                else:
                    table[interface] = kept


services = Services()
provide = services.provide


def contract_problems(interface: type[Service], provider: object) -> list[str]:
    """How a provider, or the interface itself, departs from the rules: names, kinds, types, keyword-only, an actor."""
    problems: list[str] = []
    if not isinstance(provider, interface):
        problems.append(f"{type(provider).__name__} is not a {interface.__name__}")
    for name, operation in interface.operations.items():
        problems += [f"{name}: {text}" for text in _interface_problems(operation)]
        method = getattr(type(provider), name, None)
        if method is None or getattr(method, "__isabstractmethod__", False):
            problems.append(f"{name}: not implemented")
        else:
            problems += [f"{name}: {text}" for text in signature_problems(operation, method)]
    allowed = set(interface.operations)
    for name, value in vars(type(provider)).items():
        if inspect.isfunction(value) and not name.startswith("_") and name not in allowed:
            problems.append(f"{name}: public, but not in the contract")
    return problems


def _interface_problems(operation: Operation) -> list[str]:
    problems = []
    signature = inspect.signature(operation.function)
    for parameter in list(signature.parameters.values())[1:]:
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            problems.append(f"parameter {parameter.name} is not keyword-only")
        if parameter.name not in operation.hints:
            problems.append(f"parameter {parameter.name} has no type")
    if operation.hints.get("actor") is not Actor:
        problems.append("takes no actor: Actor")
    if "return" not in operation.hints:
        problems.append("has no return type")
    if not (operation.function.__doc__ or "").strip():
        problems.append("has no docstring")
    return problems


def signature_problems(operation: Operation, method: Callable[..., Any]) -> list[str]:
    """How a method departs from the operation that it is to carry out: parameters, defaults, types."""
    implemented = Operation(method, kind=operation.kind, idempotent=operation.idempotent, errors=operation.errors)
    expected = inspect.signature(operation.function)
    actual = inspect.signature(implemented.function)
    problems = []
    if list(expected.parameters) != list(actual.parameters):
        problems.append(f"takes {list(actual.parameters)[1:]}, the contract {list(expected.parameters)[1:]}")
    elif any(expected.parameters[n].default != actual.parameters[n].default for n in expected.parameters):
        problems.append("has other defaults than the contract")
    for name, hint in operation.hints.items():
        if implemented.hints.get(name) != hint:
            problems.append(f"{name} is {implemented.hints.get(name)}, in the contract {hint}")
    return problems
