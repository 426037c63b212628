"""Models of what may be sent, made of the contracts' types."""

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model

from contracts.base import DTO, MAX_PAGE_SIZE, PageRequest, Upload

MOST_IDS = 1000
"""How many values a parameter may have in a query string."""

LAST_PAGE = 1_000_000


def is_dto(hint: Any) -> TypeGuard[type[DTO]]:
    """Whether a type is one of the contracts' objects; a file is none."""
    return isinstance(hint, type) and issubclass(hint, DTO) and hint is not Upload


def without_none(hint: Any) -> Any:
    """The type of which `hint` allows None, or `hint` itself."""
    if get_origin(hint) in (Union, types.UnionType):
        kept = [one for one in get_args(hint) if one is not type(None)]
        return kept[0] if len(kept) == 1 else hint
    return hint


def is_many(hint: Any) -> bool:
    """Whether a parameter may be given several times."""
    plain = without_none(hint)
    plain = get_args(plain)[0] if get_origin(plain) is Annotated else plain
    return get_origin(plain) in (tuple, list, set, frozenset)


def closed(name: str, fields: Mapping[str, Any], base: type[DTO] | None = None) -> type[BaseModel]:
    """A model that refuses fields it does not know, so that a misspelt one is not taken for one that was left out."""
    title = "".join(word[:1].upper() + word[1:] for word in name.split("_"))
    if base:
        return type(title, (base,), {"model_config": ConfigDict(extra="forbid"), "__doc__": base.__doc__})
    return create_model(title, __config__=ConfigDict(extra="forbid", frozen=True, val_json_bytes="base64"), **fields)


def paging(orders: tuple[str, ...], *, searched: bool) -> dict[str, Any]:
    """The parameters of every list."""
    sizes = PageRequest.model_fields["size"]
    fields: dict[str, Any] = {
        "page": (int, Field(default=1, ge=1, le=LAST_PAGE, description="Which page, from 1.")),
        "page_size": (
            int,
            Field(default=sizes.default, ge=1, le=MAX_PAGE_SIZE, description="How many rows a page has."),
        ),
    }
    if searched:
        words = Field(default="", max_length=200, description="Words that must all occur.")
        fields["search"] = (str, words)
    if orders:
        both = tuple(sign + name for name in orders for sign in ("", "-"))
        text = "What to order by; with a minus sign in front, descending."
        fields["ordering"] = (Literal[both] | None, Field(default=None, description=text))
    return fields


def bounded(fields: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The same fields, with bounds on how many values one may have; none at all cannot be written in a query string."""
    return {
        name: (Annotated[hint, Field(min_length=1, max_length=MOST_IDS)] if is_many(hint) else hint, default)
        for name, (hint, default) in fields.items()
    }


def choice_of_fields(item: type[DTO]) -> tuple[Any, Any]:
    """The parameter that names the fields to answer with."""
    names = tuple(item.model_fields)
    text = "Only these fields, separated by commas; all when left out."
    name: Any = Literal[names]
    return (tuple.__class_getitem__((name, ...)) | None, Field(default=None, min_length=1, description=text))
