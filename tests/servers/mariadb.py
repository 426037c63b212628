"""A MariaDB server for the tests: the machine's own program, in a folder that is gone afterwards.

    with mariadb() as url: ...
    python -m tests.servers.mariadb -- pytest tests/legacy -m mysql      # runs the command with MYSQL_URL set

If MYSQL_URL is already set, that server is used and nothing is started; its user has to be one who may do everything.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.servers.keeper import kept, serve, temporary_folder
from tests.servers.postgres import LONGEST_START, LONGEST_STOP, environment, unprivileged_account

MODULE = "tests.servers.mariadb"
HOW_TO = "MariaDB's server is not installed: apt-get install mariadb-server-core"
ADMIN_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/opt/homebrew/bin")
"""Where it lies although an ordinary user's PATH does not say so."""
SYSTEM_TABLES = ("mysql_system_tables.sql", "mysql_system_tables_data.sql")
SHARED_FOLDERS = ("share/mysql", "share/mariadb")

# Nothing here has to survive a power cut.
OPTIONS = (
    "--no-defaults",
    "--skip-networking",
    "--skip-log-bin",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--max-allowed-packet=64M",
    "--innodb-buffer-pool-size=64M",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
)


@contextmanager
def mariadb() -> Iterator[str]:
    """Yield the URL of a server without a database: the one of MYSQL_URL, or a new one that lives as long as the block.

    RuntimeError that says how to get the server where there is none.
    """
    if given := os.environ.get("MYSQL_URL", ""):
        yield given
        return
    find_server()
    with temporary_folder("maria-") as folder, kept(MODULE, folder):
        yield f"mysql://root@localhost/?unix_socket={quote(str(socket_path(folder)))}"


def find_server() -> Path:
    """The program."""
    places = os.pathsep.join([os.environ.get("PATH", ""), *ADMIN_PLACES])
    found = shutil.which("mariadbd", path=places) or shutil.which("mysqld", path=places)
    if found is None:
        raise RuntimeError(HOW_TO)
    return Path(found)


def socket_path(folder: Path) -> Path:
    """Where the server of this folder listens."""
    return folder / "maria.sock"


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Make the system's tables and run a new server in the folder while the block runs."""
    account = unprivileged_account()
    data = folder / "data"
    data.mkdir(mode=0o700)
    if account:
        for path in (folder, data):
            os.chown(path, account["user"], account["group"])
    command = [str(find_server()), *OPTIONS, f"--datadir={data}", f"--socket={socket_path(folder)}"]
    subprocess.run(
        [*command, "--bootstrap"],
        input=_system_tables().encode(),
        check=True,
        stdout=sys.stderr,
        cwd=folder,
        env=environment(),
        **account,
    )
    server = subprocess.Popen(
        [*command, f"--pid-file={folder / 'maria.pid'}"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        cwd=folder,
        env=environment(),
        **account,
    )
    try:
        _wait_until_ready(server, socket_path(folder))
        yield
    finally:
        server.terminate()
        try:
            server.wait(timeout=LONGEST_STOP)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _system_tables() -> str:
    """What makes the database `mysql`, in which root has no password. `mariadb-install-db` does the same, and needs the
    client's package.
    """
    prefix = find_server().resolve().parents[1]
    for shared in SHARED_FOLDERS:
        if all((prefix / shared / name).exists() for name in SYSTEM_TABLES):
            texts = [(prefix / shared / name).read_text(encoding="utf-8") for name in SYSTEM_TABLES]
            return "\n".join(["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;", *texts])
    raise RuntimeError(f"{prefix}: the server's own tables are not there ({', '.join(SYSTEM_TABLES)}).")


def _wait_until_ready(server: "subprocess.Popen[bytes]", path: Path) -> None:
    """Wait until the server greets. RuntimeError when it ends or takes too long."""
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode}")
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(LONGEST_START)
            if client.connect_ex(str(path)) == 0 and client.recv(1):
                return
        time.sleep(0.02)
    raise RuntimeError(f"the server was not ready after {LONGEST_START:.0f} seconds")


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code of the command that was run."""
    return serve(arguments, MODULE, running, mariadb, "MYSQL_URL")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
