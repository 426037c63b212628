"""Errors as RFC 9457 problem+json, in one shape, whatever went wrong and wherever."""

import sys
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework import exceptions

from contracts.errors import DomainError, Invalid, LimitReached, ModuleUnavailable
from contracts.users import UsersService
from kernel.context import request_id
from kernel.outage import RETRY_AFTER, is_outage

log = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
Errors = Mapping[str, Sequence[str]]

CHANGED_MEANWHILE = "changed_meanwhile"
"""The code of a condition (If-Match) that does not hold."""

CODES = {
    400: "bad_request",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
    429: "limit_reached",
    500: "server_error",
}
"""Codes of what HTTP itself refuses. The contracts' errors bring their own."""


class Problem(BaseModel):
    """What went wrong (RFC 9457). Errors of the contracts bring further fields, as `entity`, `reason` or `used_by`."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    """In words, for people, in the language that they asked for."""
    code: str
    """For programs: it never changes."""
    request_id: str
    """Under which the request is found in the logs."""
    errors: Errors | None = None
    """By field or parameter, what is wrong with it. Nested fields as in "marks.0.student_id"."""


class HttpProblem(exceptions.APIException):
    """Something that only HTTP knows of is wrong with a request."""

    def __init__(self, status: HTTPStatus, code: str, message: str, errors: Errors | None = None) -> None:
        super().__init__(message, code)
        self.status_code, self.code, self.errors = status.value, code, errors


def invalid_query(errors: Errors) -> HttpProblem:
    return HttpProblem(HTTPStatus.BAD_REQUEST, "invalid_query", _("The query string cannot be understood."), errors)


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """Pydantic's messages by the path to the field, as in "marks.0.student_id"."""
    found: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        text = {"missing": _("This is required."), "extra_forbidden": _("There is nothing of this name.")}
        found.setdefault(".".join(map(str, one["loc"])) or "body", []).append(text.get(one["type"], one["msg"]))
    return found


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """An answer that says what is wrong."""
    told = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id(),
        **more,
    )
    body = told.model_dump_json(exclude_unset=True)
    response = HttpResponse(body, status=status, content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="api"'
    retry_after = more.get("retry_after") or (RETRY_AFTER if status == HTTPStatus.SERVICE_UNAVAILABLE else None)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def database_away(request: HttpRequest, module: str = UsersService.module) -> HttpResponse:
    """The answer when a database cannot be reached before or after the call of a service."""
    maybe = request.method not in ("GET", "HEAD")
    text = _("A database does not answer just now. Try again in a moment.")
    return _domain_problem(ModuleUnavailable(module=module, may_have_executed=maybe, message=text))


def problem_of(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The answer for whatever a view raised (REST framework's exception handler)."""
    match error:
        case Invalid():
            return problem(
                error.status, error.code, error.message or _("Some fields are not valid."), errors=error.fields
            )
        case DomainError():
            return _domain_problem(error)
        case HttpProblem():
            more = {"errors": error.errors} if error.errors is not None else {}
            return problem(error.status_code, error.code, str(error.detail), **more)
        case exceptions.APIException():
            return problem(error.status_code, CODES.get(error.status_code, "bad_request"), str(error.detail))
        case RequestDataTooBig():
            return problem(413, CODES[413], _("The request is too large."))
        case Http404():
            return problem(404, CODES[404], _("There is nothing at this address."))
        case PermissionDenied():
            return problem(403, CODES[403], _("You do not have permission to do this."))
        case SuspiciousOperation():
            return problem(400, CODES[400], _("The request cannot be understood."))
    if is_outage(error):
        log.error("database_away", path=context["request"].path)
        return database_away(context["request"], context["view"].module)
    request = context["request"]
    log.error("request_failed", exc_info=error, path=request.path)
    got_request_exception.send(sender=type(context.get("view")), request=getattr(request, "_request", request))
    return problem(500, CODES[500], _("Something went wrong on our side."))


def _domain_problem(error: DomainError) -> HttpResponse:
    told = error.to_problem()
    kept = {name: value for name, value in told.items() if name not in ("type", "title", "status", "code", "detail")}
    status = HTTPStatus(error.status)
    if isinstance(error, LimitReached) and not error.retry_after:
        kept.pop("retry_after")
    return problem(status, error.code, told["detail"] or status.description or status.phrase, **kept)


# --- addresses below /api/ that no view answers -----------------------------------------------------------------------

Page = Callable[..., HttpResponseBase]


def below_api(request: HttpRequest) -> bool:
    """Whether a program asked, and not a browser for a page."""
    return request.path.startswith(("/api/", "/.well-known/"))


def api_or(page: Page, status: int) -> Page:
    """An error handler of the URL configuration: a problem for programs, the page for people."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if below_api(request):
            return problem(status, CODES[status], HTTPStatus(status).description or HTTPStatus(status).phrase)
        return page(request, *args, **kwargs)

    return handler


def away_or(away: Page, failed: Page) -> Page:
    """The error handler for what nobody caught: while a database is away, that is said, to programs and to people."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_outage(sys.exception()):
            return failed(request, *args, **kwargs)
        return database_away(request) if below_api(request) else away(request, *args, **kwargs)

    return handler


def unknown_address(request: HttpRequest, path: str = "") -> HttpResponse:
    """Every address below /api/ that is not found."""
    return problem(404, CODES[404], _("There is nothing at this address."))
