"""A class as a list: by name, as users knows it, or by a figure of each student."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from contracts.base import Actor, Page, PageRequest
from contracts.users import Student, UsersService
from kernel.registry import services
from portal.listing import all_items
from portal.tables import ListState

Ask = Callable[[PageRequest], Page[Student]]
Figures = Mapping[str, Decimal | int | None]
"""By the columns' keys."""


def class_pages(actor: Actor, state: ListState, figures: Mapping[int, Figures]) -> Ask:
    """Gives pages of these students in the order of the list, with its search; whoever lacks the figure comes last."""
    users = services.get(UsersService)

    def by_name(page: PageRequest) -> Page[Student]:
        if not figures:
            return Page[Student](items=(), total=0, number=page.number, size=page.size)
        return users.list_students(actor=actor, page=page, student_ids=tuple(figures))

    key = state.order.removeprefix("-")
    if not any(key in of for of in figures.values()):
        return by_name
    ids = _in_order(figures, key, falling=state.order[0] == "-")
    if state.search:
        hits = {student.profile_id for student in all_items(by_name, PageRequest(search=state.search))}
        ids = [i for i in ids if i in hits]

    def by_figure(page: PageRequest) -> Page[Student]:
        first = (page.number - 1) * page.size
        part = tuple(ids[first : first + page.size])
        people = users.students(actor=actor, student_ids=part) if part else {}
        items = tuple(people[i] for i in part if i in people)
        return Page[Student](items=items, total=len(ids), number=page.number, size=page.size)

    return by_figure


def _in_order(figures: Mapping[int, Figures], key: str, *, falling: bool) -> list[int]:
    known = {i: value for i, of in figures.items() if (value := of.get(key)) is not None and value == value}
    return [*sorted(known, key=lambda i: known[i], reverse=falling), *(i for i in figures if i not in known)]
