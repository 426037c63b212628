"""How many requests an identity, or an address without one, may make in a minute. Counted in the cache."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from kernel.identity import identity_of, origin_of

SPAN_SECONDS = 60


class PerMinute(BaseThrottle):
    """A counter per person and minute."""

    def allow_request(self, request: Request, view: Any) -> bool:
        most = settings.API_RATE if identity_of(request._request) else settings.API_ANONYMOUS_RATE
        key = f"api:{who(request)}:{int(time.time()) // SPAN_SECONDS}"
        if cache.add(key, 1, SPAN_SECONDS):
            return True
        try:
            return bool(cache.incr(key) <= most)
        except ValueError:  # its minute has just ended
            return True

    def wait(self) -> float:
        return SPAN_SECONDS - time.time() % SPAN_SECONDS


def who(request: Request) -> str:
    """Under which name a request counts: the account, or the address it came from."""
    identity = identity_of(request._request)
    return f"user:{identity.user_id}" if identity else f"address:{origin_of(request._request).address}"
