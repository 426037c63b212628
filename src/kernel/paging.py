"""Cuts a page out of a queryset, the same way for every list."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import F, Func, Q, QuerySet

from contracts.base import Page, PageRequest

Item = TypeVar("Item")
Orders = Mapping[str, str | tuple[Func, ...]]
"""The contract's names → fields, of which empty ones come last; or expressions that are never NULL, for which an index
over them is of use.
"""


def page_of(
    rows: QuerySet[Any, Any],
    request: PageRequest,
    *,
    build: Callable[[QuerySet[Any, Any]], tuple[Item, ...]],
    search: tuple[str, ...] = (),
    order: Orders | None = None,
    default_order: str = "-id",
) -> Page[Item]:
    """One page in two queries.

    Each word of the search must occur, in any case, in one of the `search` fields. `order` maps the contract's names to
    fields or expressions; a name that it does not hold gives the default order. The id settles ties, so that no row
    shows on two pages.
    """
    for word in request.search.replace("\x00", "").split():
        rows = rows.filter(_any_contains(search, word)) if search else rows
    rows = rows.order_by(*_ordering(request.order, order or {}, default_order))
    first = (request.number - 1) * request.size
    total = rows.count()
    items = build(rows[first : first + request.size]) if total > first else ()
    return Page(items=items, total=total, number=request.number, size=request.size)


def _any_contains(fields: tuple[str, ...], word: str) -> Q:
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": word})
    return condition


def _ordering(wanted: str, known: Orders, default: str) -> list[Any]:
    name = wanted.removeprefix("-")
    if name not in known:
        return (
            [default] if default.removeprefix("-") in ("id", "pk") else [default, "-pk" if default[0] == "-" else "pk"]
        )
    found = known[name]
    sorted_by, nulls_last = ((F(found),), True) if isinstance(found, str) else (found, None)
    if wanted.startswith("-"):
        return [*(each.desc(nulls_last=nulls_last) for each in sorted_by), "-pk"]
    return [*(each.asc(nulls_last=nulls_last) for each in sorted_by), "pk"]
