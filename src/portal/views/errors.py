"""Error pages of the house: what happened, and a way on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from contracts.errors import DomainError, ModuleMoving, ModuleUnavailable
from kernel.outage import RETRY_AFTER


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    message = exception.message if isinstance(exception, DomainError) else ""
    return render(request, "403.html", {"message": message}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without context, since whatever fills it may be what failed."""
    return HttpResponse(render_to_string("500.html"), status=500)


def database_away(request: HttpRequest) -> HttpResponse:
    """Drawn without context as well, which would ask the database again."""
    return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": str(RETRY_AFTER)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Also met by pages from before the change of systems, which have no token to send: they are asked to reload."""
    return render(request, "403_csrf.html", status=403)


def unavailable(request: HttpRequest, error: ModuleUnavailable) -> HttpResponse:
    context = {"module": error.module, "may_have_executed": error.may_have_executed, "message": error.message}
    response = render(request, "unavailable.html", context, status=503)
    response["Retry-After"] = str(error.retry_after if isinstance(error, ModuleMoving) else RETRY_AFTER)
    return response
