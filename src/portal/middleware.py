"""Turns errors of the services that no view dealt with into pages of the house."""

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

from contracts.errors import Forbidden, ModuleUnavailable, NotFound, Unauthenticated
from kernel.outage import is_outage
from portal.views import errors

log = structlog.get_logger(__name__)


class ErrorPagesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            return errors.not_found(request, exception)
        if isinstance(exception, Forbidden | Unauthenticated):
            return errors.forbidden(request, exception)
        if isinstance(exception, ModuleUnavailable) and not is_outage(exception):
            log.error("module_unavailable", module=exception.module)
            return errors.unavailable(request, exception)
        return None
