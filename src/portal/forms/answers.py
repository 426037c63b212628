"""Brings a service's answer back to the form that caused it."""

from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from django.forms import BaseForm

from contracts.errors import Conflict, DomainError, Forbidden, InUse, Invalid, LimitReached, NotFound, Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")

ANSWERS = (Invalid, Conflict, InUse, LimitReached, Forbidden, NotFound, Unauthenticated)
"""Errors that are an answer to the person who filled in the form; a module that is out of reach is not."""


def submit(
    form: BaseForm,
    operation: Callable[P, R],
    names: Mapping[str, str] | None = None,
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> R | None:
    """Call an operation; on a refusal None, with the messages at the fields of the form.

    `names` maps the contract's field names to the form's where they differ.
    """
    try:
        return operation(*args, **kwargs)
    except ANSWERS as error:
        show(form, error, names or {})
        return None


def show(form: BaseForm, error: DomainError, names: Mapping[str, str]) -> None:
    """Put the messages of an error at the fields they speak of, and the others on top of the form."""
    if isinstance(error, Invalid) and error.fields:
        for field, messages in error.fields.items():
            name = names.get(field, field)
            for message in messages:
                form.add_error(name if name in form.fields else None, message)
    else:
        form.add_error(None, str(error))


def problems_of(form: BaseForm) -> str:
    """All messages of a form in one line."""
    return " ".join(str(message) for messages in form.errors.values() for message in messages)
