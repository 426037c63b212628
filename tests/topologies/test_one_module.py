"""A process with one module boots, has that module's tables and no others, and answers for it alone."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client

from config.settings.environment import MODULES
from tests.processes import run

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]


def look_around(told: str, *addresses: str) -> None:
    """In a process of its own: make the tables, ask at the addresses, and write down what was found."""
    call_command("migrate", verbosity=0)
    client = Client(headers={"host": "localhost"})
    found = {
        "apps": [config.label for config in apps.get_app_configs()],
        "tables": connection.introspection.table_names(),
        "answers": {address: client.get(address).status_code for address in addresses},
        "described": sorted({path.split("/")[3] for path in client.get("/api/schema/").json()["paths"]}),
    }
    Path(told).write_text(json.dumps(found))


def look(runs: str, folder: Path, *addresses: str) -> dict[str, Any]:
    variables = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENVIRONMENT": "local",
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": f"sqlite:///{folder / 'own.sqlite3'}",
        "MEDIA_ROOT": str(folder),
        "MODULES": runs,
    }
    told = folder / "told.json"
    assert run(variables, "tests.topologies.test_one_module:look_around", told, *addresses) == 0
    found: dict[str, Any] = json.loads(told.read_text())
    return found


def assert_the_whole_api_is_described(found: dict[str, Any]) -> None:
    """A gateway asks one process for what all of them answer."""
    assert set(MODULES) <= set(found["described"])


def modules_among(names: list[str]) -> set[str]:
    return {name.partition("_")[0] for name in names} & set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_runs_by_itself(module: str, tmp_path: Path) -> None:
    found = look(module, tmp_path, "/health", f"/internal/v1/{module}/openapi.json", "/")
    assert modules_among(found["tables"]) == {module}
    assert {"kernel_outboxevent", "kernel_inboxentry", "kernel_commandanswer"} <= set(found["tables"])
    assert ("auth" in found["apps"]) == (module == "users")
    assert "portal" not in found["apps"]
    assert_the_whole_api_is_described(found)
    assert found["answers"] == {"/health": 200, f"/internal/v1/{module}/openapi.json": 401, "/": 404}


def test_the_pages_run_by_themselves(tmp_path: Path) -> None:
    found = look("portal", tmp_path, "/health", "/", "/internal/v1/users/openapi.json", "/api/v1/courses/")
    assert modules_among(found["tables"]) == set()
    assert "auth" not in found["apps"]
    assert_the_whole_api_is_described(found)
    assert found["answers"] == {
        "/health": 200,
        "/": 200,
        "/internal/v1/users/openapi.json": 404,
        "/api/v1/courses/": 308,  # a gateway sends here what no module answers
    }
