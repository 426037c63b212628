"""`make test`: linters, types, and the whole suite on SQLite and on PostgreSQL.

What is fast comes first, and the first failure ends it.
"""

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Settings of the developer's own that would change what is tested.
DROPPED = ("ENVIRONMENT", "DEBUG", "MODULES", "SECRET_KEY", "LEGACY_SECRET_KEY", "MEDIA_ROOT", "TIME_ZONE", "REDIS_URL")

# The tests start hundreds of processes, which would compile everything anew where an environment wants no bytecode in
# the tree: theirs lies elsewhere.
BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(ROOT / ".pytest_cache" / "bytecode")}

IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Step:
    """One command of the check; `arguments` are those of Python."""

    title: str
    arguments: Sequence[str]
    keeps_database_url: bool = False


CHECKS = (
    Step("module boundaries", ("-c", IMPORT_LINTER, "--config", "importlinter.ini")),
    Step("ruff: rules", ("-m", "ruff", "check", ".")),
    Step("ruff: format", ("-m", "ruff", "format", "--check", ".")),
    Step("migrations are complete", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Step("README describes the modules", ("manage.py", "modules", "--check")),
    Step("types", ("-m", "mypy")),
)

PYTEST = ("-m", "pytest", "-n", "2", "--dist", "worksteal", "-q")
SUITES = (
    Step("tests on SQLite", PYTEST),
    Step(
        "tests on PostgreSQL",
        (
            *("-m", "tests.servers.postgres", "--", sys.executable, *PYTEST),
            *("-m", "not benchmark and not browser and not sqlite_only"),
        ),
        keeps_database_url=True,
    ),
)


def environment_of(step: Step) -> dict[str, str]:
    """The environment of a step: the tests' settings, and nothing of the developer's that would change the outcome."""
    environment = {name: value for name, value in os.environ.items() if name not in DROPPED}
    if not step.keeps_database_url:
        environment.pop("DATABASE_URL", None)
    return environment | {
        **BYTECODE,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


def run(step: Step) -> int:
    """Run one step under a heading; returns its exit code."""
    sys.stdout.write(f"\n=== {step.title}\n")
    sys.stdout.flush()
    started = time.monotonic()
    code = subprocess.call(
        [sys.executable, *step.arguments], cwd=ROOT, env=environment_of(step), stdin=subprocess.DEVNULL
    )
    if code:
        again = shlex.join([".venv/bin/python", *step.arguments])
        sys.stdout.write(f"\n=== failed: {step.title} ({time.monotonic() - started:.0f} s)\n")
        sys.stdout.write(f"Only this step: PYTHONPATH=src:. {again}\n")
        sys.stdout.flush()
    return code


def main() -> int:
    """Run all steps, or only those without tests; returns the first exit code that is not 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.check", description=__doc__)
    parser.add_argument("--no-tests", action="store_true", help="only the linters and the types")
    only_checks = parser.parse_args().no_tests
    try:
        return next((code for step in (*CHECKS, *(() if only_checks else SUITES)) if (code := run(step))), 0)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
