"""The API is described as it is, and does not change in a way that breaks its clients unless that is said."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from kernel.rest.changes import breaking_changes
from kernel.rest.schema import endpoints, openapi

pytestmark = pytest.mark.sqlite_only

REQUESTS, OWN = "/api/v1/leaves/requests/{audience}/", "/api/v1/leaves/own/"


def operations() -> dict[str, dict[str, Any]]:
    return {f"{method} {path}": one for path, methods in openapi()["paths"].items() for method, one in methods.items()}


def test_the_description_that_is_checked_in_is_that_of_the_code() -> None:
    call_command("openapi")


def test_every_operation_says_what_it_does_who_may_and_what_may_go_wrong() -> None:
    for name, one in operations().items():
        assert one["summary"], name
        assert not one["summary"].endswith("."), name
        assert "Who may: " in one["description"], name
        assert "Errors: " in one["description"], name
        assert one["tags"], name


def test_operations_have_names_of_their_own() -> None:
    names = [one["operationId"] for one in operations().values()]
    assert sorted(names) == sorted(set(names))


def test_every_address_of_the_api_is_described() -> None:
    described = {(path, method) for path, methods in openapi()["paths"].items() for method in methods}
    assert described == {(path, method) for path, view in endpoints().items() for method in view.calls}


def test_references_lead_somewhere() -> None:
    document = openapi()

    def check(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                check(one)
        elif isinstance(part, dict):
            if "$ref" in part:
                found: Any = document
                for name in part["$ref"].removeprefix("#/").split("/"):
                    found = found[name]
            for one in part.values():
                check(one)

    check(document)


def test_the_page_of_the_description_needs_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"http" not in page.content
    assert b"<style" not in page.content
    assert client.get("/api/schema/").json() == openapi()


# --- what breaks a client ---------------------------------------------------------------------------------------------


@pytest.fixture
def new() -> dict[str, Any]:
    return copy.deepcopy(openapi())


def test_what_clients_cannot_notice_is_no_break(new: dict[str, Any]) -> None:
    new["paths"]["/api/v1/leaves/more/"] = new["paths"][OWN]
    parameter = {"name": "more", "in": "query", "schema": {"type": "string"}}
    new["paths"][REQUESTS]["get"]["parameters"].append(parameter)
    new["components"]["schemas"]["Leave"]["properties"]["more"] = {"type": "string"}
    new["components"]["schemas"]["LeavesApply"]["properties"]["more"] = {"type": "string"}
    assert breaking_changes(openapi(), new) == []


def test_what_is_gone_is_a_break(new: dict[str, Any]) -> None:
    del new["paths"][OWN]["post"]
    del new["components"]["schemas"]["Decision"]["properties"]["note"]
    requests = new["paths"][REQUESTS]["get"]
    requests["parameters"] = [p for p in requests["parameters"] if p["name"] != "status"]
    del requests["responses"]["200"]["content"]["text/csv"]
    assert breaking_changes(openapi(), new) == [
        f"POST {OWN} is gone",
        f"GET {REQUESTS}: parameter status is gone",
        f"GET {REQUESTS} no longer answers text/csv",
        "GET /api/v1/leaves/requests/{audience}/{id}/history/: answer[].note is gone",
    ]


def test_what_must_now_be_sent_or_is_no_longer_taken_is_a_break(new: dict[str, Any]) -> None:
    apply = new["components"]["schemas"]["LeavesApply"]
    apply["properties"]["kind"] = {"type": "string"}
    apply["required"].append("kind")
    parameter = {"name": "year", "in": "query", "required": True, "schema": {"type": "integer"}}
    new["paths"][REQUESTS]["get"]["parameters"].append(parameter)
    new["components"]["schemas"]["Audience"]["enum"].remove("staff")
    changes = breaking_changes(openapi(), new)
    assert f"POST {OWN}: body.kind must now be given" in changes
    assert f"GET {REQUESTS}: parameter year must now be given" in changes
    assert f"GET {REQUESTS}: parameter audience no longer accepts 'staff'" in changes


def test_another_answer_or_a_role_that_lost_it_is_a_break(new: dict[str, Any]) -> None:
    made = new["paths"][OWN]["post"]
    made["responses"]["200"] = made["responses"].pop("201")
    made["x-roles"].remove("staff")
    assert breaking_changes(openapi(), new) == [
        f"POST {OWN} is no longer for staff",
        f"POST {OWN} answers 200, and no longer 201",
    ]


def test_a_break_is_written_only_when_it_is_said(tmp_path: Path) -> None:
    old = copy.deepcopy(openapi())
    old["paths"]["/api/v1/leaves/lost/"] = old["paths"][OWN]
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(old))
    with pytest.raises(CommandError, match="GET /api/v1/leaves/lost/ is gone"):
        call_command("openapi", "--write", file=file)
    call_command("openapi", "--write", "--break", file=file)
    call_command("openapi", file=file)
