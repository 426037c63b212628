"""Measures pages of a database that exists: `python -m tests.benchmarks.pages USER PATH…` prints p50 in ms as JSON.

Run as a process of its own, since it works on the database that the environment names.
"""

import json
import os
import statistics
import sys
import time

import django

ROUNDS = 40


def main(user_id: int, paths: list[str]) -> None:
    """Measure as this user."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.portal.moved import browser_of

    client = browser_of(user_id)
    found = {}
    for path in paths:
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            response = client.get(path, SERVER_NAME="localhost")
            times.append((time.perf_counter() - started) * 1000)
            if response.status_code != 200:
                sys.exit(f"{path} answered {response.status_code}")
        found[path] = statistics.median(times[5:])
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
