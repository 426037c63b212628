"""Containers of the image, on this machine's network, each as the image's own user."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.image.builder import configuration, container
from tests.topologies.houses import descendants

MEDIA = Path("/data/media")
USER = 10001
"""The number of the image's user, by which volumes know it."""


class Contained(subprocess.Popen[bytes]):
    """What runs in a container. buildah passes no signals on, so that they go to the process itself."""

    @property
    def main(self) -> int:
        """The process that the image starts; above it are those by which buildah gets into the container."""
        below = descendants(self.pid)
        return next(pid for pid in below if not Path(f"/proc/{pid}/cmdline").read_text().startswith("buildah"))

    def terminate(self) -> None:
        """SIGTERM, as engines stop a container."""
        if self.poll() is None:
            os.kill(self.main, signal.SIGTERM)


@dataclass
class Containers:
    """Those of one image; they are removed with the block."""

    image: str
    names: list[str] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def launch(self, variables: Mapping[str, str], media: Path) -> Contained:
        """Start what the image starts by itself; how a house launches a unit."""
        media.mkdir(exist_ok=True)
        for path in (media, *media.rglob("*")):
            os.chown(path, USER, USER)
        command = configuration(self.image)["Cmd"]
        places = {folder: folder for folder in _sockets(variables)} | {media: MEDIA}
        return Contained(self._run(command, variables, places), start_new_session=True)

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, as `docker compose run` does."""
        places = {folder: folder for folder in _sockets(variables)}
        return subprocess.run(self._run(command, variables, places), capture_output=True, text=True, check=False)

    def run_beside(self, name: str, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a container that is at work."""
        return subprocess.run(_in_container(name, command, variables, {}), capture_output=True, text=True, check=False)

    def _run(self, command: Sequence[str], variables: Mapping[str, str], places: Mapping[Path, Path]) -> list[str]:
        name = self._stack.enter_context(container(self.image))
        self.names.append(name)
        return _in_container(name, command, variables, places)


def _in_container(
    name: str, command: Sequence[str], variables: Mapping[str, str], places: Mapping[Path, Path]
) -> list[str]:
    given = {"ALLOWED_HOSTS": "127.0.0.1", **variables}
    return [
        *("buildah", "run", "--isolation", "chroot"),
        *(part for here, there in places.items() for part in ("--volume", f"{here}:{there}")),
        *(part for item in given.items() for part in ("--env", "=".join(item))),
        *(name, "--", *command),
    ]


def _sockets(variables: Mapping[str, str]) -> set[Path]:
    """The folders of the servers' sockets, made so that everybody may connect."""
    database, redis = urlsplit(variables.get("DATABASE_URL", "")), urlsplit(variables.get("REDIS_URL", ""))
    found = {Path(folder) for folder in parse_qs(database.query).get("host", [])}
    if redis.scheme == "unix":
        Path(redis.path).chmod(0o777)
        found.add(Path(redis.path).parent)
    return found
