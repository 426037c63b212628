"""The OpenAPI 3.1 description of the API, drawn from the calls and so from the contracts."""

import inspect
from functools import cache
from http import HTTPStatus
from typing import Any, Literal

from django.conf import settings
from pydantic import BaseModel, TypeAdapter

from contracts.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    LimitReached,
    ModuleUnavailable,
    NotFound,
    Unauthenticated,
)
from contracts.examples import USUAL
from kernel.canvas import all_routes
from kernel.rest import examples
from kernel.rest import shapes as types
from kernel.rest.api import CAPTURE
from kernel.rest.calls import Call
from kernel.rest.idempotency import KEY_PATTERN, LONGEST_KEY
from kernel.rest.problems import CHANGED_MEANWHILE, CODES, CONTENT_TYPE, Problem
from kernel.rest.requests import LARGEST, SMALLEST
from kernel.rest.views import Endpoint

Json = dict[str, Any]
REF = "#/components/schemas/{model}"
PROBLEM = {"$ref": REF.format(model="Problem")}
USUAL_CODES = {
    **{status: code for status, code in CODES.items() if status != HTTPStatus.METHOD_NOT_ALLOWED},
    HTTPStatus.CONFLICT: Conflict.code,
    HTTPStatus.PRECONDITION_FAILED: CHANGED_MEANWHILE,
    HTTPStatus.UNPROCESSABLE_ENTITY: Invalid.code,
    HTTPStatus.SERVICE_UNAVAILABLE: ModuleUnavailable.code,
}
"""Every status that says that something is wrong, with the code that it has most often."""
SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "sessionid",
        "description": "The session of somebody's browser; changes also need the header X-CSRFToken.",
    },
}
TITLE = "Student Management System"
DESCRIPTION = """\
Everything that people do on the pages, with the same rules.

Short addresses lead (308, also for what is below them) to where things are:

"""
ROLES = "Who may: {}."
KEY = "Sent again with the same key, a request is answered again and not carried out again; kept for a day."


@cache
def openapi() -> Json:
    """The document for all modules of this process."""
    views = endpoints()
    shapes = Shapes({(path, method): call for path, view in views.items() for method, call in view.calls.items()})
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": "1",
            "description": DESCRIPTION + _aliases(),
        },
        "paths": {
            path: {method: described(view, call, shapes.of(path, method)) for method, call in view.calls.items()}
            for path, view in views.items()
        },
        "components": {
            "schemas": dict(sorted(shapes.components.items())),
            "responses": _all_responses(),
            "securitySchemes": SECURITY,
        },
    }


def _aliases() -> str:
    """The short addresses, as a list in Markdown."""
    return "\n".join(f"- `/api/v1/{short}/` → `/api/v1/{full}/`" for short, full in settings.API_ALIASES.items())


def endpoints() -> dict[str, type[Endpoint]]:
    """By path, as in "/api/v1/leaves/requests/{audience}/"."""
    found = {
        CAPTURE.sub(r"{\1}", path): getattr(pattern.callback, "view_class", None) for path, pattern in all_routes()
    }
    return {path: view for path, view in sorted(found.items()) if view is not None and issubclass(view, Endpoint)}


class Shapes:
    """All types of all calls as JSON Schema, in one go, so that each is named once."""

    def __init__(self, calls: dict[tuple[str, str], Call]) -> None:
        asked: list[tuple[tuple[str, str, str], Literal["validation", "serialization"], TypeAdapter[Any]]] = []
        for where, call in calls.items():
            asked.append(((*where, "path"), "validation", TypeAdapter(call.path_model)))
            asked.append(((*where, "query"), "validation", TypeAdapter(call.query_model)))
            if call.body_model:
                asked.append(((*where, "body"), "validation", TypeAdapter(call.body_model)))
            if call.status != HTTPStatus.NO_CONTENT and not call.sends_file:
                asked.append(((*where, "result"), "serialization", call.operation.result_adapter))
        asked.append((("", "", "problem"), "serialization", TypeAdapter(Problem)))
        found, definitions = TypeAdapter.json_schemas(asked, ref_template=REF)
        self._shapes = {key: shape for (key, _mode), shape in found.items()}
        self.components: Json = definitions["$defs"]
        for shape in (*self._shapes.values(), *self.components.values()):
            _bound_integers(shape)

    def of(self, path: str, method: str) -> dict[str, Json]:
        """By part: the parameters of path and query string opened up, body and result as they are."""
        found = {key[2]: shape for key, shape in self._shapes.items() if key[:2] == (path, method)}
        for part in ("path", "query"):
            name = found[part]["$ref"].rpartition("/")[2]
            found[part] = self.components.pop(name)
        if "result" in found:
            found["item"] = self._item(found["result"])
        return found

    def _item(self, result: Json) -> Json:
        """The type of a list's rows; of anything else the type itself."""
        if result.get("type") == "array":
            return dict(result["items"])
        properties = self.components.get(result.get("$ref", "").rpartition("/")[2], {}).get("properties", {})
        return dict(properties["items"]["items"]) if properties.keys() >= {"items", "total"} else result


def _bound_integers(shape: Any) -> None:
    """Say of every number what is true of it: a database column holds it."""
    if isinstance(shape, list):
        for one in shape:
            _bound_integers(one)
    elif isinstance(shape, dict):
        if shape.get("type") == "integer":
            if "exclusiveMinimum" not in shape:
                shape.setdefault("minimum", SMALLEST)
            if "exclusiveMaximum" not in shape:
                shape.setdefault("maximum", LARGEST)
        for one in shape.values():
            _bound_integers(one)


def described(view: type[Endpoint], call: Call, parts: dict[str, Json]) -> Json:
    """One operation."""
    who = ", ".join(call.roles) if call.roles else "anybody, also without a login"
    problems = _problems(call)
    codes = sorted({code for found in problems.values() for code in found})
    operation: Json = {
        "operationId": f"{view.name}_{call.operation.name}",
        "summary": call.summary,
        "description": f"{_text(call)}\n\n{ROLES.format(who)} Errors: {', '.join(codes)}.",
        "tags": [view.name],
        "parameters": [
            *_parameters(parts["path"], "path", call.path_model),
            *_parameters(parts["query"], "query", call.query_model),
            *_headers(call),
        ],
        "responses": _responses(call, parts, problems),
        "security": [] if call.public else [{"token": []}, {"session": []}],
        "x-roles": list(call.roles),
    }
    if "body" in parts:
        operation["requestBody"] = _body(call, parts["body"])
    return operation


def _text(call: Call) -> str:
    return (
        inspect.cleandoc(call.operation.function.__doc__ or "")
        .replace("\n\n", "\0")
        .replace("\n", " ")
        .replace("\0", "\n\n")
    )


def _parameters(shape: Json, place: str, model: type[BaseModel]) -> list[Json]:
    required = shape.get("required", [])
    usual = examples.whole(model, only_required=True)
    found = []
    for name, one in shape.get("properties", {}).items():
        parameter: Json = {"name": name, "in": place, "schema": _without_null(one)}
        if place == "path" or name in required:
            parameter |= {"required": True, "example": usual[name]}
        if "description" in one:
            parameter["description"] = one["description"]
        if name == "fields":
            parameter |= {"explode": False, "style": "form"}
        found.append(parameter)
    return found


def _without_null(shape: Json) -> Json:
    """A parameter that is left out is not written; null cannot be."""
    kept = {k: v for k, v in shape.items() if k not in ("title", "description") and not (k == "default" and v is None)}
    choices = [one for one in kept.get("anyOf", []) if one.get("type") != "null"]
    if len(choices) == 1:
        return {**{k: v for k, v in kept.items() if k != "anyOf"}, **choices[0]}
    return kept


def _headers(call: Call) -> list[Json]:
    names: dict[str, str] = {}
    longest: Json = {}
    if call.is_query:
        names["If-None-Match"] = "The ETag of the answer that the caller has: 304 when it is still the same."
    elif call.edits:
        names["If-Match"] = "The ETag that the caller last saw: 412 when it has changed since."
    if call.status == HTTPStatus.CREATED:
        names["Idempotency-Key"] = KEY
        longest = {"minLength": 1, "maxLength": LONGEST_KEY, "pattern": KEY_PATTERN}
    return [
        {"name": name, "in": "header", "description": text, "schema": {"type": "string", **longest}}
        for name, text in names.items()
    ]


def _body(call: Call, shape: Json) -> Json:
    content: Json = {"application/json": {"schema": shape}}
    if call.body_model:
        content["application/json"]["example"] = examples.whole(call.body_model)
    if call.takes_file:
        content["multipart/form-data"] = {"schema": shape}
    return {"required": call.body_required, "content": content}


def _answer(call: Call, result: Json, item: Json) -> Json:
    """The JSON that is answered: all of it, or with `fields` only some."""
    if call.named:
        return {"type": "object", "properties": {call.named: result}, "required": [call.named]}
    if not (call.is_query and call.item):
        return result
    some: Json = {
        "type": "object",
        "description": "With `fields`: only those.",
        "properties": {name: {"$ref": f"{item['$ref']}/properties/{name}"} for name in call.item.model_fields},
        "additionalProperties": False,
    }
    if call.pages:
        page = result["$ref"]
        properties: Json = {name: {"$ref": f"{page}/properties/{name}"} for name in ("total", "number", "size")}
        properties["items"] = {"type": "array", "items": some}
        some = {"type": "object", "properties": properties, "required": list(properties)}
    elif not types.is_dto(call.result):
        some = {"type": "array", "items": some}
    return {"anyOf": [result, some]}


def _responses(call: Call, parts: dict[str, Json], problems: dict[int, set[str]]) -> Json:
    content: Json = {}
    if "result" in parts:
        schema = _answer(call, parts["result"], parts["item"])
        content["application/json"] = {"schema": schema, "example": examples.answered(call)}
    if call.pages:
        content["text/csv"] = {"schema": {"type": "string", "description": "The whole list, whatever the page."}}
    if call.sends_file:
        content["*/*"] = {"schema": {"type": "string", "format": "binary"}}
    answer: Json = {"description": HTTPStatus(call.status).phrase}
    if content:
        answer["content"] = content
    headers = {"ETag": content, "Link": call.pages, "Location": call.location}
    if any(headers.values()):
        answer["headers"] = {name: {"schema": {"type": "string"}} for name, given in headers.items() if given}
    responses = {str(call.status): answer}
    if call.is_query:
        responses["304"] = {"description": "Still the same."}
    for status in sorted(problems):
        responses[str(status)] = {"$ref": f"#/components/responses/{_title(status)}"}
    return responses


def _title(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _all_responses() -> Json:
    """The answers that say what is wrong, one for each status."""
    found: Json = {
        _title(status): {
            "description": HTTPStatus(status).phrase,
            "content": {CONTENT_TYPE: {"schema": PROBLEM, "example": _problem(HTTPStatus(status))}},
        }
        for status in sorted(USUAL_CODES)
    }
    found[_title(429)] = found[_title(429)] | {
        "headers": {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
    }
    return found


def _problem(status: HTTPStatus) -> Json:
    """An example of what goes wrong with this status."""
    told = Problem(
        type="about:blank",
        title=status.phrase,
        status=status,
        detail=status.description or status.phrase,
        code=USUAL_CODES[status],
        request_id=USUAL["request_id"],
    )
    return told.model_dump(mode="json", exclude_unset=True)


def _problems(call: Call) -> dict[int, set[str]]:
    """By status, the codes of everything that may go wrong."""
    errors: set[type[DomainError]] = {*call.operation.allowed_errors, LimitReached, ModuleUnavailable}
    found: dict[int, set[str]] = {400: {"invalid_query"}, 406: {"not_acceptable"}, 500: {"server_error"}}
    if not call.public:
        errors |= {Unauthenticated, Forbidden}
    if call.captures:
        errors.add(NotFound)
    if call.body_model:
        errors.add(Invalid)
        found |= {413: {"too_large"}, 415: {"unsupported_media_type"}}
    if not call.is_query:
        found[400].add("bad_request")
    if call.edits:
        found[412] = {CHANGED_MEANWHILE}
    if call.status == HTTPStatus.CREATED:
        found[400].add("invalid_idempotency_key")
        found[409] = {"idempotency_key_in_use"}
        found.setdefault(422, set()).add("idempotency_key_reused")
    for error in errors:
        found.setdefault(error.status, set()).add(error.code)
    return found
