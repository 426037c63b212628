"""Routes of the school, and one whose view fails."""

from typing import NoReturn

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path

from config.urls import handler403, handler404, handler500
from config.urls import urlpatterns as school
from kernel.identity import identity_of

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]


def fails(request: HttpRequest) -> NoReturn:
    """Fails while it works for somebody."""
    raise RuntimeError(f"a secret detail of {identity_of(request)}")


fails.__module__ = "portal.views.failing"  # the guard then takes it for a page
urlpatterns: list[URLPattern | URLResolver] = [*school, path("fails/", fails)]
