"""Keeps a server in a process of its own, which cleans up when whoever asked for it ends, even by SIGKILL."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY = b"ready\n"

# A unix socket's path may have 107 characters; the file name in the folder takes up to 20 of them.
LONGEST_FOLDER = 85


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """A folder that every user may enter and whose path is short enough for a unix socket, while the block runs."""
    parent = Path(tempfile.gettempdir()).resolve()
    reachable = all(folder.stat().st_mode & 0o001 for folder in (parent, *parent.parents))
    if not reachable or len(str(parent)) + len(prefix) + 10 > LONGEST_FOLDER:
        parent = Path("/tmp")
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def kept(module: str, folder: Path) -> Iterator[None]:
    """Run `python -m <module> --keep <folder>` while the block runs.

    Raises RuntimeError with the server's own words when it does not start.
    """
    with tempfile.TemporaryFile() as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", module, "--keep", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # A Ctrl-C at the terminal is for the tests; they then let go of the server.
            start_new_session=True,
        )
        assert keeper.stdin is not None
        assert keeper.stdout is not None
        with keeper.stdin, keeper.stdout:
            try:
                if keeper.stdout.readline() != READY:
                    keeper.wait()
                    log.seek(0)
                    raise RuntimeError(f"{module} did not start:\n{log.read().decode(errors='replace')}")
                yield
            finally:
                keeper.stdin.close()
                keeper.wait()


def keep(folder: Path, running: Callable[[Path], AbstractContextManager[object]]) -> None:
    """The other side of `kept`: run the server until stdin ends, then remove the folder."""
    try:
        with running(folder):
            sys.stdout.buffer.write(READY)
            sys.stdout.buffer.flush()
            sys.stdin.buffer.read()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def serve(
    arguments: list[str],
    module: str,
    running: Callable[[Path], AbstractContextManager[object]],
    serving: Callable[[], AbstractContextManager[str]],
    variable: str,
) -> int:
    """A server's command line: `-- COMMAND` runs that with the server's URL in the variable; `--keep` is for `kept`.

    Returns the exit code of the command that was run.
    """
    match arguments:
        case ["--keep", folder]:
            keep(Path(folder), running)
            return 0
        case ["--", _, *_]:
            with serving() as url:
                return run_command(arguments[1:], **{variable: url})
    sys.stderr.write(f"usage: python -m {module} -- COMMAND [ARGUMENT ...]\n")
    return 2


def run_command(command: list[str], **environment: str) -> int:
    """Run a command with additions to the environment; the exit code is the shell's (130 after Ctrl-C).

    SIGTERM is passed on to the command. The terminal sends Ctrl-C to both: the command ends in its own way, then we.
    """
    process: subprocess.Popen[bytes] | None = None
    told_to_end = False

    def pass_on(*_: object) -> None:
        nonlocal told_to_end
        told_to_end = True
        if process:
            process.terminate()

    handlers = {
        signal.SIGTERM: signal.signal(signal.SIGTERM, pass_on),
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
    }
    try:
        process = subprocess.Popen(command, env={**os.environ, **environment})
        if told_to_end:
            process.terminate()
        code = process.wait()
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
