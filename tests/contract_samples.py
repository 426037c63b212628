"""Values of any type that a contract uses, made up from the type alone; the same seed gives the same values."""

from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from annotated_types import Ge, Le
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from contracts.errors import DomainError

WORDS = ("", "Ada", "Łódź, 7–9", "<b>&amp;", "two\nlines", "नमस्ते", "0")
E = TypeVar("E", bound=DomainError)

Maker = Callable[[Random], Any]
SCALARS: dict[Any, Maker] = {
    int: lambda r: r.randint(1, 999),
    float: lambda r: r.random(),
    bool: lambda r: r.random() < 0.5,
    str: lambda r: r.choice(WORDS),
    bytes: lambda r: r.randbytes(12),
    Decimal: lambda r: Decimal(r.randint(0, 10**6)) / 100,
    date: lambda r: date(2026, 1, 1) + timedelta(days=r.randrange(365)),
    AwareDatetime: lambda r: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=r.randrange(10**13)),
    timedelta: lambda r: timedelta(seconds=r.randrange(10**6)),
    UUID: lambda r: UUID(int=r.getrandbits(128), version=4),
    NoneType: lambda r: None,
    object: lambda r: r.choice(WORDS),
    Any: lambda r: r.choice(WORDS),
}


def sample(kind: Any, random: Random) -> Any:
    """A value of this type."""
    if kind in SCALARS:
        return SCALARS[kind](random)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _within(sample(arguments[0], random), arguments[1:])
    if origin in (Union, UnionType):
        return sample(random.choice(arguments), random)
    if origin is Literal:
        return random.choice(arguments)
    if origin is tuple:
        kinds = [arguments[0]] * random.randint(1, 3) if arguments[-1] is Ellipsis else arguments
        return tuple(sample(k, random) for k in kinds)
    if origin in (list, set, frozenset):
        return origin(sample(arguments[0], random) for _ in range(random.randrange(3)))
    if origin is dict:
        return {sample(arguments[0], random): sample(arguments[1], random) for _ in range(random.randrange(3))}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return random.choice(list(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind(**{name: _field(info, random) for name, info in kind.model_fields.items()})
    raise TypeError(f"no sample is known of {kind!r}")


def sample_error(cls: type[E], random: Random) -> E:
    """An error with all its fields filled."""
    hints = get_type_hints(cls)
    given = {f.name: sample(hints[f.name], random) for f in fields(cls) if f.default is MISSING or f.name == "message"}
    return cls(**given)


def _field(info: FieldInfo, random: Random) -> Any:
    return _within(sample(info.annotation, random), info.metadata)


def _within(value: Any, limits: Any) -> Any:
    """The value, moved between the limits that pydantic's Field set."""
    for limit in limits:
        for one in limit.metadata if isinstance(limit, FieldInfo) else (limit,):
            if isinstance(one, Ge):
                value = max(value, one.ge)
            elif isinstance(one, Le):
                value = min(value, one.le)
    return value
