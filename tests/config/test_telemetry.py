"""Traces and errors go where the environment says, and nowhere by default."""

import gzip
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from config import telemetry
from config.settings.environment import ROOT

pytestmark = pytest.mark.sqlite_only

LOOK = """
import sys

import django
import sentry_sdk
import urllib3
from opentelemetry import trace

django.setup()
from django.core.wsgi import get_wsgi_application
from django.test import Client
from config import telemetry

telemetry.start()
get_wsgi_application()
browser = Client(raise_request_exception=False)
moved = browser.get("/api/v1/courses/")
assert moved.status_code == 308, moved.status_code
failed = browser.post("/api/v1/auth/login/", {"username": "priya", "password": "do not tell"}, "application/json")
assert failed.status_code == 503, failed.status_code
with trace.get_tracer("test").start_as_current_span("outer"):
    urllib3.request("GET", sys.argv[1] + "/called")
trace.get_tracer_provider().force_flush()
sentry_sdk.flush()
"""


class Listener(ThreadingHTTPServer):
    """Notes what it is told, as a collector."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Note)
        self.heard: dict[str, list[tuple[Mapping[str, str], bytes]]] = {}

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Note(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        self.server.heard.setdefault(self.path, []).append((dict(self.headers), plain))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def listening() -> Iterator[Listener]:
    with Listener() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def look(folder: Path, listener: Listener) -> None:
    """A process that answers two requests, one of which fails for want of tables, and asks somebody else itself."""
    subprocess.run(
        [sys.executable, "-c", LOOK, f"http://{listener.address}"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "ENVIRONMENT": "local",
            "ALLOWED_HOSTS": "testserver",
            "SECRET_KEY": "k" * 40,
            "DATABASE_URL": f"sqlite:///{folder / 'none.sqlite3'}",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{listener.address}",
            "SENTRY_DSN": f"http://key@{listener.address}/7",
        },
        check=True,
        timeout=300,
    )


def test_nothing_is_told_by_default() -> None:
    assert (settings.SENTRY_DSN, settings.OTEL_EXPORTER_OTLP_ENDPOINT) == ("", "")
    before = {"sentry_sdk", "opentelemetry"} & sys.modules.keys()
    telemetry.start()
    assert {"sentry_sdk", "opentelemetry"} & sys.modules.keys() == before


def test_traces_and_errors_are_told_where_the_environment_says(tmp_path: Path) -> None:
    pytest.importorskip("opentelemetry.sdk")
    pytest.importorskip("sentry_sdk")
    with listening() as listener:
        look(tmp_path, listener)

    spans = b"".join(body for _, body in listener.heard["/v1/traces"])
    for told in (b"school", b"GET ^api/v1/", b"POST api/v1/auth/login/", b"outer"):
        assert told in spans
    ((called, _),) = listener.heard["/called"]
    assert called["traceparent"].startswith("00-")
    assert bytes.fromhex(called["traceparent"].split("-")[1]) in spans

    envelopes = b"".join(body for _, body in listener.heard["/api/7/envelope/"])
    events = [json.loads(line) for line in envelopes.splitlines() if line.startswith(b"{")]
    raised = [value["type"] for event in events for value in event.get("exception", {}).get("values", [])]
    assert "OperationalError" in raised
    assert "request_finished" not in envelopes.decode()
    assert b"do not tell" not in envelopes + spans
