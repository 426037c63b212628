"""The gallery's pages for tests: drawn by the test client, or served to a browser."""

from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

GALLERY = Path(__file__).parent / "gallery"


@pytest.fixture
def gallery(settings: Settings) -> None:
    """Serve the gallery instead of the application."""
    settings.ROOT_URLCONF = "tests.portal.design.gallery.urls"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [GALLERY / "templates"]}]


class Server(ThreadingMixIn, WSGIServer):
    """A browser opens several connections and uses them in any order."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def gallery_url(gallery: None) -> Iterator[str]:
    """The gallery on a port of its own."""
    with make_server("127.0.0.1", 0, WSGIHandler(), server_class=Server, handler_class=Silent) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
