"""Examples for the API's description: values of the contracts' types, by what their fields are called.

Whatever is made is a value that the type accepts, and the same each time.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel

from contracts.examples import USUAL
from kernel.rest import shapes
from kernel.rest.calls import Call

BY_TYPE: Mapping[Any, Any] = {
    int: 12,
    float: 4.5,
    bool: True,
    str: "",
    bytes: b"...",
    Decimal: "12.50",
    date: date(2026, 9, 7),
    AwareDatetime: datetime(2026, 9, 7, 8, 30, tzinfo=UTC),
    Any: "",
}


def example(hint: Any, name: str = "", owner: str = "") -> Any:
    """A value of a type for the field `name` of the type `owner`, to be validated by whoever asked."""
    for known in (f"{owner}.{name}", name):
        if known in USUAL and not shapes.is_many(hint):
            return USUAL[known]
    if hint in BY_TYPE:
        return BY_TYPE[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType, Annotated):
        return example(arguments[0], name, owner)
    if origin is Literal:
        return arguments[0]
    if origin is dict:
        return {example(arguments[0]): example(arguments[1])}
    if origin in (tuple, list, set, frozenset):
        return [example(arguments[0], name.removesuffix("s"), owner)]
    return next(iter(hint)) if issubclass(hint, Enum) else whole(hint)


def answered(call: Call) -> Any:
    """What a call answers, as JSON."""
    found = call.operation.result_adapter.validate_python(example(call.result, call.named))
    document = call.operation.result_adapter.dump_python(found, mode="json")
    return {call.named: document} if call.named else document


def whole(model: type[BaseModel], *, only_required: bool = False) -> dict[str, Any]:
    """All fields of a model, or those that must be given, as they would be sent."""
    fields = {name: field for name, field in model.model_fields.items() if field.is_required() or not only_required}
    given = {name: example(field.annotation, name, _named(model)) for name, field in fields.items()}
    found: dict[str, Any] = model.model_validate(given).model_dump(mode="json", include=set(fields))
    return found


def _named(model: type[BaseModel]) -> str:
    """The type's name without what it is made of, as in "Page" for a page of something."""
    return model.__name__.partition("[")[0]
