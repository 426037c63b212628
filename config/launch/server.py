"""The production server, as one command line. `python -m config.launch.server` is what the image runs."""

import json
import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.launch import background
from config.launch.steps import ROOT

# A thread holds at most one request; a slow client holds none, it is waited for outside of the threads.
BLOCKING_THREADS = 32
# Open connections per worker. Browsers keep up to six each, most of them idle.
BACKPRESSURE = 512
BACKLOG = 1024
# Seconds that running requests get to end when the server is stopped.
STOP_TIMEOUT = 5


def command(*, host: str, port: int, workers: int) -> list[str]:
    """The program and its arguments."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--blocking-threads", str(BLOCKING_THREADS)),
        *("--backlog", str(BACKLOG), "--backpressure", str(BACKPRESSURE)),
        *("--workers-kill-timeout", str(STOP_TIMEOUT), "--respawn-failed-workers"),
        *("--no-access-log", "--log-level", "error"),
        "config.wsgi:application",
    ]


def replace_this_process(*, host: str, port: int, workers: int) -> None:
    """Become the supervisor of the server, with Redis also of its worker and beat: signals and the exit code are theirs
    from here on.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    together = {"web": command(host=host, port=port, workers=workers)}
    if settings.CELERY_BROKER_URL and settings.LOCAL_MODULES:
        together |= {"worker": background.worker(settings.LOCAL_MODULES), "beat": background.beat()}
    arguments = [sys.executable, "-m", "config.launch.supervisor", json.dumps(together)]
    os.execve(arguments[0], arguments, {**os.environ, "PYTHONPATH": path})


def main() -> None:
    """Run as the environment says: HOST, PORT, WORKERS and the application's own settings.

    Settings are read here, where a mistake ends in one line: a worker with a mistake would be started again and again.
    The house itself is left to the processes that work in it.
    """
    try:
        replace_this_process(
            host=os.environ.get("HOST", "127.0.0.1"),
            port=_number("PORT", "8000"),
            workers=_number("WORKERS", "2"),
        )
    except ImproperlyConfigured as error:
        sys.exit(f"This cannot run as configured. {error}")


def _number(name: str, default: str) -> int:
    text = os.environ.get(name) or default
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name}: {text!r} is no number")
    return int(text)


if __name__ == "__main__":
    main()
