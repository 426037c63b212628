"""The registry and the local binding: found by type, checked at the start, with the rules of a remote call."""

from abc import ABC, abstractmethod
from typing import cast

import pytest
from django.db import transaction

from contracts.base import DTO, Actor, Service, command, query
from contracts.errors import Conflict, Forbidden, ModuleUnavailable, NotFound
from kernel.context import running_module
from kernel.refs import ReferenceQueries
from kernel.registry import ContractBroken, Services, contract_problems
from kernel.rpc.local import CallInTransaction, UndeclaredError
from tests import actors


class Greeting(DTO):
    text: str


class GreeterService(Service, ABC, name="greeter"):
    @query(errors=(NotFound,))
    @abstractmethod
    def greet(self, *, actor: Actor, name: str, times: int = 1) -> Greeting:
        """Greets."""

    @command()
    def fail(self, *, actor: Actor, how: str) -> None:
        """Fails in the way that is asked for."""


del Service.interfaces["greeter"]  # no part of the house


class Greeter(ReferenceQueries, GreeterService):
    def greet(self, *, actor: Actor, name: str, times: int = 1) -> Greeting:
        if name == "nobody":
            raise NotFound(entity="greeter.Person", id=name)
        return Greeting(text=f"{running_module()}: " + "hello " * times + name)

    def fail(self, *, actor: Actor, how: str) -> None:
        raise {"declared": Forbidden(), "undeclared": Conflict(reason="x"), "bug": ZeroDivisionError()}[how]


@pytest.fixture
def greeter() -> GreeterService:
    services = Services()
    services.provide(GreeterService, Greeter())
    return services.get(GreeterService)


def test_a_call_runs_as_the_module_that_provides_it(greeter: GreeterService) -> None:
    assert greeter.greet(actor=actors.hod(), name="Ada", times=2).text == "greeter: hello hello Ada"
    assert running_module() is None


def test_declared_errors_pass_with_their_data(greeter: GreeterService) -> None:
    with pytest.raises(NotFound) as caught:
        greeter.greet(actor=actors.hod(), name="nobody")
    assert (caught.value.entity, caught.value.id) == ("greeter.Person", "nobody")
    with pytest.raises(Forbidden):
        greeter.fail(actor=actors.hod(), how="declared")


def test_an_undeclared_domain_error_is_a_broken_contract(greeter: GreeterService) -> None:
    with pytest.raises(UndeclaredError):
        greeter.fail(actor=actors.hod(), how="undeclared")


def test_a_bug_in_a_command_is_an_unavailable_module_that_may_have_acted(greeter: GreeterService) -> None:
    with pytest.raises(ModuleUnavailable) as caught:
        greeter.fail(actor=actors.hod(), how="bug")
    assert caught.value.may_have_executed
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.django_db
def test_no_call_while_the_caller_holds_a_transaction_open(greeter: GreeterService) -> None:
    with transaction.atomic(), pytest.raises(CallInTransaction):
        greeter.greet(actor=actors.hod(), name="Ada")
    greeter.greet(actor=actors.hod(), name="Ada")


def test_an_interface_without_provider_is_unavailable() -> None:
    with pytest.raises(ModuleUnavailable) as caught:
        Services().get(GreeterService)
    assert caught.value.module == "greeter"


class Renames(Greeter):
    def greet(self, *, actor: Actor, who: str, times: int = 1) -> Greeting:  # type: ignore[override]
        return Greeting(text=who)


class OtherType(Greeter):
    def greet(self, *, actor: Actor, name: str, times: str = "1") -> Greeting:  # type: ignore[override]
        return Greeting(text=name)


class OtherDefault(Greeter):
    def greet(self, *, actor: Actor, name: str, times: int = 2) -> Greeting:
        return Greeting(text=name)


class Extra(Greeter):
    def whisper(self) -> None:
        """Not in the contract."""


class Missing(ReferenceQueries, GreeterService):
    def greet(self, *, actor: Actor, name: str, times: int = 1) -> Greeting:
        return Greeting(text=name)


@pytest.mark.parametrize(
    ("provider", "word"),
    [
        (Renames, "who"),
        (OtherType, "times is <class 'str'>"),
        (OtherDefault, "other defaults"),
        (Extra, "whisper: public"),
    ],
)
def test_a_provider_that_departs_from_its_contract_is_refused_at_the_start(provider: type, word: str) -> None:
    candidate: object = object.__new__(provider)
    assert word in "\n".join(contract_problems(GreeterService, candidate))
    with pytest.raises(ContractBroken):
        Services().provide(GreeterService, cast(GreeterService, candidate))


def test_a_provider_that_lacks_an_operation_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="fail"):
        Missing()


def test_an_interface_must_be_typed_keyword_only_documented_and_take_an_actor() -> None:
    class Sloppy(Service, ABC):
        @query()
        def look(self, name, actor: Actor):  # type: ignore[no-untyped-def]
            pass

    Sloppy.module, Sloppy.operations = "sloppy", {"look": Sloppy.look.operation}  # type: ignore[attr-defined]
    text = "\n".join(contract_problems(Sloppy, object()))
    for word in ("name is not keyword-only", "name has no type", "no return type", "no docstring"):
        assert word in text
