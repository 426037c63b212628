"""Walks through a service's list, page by page, for exports."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from contracts.base import MAX_PAGE_SIZE, Page, PageRequest

Item = TypeVar("Item")


def all_items(ask: Callable[[PageRequest], Page[Item]], request: PageRequest) -> Iterator[Item]:
    """Every item of a list, in the order and with the search of the request."""
    number = 1
    while True:
        page = ask(request.model_copy(update={"number": number, "size": MAX_PAGE_SIZE}))
        yield from page.items
        if number * MAX_PAGE_SIZE >= page.total:
            return
        number += 1
