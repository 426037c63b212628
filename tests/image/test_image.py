"""`make test-image`: the image is built, and passes a day of school as it would run: as its own user, with web, worker
and beat under one supervisor, and PostgreSQL and Valkey beside it.
"""

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.image import builder
from tests.image.containers import MEDIA, USER, Contained, Containers
from tests.plugins.topologies import Note
from tests.servers.postgres import postgres
from tests.topologies.day import walk
from tests.topologies.houses import descendants, running

pytestmark = [pytest.mark.image, pytest.mark.sqlite_only, pytest.mark.slow]

LIMIT = 10.0
"""Seconds after which engines kill a container that was told to stop."""
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def image() -> str:
    return builder.build()


@pytest.fixture
def containers(image: str) -> Iterator[Containers]:
    with Containers(image) as made:
        yield made


def test_the_image_holds_what_runs_and_nothing_more(image: str, note: Note) -> None:
    with builder.container(image) as name:
        root = Path(builder.buildah("mount", name))
        venv = next(root.glob("opt/venv/lib/python*/site-packages"))
        assert {"manage.py", "config", "src", "staticfiles"} <= {path.name for path in (root / "app").iterdir()}
        for left_out in ("pip", "setuptools", "pytest", "mypy"):
            assert not (venv / left_out).exists(), left_out
        for left_out in ("tests", ".git", "docs", "Makefile"):
            assert not (root / "app" / left_out).exists(), left_out
        for path in venv.rglob("locale/*/LC_MESSAGES/*.mo"):
            assert path.parent.parent.name == "en", path
        parts = {"packages": builder.size(venv), "the school": builder.size(root / "app"), "all": builder.size(root)}
        packages = {path.name: builder.size(path) for path in venv.iterdir() if path.is_dir()}
    layers = builder.packed_layers(image)
    note(
        f"The image: {in_megabytes(sum(layers))} packed, in layers of {', '.join(map(in_megabytes, layers))};"
        f" unpacked: {listed(parts)}"
    )
    largest = sorted(packages, key=lambda name: -packages[name])[:6]
    note(f"Its largest packages: {listed({name: packages[name] for name in largest})}")


def in_megabytes(number: int) -> str:
    return f"{number / MEGABYTE:.0f} MB"


def listed(sizes: dict[str, int]) -> str:
    return ", ".join(f"{what} {in_megabytes(number)}" for what, number in sizes.items())


def test_it_tells_engines_how_it_is_run(image: str) -> None:
    told = builder.configuration(image)
    assert told["User"] == str(USER)
    assert told["Cmd"] == ["python", "-m", "config.launch.server"]
    assert told["StopSignal"] == "SIGTERM"
    assert set(told["Volumes"]) == {str(MEDIA)}
    assert f"PORT={next(iter(told['ExposedPorts'])).removesuffix('/tcp')}" in told["Env"]
    assert told["Healthcheck"]["Test"][0] == "CMD"  # no shell
    labels = {"title", "description", "revision"}
    assert {f"org.opencontainers.image.{label}" for label in labels} <= set(told["Labels"])


@pytest.mark.parametrize("secret", [{}, {"SECRET_KEY": "only-while-the-image-is-built"}])
def test_it_does_not_start_without_a_secret(containers: Containers, secret: dict[str, str]) -> None:
    refused = containers.run("python", "-m", "config.launch.server", **secret)
    assert refused.returncode == 1
    assert "SECRET_KEY" in refused.stderr.splitlines()[0]


def test_in_production_an_empty_database_is_migrated_and_nothing_is_left_to_say(containers: Containers) -> None:
    """As compose.yaml does before each start."""
    with postgres() as url:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("CREATE DATABASE school")
        variables = {
            "DATABASE_URL": url.replace("@/postgres?", "@/school?"),
            "SECRET_KEY": secrets.token_urlsafe(40),
        }
        migrated = containers.run("python", "manage.py", "migrate", "--no-input", **variables)
        assert migrated.returncode == 0, migrated.stderr
        complete = containers.run("python", "manage.py", "migrate", "--check", **variables)
        assert complete.returncode == 0, complete.stderr
        safe = containers.run("python", "manage.py", "check", "--deploy", "--fail-level", "ERROR", **variables)
        assert safe.returncode == 0, safe.stderr


def test_a_day_of_school(topology: str, containers: Containers, tmp_path: Path, note: Note) -> None:
    """In the sandbox's world, where fines can be paid without money: production refuses it."""
    began, clock = time.monotonic(), time.time()
    with running(
        topology, tmp_path, containers.launch, SECRET_KEY=secrets.token_urlsafe(40), ENVIRONMENT="local"
    ) as house:
        started = time.monotonic()
        delivered = walk(house)
        ended = time.monotonic()
        for unit, name in zip(house.topology.units, containers.names, strict=True):
            process = house.processes[unit.name]
            assert isinstance(process, Contained)
            is_its_own_user(process)
            is_well(containers, name, port=house.variables_of(unit)["PORT"])
            ends_in_good_order(process)
    for name in containers.names:
        assert files_written_in(name, since=clock) == []
    note(
        f"A day of school in the image, {topology}: {len(containers.names)} containers up after"
        f" {started - began:.0f} s, the day took {ended - started:.0f} s, {delivered} events delivered once"
    )


def is_its_own_user(process: Contained) -> None:
    """The supervisor and all that it started: web, worker, beat."""
    inside = [process.main, *descendants(process.main)]
    assert len(inside) >= 4
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in inside} == {USER}


def is_well(containers: Containers, name: str, *, port: str) -> None:
    """What engines ask, in the container that is at work."""
    question = builder.configuration(containers.image)["Healthcheck"]["Test"][1:]
    asked = containers.run_beside(name, *question, PORT=port)
    assert asked.returncode == 0, asked.stderr
    nobody_there = containers.run_beside(name, *question, PORT="9")
    assert nobody_there.returncode == 1


def ends_in_good_order(process: Contained) -> None:
    process.terminate()
    assert process.wait(timeout=LIMIT) == 0


def files_written_in(name: str, *, since: float) -> list[str]:
    """Files outside of volumes that are newer: with a read-only root they could not be."""
    root = builder.buildah("mount", name)
    files = [Path(folder, file) for folder, _, names in os.walk(root) for file in names]
    return [str(file.relative_to(root)) for file in files if file.lstat().st_mtime > since]
