"""The API's description for programs and for people, its short addresses, and the health of each module."""

from functools import cache
from http import HTTPStatus
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, ensure_csrf_cookie
from django.views.decorators.http import require_safe

from kernel.databases import alias_of
from kernel.health import checks_of
from kernel.module import ModuleConfig
from kernel.rest.answers import etag_of
from kernel.rest.problems import problem

API = "/api/v1/"


@cache
def description() -> bytes:
    """The OpenAPI document of the whole house, as it is checked in: a gateway may ask any process."""
    file: Path = settings.API_DESCRIPTION_FILE
    return file.read_bytes()


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """`/api/schema/`: the OpenAPI document, as JSON."""
    response = HttpResponse(description(), content_type="application/json", headers={"ETag": etag_of(description())})
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@require_safe
@ensure_csrf_cookie
def docs(request: HttpRequest) -> HttpResponse:
    """`/api/docs/`: the same to read and to try out."""
    shown = {"url": reverse("api_schema"), "deepLinking": True, "persistAuthorization": True}
    return render(request, "kernel/api_docs.html", {"settings": shown})


@csrf_exempt  # Nothing is done here; where it leads, the token is asked for.
def moved(request: HttpRequest, alias: str) -> HttpResponse:
    """`/api/v1/<alias>/…`: 308 to the address that it is short for, whatever the method. Every process says so, and so
    does the one to which a gateway sends what it does not know.
    """
    _below, _slash, wanted = request.get_full_path().removeprefix(API).partition("/")
    location = f"{API}{settings.API_ALIASES[alias]}/{wanted}"
    return HttpResponse(status=HTTPStatus.PERMANENT_REDIRECT, headers={"Location": location})


@require_safe
def health(request: HttpRequest, module: str) -> HttpResponse:
    """`/api/v1/<module>/health/`: 200 when the module's database responds and its events are on time, else 503."""
    if not any(isinstance(config, ModuleConfig) and config.label == module for config in apps.get_app_configs()):
        return problem(404, "not_found", _("No such module runs here."))
    checks = checks_of(alias_of(module))
    ok = all(check.ok for check in checks)
    body = {"module": module, "status": "ok" if ok else "failing", "checks": [check.model_dump() for check in checks]}
    return JsonResponse(body, status=200 if ok else 503)
