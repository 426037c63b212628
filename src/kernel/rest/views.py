"""The one view behind every address of the API: understand, call the service, answer."""

import json
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from contracts.base import Actor, PageRequest
from contracts.errors import LimitReached
from contracts.users import LoggedIn, Origin
from kernel.identity import actor_of, bearer_of, identity_of, keep, origin_of
from kernel.locks import alone_with
from kernel.rest import answers, idempotency, problems
from kernel.rest.authentication import Credentials
from kernel.rest.calls import Call, Keep, invoke
from kernel.rest.requests import Asked, path_arguments, understand
from kernel.rest.throttling import PerMinute


class JsonDocument(BaseParser):
    """Leaves the document as it is: the contract's types read it."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        return stream.read()


class _Offered(BaseRenderer):
    """A media type that can be asked for; answers are written by `answers`."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        return data


class Json(_Offered):
    media_type, format = "application/json", "json"


class Csv(_Offered):
    media_type, format = "text/csv", "csv"


class AnyFile(_Offered):
    media_type, format = "*/*", "file"


class Endpoint(APIView):
    """One address. Its calls by method, in small letters, are given by `Api.path`."""

    calls: ClassVar[dict[str, Call]] = {}
    name: ClassVar[str] = ""
    """The API that it belongs to, as in its path."""
    module: ClassVar[str] = ""

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    authentication_classes = (Credentials,)
    permission_classes = ()
    throttle_classes = (PerMinute,)

    @property
    def call(self) -> Call | None:
        """What is asked for; None for a method that this address does not know."""
        return self.calls.get(_method(self.request))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.call is None:
            raise exceptions.MethodNotAllowed(request.method or "")
        _check_size(request)
        super().initial(request, *args, **kwargs)
        if identity_of(request._request) is None and not self.call.public:
            raise exceptions.NotAuthenticated(_("Log in, or send a token."))

    def throttled(self, request: Request, wait: float) -> NoReturn:
        raise LimitReached(message=_("Too many requests."), retry_after=ceil(wait))

    def get_parsers(self) -> list[BaseParser]:
        call = self.call
        return [JsonDocument(), MultiPartParser()] if call and call.takes_file else [JsonDocument()]

    def get_renderers(self) -> list[Any]:
        call = self.call
        if call and call.sends_file:
            return [AnyFile(), Json()]
        return [Json(), Csv()] if call and call.pages else [Json()]

    def get_exception_handler(self) -> Any:
        return problems.problem_of

    def answer(self, request: Request, **path: str) -> HttpResponseBase:
        """Every method of every address."""
        call, actor = self.calls[_method(request)], actor_of(request._request)
        asked = understand(call, path, request.query_params, request.data if not call.is_query else None)
        if call.is_query:
            return self._read(request, call, actor, asked)
        if call.current is None:
            return self._change(request, call, actor, asked)
        named = json.dumps([call.current.name, path, actor.user_id if call.own else None], sort_keys=True)
        with alone_with(self.module, named):  # so that nobody changes it between the comparison and the command
            self._check_if_match(request, call.current, actor, path)
            return self._change(request, call, actor, asked)

    def _change(self, request: Request, call: Call, actor: Actor, asked: Asked) -> HttpResponseBase:
        carry_out = partial(self._carry_out, request, call, actor, asked)
        # What strangers send and get (passwords, tokens) is kept nowhere, and two of them may choose the same key.
        if "Idempotency-Key" in request.headers and request.method == "POST" and not call.public:
            return idempotency.once(request, self.module, call, asked.arguments, carry_out)
        return carry_out()

    def _carry_out(self, request: Request, call: Call, actor: Actor, asked: Asked) -> HttpResponseBase:
        known: dict[Any, Any] = {Origin: origin_of(request._request), Keep: partial(_keep, request._request)}
        given = {name: known[hint] for name, hint in call.from_server.items()}
        result = invoke(call.operation, actor=actor, **asked.arguments, **given)
        return answers.respond(
            call, result, fields=asked.fields, request=request._request, prefix=f"/api/v1/{self.name}/"
        )

    def _read(self, request: Request, call: Call, actor: Actor, asked: Asked) -> HttpResponseBase:
        if isinstance(request.accepted_renderer, Csv):
            (name, page), *_rest = [(n, a) for n, a in asked.arguments.items() if isinstance(a, PageRequest)]

            def ask(part: PageRequest) -> Any:
                return invoke(call.operation, actor=actor, **asked.arguments | {name: part})

            return answers.as_csv(call, ask, page, asked.fields)
        response = self._carry_out(request, call, actor, asked)
        etag = response["ETag"]
        same = get_conditional_response(request._request, etag=etag, response=response)  # type: ignore[arg-type]  # a stream, too
        return same or response

    def _check_if_match(self, request: Request, current: Call, actor: Actor, path: Mapping[str, str]) -> None:
        """Refuse to change what is no longer as the caller last saw it."""
        seen = request.headers.get("If-Match")
        if seen is None:
            return
        found = invoke(current.operation, actor=actor, **path_arguments(current, path))
        # The compression of answers marks a tag as weak; it still names the same document.
        tags = {tag.strip().removeprefix("W/") for tag in seen.split(",")}
        if not tags & {"*", answers.etag_of(answers.body_of(current, found))}:
            raise problems.HttpProblem(
                HTTPStatus.PRECONDITION_FAILED, problems.CHANGED_MEANWHILE, _("It has changed since you last read it.")
            )


def _keep(request: HttpRequest, login: LoggedIn) -> None:
    """A program's session needs nothing for that."""
    if bearer_of(request) is None:
        keep(request, login)


def _method(request: HttpRequest | Request) -> str:
    """In small letters; whoever asks for the head asks for the same as with a GET."""
    method = (request.method or "").lower()
    return "get" if method == "head" else method


def _check_size(request: Request) -> None:
    """Refuse a body that is too large before it is read."""
    form = (request.content_type or "").startswith("multipart/")
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE if form else settings.API_MAX_BODY
    if int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise problems.HttpProblem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too_large",
            _("The request is larger than %(bytes)d bytes.") % {"bytes": most},
        )
