"""Middleware of the kernel: which request this is, and whose code a view is."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from kernel.context import TRACE_HEADER, enter_module, request_id, running

TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


class RequestIdMiddleware:
    """Tells the caller the id under which the request stands in logs, events and the audit log; keeps the trace that
    it belongs to.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        trace = request.headers.get(TRACE_HEADER, "")
        if TRACE.fullmatch(trace):
            structlog.contextvars.bind_contextvars(**{TRACE_HEADER: trace})
        response = self.get_response(request)
        response["X-Request-ID"] = request_id()
        return response


class RunningModuleMiddleware:
    """Says, while a view runs, which module or face it belongs to, so that the guard can hold it to its own tables."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with running(None):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        enter_module(owner_of(view))  # left again by the block around the whole request


def owner_of(view: Callable[..., Any]) -> str | None:
    """ "portal" or the module's name by where the view is defined; None for Django's own views."""
    parts = getattr(view, "view_class", view).__module__.split(".")
    if parts[0] == "portal":
        return "portal"
    return parts[1] if parts[0] == "modules" else None
