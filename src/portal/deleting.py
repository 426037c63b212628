"""Erasing a course, subject or session year: first what stands in the way, then the question, then the deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from contracts.errors import InUse

Text = str | Promise


@dataclass(frozen=True)
class Deletion:
    """What is to be erased, in words."""

    question: str
    refusal: str
    """Title of the page that says why it stays."""
    confirm_label: str
    done: str
    failed: str
    """The legacy's flashes."""
    up_url: str
    up_label: Text
    advice: str = ""
    """What can be done where it stays."""


def delete_page(
    request: HttpRequest, deletion: Deletion, *, uses: Callable[[], Mapping[str, int]], erase: Callable[[], None]
) -> HttpResponse:
    """By GET the question, or what stands in the way as far as it is known; by POST the deed. The service has the last
    word on whether it may be done.
    """
    if request.method == "POST":
        try:
            erase()
        except InUse as error:
            messages.error(request, f"{deletion.failed} {error}")
        else:
            messages.success(request, deletion.done)
        return HttpResponseRedirect(deletion.up_url)
    found = {kind: count for kind, count in uses().items() if count}
    if found:
        return render(
            request,
            "portal/pages/in_use.html",
            {
                "title": deletion.refusal,
                "uses": list(found.items()),
                "advice": deletion.advice,
                "up_url": deletion.up_url,
                "up_label": deletion.up_label,
            },
        )
    return render(
        request,
        "portal/confirm.html",
        {
            "title": deletion.question,
            "consequences": [
                _("Nothing else refers to it: nothing but itself will be lost."),
                _("It is erased for good."),
            ],
            "confirm_label": deletion.confirm_label,
            "cancel_url": deletion.up_url,
            "danger": True,
        },
    )
