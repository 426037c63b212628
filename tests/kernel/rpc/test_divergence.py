"""Every operation and every error that it declares comes back over HTTP as it does in process."""

import sys
from random import Random
from typing import Any

import pytest

from contracts.base import Operation, Service
from contracts.errors import DomainError
from tests.contract_samples import sample, sample_error
from tests.kernel.rpc.serving import HOUSE, reached_over_http

SAMPLES = 3
"""Results tried per operation."""


def outcome(service: Service, operation: Operation, arguments: dict[str, Any]) -> tuple[Any, ...]:
    try:
        result = getattr(service, operation.name)(**arguments)
    except DomainError as error:
        return (type(error), vars(error))
    return (type(result), result)


@pytest.mark.sqlite_only  # what is kept of commands' answers is tested in test_internal_api
@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.kernel.rpc.serving")
def test_both_bindings_behave_the_same(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    random = Random("divergence")
    compared, differing = 0, []
    for interface in HOUSE:
        seen: list[tuple[str, dict[str, Any]]] = []
        planned: list[Any] = []

        def behave(
            name: str,
            arguments: dict[str, Any],
            seen: list[tuple[str, dict[str, Any]]] = seen,
            planned: list[Any] = planned,
        ) -> Any:
            seen.append((name, arguments))
            if isinstance(planned[0], DomainError):
                raise planned[0]
            return planned[0]

        with reached_over_http(interface, address, behave) as (here, there):
            for operation in interface.operations.values():
                results = [sample(operation.hints["return"], random) for _ in range(SAMPLES)]
                for answer in (*results, *(sample_error(e, random) for e in operation.allowed_errors)):
                    planned[:] = [answer]
                    arguments = {
                        name: sample(hint, random) for name, hint in operation.hints.items() if name != "return"
                    }
                    arguments["actor"] = arguments["actor"].model_copy(update={"request_id": "divergence"})
                    seen.clear()
                    if (
                        outcome(here, operation, arguments) != outcome(there, operation, arguments)
                        or seen[0] != seen[1]
                    ):
                        differing.append(f"{interface.module}.{operation.name}: {answer!r}")
                    compared += 1
    assert differing == []
    with capsys.disabled():
        operations = sum(len(interface.operations) for interface in HOUSE)
        sys.stdout.write(f"\n{compared} answers of {operations} operations: local = http\n")
