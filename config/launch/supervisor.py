"""Runs several processes as one: when one of them ends, for whatever reason, all end, and its exit code is returned.

What they count for `/metrics` they add up in a folder that lasts as long as they do. Nothing is started again here:
that is for whoever started this process, who sees that something is wrong.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory
from types import FrameType

LOOK_EVERY = 0.1  # seconds
METRICS = "PROMETHEUS_MULTIPROC_DIR"
PATIENCE = 8.0  # seconds that the processes get to finish what they are doing; containers are killed after ten


def supervise(commands: Mapping[str, list[str]]) -> int:
    """Start the commands and wait for the end. SIGTERM, Ctrl-C and a terminal that is closed end all of them, which
    counts as success.
    """
    told_to_end = False

    def tell(signal_number: int, frame: FrameType | None) -> None:
        nonlocal told_to_end
        told_to_end = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, tell)
    with TemporaryDirectory(prefix="school-metrics-") as counted:
        return _run(commands, {METRICS: counted, **os.environ}, lambda: told_to_end)


def _run(commands: Mapping[str, list[str]], environment: Mapping[str, str], told_to_end: Callable[[], bool]) -> int:
    # Each in a session of its own: Ctrl-C reaches this process alone, which then ends them in good order.
    running = {
        name: subprocess.Popen(command, start_new_session=True, env=environment) for name, command in commands.items()
    }
    while not told_to_end() and all(process.poll() is None for process in running.values()):
        time.sleep(LOOK_EVERY)
    ended = {name: process.returncode for name, process in running.items() if process.returncode is not None}
    _end(running)
    if told_to_end():
        return 0
    name, code = next(iter(ended.items()))
    sys.stderr.write(f"{name} ended with {code}, and so did everything else.\n")
    return code if code > 0 else 128 - code if code else 1


def _end(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Tell all to end, wait, and make those end that did not."""
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running.values():
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(supervise(json.loads(sys.argv[1])))
