"""One search over everything that a person has a list of."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kernel.identity import actor_of
from portal import searching
from portal.access import everybody
from portal.tables import ListState


@require_safe
@everybody
def search(request: HttpRequest) -> HttpResponseBase:
    words = ListState.from_request(request).search
    found = searching.search(actor_of(request), words) if words else ()
    return render(request, "portal/pages/search.html", {"words": words, "found": found})
