"""Lets pages of other origins use the API from a browser, if the setting CORS_ORIGINS names them.

Only with a token: cookies are not among what they may send, so that nobody's session is used behind their back.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from kernel.rest.problems import below_api

METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
REQUEST_HEADERS = "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match"
RESPONSE_HEADERS = "ETag, Idempotency-Replayed, Link, Location, Retry-After, X-Request-ID"
REMEMBER_SECONDS = 3600


class CorsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        origin = request.headers.get("Origin")
        if not settings.CORS_ORIGINS or not below_api(request):
            return self.get_response(request)
        known = origin in settings.CORS_ORIGINS
        response = _preflight(request, known=known) or self.get_response(request)
        patch_vary_headers(response, ["Origin"])
        if origin and known:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = RESPONSE_HEADERS
        return response


def _preflight(request: HttpRequest, *, known: bool) -> HttpResponse | None:
    """The answer to a browser that asks whether it may ask."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    response = HttpResponse(status=204)
    if known:
        response["Access-Control-Allow-Methods"] = METHODS
        response["Access-Control-Allow-Headers"] = REQUEST_HEADERS
        response["Access-Control-Max-Age"] = str(REMEMBER_SECONDS)
    return response
