"""The payment sandbox that `manage.py serve` starts beside the school, and that ends with it."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import urllib3
from django.urls import reverse
from pytest_django import Settings

from config.launch import sandbox
from tests.servers.keeper import ROOT

pytestmark = pytest.mark.sqlite_only

STARTS_ONE = """
import os, sys
from config.launch import sandbox
print(sandbox.start(host="127.0.0.1", site_port=int(sys.argv[1]), site_url="http://localhost:1"), flush=True)
os.execv(sys.executable, [sys.executable, "-c", "import sys; sys.stdin.read()"])  # as the server takes its place
"""


def free_pair() -> int:
    """A port before one that is free."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port - 1


def start(site_port: int) -> tuple[subprocess.Popen[str], str]:
    """A process that starts a sandbox and then becomes another program; and the sandbox's address."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS_ONE, str(site_port)],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def answers(address: str) -> bool:
    try:
        return urllib3.request("GET", f"{address}/v1/orders/x", retries=False, timeout=5).status == 401
    except urllib3.exceptions.HTTPError:
        return False


def test_the_sandbox_lives_at_the_next_port_as_long_as_the_server() -> None:
    port = free_pair()
    process, address = start(port)
    try:
        assert address == f"http://localhost:{port + 1}"
        assert answers(address)
    finally:
        process.communicate()
    for _ in range(200):
        if not answers(address):
            return
        time.sleep(0.05)
    pytest.fail("the sandbox outlives its server")


def test_a_taken_port_sends_it_to_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process, address = start(taken.getsockname()[1] - 1)
        try:
            assert address != f"http://localhost:{taken.getsockname()[1]}"
            assert answers(address)
        finally:
            process.communicate()


@pytest.mark.parametrize(
    ("change", "needed"),
    [
        ({}, True),
        ({"PAYMENT_PROVIDER": "razorpay"}, False),
        ({"PAYMENT_PROVIDER": ""}, False),
        ({"SANDBOX_PAYMENT_URL": "http://payments:8081"}, False),
        ({"LOCAL_MODULES": ("users",)}, False),
    ],
)
def test_it_is_started_where_payments_go_there_and_nobody_has_named_another(
    settings: Settings, change: dict[str, object], needed: bool
) -> None:
    settings.PAYMENT_PROVIDER, settings.SANDBOX_PAYMENT_URL = "sandbox", ""
    for name, value in change.items():
        setattr(settings, name, value)
    assert sandbox.is_needed() is needed


def test_its_webhooks_go_where_the_school_takes_them() -> None:
    assert reverse("payment_webhook", args=["sandbox"]) == sandbox.WEBHOOK


def test_it_needs_no_django() -> None:
    """It is a small process beside the school, and not a second one."""
    code = "import sys, modules.finance.sandbox.server; sys.exit('django' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(ROOT, "src"))}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=environment).returncode == 0
