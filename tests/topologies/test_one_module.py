"""A process with one module boots, has that module's tables and no others, and answers for it alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.settings.environment import MODULES
from tests.servers.keeper import ROOT

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]

LOOK = """
import json, sys, django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(headers={"host": "localhost"})
answers = {address: client.get(address).status_code for address in sys.argv[1:]}
described = client.get("/api/schema/").json()["paths"]
tables = connection.introspection.table_names()
print(json.dumps({"apps": [a.label for a in apps.get_app_configs()], "tables": tables, "answers": answers,
    "described": sorted({path.split("/")[3] for path in described})}))
"""


def look(runs: str, folder: Path, *addresses: str) -> dict[str, Any]:
    variables = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ENVIRONMENT": "local",
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": f"sqlite:///{folder / 'own.sqlite3'}",
        "MEDIA_ROOT": str(folder),
        "MODULES": runs,
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *addresses], cwd=ROOT, env=variables, check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
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
