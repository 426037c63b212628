"""How ready each module is to be lifted out: what still ties it to the rest of the house, and what lifting would cost.

Read from the source, measured now, or read from `/metrics` of a house that runs; what was not measured is None.
"""

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import urllib3
from django.apps import apps
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from kernel import refs
from kernel.contract_schemas import FOLDER
from kernel.module import ModuleConfig

REQUESTS = "django_http_requests_before_middlewares"
CALLS, CROSSINGS = "module_calls", "boundary_crossings"
HOUSE = ("config", "portal", "migrations_legacy")


@dataclass(frozen=True)
class Readiness:
    module: str
    imports: int
    """Statements of its source that import another module, the portal or the configuration: static violations."""
    dangling: int
    """References of its rows to rows of other modules that are no longer there."""
    boot_seconds: float
    """From nothing to a process that has this module alone ready."""
    contract: str
    """Beginning of the SHA-256 of its checked-in contract: two processes that show the same agree."""
    requires: int
    """Modules that it calls."""
    crossings: int | None
    """Statements of its code that the guard found to touch others' tables: dynamic violations."""
    calls_per_request: float | None
    """How often the house calls it, for each request that it serves: so many round trips lifting it would cost."""

    @property
    def is_ready(self) -> bool:
        return not (self.imports or self.dangling or self.crossings)


def assess(metrics: Mapping[str, Mapping[str, float]] | None) -> Iterator[Readiness]:
    """The modules of this process, by name. `metrics`: what `read_metrics` found, or None when no house was asked."""
    dangling = _dangling()
    for config in sorted(apps.get_app_configs(), key=lambda c: c.label):
        if isinstance(config, ModuleConfig):
            name = config.label
            yield Readiness(
                module=name,
                imports=sum(1 for _found in imports_of_strangers(Path(config.path), name)),
                dangling=dangling.get(name, 0),
                boot_seconds=boot_seconds(name),
                contract=sha256((FOLDER / f"{name}.json").read_bytes()).hexdigest()[:12],
                requires=len(config.requires),
                crossings=None if metrics is None else int(metrics[CROSSINGS].get(name, 0)),
                calls_per_request=None if metrics is None else _per_request(metrics, name),
            )


def imports_of_strangers(package: Path, module: str) -> Iterator[str]:
    """What the files of a module import that is not its own, as in "modules.users.models"."""
    for file in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "modules" else []
                names = names or [node.module]
            yield from (name for name in names if _is_stranger(name, module))


def boot_seconds(module: str) -> float:
    """How long a new process takes to have this module alone ready. Raises CalledProcessError when it does not come
    up.
    """
    variables = {
        **os.environ,
        "MODULES": module,
        "ENVIRONMENT": "local",
        "SECRET_KEY": "only-to-see-how-long-it-takes-to-come-up",
        "DATABASE_URL": "sqlite:///:memory:",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=variables,
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started


def read_metrics(url: str) -> dict[str, dict[str, float]]:
    """Of a house that runs: its requests under "", calls and crossings by module. Raises OSError when it cannot be
    read.
    """
    headers = {"Authorization": f"Bearer {settings.METRICS_TOKEN}"} if settings.METRICS_TOKEN else {}
    try:
        response = urllib3.request("GET", url, headers=headers, timeout=10, retries=False)
    except urllib3.exceptions.HTTPError as error:
        raise OSError(f"{url} cannot be reached: {type(error).__name__}") from error
    if response.status != 200:
        raise OSError(f"{url} answers {response.status}")
    found: dict[str, dict[str, float]] = {REQUESTS: {}, CALLS: {}, CROSSINGS: {}}
    for family in text_string_to_metric_families(response.data.decode()):
        for sample in family.samples if family.name in found else ():
            if sample.name.endswith("_total"):
                counts, module = found[family.name], sample.labels.get("module", "")
                counts[module] = counts.get(module, 0.0) + sample.value
    return found


def _per_request(metrics: Mapping[str, Mapping[str, float]], module: str) -> float | None:
    requests = metrics[REQUESTS].get("", 0.0)
    return metrics[CALLS].get(module, 0.0) / requests if requests else None


def _dangling() -> dict[str, int]:
    counts: dict[str, int] = {}
    for field, _target, _reaction, ids in refs.dangling(request_id="modules-readiness"):
        module = field.partition(".")[0]
        counts[module] = counts.get(module, 0) + len(ids)
    return counts


def _is_stranger(name: str, module: str) -> bool:
    top, _dot, rest = name.partition(".")
    return top in HOUSE or (top == "modules" and bool(rest) and rest.partition(".")[0] != module)
