"""Walks through a service's list, page by page, for exports."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeVar

from contracts.base import MAX_PAGE_SIZE, Page, PageRequest

Item = TypeVar("Item")


def all_pages(ask: Callable[[PageRequest], Page[Item]], request: PageRequest) -> Iterator[tuple[Item, ...]]:
    """A list in large pieces, in the order and with the search of the request: for what is looked up by the batch."""
    number = 1
    while True:
        page = ask(request.model_copy(update={"number": number, "size": MAX_PAGE_SIZE}))
        yield page.items
        if number * MAX_PAGE_SIZE >= page.total:
            return
        number += 1


def all_items(ask: Callable[[PageRequest], Page[Item]], request: PageRequest) -> Iterator[Item]:
    """Every item of a list, in the order and with the search of the request."""
    return chain.from_iterable(all_pages(ask, request))
