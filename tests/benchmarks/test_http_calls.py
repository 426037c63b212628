"""What a call over HTTP costs over a bare round trip to the same server."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import urllib3

from config.launch import server
from contracts.base import Audience, PageRequest
from contracts.leaves import LeavesService
from kernel.registry import Services
from tests import actors
from tests.benchmarks.timing import median_times, report

pytestmark = pytest.mark.benchmark

ROWS = 25


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The production server with fakes behind the internal API."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": "src:.", "DJANGO_SETTINGS_MODULE": "tests.benchmarks.http_settings"}
    command = server.command(host="127.0.0.1", port=port, workers=1)
    process = subprocess.Popen(
        [*command[:-1], "tests.benchmarks.http_provider:application"], env=environment, start_new_session=True
    )
    try:
        for _ in range(200):
            try:
                urllib3.request("GET", f"http://127.0.0.1:{port}/bare", retries=False)
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.mark.django_db
def test_a_call_over_http_costs_little_more_than_a_bare_round_trip(address: str) -> None:
    elsewhere = Services()
    elsewhere.connect(LeavesService, address)
    leaves, pool = elsewhere.get(LeavesService), urllib3.PoolManager()
    hod, page = actors.hod(), PageRequest(size=ROWS)
    times = median_times(
        {
            "bare": lambda: pool.request("GET", f"{address}/bare"),
            "one": lambda: leaves.counts(actor=hod, audience=Audience.STAFF),
            "page": lambda: leaves.own(actor=hod, page=page),
        },
        rounds=200,
        calls=5,
    )
    detail = f"bare round trip {times['bare'] * 1e6:.0f} µs"
    report("call over http against a bare pooled round trip", times["one"] / times["bare"], 1.3, detail)
    report(f"the same, answering {ROWS} rows", times["page"] / times["bare"], 2, detail)
