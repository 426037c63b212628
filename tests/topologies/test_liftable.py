"""Each module can be lifted: in an empty tree with nothing beside it but contracts, kernel and config it boots,
migrates a database of its own, answers, and passes its own tests, in which fakes stand in for all others.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings.environment import MODULES
from tests.check import BYTECODE
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


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A tree without any module, in which one after the other stands: what all need is compiled once."""
    folder = tmp_path_factory.mktemp("house")
    plant(folder, *HOUSE, *(f"tests/{name}" for name in TOOLS))
    yield folder
    shutil.rmtree(f"{BYTECODE['PYTHONPYCACHEPREFIX']}{folder}", ignore_errors=True)


def plant(folder: Path, *names: str) -> None:
    for name in names:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)


@contextmanager
def standing(module: str, house: Path) -> Iterator[None]:
    """The module stands in the tree, alone."""
    own = (f"src/modules/{module}", f"tests/modules/{module}")
    plant(house, *own)
    try:
        yield
    finally:
        for name in own:
            shutil.rmtree(house / name)


def run(folder: Path, module: str, *arguments: str, **variables: str) -> str:
    """What Python prints in that tree; the process knows of nothing outside of it."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": "src:.",
            **BYTECODE,
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
def test_a_module_stands_alone(module: str, house: Path, tmp_path: Path) -> None:
    with standing(module, house):
        assert {path.name for path in (house / "src" / "modules").glob("*/")} - {"__pycache__"} == {module}
        assert not (house / "src" / "portal").exists()
        assert boot(house, module, tmp_path).split()[-2:] == ["200", "200"]
        tested = run(
            house,
            module,
            *("-m", "pytest", f"tests/modules/{module}", "-q", "-p", "tests.plugins.strangers"),
            *("-p", "no:cacheprovider", "-p", "no:schemathesis", "--basetemp", str(tmp_path / "tested")),
            DJANGO_SETTINGS_MODULE="tests.settings",
        )
    assert re.search(r"\d{2,} passed", tested), tested[-2000:]
    assert "failed" not in tested
    assert "skipped" not in tested


def boot(house: Path, module: str, state: Path) -> str:
    """Start with the settings of a local installation, and an empty folder for its database and media."""
    return run(
        house,
        module,
        *("-c", "import tests.plugins.strangers\n" + BOOT % {"module": module}),
        DJANGO_SETTINGS_MODULE="config.settings",
        ENVIRONMENT="local",
        SECRET_KEY="k" * 40,
        DATABASE_URL=f"sqlite:///{state / 'own.sqlite3'}",
        MEDIA_ROOT=str(state / "media"),
    )


@pytest.mark.parametrize("stranger", ["modules.users.models", "portal", "migrations_legacy.engine"])
def test_whoever_asks_for_a_stranger_is_told(stranger: str, house: Path) -> None:
    guarded = f"import tests.plugins.strangers\ntry:\n    import {stranger}\nexcept ImportError:\n    pass"
    with (
        standing("feedback", house),
        pytest.raises(AssertionError, match=r"StrangerImported: modules\.feedback has led to an import of"),
    ):
        run(house, "feedback", "-c", guarded)
