"""What every contract is made of: DTOs, actors, pages, operations, services and events."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Concatenate, Generic, Literal, ParamSpec, Self, TypeVar, get_type_hints

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, create_model

from contracts.errors import DomainError, Forbidden, ModuleUnavailable

Money = Annotated[Decimal, Field(max_digits=12, decimal_places=2)]
"""An amount with two places, in the school's currency."""

Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]
"""A point in time; always aware, always UTC."""


class DTO(BaseModel):
    """A value that may cross a module's border. Unknown fields are ignored, so that an older reader survives a newer
    writer.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_bytes="base64", val_json_bytes="base64")


# --- who asks ---------------------------------------------------------------------------------------------------------


class Role(StrEnum):
    HOD = "hod"
    STAFF = "staff"
    STUDENT = "student"
    NONE = "none"
    """An account with a login and no part in the school; it may do nothing."""
    ANONYMOUS = "anonymous"
    SYSTEM = "system"
    """The house itself: a subscriber, a scheduled task, a command on the server."""


class Actor(DTO):
    """On whose behalf an operation runs. Made from a login, a token or by the house; never from request data."""

    user_id: int | None
    role: Role
    profile_id: int | None
    """StaffProfile's id for staff, StudentProfile's for students, None for others and for accounts without profile."""
    request_id: str
    session_id: str | None = None
    """The session that people speak from, as users' SessionInfo.id; None where there is none."""

    @property
    def student_id(self) -> int | None:
        return self.profile_id if self.role is Role.STUDENT else None

    @property
    def staff_id(self) -> int | None:
        return self.profile_id if self.role is Role.STAFF else None

    @classmethod
    def system(cls, *, request_id: str) -> Self:
        return cls(user_id=None, role=Role.SYSTEM, profile_id=None, request_id=request_id)

    @classmethod
    def anonymous(cls, *, request_id: str) -> Self:
        return cls(user_id=None, role=Role.ANONYMOUS, profile_id=None, request_id=request_id)


class Audience(StrEnum):
    """The two groups of people whose requests the school keeps apart, as the legacy does."""

    STUDENT = "student"
    STAFF = "staff"


class PersonRef(DTO):
    """A member of the school by profile: StudentProfile's id for students, StaffProfile's for staff."""

    audience: Audience
    profile_id: int


# --- lists and files --------------------------------------------------------------------------------------------------

MAX_PAGE_SIZE = 1000


class PageRequest(DTO):
    """Which part of a list: page `number` from 1, `size` rows; `order` is a field name, "-" in front for descending."""

    number: int = Field(default=1, ge=1)
    size: int = Field(default=25, ge=1, le=MAX_PAGE_SIZE)
    search: str = ""
    order: str = ""


Item = TypeVar("Item")


class Page(DTO, Generic[Item]):
    """One page of a list, with the number of rows in the whole list."""

    items: tuple[Item, ...]
    total: int
    number: int
    size: int


class Upload(DTO):
    """A file on its way in: the name it had, and its content. What it really is, is decided by its content."""

    name: str
    content: bytes


class Download(DTO):
    """A file on its way out, already authorised for the actor who asked."""

    name: str
    content_type: str
    content: bytes


# --- operations and services ------------------------------------------------------------------------------------------

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S")
Method = Callable[Concatenate[S, P], R]

IMPLIED_ERRORS: tuple[type[DomainError], ...] = (Forbidden, ModuleUnavailable)
"""What any operation may raise: each decides permission, and each may be out of reach when its module is lifted."""


class Operation:
    """One method of a service interface, as data: its kind, its errors, and the shape of request and result."""

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        kind: Literal["query", "command"],
        idempotent: bool,
        errors: tuple[type[DomainError], ...],
    ) -> None:
        self.function = function
        self.name = function.__name__
        self.kind = kind
        self.idempotent = idempotent
        self.errors = errors
        self.allowed_errors = (*errors, *IMPLIED_ERRORS)

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Parameter name → type, and "return"."""
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """Parameter name → type, without the actor, who travels apart."""
        return {name: hint for name, hint in self.hints.items() if name not in ("return", "actor")}

    @cached_property
    def request_model(self) -> type[BaseModel]:
        """A model of all parameters but the actor."""
        defaults = self.function.__kwdefaults__ or {}
        shape: dict[str, Any] = {name: (hint, defaults.get(name, ...)) for name, hint in self.parameters.items()}
        return create_model(f"{self.name}_request", __base__=DTO, **shape)

    @cached_property
    def result_adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.hints["return"])


def query(*, errors: tuple[type[DomainError], ...] = ()) -> Callable[[Method[S, P, R]], Method[S, P, R]]:
    """Marks an operation that changes nothing, so that it may be repeated and cached."""
    return _operation("query", idempotent=True, errors=errors)


def command(
    *, idempotent: bool = False, errors: tuple[type[DomainError], ...] = ()
) -> Callable[[Method[S, P, R]], Method[S, P, R]]:
    """Marks an operation that changes state. Idempotent: doing it twice leaves what doing it once leaves."""
    return _operation("command", idempotent=idempotent, errors=errors)


def _operation(
    kind: Literal["query", "command"], *, idempotent: bool, errors: tuple[type[DomainError], ...]
) -> Callable[[Method[S, P, R]], Method[S, P, R]]:
    def mark(function: Method[S, P, R]) -> Method[S, P, R]:
        vars(function)["operation"] = Operation(function, kind=kind, idempotent=idempotent, errors=errors)
        vars(function)["__isabstractmethod__"] = True
        return function

    return mark


class Usage(DTO):
    """How many rows of one kind refer to a target. `label` is the kind in words, plural, for the person who asked."""

    entity: str
    label: str
    count: int


class Service:
    """Base of the eight service interfaces. Methods are keyword-only, typed, marked `@query` or `@command`, and take an
    `actor`.
    """

    module: ClassVar[str]
    operations: ClassVar[dict[str, Operation]]
    interfaces: ClassVar[dict[str, type["Service"]]] = {}

    def __init_subclass__(cls, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if name is None:
            return
        cls.module = name
        cls.operations = {
            attribute: function.operation
            for ancestor in reversed(cls.__mro__)
            for attribute, function in vars(ancestor).items()
            if hasattr(function, "operation")
        }
        Service.interfaces[name] = cls

    @query()
    def usages(self, *, actor: Actor, target: str, ids: tuple[int, ...]) -> tuple[Usage, ...]:
        """Rows of this module that block the deletion of these rows of another module. For the house itself only."""

    @query()
    def existing(self, *, actor: Actor, entity: str, ids: tuple[int, ...]) -> frozenset[int]:
        """Which of these ids of an entity of this module exist. For the house itself only."""


# --- events -----------------------------------------------------------------------------------------------------------


class Event(DTO):
    """Something that happened, told to whoever subscribed. Stored and sent under a stable name and version.

    A change that an older reader cannot read is a new version with a class of its own.
    """

    event_name: ClassVar[str]
    event_version: ClassVar[int]
    types: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Takes the class arguments on behalf of `__pydantic_init_subclass__`, which pydantic calls when the model is
        complete.
        """
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(cls, *, name: str | None = None, version: int = 1, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if name is None:
            return
        cls.event_name, cls.event_version = name, version
        if cls.type_id() in Event.types and Event.types[cls.type_id()].__qualname__ != cls.__qualname__:
            raise TypeError(f"two events share the name {cls.type_id()!r}")
        Event.types[cls.type_id()] = cls

    @classmethod
    def type_id(cls) -> str:
        """The stored name, as in "leaves.approved.v1"."""
        return f"{cls.event_name}.v{cls.event_version}"

    @classmethod
    def module(cls) -> str:
        """The module that publishes it: the first part of its name."""
        return cls.event_name.partition(".")[0]

    def aggregate(self) -> str:
        """The thing whose events keep their order for each consumer, as in "student_leave:7"."""
        raise TypeError(f"{type(self).__name__} does not say what it is about")


class RowsDeleted(Event):
    """Base of each module's `<module>.deleted` event: references elsewhere react to it as they declared."""

    entity: str
    """The contract's name of the kind of row, as in "academics.Course"."""
    ids: tuple[int, ...]
    at: Instant

    def aggregate(self) -> str:
        return f"{self.entity}:{self.ids[0]}"


def utc_now() -> datetime:
    return datetime.now(UTC)
