"""A contract cannot change unnoticed, nor in a way that breaks whoever still has the old one."""

import copy
import json
from typing import Any

import pytest
from django.core.management import call_command

from contracts.base import Service
from kernel.contract_schemas import FOLDER, breaking_changes, compare, schema_of

pytestmark = pytest.mark.sqlite_only


def test_the_schemas_that_are_checked_in_are_those_of_the_code() -> None:
    call_command("contracts")


@pytest.mark.parametrize("module", sorted(Service.interfaces))
def test_no_contract_breaks_the_one_that_is_checked_in(module: str) -> None:
    checked_in = json.loads((FOLDER / f"{module}.json").read_text(encoding="utf-8"))
    assert breaking_changes(checked_in, schema_of(module)) == []


@pytest.fixture
def old() -> dict[str, Any]:
    return schema_of("leaves")


@pytest.fixture
def new(old: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(old)


def request_of(schema: dict[str, Any], operation: str) -> dict[str, Any]:
    request: dict[str, Any] = schema["operations"][operation]["request"]
    return request


def test_what_clients_cannot_notice_is_no_break(old: dict[str, Any], new: dict[str, Any]) -> None:
    new["operations"]["extra"] = new["operations"]["apply"]
    request_of(new, "apply")["properties"]["hint"] = {"type": "string", "default": ""}
    new["events"]["leaves.approved.v1"]["properties"]["extra"] = {"type": "string"}
    assert breaking_changes(old, new) == []


def test_a_lost_operation_event_parameter_or_field_is_a_break(old: dict[str, Any], new: dict[str, Any]) -> None:
    del new["operations"]["cancel"]
    del new["events"]["leaves.cancelled.v1"]
    del request_of(new, "reject")["properties"]["note"]
    del new["events"]["leaves.approved.v1"]["properties"]["note"]
    new["events"]["leaves.approved.v1"]["required"].remove("note")
    assert breaking_changes(old, new) == [
        "operation cancel is gone",
        "reject request.note is gone",
        "event leaves.approved.v1.note is gone",
        "event leaves.cancelled.v1 is gone",
    ]


def test_a_new_required_parameter_is_a_break_and_so_is_a_result_that_may_lack_a_field(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    request_of(new, "approve")["properties"]["why"] = {"type": "string"}
    request_of(new, "approve")["required"].append("why")
    new["operations"]["apply"]["result"]["required"].remove("reason")
    assert breaking_changes(old, new) == [
        "apply result.reason may now be missing",
        "approve request.why must now be given",
    ]


def test_a_value_that_is_no_longer_accepted_or_newly_returned_is_a_break(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    request_of(new, "requests")["$defs"]["Audience"]["enum"].remove("staff")
    new["operations"]["apply"]["result"]["$defs"]["LeaveStatus"]["enum"].append("lost")
    assert breaking_changes(old, new) == [
        "apply result.status may now be 'lost'",
        "requests request.audience no longer accepts 'staff'",
    ]


def test_another_type_or_error_is_a_break(old: dict[str, Any], new: dict[str, Any]) -> None:
    request_of(new, "apply")["properties"]["reason"] = {"type": "integer"}
    new["operations"]["own"]["errors"].append("limit_reached")
    assert breaking_changes(old, new) == [
        "apply request.reason has another type",
        "operation own may now raise limit_reached",
    ]


def test_a_narrower_limit_is_a_break_for_those_who_send_and_a_wider_one_for_those_who_receive(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    for schema, longest in ((old, 10), (new, 5)):
        request_of(schema, "apply")["properties"]["reason"]["maxLength"] = longest
        schema["operations"]["apply"]["result"]["properties"]["reason"]["maxLength"] = longest
    request_of(new, "approve")["properties"]["note"]["minLength"] = 1
    assert breaking_changes(old, new) == [
        "apply request.reason has another maxLength",
        "approve request.note has another minLength",
    ]
    assert breaking_changes(new, old) == ["apply result.reason has another maxLength"]


@pytest.mark.parametrize(
    ("free", "bound", "for_senders", "for_receivers"),
    [
        ({"type": "string"}, {"type": "string", "enum": ["a"]}, "accepts certain values only", "may now be any value"),
        ({"type": "string"}, {"type": "string", "const": "a"}, "accepts certain values only", "may now be any value"),
        (
            {"type": "array"},
            {"type": "array", "uniqueItems": True},
            "no longer accepts the same twice",
            "may now hold the same twice",
        ),
    ],
)
def test_a_bound_is_a_break_when_it_comes_for_those_who_send_and_when_it_goes_for_those_who_receive(
    free: dict[str, Any], bound: dict[str, Any], for_senders: str, for_receivers: str
) -> None:
    assert list(compare(free, bound, "sent to us", "x")) == [f"x {for_senders}"]
    assert list(compare(bound, free, "received from us", "x")) == [f"x {for_receivers}"]
    assert list(compare(bound, free, "sent to us", "x")) == []
    assert list(compare(free, bound, "received from us", "x")) == []


TEXT, NUMBER, NOTHING = {"type": "string"}, {"type": "integer"}, {"type": "null"}
SHORT = {"type": "string", "maxLength": 5}
OPEN = {"type": "object", "properties": {"a": TEXT}}
CLOSED = OPEN | {"additionalProperties": False}
NUMBERS = OPEN | {"additionalProperties": NUMBER}


def any_of(*kinds: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(kinds)}


@pytest.mark.parametrize(
    ("narrow", "wide", "for_senders", "for_receivers"),
    [
        (TEXT, any_of(TEXT, NOTHING), "accepts other types", "holds other types"),
        (any_of(TEXT, NUMBER), any_of(NOTHING, NUMBER, TEXT), "accepts other types", "holds other types"),
        (any_of(SHORT, NOTHING), any_of(NOTHING, TEXT), "has another maxLength", "has another maxLength"),
        (SHORT, any_of(TEXT, NOTHING), "has another maxLength", "holds other types"),
        (CLOSED, OPEN, "no longer accepts further properties", "may now hold further properties"),
        (CLOSED, NUMBERS, "no longer accepts further properties", "may now hold further properties"),
        (NUMBERS, OPEN, "no longer accepts further properties", "may now hold further properties"),
        (
            any_of(CLOSED, NOTHING),
            any_of(OPEN, NOTHING),
            "no longer accepts further properties",
            "may now hold further properties",
        ),
    ],
)
def test_senders_may_be_offered_more_and_receivers_be_given_less(
    narrow: dict[str, Any], wide: dict[str, Any], for_senders: str, for_receivers: str
) -> None:
    assert list(compare(narrow, wide, "sent to us", "x")) == []
    assert list(compare(wide, narrow, "received from us", "x")) == []
    assert f"x {for_senders}" in list(compare(wide, narrow, "sent to us", "x"))
    assert f"x {for_receivers}" in list(compare(narrow, wide, "received from us", "x"))
    assert list(compare(wide, wide, "sent to us", "x")) == list(compare(wide, wide, "received from us", "x")) == []


def test_a_new_property_is_a_break_for_receivers_who_were_promised_no_others() -> None:
    both = {"properties": {"a": TEXT, "b": TEXT}}
    promised = "x.b is new to those who were promised no further properties"
    assert list(compare(CLOSED, CLOSED | both, "received from us", "x")) == [promised]
    assert list(compare(OPEN, OPEN | both, "received from us", "x")) == []
    assert list(compare(CLOSED, CLOSED | both, "sent to us", "x")) == []
