"""Each module can be lifted: in an empty tree with nothing beside it but contracts, kernel and config it boots,
migrates a database of its own, answers, and passes its own tests, in which fakes stand in for all others.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings.environment import MODULES
from tests.servers.keeper import ROOT

pytestmark = [pytest.mark.sqlite_only, pytest.mark.slow]

HOUSE = ("manage.py", "pyproject.toml", "config", "src/contracts", "src/kernel", "src/modules/__init__.py")
TOOLS = (
    *("__init__.py", "conftest.py", "settings.py", "actors.py", "plugins", "servers"),
    *(f"modules/{name}.py" for name in ("__init__", "races", "standing_in")),
)
"""What the tests of any module use, below `tests`."""

BOOT = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("check", fail_level="WARNING")
client = Client(headers={"host": "localhost"})
print(*(client.get(address).status_code for address in ("/health", "/api/v1/%(module)s/health/")))
"""


def plant(module: str, folder: Path) -> None:
    """The tree with this module alone."""
    own = (f"src/modules/{module}", *(f"tests/{name}" for name in (*TOOLS, f"modules/{module}")))
    for name in (*HOUSE, *own):
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


def run(folder: Path, module: str, *arguments: str, **variables: str) -> str:
    """What Python prints in that tree; the process knows of nothing outside of it."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "src:.",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MODULES": module,
            "ALONE": module,
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.mark.parametrize("module", MODULES)
def test_a_module_stands_alone(module: str, tmp_path: Path) -> None:
    plant(module, tmp_path)
    standing = {path.name for path in (tmp_path / "src" / "modules").iterdir() if path.is_dir()}
    assert standing == {module}
    assert not (tmp_path / "src" / "portal").exists()

    hook = "import tests.plugins.strangers\n"
    booted = run(
        tmp_path,
        module,
        *("-c", hook + BOOT % {"module": module}),
        DJANGO_SETTINGS_MODULE="config.settings",
        ENVIRONMENT="local",
        SECRET_KEY="k" * 40,
        DATABASE_URL=f"sqlite:///{tmp_path / 'own.sqlite3'}",
        MEDIA_ROOT=str(tmp_path / "media"),
    )
    assert booted.split()[-2:] == ["200", "200"]

    tested = run(
        tmp_path,
        module,
        *("-m", "pytest", f"tests/modules/{module}", "-q", "-p", "tests.plugins.strangers", "-p", "no:cacheprovider"),
        DJANGO_SETTINGS_MODULE="tests.settings",
    )
    assert re.search(r"\d{2,} passed", tested), tested[-2000:]
    assert "failed" not in tested
    assert "skipped" not in tested


@pytest.mark.parametrize("stranger", ["modules.users.models", "portal", "migrations_legacy.engine"])
def test_whoever_asks_for_a_stranger_is_told(stranger: str, tmp_path: Path) -> None:
    plant("feedback", tmp_path)
    guarded = f"import tests.plugins.strangers\ntry:\n    import {stranger}\nexcept ImportError:\n    pass"
    with pytest.raises(AssertionError, match=r"StrangerImported: modules\.feedback has led to an import of"):
        run(tmp_path, "feedback", "-c", guarded)
