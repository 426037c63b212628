"""The internal API of fakes, served over real connections on loopback."""

from abc import ABC
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from contracts.base import Service
from kernel.registry import Services, services
from kernel.rpc.api import internal_urls


@csrf_exempt
def answer_bare(request: HttpRequest) -> HttpResponse:
    """What a round trip costs that does nothing."""
    return HttpResponse(b"{}", content_type="application/json")


HOUSE = [interface for _, interface in sorted(Service.interfaces.items())]
urlpatterns = [
    path("internal/v1/", include(internal_urls(Service.interfaces))),
    path("bare", answer_bare),
]
handler404 = handler500 = "tests.kernel.rpc.serving.plain_error"


def plain_error(request: HttpRequest, exception: object = None) -> HttpResponse:
    return HttpResponse(b"error", status=404 if exception else 500)


Behave = Callable[[str, dict[str, Any]], Any]
"""What a fake does: given the operation's name and its arguments, it returns or raises."""


def fake(interface: type[Service], behave: Behave) -> Service:
    """A provider made from the contract alone."""

    def method(name: str) -> Callable[..., Any]:
        def operation(self: Service, **arguments: Any) -> Any:
            return behave(name, arguments)

        return operation

    methods = {name: method(name) for name in interface.operations}
    return cast(Service, type(f"Fake{interface.__name__}", (interface, ABC), methods)())


@pytest.fixture
def address(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the API is served. Django's test server sends head and body apart, and would wait 40 ms between them."""
    monkeypatch.setattr(WSGIRequestHandler, "disable_nagle_algorithm", True)
    return str(live_server.url)


@contextmanager
def reached_over_http(interface: type[Service], url: str, behave: Behave) -> Iterator[tuple[Service, Service]]:
    """The same fake twice: in this process, and as a client finds it over HTTP."""
    elsewhere = Services()
    elsewhere.connect(interface, url)
    with ExitStack() as stack:
        stack.enter_context(services.override(interface, fake(interface, behave)))
        yield services.get(interface), elsewhere.get(interface)
        elsewhere.target(interface).close()
