"""A refused form goes back to its page by a redirect, as the legacy does it, and nothing that was typed is lost.

What was typed (never a password) and what was wrong wait in the session until the page is shown, once.
"""

from typing import TypeVar

from django.forms import Form, PasswordInput
from django.forms.utils import ErrorDict
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

KEY = "form_draft"

F = TypeVar("F", bound=Form)


def keep(request: HttpRequest, form: Form) -> None:
    """Let the next page that shows a form of this class show this one, with its errors."""
    secret = {form.add_prefix(n) for n, f in form.fields.items() if isinstance(f.widget, PasswordInput)}
    request.session[KEY] = {
        "form": type(form).__name__,
        "data": {name: values for name, values in _lists(form).items() if name not in secret},
        "errors": {name: [str(m) for m in messages] for name, messages in form.errors.items()},
    }


def restore(request: HttpRequest, empty: F) -> F:
    """The refused form that waits for this page; the empty one when none does."""
    draft = request.session.get(KEY)
    if not draft or draft["form"] != type(empty).__name__:
        return empty
    del request.session[KEY]
    empty.data = MultiValueDict(draft["data"])
    empty.is_bound = True
    empty._errors = ErrorDict(  # type: ignore[attr-defined]  # as full_clean sets it
        {name: empty.error_class(messages, renderer=empty.renderer) for name, messages in draft["errors"].items()}
    )
    empty.cleaned_data = {}
    return empty


def restore_for(request: HttpRequest, empty: F, name: str, row_id: int) -> F:
    """`restore` on the page of one row: only what was typed for that row, which the form's field `name` says."""
    draft = request.session.get(KEY)
    if draft and draft["data"].get(name) != [str(row_id)]:
        return empty
    return restore(request, empty)


def _lists(form: Form) -> dict[str, list[str]]:
    if isinstance(form.data, QueryDict):
        return {name: [str(v) for v in form.data.getlist(name)] for name in form.data if name != "csrfmiddlewaretoken"}
    return {name: [str(value)] for name, value in form.data.items()}
