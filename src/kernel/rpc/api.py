"""The internal API: what other processes of the house call, generated from the contracts, one API for each module.

`POST /internal/v1/<module>/<operation>` with the operation's parameters as JSON; answers the result as JSON, or the
error as RFC 9457 problem+json. For the house alone: every request needs a service token for the module, from which,
and from nothing else, the actor is taken; the gateway passes no request on to it.
"""

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer
from pydantic import ValidationError

from contracts.base import Operation, Service
from contracts.errors import DomainError, ModuleMoving, ModuleUnavailable
from kernel import context
from kernel.databases import alias_of
from kernel.registry import services
from kernel.rpc import answers, journey, tokens
from kernel.rpc.answers import Answer
from kernel.rpc.remote import KEY_HEADER, PROBLEM_TYPE, REQUEST_HEADER

log = structlog.get_logger(__name__)

View = TypeVar("View", bound=Callable[..., Any])
SCHEMAS = "#/components/schemas/{model}"


class ServiceToken(HttpBearer):
    """Lets in whoever shows a token for this module; the request then knows its Caller."""

    def __init__(self, module: str) -> None:
        super().__init__()
        self.module = module

    def authenticate(self, request: HttpRequest, token: str) -> tokens.Caller | None:
        try:
            return tokens.verify(token, module=self.module)
        except tokens.TokenRefused as error:
            log.warning("service_token_refused", module=self.module, reason=str(error))
            return None


class InternalApi(NinjaAPI):
    """The operations of one interface, and an OpenAPI page that needs the same token."""

    def __init__(self, interface: type[Service]) -> None:
        self.interface = interface
        self.token = ServiceToken(interface.module)
        super().__init__(
            title=f"Internal API of {interface.module}",
            version="1",
            description=interface.__doc__ or "",
            urls_namespace=f"internal-{interface.module}",
            docs_decorator=self._for_the_house,
            auth=self.token,
        )
        self.add_exception_handler(AuthenticationError, _refuse)
        for operation in interface.operations.values():
            self.api_operation(
                ["POST"],
                f"/{operation.name}",
                operation_id=f"{interface.module}.{operation.name}",
                summary=operation.name,
                description=operation.function.__doc__ or "",
            )(_view(interface, operation))

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """With the shapes of requests, results and errors, which ninja does not see: the views read and write JSON."""
        schema = super().get_openapi_schema(**options)
        shared = schema.setdefault("components", {}).setdefault("schemas", {})
        root = self.get_root_path(options.get("path_params") or {})
        for operation in self.interface.operations.values():
            schema["paths"][f"{root}{operation.name}"]["post"] |= _description(operation, shared)
        return schema

    def _for_the_house(self, view: View) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not self.token(request):
                return _refuse(request, None)
            response: HttpResponse = view(request, *args, **kwargs)
            return response

        return guarded


def internal_urls(modules: Iterable[str]) -> list[URLPattern | URLResolver]:
    """The routes of the APIs of these modules, below the internal API's prefix."""
    return [path(f"{module}/", InternalApi(Service.interfaces[module]).urls) for module in sorted(modules)]


def _view(interface: type[Service], operation: Operation) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        caller: tokens.Caller = request.auth  # type: ignore[attr-defined]  # put there by ServiceToken
        try:
            route = journey.read(request.headers)
            arguments = operation.request_model.model_validate_json(request.body)
        except ValueError as error:
            log.warning("request_not_understood", module=interface.module, operation=operation.name, error=str(error))
            return _problem(400, "request_not_understood", _places(error))
        if route.remaining() <= 0:
            return _response(_failure(ModuleUnavailable(module=interface.module), operation))

        request_id = request.headers.get(REQUEST_HEADER) or context.request_id()
        structlog.contextvars.bind_contextvars(request_id=request_id, caller=caller.name)
        actor = caller.actor.model_copy(update={"request_id": request_id})

        def perform() -> Answer:
            method = getattr(services.get(interface), operation.name)
            try:
                result = method(actor=actor, **{n: getattr(arguments, n) for n in operation.parameters})
                return Answer(200, operation.result_adapter.dump_json(result).decode())
            except DomainError as error:
                return _failure(error, operation)
            except Exception:
                log.exception("operation_failed", module=interface.module, operation=operation.name)
                executed = operation.kind == "command"
                return _failure(ModuleUnavailable(module=interface.module, may_have_executed=executed), operation)

        key = request.headers.get(KEY_HEADER)
        with journey.travelling(route):
            if operation.kind == "query" or not key:
                return _response(perform())
            try:
                answer = answers.once(
                    perform,
                    alias=alias_of(interface.module),
                    key=key,
                    operation=f"{interface.module}.{operation.name}",
                    idempotent=operation.idempotent,
                    journey=route,
                )
            except ModuleMoving as error:
                answer = _failure(error, operation)
            except answers.OutcomeUnknown as reason:
                log.warning("outcome_unknown", module=interface.module, operation=operation.name, reason=str(reason))
                answer = _failure(ModuleUnavailable(module=interface.module, may_have_executed=True), operation)
            return _response(answer)

    view.__name__ = operation.name
    return view


def _failure(error: DomainError, operation: Operation) -> Answer:
    """An error as an answer. One that a repetition may cure is not kept for it."""
    curable = isinstance(error, ModuleUnavailable) and (operation.idempotent or not error.may_have_executed)
    return Answer(error.status, json.dumps(error.to_problem()), keep=not curable)


def _response(answer: Answer) -> HttpResponse:
    kind = "application/json" if answer.status == 200 else PROBLEM_TYPE
    return HttpResponse(answer.body, status=answer.status, content_type=kind)


def _problem(status: int, code: str, detail: str) -> JsonResponse:
    """A refusal that is no domain error: caller and provider are not set up for each other."""
    problem = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    return JsonResponse(problem, status=status, content_type=PROBLEM_TYPE)


def _refuse(request: HttpRequest, error: Exception | type[Exception] | None) -> JsonResponse:
    return _problem(401, "service_token_refused", "A service token for this module is needed.")


def _places(error: ValueError) -> str:
    """Where a request is wrong; not what it says, which may be secret."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['type']}" for e in error.errors(include_input=False))
    return "A header is no number."


def _description(operation: Operation, shared: dict[str, Any]) -> dict[str, Any]:
    """Request, result and errors of an operation for OpenAPI; what they have in common goes to the shared schemas."""
    request = operation.request_model.model_json_schema(ref_template=SCHEMAS)
    result = operation.result_adapter.json_schema(mode="serialization", ref_template=SCHEMAS)
    for schema in (request, result):
        shared |= schema.pop("$defs", {})
    by_status: dict[int, list[str]] = {}
    for error in operation.allowed_errors:
        by_status.setdefault(error.status, []).append(error.code)
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
        "responses": {
            "200": {"description": "The result", "content": {"application/json": {"schema": result}}},
            **{
                str(status): {"description": ", ".join(codes), "content": {PROBLEM_TYPE: {}}}
                for status, codes in sorted(by_status.items())
            },
        },
    }
