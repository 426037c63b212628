"""Idempotency-Key: a POST that is sent again is answered again, and not carried out again.

What was answered is kept for a day in the module's database, under whoever asked. Answers of 500 and more are not kept,
so that the next attempt may succeed, unless what was asked for may have happened all the same. So it is with a request
whose process was killed: nothing is done twice.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import IntegrityError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.request import Request

from contracts.errors import ModuleUnavailable
from kernel.databases import alias_of, atomic
from kernel.models import KeptResponse
from kernel.outage import is_outage
from kernel.rest.calls import Call
from kernel.rest.problems import HttpProblem, problem_of
from kernel.rest.throttling import who

HEADER = "Idempotency-Key"
LONGEST_KEY = 255
KEY_PATTERN = r"^[!-~]([ -~]*[!-~])?$"
"""Printable ASCII; blanks at its ends would be no part of a header."""
KEEP = timedelta(days=1)
LAPSE = timedelta(minutes=10)
"""After that, a request that was never answered is taken for one whose process was killed."""
KEPT_HEADERS = ("Content-Type", "ETag", "Location")
FORGET_AT_ONCE = 100
"""How many old answers each new key makes room for: more are removed than are added, so that no schedule is needed."""


def once(
    request: Request, module: str, call: Call, arguments: Mapping[str, Any], carry_out: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The response of `carry_out`, or the one that the same key had before."""
    key = request.headers[HEADER]
    if len(key) > LONGEST_KEY or not re.fullmatch(KEY_PATTERN, key):
        raise HttpProblem(
            HTTPStatus.BAD_REQUEST, "invalid_idempotency_key", _("The key is 1 to 255 printable ASCII characters.")
        )
    _forget_old(module)
    digest = _digest(request, call, arguments)
    try:
        with atomic(module):
            mine = _kept(module).create(who=who(request), key=key, module=module, digest=digest)
    except IntegrityError:
        known = _kept(module).get(who=who(request), key=key)
        if known.digest != digest:
            raise HttpProblem(
                HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_key_reused", _("This key belongs to another request.")
            ) from None
        if known.status is not None:
            return _again(known)
        mine = _taken_over(module, call, known)
    return _carry_out(module, mine, carry_out, request)


def _kept(module: str) -> Any:
    return KeptResponse.objects.using(alias_of(module))


def _digest(request: Request, call: Call, arguments: Mapping[str, Any]) -> str:
    """The same for requests that mean the same, however they are written; keyed, since they may hold a password."""
    meant = call.operation.request_model(**arguments).model_dump_json(include=set(arguments))
    asked = f"{request.method} {request.path}\n{meant}"
    return salted_hmac("kernel.rest.idempotency", asked, algorithm="sha256").hexdigest()


def _taken_over(module: str, call: Call, known: KeptResponse) -> KeptResponse:
    """The key of a request whose process was killed, to do again what does no harm when it was done already.

    Raises a problem while the request may still be answered, and ModuleUnavailable for one that may have been carried
    out: whoever asked has to look.
    """
    now = timezone.now()
    if known.begun_at >= now - LAPSE:
        raise HttpProblem(
            HTTPStatus.CONFLICT, "idempotency_key_in_use", _("The first request with this key is still being answered.")
        )
    mine = _kept(module).filter(pk=known.pk, status=None, begun_at=known.begun_at)
    if not call.operation.idempotent or not mine.update(begun_at=now):
        raise ModuleUnavailable(module=module, may_have_executed=True)
    return known


def _carry_out(
    module: str, mine: KeptResponse, carry_out: Callable[[], HttpResponseBase], request: Request
) -> HttpResponseBase:
    try:
        response = carry_out()
        keep = True
    except Exception as error:  # noqa: BLE001  # whatever it is, it is answered, and perhaps kept
        response = problem_of(error, {"request": request, "view": request.parser_context["view"]})
        maybe = error.may_have_executed if isinstance(error, ModuleUnavailable) else is_outage(error)
        keep = response.status_code < 500 or maybe
    row = _kept(module).filter(pk=mine.pk)
    if keep and isinstance(response, HttpResponse):
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        row.update(status=response.status_code, headers=headers, body=response.content.decode())
    else:
        row.delete()
    return response


def _again(known: KeptResponse) -> HttpResponse:
    response = HttpResponse(known.body, status=known.status, headers=known.headers)
    response["Idempotency-Replayed"] = "true"
    response["Cache-Control"] = "no-store"
    return response


def _forget_old(module: str) -> None:
    old = _kept(module).filter(begun_at__lt=timezone.now() - KEEP).order_by("begun_at")
    _kept(module).filter(pk__in=list(old.values_list("pk", flat=True)[:FORGET_AT_ONCE])).delete()
