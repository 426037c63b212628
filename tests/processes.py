"""Processes of the tests, as forks of one that has loaded the libraries and nothing of the house: each reads its own
settings and sets Django up by itself, in a third of the time that starting it anew would take.

This file itself must not lead to the settings: they would be read before the fork knows its environment.
"""

import gc
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from pkgutil import iter_modules

import django

import contracts
from tests.check import BYTECODE
from tests.servers.keeper import ROOT

LONGEST = 120
"""Seconds that a process may take on the slowest machine."""
LIBRARIES = (
    *("django.core.management", "django.db.models", "django.db.migrations.executor", "django.test", "django.urls"),
    *("django.contrib.auth.hashers", "django.contrib.staticfiles.finders", "django.views.generic"),
    *("pydantic_settings.sources", "pydantic.json_schema", "structlog", "psycopg", "cryptography.x509", "jwt"),
    *("argon2", "urllib3", "prometheus_client", "PIL.Image", "celery.app.base", "redis", "pytest"),
    *(found.name for found in iter_modules(contracts.__path__, "contracts.")),
)

_forks = get_context("forkserver")
_forks.set_forkserver_preload([*LIBRARIES])


@dataclass(frozen=True)
class Started:
    """A process that may still run."""

    process: BaseProcess
    output: Path

    def wait(self) -> int:
        """Wait for its end; returns its exit code, negative when it was killed. Fails with what it said when it failed
        by itself, or does not end.
        """
        self.process.join(LONGEST)
        code = self.process.exitcode
        self.process.kill()
        told = self.output.read_text()
        self.output.unlink()
        assert code is not None, told
        assert code <= 0, told
        return code


def environment_for(database_url: str) -> dict[str, str]:
    """The environment of a process of the tests with another database."""
    return {
        **os.environ,
        **BYTECODE,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def start(environment: Mapping[str, str], function: str, *arguments: object) -> Started:
    """Have a new process call a function, named as in "tests.reliability.acts:main", with these arguments as text."""
    descriptor, output = tempfile.mkstemp()
    os.close(descriptor)
    process = _forks.Process(target=_do, args=(dict(environment), output, function, [*map(str, arguments)]))
    process.start()
    return Started(process, Path(output))


def run(environment: Mapping[str, str], function: str, *arguments: object) -> int:
    """The same, and wait for its end; returns its exit code as `Started.wait` does."""
    return start(environment, function, *arguments).wait()


def _do(environment: dict[str, str], output: str, function: str, arguments: list[str]) -> None:
    gc.freeze()  # the libraries are no garbage: looking through them would copy them into this process
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(descriptor, stream.fileno())
    django.setup()
    module, _, name = function.partition(":")
    getattr(import_module(module), name)(*arguments)
