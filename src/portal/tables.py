"""List pages: their state lives in the address (search, filters, order, page), so that it can be shared and bookmarked.

A view makes a `ListState` from the request, hands `state.page_request()` to a service, and gives the template
`portal/list.html` a `Table`. What an address says that the page does not know is ignored, never an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.base import PageRequest
from kernel.csv_export import csv_response as csv_response

Text = str | Promise

SEARCH, ORDER, NUMBER, SIZE, EXPORT = "q", "sort", "page", "size", "export"
SIZE_COOKIE = "page_size"
SIZE_COOKIE_AGE = 365 * 24 * 3600
MAX_SEARCH_LENGTH = 100
MAX_PAGE_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `key` is what the address calls it, and the service's order field when it is sortable."""

    key: str
    label: Text
    sortable: bool = False
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to narrow a list. With kind "choice" only the values of `choices` count, with "date" only ISO dates."""

    name: str
    label: Text
    choices: tuple[tuple[str, Text], ...] = ()
    kind: Literal["choice", "date"] = "choice"
    unset_label: Text = ""
    """What the list shows while nothing is chosen; empty stands for "All"."""

    def accepts(self, value: str) -> bool:
        if self.kind == "choice":
            return any(value == str(known) for known, _label in self.choices)
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True

    def text_of(self, value: str) -> Text:
        """The value as people read it."""
        return next((label for known, label in self.choices if str(known) == value), value)


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter, with the address of the list without it."""

    label: Text
    text: Text
    remove_url: str


@dataclass(frozen=True, slots=True)
class ListState:
    """Which part of a list is shown, and in what order. URLs are relative queries that leave out what is default."""

    number: int
    size: int
    search: str
    order: str
    active: Mapping[str, str]
    """Filter name → value."""
    default_order: str
    default_size: int
    sortable: frozenset[str]
    filters: tuple[Filter, ...]
    page_sizes: tuple[int, ...]
    size_was_chosen: bool = False

    @classmethod
    def from_query(
        cls,
        query: Mapping[str, str],
        *,
        sortable: Iterable[str] = (),
        default_sort: str = "",
        filters: Iterable[Filter] = (),
        page_sizes: tuple[int, ...] = (25, 50, 100),
        cookies: Mapping[str, str] | None = None,
    ) -> "ListState":
        """Read the address; page size falls back to the one this browser chose last (`cookies`), then to the first."""
        sortable, filters = frozenset(sortable), tuple(filters)
        remembered = _one_of((cookies or {}).get(SIZE_COOKIE, ""), page_sizes) or page_sizes[0]
        chosen = _one_of(query.get(SIZE, ""), page_sizes)
        order = query.get(ORDER, "")
        return cls(
            number=_page_number(query.get(NUMBER, "")),
            size=chosen or remembered,
            search=" ".join(query.get(SEARCH, "").replace("\x00", "").split())[:MAX_SEARCH_LENGTH],
            order=order if order.removeprefix("-") in sortable else default_sort,
            active={f.name: query[f.name] for f in filters if f.name in query and f.accepts(query[f.name])},
            default_order=default_sort,
            default_size=remembered,
            sortable=sortable,
            filters=filters,
            page_sizes=page_sizes,
            size_was_chosen=chosen is not None,
        )

    @classmethod
    def from_request(cls, request: HttpRequest, **options: Any) -> "ListState":
        """`from_query` with the request's address and cookies."""
        return cls.from_query(request.GET.dict(), cookies=request.COOKIES, **options)

    def page_request(self) -> PageRequest:
        return PageRequest(number=self.number, size=self.size, search=self.search, order=self.order)

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Keep a page size that was chosen in this address for this browser's other lists."""
        if self.size_was_chosen:
            response.set_cookie(SIZE_COOKIE, str(self.size), max_age=SIZE_COOKIE_AGE, samesite="Lax", httponly=True)
        return response

    # --- addresses ---

    @property
    def url(self) -> str:
        parameters = {SEARCH: self.search, **self.active}
        if self.order != self.default_order:
            parameters[ORDER] = self.order
        if self.size != self.default_size or self.size_was_chosen:
            parameters[SIZE] = str(self.size)
        if self.number > 1:
            parameters[NUMBER] = str(self.number)
        return "?" + urlencode({name: value for name, value in parameters.items() if value})

    def page_url(self, number: int) -> str:
        return replace(self, number=number).url

    def size_url(self, size: int) -> str:
        return replace(self, size=size, size_was_chosen=True, number=1).url

    def sort_url(self, key: str) -> str:
        """Order by this column; the other way round when it already is the order."""
        return replace(self, order=f"-{key}" if self.order == key else key, number=1).url

    def direction(self, key: str) -> Literal["ascending", "descending", ""]:
        """How the list is ordered by this column, in the words of aria-sort; empty when it is not."""
        if self.order == key:
            return "ascending"
        return "descending" if self.order == f"-{key}" else ""

    @property
    def chips(self) -> tuple[Chip, ...]:
        chips = [
            Chip(f.label, f.text_of(self.active[f.name]), self._without(f.name))
            for f in self.filters
            if f.name in self.active
        ]
        if self.search:
            chips.insert(0, Chip(_("Search"), self.search, replace(self, search="", number=1).url))
        return tuple(chips)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search or self.active)

    @property
    def clear_url(self) -> str:
        """The whole list, in the same order."""
        return replace(self, search="", active={}, number=1).url

    @property
    def export_url(self) -> str:
        """What is filtered, all pages, as CSV: see `wants_csv`."""
        url = replace(self, number=1).url
        return f"{url}{'&' if url != '?' else ''}{EXPORT}=csv"

    def _without(self, name: str) -> str:
        return replace(self, active={k: v for k, v in self.active.items() if k != name}, number=1).url


class PageLike(Protocol):
    """`contracts.base.Page` of anything."""

    @property
    def items(self) -> tuple[Any, ...]: ...
    @property
    def total(self) -> int: ...
    @property
    def number(self) -> int: ...
    @property
    def size(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says while there is nothing in it: what this is, and how to add the first one."""

    title: Text
    text: Text = ""
    action_label: Text = ""
    action_url: str = ""
    icon: str = "inbox"


@dataclass(frozen=True, slots=True)
class Table:
    """Everything `portal/list.html` shows of a list except the rows, which the page's template draws."""

    columns: tuple[Column, ...]
    state: ListState
    page: PageLike
    caption: Text
    """What the table holds, for those who cannot see it."""
    empty: Empty = field(default_factory=lambda: Empty(_("Nothing here yet")))
    search_label: Text = ""
    """What can be searched, as in "Name or e-mail"; without it there is no search box."""
    exports: bool = False
    """Whether the view answers `wants_csv`."""
    has_actions: bool = False
    """Whether rows end with an unnamed column of actions."""
    bulk_action_url: str = ""
    """Where ticked rows are sent to; with it each row begins with a `{% tick id %}` cell."""
    bulk_at_once: bool = False
    """Whether they are posted there, with no question first: for what is as easily undone."""

    @property
    def orders(self) -> tuple[tuple[str, Text], ...]:
        """What can be chosen as the list's order where there is no head to press, on a phone."""
        both = (("", _("%s, ascending")), ("-", _("%s, descending")))
        found = tuple((sign + c.key, text % c.label) for c in self.columns if c.sortable for sign, text in both)
        usual = self.state.default_order
        if found and usual not in dict(found):
            return (("", _("As it comes")), *found)
        return tuple(("" if value == usual else value, label) for value, label in found)

    @property
    def chosen_order(self) -> str:
        """Empty for the usual one, which addresses leave out."""
        return "" if self.state.order == self.state.default_order else self.state.order

    @property
    def last_page(self) -> int:
        return max(1, -(-self.page.total // self.page.size))

    @property
    def is_past_the_end(self) -> bool:
        return self.page.total > 0 and self.page.number > self.last_page

    @property
    def range_text(self) -> str:
        """As in "1–25 of 998"."""
        total, number, size = self.page.total, self.page.number, self.page.size
        if not self.page.items:
            return ngettext("%(total)s in all", "%(total)s in all", total) % {"total": total}
        first = (number - 1) * size + 1
        last = first + len(self.page.items) - 1
        return _("%(first)s–%(last)s of %(total)s") % {"first": first, "last": last, "total": total}

    @property
    def page_numbers(self) -> tuple[int | None, ...]:
        """The pages worth a link: first, last and those around this one; None stands for a gap."""
        number, last = self.page.number, self.last_page
        wanted = sorted({1, last, *(n for n in range(number - 1, number + 2) if 1 <= n <= last)})
        numbers: list[int | None] = []
        for page in wanted:
            previous = numbers[-1] if numbers else 0
            if previous is not None and page - previous == 2:
                numbers.append(page - 1)
            elif previous is not None and page - previous > 2:
                numbers.append(None)
            numbers.append(page)
        return tuple(numbers)

    def column(self, key: str) -> Column:
        """Raises KeyError for a key the table does not have: a mistake in the template."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(f"the table has no column {key!r}")


def wants_csv(query: Mapping[str, str]) -> bool:
    return query.get(EXPORT) == "csv"


def _one_of(text: str, sizes: tuple[int, ...]) -> int | None:
    return next((size for size in sizes if str(size) == text), None)


def _page_number(text: str) -> int:
    digits = text.lstrip("0") if text.isascii() and text.isdigit() else ""
    return min(int(digits[:19]), MAX_PAGE_NUMBER) if digits else 1
