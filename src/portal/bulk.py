"""Doing the same with several rows of a list.

The ticked rows are sent by GET (`portal/list.html`), so that the question has an address of its own: a page that says
what will happen, and to how many. The deed is a POST to that address, row by row, with an account of what was refused,
and why. What is as easily undone is posted at once. Nothing of it needs a script.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.errors import ModuleUnavailable
from portal.forms.answers import ANSWERS
from portal.ids import row_id_or_none

SELECTED, ACTION, LIST = "selected", "do", "list"
MOST_ROWS = 100
"""The longest page of a list."""
NOTHING_TICKED = gettext_lazy("Nothing was done: tick one row or more, then choose what to do with them.")
MOST_NAMES = 5
"""So many rows are named in a message about refused ones."""


@dataclass(frozen=True)
class Selection:
    """What was ticked, what is to be done with it, and the list to come back to, narrowed as it was."""

    action: str
    ids: tuple[int, ...]
    list_url: str

    @classmethod
    def from_request(cls, request: HttpRequest, list_url: str) -> "Selection":
        """Read the address; what can be no id is left out."""
        return cls.from_query(request.GET, list_url)

    @classmethod
    def from_query(cls, query: QueryDict, list_url: str) -> "Selection":
        """The same from the fields of a POST, where rows are posted at once."""
        known = (row_id_or_none(text) for text in query.getlist(SELECTED))
        ids = dict.fromkeys(found for found in known if found is not None)
        state = query.get(LIST, "")
        return cls(
            action=query.get(ACTION, ""),
            ids=tuple(ids)[:MOST_ROWS],
            list_url=list_url + state if state.startswith("?") else list_url,
        )


@dataclass(frozen=True)
class BulkAction:
    """What is to be done, in words that fit the number of rows."""

    title: str
    confirm_label: str
    consequences: Sequence[str]
    done: Callable[[int], str]
    """What is said when it was done to so many."""
    danger: bool = False


def bulk_page(
    request: HttpRequest,
    selection: Selection,
    action: BulkAction | None,
    rows: Mapping[int, str],
    deed: Callable[[int], object],
    *,
    form: Form | None = None,
) -> HttpResponse:
    """By GET the question, by POST the deed. `rows`: of the ticked ones those to which it can be done, id → what people
    know it by; `action` is None when the address names none. The services have the last word on each row.
    """
    asked = ask_first(request, selection, action, rows, form=form)
    if asked is not None or action is None:
        return asked or HttpResponseRedirect(selection.list_url)
    _do(request, action, rows, deed)
    return HttpResponseRedirect(selection.list_url)


def ask_first(
    request: HttpRequest,
    selection: Selection,
    action: BulkAction | None,
    rows: Mapping[int, str],
    *,
    form: Form | None = None,
) -> HttpResponse | None:
    """The question of `bulk_page`, or why there is nothing to ask; None when it was answered and is to be done. For
    what a service does to all rows at once.
    """
    if action is None or not selection.ids:
        messages.warning(request, NOTHING_TICKED)
        return HttpResponseRedirect(selection.list_url)
    if not rows:
        messages.warning(request, _("Nothing was done: none of the ticked rows is in a state for that."))
        return HttpResponseRedirect(selection.list_url)
    if request.method == "POST" and (form is None or form.is_valid()):
        return None
    context = {
        "title": action.title,
        "consequences": [*action.consequences, *_left_out(len(selection.ids) - len(rows))],
        "affected": list(rows.values()),
        "confirm_label": action.confirm_label,
        "cancel_url": selection.list_url,
        "danger": action.danger,
        "form": form,
    }
    return render(request, "portal/confirm.html", context, status=422 if form is not None and form.errors else 200)


def _do(request: HttpRequest, action: BulkAction, rows: Mapping[int, str], deed: Callable[[int], object]) -> None:
    refused: dict[str, list[str]] = {}
    for row, label in rows.items():
        try:
            deed(row)
        except (*ANSWERS, ModuleUnavailable) as error:
            refused.setdefault(str(error), []).append(label)
    if done := len(rows) - sum(map(len, refused.values())):
        messages.success(request, action.done(done))
    for reason, labels in refused.items():
        messages.error(request, _("Not done: %(rows)s. %(reason)s") % {"rows": _some(labels), "reason": reason})


def _some(labels: Sequence[str]) -> str:
    named = ", ".join(labels[:MOST_NAMES])
    if (more := len(labels) - MOST_NAMES) <= 0:
        return named
    return ngettext("%(named)s and %(n)d more", "%(named)s and %(n)d more", more) % {"named": named, "n": more}


def _left_out(count: int) -> list[str]:
    if not count:
        return []
    text = ngettext(
        "%(n)d ticked row is left as it is, since this cannot be done to it.",
        "%(n)d ticked rows are left as they are, since this cannot be done to them.",
        count,
    )
    return [text % {"n": count}]
