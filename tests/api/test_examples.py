"""Whoever reads the description of the API finds examples that are as it says."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from kernel.rest.schema import endpoints, openapi

pytestmark = pytest.mark.sqlite_only

Json = dict[str, Any]


def check(part: Json, where: str) -> None:
    """The example of this part of the description is of its schema."""
    assert "example" in part, where
    whole = part["schema"] | {"components": openapi()["components"]}
    try:
        jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(part["example"])
    except jsonschema_rs.ValidationError as error:
        pytest.fail(f"{where}: {error.message} at {error.instance_path}")


def operations() -> Iterator[tuple[str, Json]]:
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def exemplified(operation: Json) -> Iterator[Json]:
    """Each part of an operation that has a shape of its own: what must be given, and what is answered."""
    yield from (one for one in operation["parameters"] if one.get("required"))
    told = (operation.get("requestBody", {}), *operation["responses"].values())
    yield from (one["content"]["application/json"] for one in told if "application/json" in one.get("content", {}))


def test_everything_that_must_be_given_or_is_answered_has_an_example_of_its_schema() -> None:
    for name, operation in operations():
        for part in exemplified(operation):
            check(part, name)


def test_all_that_may_go_wrong_has_an_example() -> None:
    for name, response in openapi()["components"]["responses"].items():
        check(response["content"]["application/problem+json"], name)
        assert response["content"]["application/problem+json"]["example"]["title"] == response["description"]


def test_operations_without_one_take_nothing_and_answer_nothing() -> None:
    without = [name for name, operation in operations() if not any(exemplified(operation))]
    assert without == ["POST /api/v1/auth/logout/"]


def test_what_can_be_tried_is_understood() -> None:
    """A body is not only of the right shape: the models that read requests take it."""
    for path, view in endpoints().items():
        for method, call in view.calls.items():
            if call.body_model:
                sent = openapi()["paths"][path][method]["requestBody"]["content"]["application/json"]["example"]
                assert call.body_model.model_validate(sent).model_dump(mode="json") == sent, path
