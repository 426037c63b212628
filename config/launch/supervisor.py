"""Runs several processes as one. The first is what the others are there for: when it ends, for whatever reason, all
end, and its exit code is returned; whoever started this process sees that something is wrong. Another that ends is
started again, so that people get their pages while, for instance, a worker cannot live without Redis.

What they count for `/metrics` they add up in a folder that lasts as long as they do.
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
AGAIN_AFTER = 2.0  # seconds, so that what fails at once does not keep the machine busy
METRICS = "PROMETHEUS_MULTIPROC_DIR"
PATIENCE = 8.0  # seconds that the processes get to finish what they are doing; containers are killed after ten


def supervise(commands: Mapping[str, list[str]]) -> int:
    """Start the commands, the most important first, and wait for the end. SIGTERM, Ctrl-C and a terminal that is closed
    end all of them, which counts as success.
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
    def start(name: str) -> subprocess.Popen[bytes]:
        # In a session of its own: Ctrl-C reaches this process alone, which then ends them in good order.
        return subprocess.Popen(commands[name], start_new_session=True, env=environment)

    running = {name: start(name) for name in commands}
    main_name, *others = running
    main = running[main_name]
    again_at: dict[str, float] = {}
    while not told_to_end() and main.poll() is None:
        for name in others:
            process = running[name]
            if process.poll() is None:
                continue
            if name not in again_at:
                sys.stderr.write(f"{name} ended with {process.returncode}, and is started again.\n")
                again_at[name] = time.monotonic() + AGAIN_AFTER
            elif time.monotonic() >= again_at[name]:
                del again_at[name]
                running[name] = start(name)
        time.sleep(LOOK_EVERY)
    code = main.returncode
    _end(running)
    if told_to_end() or code is None:
        return 0
    sys.stderr.write(f"{main_name} ended with {code}, and so did everything else.\n")
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
