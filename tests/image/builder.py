"""Builds the image with buildah, which needs no engine that runs; as root, or inside `buildah unshare`.

The base is IMAGE_BASE when that is set; else a Debian of its own, which debootstrap makes once and buildah keeps.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.keeper import ROOT

IMAGE = "localhost/student-management-system:tested"
DEBIAN = "bookworm"
_BASE = f"localhost/student-management-base:{DEBIAN}"
_PACKAGES = "python3,python3-venv,ca-certificates"
_LEFT_OUT = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale", "var/log")
"""What the slim images that are in use for this leave out, too."""
_FILE = re.compile(r"(?<!\S)(/\S+)")
_INDEX = re.compile(r"file://(/\S+)")


def buildah(*arguments: object) -> str:
    """What buildah says. RuntimeError with its own words when it fails."""
    done = subprocess.run(
        [_tool("buildah"), *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"buildah {arguments[0]} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout.strip()


def build() -> str:
    """Build the image of this folder; its name."""
    base = os.environ.get("IMAGE_BASE") or _debian()
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        buildah(
            # The OCI format has no room for a health check.
            *(
                "bud",
                "--layers",
                "--format",
                "docker",
                "--isolation",
                "chroot",
                "--pull-never" if base == _BASE else "--pull",
            ),
            *("--build-arg", f"BASE={base}", "--tag", IMAGE),
            *_mounts(_package_index(Path(folder))),
            ".",
        )
    return IMAGE


@contextmanager
def container(image: str) -> Iterator[str]:
    """A container of the image, which is there as long as the block runs; its name."""
    name = buildah("from", "--pull-never", image)
    try:
        yield name
    finally:
        buildah("rm", name)


def configuration(image: str) -> dict[str, Any]:
    """What the image tells engines: Cmd, User, Healthcheck, Labels and so on."""
    told: dict[str, Any] = json.loads(buildah("inspect", "--type", "image", image))["Docker"]["config"]
    return told


def packed_layers(image: str) -> list[int]:
    """Bytes of each layer as a registry keeps it, compressed; that of the base comes first."""
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        buildah("push", "--quiet", image, f"oci:{folder}/packed")
        blobs = Path(folder, "packed", "blobs", "sha256")
        index = json.loads(Path(folder, "packed", "index.json").read_text())
        manifest = json.loads((blobs / index["manifests"][0]["digest"].partition(":")[2]).read_text())
        return [layer["size"] for layer in manifest["layers"]]


def size(folder: Path) -> int:
    """Bytes of all files below a folder; what a link leads to counts where it lies."""
    return sum(os.lstat(Path(place, name)).st_size for place, _, names in os.walk(folder) for name in names)


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise RuntimeError(f"{name} is missing; on Debian and Ubuntu: apt-get install buildah debootstrap")
    return found


def _debian() -> str:
    """The base image, made when it is not there yet."""
    if not buildah("images", "--quiet", "--filter", f"reference={_BASE}"):
        mirror = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
        with tempfile.TemporaryDirectory(prefix="debian-") as folder:
            subprocess.run(
                [_tool("debootstrap"), "--variant=minbase", f"--include={_PACKAGES}", DEBIAN, folder, mirror],
                check=True,
                stdout=sys.stderr,
            )
            for name in _LEFT_OUT:
                shutil.rmtree(Path(folder, name))
                Path(folder, name).mkdir()
            empty = buildah("from", "scratch")
            buildah("add", "--quiet", empty, folder, "/")
            buildah("commit", "--quiet", "--rm", empty, _BASE)
    return _BASE


def _package_index(folder: Path) -> Sequence[tuple[Path, Path]]:
    """How this machine's pip reaches packages, for the pip of the build: (file or folder here, the same there)."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.partition("=") for line in told.splitlines()]
    settings = {key.rpartition(".")[2]: value.strip("'\"") for key, _, value in lines}
    settings.pop("constraint", None)  # says what is tried here, not what the locks say
    configuration = folder / "pip.conf"
    configuration.write_text("".join(["[global]\n", *(f"{name} = {value}\n" for name, value in settings.items())]))
    local = {Path(place) for value in settings.values() for place in _FILE.findall(value)}
    # An index in a folder leads to files that lie beside it.
    local |= {Path(place).parent for value in settings.values() for place in _INDEX.findall(value)}
    return [(configuration, Path("/etc/pip.conf")), *((path, path) for path in sorted(local) if path.exists())]


def _mounts(places: Sequence[tuple[Path, Path]]) -> list[str]:
    return [part for here, there in places for part in ("--volume", f"{here}:{there}:ro")]
