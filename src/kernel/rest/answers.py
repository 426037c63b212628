"""What an operation returned, as an HTTP response: JSON with an ETag, a file, or a list as CSV."""

import json
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from pydantic import BaseModel

from contracts.base import DTO, MAX_PAGE_SIZE, Download, Page, PageRequest
from kernel.csv_export import csv_response
from kernel.rest import shapes
from kernel.rest.calls import Call


def body_of(call: Call, result: Any, fields: tuple[str, ...] | None = None) -> bytes:
    """The JSON document."""
    if call.named:
        return json.dumps({call.named: call.operation.result_adapter.dump_python(result, mode="json")}).encode()
    return call.operation.result_adapter.dump_json(result, include=_include(call, fields))


def _include(call: Call, fields: tuple[str, ...] | None) -> Any:
    """The fields to keep, in pydantic's words."""
    if fields is None:
        return None
    if call.pages:
        return {"items": {"__all__": set(fields)}, "total": True, "number": True, "size": True}
    return set(fields) if shapes.is_dto(call.result) else {"__all__": set(fields)}


def etag_of(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=16).hexdigest()}"'


def respond(
    call: Call, result: Any, *, fields: tuple[str, ...] | None, request: HttpRequest, prefix: str
) -> HttpResponseBase:
    """The response of a call. `prefix` is the path of the module's API."""
    if isinstance(result, Download):
        return _file(result)
    if call.status == 204:
        return HttpResponse(status=204)
    body = body_of(call, result, fields)
    response = HttpResponse(body, status=call.status, content_type="application/json")
    if call.is_query or shapes.is_dto(call.result):
        response["ETag"] = etag_of(body)
    if call.location:
        response["Location"] = request.build_absolute_uri(prefix + call.location.format_map(dict(result)))
    if isinstance(result, Page):
        response["Link"] = ", ".join(_links(request, result))
    patch_cache_control(response, private=True, no_cache=True, no_store=not call.is_query)
    return response


def _links(request: HttpRequest, page: Page[Any]) -> Iterator[str]:
    """The pages around this one, as RFC 8288 links."""
    last = max(1, -(-page.total // page.size))
    pages = {"first": 1, "prev": page.number - 1, "next": page.number + 1, "last": last}
    for relation, number in pages.items():
        if 1 <= number <= last:
            query = request.GET.copy()
            query["page"] = str(number)
            yield f'<{request.build_absolute_uri(request.path)}?{query.urlencode()}>; rel="{relation}"'


def _file(file: Download) -> HttpResponse:
    """A file to be saved: whatever it is, it never runs as a page of this site."""
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["ETag"] = etag_of(file.content)
    patch_cache_control(response, private=True, no_cache=True)
    return response


# --- CSV --------------------------------------------------------------------------------------------------------------


def as_csv(
    call: Call, ask: Callable[[PageRequest], Page[Any]], page: PageRequest, fields: tuple[str, ...] | None
) -> HttpResponseBase:
    """The whole list, from its first page to its last, fetched while it is sent. `ask` answers one page."""
    first = ask(page.model_copy(update={"number": 1, "size": MAX_PAGE_SIZE}))
    columns = list(_columns(call.item, fields)) if call.item else []
    rows = chain([first], _further_pages(ask, page, first))
    name = f"{call.operation.name}.csv"
    return csv_response(name, [".".join(path) for path in columns], _rows(rows, columns))


def _further_pages(ask: Callable[[PageRequest], Page[Any]], page: PageRequest, first: Page[Any]) -> Iterator[Page[Any]]:
    for number in range(2, -(-first.total // MAX_PAGE_SIZE) + 1):
        yield ask(page.model_copy(update={"number": number, "size": MAX_PAGE_SIZE}))


def _columns(item: type[DTO], fields: Iterable[str] | None = None) -> Iterator[tuple[str, ...]]:
    """The way to each plain value of a DTO, as in ("ref", "id")."""
    for name in fields if fields is not None else item.model_fields:
        hint = shapes.without_none(item.model_fields[name].annotation)
        if shapes.is_dto(hint):
            yield from ((name, *path) for path in _columns(hint))
        else:
            yield (name,)


def _rows(pages: Iterable[Page[Any]], columns: list[tuple[str, ...]]) -> Iterator[list[Any]]:
    for page in pages:
        for item in page.items:
            yield [_cell(item, path) for path in columns]


def _cell(item: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        item = getattr(item, name, None)
    if isinstance(item, tuple | dict | frozenset):
        return json.dumps([one.model_dump(mode="json") if isinstance(one, BaseModel) else str(one) for one in item])
    return item
