"""What a request says, as the arguments of an operation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from rest_framework import exceptions

from contracts.base import PageRequest
from contracts.errors import Invalid
from kernel.rest import shapes
from kernel.rest.calls import Call
from kernel.rest.problems import HttpProblem, by_field, invalid_query

SMALLEST, LARGEST = -(2**63), 2**63 - 1
"""What a database column can hold, and so any number in a request."""


@dataclass(frozen=True)
class Asked:
    """A request understood: the operation's arguments, and which fields of the answer are wanted (None: all)."""

    arguments: dict[str, Any]
    fields: tuple[str, ...] | None


def understand(call: Call, path: Mapping[str, str], query: QueryDict, body: Any) -> Asked:
    """Raises NotFound for a path, invalid_query for a query string, and Invalid for a body that cannot be right."""
    arguments = path_arguments(call, path)
    wanted = _query(call, query)
    fields = wanted.pop("fields", None)
    if call.pages:
        page = PageRequest(
            number=wanted.pop("page"),
            size=wanted.pop("page_size"),
            search=wanted.pop("search", ""),
            order=wanted.pop("ordering", None) or "",
        )
        names = [name for name, hint in call.operation.parameters.items() if hint is PageRequest]
        arguments |= dict.fromkeys(names, page)
    return Asked(arguments | wanted | _body(call, body), fields)


def path_arguments(call: Call, path: Mapping[str, str]) -> dict[str, Any]:
    """The arguments that stand in the path."""
    try:
        found = _values(_spelled(call.path_model.model_validate(path), path))
    except (ValidationError, ValueError):
        raise exceptions.NotFound from None
    return {
        name: found[name] if name in found else hint(**{field: found[field] for field in hint.model_fields})
        for name, hint in call.from_path.items()
    }


def _query(call: Call, query: QueryDict) -> dict[str, Any]:
    """The query string. Raises a problem that names the parameter."""
    fields = call.query_model.model_fields
    given: dict[str, Any] = {}
    for name, values in query.lists():
        if name == "fields":
            given[name] = ",".join(values).split(",")
        elif name in fields and shapes.is_many(fields[name].annotation):
            given[name] = values
        elif len(values) == 1:
            given[name] = values[0]
        else:
            raise invalid_query({name: [_("Give it once.")]})
    try:
        return _values(_spelled(call.query_model.model_validate(given), given))
    except ValidationError as error:
        raise invalid_query({n.partition(".")[0]: texts for n, texts in by_field(error).items()}) from None
    except _Unfit as error:
        raise invalid_query(error.fields) from None


def _body(call: Call, body: Any) -> dict[str, Any]:
    """The body: the bytes of a JSON document, or the fields and files of a form."""
    model = call.body_model
    if model is None:
        if body not in (b"", b"{}", None) and not isinstance(body, Mapping):
            raise HttpProblem(HTTPStatus.BAD_REQUEST, "bad_request", _("Nothing is to be sent here."))
        return {}
    try:
        found = _read(model, body)
        _check_storable(found)
    except ValidationError as error:
        raise Invalid(fields=by_field(error)) from None
    except _Unfit as error:
        raise Invalid(fields=error.fields) from None
    return {call.body_parameter: found} if call.body_parameter else _values(found)


def _read(model: type[BaseModel], body: Any) -> BaseModel:
    if isinstance(body, QueryDict):
        return model.model_validate(_form(body))
    document = body or b"{}"
    try:
        from_json(document)
    except ValueError as error:
        raise exceptions.ParseError(_("The body is no JSON document: %s") % error) from None
    return model.model_validate_json(document, strict=True)


def _form(form: QueryDict) -> dict[str, Any]:
    """A form: files as uploads, everything else as text."""
    return {
        name: {"name": value.name or "", "content": value.read()} if isinstance(value, UploadedFile) else value
        for name, value in form.items()
    }


def _values(model: BaseModel) -> dict[str, Any]:
    """The fields of a model, not copied."""
    return dict(model)


class _Unfit(ValueError):
    """A value that is of the right type and still cannot be."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__()
        self.fields = fields


def _spelled(model: BaseModel, given: Mapping[str, Any]) -> BaseModel:
    """The model, if every value is written the one way it is: 12, and not +12, 12.0 or 1_2."""
    _check_storable(model)
    spelled = model.model_dump(mode="json", include=set(given))
    for name, raw in given.items():
        found = spelled[name]
        texts = [_text(one) for one in found] if isinstance(raw, list) else _text(found)
        if texts != raw:
            raise _Unfit({name: [_("Write it as %s.") % (", ".join(texts) if isinstance(raw, list) else texts)]})
    return model


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_storable(model: BaseModel) -> None:
    fields: dict[str, list[str]] = {}
    for path, text in _unstorable(model):
        fields.setdefault(path, []).append(text)
    if fields:
        raise _Unfit(fields)


def _unstorable(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Numbers and texts inside a value that no database column holds, each with the way to it."""
    match value:
        case bool():
            return
        case int() if not SMALLEST <= value <= LARGEST:
            yield path, _("The number is too large.")
        case str() if "\x00" in value:
            yield path, _("The text contains a NUL character.")
        case BaseModel():
            for name, inner in value:
                yield from _unstorable(inner, f"{path}.{name}".lstrip("."))
        case Mapping():
            for name, inner in value.items():
                yield from _unstorable(name, path)
                yield from _unstorable(inner, f"{path}.{name}")
        case tuple() | list():
            for number, inner in enumerate(value):
                yield from _unstorable(inner, f"{path}.{number}")
