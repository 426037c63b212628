"""Runs `manage.py serve` as a user would, with all its state in a folder of the test."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from tests.check import BYTECODE
from tests.servers.keeper import ROOT

PATIENCE = 600.0  # seconds, for the slowest machine
DATABASE_FILES = {"school.sqlite3", "school.sqlite3-shm", "school.sqlite3-wal"}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def names(folder: Path) -> list[str]:
    """What is in a folder; nothing when there is no folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def people(state: Path) -> list[tuple[int, str]]:
    """Id and e-mail of all accounts of the school in the folder."""
    with closing(sqlite3.connect(state / "school.sqlite3")) as connection:
        return connection.execute("SELECT id, email FROM users_user ORDER BY id").fetchall()


def _hear_ctrl_c() -> None:
    """Whoever starts the tests in the background has SIGINT ignored, by all that they start too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class Serve:
    """A started `manage.py serve` and what it has said so far."""

    process: subprocess.Popen[str]
    port: int
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)
    _readers: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err)):
            assert stream is not None
            reader = threading.Thread(target=lines.extend, args=[stream], daemon=True)
            reader.start()
            self._readers.append(reader)

    @property
    def output(self) -> str:
        """Everything it has said, on both streams."""
        return "".join([*self.out, *self.err])

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds; fails with the output when the process ends before that."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.05)

    def get(self, path: str) -> int:
        """The status of a GET; 0 while nobody listens."""
        connection = HTTPConnection("localhost", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except ConnectionError:
            return 0
        finally:
            connection.close()

    def wait_until_up(self) -> None:
        """Wait until /health answers."""
        self.wait_for(lambda: self.get("/health") == 200)

    def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end and for the last line; returns the exit code."""
        code = self.process.wait(timeout=PATIENCE)
        for reader in self._readers:
            reader.join(timeout=PATIENCE)
        return code


@contextmanager
def serve(state: Path, *arguments: str, port: int | None = None, **environment: str) -> Iterator[Serve]:
    """Start `manage.py serve` with its database and media in `state`; ended with the block at the latest."""
    port = port or free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(port), *arguments],
        cwd=ROOT,
        env={
            **kept,
            **BYTECODE,
            "PYTHONUNBUFFERED": "1",
            "WORKERS": "1",
            "ENVIRONMENT": "local",
            "SECRET_KEY": "only-for-tests-" + "x" * 40,
            "DATABASE_URL": f"sqlite:///{state / 'school.sqlite3'}",
            "MEDIA_ROOT": str(state / "media"),
            **environment,
        },
        stdin=subprocess.DEVNULL,
        preexec_fn=_hear_ctrl_c,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    started = Serve(process, port)
    try:
        yield started
    finally:
        if process.poll() is None:
            process.terminate()
        started.wait()


def start_and_stop(state: Path, *arguments: str, database: str | None = None) -> Serve:
    """Start, see it answer, press Ctrl-C, see it end cleanly."""
    with serve(state, *arguments, port=None, **({"DATABASE_URL": database} if database else {})) as started:
        started.wait_until_up()
        assert started.interrupt() == 0
    assert "Traceback" not in started.output
    return started
