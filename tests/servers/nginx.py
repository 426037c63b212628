"""The gateway for the tests: a real nginx, with the configuration that it is given.

with nginx(configuration): ...
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.keeper import keep, kept, temporary_folder

LONGEST_START = 30.0  # seconds
HOW_TO = "nginx is not installed, and it is the gateway of the topologies: apt-get install nginx-light"
ADMIN_PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")
"""Where it lies although an ordinary user's PATH does not say so."""
SITE, PID = "gateway.conf", "nginx.pid"
AROUND_IT = """\
{user}daemon off;
worker_processes 1;
pid {pid};
error_log stderr error;
events {{
}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/{site};
}}
"""


def find_nginx() -> str:
    """The program. Raises RuntimeError that says how to get it where there is none."""
    found = shutil.which("nginx", path=os.pathsep.join([os.environ.get("PATH", ""), *ADMIN_PLACES]))
    if found is None:
        raise RuntimeError(HOW_TO)
    return found


@contextmanager
def nginx(configuration: str) -> Iterator[None]:
    """Serve this configuration, which is for the `http` block, as long as the block runs."""
    find_nginx()
    with temporary_folder("nginx-") as folder:
        (folder / SITE).write_text(configuration)
        with kept("tests.servers.nginx", folder):
            yield


@contextmanager
def running(folder: Path) -> Iterator[None]:
    """Serve what lies in the folder. Raises RuntimeError when the server ends or takes too long."""
    user = "user root;\n" if os.geteuid() == 0 else ""
    pid = folder / PID
    (folder / "nginx.conf").write_text(AROUND_IT.format(user=user, pid=pid, folder=folder, site=SITE))
    server = subprocess.Popen(
        [find_nginx(), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    try:
        deadline = time.monotonic() + LONGEST_START
        while not pid.exists():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"nginx did not start (exit code {server.returncode})")
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    keep(Path(sys.argv[2]), running)
