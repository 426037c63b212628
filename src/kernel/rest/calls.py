"""One method of one address: the operation of a contract that answers it, and what HTTP adds to that."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Literal, TypeVar, get_args, get_origin

from pydantic import BaseModel

from contracts.base import DTO, Actor, Download, Operation, Page, PageRequest, Role, Service, Upload
from contracts.errors import DomainError, NotFound
from contracts.users import LoggedIn, Origin
from kernel.registry import services
from kernel.rest import shapes

Keep = Callable[[LoggedIn], None]
"""Lets the browser, if the request came from one, go on with a login whose password has just been changed."""

Item = TypeVar("Item")
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, kw_only=True)
class Call:
    """What happens at a method of an address."""

    summary: str
    operation: Operation
    roles: tuple[Role, ...]
    """Who may ever succeed, for the documentation and the permission matrix; the service decides. Empty: anybody, also
    without a login.
    """
    status: int
    orders: tuple[str, ...] = ()
    """By what a list can be ordered."""
    searched: bool = False
    named: str = ""
    """The name under which a bare number or text is answered: every answer is an object or an array."""
    location: str = ""
    """Where what was created is found: a path below the module's, with fields of the answer in braces."""
    edits: Operation | None = None
    """The query whose answer this changes: If-Match is compared with that answer's ETag."""
    own: bool = False
    """Whether that answer is about the caller, so that each caller changes another thing at the same address."""
    captures: tuple[str, ...] = ()
    """The names in the path."""

    def at(self, captures: tuple[str, ...]) -> "Call":
        """The same call, at a path that has these names."""
        return replace(self, captures=captures)

    @property
    def name(self) -> str:
        """As in "leaves_apply"; the same operation may be found at several addresses."""
        interface = interface_of(self.operation)
        return f"{interface.module if interface else self.operation.function.__module__}_{self.operation.name}"

    @property
    def is_query(self) -> bool:
        return self.operation.kind == "query"

    @property
    def public(self) -> bool:
        return not self.roles

    @property
    def current(self) -> "Call | None":
        """The call that answers what this one changes."""
        if self.edits is None:
            return None
        return Call(summary="", operation=self.edits, roles=self.roles, status=200, captures=self.captures)

    # --- what it takes

    @cached_property
    def from_path(self) -> dict[str, Any]:
        """Parameters that the path gives: those that it names, and DTOs of which it names every field."""
        names = set(self.captures)
        return {
            name: hint
            for name, hint in self.operation.parameters.items()
            if name in names or (shapes.is_dto(hint) and hint.model_fields.keys() <= names)
        }

    @cached_property
    def path_model(self) -> type[BaseModel]:
        """The names in the path, each with the type that the operation gives it."""
        types = {name: hint for name, hint in self.from_path.items() if name in self.captures}
        for hint in self.from_path.values():
            if shapes.is_dto(hint):
                types |= {name: field.annotation for name, field in hint.model_fields.items()}
        return shapes.closed(f"{self.name}_path", {name: (types[name], ...) for name in self.captures})

    @cached_property
    def query_model(self) -> type[BaseModel]:
        """What may stand in the query string; anything else is refused."""
        fields: dict[str, Any] = {}
        if self.pages:
            fields |= shapes.paging(self.orders, searched=self.searched)
        if self.is_query:
            fields |= shapes.bounded(self.remaining)
        if self.is_query and self.item:
            fields["fields"] = shapes.choice_of_fields(self.item)
        return shapes.closed(f"{self.name}_query", fields)

    @cached_property
    def body_model(self) -> type[BaseModel] | None:
        """The JSON object that a command takes; None when it takes nothing. A single DTO is the body itself."""
        if self.is_query or not self.remaining:
            return None
        if self.body_parameter:
            return shapes.closed(self.name, {}, base=self.operation.parameters[self.body_parameter])
        return shapes.closed(self.name, self.remaining)

    @cached_property
    def body_parameter(self) -> str | None:
        """The parameter that is the whole body, if one is."""
        names = tuple(self.remaining)
        return names[0] if len(names) == 1 and shapes.is_dto(self.operation.parameters[names[0]]) else None

    @property
    def body_required(self) -> bool:
        return self.body_model is not None and any(
            field.is_required() for field in self.body_model.model_fields.values()
        )

    @cached_property
    def remaining(self) -> dict[str, tuple[Any, Any]]:
        """Parameters that the caller gives, and not in the path, each with its type and default."""
        defaults = self.operation.function.__kwdefaults__ or {}
        return {
            name: (hint, defaults.get(name, ...))
            for name, hint in self.operation.parameters.items()
            if name not in self.from_path and name not in self.from_server and hint is not PageRequest
        }

    @property
    def takes_file(self) -> bool:
        return any(shapes.without_none(hint) is Upload for hint in self.operation.parameters.values())

    @property
    def from_server(self) -> dict[str, Any]:
        """Parameters that nobody is believed about, or can send: where the request comes from, and its browser."""
        return {name: hint for name, hint in self.operation.parameters.items() if hint in (Origin, Keep)}

    # --- what it answers

    @property
    def result(self) -> Any:
        return self.operation.hints["return"]

    @property
    def pages(self) -> bool:
        """Whether the answer is a page of a longer list."""
        return shapes.is_dto(self.result) and issubclass(self.result, Page)

    @property
    def sends_file(self) -> bool:
        return self.result is Download

    @cached_property
    def item(self) -> type[DTO] | None:
        """The DTO that the answer is, or is a list of; None for anything else."""
        found = self.result.model_fields["items"].annotation if self.pages else self.result
        if get_origin(found) is tuple:
            found = get_args(found)[0]
        return found if shapes.is_dto(found) and not self.sends_file else None


def reads(
    summary: str,
    operation: Callable[..., Any],
    roles: tuple[Role, ...],
    *,
    orders: tuple[str, ...] = (),
    searched: bool = False,
    named: str = "",
) -> Call:
    """A GET. A list says by what it can be ordered, and whether it can be searched."""
    return Call(
        summary=summary,
        operation=operation_of(operation),
        roles=roles,
        status=200,
        orders=orders,
        searched=searched,
        named=named,
    )


def creates(summary: str, operation: Callable[..., Any], roles: tuple[Role, ...], *, location: str = "") -> Call:
    """A POST that makes something: 201."""
    return Call(summary=summary, operation=operation_of(operation), roles=roles, status=201, location=location)


def does(
    summary: str,
    operation: Callable[..., Any],
    roles: tuple[Role, ...],
    *,
    edits: Callable[..., Any] | None = None,
    own: bool = False,
    named: str = "",
) -> Call:
    """Any other change: 200 with what came of it, or 204 when there is nothing to say."""
    known = operation_of(operation)
    return Call(
        summary=summary,
        operation=known,
        roles=roles,
        status=204 if known.hints["return"] is type(None) else 200,
        edits=operation_of(edits) if edits else None,
        own=own,
        named=named,
    )


def composed(
    kind: Literal["query", "command"], *, errors: tuple[type[DomainError], ...] = ()
) -> Callable[[Function], Function]:
    """Marks a function that puts operations together for one address. It has the form of an operation: keyword-only and
    typed, with `actor`, the errors that it may raise, and a docstring.
    """

    def mark(function: Function) -> Function:
        vars(function)["operation"] = Operation(function, kind=kind, idempotent=kind == "query", errors=errors)
        return function

    return mark


def one(batch: Callable[..., dict[int, Item]], parameter: str, entity: str) -> Callable[..., Item]:
    """The query for one row, out of a query that takes ids and answers by id. NotFound when the id is not answered."""
    operation = operation_of(batch)
    (ids,) = operation.parameters

    def pick(*, actor: Actor, **path: int) -> Any:
        wanted = path[parameter]
        found = invoke(operation, actor=actor, **{ids: (wanted,)})
        if wanted not in found:
            raise NotFound(entity=entity, id=wanted)
        return found[wanted]

    pick.__name__, pick.__module__ = f"one_of_{operation.name}", operation.function.__module__
    pick.__doc__ = operation.function.__doc__
    pick.__annotations__ = {"actor": Actor, parameter: int, "return": get_args(operation.hints["return"])[1]}
    return composed("query", errors=(*operation.errors, NotFound))(pick)


def operation_of(function: Callable[..., Any]) -> Operation:
    """What a contract's method, or a composed function, is marked as."""
    operation: Operation = vars(function)["operation"]
    return operation


def invoke(operation: Operation, *, actor: Actor, **arguments: Any) -> Any:
    """Carry out an operation: by the service that its contract belongs to, or the composed function itself."""
    interface = interface_of(operation)
    function = getattr(services.get(interface), operation.name) if interface else operation.function
    return function(actor=actor, **arguments)


@cache
def interface_of(operation: Operation) -> type[Service] | None:
    """The contract to which an operation belongs; None for composed functions."""
    return next((i for i in Service.interfaces.values() if i.operations.get(operation.name) is operation), None)
