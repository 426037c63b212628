"""Runs management commands in processes of their own, so that a half-built database is never open in ours."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.launch.preflight import CannotStart

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 10.0  # seconds that a step gets to end when it is told to


def run_step(arguments: Sequence[str], *, environment: Mapping[str, str], failure: str) -> None:
    """Run `manage.py <arguments>`; its output is shown as it comes.

    Raises CannotStart with the text `failure` when it fails, after the command has said why.
    """
    step = subprocess.Popen(
        # The checks look at the code, which is as it was when it was tested: they would load every page.
        [sys.executable, str(ROOT / "manage.py"), *arguments, "--skip-checks"],
        cwd=Path.cwd(),
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        # Ctrl-C is answered here, in one line, and not with the step's traceback.
        start_new_session=True,
    )
    try:
        code = step.wait()
    except BaseException:
        end(step)
        raise
    if code:
        raise CannotStart(failure)


def end(process: subprocess.Popen[bytes]) -> None:
    """Tell a process to end, and make it."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
