"""What is said of a route: a request that it grants, and one that it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass

Body = Mapping[str, str]

NONSENSE = "?page=x&size=-1&sort=nothing&status=nothing&subject=x"
FILE = "the content of a file"
"""In the place of a value: a text file is sent."""


@dataclass(frozen=True)
class Case:
    """A request by somebody who may send it, and its answer."""

    status: int
    sends: Body | None = None
    """Fields of a POST; None for GET."""
    at: str = ""
    """Another address than the table's, or a query that is added to it."""
    to: str = ""
    """Where a redirect leads."""
    says: str = ""
    """What is said first: level and text."""
    shows: str = ""
    """Words of the answer."""


Pair = tuple[Case, Case]
"""Granted, refused."""


def page(shows: str) -> Pair:
    """A page for its own sake. Nonsense in its address is as if it were not there."""
    return Case(200, shows=shows), Case(200, at=NONSENSE, shows=shows)


def page_of(shows: str, *, missing: str) -> Pair:
    """A page about a row."""
    return Case(200, shows=shows), Case(404, at=missing, shows="There is nothing at this address")


def form(sends: Body, to: str, said: str, wrong: Body, refused: str, *, back: str = "") -> Pair:
    """A form that was filled in, once well and once with what `wrong` says instead."""
    return (
        Case(302, sends, to=to, says=f"success: {said}"),
        Case(302, {**sends, **wrong}, to=back or to, says=f"error: {refused}"),
    )


def button(to: str, said: str, *, missing: str, sends: Body | None = None, at: str = "") -> Pair:
    """A step that is confirmed, and the same for a row that is not there."""
    return (
        Case(302, sends or {}, at=at, to=to, says=f"success: {said}" if said else ""),
        Case(404, sends or {}, at=missing, shows="There is nothing at this address"),
    )


def refusing(granted: Case, to: str, said: str, *, at: str = "", sends: Body | None = None) -> Pair:
    """A step that somebody may take, but not here."""
    return granted, Case(302, {} if sends is None else sends, at=at, to=to, says=f"error: {said}")


def script(sends: Body, answer: str, wrong: Body, refused: str, *, status: int = 200) -> Pair:
    """What the legacy's scripts ask, and the bare text that they read."""
    return Case(200, sends, shows=answer), Case(status, wrong, shows=refused)


def selected(path: str, to: str, *, do: str, row: str, done: str, sends: Body | None = None) -> Pair:
    """The same step for ticked rows of a list."""
    nothing = "warning: Nothing was done: tick one row or more, then choose what to do with them."
    return (
        Case(302, sends or {}, at=f"{path}?do={do}&selected={row}", to=to, says=f"success: {done}"),
        Case(302, sends or {}, at=f"{path}?do={do}", to=to, says=nothing),
    )
