"""A server on loopback that does to each request in turn what a test tells it to, such as hanging up."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int = 200
    body: bytes = b"{}"
    kind: str = "application/json"


Turn = Callable[[Request], Reply | None]
"""None hangs up without an answer."""


def hang_up(request: Request) -> None:
    """The provider dies before it answers."""


@dataclass
class Unreliable:
    url: str = ""
    turns: list[Turn] = field(default_factory=list)
    """What happens to the requests; the last one goes on happening."""
    requests: list[Request] = field(default_factory=list)


@contextmanager
def unreliable(*turns: Turn) -> Iterator[Unreliable]:
    state = Unreliable(turns=list(turns))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(self.path, dict(self.headers), body)
            state.requests.append(request)
            turn = state.turns.pop(0) if len(state.turns) > 1 else state.turns[0]
            reply = turn(request)
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST  # noqa: N815 - named by the base class

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
