"""The public keys, for whoever checks tokens."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from kernel.identity.tokens import KEEP_KEYS_SECONDS, jwks


@require_safe
def published_keys(request: HttpRequest) -> HttpResponse:
    """`/.well-known/jwks.json`: the keys as RFC 7517 writes them. Anybody may ask."""
    response = JsonResponse(jwks())
    patch_cache_control(response, public=True, max_age=KEEP_KEYS_SECONDS)
    return response
